//! The bytes of a buffer: a chain of segments.
//!
//! It knows nothing of events or callbacks. Every operation takes time in proportion to the bytes it copies and the
//! segments it passes, never to the length of the buffer.

use std::cell::Cell;
use std::collections::{TryReserveError, VecDeque};
use std::io::IoSliceMut;

use super::segment::Segment;
use super::space::Reserved;

/// The smallest segment. Small adds share one.
const MIN_SEGMENT: usize = 512;
/// New segments double up to this, so that many small adds do not make many segments.
const MAX_GROWN_SEGMENT: usize = 16 * 1024;

/// A queue of bytes.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    len: usize,
    /// All segments but the last. None of them is empty.
    before: VecDeque<Segment>,
    /// The last one. Without bytes it is room to be used (again), or nothing.
    last: Segment,
    /// A segment without bytes that comes behind the last one when that is full.
    pub(super) spare: Option<Segment>,
    pub(super) reserved: Option<Reserved>,
    pub(super) finger: Cell<Finger>,
    /// There may be parts of files that are not in memory.
    pub(super) files: Cell<bool>,
}

/// Where somebody looked last, so that who looks on from there does not begin at the front.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Finger {
    /// A segment.
    pub(super) at: usize,
    /// Where it begins, counted from the front of the first segment's memory: so what leaves that segment or
    /// comes into it does not change it.
    pub(super) begin: usize,
}

impl Chain {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether so many bytes more can be counted. Only bytes that take no memory can be too many.
    pub(super) fn can_hold(&self, more: usize) -> bool {
        self.len
            .checked_add(more)
            .is_some_and(|len| len <= isize::MAX as usize)
    }

    /// How many bytes lie in one piece at the front.
    pub(crate) fn contiguous_len(&self) -> usize {
        self.first().len()
    }

    pub(super) fn first(&self) -> &Segment {
        self.before.front().unwrap_or(&self.last)
    }

    pub(super) fn first_start(&self) -> usize {
        self.first().start()
    }

    #[inline]
    fn first_mut(&mut self) -> &mut Segment {
        self.before.front_mut().unwrap_or(&mut self.last)
    }

    pub(super) fn last(&self) -> &Segment {
        &self.last
    }

    pub(super) fn last_room(&mut self) -> &mut [u8] {
        self.last.whole_room()
    }

    pub(super) fn last_and_spare(&mut self) -> (&mut Segment, &mut Option<Segment>) {
        (&mut self.last, &mut self.spare)
    }

    /// The segments, from the one in place `at` on.
    pub(super) fn segments_from(
        &self,
        at: usize,
    ) -> impl DoubleEndedIterator<Item = &Segment> + Clone {
        self.before
            .range(at.min(self.before.len())..)
            .chain(std::iter::once(&self.last))
    }

    /// How many segments have bytes, from the one in place `at` on.
    pub(super) fn filled_from(&self, at: usize) -> usize {
        self.before.len().saturating_sub(at) + usize::from(!self.last.is_empty())
    }

    /// The bytes, piece by piece.
    pub(crate) fn pieces(&self) -> impl DoubleEndedIterator<Item = &[u8]> + Clone {
        self.segments_from(0)
            .map(Segment::bytes)
            .filter(|bytes| !bytes.is_empty())
    }

    /// Adds bytes at the end if the last segment has room for them all.
    #[inline]
    pub(crate) fn add_in_room(&mut self, data: &[u8]) -> bool {
        let added = self.last.append_all(data);
        if added {
            self.len += data.len();
        }
        added
    }

    /// Adds bytes at the end.
    pub(crate) fn add(&mut self, data: &[u8]) {
        if self.add_in_room(data) {
            return;
        }
        self.len += data.len();
        let done = self.last.append(data);
        let spare = self.take_spare(data.len() - done);
        let mut segment =
            spare.unwrap_or_else(|| Segment::with_capacity(self.next_capacity(data.len() - done)));
        segment.append(&data[done..]);
        self.push_room(segment);
    }

