//! The socket bufferevent's own callbacks, which the loop and the buffers run.

use evscope_trace::ConnectProgress;
use evscope_trace::errno_name;
use rustix::io::Errno;

use super::run::{Lengths, TriggerOptions};
use crate::buffer::{EvbufferCbInfo, Peer};
use crate::event::EventState;
use crate::recording::{trace, trace_exit};
use crate::socket::finished_connecting;
use crate::{BevEvents, BufferEnd, Bufferevent, EvFlags, Evbuffer, EventBase, SuspendReasons};

/// What became of a step of reading or writing.
enum Step {
    /// Nothing more to do.
    Done,
    /// The program's callback is next, if its mark allows it. This is how full the buffers were before.
    Trigger(Lengths),
    /// The side is disabled and the event callback is told.
    Failed(BevEvents),
}

impl EventBase {
    /// The callback on the output: bytes were added, so begin to write, unless that has begun already.
    pub(crate) fn bufferevent_socket_outbuf_cb(
        &mut self,
        bev: Bufferevent,
        output: Evbuffer,
        info: &EvbufferCbInfo,
    ) {
        trace!(
            self,
            Enter,
            self.buffer_objects(output),
            EvbufferCb {
                callback: "bufferevent_socket_outbuf_cb".into(),
                before: info.orig_size as u64,
                added: info.n_added as u64,
                deleted: info.n_deleted as u64,
            }
        );
        if let Some(slot) = self.bevs.get(bev)
            && info.n_added > 0
            && slot.enabled.contains(EvFlags::WRITE)
            && slot.write_suspended.is_empty()
            && !self.is_pending_for_writing(slot.ev_write)
        {
            // What fails here was recorded; the program finds out when nothing is written.
            let _ = self.bufferevent_add_event(slot.ev_write, slot.timeout_write);
        }
        trace_exit!(self);
    }

    /// Whether the event is pending, or active with WRITE: `event_pending(ev, EV_WRITE, NULL)`.
    fn is_pending_for_writing(&self, event: crate::Event) -> bool {
        let slot = &self.events[event];
        slot.is(EventState::INSERTED)
            || (slot.is(EventState::ACTIVE | EventState::ACTIVE_LATER)
                && slot.result.contains(EvFlags::WRITE))
    }

    /// Run by the loop when the socket is readable, or the read timeout is due.
    pub(crate) fn bufferevent_readcb(&mut self, bev: Bufferevent, what: EvFlags) {
        trace!(self, Enter, self.bev_objects(bev), BuffereventReadcb { what });
        self.incref(bev);
        match self.read_step(bev, what) {
            Step::Done => {}
            Step::Trigger(before) => {
                let options = TriggerOptions::empty();
                self.bufferevent_trigger_nolock(bev, EvFlags::READ, options, before);
            }
            Step::Failed(why) => {
                self.bufferevent_disable_nolock(bev, EvFlags::READ);
                let what = BevEvents::READING | why;
                self.bufferevent_run_eventcb(bev, what, TriggerOptions::empty());
            }
        }
        self.decref(bev);
        trace_exit!(self);
    }

    fn read_step(&mut self, bev: Bufferevent, what: EvFlags) -> Step {
        // With READ beside it, something was read in time after all.
        if what == EvFlags::TIMEOUT {
            return Step::Failed(BevEvents::TIMEOUT);
        }
        let slot = &self.bevs[bev];
        let input = slot.input;
        let mut limit = usize::MAX;
        if slot.wm_read.high > 0 {
            let len = self.buffers[input].chain.len();
            let Some(room) = slot.wm_read.high.checked_sub(len).filter(|&room| room > 0) else {
                self.bufferevent_suspend_read(bev, SuspendReasons::WATERMARK);
                return Step::Done;
            };
            limit = room;
        }
        limit = limit.min(self.read_max(bev));
        let slot = &self.bevs[bev];
        if !slot.read_suspended.is_empty() {
            return Step::Done;
        }
        let before = self.lengths(bev);
        self.set_frozen(input, BufferEnd::End, false);
        let result = self.evbuffer_read_nolock(input, Peer::Bufferevent(bev), Some(limit));
        self.set_frozen(input, BufferEnd::End, true);
        match result {
            Ok(0) => Step::Failed(BevEvents::EOF),
            Ok(n) => {
                self.decrement_bucket(bev, EvFlags::READ, n);
                Step::Trigger(before)
            }
            Err(Errno::AGAIN | Errno::INTR) => Step::Done,
            Err(Errno::CONNREFUSED) => {
                self.bevs[bev].connection_refused = true;
                Step::Done
            }
            Err(_) => Step::Failed(BevEvents::ERROR),
        }
    }

