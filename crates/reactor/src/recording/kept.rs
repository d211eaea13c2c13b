//! Records that stay in memory until somebody asks for them.

use std::collections::VecDeque;

use super::raw::{Chunk, Packed};

/// How much of a recording in memory is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// All of it: memory grows by about 10 bytes a record.
    All,
    /// At least this many of the last records, and not many more: memory stays as it is.
    Last(usize),
}

#[derive(Debug)]
pub(super) struct Kept {
    keep: Keep,
    /// The oldest first.
    chunks: VecDeque<Chunk>,
    /// Records in them.
    count: usize,
    /// Records that were forgotten.
    pub(super) lost: u64,
}

impl Kept {
    pub(super) fn new(keep: Keep) -> Self {
        Self { keep, chunks: VecDeque::new(), count: 0, lost: 0 }
    }

    /// Takes a chunk that is full; gives memory for the next.
    pub(super) fn push(&mut self, chunk: Chunk) -> Option<Packed> {
        self.count += chunk.packed.len();
        self.chunks.push_back(chunk);
        let Keep::Last(enough) = self.keep else {
            return None;
        };
        let mut memory = None;
        while let Some(oldest) = self.chunks.front()
            && self.count - oldest.packed.len() >= enough
            && let Some(mut oldest) = self.chunks.pop_front()
        {
            self.count -= oldest.packed.len();
            self.lost += oldest.packed.len() as u64;
            oldest.packed.clear();
            memory = Some(oldest.packed);
        }
        memory
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn chunks(&self) -> impl Iterator<Item = &Chunk> {
        self.chunks.iter()
    }
}
