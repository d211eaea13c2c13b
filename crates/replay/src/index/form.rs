//! How numbers and bytes are written, in sections: each has a sum that says whether it is the same still, and is read when
//! it is asked for.

use std::fmt;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex};

use bytes::{Buf, Bytes};
use crc32fast::Hasher;

/// The parts of an index, in the order in which they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// What it is an index of.
    Source,
    /// The records, packed. Like what is different in states from others they are many bytes, of which few are asked for.
    Packed,
    Records,
    Tree,
    Stretches,
    Differences,
    States,
}

const SECTIONS: usize = Section::States as usize + 1;

/// So much is written at once.
const BUFFER: usize = 1 << 18;

/// No number takes more bytes.
const LONGEST: usize = 10;

/// Where an index is written.
pub(crate) struct Writing<W: Write> {
    out: BufWriter<Summed<W>>,
    /// What is at the end: how long each section is, and its sum.
    table: Vec<u8>,
}

/// Sums up what goes through it.
struct Summed<W> {
    inner: W,
    len: u64,
    sum: Hasher,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.len += written as u64;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Write> Writing<W> {
    pub(super) fn new(out: W) -> Self {
        let summed = Summed {
            inner: out,
            len: 0,
            sum: Hasher::new(),
        };
        Self {
            out: BufWriter::with_capacity(BUFFER, summed),
            table: Vec::new(),
        }
    }

    /// Seven bits a byte, the lowest first; the highest bit says that there are more.
    pub(crate) fn number(&mut self, number: u64) -> io::Result<()> {
        let mut bytes = [0; LONGEST];
        let mut len = 0;
        let mut rest = number;
        while rest >= 0x80 {
            bytes[len] = rest as u8 | 0x80;
            rest >>= 7;
            len += 1;
        }
        bytes[len] = rest as u8;
        self.out.write_all(&bytes[..=len])
    }

    /// So many numbers, each by the difference to the one before it.
    pub(crate) fn ascending(&mut self, numbers: &[u32]) -> io::Result<()> {
        self.number(numbers.len() as u64)?;
        let mut before = 0;
        for number in numbers {
            self.number(number.wrapping_sub(before).into())?;
            before = *number;
        }
        Ok(())
    }

    /// How many, and the bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.number(bytes.len() as u64)?;
        self.out.write_all(bytes)
    }

    /// Bytes of which it is known how many they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    /// What was written since the last one is this section.
    pub(crate) fn end(&mut self, section: Section) -> io::Result<()> {
        debug_assert_eq!(section as usize * ROW, self.table.len());
        self.out.flush()?;
        let summed = self.out.get_mut();
        let sum = std::mem::take(&mut summed.sum).finalize();
        let len = std::mem::take(&mut summed.len);
        self.table.extend(len.to_le_bytes());
        self.table.extend(sum.to_le_bytes());
        Ok(())
    }

    /// Ends with the table.
    pub(super) fn finish(mut self) -> io::Result<()> {
        debug_assert_eq!(self.table.len(), SECTIONS * ROW);
        self.out.write_all(&self.table)?;
        self.out
            .write_all(&crc32fast::hash(&self.table).to_le_bytes())?;
        self.out.flush()
    }
}

/// A row of the table, and the table with its own sum.
const ROW: usize = 12;
const TABLE: usize = SECTIONS * ROW + 4;

/// An index in a file, or in memory.
pub(crate) trait Input: Read + Seek + Send {}
impl<T: Read + Seek + Send> Input for T {}

/// The sections of an index. Copies read the same file.
#[derive(Clone)]
pub(crate) struct Sections {
    input: Arc<Mutex<dyn Input>>,
    places: [Extent; SECTIONS],
}

#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    first: u64,
    len: u64,
    sum: u32,
}

