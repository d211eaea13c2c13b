//! What goes from hand to hand while a trace goes by.

use evscope_trace::Batch;

/// Who reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum By {
    /// The thread that looks.
    #[default]
    Looking,
    /// The other one.
    Helper,
}

/// A batch of lines, with what was noted of them as they were looked at and what was written of them then.
#[derive(Debug)]
pub(super) struct Sheet<L, N> {
    /// Who has read it.
    pub(super) by: By,
    pub(super) batch: Batch<L>,
    pub(super) notes: N,
    pub(super) text: Vec<u8>,
}

impl<L, N: Default> Default for Sheet<L, N> {
    fn default() -> Self {
        Batch::default().into()
    }
}

impl<L, N: Default> From<Batch<L>> for Sheet<L, N> {
    fn from(batch: Batch<L>) -> Self {
        Self {
            by: By::default(),
            batch,
            notes: N::default(),
            text: Vec::new(),
        }
    }
}

/// What is noted of the lines of a batch.
pub(super) trait Notes: Default + Send {
    /// Whether nothing is to be written of them.
    fn is_empty(&self) -> bool;

    /// They go with lines that are used up.
    fn clear(&mut self);
}

/// Of who only looks.
impl Notes for () {
    fn is_empty(&self) -> bool {
        true
    }

    fn clear(&mut self) {}
}
