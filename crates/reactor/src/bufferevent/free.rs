//! The end of a bufferevent: freed by the program, taken apart by the loop once nothing uses it.

use std::os::fd::IntoRawFd;

use evscope_trace::ActiveWhy;

use super::kind::Kind;
use super::{BevSlot, Callbacks};
use crate::event::{EventCallback, EventState};
use crate::recording::{call, point};
use crate::{BevOptions, Bufferevent, Error, EvFlags, Event, EventBase};

/// # Bufferevents: freed
impl EventBase {
    /// Frees a bufferevent (`bufferevent_free`), also in one of its own callbacks. None of its callbacks
    /// runs any more; what is in its output is lost. It is taken apart by the loop when the callback that
    /// runs now has returned; with CLOSE_ON_FREE the socket is closed then.
    #[call(bev => BuffereventFree {})]
    pub fn bufferevent_free(&mut self, bev: Bufferevent) -> Result<(), Error> {
        self.bev(bev)?;
        self.bufferevent_setcb(bev, Callbacks::default())?;
        self.bevs[bev].freed = true;
        self.decref(bev);
        Ok(())
    }

    /// The library is about to use the bufferevent: it stays whole until `decref`.
    pub(crate) fn incref(&mut self, bev: Bufferevent) -> &BevSlot {
        let slot = &mut self.bevs[bev];
        slot.references += 1;
        slot
    }

    /// The library has used it. After the last use of one that was freed, it goes.
    #[inline]
    #[track_caller]
    pub(crate) fn decref(&mut self, bev: Bufferevent) {
        let slot = &mut self.bevs[bev];
        slot.references -= 1;
        if slot.references == 0 {
            self.last_used(bev);
        }
    }

    #[cold]
    #[track_caller]
    fn last_used(&mut self, bev: Bufferevent) {
        self.unlink(bev);
        let slot = &self.bevs[bev];
        let refill = slot.rate_limit.map(|limit| limit.refill);
        let callbacks = [
            Some(slot.ev_read),
            Some(slot.ev_write),
            slot.deferred,
            refill,
        ];
        self.finalize_many(bev, callbacks.into_iter().flatten());
    }

    /// Stops all of the bufferevent's events, and makes one of them run its finalizer
    /// (`event_callback_finalize_many_`): the one whose callback runs now, if it is among them, so that the
    /// finalizer comes after it.
    #[track_caller]
    fn finalize_many(&mut self, bev: Bufferevent, events: impl Iterator<Item = Event>) {
        let mut finalizing = false;
        for event in events {
            if self.turn.current_event == Some(event) {
                self.finalize(bev, event);
                finalizing = true;
            } else {
                self.cancel(event);
            }
        }
        if !finalizing {
            self.finalize(bev, self.bevs[bev].ev_read);
        }
    }

    /// Neither pending nor active any more.
    #[track_caller]
    fn cancel(&mut self, event: Event) {
        if matches!(self.events[event].callback, EventCallback::BevDeferred(_)) {
            self.leave_active(event);
        } else {
            self.event_del_nolock(event);
        }
    }

    #[track_caller]
    fn finalize(&mut self, bev: Bufferevent, event: Event) {
        self.cancel(event);
        self.events[event].callback = EventCallback::BevFinalize(bev);
        self.event_callback_finalize(event);
    }

    /// Active once more, to be finalized (`event_callback_finalize_nolock_`).
    #[point(event => EventActive { what: EvFlags::FINALIZE, why: ActiveWhy::Finalize })]
    fn event_callback_finalize(&mut self, event: Event) {
        self.activate(event);
        self.events[event].state |= EventState::FINALIZING;
    }

    /// Run by the loop: nothing uses the bufferevent any more.
    #[point(bev => BuffereventFinalize {
        closed: self.bevs[bev].options.contains(BevOptions::CLOSE_ON_FREE)
            && self.bevs[bev].fd.is_some(),
        unsent: self.buffers[self.bevs[bev].output].chain.len() as u64,
    })]
    pub(crate) fn bufferevent_finalize_cb(&mut self, bev: Bufferevent) {
        self.turn.current_event = None;
        self.leave_group(bev);
        let Some(slot) = self.bevs.remove(bev) else {
            return;
        };
        let refill = slot.rate_limit.map(|limit| limit.refill);
        let events = [
            Some(slot.ev_read),
            Some(slot.ev_write),
            slot.deferred,
            refill,
        ];
        for event in events.into_iter().flatten() {
            // Who wrote into the output after it was freed has made its event pending once more.
            if self.events[event].waits_or_is_active() {
                self.cancel(event);
            }
            self.events.free(event);
        }
        self.release_buffer(slot.input);
        self.release_buffer(slot.output);
        if !slot.options.contains(BevOptions::CLOSE_ON_FREE)
            && let Some(fd) = slot.fd
        {
            // The program has its fd, by bufferevent_getfd, and closes it when it likes.
            let _ = fd.into_raw_fd();
        }
        match slot.kind {
            Kind::Filter(filter) if self.bevs.contains_key(filter.underlying) => {
                self.decref(filter.underlying);
            }
            Kind::Socket | Kind::Pair(_) | Kind::Filter(_) => {}
            #[cfg(feature = "tls")]
            Kind::Tls(tls) => self.be_tls_destruct(&tls),
        }
    }

    /// For the end of the base: those the program has not freed.
    pub(crate) fn free_bufferevents(&mut self) {
        let all: Vec<Bufferevent> = self.bevs.keys().collect();
        for bev in all {
            self.bufferevent_finalize_cb(bev);
        }
    }
}
