//! The bytes of a buffer: a chain of segments.
//!
//! It knows nothing of events or callbacks. Every operation takes time in proportion to the bytes it
//! copies and the segments it passes, never to the length of the buffer.

use std::collections::VecDeque;
use std::io::IoSliceMut;

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

    /// The pieces of the first `limit` bytes.
    pub(crate) fn pieces_up_to(&self, mut limit: usize) -> impl Iterator<Item = &[u8]> {
        self.pieces().map_while(move |piece| {
            let taken = piece.len().min(limit);
            limit -= taken;
            (taken > 0).then_some(&piece[..taken])
        })
    }

    /// Reads up to `limit` bytes at the end with `read`, which is given the used room of the last segment
    /// and `spare` behind it, and returns how many bytes it put there. When much came, the spare memory
    /// becomes a segment; little is copied out of it, so that a short message does not hold a whole page.
    pub(crate) fn read_with<E>(
        &mut self,
        limit: usize,
        spare: &mut Vec<u8>,
        read: impl FnOnce(&mut [IoSliceMut<'_>]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let mut none = [];
        let room = match self.segments.back_mut() {
            Some(last) => last.used_room(),
            None => &mut none[..],
        };
        let in_room = room.len().min(limit);
        let in_spare = spare.len().min(limit - in_room);
        let got = read(&mut [
            IoSliceMut::new(&mut room[..in_room]),
            IoSliceMut::new(&mut spare[..in_spare]),
        ])?;
        let first = got.min(in_room);
        if let Some(last) = self.segments.back_mut() {
            last.commit(first);
        }
        self.len += first;
        let rest = got - first;
        if rest >= spare.len() / 4 {
            let memory = std::mem::replace(spare, vec![0; spare.len()]);
            self.drop_empty_last();
            self.segments.push_back(Segment::from_memory(memory, rest));
            self.len += rest;
        } else if rest > 0 {
            self.add(&spare[..rest]);
        }
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
