//! What is written of a place, made once: a million records name a few dozen places.

use std::fmt;

use crate::SourceLine;
use crate::texts::mix;

/// How many places are remembered.
const SLOTS: usize = 1 << 9;

/// Keeps what one format writes of a place.
pub struct PlaceTexts {
    slots: Box<[Option<Slot>]>,
}

struct Slot {
    place: SourceLine,
    text: Vec<u8>,
}

impl Default for PlaceTexts {
    fn default() -> Self {
        Self {
            slots: (0..SLOTS).map(|_| None).collect(),
        }
    }
}

impl fmt::Debug for PlaceTexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlaceTexts").finish_non_exhaustive()
    }
}

impl PlaceTexts {
    /// Appends what `make` writes of a place. It is to write the same whenever it is asked.
    pub fn put(
        &mut self,
        place: &SourceLine,
        make: impl FnOnce(&SourceLine, &mut Vec<u8>),
        out: &mut Vec<u8>,
    ) {
        let slot = &mut self.slots[slot_of(place)];
        match slot {
            Some(known) if known.place == *place => out.extend_from_slice(&known.text),
            _ => {
                let start = out.len();
                make(place, out);
                *slot = Some(Slot {
                    place: place.clone(),
                    text: out[start..].to_vec(),
                });
            }
        }
    }
}

/// Texts that repeat lie where they lay before, so that they need not be looked at.
fn slot_of(place: &SourceLine) -> usize {
    let file = place.file.as_ptr().addr() as u64;
    let mixed = mix(file ^ u64::from(place.line));
    (mixed >> 32) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: &str, line: u32, function: Option<&str>) -> SourceLine {
        SourceLine {
            file: file.to_owned().into(),
            line,
            function: function.map(|function| function.to_owned().into()),
        }
    }

    #[test]
    fn each_place_has_its_own_text_however_many_there_are() {
        let mut texts = PlaceTexts::default();
        let write = |place: &SourceLine, out: &mut Vec<u8>| {
            out.extend_from_slice(format!("{place:?}").as_bytes());
        };
        let mut places = Vec::new();
        for file in ["a.rs", "b.rs"] {
            for line in 0..2 * SLOTS as u32 {
                places.push(place(file, line, None));
                places.push(place(file, line, Some("f")));
            }
        }
        for place in places.iter().chain(&places).chain(places.iter().rev()) {
            let mut out = b"before".to_vec();
            texts.put(place, write, &mut out);
            assert_eq!(out, format!("before{place:?}").into_bytes());
        }
    }

    #[test]
    fn it_is_made_once() {
        let mut texts = PlaceTexts::default();
        let place = place("a.rs", 1, None);
        let mut made = 0;
        for _ in 0..3 {
            let mut out = Vec::new();
            texts.put(
                &place,
                |_, out| {
                    made += 1;
                    out.push(b'x');
                },
                &mut out,
            );
            assert_eq!(out, b"x");
        }
        assert_eq!(made, 1);
    }
}
