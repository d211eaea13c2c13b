//! The records of a trace, in the memory of a few.
//!
//! The first records stay as they are. What follows is packed, a stretch at a time, and unpacked where it is looked at;
//! the stretches that were looked at last are kept unpacked.

use std::io::{self, Write};
use std::ops::{Deref, Range};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use evscope_trace::{Event, Nanos, Objects, Packer, Patterns, Phase, Record, ThreadId};

use crate::index::{Part, Reading, Section, Sections, Writing};

/// So many records are packed together: to look at one unpacks them all, which takes a tenth of a millisecond or two.
pub(crate) const STRETCH: usize = 2048;

/// So many records at the beginning are never packed. A small trace is none but them; and of a long one the calls that
/// go on to its end begin there, which are asked for at every step.
pub(crate) const UNPACKED: usize = 16 * STRETCH;

/// So many stretches are kept unpacked at most, 640 kB each in memory.
const KEPT: usize = 32;

/// They are fewer if they are of more bytes than this, packed: then a record holds much, as the bytes that it tells of.
const KEPT_BYTES: usize = 16 << 20;

/// The records of a trace, in order.
#[derive(Debug, Default)]
pub(crate) struct Records {
    first: Vec<Record>,
    packed: Vec<Stretch>,
    /// Those behind the packed ones, fewer than a stretch.
    last: Vec<Record>,
    packer: Packer,
    kept: Mutex<Kept>,
}

/// A stretch of records.
#[derive(Debug, Clone)]
enum Stretch {
    Packed(Bytes),
    /// It is read when it is looked at.
    InIndex(Part),
    /// One has something that cannot be packed.
    Plain(Arc<Vec<Record>>),
}

impl Stretch {
    /// Its bytes, if it is packed and can be read.
    fn bytes(&self) -> Option<Bytes> {
        match self {
            Self::Packed(bytes) => Some(bytes.clone()),
            Self::InIndex(part) => part.read(),
            Self::Plain(_) => None,
        }
    }
}

impl Clone for Records {
    fn clone(&self) -> Self {
        Self {
            first: self.first.clone(),
            packed: self.packed.clone(),
            last: self.last.clone(),
            packer: self.packer.clone(),
            kept: Mutex::default(),
        }
    }
}

/// The record of a step. It is at hand as long as this is.
pub struct RecordRef<'a>(Held<'a>);

enum Held<'a> {
    Here(&'a Record),
    Unpacked(Arc<Vec<Record>>, usize),
}

/// Where a record is.
enum RecordPlace<'a> {
    Here(&'a Record),
    /// In a packed stretch, and where there.
    Packed(usize, usize),
}

impl Deref for RecordRef<'_> {
    type Target = Record;

    #[inline]
    fn deref(&self) -> &Record {
        match &self.0 {
            Held::Here(record) => record,
            Held::Unpacked(records, at) => &records[*at],
        }
    }
}

impl PartialEq for RecordRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl std::fmt::Debug for RecordRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

impl Records {
    pub(crate) fn len(&self) -> usize {
        self.first.len() + self.packed.len() * STRETCH + self.last.len()
    }

    pub(crate) fn push(&mut self, record: Record) {
        if self.first.len() < UNPACKED {
            self.first.push(record);
            return;
        }
        self.last.push(record);
        if self.last.len() == STRETCH {
            self.pack();
        }
    }

    /// The last records: as many as are behind the last whole stretch, or that one.
    pub(crate) fn at_hand(&self) -> Arc<Vec<Record>> {
        if !self.last.is_empty() {
            return Arc::new(self.last.clone());
        }
        match self.packed.len().checked_sub(1) {
            Some(stretch) => self.unpacked(stretch),
            None => Arc::new(
                self.first
                    .chunks(STRETCH)
                    .last()
                    .unwrap_or_default()
                    .to_vec(),
            ),
        }
    }

    /// Packs the records behind the packed ones.
    fn pack(&mut self) {
        let records = std::mem::replace(&mut self.last, Vec::with_capacity(STRETCH));
        let packed = self.packer.pack(first_of(self.packed.len()), &records);
        // What was added is likely to be looked at next.
        let records = Arc::new(records);
        let stretch = match packed {
            Some(bytes) => {
                let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
                kept.put(self.packed.len(), Arc::clone(&records), bytes.len());
                Stretch::Packed(bytes.into_boxed_slice().into())
            }
            None => Stretch::Plain(records),
        };
        self.packed.push(stretch);
    }

