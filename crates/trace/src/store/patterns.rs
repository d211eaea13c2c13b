//! What many records have in common.

use std::sync::Arc;

use crate::packed::Pack;
use crate::{Phase, Text, texts};

use super::split::{self, Parts};

/// Numbers or byte strings of its own that the records of a pattern may have: many more than any event has fields.
const MOST_FIELDS: usize = 40;

/// The patterns of a trace's records.
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    pub(super) all: Vec<Arc<Pattern>>,
}

/// What records have in common: all but their numbers and their own bytes.
#[derive(Debug)]
pub(super) struct Pattern {
    /// The words, and behind them which kept texts these are: two records have one pattern if this is the same.
    pub(super) key: Box<[u8]>,
    words: usize,
    pub(super) texts: Box<[Text]>,
    pub(super) numbers: usize,
    pub(super) blobs: usize,
    pub(super) phase: Phase,
    /// Which of the numbers there are that any record may have.
    pub(super) there: u64,
}

/// Appends what tells the pattern of a record from all others.
pub(super) fn put_key(parts: &Parts, key: &mut Vec<u8>) {
    key.clear();
    key.extend_from_slice(&parts.words);
    for text in &parts.texts {
        // A kept text stays where it is, and no other is there.
        key.extend((text.as_ptr() as usize).to_ne_bytes());
        key.extend(text.len().to_ne_bytes());
    }
}

impl Pattern {
    pub(super) fn new(key: &[u8], parts: &Parts) -> Option<Self> {
        let texts = parts.texts.iter().copied().map(Text::Borrowed);
        let (numbers, blobs) = (parts.numbers.len(), parts.ends.len());
        Self::of(
            key.into(),
            parts.words.len(),
            texts.collect(),
            numbers,
            blobs,
        )
    }

    fn of(
        key: Box<[u8]>,
        words: usize,
        texts: Box<[Text]>,
        numbers: usize,
        blobs: usize,
    ) -> Option<Self> {
        if numbers > MOST_FIELDS || blobs > MOST_FIELDS {
            return None;
        }
        let (phase, there) = split::heading(&key)?;
        Some(Self {
            key,
            words,
            texts,
            numbers,
            blobs,
            phase,
            there,
        })
    }

    pub(super) fn words(&self) -> &[u8] {
        &self.key[..self.words]
    }

    /// Appends the pattern itself.
    pub(super) fn pack(&self, out: &mut Vec<u8>) {
        pack_bytes(self.words(), out);
        (self.texts.len() as u64).pack(out);
        for text in &self.texts {
            pack_bytes(text.as_bytes(), out);
        }
        (self.numbers as u64).pack(out);
        (self.blobs as u64).pack(out);
    }

    /// The pattern at the front of some bytes.
    pub(super) fn unpack(from: &mut &[u8]) -> Option<Self> {
        let words: Vec<u8> = unpack_bytes(from)?.to_vec();
        let mut texts: Vec<Text> = Vec::new();
        for _ in 0..u64::unpack(from)? {
            texts.push(texts::kept(str::from_utf8(unpack_bytes(from)?).ok()?));
        }
        let numbers = usize::try_from(u64::unpack(from)?).ok()?;
        let blobs = usize::try_from(u64::unpack(from)?).ok()?;
        let len = words.len();
        Self::of(words.into(), len, texts.into(), numbers, blobs)
    }
}

fn pack_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    (bytes.len() as u64).pack(out);
    out.extend_from_slice(bytes);
}

fn unpack_bytes<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = usize::try_from(u64::unpack(from)?).ok()?;
    let (bytes, rest) = from.split_at_checked(len)?;
    *from = rest;
    Some(bytes)
}

impl Patterns {
    /// Appends all of them, for a file.
    pub fn save(&self, out: &mut Vec<u8>) {
        (self.all.len() as u64).pack(out);
        for pattern in &self.all {
            pattern.pack(out);
        }
    }

    /// The patterns at the front of some bytes; `None` if they are none.
    pub fn load(from: &mut &[u8]) -> Option<Self> {
        let mut all = Vec::new();
        for _ in 0..u64::unpack(from)? {
            all.push(Arc::new(Pattern::unpack(from)?));
        }
        Some(Self { all })
    }
}
