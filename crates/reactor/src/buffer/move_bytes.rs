//! Moving bytes from one buffer to another.

use crate::recording::call;
use crate::{BufferEnd, Error, Evbuffer, EventBase};

/// # Buffers: moving to another
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
            self.nothing_moved(to, from);
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
            self.nothing_moved(to, from);
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
            self.nothing_moved(to, from);
            return Ok(0);
        }
        self.unfrozen(to, BufferEnd::End)?;
        self.unfrozen(from, BufferEnd::Start)?;
        if len >= all {
            return self.evbuffer_add_buffer(to, from).map(|()| all);
        }
        self.move_bytes(to, from, len, Tell::ReceiverFirst, |to, from| to.move_from(from, len))
    }

    #[call]
    fn nothing_moved(&mut self, to: Evbuffer, from: Evbuffer) {
        if let Some(receiver) = self.buffers.get(to)
            && self.buffers.contains_key(from)
        {
            let before = receiver.chain.len();
            self.says_move(to, from, before, 0);
        }
    }

    #[call]
    fn move_bytes(
        &mut self,
        to: Evbuffer,
        from: Evbuffer,
        len: usize,
        tell: Tell,
        change: impl FnOnce(&mut super::Chain, &mut super::Chain) -> usize,
    ) -> Result<usize, Error> {
        self.unfrozen(from, BufferEnd::Start)?;
        let Some([receiver, giver]) = self.buffers.get_two_mut(to, from) else {
            return Ok(0);
        };
        if !receiver.chain.can_hold(len) {
            return Err(Error::invalid("evbuffer_add_buffer", "no buffer is so long"));
        }
        let before = receiver.chain.len();
        let moved = change(&mut receiver.chain, &mut giver.chain);
        receiver.callbacks.note_added(moved);
        giver.callbacks.note_deleted(moved);
        self.says_move(to, from, before, moved);
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
        Ok(moved)
    }
}

/// Whose callbacks run first. libevent's order differs between moving all and moving some.
#[derive(Clone, Copy)]
enum Tell {
    GiverFirst,
    ReceiverFirst,
}