    #[inline]
    pub(crate) fn get(&self, step: usize) -> Option<RecordRef<'_>> {
        Some(RecordRef(match self.place(step)? {
            RecordPlace::Here(record) => Held::Here(record),
            RecordPlace::Packed(stretch, at) => Held::Unpacked(self.unpacked(stretch), at),
        }))
    }

    /// The record of a step. `held` is the stretch that was asked for last.
    fn get_holding(&self, step: usize, held: &mut Option<Unpacked>) -> Option<RecordRef<'_>> {
        let (stretch, at) = match self.place(step)? {
            RecordPlace::Here(record) => return Some(RecordRef(Held::Here(record))),
            RecordPlace::Packed(stretch, at) => (stretch, at),
        };
        let records = match held {
            Some((held, records)) if *held == stretch => Arc::clone(records),
            _ => {
                let records = self.unpacked(stretch);
                *held = Some((stretch, Arc::clone(&records)));
                records
            }
        };
        Some(RecordRef(Held::Unpacked(records, at)))
    }

    #[inline]
    fn place(&self, step: usize) -> Option<RecordPlace<'_>> {
        if let Some(record) = self.first.get(step) {
            return Some(RecordPlace::Here(record));
        }
        let behind = step - self.first.len();
        let (stretch, at) = (behind / STRETCH, behind % STRETCH);
        if stretch < self.packed.len() {
            return Some(RecordPlace::Packed(stretch, at));
        }
        let record = self.last.get(behind - self.packed.len() * STRETCH)?;
        Some(RecordPlace::Here(record))
    }

    /// The records of a packed stretch.
    fn unpacked(&self, stretch: usize) -> Arc<Vec<Record>> {
        if let Stretch::Plain(records) = &self.packed[stretch] {
            return Arc::clone(records);
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(records) = kept.get(stretch) {
            return records;
        }
        let bytes = self.packed[stretch].bytes().unwrap_or_default();
        let first = first_of(stretch);
        let records = self.packer.patterns().unpack(first, &bytes);
        let whole = records.filter(|records| records.len() == STRETCH);
        let records = Arc::new(whole.unwrap_or_else(|| lost(first)));
        kept.put(stretch, Arc::clone(&records), bytes.len());
        records
    }

    /// The records of a range of steps, as far as there are such steps.
    pub(crate) fn range(&self, steps: Range<usize>) -> RecordIter<'_> {
        let end = steps.end.min(self.len());
        RecordIter {
            records: self,
            steps: steps.start.min(end)..end,
            front: None,
            back: None,
        }
    }
}

impl Records {
    /// Writes them down; false if something cannot be packed.
    pub(crate) fn save<W: Write>(&self, to: &mut Writing<W>) -> io::Result<bool> {
        let mut sums = Vec::with_capacity(self.packed.len());
        for stretch in &self.packed {
            let Some(bytes) = stretch.bytes() else {
                return Ok(false);
            };
            to.raw(&bytes)?;
            sums.push((bytes.len() as u64, crc32fast::hash(&bytes)));
        }
        to.end(Section::Packed)?;
        let mut packer = self.packer.clone();
        for len in [self.first.len(), self.packed.len(), self.last.len()] {
            to.number(len as u64)?;
        }
        for (stretch, records) in self.first.chunks(STRETCH).enumerate() {
            let Some(bytes) = packer.pack((stretch * STRETCH) as u64, records) else {
                return Ok(false);
            };
            to.bytes(&bytes)?;
        }
        for (len, sum) in sums {
            to.number(len)?;
            to.number(sum.into())?;
        }
        let Some(bytes) = packer.pack(first_of(self.packed.len()), &self.last) else {
            return Ok(false);
        };
        to.bytes(&bytes)?;
        let mut patterns = Vec::new();
        packer.patterns().save(&mut patterns);
        to.bytes(&patterns)?;
        Ok(true)
    }

    /// Reads what was written down.
    pub(crate) fn load(from: &mut Reading, sections: &Sections) -> Option<Self> {
        let first_len = from.count()?;
        let packed_len = from.count()?;
        let last_len = from.count()?;
        let is_one = first_len <= UNPACKED
            && last_len < STRETCH
            && (first_len == UNPACKED || packed_len + last_len == 0);
        if !is_one {
            return None;
        }
        let first: Vec<Bytes> = (0..first_len.div_ceil(STRETCH))
            .map(|_| from.bytes())
            .collect::<Option<_>>()?;
        let mut packed = Vec::with_capacity(packed_len);
        let mut begin = 0_u64;
        for _ in 0..packed_len {
            let (len, sum) = (from.number()?, from.narrow()?);
            packed.push(Stretch::InIndex(sections.part(
                Section::Packed,
                begin,
                len,
                sum,
            )?));
            begin += len;
        }
        let last = from.bytes()?;
        let packer = Packer::with(Patterns::load(&mut &*from.bytes()?)?);
        let unpack = |first: u64, bytes: &[u8]| packer.patterns().unpack(first, bytes);
        let mut records = Vec::with_capacity(first_len);
        for (stretch, bytes) in first.iter().enumerate() {
            records.append(&mut unpack((stretch * STRETCH) as u64, bytes)?);
        }
        let last = unpack(first_of(packed_len), &last)?;
        let is_whole = records.len() == first_len && last.len() == last_len;
        is_whole.then(|| Self {
            first: records,
            packed,
            last,
            packer,
            kept: Mutex::default(),
        })
    }
}

