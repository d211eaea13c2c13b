//! Steps of one kind often come from one line, called from one other: the place of a record is first
//! compared with that of the last record like it, and only read when it is another.
//!
//! How much that saves depends on how much a program repeats itself. Of the places in the repository's
//! traces, each read once, 48 of 100 are those of the record before, and reading takes as long with this
//! as without; in `benches/read.rs`, which goes round three of them, 69 of 100 are, and reading without
//! it takes 1.11 times as long.

use std::fmt;

use crate::SourceLine;
use crate::scan::Scanner;
use crate::texts::Texts;

/// How many places are remembered.
const SLOTS: usize = 1 << 10;

/// The places seen last.
pub(crate) struct Places {
    slots: Box<[Option<Slot>]>,
}

struct Slot {
    /// As it stood in its line.
    json: String,
    place: SourceLine,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            slots: (0..SLOTS).map(|_| None).collect(),
        }
    }
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Places").finish_non_exhaustive()
    }
}

impl Places {
    /// Reads the place that comes next. `like` is some number that records with the same place share;
    /// what it is only decides how often there is nothing to read.
    pub(crate) fn read(
        &mut self,
        like: u64,
        scan: &mut Scanner<'_>,
        texts: &mut Texts,
    ) -> Option<SourceLine> {
        let slot = &mut self.slots[like as usize % SLOTS];
        if let Some(known) = slot
            && scan.pass(&known.json)
        {
            return Some(known.place.clone());
        }
        let rest = scan.rest();
        let place = scan.place(texts)?;
        let json = rest[..rest.len() - scan.rest().len()].to_owned();
        *slot = Some(Slot {
            json,
            place: place.clone(),
        });
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_never_taken_for_another() {
        let mut places = Places::default();
        let mut texts = Texts::default();
        for line in [1, 1, 11, 1, 2, 2] {
            let json = format!(r#"{{"file":"a.rs","line":{line}}},"#);
            let mut scan = Scanner::new(json.as_bytes(), 0).unwrap();
            let place = places.read(7, &mut scan, &mut texts).unwrap();
            assert_eq!((place.file.as_ref(), place.line), ("a.rs", line));
            assert_eq!(scan.rest(), ",", "what follows is left");
        }
    }
}
