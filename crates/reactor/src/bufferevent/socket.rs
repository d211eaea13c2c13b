//! The socket bufferevent's own callbacks, which the loop and the buffers run.

use rustix::io::Errno;

use super::run::{Lengths, TriggerOptions};
use super::slot::BevSlot;
use crate::buffer::{EvbufferCbInfo, Peer};
use crate::event::EventState;
use crate::recording::call;
use crate::{BevEvents, BufferEnd, Bufferevent, EvFlags, Evbuffer, EventBase, SuspendReasons};

/// The program's callbacks run here and now, if the marks allow it.
const NOW: TriggerOptions = TriggerOptions::empty();

impl EventBase {
    /// The callback on the output: bytes were added, so begin to write, unless that has begun already.
    #[call(output => EvbufferCb {
        callback: "bufferevent_socket_outbuf_cb".into(),
        before: info.orig_size as u64,
        added: info.n_added as u64,
        deleted: info.n_deleted as u64,
    })]
    pub(crate) fn bufferevent_socket_outbuf_cb(
        &mut self,
        bev: Bufferevent,
        output: Evbuffer,
        info: &EvbufferCbInfo,
    ) {
        // Bytes were added, the loop may write, and does not wait for room already.
        if info.n_added > 0
            && let Some(slot) = self.bevs.get(bev)
            && slot.enabled.contains(EvFlags::WRITE)
            && !self.is_pending_for_writing(slot.ev_write)
            && slot.write_suspended.is_empty()
        {
            // What fails here was recorded; the program finds out when nothing is written.
            let _ = self.bufferevent_add_event(slot.ev_write, slot.timeout_write);
        }
    }

    /// Whether the event is pending, or active with WRITE: `event_pending(ev, EV_WRITE, NULL)`.
    fn is_pending_for_writing(&self, event: crate::Event) -> bool {
        let slot = &self.events[event];
        slot.is(EventState::INSERTED)
            || (slot.is(EventState::ACTIVE | EventState::ACTIVE_LATER)
                && slot.result.contains(EvFlags::WRITE))
    }

    /// Run by the loop when the socket is readable, or the read timeout is due.
    #[inline(never)]
    #[call(bev => BuffereventReadcb { what })]
    pub(crate) fn bufferevent_readcb(&mut self, bev: Bufferevent, what: EvFlags) {
        let BevSlot { input, wm_read, .. } = *self.incref(bev);
        'done: {
            // Only the timeout. With READ beside it, something was read in time after all.
            if what == EvFlags::TIMEOUT {
                break 'done self.stop(bev, EvFlags::READ, BevEvents::TIMEOUT);
            }
            // No more than up to the high mark. At it, reading waits until the program has taken something out.
            let before = self.buffers[input].chain.len();
            let mut howmuch = usize::MAX;
            if wm_read.high > 0 {
                howmuch = wm_read.high.saturating_sub(before);
                if howmuch == 0 {
                    break 'done self.bufferevent_suspend_read(bev, SuspendReasons::WATERMARK);
                }
            }
            // No more than one read may take, and than the rate limits allow; to ask those may suspend reading.
            let (max, suspended) = self.read_max(bev);
            howmuch = howmuch.min(max);
            if !suspended.is_empty() {
                break 'done;
            }
            self.set_frozen(input, BufferEnd::End, false);
            let result = self.evbuffer_read_nolock(input, Peer::Bufferevent(bev), Some(howmuch));
            self.set_frozen(input, BufferEnd::End, true);
            match result {
                // There was nothing after all. The loop tells when there is.
                Err(Errno::AGAIN | Errno::INTR) => break 'done,
                // The write callback tells of it.
                Err(Errno::CONNREFUSED) => break 'done self.bevs[bev].connection_refused = true,
                Err(_) => break 'done self.stop(bev, EvFlags::READ, BevEvents::ERROR),
                Ok(0) => break 'done self.stop(bev, EvFlags::READ, BevEvents::EOF),
                Ok(n) => self.decrement_bucket(bev, EvFlags::READ, n),
            }
            // The program's readcb, if the low mark is reached.
            self.bufferevent_trigger_nolock(bev, EvFlags::READ, NOW, Lengths::input(before));
        }
        self.decref(bev);
    }

    /// Run by the loop when the socket is writable, or the write timeout is due.
    #[inline(never)]
    #[call(bev => BuffereventWritecb { what })]
    pub(crate) fn bufferevent_writecb(&mut self, bev: Bufferevent, what: EvFlags) {
        let BevSlot { output, ev_read, ev_write, connecting, .. } = *self.incref(bev);
        'done: {
            // Only the timeout: nothing could be written for too long.
            if what == EvFlags::TIMEOUT {
                break 'done self.stop(bev, EvFlags::WRITE, BevEvents::TIMEOUT);
            }
            if connecting {
                match self.evutil_socket_finished_connecting(bev) {
                    Ok(false) => break 'done, // Not finished yet.
                    Ok(true) => self.bufferevent_run_eventcb(bev, BevEvents::CONNECTED, NOW),
                    Err(_) => {
                        self.event_del_nolock(ev_write);
                        self.event_del_nolock(ev_read); // Failed, or refused as a read found out.
                        break 'done self.bufferevent_run_eventcb(bev, BevEvents::ERROR, NOW);
                    }
                }
                if !self.bevs[bev].may_write() {
                    break 'done self.event_del_nolock(ev_write); // Not enabled, or suspended.
                }
            }
            // As much as one write and the rate limits allow; to ask those may suspend writing.
            let (atmost, suspended) = self.write_max(bev);
            if !suspended.is_empty() {
                break 'done;
            }
            let before = self.buffers[output].chain.len();
            if before > 0 {
                self.set_frozen(output, BufferEnd::Start, false);
                let result = self.evbuffer_write_nolock(output, Peer::Bufferevent(bev), atmost);
                self.set_frozen(output, BufferEnd::Start, true);
                match result {
                    Err(Errno::AGAIN | Errno::INTR) => break 'done, // No room: the loop tries again.
                    Err(_) => break 'done self.stop(bev, EvFlags::WRITE, BevEvents::ERROR),
                    Ok(0) => break 'done self.stop(bev, EvFlags::WRITE, BevEvents::EOF),
                    Ok(n) => self.decrement_bucket(bev, EvFlags::WRITE, n),
                }
            }
            if self.buffers[output].chain.len() == 0 {
                self.event_del_nolock(ev_write); // Nothing is left: the loop shall not wake for it.
            }
            // The program's writecb, if the low mark is reached. To have connected is not to have written.
            if before > 0 || !connecting {
                self.bufferevent_trigger_nolock(bev, EvFlags::WRITE, NOW, Lengths::output(before));
            }
        }
        self.decref(bev);
    }

    /// Opens or closes an end of one of the bufferevent's buffers, around its own system calls.
    #[track_caller]
    pub(super) fn set_frozen(&mut self, buffer: Evbuffer, end: BufferEnd, frozen: bool) {
        // It is the bufferevent's buffer, and lives as long.
        let _ = if frozen {
            self.evbuffer_freeze(buffer, end)
        } else {
            self.evbuffer_unfreeze(buffer, end)
        };
    }
}