/// The step that a packed stretch begins with.
fn first_of(stretch: usize) -> u64 {
    (UNPACKED + stretch * STRETCH) as u64
}

/// What stands for a stretch that is damaged: steps that say nothing but that there were others.
fn lost(first: u64) -> Vec<Record> {
    let record = |seq| Record {
        seq,
        t: Nanos(0),
        thread: ThreadId(0),
        depth: 0,
        phase: Phase::Point,
        event: Event::Lost { count: 1 },
        objects: Objects::default(),
        src: None,
        caller: None,
        extra: serde_json::Map::new(),
    };
    (first..).take(STRETCH).map(record).collect()
}

/// A stretch by its number, unpacked.
type Unpacked = (usize, Arc<Vec<Record>>);

/// The stretches that were looked at last.
#[derive(Debug, Default)]
struct Kept {
    stretches: Vec<KeptStretch>,
    /// The one that was asked for last, as a place among them: it is asked for again nearly always.
    last: usize,
    /// How often one was asked for that was not the last.
    clock: u64,
}

#[derive(Debug)]
struct KeptStretch {
    stretch: usize,
    records: Arc<Vec<Record>>,
    /// How many bytes it is, packed.
    bytes: usize,
    used: u64,
}

impl Kept {
    fn get(&mut self, stretch: usize) -> Option<Arc<Vec<Record>>> {
        if let Some(last) = self.stretches.get(self.last)
            && last.stretch == stretch
        {
            return Some(Arc::clone(&last.records));
        }
        let at = self
            .stretches
            .iter()
            .position(|kept| kept.stretch == stretch)?;
        self.clock += 1;
        self.last = at;
        let found = &mut self.stretches[at];
        found.used = self.clock;
        Some(Arc::clone(&found.records))
    }

    fn put(&mut self, stretch: usize, records: Arc<Vec<Record>>, bytes: usize) {
        let mut all: usize = self.stretches.iter().map(|kept| kept.bytes).sum();
        while self.stretches.len() >= KEPT || !self.stretches.is_empty() && all + bytes > KEPT_BYTES
        {
            let oldest = self
                .stretches
                .iter()
                .enumerate()
                .min_by_key(|(_, kept)| kept.used);
            let Some((oldest, _)) = oldest else { break };
            all -= self.stretches.swap_remove(oldest).bytes;
        }
        self.clock += 1;
        self.last = self.stretches.len();
        self.stretches.push(KeptStretch {
            stretch,
            records,
            bytes,
            used: self.clock,
        });
    }
}

/// Records one after the other, from either end.
#[derive(Debug, Clone)]
pub struct RecordIter<'a> {
    records: &'a Records,
    steps: Range<usize>,
    /// The stretches that either end is in.
    front: Option<Unpacked>,
    back: Option<Unpacked>,
}

impl<'a> Iterator for RecordIter<'a> {
    type Item = RecordRef<'a>;

    fn next(&mut self) -> Option<RecordRef<'a>> {
        let step = self.steps.next()?;
        self.records.get_holding(step, &mut self.front)
    }

    fn nth(&mut self, n: usize) -> Option<RecordRef<'a>> {
        let step = self.steps.nth(n)?;
        self.records.get_holding(step, &mut self.front)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.steps.size_hint()
    }
}

impl<'a> DoubleEndedIterator for RecordIter<'a> {
    fn next_back(&mut self) -> Option<RecordRef<'a>> {
        let step = self.steps.next_back()?;
        self.records.get_holding(step, &mut self.back)
    }

    fn nth_back(&mut self, n: usize) -> Option<RecordRef<'a>> {
        let step = self.steps.nth_back(n)?;
        self.records.get_holding(step, &mut self.back)
    }
}

impl ExactSizeIterator for RecordIter<'_> {}

#[cfg(test)]
mod tests;
