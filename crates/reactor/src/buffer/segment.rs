//! A piece of a buffer: memory with bytes in its middle and room at both ends, bytes that somebody else owns, or a
//! part of a file.

use std::collections::TryReserveError;
use std::rc::Rc;

use super::file::EvbufferFileSegment;

/// Bytes that several segments may look at. Nobody changes them.
pub(crate) type SharedBytes = Rc<dyn AsRef<[u8]>>;

/// One link of a [`Chain`](super::chain::Chain).
pub(crate) struct Segment {
    storage: Storage,
    start: usize,
    end: usize,
}

enum Storage {
    /// What was ever written or read into; up to its capacity there is more room, never touched yet.
    Own(Vec<u8>),
    /// No room at either end.
    Shared(SharedBytes),
    /// Those of a segment in another buffer. No room either.
    Reference(SharedBytes),
    /// The bytes may not have been read yet. No room either. Whether the kernel is to send them.
    File(EvbufferFileSegment, bool),
}

impl Default for Segment {
    /// Without bytes and without room; it takes no memory.
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl Segment {
    /// Without bytes; all room is at the back.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self::new(Storage::Own(Vec::with_capacity(capacity)), 0, 0)
    }

    /// The same, for as much as somebody likes to ask for.
    pub(super) fn try_with_capacity(capacity: usize) -> Result<Self, TryReserveError> {
        let mut memory = Vec::new();
        memory.try_reserve_exact(capacity)?;
        Ok(Self::new(Storage::Own(memory), 0, 0))
    }

    /// Without bytes; all room is at the front.
    pub(crate) fn with_room_in_front(capacity: usize) -> Self {
        Self::new(Storage::Own(vec![0; capacity]), capacity, capacity)
    }

    /// The first `len` bytes of a piece of memory.
    pub(crate) fn from_memory(memory: Vec<u8>, len: usize) -> Self {
        assert!(len <= memory.len(), "more bytes than there are");
        Self::new(Storage::Own(memory), 0, len)
    }

    /// Bytes of somebody else's.
    pub(crate) fn shared(bytes: SharedBytes) -> Self {
        let len = (*bytes).as_ref().len();
        Self::new(Storage::Shared(bytes), 0, len)
    }

    /// The bytes from `start` to `end` of a file segment, to be sent by the kernel if it can.
    pub(crate) fn file(file: EvbufferFileSegment, start: usize, end: usize, sent: bool) -> Self {
        Self::new(Storage::File(file, sent), start, end)
    }

    fn new(storage: Storage, start: usize, end: usize) -> Self {
        Self { storage, start, end }
    }

    /// The bytes; none of a file that was not read yet.
    pub(crate) fn bytes(&self) -> &[u8] {
        let all = match &self.storage {
            Storage::Own(memory) => memory,
            Storage::Shared(bytes) | Storage::Reference(bytes) => (**bytes).as_ref(),
            Storage::File(file, _) => match file.contents() {
                Some(contents) => contents,
                None => return &[],
            },
        };
        &all[self.start..self.end]
    }

    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// How far its bytes begin behind the front of its memory.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// How much memory of its own it has, used or not.
    pub(crate) fn capacity(&self) -> usize {
        match &self.storage {
            Storage::Own(memory) => memory.capacity(),
            Storage::Shared(_) | Storage::Reference(_) | Storage::File(..) => 0,
        }
    }

    /// How many bytes can be added behind.
    pub(crate) fn room(&self) -> usize {
        match &self.storage {
            Storage::Own(memory) => memory.capacity() - self.end,
            Storage::Shared(_) | Storage::Reference(_) | Storage::File(..) => 0,
        }
    }

    /// The room behind the bytes that was in use before, to be read into.
    pub(crate) fn used_room(&mut self) -> &mut [u8] {
        match &mut self.storage {
            Storage::Own(memory) => &mut memory[self.end..],
            Storage::Shared(_) | Storage::Reference(_) | Storage::File(..) => &mut [],
        }
    }

    /// All the room behind the bytes, to be written into. What was never touched is filled with zeros first,
    /// once.
    pub(crate) fn whole_room(&mut self) -> &mut [u8] {
        if let Storage::Own(memory) = &mut self.storage {
            memory.resize(memory.capacity(), 0);
        }
        self.used_room()
    }

    /// The first `n` bytes of the used room are bytes now.
    pub(crate) fn commit(&mut self, n: usize) {
        assert!(n <= self.used_room().len(), "more bytes than room");
        self.end += n;
    }

    /// The part of a file that it is, if it was not read yet: the file, and where the bytes begin in its segment.
    pub(crate) fn unread_file(&self) -> Option<(&EvbufferFileSegment, usize)> {
        match &self.storage {
            Storage::File(file, _) if file.contents().is_none() => Some((file, self.start)),
            _ => None,
        }
    }

