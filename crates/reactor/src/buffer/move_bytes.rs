//! Moving bytes from one buffer to another.

use crate::recording::{trace, trace_exit};
use crate::{BufferEnd, Error, Evbuffer, EventBase};

impl EventBase {
    /// Moves all bytes of `from` to the end of `to` without copying them (`evbuffer_add_buffer`).
    #[track_caller]
    pub fn evbuffer_add_buffer(&mut self, to: Evbuffer, from: Evbuffer) -> Result<(), Error> {
        let len = self.evbuffer_get_length(from)?;
        if len > 0 && to != from {
            self.unfrozen(to, BufferEnd::End)?;
            self.move_bytes(to, from, len, Tell::GiverFirst, |to, from| {
                to.append_chain(from);
                len
            })?;
        } else {
            self.trace_nothing_moved(to, from);
        }
        Ok(())
    }

    /// Moves all bytes of `from` in front of those of `to` without copying them
    /// (`evbuffer_prepend_buffer`).
    #[track_caller]
    pub fn evbuffer_prepend_buffer(&mut self, to: Evbuffer, from: Evbuffer) -> Result<(), Error> {
        let len = self.evbuffer_get_length(from)?;
        if len > 0 && to != from {
            self.unfrozen(to, BufferEnd::Start)?;
            self.move_bytes(to, from, len, Tell::GiverFirst, |to, from| {
                to.prepend_chain(from);
                len
            })?;
        } else {
            self.trace_nothing_moved(to, from);
        }
        Ok(())
    }

    /// Moves up to `len` bytes from the front of `from` to the end of `to`; returns how many
    /// (`evbuffer_remove_buffer`). At most one piece is split and copied.
    #[track_caller]
    pub fn evbuffer_remove_buffer(
        &mut self,
        from: Evbuffer,
        to: Evbuffer,
        len: usize,
    ) -> Result<usize, Error> {
        let all = self.evbuffer_get_length(from)?;
        if len == 0 || to == from {
            self.trace_nothing_moved(to, from);
            return Ok(0);
        }
        self.unfrozen(to, BufferEnd::End)?;
        self.unfrozen(from, BufferEnd::Start)?;
        if len >= all {
            return self.evbuffer_add_buffer(to, from).map(|()| all);
        }
        self.move_bytes(to, from, len, Tell::ReceiverFirst, |to, from| to.move_from(from, len))
    }

    #[track_caller]
    fn trace_nothing_moved(&mut self, to: Evbuffer, from: Evbuffer) {
        let (Some(receiver), Some(giver)) = (self.buffers.get(to), self.buffers.get(from)) else {
            return;
        };
        let len = receiver.chain.len() as u64;
        let (from, from_after) = (giver.id, giver.chain.len() as u64);
        trace!(
            self,
            Enter,
            self.buffer_objects(to),
            EvbufferMove { from, len: 0, before: len, after: len, from_after }
        );
        trace_exit!(self);
    }

    #[track_caller]
    fn move_bytes(
        &mut self,
        to: Evbuffer,
        from: Evbuffer,
        len: usize,
        tell: Tell,
        change: impl FnOnce(&mut super::Chain, &mut super::Chain) -> usize,
    ) -> Result<usize, Error> {
        self.unfrozen(from, BufferEnd::Start)?;
        if !self.buffers[to].chain.can_hold(len) {
            return Err(Error::invalid("evbuffer_add_buffer", "no buffer is so long"));
        }
        let mut source = std::mem::take(&mut self.buffers[from].chain);
        let slot = &mut self.buffers[to];
        let before = slot.chain.len();
        let moved = change(&mut slot.chain, &mut source);
        slot.callbacks.note_added(moved);
        let from_after = source.len();
        let slot = &mut self.buffers[from];
        slot.chain = source;
        slot.callbacks.note_deleted(moved);
        let from_id = slot.id;
        trace!(
            self,
            Enter,
            self.buffer_objects(to),
            EvbufferMove {
                from: from_id,
                len: moved as u64,
                before: before as u64,
                after: (before + moved) as u64,
                from_after: from_after as u64,
            }
        );
        let order = match tell {
            Tell::GiverFirst => [from, to],
            Tell::ReceiverFirst => [to, from],
        };
        for buffer in order {
            // The callbacks of the first may have freed the second.
            if self.buffers.contains_key(buffer) {
                self.evbuffer_invoke_callbacks(buffer);
            }
        }
        trace_exit!(self);
        Ok(moved)
    }
}

/// Whose callbacks run first. libevent's order differs between moving all and moving some.
#[derive(Clone, Copy)]
enum Tell {
    GiverFirst,
    ReceiverFirst,
}
