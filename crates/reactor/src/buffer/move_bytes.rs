//! Moving bytes from one buffer to another.

use super::{BufferSlot, Chain};
use crate::error::Object;
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
            self.move_all(to, from, Chain::append_chain)?;
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
            self.move_all(to, from, Chain::prepend_chain)?;
        } else {
            self.nothing_moved(to, from);
        }
        Ok(())
    }

    /// Moves up to `len` bytes from the front of `from` to the end of `to`; returns how many
    /// (`evbuffer_remove_buffer`). At most one piece is split and copied; while it is in both, the receiver's callbacks run.
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
        self.move_some(to, from, len)?;
        Ok(len)
    }

    #[call]
    fn nothing_moved(&mut self, to: Evbuffer, from: Evbuffer) {
        if let Some(receiver) = self.buffers.get(to)
            && let Some(giver) = self.buffers.get(from)
        {
            let (before, left) = (receiver.chain.len(), giver.chain.len());
            self.says_move(to, (from, left), before, 0);
        }
    }

    /// The giver's callbacks run first.
    #[call]
    fn move_all(
        &mut self,
        to: Evbuffer,
        from: Evbuffer,
        change: impl FnOnce(&mut Chain, &mut Chain),
    ) -> Result<(), Error> {
        let [receiver, giver] = self.receiver_and_giver(to, from)?;
        let (before, len) = (receiver.chain.len(), giver.chain.len());
        if !receiver.chain.can_hold(len) {
            return Err(too_long());
        }
        change(&mut receiver.chain, &mut giver.chain);
        receiver.callbacks.note_added(len);
        giver.callbacks.note_deleted(len);
        self.says_move(to, (from, 0), before, len);
        self.evbuffer_invoke_callbacks(from);
        self.invoke_callbacks_if_there(to);
        Ok(())
    }

    /// As in libevent the bytes of a piece that is split are added before they are taken away: the receiver's callbacks run
    /// first, and find them in the giver still. (Whole pieces have left it; there libevent's length and its bytes contradict
    /// each other.) Then both are told, the receiver once more: its callbacks may have been put off meanwhile.
    #[call]
    fn move_some(&mut self, to: Evbuffer, from: Evbuffer, len: usize) -> Result<(), Error> {
        let [receiver, giver] = self.receiver_and_giver(to, from)?;
        if !receiver.chain.can_hold(len) {
            return Err(too_long());
        }
        let before = receiver.chain.len();
        let in_both = receiver.chain.take_front(&mut giver.chain, len);
        let left = giver.chain.len() - in_both;
        receiver.callbacks.note_added(len);
        self.says_move(to, (from, left), before, len);
        self.evbuffer_invoke_callbacks(to);
        if let Some(giver) = self.buffers.get_mut(from) {
            giver.chain.drain(in_both);
            giver.callbacks.note_deleted(len);
        }
        self.invoke_callbacks_if_there(to);
        self.invoke_callbacks_if_there(from);
        Ok(())
    }

    #[inline(always)]
    fn receiver_and_giver(
        &mut self,
        to: Evbuffer,
        from: Evbuffer,
    ) -> Result<[&mut BufferSlot; 2], Error> {
        self.unfrozen(from, BufferEnd::Start)?;
        let both = self.buffers.get_two_mut(to, from);
        both.ok_or(Error::Stale(Object::Evbuffer))
    }

    /// The callbacks of one buffer may have freed another.
    #[inline(always)]
    fn invoke_callbacks_if_there(&mut self, buffer: Evbuffer) {
        if self.buffers.contains_key(buffer) {
            self.evbuffer_invoke_callbacks(buffer);
        }
    }
}

fn too_long() -> Error {
    Error::invalid("evbuffer_add_buffer", "no buffer is so long")
}