impl Sections {
    /// Reads the table; `None` if it is none, or tells of another length.
    pub(super) fn of(mut input: impl Input + 'static) -> Option<Self> {
        let end = input.seek(SeekFrom::End(0)).ok()?;
        let behind = end.checked_sub(TABLE as u64)?;
        input.seek(SeekFrom::Start(behind)).ok()?;
        let mut table = [0; TABLE];
        input.read_exact(&mut table).ok()?;
        let (rows, sum) = table.split_at(SECTIONS * ROW);
        if crc32fast::hash(rows).to_le_bytes() != sum {
            return None;
        }
        let mut places = [Extent::default(); SECTIONS];
        let mut first = 0_u64;
        for (place, row) in places.iter_mut().zip(rows.chunks_exact(ROW)) {
            let (len, sum) = row.split_at(8);
            let len = u64::from_le_bytes(len.try_into().ok()?);
            let sum = u32::from_le_bytes(sum.try_into().ok()?);
            *place = Extent { first, len, sum };
            first = first.checked_add(len)?;
        }
        (first == behind).then(|| Self {
            input: Arc::new(Mutex::new(input)),
            places,
        })
    }

    /// Reads a section; `None` if it is not what was written.
    pub(crate) fn read(&self, section: Section) -> Option<Reading> {
        let rest = self.places[section as usize].read(&self.input)?;
        Some(Reading { rest })
    }

    /// Whether a section is what was written. It is gone through and not kept.
    pub(crate) fn is_whole(&self, section: Section) -> bool {
        let Extent { first, len, sum } = self.places[section as usize];
        let mut summed = Summed {
            inner: io::sink(),
            len: 0,
            sum: Hasher::new(),
        };
        let Ok(mut input) = self.input.lock() else {
            return false;
        };
        let copied = input
            .seek(SeekFrom::Start(first))
            .and_then(|_| io::copy(&mut (&mut *input).take(len), &mut summed));
        copied.is_ok_and(|copied| copied == len) && summed.sum.finalize() == sum
    }

    /// A part of a section, with a sum of its own; `None` if the section is not as long.
    pub(crate) fn part(&self, section: Section, first: u64, len: u64, sum: u32) -> Option<Part> {
        let whole = self.places[section as usize];
        let is_inside = first.checked_add(len)? <= whole.len;
        is_inside.then(|| Part {
            input: Arc::clone(&self.input),
            place: Extent {
                first: whole.first + first,
                len,
                sum,
            },
        })
    }
}

impl Extent {
    /// `None` if it is not what was written.
    fn read(self, input: &Mutex<dyn Input>) -> Option<Bytes> {
        let mut bytes = Vec::with_capacity(self.len.try_into().ok()?);
        let mut input = input.lock().ok()?;
        input.seek(SeekFrom::Start(self.first)).ok()?;
        let read = (&mut *input).take(self.len).read_to_end(&mut bytes).ok()?;
        let is_it = read as u64 == self.len && crc32fast::hash(&bytes) == self.sum;
        is_it.then(|| bytes.into())
    }
}

/// Some bytes of an index, which are read when they are asked for.
#[derive(Clone)]
pub(crate) struct Part {
    input: Arc<Mutex<dyn Input>>,
    place: Extent,
}

impl Part {
    /// `None` if they are not what was written.
    pub(crate) fn read(&self) -> Option<Bytes> {
        self.place.read(&self.input)
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.place.fmt(f)
    }
}

/// What is left of a section. Every read is `None` where there is nothing more.
pub(crate) struct Reading {
    rest: Bytes,
}

impl Reading {
    pub(crate) fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        for (at, byte) in self.rest.iter().take(LONGEST).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * at);
            if *byte < 0x80 {
                self.rest.advance(at + 1);
                return Some(value);
            }
        }
        None
    }

    /// How many of something come, each of which takes a byte at least.
    pub(crate) fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count <= self.rest.len()).then_some(count)
    }

    pub(crate) fn narrow<T: TryFrom<u64>>(&mut self) -> Option<T> {
        self.number()?.try_into().ok()
    }

    pub(crate) fn ascending(&mut self) -> Option<Vec<u32>> {
        let count = self.count()?;
        let mut numbers = Vec::with_capacity(count);
        let mut before = 0_u32;
        for _ in 0..count {
            before = before.wrapping_add(self.narrow()?);
            numbers.push(before);
        }
        Some(numbers)
    }

    /// They are not copied: they keep the section in memory.
    pub(crate) fn bytes(&mut self) -> Option<Bytes> {
        let count = self.count()?;
        Some(self.rest.split_to(count))
    }

    pub(crate) fn raw<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = *self.rest.first_chunk()?;
        self.rest.advance(N);
        Some(bytes)
    }

    /// Whether all was read.
    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }
}