    /// The part of a file that it is, if the kernel is to send it, read or not; and where the bytes begin in its segment.
    pub(crate) fn sent_file(&self) -> Option<(&EvbufferFileSegment, usize)> {
        match &self.storage {
            Storage::File(file, true) if !file.is_refused() => Some((file, self.start)),
            _ => None,
        }
    }

    /// Whether it is a part of a file, read or not.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.storage, Storage::File(..))
    }

    /// Whether [`share`](Self::share) can give its bytes once more.
    pub(crate) fn can_be_shared(&self) -> bool {
        matches!(self.storage, Storage::Own(_) | Storage::Shared(_))
    }

    /// Adds all of `data` behind if there is room for it.
    #[inline]
    pub(crate) fn append_all(&mut self, data: &[u8]) -> bool {
        let Storage::Own(memory) = &mut self.storage else {
            return false;
        };
        if data.len() > memory.capacity() - self.end {
            return false;
        }
        let used = memory.len() - self.end;
        // One byte is what most small adds have: a call that copies would cost more than the byte.
        match data {
            [byte] if used > 0 => memory[self.end] = *byte,
            [byte] => memory.push(*byte),
            _ if used == 0 => memory.extend_from_slice(data),
            _ => {
                let used = data.len().min(used);
                memory[self.end..self.end + used].copy_from_slice(&data[..used]);
                memory.extend_from_slice(&data[used..]);
            }
        }
        self.end += data.len();
        true
    }

    /// Adds as many of `data` as fit behind; returns how many did.
    pub(crate) fn append(&mut self, data: &[u8]) -> usize {
        let n = data.len().min(self.room());
        self.append_all(&data[..n]);
        n
    }

    /// Puts as many of the last of `data` as fit in front; returns how many did.
    pub(crate) fn prepend(&mut self, data: &[u8]) -> usize {
        let Storage::Own(memory) = &mut self.storage else {
            return 0;
        };
        let n = self.start.min(data.len());
        self.start -= n;
        memory[self.start..self.start + n].copy_from_slice(&data[data.len() - n..]);
        n
    }

    /// Forgets the first `n` bytes if there are more than that.
    #[inline]
    pub(crate) fn drain_less(&mut self, n: usize) -> bool {
        let less = n < self.end - self.start;
        if less {
            self.start += n;
        }
        less
    }

    /// Forgets the first `n` bytes. Emptied memory of its own has all its room behind again; of anything else it
    /// lets go.
    #[inline]
    pub(crate) fn drain(&mut self, n: usize) {
        assert!(n <= self.len(), "fewer bytes than are drained");
        self.start += n;
        if self.is_empty() {
            self.start = 0;
            self.end = 0;
            if !matches!(self.storage, Storage::Own(_)) {
                *self = Self::default();
            }
        }
    }

    /// Forgets the last `n` bytes.
    pub(crate) fn forget_last(&mut self, n: usize) {
        assert!(n <= self.len(), "fewer bytes than are forgotten");
        self.end -= n;
    }

    /// The first `n` bytes as a segment of their own, if that goes without copying them.
    pub(crate) fn front(&self, n: usize) -> Option<Self> {
        let storage = match &self.storage {
            Storage::Own(_) => return None,
            // In libevent it is a copy.
            Storage::Shared(bytes) | Storage::Reference(bytes) => Storage::Shared(Rc::clone(bytes)),
            Storage::File(file, sent) => Storage::File(file.clone(), *sent),
        };
        Some(Self::new(storage, self.start, self.start + n))
    }

    /// The same bytes once more, for another buffer. They do not change from now on: what is added goes elsewhere.
    ///
    /// # Panics
    /// If they cannot be shared.
    pub(crate) fn share(&mut self) -> Self {
        let bytes: SharedBytes = match &mut self.storage {
            Storage::Own(memory) => Rc::new(std::mem::take(memory)),
            Storage::Shared(bytes) => Rc::clone(bytes),
            Storage::Reference(_) | Storage::File(..) => unreachable!("the caller asks before"),
        };
        self.storage = Storage::Shared(Rc::clone(&bytes));
        Self::new(Storage::Reference(bytes), self.start, self.end)
    }
}

impl std::fmt::Debug for Segment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let storage = match &self.storage {
            Storage::Own(_) => "own",
            Storage::Shared(_) => "shared",
            Storage::Reference(_) => "reference",
            Storage::File(..) => "file",
        };
        write!(f, "{storage} {}..{} of {}", self.start, self.end, self.capacity())
    }
}
