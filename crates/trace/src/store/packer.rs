//! How records get into few bytes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::Record;
use crate::packed::Pack;

use super::chunk::{LAST, LONGEST_SAME, NEW, OF_PATTERN, Of, TOLD, Track};
use super::patterns::{Pattern, Patterns, put_key};
use super::split::{self, Parts};

/// Not more than this many patterns are remembered; a record of a further one has its pattern with it. No honest
/// trace comes near it: it bounds what a broken one can cost.
const MOST: usize = 1 << 16;

/// Packs records.
#[derive(Debug, Clone, Default)]
pub struct Packer {
    patterns: Patterns,
    /// Where a pattern is among them.
    places: HashMap<Box<[u8]>, u32>,
    parts: Parts,
    key: Vec<u8>,
}

impl Packer {
    /// One that goes on with these patterns, which belong to stretches that were packed before.
    pub fn with(patterns: Patterns) -> Self {
        Self {
            patterns,
            ..Self::default()
        }
    }

    /// The patterns so far: what they unpack now they unpack later, too.
    pub fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    /// Packs a stretch of records that begins with the step `first`. `None` if one of them cannot be packed: it has a
    /// field that this version does not know and that no reader would have let in.
    pub fn pack(&mut self, first: u64, records: &[Record]) -> Option<Vec<u8>> {
        /// What a record takes.
        const GUESS: usize = 6;
        let mut out = Vec::with_capacity(records.len() * GUESS);
        (records.len() as u64).pack(&mut out);
        let mut track = Track::new(first);
        let mut locals = HashMap::new();
        let mut differences = Vec::new();
        for record in records {
            self.put(record, &mut track, &mut locals, &mut differences, &mut out)?;
        }
        Some(out)
    }

    fn put(
        &mut self,
        record: &Record,
        track: &mut Track,
        locals: &mut HashMap<u32, usize>,
        differences: &mut Vec<i64>,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let head = split::split(record, &mut self.parts)?;
        put_key(&self.parts, &mut self.key);
        let is_it = |at: &usize| *track.locals[*at].pattern.key == *self.key;
        let predicted = track.predicted().filter(is_it);
        // What is told of the pattern comes behind the bits, which are not known yet.
        let told = match predicted {
            Some(_) => None,
            None => Some(self.told(track, locals)?),
        };
        let local = predicted.or(told.as_ref().map(|told| told.local))?;
        track.follow(local);

        differences.clear();
        let mut bits = 0;
        let mut bit = TOLD;
        if told.is_some() {
            bits |= bit;
        }
        let own = &self.parts.numbers;
        track.each_number(local, |of, expected| {
            let value = match of {
                Of::Common(at) => head.common[at]?,
                Of::Own(at) => *own.get(at)?,
                Of::Depth => head.depth.into(),
                Of::Seq => head.seq,
            };
            bit <<= 1;
            if value != expected {
                bits |= bit;
                differences.push(value.wrapping_sub(expected) as i64);
            }
            Some(value)
        })?;
        bits.pack(out);
        if let Some(told) = told {
            (local as u64).pack(out);
            if let Some(new) = told.new {
                out.extend(new);
            }
        }
        (head.t.wrapping_sub(track.t) as i64).pack(out);
        track.t = head.t;
        for difference in &*differences {
            difference.pack(out);
        }
        let places = track.locals[local].places();
        for (blob, place) in self.parts.blobs().zip(places) {
            let is_it = |(begin, end): (usize, usize)| track.bytes[begin..end] == *blob;
            let short = blob.len() <= LONGEST_SAME;
            if short && is_it(track.places[place]) {
                OF_PATTERN.pack(out);
            } else if short && is_it(track.last_place) {
                LAST.pack(out);
                track.places[place] = track.last_place;
            } else {
                (blob.len() as u64 + NEW).pack(out);
                out.extend_from_slice(blob);
                let begin = track.bytes.len();
                track.bytes.extend_from_slice(blob);
                track.last_place = (begin, track.bytes.len());
                track.places[place] = track.last_place;
            }
        }
        Some(())
    }

    /// Finds the pattern of the record that was taken apart, or makes it.
    fn told(&mut self, track: &mut Track, locals: &mut HashMap<u32, usize>) -> Option<Told> {
        let known = match self.places.get(&*self.key) {
            Some(at) => Some(*at),
            None if self.patterns.all.len() < MOST => {
                let at = self.patterns.all.len() as u32;
                let pattern = Pattern::new(&self.key, &self.parts)?;
                self.patterns.all.push(Arc::new(pattern));
                self.places.insert(self.key.as_slice().into(), at);
                Some(at)
            }
            None => None,
        };
        if let Some(local) = known.and_then(|at| locals.get(&at)) {
            return Some(Told {
                local: *local,
                new: None,
            });
        }
        let mut new = Vec::new();
        let pattern = match known {
            Some(at) => {
                (u64::from(at) + 1).pack(&mut new);
                locals.insert(at, track.locals.len());
                Arc::clone(&self.patterns.all[at as usize])
            }
            None => {
                let pattern = Pattern::new(&self.key, &self.parts)?;
                0_u64.pack(&mut new);
                pattern.pack(&mut new);
                Arc::new(pattern)
            }
        };
        Some(Told {
            local: track.add(pattern),
            new: Some(new),
        })
    }
}

/// A pattern that is told.
struct Told {
    /// By its place in the stretch.
    local: usize,
    /// What tells it if it is new there.
    new: Option<Vec<u8>>,
}
