//! The form of a stretch of records, and how it is read.
//!
//! First how many records there are, then each of them:
//!
//! - which of its numbers differ from what is expected, as bits; the lowest says that its pattern is not the one that
//!   followed the last time;
//! - in that case its pattern, by its number in this stretch; if it is new here by its number among the patterns, from 1,
//!   or 0 and the pattern itself;
//! - the time since the record before;
//! - the differences of the numbers that have one;
//! - each byte string: 0 if it is the one of the last record of this pattern, 1 if it is the last that was written in this
//!   stretch, or its length and 2, and the bytes.
//!
//! What is expected of a number: of an object, the last one of its kind; of one of the event's own, that of the last
//! record of the pattern; of the depth, that calls begin and end; of the step's number, that it is the next.

use std::sync::Arc;

use crate::packed::Pack;
use crate::{Phase, Record};

use super::patterns::{Pattern, Patterns};
use super::split::{self, BEFORE_OWN, Common, Head, Joint};

/// That the pattern is told.
pub(super) const TOLD: u64 = 1;

/// How byte strings are told that were there before.
pub(super) const OF_PATTERN: u64 = 0;
pub(super) const LAST: u64 = 1;
pub(super) const NEW: u64 = 2;

/// Only byte strings up to here are told by naming one that was there: else a few bytes could stand for any amount of
/// memory.
pub(super) const LONGEST_SAME: usize = 4096;

/// No more records are in a stretch.
const MOST: u64 = 1 << 16;

/// What the records so far say of the next one.
#[derive(Debug)]
pub(super) struct Track {
    next_seq: u64,
    pub(super) t: u64,
    /// The depth of what begins or happens next.
    depth: u64,
    /// The last of each number that any record may have.
    common: [u64; Common::COUNT],
    pub(super) locals: Vec<Local>,
    /// The pattern of the last record, by its place among `locals`.
    last: Option<usize>,
    /// The events' own numbers of the last record of each pattern.
    pub(super) numbers: Vec<u64>,
    /// Where the byte strings of the last record of each pattern are.
    pub(super) places: Vec<(usize, usize)>,
    /// The byte string that was written last.
    pub(super) last_place: (usize, usize),
    /// All byte strings that were written.
    pub(super) bytes: Vec<u8>,
}

/// A pattern in this stretch.
#[derive(Debug)]
pub(super) struct Local {
    pub(super) pattern: Arc<Pattern>,
    /// Where its numbers and byte strings begin.
    numbers: usize,
    places: usize,
    /// The pattern that followed it the last time.
    next: Option<usize>,
}

impl Local {
    pub(super) fn numbers(&self) -> std::ops::Range<usize> {
        self.numbers..self.numbers + self.pattern.numbers
    }

    pub(super) fn places(&self) -> std::ops::Range<usize> {
        self.places..self.places + self.pattern.blobs
    }
}

impl Track {
    pub(super) fn new(first: u64) -> Self {
        Self {
            next_seq: first,
            t: 0,
            depth: 0,
            common: [0; Common::COUNT],
            locals: Vec::new(),
            last: None,
            numbers: Vec::new(),
            places: Vec::new(),
            last_place: (0, 0),
            bytes: Vec::new(),
        }
    }

    /// The pattern that is expected.
    pub(super) fn predicted(&self) -> Option<usize> {
        self.locals[self.last?].next
    }

    /// A pattern comes for the first time.
    pub(super) fn add(&mut self, pattern: Arc<Pattern>) -> usize {
        let (numbers, places) = (self.numbers.len(), self.places.len());
        self.numbers.resize(numbers + pattern.numbers, 0);
        self.places.resize(places + pattern.blobs, (0, 0));
        self.locals.push(Local {
            pattern,
            numbers,
            places,
            next: None,
        });
        self.locals.len() - 1
    }

    /// The record that comes is of this pattern.
    pub(super) fn follow(&mut self, local: usize) {
        if let Some(last) = self.last.replace(local) {
            self.locals[last].next = Some(local);
        }
    }

    fn expected_depth(&self, phase: Phase) -> u64 {
        self.depth.wrapping_sub((phase == Phase::Exit).into())
    }

