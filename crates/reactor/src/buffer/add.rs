//! Adding bytes to a buffer by copying them.

use std::fmt;
use std::io::{self, IoSlice};

use super::chain::Chain;
use crate::recording::call;
use crate::{BufferEnd, Error, Evbuffer, EventBase};

/// # Buffers: adding
impl EventBase {
    /// Adds bytes at the end (`evbuffer_add`).
    #[inline]
    #[track_caller]
    pub fn evbuffer_add(&mut self, buffer: Evbuffer, data: &[u8]) -> Result<(), Error> {
        // Most adds have room, and nobody to tell.
        if self.tracer.is_none()
            && let Some(slot) = self.buffers.get_mut(buffer)
            && !slot.frozen_end
            && slot.callbacks.is_empty()
            && slot.chain.add_in_room(data)
        {
            return Ok(());
        }
        self.evbuffer_add_and_tell(buffer, data)
    }

    #[inline(never)]
    #[call]
    fn evbuffer_add_and_tell(&mut self, buffer: Evbuffer, data: &[u8]) -> Result<(), Error> {
        self.unfrozen(buffer, BufferEnd::End)?;
        let slot = &mut self.buffers[buffer];
        let before = slot.chain.len();
        slot.chain.add(data);
        slot.callbacks.note_added(data.len());
        self.says_add(buffer, before, data.len());
        self.evbuffer_invoke_callbacks(buffer);
        Ok(())
    }

    /// Adds several pieces, one after the other (`evbuffer_add_iovec`); returns how many bytes they have. Callbacks
    /// are told of each.
    #[track_caller]
    pub fn evbuffer_add_iovec(
        &mut self,
        buffer: Evbuffer,
        pieces: &[IoSlice<'_>],
    ) -> Result<usize, Error> {
        let all = pieces.iter().map(|piece| piece.len()).sum();
        self.evbuffer_expand(buffer, all)?;
        for piece in pieces {
            self.evbuffer_add(buffer, piece)?;
        }
        Ok(all)
    }

    /// Adds formatted text (`evbuffer_add_printf`); returns how many bytes it has. Callbacks are told once.
    ///
    /// ```
    /// # fn main() -> Result<(), evscope_reactor::Error> {
    /// # let mut base = evscope_reactor::EventBase::new()?;
    /// # let buffer = base.evbuffer_new();
    /// base.evbuffer_add_printf(buffer, format_args!("{} bottles\r\n", 99))?;
    /// # assert_eq!(base.evbuffer_get_length(buffer)?, 12);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Frozen`]; [`Error::Invalid`] if a value refuses to be formatted. Nothing is added then.
    #[call]
    pub fn evbuffer_add_printf(
        &mut self,
        buffer: Evbuffer,
        text: fmt::Arguments<'_>,
    ) -> Result<usize, Error> {
        self.unfrozen(buffer, BufferEnd::End)?;
        let slot = &mut self.buffers[buffer];
        let before = slot.chain.len();
        let formatted = fmt::write(&mut ChainText(&mut slot.chain), text);
        let len = slot.chain.len() - before;
        if formatted.is_err() {
            slot.chain.forget_last(len);
            return Err(Error::invalid("evbuffer_add_printf", "a value could not be formatted"));
        }
        slot.callbacks.note_added(len);
        self.says_add(buffer, before, len);
        self.evbuffer_invoke_callbacks(buffer);
        Ok(len)
    }

    /// The buffer as something to write to, for whoever wants an [`io::Write`]: each write is an
    /// [`evbuffer_add`](Self::evbuffer_add).
    pub fn evbuffer_writer(&mut self, buffer: Evbuffer) -> EvbufferWriter<'_> {
        EvbufferWriter { base: self, buffer }
    }

    /// Puts bytes in front (`evbuffer_prepend`).
    #[call]
    pub fn evbuffer_prepend(&mut self, buffer: Evbuffer, data: &[u8]) -> Result<(), Error> {
        self.open_at_start(buffer, data.len())?;
        let slot = &mut self.buffers[buffer];
        let before = slot.chain.len();
        slot.chain.prepend(data);
        slot.callbacks.note_added(data.len());
        self.says_prepend(buffer, before, data.len());
        // As in libevent, no bytes in front are nothing to tell of, also where something is left to tell.
        if !data.is_empty() {
            self.evbuffer_invoke_callbacks(buffer);
        }
        Ok(())
    }
}

struct ChainText<'a>(&'a mut Chain);

impl fmt::Write for ChainText<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.add(text.as_bytes());
        Ok(())
    }
}

/// A buffer as an [`io::Write`] (see [`EventBase::evbuffer_writer`]).
#[derive(Debug)]
pub struct EvbufferWriter<'a> {
    base: &'a mut EventBase,
    buffer: Evbuffer,
}

impl io::Write for EvbufferWriter<'_> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let added = self.base.evbuffer_add(self.buffer, data);
        added.map(|()| data.len()).map_err(io_error)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let added = self.base.evbuffer_add_iovec(self.buffer, pieces);
        added.map_err(io_error)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Ours may hold what another thread must not have.
#[expect(clippy::needless_pass_by_value, reason = "to be given to map_err")]
fn io_error(error: Error) -> io::Error {
    io::Error::other(error.to_string())
}
