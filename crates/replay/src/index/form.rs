//! How numbers and bytes are written, with a sum at the end that says whether they are the same still.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use crc32fast::Hasher;

/// So much is written, or read, at once.
const BUFFER: usize = 1 << 18;

/// Where an index is written.
pub(crate) struct Writing<W: Write> {
    out: BufWriter<Summed<W>>,
}

/// Sums up what goes through it.
struct Summed<T> {
    inner: T,
    sum: Hasher,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
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
            sum: Hasher::new(),
        };
        Self {
            out: BufWriter::with_capacity(BUFFER, summed),
        }
    }

    /// Seven bits a byte, the lowest first; the highest bit says that there are more.
    pub(crate) fn number(&mut self, number: u64) -> io::Result<()> {
        let mut bytes = [0; 10];
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

    /// Ends with the sum.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.flush()?;
        let summed = self.out.get_mut();
        let sum = summed.sum.clone().finalize();
        summed.inner.write_all(&sum.to_le_bytes())?;
        summed.inner.flush()
    }
}

/// Where an index is read from. Every read is `None` where there is nothing more.
pub(crate) struct Reading<R: Read> {
    input: BufReader<R>,
    sum: Hasher,
    /// What was read and is not in the sum yet: it is many times quicker of many bytes at once.
    unsummed: Vec<u8>,
    /// How many bytes are left, without the sum at the end.
    left: u64,
}

const SUM: u64 = 4;

/// No number takes more bytes.
const LONGEST: usize = 10;

/// The number at the front of some bytes, and how many of them it is; `None` if it does not end there.
fn number_of(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0;
    for (at, byte) in bytes.iter().take(LONGEST).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if *byte < 0x80 {
            return Some((value, at + 1));
        }
    }
    None
}

impl<R: Read> Reading<R> {
    pub(super) fn new(input: R, len: u64) -> Self {
        Self {
            input: BufReader::with_capacity(BUFFER, input),
            sum: Hasher::new(),
            unsummed: Vec::with_capacity(BUFFER),
            left: len.saturating_sub(SUM),
        }
    }

    fn note(&mut self, bytes: &[u8]) {
        if self.unsummed.len() + bytes.len() > BUFFER {
            self.sum.update(&self.unsummed);
            self.unsummed.clear();
        }
        if bytes.len() > BUFFER {
            self.sum.update(bytes);
        } else {
            self.unsummed.extend_from_slice(bytes);
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Option<()> {
        self.left = self.left.checked_sub(bytes.len() as u64)?;
        self.input.read_exact(bytes).ok()?;
        self.note(bytes);
        Some(())
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        // Nearly always all of it is at hand.
        let here = self.input.buffer();
        if let Some((value, len)) = number_of(here).filter(|(_, len)| *len as u64 <= self.left) {
            let mut bytes = [0; LONGEST];
            bytes[..len].copy_from_slice(&here[..len]);
            self.input.consume(len);
            self.left -= len as u64;
            self.note(&bytes[..len]);
            return Some(value);
        }
        let mut bytes = [0; LONGEST];
        for at in 0..LONGEST {
            self.fill(&mut bytes[at..=at])?;
            if bytes[at] < 0x80 {
                return number_of(&bytes[..=at]).map(|(value, _)| value);
            }
        }
        None
    }

    /// How many of something come, each of which takes a byte at least.
    pub(crate) fn count(&mut self) -> Option<usize> {
        let count = self.number()?;
        usize::try_from(count).ok().filter(|_| count <= self.left)
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

    pub(crate) fn bytes(&mut self) -> Option<Vec<u8>> {
        let count = self.count()?;
        let mut bytes = vec![0; count];
        self.fill(&mut bytes)?;
        Some(bytes)
    }

    pub(crate) fn raw<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Some(bytes)
    }

    /// Whether all was read, and is what was written.
    pub(super) fn finish(mut self) -> bool {
        if self.left > 0 {
            return false;
        }
        self.sum.update(&self.unsummed);
        let mut sum = [0; SUM as usize];
        self.input.read_exact(&mut sum).is_ok()
            && u32::from_le_bytes(sum) == self.sum.finalize()
            && self.input.read(&mut [0]).is_ok_and(|more| more == 0)
    }
}
