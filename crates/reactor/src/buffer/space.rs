//! Room at the end of a buffer: asked for ahead of time, written into by the program itself.

use std::collections::TryReserveError;

use super::chain::Chain;
use super::segment::Segment;
use crate::recording::call;
use crate::{BufferEnd, Error, Evbuffer, EventBase};

/// How much memory libevent takes at least for a piece of an evbuffer, and how much of it its head is.
const MIN_BUFFER_SIZE: usize = 1024;
const CHAIN_HEAD: usize = 48;

/// The room that was handed out last: where it was, to know whether it is still there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reserved {
    /// In the last segment.
    last: Option<usize>,
    /// In the one behind it.
    spare: Option<usize>,
}

impl Chain {
    /// Makes room for `n` more bytes in one piece.
    fn expand(&mut self, n: usize) -> Result<(), TryReserveError> {
        if self.last().room() >= n {
            return Ok(());
        }
        let room = match self.take_spare(n) {
            Some(spare) => spare,
            None => Segment::try_with_capacity(self.next_capacity(n))?,
        };
        if self.last().is_empty() {
            self.push_room(room);
        } else {
            self.spare = Some(room);
        }
        Ok(())
    }

    /// Room for at least `n` bytes, in one piece.
    fn reserve(&mut self, n: usize) -> Result<&mut [u8], TryReserveError> {
        let n = n.max(1);
        self.expand(n)?;
        if self.last().room() >= n {
            let room = self.last_room();
            self.reserved = Some(Reserved { last: Some(address(room)), spare: None });
            return Ok(self.last_room());
        }
        let room = whole_room(&mut self.spare);
        self.reserved = Some(Reserved { last: None, spare: Some(address(room)) });
        Ok(room)
    }

    /// Room for at least `n` bytes, in one piece or two; that of the last segment is used up first. New pieces are as long
    /// as libevent's: TLS reads a record into each.
    fn reserve_in_two(&mut self, n: usize) -> Result<[&mut [u8]; 2], TryReserveError> {
        // libevent keeps no piece that was drained.
        let left_over = self.len() == 0 && self.reserved.is_none();
        if left_over && self.last().capacity() != chain_size(n) {
            self.push_room(Segment::default());
            self.spare = None;
        }
        let in_last = self.last().room();
        if in_last == 0 && self.spare.as_ref().is_none_or(|spare| spare.room() < n) {
            self.spare = Some(Segment::try_with_capacity(chain_size(n))?);
        }
        if in_last == 0 || in_last >= n {
            return Ok([self.reserve(n)?, &mut []]);
        }
        let rest = n - in_last;
        if self.spare.as_ref().is_none_or(|spare| spare.room() < rest) {
            self.spare = Some(Segment::try_with_capacity(chain_size(rest))?);
        }
        let (last, spare) = self.last_and_spare();
        let (last, spare) = (last.whole_room(), whole_room(spare));
        let (last_at, spare_at) = (Some(address(last)), Some(address(spare)));
        self.reserved = Some(Reserved { last: last_at, spare: spare_at });
        let (last, spare) = self.last_and_spare();
        Ok([last.whole_room(), whole_room(spare)])
    }

    /// The first so many bytes of each reserved piece are bytes now. False, and nothing changed, if the room is not
    /// there any more, or not that long.
    fn commit(&mut self, lens: &[usize]) -> bool {
        let Some(reserved) = self.reserved.take() else {
            return lens.iter().all(|&n| n == 0);
        };
        let (in_last, in_spare) = match (reserved.last, lens) {
            (_, []) => (0, 0),
            (Some(_), &[n]) => (n, 0),
            (None, &[n]) => (0, n),
            (Some(_), &[n, m]) => (n, m),
            (None, &[n, 0]) => (0, n),
            _ => return false,
        };
        let spare_room = whole_room(&mut self.spare);
        let spare_fits = in_spare == 0
            || reserved.spare == Some(address(spare_room)) && in_spare <= spare_room.len();
        let last_room = self.last_room();
        let last_fits =
            in_last == 0 || reserved.last == Some(address(last_room)) && in_last <= last_room.len();
        if !(spare_fits && last_fits) {
            return false;
        }
        self.commit_last(in_last);
        if in_spare > 0
            && let Some(mut spare) = self.spare.take()
        {
            spare.commit(in_spare);
            self.push(spare);
        }
        true
    }
}

