//! Buffers: libevent's `buffer.c`.

mod add;
mod callbacks;
pub(crate) mod chain;
mod defer;
mod file;
mod io;
mod look;
mod move_bytes;
mod pieces;
mod reference;
mod remove;
mod search;
mod segment;
mod space;

use evscope_trace::{BevId, BufId, Objects, Payload};

pub use add::EvbufferWriter;
pub(crate) use callbacks::{BufferCallback, BufferCallbacks};
pub use callbacks::{EvbufferCbFlags, EvbufferCbInfo};
pub(crate) use defer::Deferred;
pub use file::{EvbufferFileSegment, FileSegmentFlags};
pub(crate) use io::{MAX_READ, Peer};
pub use search::EolStyle;

use crate::error::Object;
use crate::recording::point;
use crate::{BufferEnd, Error, Evbuffer, EventBase};
use chain::Chain;

bitflags::bitflags! {
    /// What is known of a buffer (libevent's `EVBUFFER_FLAG_*`).
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct EvbufferFlags: u32 {
        /// Its bytes go only to a socket, so parts of files in it need not be read. The output of a socket
        /// bufferevent has it from the start.
        const DRAINS_TO_FD = 0x01;
    }
}

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
    /// Parts of files may stay in their files.
    pub(crate) drains_to_fd: bool,
    /// How the loop runs the callbacks, if they are put off.
    pub(crate) deferred: Option<Deferred>,
    /// It was freed, and stays only until the loop has run its callbacks.
    pub(crate) released: bool,
}

/// # Buffers: made, asked, frozen, freed
impl EventBase {
    /// Makes an empty buffer (`evbuffer_new`).
    #[point(result => EvbufferNew {}, after)]
    pub fn evbuffer_new(&mut self) -> Evbuffer {
        self.new_buffer(None)
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
            drains_to_fd: false,
            deferred: None,
            released: false,
        })
    }

    /// Frees a buffer and the bytes in it (`evbuffer_free`). Not one that belongs to a bufferevent.
    ///
    /// Where callbacks are put off and the loop is to run them, it still does, with another handle of the buffer,
    /// which is good for as long as they run.
    #[point(buffer => EvbufferFree {}, if self.buffers[buffer].bev.is_none() && !self.buffers[buffer].released)]
    pub fn evbuffer_free(&mut self, buffer: Evbuffer) -> Result<(), Error> {
        let slot = self.buffer(buffer)?;
        if slot.released {
            return Err(Error::Stale(Object::Evbuffer));
        }
        if slot.bev.is_some() {
            let reason = "the buffer belongs to a bufferevent, which frees it";
            return Err(Error::invalid("evbuffer_free", reason));
        }
        self.release_buffer(buffer);
        Ok(())
    }

    /// Says something of the buffer (`evbuffer_set_flags`).
    pub fn evbuffer_set_flags(
        &mut self,
        buffer: Evbuffer,
        flags: EvbufferFlags,
    ) -> Result<(), Error> {
        let slot = self.buffer_mut(buffer)?;
        slot.drains_to_fd |= flags.contains(EvbufferFlags::DRAINS_TO_FD);
        Ok(())
    }

    /// Takes that back (`evbuffer_clear_flags`).
    pub fn evbuffer_clear_flags(
        &mut self,
        buffer: Evbuffer,
        flags: EvbufferFlags,
    ) -> Result<(), Error> {
        let slot = self.buffer_mut(buffer)?;
        slot.drains_to_fd &= !flags.contains(EvbufferFlags::DRAINS_TO_FD);
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

    /// Closes an end of the buffer (`evbuffer_freeze`): calls that would change it fail with
    /// [`Error::Frozen`].
    #[point(buffer => EvbufferFreeze { end })]
    pub fn evbuffer_freeze(&mut self, buffer: Evbuffer, end: BufferEnd) -> Result<(), Error> {
        let slot = self.buffer_mut(buffer)?;
        match end {
            BufferEnd::Start => slot.frozen_start = true,
            BufferEnd::End => slot.frozen_end = true,
        }
        Ok(())
    }

    /// Opens an end of the buffer (`evbuffer_unfreeze`).
    #[point(buffer => EvbufferUnfreeze { end })]
    pub fn evbuffer_unfreeze(&mut self, buffer: Evbuffer, end: BufferEnd) -> Result<(), Error> {
        let slot = self.buffer_mut(buffer)?;
        match end {
            BufferEnd::Start => slot.frozen_start = false,
            BufferEnd::End => slot.frozen_end = false,
        }
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
        (!data.is_empty()).then(|| Payload::new(data, limit))
    }
}
