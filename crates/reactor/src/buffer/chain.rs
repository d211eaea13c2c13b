//! The bytes of a buffer: a chain of segments.
//!
//! It knows nothing of events or callbacks. Every operation takes time in proportion to the bytes it
//! copies and the segments it passes, never to the length of the buffer.

use std::collections::VecDeque;
use std::io::{IoSlice, IoSliceMut};

use super::segment::Segment;

/// The smallest segment. Small adds share one.
const MIN_SEGMENT: usize = 512;
/// New segments double up to this, so that many small adds do not make many segments.
const MAX_GROWN_SEGMENT: usize = 16 * 1024;

/// A queue of bytes.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    /// No segment is empty, except that a chain without bytes may keep one to use again.
    segments: VecDeque<Segment>,
    len: usize,
}

impl Chain {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// How many bytes lie in one piece at the front.
    pub(crate) fn contiguous_len(&self) -> usize {
        self.segments.front().map_or(0, Segment::len)
    }

    /// The bytes, piece by piece.
    pub(crate) fn pieces(&self) -> impl DoubleEndedIterator<Item = &[u8]> + Clone {
        self.segments
            .iter()
            .map(Segment::bytes)
            .filter(|bytes| !bytes.is_empty())
    }

    /// Adds bytes at the end.
    #[inline]
    pub(crate) fn add(&mut self, data: &[u8]) {
        self.len += data.len();
        let done = self.segments.back_mut().map_or(0, |last| last.append(data));
        if done < data.len() {
            self.add_segment(&data[done..]);
        }
    }

    #[inline(never)]
    fn add_segment(&mut self, data: &[u8]) {
        self.drop_empty_last();
        let mut segment = Segment::with_capacity(self.next_capacity(data.len()));
        segment.append(data);
        self.segments.push_back(segment);
    }

    /// Puts bytes in front.
    pub(crate) fn prepend(&mut self, mut data: &[u8]) {
        self.len += data.len();
        if let Some(first) = self.segments.front_mut().filter(|first| !first.is_empty()) {
            let n = first.prepend(data);
            data = &data[..data.len() - n];
        }
        if !data.is_empty() {
            self.drop_empty_last();
            let mut segment = Segment::with_room_in_front(self.next_capacity(data.len()));
            segment.prepend(data);
            self.segments.push_front(segment);
        }
    }

    /// Forgets up to `n` bytes at the front; returns how many.
    #[inline]
    pub(crate) fn drain(&mut self, n: usize) -> usize {
        let drained = n.min(self.len);
        self.len -= drained;
        // Mostly it is less than the first segment holds.
        if let Some(first) = self.segments.front_mut()
            && drained < first.len()
        {
            first.drain(drained);
        } else {
            self.drain_segments(drained);
        }
        drained
    }

    #[inline(never)]
    fn drain_segments(&mut self, drained: usize) {
        let mut left = drained;
        while left > 0 {
            let is_last = self.segments.len() == 1;
            let Some(first) = self.segments.front_mut() else {
                break;
            };
            let here = first.len().min(left);
            first.drain(here);
            left -= here;
            // The last one is kept to be used again, unless it is a big one made for one big add.
            if first.is_empty() && !(is_last && first.capacity() <= MAX_GROWN_SEGMENT) {
                self.segments.pop_front();
            }
        }
    }

    /// Copies the bytes from `offset` on to `out`; returns how many there were.
    pub(crate) fn copy_out_from(&self, mut offset: usize, out: &mut [u8]) -> usize {
        let mut done = 0;
        for piece in self.pieces() {
            if offset >= piece.len() {
                offset -= piece.len();
                continue;
            }
            let piece = &piece[offset..];
            offset = 0;
            let n = piece.len().min(out.len() - done);
            out[done..done + n].copy_from_slice(&piece[..n]);
            done += n;
            if done == out.len() {
                break;
            }
        }
        done
    }

