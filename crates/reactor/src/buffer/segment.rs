//! A piece of memory with bytes in its middle and room at both ends.

/// One link of a [`Chain`](super::chain::Chain).
#[derive(Debug)]
pub(crate) struct Segment {
    /// What was ever written or read into; up to its capacity there is more room, never touched yet.
    memory: Vec<u8>,
    start: usize,
    end: usize,
}

impl Segment {
    /// Without bytes; all room is at the back.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { memory: Vec::with_capacity(capacity), start: 0, end: 0 }
    }

    /// Without bytes; all room is at the front.
    pub(crate) fn with_room_in_front(capacity: usize) -> Self {
        Self { memory: vec![0; capacity], start: capacity, end: capacity }
    }

    /// The first `len` bytes of a piece of memory.
    pub(crate) fn from_memory(memory: Vec<u8>, len: usize) -> Self {
        assert!(len <= memory.len(), "more bytes than there are");
        Self { memory, start: 0, end: len }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.memory[self.start..self.end]
    }

    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    pub(crate) fn capacity(&self) -> usize {
        self.memory.capacity()
    }

    /// The room behind the bytes that was in use before, to be read into.
    pub(crate) fn used_room(&mut self) -> &mut [u8] {
        &mut self.memory[self.end..]
    }

    /// The first `n` bytes of the used room are bytes now.
    pub(crate) fn commit(&mut self, n: usize) {
        assert!(n <= self.memory.len() - self.end, "more bytes than room");
        self.end += n;
    }

    /// Adds as many of `data` as fit behind; returns how many did.
    #[inline]
    pub(crate) fn append(&mut self, data: &[u8]) -> usize {
        let n = data.len().min(self.memory.capacity() - self.end);
        let data = &data[..n];
        if self.end == self.memory.len() {
            self.memory.extend_from_slice(data);
        } else {
            let used = n.min(self.memory.len() - self.end);
            self.memory[self.end..self.end + used].copy_from_slice(&data[..used]);
            self.memory.extend_from_slice(&data[used..]);
        }
        self.end += n;
        n
    }

    /// Puts as many of the last of `data` as fit in front; returns how many did.
    pub(crate) fn prepend(&mut self, data: &[u8]) -> usize {
        let n = self.start.min(data.len());
        self.start -= n;
        self.memory[self.start..self.start + n].copy_from_slice(&data[data.len() - n..]);
        n
    }

    /// Forgets the first `n` bytes. An emptied segment has all its room behind again.
    pub(crate) fn drain(&mut self, n: usize) {
        assert!(n <= self.len(), "fewer bytes than are drained");
        self.start += n;
        if self.is_empty() {
            self.start = 0;
            self.end = 0;
        }
    }
}