    /// Goes over all numbers of a record but its time, in the order in which they are kept: `number` is given what is
    /// expected, and gives what it is. The event's own are put in their places. `None` where `number` gives it.
    pub(super) fn each_number(
        &mut self,
        local: usize,
        mut number: impl FnMut(Of, u64) -> Option<u64>,
    ) -> Option<Head> {
        let Local { pattern, .. } = &self.locals[local];
        let (there, phase) = (pattern.there, pattern.phase);
        let mut head = Head::default();
        let mut object = |at: usize,
                          common: &mut [u64; Common::COUNT],
                          number: &mut dyn FnMut(Of, u64) -> Option<u64>| {
            if there >> at & 1 != 0 {
                let value = number(Of::Common(at), common[at])?;
                common[at] = value;
                head.common[at] = Some(value);
            }
            Some(())
        };
        for at in 0..BEFORE_OWN {
            object(at, &mut self.common, &mut number)?;
        }
        for (at, own) in self.locals[local].numbers().enumerate() {
            self.numbers[own] = number(Of::Own(at), self.numbers[own])?;
        }
        for at in BEFORE_OWN..Common::COUNT {
            object(at, &mut self.common, &mut number)?;
        }
        let depth = number(Of::Depth, self.expected_depth(phase))?;
        head.depth = u32::try_from(depth).ok()?;
        self.depth = depth + u64::from(phase == Phase::Enter);
        head.seq = number(Of::Seq, self.next_seq)?;
        self.next_seq = head.seq.wrapping_add(1);
        Some(head)
    }
}

/// Which number of a record.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of {
    /// One that any record may have, by its place.
    Common(usize),
    /// One of the event's own.
    Own(usize),
    Depth,
    Seq,
}

impl Patterns {
    /// The records of a stretch that begins with the step `first`; `None` if it is none.
    pub fn unpack(&self, first: u64, from: &[u8]) -> Option<Vec<Record>> {
        let mut from = from;
        let from = &mut from;
        let count = u64::unpack(from).filter(|count| *count <= MOST)?;
        let mut records = Vec::with_capacity(count as usize);
        let mut track = Track::new(first);
        for _ in 0..count {
            records.push(self.next(&mut track, from)?);
        }
        from.is_empty().then_some(records)
    }

    fn next(&self, track: &mut Track, from: &mut &[u8]) -> Option<Record> {
        let mut bits = u64::unpack(from)?;
        let local = match bits & TOLD {
            0 => track.predicted()?,
            _ => self.told(track, from)?,
        };
        bits >>= 1;
        track.follow(local);
        let t = track.t.wrapping_add(i64::unpack(from)? as u64);
        track.t = t;
        let mut head = track.each_number(local, |_, expected| {
            let differs = bits & 1 != 0;
            bits >>= 1;
            match differs {
                false => Some(expected),
                true => Some(expected.wrapping_add(i64::unpack(from)? as u64)),
            }
        })?;
        head.t = t;
        for place in track.locals[local].places() {
            let short = |(begin, end): (usize, usize)| end - begin <= LONGEST_SAME;
            track.places[place] = match u64::unpack(from)? {
                OF_PATTERN => Some(track.places[place]).filter(|place| short(*place))?,
                LAST => Some(track.last_place).filter(|place| short(*place))?,
                len => {
                    let len = usize::try_from(len - NEW).ok()?;
                    let (bytes, rest) = from.split_at_checked(len)?;
                    *from = rest;
                    let begin = track.bytes.len();
                    track.bytes.extend_from_slice(bytes);
                    track.last_place = (begin, begin + len);
                    track.last_place
                }
            };
        }
        let Local { pattern, .. } = &track.locals[local];
        let mut joint = Joint {
            words: pattern.words(),
            texts: &pattern.texts,
            numbers: &track.numbers[track.locals[local].numbers()],
            blobs: &track.places[track.locals[local].places()],
            bytes: &track.bytes,
        };
        split::join(&head, &mut joint)
    }

    /// The pattern that is told.
    fn told(&self, track: &mut Track, from: &mut &[u8]) -> Option<usize> {
        let local = usize::try_from(u64::unpack(from)?).ok()?;
        if local < track.locals.len() {
            return Some(local);
        }
        let pattern = match usize::try_from(u64::unpack(from)?).ok()?.checked_sub(1) {
            Some(at) => Arc::clone(self.all.get(at)?),
            None => Arc::new(Pattern::unpack(from)?),
        };
        Some(track.add(pattern))
    }
}