/// How long a piece is that libevent makes for `n` bytes (`evbuffer_chain_new`).
fn chain_size(n: usize) -> usize {
    let whole = n
        .checked_add(CHAIN_HEAD)
        .and_then(usize::checked_next_power_of_two);
    whole.map_or(n, |whole| whole.max(MIN_BUFFER_SIZE) - CHAIN_HEAD)
}

fn whole_room(segment: &mut Option<Segment>) -> &mut [u8] {
    segment.as_mut().map_or(&mut [], Segment::whole_room)
}

/// Only ever compared.
fn address(room: &[u8]) -> usize {
    room.as_ptr().addr()
}

/// # Buffers: room to write into
impl EventBase {
    /// Makes room for `len` more bytes, so that adding them takes no new memory (`evbuffer_expand`). Whether the
    /// buffer is frozen does not matter.
    ///
    /// # Errors
    /// [`Error::Os`] if there is not so much memory.
    pub fn evbuffer_expand(&mut self, buffer: Evbuffer, len: usize) -> Result<(), Error> {
        let expanded = self.buffer_mut(buffer)?.chain.expand(len);
        expanded.map_err(|_| Error::no_memory("evbuffer_expand"))
    }

    /// Room for at least `len` bytes at the end, to be written into (`evbuffer_reserve_space` with one vector). They
    /// are part of the buffer once [`evbuffer_commit_space`](Self::evbuffer_commit_space) says how many.
    ///
    /// # Errors
    /// [`Error::Frozen`]; [`Error::Os`] if there is not so much memory. All of the room is touched, so it should be
    /// as much as there will be bytes.
    ///
    /// ```
    /// # fn main() -> Result<(), evscope_reactor::Error> {
    /// # let mut base = evscope_reactor::EventBase::new()?;
    /// let buffer = base.evbuffer_new();
    /// let room = base.evbuffer_reserve_space(buffer, 5)?;
    /// room[..2].copy_from_slice(b"hi");
    /// base.evbuffer_commit_space(buffer, &[2])?;
    /// assert_eq!(base.evbuffer_get_length(buffer)?, 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn evbuffer_reserve_space(
        &mut self,
        buffer: Evbuffer,
        len: usize,
    ) -> Result<&mut [u8], Error> {
        self.unfrozen(buffer, BufferEnd::End)?;
        let room = self.buffers[buffer].chain.reserve(len);
        room.map_err(|_| Error::no_memory("evbuffer_reserve_space"))
    }

    /// The same in up to two pieces (`evbuffer_reserve_space` with two vectors), so that the room that is there is
    /// used up first. The second piece may be empty.
    pub fn evbuffer_reserve_space_in_two(
        &mut self,
        buffer: Evbuffer,
        len: usize,
    ) -> Result<[&mut [u8]; 2], Error> {
        self.unfrozen(buffer, BufferEnd::End)?;
        let room = self.buffers[buffer].chain.reserve_in_two(len);
        room.map_err(|_| Error::no_memory("evbuffer_reserve_space"))
    }

    /// Adds what was written into the room that was reserved last: the first so many bytes of each piece
    /// (`evbuffer_commit_space`).
    ///
    /// # Errors
    /// [`Error::Frozen`]; [`Error::Invalid`] if bytes were added or taken out since, so that the room is no longer
    /// at the end, or if it is not that long. Nothing is added then.
    #[call]
    pub fn evbuffer_commit_space(&mut self, buffer: Evbuffer, lens: &[usize]) -> Result<(), Error> {
        self.unfrozen(buffer, BufferEnd::End)?;
        let slot = &mut self.buffers[buffer];
        let before = slot.chain.len();
        if !slot.chain.commit(lens) {
            let reason =
                "this is not the room that was reserved last, or the buffer has changed since";
            return Err(Error::invalid("evbuffer_commit_space", reason));
        }
        let len = slot.chain.len() - before;
        slot.callbacks.note_added(len);
        self.says_add(buffer, before, len);
        self.evbuffer_invoke_callbacks(buffer);
        Ok(())
    }
}