    /// Makes the first `n` bytes one piece and returns it, or `None` if there are fewer.
    pub(crate) fn pullup(&mut self, n: usize) -> Option<&[u8]> {
        if n > self.len {
            return None;
        }
        if n > self.contiguous_len() {
            let mut whole = Segment::with_capacity(n);
            let mut left = n;
            while left > 0
                && let Some(first) = self.segments.front_mut()
            {
                let here = first.len().min(left);
                whole.append(&first.bytes()[..here]);
                first.drain(here);
                left -= here;
                if first.is_empty() {
                    self.segments.pop_front();
                }
            }
            self.segments.push_front(whole);
        }
        Some(self.segments.front().map_or(&[][..], |s| &s.bytes()[..n]))
    }

    /// Moves all bytes of `other` to the end of this chain; nothing is copied.
    pub(crate) fn append_chain(&mut self, other: &mut Self) {
        if other.len == 0 {
            return;
        }
        self.drop_empty_last();
        self.len += std::mem::take(&mut other.len);
        self.segments.append(&mut other.segments);
    }

    /// Moves all bytes of `other` in front of this chain; nothing is copied.
    pub(crate) fn prepend_chain(&mut self, other: &mut Self) {
        if other.len == 0 {
            return;
        }
        self.drop_empty_last();
        self.len += std::mem::take(&mut other.len);
        while let Some(segment) = other.segments.pop_back() {
            self.segments.push_front(segment);
        }
    }

    /// Moves up to `n` bytes from the front of `other` to the end of this chain. Whole segments move; only
    /// of the one that is split, the bytes are copied. Returns how many moved.
    pub(crate) fn move_from(&mut self, other: &mut Self, n: usize) -> usize {
        let moved = n.min(other.len);
        let mut left = moved;
        while left > 0
            && let Some(first) = other.segments.front()
        {
            let here = first.len();
            if here <= left {
                self.drop_empty_last();
                self.segments.extend(other.segments.pop_front());
                other.len -= here;
                self.len += here;
                left -= here;
            } else {
                self.add(&first.bytes()[..left]);
                other.drain(left);
                left = 0;
            }
        }
        moved
    }

    /// Up to `slices.len()` pieces from the front, for a vectored write of at most `limit` bytes. Returns
    /// how many slices were filled.
    pub(crate) fn fill_write_slices<'a>(
        &'a self,
        slices: &mut [IoSlice<'a>],
        mut limit: usize,
    ) -> usize {
        let mut n = 0;
        for (slice, piece) in slices.iter_mut().zip(self.pieces()) {
            if limit == 0 {
                break;
            }
            let take = piece.len().min(limit);
            *slice = IoSlice::new(&piece[..take]);
            limit -= take;
            n += 1;
        }
        n
    }

    /// Reads up to `limit` bytes at the end with `read`, which is given the room in the last segment and a
    /// fresh one if that is not enough, and returns how many bytes it put there.
    pub(crate) fn read_with<E>(
        &mut self,
        limit: usize,
        read: impl FnOnce(&mut [IoSliceMut<'_>]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let room = match self.segments.back_mut() {
            Some(last) => last.room().len().min(limit),
            None => 0,
        };
        let mut fresh = (room < limit).then(|| Segment::with_capacity(limit - room));
        let mut slices = [IoSliceMut::new(&mut []), IoSliceMut::new(&mut [])];
        let mut n = 0;
        if let Some(last) = self.segments.back_mut().filter(|_| room > 0) {
            slices[n] = IoSliceMut::new(&mut last.room()[..room]);
            n += 1;
        }
        if let Some(fresh) = fresh.as_mut() {
            slices[n] = IoSliceMut::new(fresh.room());
            n += 1;
        }
        let got = read(&mut slices[..n])?;
        let in_last = got.min(room);
        if in_last > 0
            && let Some(last) = self.segments.back_mut()
        {
            last.commit(in_last);
        }
        if got > in_last
            && let Some(mut segment) = fresh
        {
            segment.commit(got - in_last);
            self.drop_empty_last();
            self.segments.push_back(segment);
        }
        self.len += got;
        Ok(got)
    }

    /// Keeps the rule that only a chain without bytes holds an empty segment.
    fn drop_empty_last(&mut self) {
        if self.segments.back().is_some_and(Segment::is_empty) {
            self.segments.pop_back();
        }
    }

    fn next_capacity(&self, at_least: usize) -> usize {
        let grown = self.segments.back().map_or(0, |last| last.capacity() * 2);
        grown.clamp(MIN_SEGMENT, MAX_GROWN_SEGMENT).max(at_least)
    }
}
