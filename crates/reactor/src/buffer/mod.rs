//! Buffers: libevent's `buffer.c`.

mod callbacks;
pub(crate) mod chain;
mod io;
mod move_bytes;
mod search;
mod segment;

use evscope_trace::{BevId, BufId, Objects, Payload};

pub use callbacks::EvbufferCbInfo;
pub(crate) use callbacks::{BufferCallback, BufferCallbacks};
pub(crate) use io::{MAX_READ, Peer};
pub use search::EolStyle;

use crate::error::Object;
use crate::recording::{trace, trace_exit};
use crate::{BufferEnd, Error, Evbuffer, EventBase};
use chain::Chain;

/// A buffer: libevent's `struct evbuffer`.
pub(crate) struct BufferSlot {
    pub(crate) id: BufId,
    /// The bufferevent it is the input or output of.
    pub(crate) bev: Option<BevId>,
    pub(crate) chain: Chain,
    pub(crate) callbacks: BufferCallbacks,
    /// The end where bytes leave is closed.
    pub(crate) frozen_start: bool,
    /// The end where bytes arrive is closed.
    pub(crate) frozen_end: bool,
}

impl EventBase {
    /// Makes an empty buffer (`evbuffer_new`).
    #[track_caller]
    pub fn evbuffer_new(&mut self) -> Evbuffer {
        let buffer = self.new_buffer(None);
        trace!(self, Point, self.buffer_objects(buffer), EvbufferNew {});
        buffer
    }

    pub(crate) fn new_buffer(&mut self, bev: Option<BevId>) -> Evbuffer {
        let id = self.ids.buffer();
        self.buffers.insert(BufferSlot {
            id,
            bev,
            chain: Chain::default(),
            callbacks: BufferCallbacks::default(),
            frozen_start: false,
            frozen_end: false,
        })
    }

    /// Frees a buffer and the bytes in it (`evbuffer_free`). Not one that belongs to a bufferevent.
    #[track_caller]
    pub fn evbuffer_free(&mut self, buffer: Evbuffer) -> Result<(), Error> {
        if self.buffer(buffer)?.bev.is_some() {
            let reason = "the buffer belongs to a bufferevent, which frees it";
            return Err(Error::invalid("evbuffer_free", reason));
        }
        trace!(self, Point, self.buffer_objects(buffer), EvbufferFree {});
        self.buffers.remove(buffer);
        Ok(())
    }

    /// How many bytes are in the buffer (`evbuffer_get_length`).
    pub fn evbuffer_get_length(&self, buffer: Evbuffer) -> Result<usize, Error> {
        Ok(self.buffer(buffer)?.chain.len())
    }

    /// How many bytes lie in one piece at its front (`evbuffer_get_contiguous_space`).
    pub fn evbuffer_get_contiguous_space(&self, buffer: Evbuffer) -> Result<usize, Error> {
        Ok(self.buffer(buffer)?.chain.contiguous_len())
    }

    /// Adds bytes at the end (`evbuffer_add`).
    #[track_caller]
    pub fn evbuffer_add(&mut self, buffer: Evbuffer, data: &[u8]) -> Result<(), Error> {
        let slot = self.buffer_mut(buffer)?;
        if slot.frozen_end {
            return Err(Error::Frozen(BufferEnd::End));
        }
        let before = slot.chain.len() as u64;
        slot.chain.add(data);
        if slot.callbacks.is_empty() && self.tracer.is_none() {
            return Ok(());
        }
        self.buffers[buffer].callbacks.added += data.len();
        trace!(
            self,
            Enter,
            self.buffer_objects(buffer),
            EvbufferAdd {
                len: data.len() as u64,
                before,
                after: before + data.len() as u64,
                data: self.payload(data),
            }
        );
        self.evbuffer_invoke_callbacks(buffer);
        trace_exit!(self);
        Ok(())
    }

