//! Timeouts of the sides: those of sockets ride on the events for the fd, those of other kinds on timers.

use std::time::Duration;

use super::kind::Kind;
use super::run::TriggerOptions;
use crate::event::EventState;
use crate::recording::{trace, trace_exit};
use crate::{BevEvents, Bufferevent, Error, EvFlags, Event, EventBase};

impl EventBase {
    /// Sets how long a side may wait before the event callback is told of a TIMEOUT
    /// (`bufferevent_set_timeouts`); `None` is for ever. Reading counts while it is enabled and not
    /// suspended, writing while there is something to write.
    #[track_caller]
    pub fn bufferevent_set_timeouts(
        &mut self,
        bev: Bufferevent,
        read: Option<Duration>,
        write: Option<Duration>,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        trace!(
            self,
            Enter,
            self.bev_objects(bev),
            BuffereventSetTimeouts { read: read.map(Into::into), write: write.map(Into::into) }
        );
        // libevent takes a timeout of zero for none.
        let slot = &mut self.bevs[bev];
        slot.timeout_read = read.filter(|span| !span.is_zero());
        slot.timeout_write = write.filter(|span| !span.is_zero());
        let result = match &slot.kind {
            Kind::Socket => self.adjust_pending_timeouts(bev),
            Kind::Pair(_) | Kind::Filter(_) => self.adjust_generic_timeouts(bev),
            #[cfg(feature = "tls")]
            Kind::Tls(tls) if tls.underlying.is_none() => self.adjust_pending_timeouts(bev),
            #[cfg(feature = "tls")]
            Kind::Tls(_) => self.adjust_generic_timeouts(bev),
        };
        trace_exit!(self);
        result
    }

    /// An event that is pending gets the new timeout now; others when they are added.
    #[track_caller]
    fn adjust_pending_timeouts(&mut self, bev: Bufferevent) -> Result<(), Error> {
        let slot = &self.bevs[bev];
        let sides = [
            (slot.ev_read, slot.timeout_read),
            (slot.ev_write, slot.timeout_write),
        ];
        for (event, timeout) in sides {
            if !self.events[event].is(EventState::INSERTED) {
                continue;
            }
            match timeout {
                Some(_) => self.event_add(event, timeout)?,
                None => self.event_remove_timer(event)?,
            }
        }
        Ok(())
    }

    #[track_caller]
    fn adjust_generic_timeouts(&mut self, bev: Bufferevent) -> Result<(), Error> {
        let slot = &self.bevs[bev];
        let reads = slot.enabled.contains(EvFlags::READ) && slot.read_suspended.is_empty();
        let writes = slot.enabled.contains(EvFlags::WRITE)
            && slot.write_suspended.is_empty()
            && self.buffers[slot.output].chain.len() > 0;
        let sides = [
            (slot.ev_read, slot.timeout_read.filter(|_| reads)),
            (slot.ev_write, slot.timeout_write.filter(|_| writes)),
        ];
        for (event, timeout) in sides {
            match timeout {
                Some(_) => self.event_add(event, timeout)?,
                None => self.event_del_nolock(event),
            }
        }
        Ok(())
    }

    /// The timers of the sides in `events` start anew, if the sides have timeouts
    /// (`BEV_RESET_GENERIC_READ_TIMEOUT`).
    #[track_caller]
    pub(super) fn reset_generic_timeouts(&mut self, bev: Bufferevent, events: EvFlags) {
        for (event, timeout) in self.generic_timers(bev, events) {
            if timeout.is_some() {
                // A timer has no fd, so to add it cannot fail.
                let _ = self.event_add(event, timeout);
            }
        }
    }

    /// The timers of the sides in `events` stop (`BEV_DEL_GENERIC_READ_TIMEOUT`).
    #[track_caller]
    pub(super) fn delete_generic_timeouts(&mut self, bev: Bufferevent, events: EvFlags) {
        for (event, _) in self.generic_timers(bev, events) {
            self.event_del_nolock(event);
        }
    }

    fn generic_timers(
        &self,
        bev: Bufferevent,
        events: EvFlags,
    ) -> impl Iterator<Item = (Event, Option<Duration>)> + use<> {
        let slot = &self.bevs[bev];
        let read = (slot.ev_read, slot.timeout_read);
        let write = (slot.ev_write, slot.timeout_write);
        let read = events.contains(EvFlags::READ).then_some(read);
        let write = events.contains(EvFlags::WRITE).then_some(write);
        read.into_iter().chain(write)
    }

    /// Run by the loop when nothing came for too long, or nothing was taken.
    pub(crate) fn bufferevent_generic_timeout_cb(&mut self, bev: Bufferevent, side: EvFlags) {
        let what = EvFlags::TIMEOUT;
        if side.contains(EvFlags::READ) {
            trace!(self, Enter, self.bev_objects(bev), BuffereventReadcb { what });
        } else {
            trace!(self, Enter, self.bev_objects(bev), BuffereventWritecb { what });
        }
        self.incref(bev);
        self.bufferevent_disable_nolock(bev, side);
        let direction = if side.contains(EvFlags::READ) {
            BevEvents::READING
        } else {
            BevEvents::WRITING
        };
        let what = BevEvents::TIMEOUT | direction;
        self.bufferevent_run_eventcb(bev, what, TriggerOptions::empty());
        self.decref(bev);
        trace_exit!(self);
    }
}