    /// Run by the loop when the socket is writable, or the write timeout is due.
    pub(crate) fn bufferevent_writecb(&mut self, bev: Bufferevent, what: EvFlags) {
        trace!(self, Enter, self.bev_objects(bev), BuffereventWritecb { what });
        self.incref(bev);
        match self.write_step(bev, what) {
            Step::Done => {}
            Step::Trigger(before) => {
                let options = TriggerOptions::empty();
                self.bufferevent_trigger_nolock(bev, EvFlags::WRITE, options, before);
            }
            Step::Failed(why) => {
                self.bufferevent_disable_nolock(bev, EvFlags::WRITE);
                let what = BevEvents::WRITING | why;
                self.bufferevent_run_eventcb(bev, what, TriggerOptions::empty());
            }
        }
        self.decref(bev);
        trace_exit!(self);
    }

    fn write_step(&mut self, bev: Bufferevent, what: EvFlags) -> Step {
        if what == EvFlags::TIMEOUT {
            return Step::Failed(BevEvents::TIMEOUT);
        }
        let connected_now = self.bevs[bev].connecting;
        if connected_now && !self.finish_connecting(bev) {
            return Step::Done;
        }
        let limit = self.write_max(bev);
        let slot = &self.bevs[bev];
        let (output, ev_write) = (slot.output, slot.ev_write);
        if !slot.write_suspended.is_empty() {
            return Step::Done;
        }
        let before = self.lengths(bev);
        let mut written = 0;
        if self.buffers[output].chain.len() > 0 {
            self.set_frozen(output, BufferEnd::Start, false);
            let result = self.evbuffer_write_nolock(output, Peer::Bufferevent(bev), Some(limit));
            self.set_frozen(output, BufferEnd::Start, true);
            match result {
                Ok(0) => return Step::Failed(BevEvents::EOF),
                Ok(n) => {
                    self.decrement_bucket(bev, EvFlags::WRITE, n);
                    written = n;
                }
                // The socket has no room now. The event stays, so the loop tries again.
                Err(Errno::AGAIN | Errno::INTR) => {
                    self.stop_writing_if_empty(output, ev_write);
                    return Step::Done;
                }
                Err(_) => return Step::Failed(BevEvents::ERROR),
            }
        }
        self.stop_writing_if_empty(output, ev_write);
        // To have connected is not to have written something.
        if written > 0 || !connected_now {
            Step::Trigger(before)
        } else {
            Step::Done
        }
    }

    /// Nothing is left to write: the loop need not tell when the socket is writable.
    fn stop_writing_if_empty(&mut self, output: Evbuffer, ev_write: crate::Event) {
        if self.buffers[output].chain.len() == 0 {
            self.event_del_nolock(ev_write);
        }
    }

    /// Finds out how connecting ended, and tells the program. True if there is something to write now.
    fn finish_connecting(&mut self, bev: Bufferevent) -> bool {
        let slot = &mut self.bevs[bev];
        let (ev_read, ev_write) = (slot.ev_read, slot.ev_write);
        let refused = std::mem::take(&mut slot.connection_refused);
        let finished = match &slot.fd {
            _ if refused => Err(Errno::CONNREFUSED),
            Some(fd) => finished_connecting(fd),
            None => Err(Errno::BADF),
        };
        let errno = match finished {
            Ok(false) => return false,
            Ok(true) => None,
            Err(error) => Some(error.raw_os_error()),
        };
        self.bevs[bev].connecting = false;
        trace!(
            self,
            Point,
            self.bev_objects(bev),
            Connect {
                progress: match errno {
                    None => ConnectProgress::Connected,
                    Some(_) => ConnectProgress::Failed,
                },
                errno: errno.map(errno_name),
            }
        );
        if errno.is_some() {
            self.socket_error = errno;
            self.event_del_nolock(ev_write);
            self.event_del_nolock(ev_read);
            self.bufferevent_run_eventcb(bev, BevEvents::ERROR, TriggerOptions::empty());
            return false;
        }
        self.bufferevent_run_eventcb(bev, BevEvents::CONNECTED, TriggerOptions::empty());
        let slot = &self.bevs[bev];
        if !slot.enabled.contains(EvFlags::WRITE) || !slot.write_suspended.is_empty() {
            self.event_del_nolock(ev_write);
            return false;
        }
        true
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
