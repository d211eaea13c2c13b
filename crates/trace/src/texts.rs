//! The texts of a trace repeat: a million records name a few dozen files, functions and callbacks.
//! Each is kept once for the life of the process, and records borrow it.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::vocabulary::Text;

/// Not more than this many texts are kept for ever; further ones stay the record's own. No honest
/// trace comes near it: it bounds what a broken one can cost.
const MOST: usize = 1 << 16;
/// Longer texts are not kept.
const LONGEST: usize = 512;
/// How many texts are found without asking all threads' table.
const SLOTS: usize = 1 << 10;

/// All that are kept.
static KEPT: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);

/// Makes texts that borrow what is kept.
pub(crate) struct Texts {
    slots: Box<[Slot]>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u64,
    text: Option<&'static str>,
}

impl Default for Texts {
    fn default() -> Self {
        let empty = Slot {
            hash: 0,
            text: None,
        };
        Self {
            slots: vec![empty; SLOTS].into_boxed_slice(),
        }
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").finish_non_exhaustive()
    }
}

impl Texts {
    /// The text, borrowed if it is one that repeats. The first time it is not known whether it does
    /// (peers' addresses never do), so it is kept from the second time on.
    pub(crate) fn keep(&mut self, text: &str) -> Text {
        let hash = hash(text.as_bytes());
        let slot = &mut self.slots[(hash >> 32) as usize % SLOTS];
        match slot.text {
            Some(kept) if kept == text => return Text::Borrowed(kept),
            _ => {}
        }
        let seen = slot.hash == hash;
        let kept = look_up(text, seen);
        *slot = Slot { hash, text: kept };
        kept.map_or_else(|| Text::Owned(text.to_owned()), Text::Borrowed)
    }
}

/// The text, kept from now on if there is room.
pub(crate) fn kept(text: &str) -> Text {
    look_up(text, true).map_or_else(|| Text::Owned(text.to_owned()), Text::Borrowed)
}

/// The kept text that is the same; with `add` it is kept from now on.
fn look_up(text: &str, add: bool) -> Option<&'static str> {
    let mut all = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let all = all.get_or_insert_with(HashSet::new);
    if let Some(kept) = all.get(text) {
        return Some(kept);
    }
    if !add || text.len() > LONGEST || all.len() >= MOST {
        return None;
    }
    let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
    all.insert(kept);
    Some(kept)
}

/// A hash of the length and both ends, where names differ. It only has to be quick: a slot's text is
/// compared, and of one that is not kept a false "seen before" keeps it too early.
pub(crate) const fn hash(text: &[u8]) -> u64 {
    let len = text.len();
    let (first, last) = if len >= 8 {
        (word(text, 0), word(text, len - 8))
    } else {
        (short(text), 0)
    };
    mix(mix(first ^ (len as u64)) ^ last)
}

/// A hash of a number: those that are near each other are far apart.
pub(crate) const fn mix(number: u64) -> u64 {
    /// An odd number without pattern: 2⁶⁴ divided by the golden ratio.
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = number.wrapping_mul(MIX);
    mixed ^ (mixed >> 32)
}

const fn word(text: &[u8], at: usize) -> u64 {
    let mut word = 0;
    let mut i = 0;
    while i < 8 {
        word |= (text[at + i] as u64) << (8 * i);
        i += 1;
    }
    word
}

const fn short(text: &[u8]) -> u64 {
    let mut word = 0;
    let mut i = 0;
    while i < text.len() {
        word |= (text[i] as u64) << (8 * i);
        i += 1;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_from_the_second_time_on() {
        let mut texts = Texts::default();
        let name = "a_text_is_kept_from_the_second_time_on";
        assert!(matches!(texts.keep(name), Text::Owned(text) if text == name));
        assert!(matches!(texts.keep(name), Text::Borrowed(text) if text == name));
        let again = Texts::default().keep(name);
        assert!(
            matches!(again, Text::Borrowed(text) if text == name),
            "by any reader"
        );
    }

    #[test]
    fn what_is_too_long_is_the_records_own() {
        let mut texts = Texts::default();
        let long = "x".repeat(LONGEST + 1);
        for _ in 0..3 {
            assert!(matches!(texts.keep(&long), Text::Owned(text) if text == long));
        }
    }
}
