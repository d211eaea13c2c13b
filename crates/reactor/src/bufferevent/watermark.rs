//! Watermarks: how full a buffer may become, and how empty, before something happens.

use evscope_trace::{Crossing, Mark, Objects, Side};

use super::Watermarks;
use crate::buffer::{BufferCallback, EvbufferCbInfo};
use crate::recording::{call, point};
use crate::{Bufferevent, Error, EvFlags, Evbuffer, EventBase, SuspendReasons};

/// # Bufferevents: watermarks
impl EventBase {
    /// Sets the watermarks of the sides in `events` (`bufferevent_setwatermark`), in bytes.
    ///
    /// Reading: the read callback runs when the input holds at least `low` bytes; at `high` bytes (0:
    /// never) reading is suspended until the program has taken enough out. Writing: the write callback
    /// runs when the output has drained to `low` bytes; `high` does nothing for sockets.
    #[call(bev => BuffereventSetwatermark { events, low: low as u64, high: high as u64 })]
    pub fn bufferevent_setwatermark(
        &mut self,
        bev: Bufferevent,
        events: EvFlags,
        low: usize,
        high: usize,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        if events.contains(EvFlags::WRITE) {
            self.bevs[bev].wm_write = Watermarks { low, high };
        }
        if events.contains(EvFlags::READ) {
            self.bevs[bev].wm_read = Watermarks { low, high };
            self.watch_high_mark(bev);
        }
        Ok(())
    }

    #[track_caller]
    fn watch_high_mark(&mut self, bev: Bufferevent) {
        let slot = &mut self.bevs[bev];
        let (high, input) = (slot.wm_read.high, slot.input);
        let callbacks = &mut self.buffers[input].callbacks;
        if high == 0 {
            if let Some(callback) = slot.read_watermark_cb {
                callbacks.set_enabled(callback, false);
            }
            self.bufferevent_unsuspend_read(bev, SuspendReasons::WATERMARK);
            return;
        }
        let callback = *slot
            .read_watermark_cb
            .get_or_insert_with(|| callbacks.add(input, BufferCallback::InbufWatermark(bev)));
        callbacks.set_enabled(callback, true);
        self.suspend_at_high_mark(bev, self.lengths(bev).input);
    }

    /// The input had `from` bytes; now it has as many as it has.
    #[point(self.side_objects(bev, Side::Input) => Watermark {
        side: Side::Input,
        mark: Mark::High,
        at: self.bevs[bev].wm_read.high as u64,
        from: from as u64,
        to: self.lengths(bev).input as u64,
        crossed: crossing(from, self.lengths(bev).input),
    }, if (from < self.bevs[bev].wm_read.high) != (self.lengths(bev).input < self.bevs[bev].wm_read.high))]
    fn suspend_at_high_mark(&mut self, bev: Bufferevent, from: usize) {
        let slot = &self.bevs[bev];
        if self.buffers[slot.input].chain.len() >= slot.wm_read.high {
            self.bufferevent_suspend_read(bev, SuspendReasons::WATERMARK);
        } else {
            self.bufferevent_unsuspend_read(bev, SuspendReasons::WATERMARK);
        }
    }

    /// The callback on an input with a high mark: suspends reading at it, and reads again below.
    #[call(input => EvbufferCb {
        callback: "bufferevent_inbuf_wm_cb".into(),
        before: info.orig_size as u64,
        added: info.n_added as u64,
        deleted: info.n_deleted as u64,
    })]
    pub(crate) fn bufferevent_inbuf_wm_cb(
        &mut self,
        bev: Bufferevent,
        input: Evbuffer,
        info: &EvbufferCbInfo,
    ) {
        if self.bevs.contains_key(bev) {
            self.suspend_at_high_mark(bev, info.orig_size);
        }
    }

    /// The objects of a record about one of the bufferevent's buffers.
    pub(super) fn side_objects(&self, bev: Bufferevent, side: Side) -> Objects {
        let slot = &self.bevs[bev];
        self.buffer_objects(match side {
            Side::Input => slot.input,
            Side::Output => slot.output,
        })
    }

    /// A side's watermarks (`bufferevent_getwatermark`): of READ or of WRITE.
    pub fn bufferevent_getwatermark(
        &self,
        bev: Bufferevent,
        events: EvFlags,
    ) -> Result<Watermarks, Error> {
        let slot = self.bev(bev)?;
        if events == EvFlags::READ {
            Ok(slot.wm_read)
        } else if events == EvFlags::WRITE {
            Ok(slot.wm_write)
        } else {
            let reason = "it tells of READ or of WRITE, not of both";
            Err(Error::invalid("bufferevent_getwatermark", reason))
        }
    }
}

/// Which way a length went.
pub(super) fn crossing(from: usize, to: usize) -> Crossing {
    if to > from {
        Crossing::Up
    } else {
        Crossing::Down
    }
}
