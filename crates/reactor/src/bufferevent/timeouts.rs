//! Timeouts of the sides: those of sockets ride on the events for the fd, those of other kinds on timers.

use std::time::Duration;

use super::kind::Kind;
use crate::event::{CommonTimeout, EventState, Timeout, nanos};
use crate::recording::call;
use crate::{BevEvents, Bufferevent, Error, EvFlags, Event, EventBase};

/// # Bufferevents: timeouts
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
        let after = |span| Timeout::After(nanos(span));
        self.bufferevent_set_timeouts_nolock(bev, read.map(after), write.map(after))
    }

    /// The same with timeouts that many bufferevents have (`bufferevent_set_timeouts` with what
    /// [`event_base_init_common_timeout`](Self::event_base_init_common_timeout) gave): to start one anew, as
    /// every read and write does, then takes the same time however many there are.
    ///
    /// # Errors
    /// [`Error::Invalid`] also if another base gave a timeout.
    #[track_caller]
    pub fn bufferevent_set_timeouts_common(
        &mut self,
        bev: Bufferevent,
        read: Option<CommonTimeout>,
        write: Option<CommonTimeout>,
    ) -> Result<(), Error> {
        let common = |timeout| self.common_timeout(timeout, "bufferevent_set_timeouts_common");
        let (read, write) = (read.map(common).transpose()?, write.map(common).transpose()?);
        self.bufferevent_set_timeouts_nolock(bev, read, write)
    }

    #[call(bev => BuffereventSetTimeouts {
        read: read.map(|it| it.span_at(self.clock.now())),
        write: write.map(|it| it.span_at(self.clock.now())),
    })]
    fn bufferevent_set_timeouts_nolock(
        &mut self,
        bev: Bufferevent,
        read: Option<Timeout>,
        write: Option<Timeout>,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        // libevent takes a timeout of zero for none.
        let is_set = |timeout: &Timeout| !matches!(timeout, Timeout::After(0));
        let slot = &mut self.bevs[bev];
        slot.timeout_read = read.filter(is_set);
        slot.timeout_write = write.filter(is_set);
        match &slot.kind {
            Kind::Socket => self.adjust_pending_timeouts(bev),
            Kind::Pair(_) | Kind::Filter(_) => self.adjust_generic_timeouts(bev),
            #[cfg(feature = "tls")]
            Kind::Tls(tls) if tls.underlying.is_none() => self.adjust_pending_timeouts(bev),
            #[cfg(feature = "tls")]
            Kind::Tls(_) => self.adjust_generic_timeouts(bev),
        }
    }

    /// Adds an event of a side, with the side's timeout (`bufferevent_add_event_`). It is there as long as the
    /// bufferevent is.
    #[inline]
    #[track_caller]
    pub(crate) fn bufferevent_add_event(
        &mut self,
        event: Event,
        timeout: Option<Timeout>,
    ) -> Result<(), Error> {
        self.event_add_nolock(event, timeout)
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
                Some(_) => self.bufferevent_add_event(event, timeout)?,
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
                Some(_) => self.bufferevent_add_event(event, timeout)?,
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
                let _ = self.bufferevent_add_event(event, timeout);
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
    ) -> impl Iterator<Item = (Event, Option<Timeout>)> + use<> {
        let slot = &self.bevs[bev];
        let read = (slot.ev_read, slot.timeout_read);
        let write = (slot.ev_write, slot.timeout_write);
        let read = events.contains(EvFlags::READ).then_some(read);
        let write = events.contains(EvFlags::WRITE).then_some(write);
        read.into_iter().chain(write)
    }

    /// Run by the loop when nothing came for too long, or nothing was taken.
    #[call]
    pub(crate) fn bufferevent_generic_timeout_cb(&mut self, bev: Bufferevent, side: EvFlags) {
        self.says_side_cb(bev, side, EvFlags::TIMEOUT);
        self.incref(bev);
        self.stop(bev, side, BevEvents::TIMEOUT);
        self.decref(bev);
    }
}