    /// Puts bytes in front.
    pub(crate) fn prepend(&mut self, mut data: &[u8]) {
        self.len += data.len();
        let first = self.first_mut();
        if !first.is_empty() {
            let n = first.prepend(data);
            data = &data[..data.len() - n];
        }
        if !data.is_empty() {
            let mut segment = Segment::with_room_in_front(self.next_capacity(data.len()));
            segment.prepend(data);
            self.push_front(segment);
        }
    }

    /// Adds a segment at the end.
    pub(crate) fn push(&mut self, segment: Segment) {
        if segment.is_empty() {
            return;
        }
        self.len += segment.len();
        self.files.set(self.files.get() || segment.is_file());
        self.push_room(segment);
    }

    /// Makes a segment the last one. Its bytes are counted already.
    pub(super) fn push_room(&mut self, segment: Segment) {
        let before = std::mem::replace(&mut self.last, segment);
        if !before.is_empty() {
            self.before.push_back(before);
        }
    }

    /// Makes a segment the first one. Its bytes are counted already.
    pub(super) fn push_front(&mut self, segment: Segment) {
        self.finger.take();
        if self.before.is_empty() && self.last.is_empty() {
            self.last = segment;
        } else {
            self.before.push_front(segment);
        }
    }

    /// Forgets bytes at the front if the first segment has more than that.
    #[inline]
    pub(crate) fn drain_in_first(&mut self, n: usize) -> bool {
        let drained = self.first_mut().drain_less(n);
        if drained {
            self.len -= n;
        }
        drained
    }

    /// Forgets up to `n` bytes at the front; returns how many.
    pub(crate) fn drain(&mut self, n: usize) -> usize {
        if self.drain_in_first(n) {
            return n;
        }
        self.finger.take();
        let drained = n.min(self.len);
        self.len -= drained;
        self.files.set(self.files.get() && self.len > 0);
        let mut left = drained;
        while let Some(first) = self.before.front_mut() {
            if first.drain_less(left) {
                return drained;
            }
            left -= first.len();
            self.before.pop_front();
        }
        self.last.drain(left);
        // It is kept to be used again, unless it is a big one made for one big add.
        if self.last.is_empty() && self.last.capacity() > MAX_GROWN_SEGMENT {
            self.last = Segment::default();
        }
        drained
    }

    /// Forgets the last `n` bytes, which were just added.
    pub(crate) fn forget_last(&mut self, n: usize) {
        let mut left = n.min(self.len);
        self.len -= left;
        while self.last.len() < left
            && let Some(before) = self.before.pop_back()
        {
            left -= self.last.len();
            self.last = before;
        }
        self.last.forget_last(left);
        self.finger.take();
    }

    /// Moves all bytes of `other` to the end of this chain; nothing is copied.
    pub(crate) fn append_chain(&mut self, other: &mut Self) {
        if other.len == 0 {
            return;
        }
        self.take_counts(other);
        // The memory of the one that takes is of use to the one that gives.
        std::mem::swap(&mut self.last, &mut other.last);
        if !other.last.is_empty() {
            self.before.push_back(std::mem::take(&mut other.last));
        }
        if !other.before.is_empty() {
            self.before.append(&mut other.before);
        }
    }

    /// Moves all bytes of `other` in front of this chain; nothing is copied.
    pub(crate) fn prepend_chain(&mut self, other: &mut Self) {
        if self.len == 0 {
            return self.append_chain(other);
        }
        self.take_counts(other);
        self.finger.take();
        if !other.last.is_empty() {
            self.before.push_front(std::mem::take(&mut other.last));
        }
        while let Some(segment) = other.before.pop_back() {
            self.before.push_front(segment);
        }
    }

    /// What is known of the segments of `other`, which come here.
    fn take_counts(&mut self, other: &mut Self) {
        self.len += std::mem::take(&mut other.len);
        self.files.set(self.files.get() || other.files.take());
        other.finger.take();
    }

