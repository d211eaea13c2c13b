//! Making events pending, and not pending any more.

use std::time::Duration;

use evscope_trace::Nanos;

use super::{Clock, EventState, NOT_COMMON, nanos};
use crate::recording::call;
use crate::{Error, EvFlags, Event, EventBase};

/// A timeout given to `event_add`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Timeout {
    /// So many ns from now; a persistent event is scheduled again by it.
    After(u64),
    /// At a time of the base's clock.
    At(u64),
    /// As many ns from now as the common timeout of this number is long.
    Common(u16, u64),
    /// At a time of the base's clock, among those of a common timeout.
    CommonAt(u16, u64),
}

impl Timeout {
    /// When it is due, and the number of the common timeout that it is, if it is one.
    #[inline]
    fn due(self, clock: &Clock) -> (u64, u16) {
        match self {
            Self::After(span) => (clock.now().saturating_add(span), NOT_COMMON),
            Self::At(time) => (time, NOT_COMMON),
            Self::Common(common, span) => (clock.now().saturating_add(span), common),
            Self::CommonAt(common, time) => (time, common),
        }
    }

    /// How long it is from now.
    pub(crate) fn span_at(self, now: u64) -> Nanos {
        Nanos(match self {
            Self::After(span) | Self::Common(_, span) => span,
            Self::At(time) | Self::CommonAt(_, time) => time.saturating_sub(now),
        })
    }
}

/// # Events: pending, and not any more
impl EventBase {
    /// Makes an event pending (`event_add`): from now on the loop watches for it. With a timeout it runs at
    /// the latest when that is due; on an event that is pending already a timeout replaces the old one, and
    /// `None` leaves it as it is.
    #[track_caller]
    pub fn event_add(&mut self, event: Event, timeout: Option<Duration>) -> Result<(), Error> {
        self.event(event)?;
        self.event_add_nolock(event, timeout.map(|span| Timeout::After(nanos(span))))
    }

    #[call(event => EventAdd { timeout: timeout.map(|timeout| timeout.span_at(self.clock.now())) })]
    pub(crate) fn event_add_nolock(
        &mut self,
        event: Event,
        timeout: Option<Timeout>,
    ) -> Result<(), Error> {
        let slot = &self.events[event];
        // Nothing but its finalizer runs any more.
        if slot.is(EventState::FINALIZING) {
            self.warn_refused(event, "event_add", "the event is not pending");
            let reason = "the event is finalized: nothing but its finalizer runs";
            return Err(Error::invalid("event_add", reason));
        }
        // It waits for an fd or a signal, and does not yet: into the map of them.
        if slot.waits_for_something()
            && !slot.is(EventState::INSERTED | EventState::ACTIVE | EventState::ACTIVE_LATER)
        {
            let (fd, events) = (slot.fd, slot.events);
            let place = if events.intersects(EvFlags::SIGNAL) {
                self.evmap_signal_add(event)?
            } else {
                self.evmap_io_add(fd, events, event)?
            };
            let slot = &mut self.events[event];
            slot.map_place = place;
            self.counts.enter(slot, EventState::INSERTED);
        }
        if let Some(timeout) = timeout {
            self.event_queue_insert_timeout(event, timeout);
        }
        Ok(())
    }

    /// Into the heap, or the queue of those that wait equally long, in the place of what it waited for before.
    #[inline(always)]
    #[track_caller]
    fn event_queue_insert_timeout(&mut self, event: Event, timeout: Timeout) {
        let (deadline, common) = timeout.due(&self.clock);
        let slot = &mut self.events[event];
        // A persistent event is scheduled again by it each time it runs.
        if slot.events.contains(EvFlags::PERSIST)
            && let Timeout::After(span) | Timeout::Common(_, span) = timeout
        {
            slot.interval = span;
        }
        // Active because an old one was due: it is scheduled again instead.
        let was_due = slot.is(EventState::ACTIVE) && slot.result.intersects(EvFlags::TIMEOUT);
        // It replaces the old one.
        let slot = if was_due || slot.is(EventState::TIMEOUT) {
            self.forget_timeout(event, was_due);
            &mut self.events[event]
        } else {
            slot
        };
        slot.deadline = deadline;
        slot.common = common;
        self.counts.enter(slot, EventState::TIMEOUT);
        if common == NOT_COMMON {
            self.timeouts.push(event, deadline);
        } else {
            self.enter_common(event);
            self.schedule_common(event);
        }
    }

    #[inline(never)]
    fn forget_timeout(&mut self, event: Event, was_due: bool) {
        if self.events[event].is(EventState::TIMEOUT) {
            self.event_queue_remove_timeout(event);
        }
        if was_due {
            self.stop_repeating(event);
            self.leave_active(event);
        }
    }

    /// Makes an event not pending and not active (`event_del`). One that is neither stays so.
    #[track_caller]
    pub fn event_del(&mut self, event: Event) -> Result<(), Error> {
        self.event(event)?;
        self.event_del_nolock(event);
        Ok(())
    }

    #[call(event => EventDel {})]
    pub(crate) fn event_del_nolock(&mut self, event: Event) {
        let state = self.events[event].state;
        // Its finalizer is to run; nothing may stop that.
        if state.intersects(EventState::FINALIZING) {
            return;
        }
        // A signal's callback that is being repeated is not called again.
        self.stop_repeating(event);
        if state.intersects(EventState::IN_USE) {
            self.event_queue_remove(event, state);
        }
    }

    /// Takes an event out of whatever it is in.
    #[inline(never)]
    #[track_caller]
    fn event_queue_remove(&mut self, event: Event, state: EventState) {
        // No timeout any more.
        if state.intersects(EventState::TIMEOUT) {
            self.event_queue_remove_timeout(event);
        }
        // If it is active, its callback does not run.
        if state.intersects(EventState::ACTIVE | EventState::ACTIVE_LATER) {
            self.leave_active(event);
        }
        // It waits for its fd or its signal no longer.
        if state.intersects(EventState::INSERTED) {
            let slot = &mut self.events[event];
            self.counts.leave(slot, EventState::INSERTED);
            if slot.events.intersects(EvFlags::SIGNAL) {
                self.evmap_signal_del(event);
            } else {
                self.evmap_io_del(event);
            }
        }
    }

    /// Takes an event's timeout away and leaves the rest (`event_remove_timer`).
    pub fn event_remove_timer(&mut self, event: Event) -> Result<(), Error> {
        self.event(event)?;
        if self.events[event].is(EventState::TIMEOUT) {
            self.event_queue_remove_timeout(event);
            self.events[event].interval = 0;
            self.events[event].common = NOT_COMMON;
        }
        Ok(())
    }

    /// For one that has a timeout.
    #[inline(always)]
    fn event_queue_remove_timeout(&mut self, event: Event) {
        let slot = &mut self.events[event];
        self.counts.leave(slot, EventState::TIMEOUT);
        if slot.common == NOT_COMMON {
            self.timeouts.erase(event);
        } else {
            self.leave_common(event);
        }
    }

    fn stop_repeating(&mut self, event: Event) {
        if self.turn.repeat.event == Some(event) {
            self.turn.repeat.left = 0;
        }
    }
}
