//! Making events pending, and not pending any more.

use std::time::Duration;

use evscope_trace::Nanos;

use super::{EventState, NOT_COMMON, nanos};
use crate::recording::{trace, trace_exit};
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
    /// How long it is from now.
    pub(crate) fn span_at(self, now: u64) -> Nanos {
        Nanos(match self {
            Self::After(span) | Self::Common(_, span) => span,
            Self::At(time) | Self::CommonAt(_, time) => time.saturating_sub(now),
        })
    }
}

impl EventBase {
    /// Makes an event pending (`event_add`): from now on the loop watches for it. With a timeout it runs at
    /// the latest when that is due; on an event that is pending already a timeout replaces the old one, and
    /// `None` leaves it as it is.
    #[track_caller]
    pub fn event_add(&mut self, event: Event, timeout: Option<Duration>) -> Result<(), Error> {
        self.event(event)?;
        self.event_add_nolock(event, timeout.map(|span| Timeout::After(nanos(span))))
    }

    #[track_caller]
    pub(crate) fn event_add_nolock(
        &mut self,
        event: Event,
        timeout: Option<Timeout>,
    ) -> Result<(), Error> {
        trace!(
            self,
            Enter,
            self.event_objects(event),
            EventAdd {
                timeout: timeout.map(|timeout| timeout.span_at(self.clock.now())),
            }
        );
        let result = self.add(event, timeout);
        trace_exit!(self);
        result
    }

    fn add(&mut self, event: Event, timeout: Option<Timeout>) -> Result<(), Error> {
        const WATCHED: EvFlags = EvFlags::READ
            .union(EvFlags::WRITE)
            .union(EvFlags::CLOSED)
            .union(EvFlags::SIGNAL);
        let slot = &self.events[event];
        if slot.is(EventState::FINALIZING) {
            trace!(
                self,
                Point,
                self.event_objects(event),
                Error {
                    call: "event_add".into(),
                    errno: "failed".into(),
                    action: "the event is not pending".into()
                }
            );
            return Err(Error::invalid(
                "event_add",
                "the event is finalized: nothing but its finalizer runs",
            ));
        }
        if slot.events.intersects(WATCHED)
            && !slot.is(EventState::INSERTED | EventState::ACTIVE | EventState::ACTIVE_LATER)
        {
            if slot.events.intersects(EvFlags::SIGNAL) {
                self.evmap_signal_add(event)?;
            } else {
                self.evmap_io_add(event)?;
            }
            self.enter_state(event, EventState::INSERTED);
        }
        if let Some(timeout) = timeout {
            self.schedule(event, timeout);
        }
        Ok(())
    }

    fn schedule(&mut self, event: Event, timeout: Timeout) {
        let slot = &mut self.events[event];
        if slot.events.contains(EvFlags::PERSIST)
            && let Timeout::After(span) | Timeout::Common(_, span) = timeout
        {
            slot.interval = span;
        }
        self.leave_timeouts(event);
        // An event that is active because its old timeout was due is scheduled again instead.
        let slot = &mut self.events[event];
        if slot.is(EventState::ACTIVE) && slot.result.intersects(EvFlags::TIMEOUT) {
            self.stop_repeating(event);
            self.leave_active(event);
        }
        let now = self.clock.now();
        let (deadline, common) = match timeout {
            Timeout::After(span) => (now.saturating_add(span), NOT_COMMON),
            Timeout::At(time) => (time, NOT_COMMON),
            Timeout::Common(common, span) => (now.saturating_add(span), common),
            Timeout::CommonAt(common, time) => (time, common),
        };
        let slot = &mut self.events[event];
        slot.deadline = deadline;
        slot.common = common;
        if common == NOT_COMMON {
            self.timeouts.push(&mut self.events, event);
            self.enter_state(event, EventState::TIMEOUT);
        } else {
            self.enter_common(event);
            self.enter_state(event, EventState::TIMEOUT);
            self.schedule_common(event);
        }
    }

    /// Makes an event not pending and not active (`event_del`). One that is neither stays so.
    #[track_caller]
    pub fn event_del(&mut self, event: Event) -> Result<(), Error> {
        self.event(event)?;
        self.event_del_nolock(event);
        Ok(())
    }

    #[track_caller]
    pub(crate) fn event_del_nolock(&mut self, event: Event) {
        trace!(self, Enter, self.event_objects(event), EventDel {});
        if !self.events[event].is(EventState::FINALIZING) {
            self.del(event);
        }
        trace_exit!(self);
    }

    pub(super) fn del(&mut self, event: Event) {
        self.stop_repeating(event);
        self.leave_timeouts(event);
        self.leave_active(event);
        if self.events[event].is(EventState::INSERTED) {
            self.leave_state(event, EventState::INSERTED);
            if self.events[event].events.intersects(EvFlags::SIGNAL) {
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
            self.leave_timeouts(event);
            self.events[event].interval = 0;
            self.events[event].common = NOT_COMMON;
        }
        Ok(())
    }

    fn leave_timeouts(&mut self, event: Event) {
        if self.events[event].is(EventState::TIMEOUT) {
            if self.events[event].waits_in_common() {
                self.leave_common(event);
            } else {
                self.timeouts.erase(&mut self.events, event);
            }
            self.leave_state(event, EventState::TIMEOUT);
        }
    }

    /// A signal's callback that is being repeated is not called again.
    fn stop_repeating(&mut self, event: Event) {
        if self.repeating == Some(event) {
            self.repeats_left = 0;
        }
    }

    pub(crate) fn enter_state(&mut self, event: Event, state: EventState) {
        let slot = &mut self.events[event];
        slot.state |= state;
        self.event_count += usize::from(slot.counts());
        self.event_count_max = self.event_count_max.max(self.event_count);
    }

    pub(crate) fn leave_state(&mut self, event: Event, state: EventState) {
        let slot = &mut self.events[event];
        slot.state -= state;
        self.event_count -= usize::from(slot.counts());
    }
}