    /// Puts bytes in front (`evbuffer_prepend`).
    #[track_caller]
    pub fn evbuffer_prepend(&mut self, buffer: Evbuffer, data: &[u8]) -> Result<(), Error> {
        self.open_at_start(buffer, data.len())?;
        let slot = &mut self.buffers[buffer];
        let before = slot.chain.len() as u64;
        slot.chain.prepend(data);
        slot.callbacks.added += data.len();
        trace!(
            self,
            Enter,
            self.buffer_objects(buffer),
            EvbufferPrepend {
                len: data.len() as u64,
                before,
                after: before + data.len() as u64,
                data: self.payload(data),
            }
        );
        self.evbuffer_invoke_callbacks(buffer);
        trace_exit!(self);
        Ok(())
    }

    /// Moves bytes from the front of the buffer into `out`; returns how many (`evbuffer_remove`).
    #[track_caller]
    pub fn evbuffer_remove(&mut self, buffer: Evbuffer, out: &mut [u8]) -> Result<usize, Error> {
        let n = out.len().min(self.evbuffer_get_length(buffer)?);
        self.open_at_start(buffer, n)?;
        let slot = &mut self.buffers[buffer];
        let before = slot.chain.len() as u64;
        let n = slot.chain.copy_out_from(0, out);
        slot.chain.drain(n);
        slot.callbacks.deleted += n;
        trace!(
            self,
            Enter,
            self.buffer_objects(buffer),
            EvbufferRemove {
                len: n as u64,
                before,
                after: before - n as u64,
                data: self.payload(&out[..n]),
            }
        );
        self.evbuffer_invoke_callbacks(buffer);
        trace_exit!(self);
        Ok(n)
    }

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
        let chain = &self.buffer(buffer)?.chain;
        self.open_at_start(buffer, out.len().min(chain.len().saturating_sub(offset)))?;
        Ok(chain.copy_out_from(offset, out))
    }

    /// Forgets up to `len` bytes at the front (`evbuffer_drain`).
    #[track_caller]
    pub fn evbuffer_drain(&mut self, buffer: Evbuffer, len: usize) -> Result<(), Error> {
        let slot = self.buffer_mut(buffer)?;
        let before = slot.chain.len() as u64;
        if slot.frozen_start && before > 0 {
            return Err(Error::Frozen(BufferEnd::Start));
        }
        let n = slot.chain.drain(len);
        if slot.callbacks.is_empty() && self.tracer.is_none() {
            return Ok(());
        }
        self.buffers[buffer].callbacks.deleted += n;
        trace!(
            self,
            Enter,
            self.buffer_objects(buffer),
            EvbufferDrain { len: n as u64, before, after: before - n as u64 }
        );
        self.evbuffer_invoke_callbacks(buffer);
        trace_exit!(self);
        Ok(())
    }

    /// Makes the first `len` bytes one piece and gives them (`evbuffer_pullup`); `None` if there are
    /// fewer.
    pub fn evbuffer_pullup(
        &mut self,
        buffer: Evbuffer,
        len: usize,
    ) -> Result<Option<&[u8]>, Error> {
        // The bytes stay what they are, so it goes with a frozen buffer, too.
        Ok(self.buffer_mut(buffer)?.chain.pullup(len))
    }

    /// The bytes, piece by piece, without changing anything (`evbuffer_peek`).
    pub fn evbuffer_peek(&self, buffer: Evbuffer) -> Result<impl Iterator<Item = &[u8]>, Error> {
        Ok(self.buffer(buffer)?.chain.pieces())
    }

    /// Where `what` begins for the first time, at or after `from` (`evbuffer_search`).
    pub fn evbuffer_search(
        &self,
        buffer: Evbuffer,
        what: &[u8],
        from: usize,
    ) -> Result<Option<usize>, Error> {
        Ok(search::search(&self.buffer(buffer)?.chain, what, from))
    }

    /// Where the first line at or after `from` ends, and how many bytes its end has
    /// (`evbuffer_search_eol`).
    pub fn evbuffer_search_eol(
        &self,
        buffer: Evbuffer,
        style: EolStyle,
        from: usize,
    ) -> Result<Option<(usize, usize)>, Error> {
        Ok(search::search_eol(&self.buffer(buffer)?.chain, style, from))
    }

    /// Takes the first line out of the buffer, without its end (`evbuffer_readln`); `None` while there is
    /// no whole line.
    #[track_caller]
    pub fn evbuffer_readln(
        &mut self,
        buffer: Evbuffer,
        style: EolStyle,
    ) -> Result<Option<Vec<u8>>, Error> {
        self.unfrozen(buffer, BufferEnd::Start)?;
        let Some((len, eol)) = search::search_eol(&self.buffers[buffer].chain, style, 0) else {
            return Ok(None);
        };
        let mut line = vec![0; len];
        self.evbuffer_remove(buffer, &mut line)?;
        // A callback may have frozen or freed the buffer; the line is out of it all the same.
        let _ = self.evbuffer_drain(buffer, eol);
        Ok(Some(line))
    }

    /// Closes an end of the buffer (`evbuffer_freeze`): calls that would change it fail with
    /// [`Error::Frozen`].
    #[track_caller]
    pub fn evbuffer_freeze(&mut self, buffer: Evbuffer, end: BufferEnd) -> Result<(), Error> {
        let slot = self.buffer_mut(buffer)?;
        match end {
            BufferEnd::Start => slot.frozen_start = true,
            BufferEnd::End => slot.frozen_end = true,
        }
        trace!(self, Point, self.buffer_objects(buffer), EvbufferFreeze { end });
        Ok(())
    }

    /// Opens an end of the buffer (`evbuffer_unfreeze`).
    #[track_caller]
    pub fn evbuffer_unfreeze(&mut self, buffer: Evbuffer, end: BufferEnd) -> Result<(), Error> {
        let slot = self.buffer_mut(buffer)?;
        match end {
            BufferEnd::Start => slot.frozen_start = false,
            BufferEnd::End => slot.frozen_end = false,
        }
        trace!(self, Point, self.buffer_objects(buffer), EvbufferUnfreeze { end });
        Ok(())
    }

    pub(crate) fn buffer(&self, buffer: Evbuffer) -> Result<&BufferSlot, Error> {
        self.buffers
            .get(buffer)
            .ok_or_else(|| Error::Stale(Object::Evbuffer))
    }

    pub(crate) fn buffer_mut(&mut self, buffer: Evbuffer) -> Result<&mut BufferSlot, Error> {
        self.buffers
            .get_mut(buffer)
            .ok_or_else(|| Error::Stale(Object::Evbuffer))
    }

    /// The buffer exists and its `end` is open.
    pub(crate) fn unfrozen(&self, buffer: Evbuffer, end: BufferEnd) -> Result<(), Error> {
        let slot = self.buffer(buffer)?;
        let frozen = match end {
            BufferEnd::Start => slot.frozen_start,
            BufferEnd::End => slot.frozen_end,
        };
        if frozen {
            return Err(Error::Frozen(end));
        }
        Ok(())
    }

    /// The start is open for `len` bytes. Where there are none, libevent does not ask whether it is frozen.
    fn open_at_start(&self, buffer: Evbuffer, len: usize) -> Result<(), Error> {
        if len == 0 {
            return self.buffer(buffer).map(|_| ());
        }
        self.unfrozen(buffer, BufferEnd::Start)
    }

    pub(crate) fn buffer_objects(&self, buffer: Evbuffer) -> Objects {
        let mut objects = self.base_objects();
        if let Some(slot) = self.buffers.get(buffer) {
            objects.buf = Some(slot.id);
            objects.bev = slot.bev;
        }
        objects
    }

    /// The first bytes of `data`, if the recording keeps any.
    pub(crate) fn payload(&self, data: &[u8]) -> Option<Payload> {
        let limit = self.tracer.as_ref()?.payload_limit()?;
        Some(Payload::new(data, limit))
    }
}
