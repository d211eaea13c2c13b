//! Looking at the bytes of a buffer without changing it.
//!
//! A place in a buffer is a number of bytes from its front, so there is no `evbuffer_ptr` that could point elsewhere
//! when the buffer changes. Who looks on from where he looked last is not slower for that: the chain remembers.

use super::BufferSlot;
use super::search::{self, EolStyle};
use crate::recording::point;
use crate::{Error, Evbuffer, EventBase};

/// # Buffers: looking, without a change
impl EventBase {
    /// Copies bytes from the front of the buffer into `out` and leaves them there; returns how many
    /// (`evbuffer_copyout`).
    pub fn evbuffer_copyout(&self, buffer: Evbuffer, out: &mut [u8]) -> Result<usize, Error> {
        self.evbuffer_copyout_from(buffer, 0, out)
    }

    /// The same from the byte `offset` on (`evbuffer_copyout_from`).
    pub fn evbuffer_copyout_from(
        &self,
        buffer: Evbuffer,
        offset: usize,
        out: &mut [u8],
    ) -> Result<usize, Error> {
        let rest = self.evbuffer_get_length(buffer)?.saturating_sub(offset);
        let n = out.len().min(rest);
        self.open_at_start(buffer, n)?;
        let slot = self.in_memory(buffer, "evbuffer_copyout_from", offset, n)?;
        Ok(slot.chain.copy_out_from(offset, out))
    }

    /// Makes the first `len` bytes one piece and gives them (`evbuffer_pullup`); `None` if there are fewer.
    pub fn evbuffer_pullup(
        &mut self,
        buffer: Evbuffer,
        len: usize,
    ) -> Result<Option<&[u8]>, Error> {
        // The bytes stay what they are, so it goes with a frozen buffer, too.
        self.in_memory(buffer, "evbuffer_pullup", 0, len)?;
        let front = self.buffers[buffer].chain.pullup(len);
        front.map_err(|_| Error::no_memory("evbuffer_pullup"))
    }

    /// The bytes, piece by piece, without changing anything (`evbuffer_peek`). It is recorded how they lie, hence the
    /// `&mut`.
    #[track_caller]
    pub fn evbuffer_peek(
        &mut self,
        buffer: Evbuffer,
    ) -> Result<impl Iterator<Item = &[u8]>, Error> {
        self.evbuffer_peek_from(buffer, 0, None)
    }

    /// The pieces from the byte `from` on (`evbuffer_peek` with `start_at` and `len`): all of them, or as many as hold
    /// the next `len` bytes. As in libevent the last piece is whole, so it may have more than was asked for.
    #[point(buffer => EvbufferPeek {
        offset: from as u64,
        asked: len.map(|len| len as u64),
        pieces: self.peeked(buffer, from, len).0,
        bytes: self.peeked(buffer, from, len).1,
    })]
    pub fn evbuffer_peek_from(
        &mut self,
        buffer: Evbuffer,
        from: usize,
        len: Option<usize>,
    ) -> Result<impl Iterator<Item = &[u8]>, Error> {
        let wanted = len.unwrap_or(usize::MAX);
        let slot = self.in_memory(buffer, "evbuffer_peek", from, wanted)?;
        let extents = slot.chain.extents(from, wanted);
        Ok(extents.map(|(segment, skipped)| &segment.bytes()[skipped..]))
    }

    /// Where `what` begins for the first time, at or after `from` (`evbuffer_search`).
    pub fn evbuffer_search(
        &self,
        buffer: Evbuffer,
        what: &[u8],
        from: usize,
    ) -> Result<Option<usize>, Error> {
        self.evbuffer_search_range(buffer, what, from, usize::MAX)
    }

    /// The same, where all of `what` lies before `end` (`evbuffer_search_range`). Nothing at all is found at `from`,
    /// whatever `end` is.
    pub fn evbuffer_search_range(
        &self,
        buffer: Evbuffer,
        what: &[u8],
        from: usize,
        end: usize,
    ) -> Result<Option<usize>, Error> {
        let slot = self.in_memory(buffer, "evbuffer_search", from, end.saturating_sub(from))?;
        Ok(search::search_range(&slot.chain, what, from, end))
    }

    /// Where the first line at or after `from` ends, and how many bytes its end has (`evbuffer_search_eol`).
    pub fn evbuffer_search_eol(
        &self,
        buffer: Evbuffer,
        style: EolStyle,
        from: usize,
    ) -> Result<Option<(usize, usize)>, Error> {
        let slot = self.in_memory(buffer, "evbuffer_search_eol", from, usize::MAX)?;
        Ok(search::search_eol(&slot.chain, style, from))
    }

    /// The buffer, with the `len` bytes from `from` on in memory.
    pub(super) fn in_memory(
        &self,
        buffer: Evbuffer,
        call: &'static str,
        from: usize,
        len: usize,
    ) -> Result<&BufferSlot, Error> {
        let slot = self.buffer(buffer)?;
        slot.chain
            .read_files(from, len)
            .map_err(|error| Error::os(call, error))?;
        Ok(slot)
    }
}