    /// Takes the first `n` bytes of `other`, which has more, to the end of this chain. Whole segments move; of the one that
    /// is split the bytes are in both chains then, until `other` drains them. Returns how many those are.
    pub(crate) fn take_front(&mut self, other: &mut Self, n: usize) -> usize {
        debug_assert!(n < other.len, "whoever takes all appends the chain");
        other.finger.take();
        let mut left = n;
        while other.contiguous_len() <= left
            && let Some(first) = other.before.pop_front()
        {
            other.len -= first.len();
            left -= first.len();
            self.push(first);
        }
        if left > 0 {
            match other.first().front(left) {
                Some(front) => self.push(front),
                None => self.add(&other.first().bytes()[..left]),
            }
        }
        left
    }

    /// All bytes once more, for another chain. Nothing is copied, so what is here does not change any more; what is
    /// added goes into new segments. `None` if a part of a file is among them, or what is another chain's itself.
    pub(crate) fn share(&mut self) -> Option<Vec<Segment>> {
        if !self.segments_from(0).all(Segment::can_be_shared) {
            return None;
        }
        let all = self.before.iter_mut().chain([&mut self.last]);
        let filled = all.filter(|segment| !segment.is_empty());
        Some(filled.map(Segment::share).collect())
    }

    /// Reads up to `limit` bytes at the end with `read`, which is given the used room of the last segment and
    /// `memory` behind it, and returns how many bytes it put there. When much came, the memory becomes a segment;
    /// little is copied out of it, so that a short message does not hold a whole page.
    pub(crate) fn read_with<E>(
        &mut self,
        limit: usize,
        memory: &mut Vec<u8>,
        read: impl FnOnce(&mut [IoSliceMut<'_>]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let room = self.last.used_room();
        let in_room = room.len().min(limit);
        let in_memory = memory.len().min(limit - in_room);
        let got = read(&mut [
            IoSliceMut::new(&mut room[..in_room]),
            IoSliceMut::new(&mut memory[..in_memory]),
        ])?;
        let first = got.min(in_room);
        self.last.commit(first);
        self.len += first;
        let rest = got - first;
        if rest >= memory.len() / 4 {
            let whole = std::mem::replace(memory, vec![0; memory.len()]);
            self.push(Segment::from_memory(whole, rest));
        } else if rest > 0 {
            self.add(&memory[..rest]);
        }
        Ok(got)
    }

    /// More bytes were written into the room of the last segment.
    pub(super) fn commit_last(&mut self, n: usize) {
        self.last.commit(n);
        self.len += n;
    }

    /// The first `n` bytes come together in the first segment: in its room, if it has enough, so that who asks for
    /// ever more does not have all copied each time.
    pub(super) fn join_front(&mut self, n: usize) -> Result<(), TryReserveError> {
        let Some(first) = self.before.front() else {
            return Ok(());
        };
        let rest = n - first.len();
        let mut roomier = None;
        if first.room() < rest {
            let mut whole = Segment::try_with_capacity(n.next_power_of_two().max(MIN_SEGMENT))?;
            whole.append(first.bytes());
            roomier = Some(whole);
        }
        let Some(first) = self.before.pop_front() else {
            return Ok(());
        };
        self.len -= first.len();
        let mut whole = roomier.unwrap_or(first);
        for piece in self.pieces_up_to(rest) {
            whole.append(piece);
        }
        self.drain(rest);
        self.len += n;
        self.push_front(whole);
        Ok(())
    }

    pub(super) fn take_spare(&mut self, at_least: usize) -> Option<Segment> {
        self.spare.take_if(|spare| spare.room() >= at_least)
    }

    /// How big a new segment is to be.
    pub(super) fn next_capacity(&self, at_least: usize) -> usize {
        let grown = self.last.capacity() * 2;
        grown.clamp(MIN_SEGMENT, MAX_GROWN_SEGMENT).max(at_least)
    }
}
