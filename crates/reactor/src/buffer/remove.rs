//! Taking bytes out of a buffer.

use crate::recording::call;
use crate::{BufferEnd, Error, Evbuffer, EventBase};

use super::search::{self, EolStyle};

/// # Buffers: taking out
impl EventBase {
    /// Moves bytes from the front of the buffer into `out`; returns how many (`evbuffer_remove`).
    ///
    /// # Errors
    /// [`Error::Frozen`]; [`Error::Os`] if a part of a file is among them and cannot be read.
    #[call]
    pub fn evbuffer_remove(&mut self, buffer: Evbuffer, out: &mut [u8]) -> Result<usize, Error> {
        let n = out.len().min(self.evbuffer_get_length(buffer)?);
        self.open_at_start(buffer, n)?;
        self.in_memory(buffer, "evbuffer_remove", 0, n)?;
        let slot = &mut self.buffers[buffer];
        let before = slot.chain.len();
        let n = slot.chain.copy_out_from(0, out);
        slot.chain.drain(n);
        slot.callbacks.note_deleted(n);
        self.says_remove(buffer, before, &out[..n]);
        if n > 0 {
            self.evbuffer_invoke_callbacks(buffer);
        }
        Ok(n)
    }

    /// Forgets up to `len` bytes at the front (`evbuffer_drain`).
    #[inline]
    #[track_caller]
    pub fn evbuffer_drain(&mut self, buffer: Evbuffer, len: usize) -> Result<(), Error> {
        // Mostly it is less than the first piece has, and nobody is to be told.
        if self.tracer.is_none()
            && let Some(slot) = self.buffers.get_mut(buffer)
            && !slot.frozen_start
            && slot.callbacks.is_empty()
            && slot.chain.drain_in_first(len)
        {
            return Ok(());
        }
        self.evbuffer_drain_and_tell(buffer, len)
    }

    #[inline(never)]
    #[call]
    fn evbuffer_drain_and_tell(&mut self, buffer: Evbuffer, len: usize) -> Result<(), Error> {
        let before = self.evbuffer_get_length(buffer)?;
        self.open_at_start(buffer, before)?;
        let slot = &mut self.buffers[buffer];
        let n = slot.chain.drain(len);
        slot.callbacks.note_deleted(n);
        self.says_drain(buffer, before, n);
        // To drain nothing of something is told, and nothing of nothing is not.
        if before > 0 {
            self.evbuffer_invoke_callbacks(buffer);
        }
        Ok(())
    }

    /// Takes the first line out of the buffer, without its end (`evbuffer_readln`); `None` while there is no whole
    /// line.
    ///
    /// # Errors
    /// [`Error::Frozen`]; [`Error::Os`] if a part of a file cannot be read.
    #[track_caller]
    pub fn evbuffer_readln(
        &mut self,
        buffer: Evbuffer,
        style: EolStyle,
    ) -> Result<Option<Vec<u8>>, Error> {
        self.unfrozen(buffer, BufferEnd::Start)?;
        let chain = &self
            .in_memory(buffer, "evbuffer_readln", 0, usize::MAX)?
            .chain;
        let Some((len, eol)) = search::search_eol(chain, style, 0) else {
            return Ok(None);
        };
        let mut line = Vec::new();
        line.try_reserve_exact(len)
            .map_err(|_| Error::no_memory("evbuffer_readln"))?;
        line.resize(len, 0);
        self.evbuffer_remove(buffer, &mut line)?;
        // A callback may have frozen or freed the buffer; the line is out of it all the same.
        let _ = self.evbuffer_drain(buffer, eol);
        Ok(Some(line))
    }

    /// The start is open for `len` bytes. Where there are none, libevent does not ask whether it is frozen.
    pub(super) fn open_at_start(&self, buffer: Evbuffer, len: usize) -> Result<(), Error> {
        if len == 0 {
            return self.buffer(buffer).map(|_| ());
        }
        self.unfrozen(buffer, BufferEnd::Start)
    }
}
