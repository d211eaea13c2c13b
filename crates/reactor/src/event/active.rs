//! Making events active: from then on they wait for the loop to run their callbacks.

use evscope_trace::ActiveWhy;

use super::{Asked, EventState, Left};
use crate::recording::point;
use crate::{Error, EvFlags, Event, EventBase};

/// How many deferred callbacks may become active in one turn; those beyond wait for the next, so that
/// callbacks that defer callbacks do not keep the loop from polling.
const MAX_DEFERREDS_QUEUED: u32 = 32;

/// # Events: made active
impl EventBase {
    /// Makes an event active by hand (`event_active`): its callback will run with `what`, whether or not it
    /// is pending. On one that is active already, `what` is added to what it will be told.
    #[track_caller]
    pub fn event_active(&mut self, event: Event, what: EvFlags) -> Result<(), Error> {
        self.event(event)?;
        self.event_active_nolock(event, what, 1, ActiveWhy::Manual);
        Ok(())
    }

    #[inline(always)]
    #[point(event => EventActive { what, why }, if !self.events[event].is(EventState::FINALIZING))]
    pub(crate) fn event_active_nolock(
        &mut self,
        event: Event,
        what: EvFlags,
        calls: u32,
        why: ActiveWhy,
    ) {
        let slot = &mut self.events[event];
        // Nothing but its finalizer runs any more.
        if slot.is(EventState::FINALIZING) {
            return;
        }
        // Active already: it is told this, too.
        if slot.is(EventState::ACTIVE) {
            slot.result |= what;
            return;
        }
        // It was to become so in the next turn.
        let slot = if slot.is(EventState::ACTIVE_LATER) {
            self.leave_active(event);
            let slot = &mut self.events[event];
            slot.result |= what;
            slot
        } else {
            slot.result = what;
            slot
        };
        // Something more urgent than what runs now: begin a new turn after the running callback.
        if let Some(running) = self.turn.priority
            && usize::from(slot.priority) < running
        {
            self.turn.asked |= Asked::CONTINUE;
        }
        // A signal's callback runs as often as the signal came.
        if slot.events.intersects(EvFlags::SIGNAL) {
            slot.calls = calls;
            if self.turn.repeat.event == Some(event) {
                self.turn.repeat.event = None;
            }
        }
        self.counts.enter(slot, EventState::ACTIVE);
        self.active.insert(event, slot);
    }

    /// Puts an event into the queue of its priority, unless it is there (`event_callback_activate_`).
    pub(crate) fn activate(&mut self, event: Event) {
        let slot = &self.events[event];
        if slot.is(EventState::ACTIVE) {
            return;
        }
        if slot.is(EventState::ACTIVE_LATER) {
            self.leave_active(event);
        }
        let slot = &mut self.events[event];
        self.counts.enter(slot, EventState::ACTIVE);
        self.active.insert(event, slot);
    }

    /// Takes an event out of the queue of active ones it is in, if any.
    pub(crate) fn leave_active(&mut self, event: Event) {
        let slot = &mut self.events[event];
        let state = slot.state & (EventState::ACTIVE | EventState::ACTIVE_LATER);
        if !state.is_empty() {
            self.counts.leave(slot, state);
            let priority = slot.priority;
            if self.active.remove(slot, state) == Left::Gaps {
                self.active.close_gaps(&mut self.events, priority, state);
            }
        }
    }

    /// Activates a bufferevent's deferred callbacks, in this turn or the next
    /// (`event_deferred_cb_schedule_`). False if they were active already; those of the next turn become this one's
    /// if it has room for them, which outside of the loop it has.
    #[point(
        event => EventActive { what: EvFlags::empty(), why: ActiveWhy::Deferred },
        if !self.events[event].is(EventState::ACTIVE | EventState::ACTIVE_LATER)
    )]
    pub(crate) fn schedule_deferred(&mut self, event: Event) -> bool {
        let full = self.turn.deferred > MAX_DEFERREDS_QUEUED;
        let slot = &self.events[event];
        if slot.is(EventState::ACTIVE | EventState::ACTIVE_LATER) {
            if !full {
                self.activate(event);
            }
            return false;
        }
        if full {
            let slot = &mut self.events[event];
            self.counts.enter(slot, EventState::ACTIVE_LATER);
            self.active.insert_later(event, slot);
        } else {
            self.activate(event);
            self.turn.deferred += 1;
        }
        true
    }

    /// At the start of a turn: what waited for it becomes active.
    pub(crate) fn event_queue_make_later_events_active(&mut self) {
        while let Some(event) = self.active.first_later() {
            self.leave_active(event);
            self.activate(event);
            self.turn.deferred += 1;
        }
    }
}
