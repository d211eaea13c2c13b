//! Running the callbacks of active events.

use std::rc::Rc;

use evscope_trace::{ActiveWhy, Event as Step};

use super::pending::Timeout;
use super::{Asked, EventCallback, EventSlot, EventState, NOT_COMMON, nanos};
use crate::callback::Callback;
use crate::config::MaxDispatch;
use crate::event::EventFn;
use crate::recording::call;
use crate::{EvFlags, Event, EventBase};

/// The limits of one turn.
#[derive(Clone, Copy)]
struct Limits {
    min_priority: usize,
    callbacks: usize,
    /// By the base's clock.
    end: Option<u64>,
}

/// What is done with an event before its callback runs.
#[derive(Clone, Copy)]
enum Before {
    /// It stays pending, or is only ever active.
    Nothing,
    Delete,
    Reschedule,
}

impl EventSlot {
    #[inline]
    fn before(&self) -> Before {
        if !self.events.contains(EvFlags::PERSIST) && !self.is_only_active() {
            Before::Delete
        // A common timeout is one, also where it is 0.
        } else if (self.interval > 0 || self.common != NOT_COMMON) && self.repeats() {
            Before::Reschedule
        } else {
            Before::Nothing
        }
    }

    /// Whether it waits for nothing.
    #[inline]
    fn is_only_active(&self) -> bool {
        self.is(EventState::FINALIZING)
            || matches!(
                self.callback,
                EventCallback::BevDeferred(_) | EventCallback::BufDeferred(_)
            )
    }

    #[inline(never)]
    fn repeats(&self) -> bool {
        // What runs for a finalizer runs for the last time. A signal's timeout does not repeat.
        self.events.contains(EvFlags::PERSIST)
            && !self.events.intersects(EvFlags::SIGNAL)
            && !self.is(EventState::FINALIZING)
    }
}

impl EventBase {
    /// Every event whose timeout is due is deleted and becomes active, the earliest first
    /// (`timeout_process`).
    #[inline(always)]
    #[track_caller]
    pub(crate) fn timeout_process(&mut self) {
        if self.timeouts.top().is_some() {
            self.activate_due();
        }
    }

    #[track_caller]
    fn activate_due(&mut self) {
        let now = self.clock.now();
        while let Some((event, deadline)) = self.timeouts.top() {
            if deadline > now {
                break;
            }
            self.event_del_nolock(event);
            self.event_active_nolock(event, EvFlags::TIMEOUT, 1, ActiveWhy::Timeout);
        }
    }

    /// Runs active events by priority (`event_process_active`): all of the first queue that holds an event
    /// of the program, and the loop's own in those before it. Returns whether one of the program's ran.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn event_process_active(&mut self) -> bool {
        let mut ran = false;
        let limits = self.limits();
        for priority in 0..self.active.priorities() {
            if self.active.first(priority).is_none() {
                continue;
            }
            self.turn.priority = Some(priority);
            ran = self.process_queue(priority, limits.as_ref());
            if ran || self.turn.asked.contains(Asked::BREAK) {
                break;
            }
        }
        self.turn.priority = None;
        ran
    }

    /// What one turn may do before the loop polls again, if the base was given limits.
    #[inline]
    fn limits(&mut self) -> Option<Limits> {
        self.max_dispatch.map(|max| self.limits_from_now(max))
    }

    #[cold]
    fn limits_from_now(&mut self, max: MaxDispatch) -> Limits {
        self.update_time_cache();
        Limits {
            min_priority: max.min_priority,
            callbacks: max.callbacks,
            end: max
                .interval
                .map(|span| self.clock.now().saturating_add(nanos(span))),
        }
    }

    /// Runs the active events of one priority. Returns whether one of the program's ran.
    #[inline(never)]
    #[track_caller]
    fn process_queue(&mut self, priority: usize, limits: Option<&Limits>) -> bool {
        let limits = limits.filter(|limits| priority >= limits.min_priority);
        let mut count = 0;
        while let Some(event) = self.active.take_first(&mut self.events, priority) {
            self.turn.current_event = Some(event);
            // The loop's own do not count.
            count += usize::from(self.events[event].counts());
            self.process_event(event);
            if self.turn.asked.intersects(Asked::BREAK | Asked::CONTINUE) {
                break;
            }
            if let Some(limits) = limits
                && self.reached(limits, count)
            {
                break;
            }
        }
        self.turn.current_event = None;
        count > 0
    }

    #[cold]
    fn reached(&mut self, limits: &Limits, callbacks: usize) -> bool {
        let in_time = |base: &mut Self, end| {
            base.update_time_cache();
            base.clock.now() < end
        };
        callbacks > 0
            && (callbacks >= limits.callbacks || limits.end.is_some_and(|end| !in_time(self, end)))
    }

    /// Runs the callback of one that has left its queue.
    #[inline(always)]
    #[track_caller]
    fn process_event(&mut self, event: Event) {
        let slot = &mut self.events[event];
        self.counts.leave(slot, EventState::ACTIVE);
        let (what, before) = (slot.result, slot.before());
        match &slot.callback {
            // It is held, so that it stays while it runs.
            EventCallback::User(callback) if !slot.events.intersects(EvFlags::SIGNAL) => {
                let callback = Rc::clone(callback);
                self.prepare(event, before);
                self.run_user_event(event, &callback, what);
            }
            &EventCallback::BevRead(bev) => {
                self.prepare(event, before);
                self.bufferevent_readcb(bev, what);
            }
            &EventCallback::BevWrite(bev) => {
                self.prepare(event, before);
                self.bufferevent_writecb(bev, what);
            }
            _ => {
                self.prepare(event, before);
                self.run_unusual(event);
            }
        }
    }

    #[inline(always)]
    #[track_caller]
    fn prepare(&mut self, event: Event, before: Before) {
        match before {
            Before::Nothing => {}
            Before::Delete => self.event_del_nolock(event),
            Before::Reschedule => self.reschedule(event),
        }
    }

    /// A persistent event with a timeout is scheduled again before its callback runs: from the time it was
    /// due, or from now if it ran for another reason, or if that would be in the past.
    #[track_caller]
    fn reschedule(&mut self, event: Event) {
        let slot = &self.events[event];
        let now = self.clock.now();
        let from = if slot.result.intersects(EvFlags::TIMEOUT) {
            slot.deadline
        } else {
            now
        };
        let next = from.saturating_add(slot.interval);
        let at = if next < now {
            now.saturating_add(slot.interval)
        } else {
            next
        };
        let at = match self.events[event].common {
            NOT_COMMON => Timeout::At(at),
            common => Timeout::CommonAt(common, at),
        };
        // What fails here was recorded. Its fd was watched until now; nothing fails unless it was closed.
        let _ = self.event_add_nolock(event, Some(at));
    }

    /// A signal's callback runs as often as the signal arrived, unless it deletes its event. If it activates
    /// it, libevent can no longer tell that it is deleted, and the calls that are left use up the new one.
    #[track_caller]
    fn run_signal(&mut self, event: Event) {
        self.turn.repeat.event = Some(event);
        self.turn.repeat.left = self.events[event].calls;
        while self.turn.repeat.left > 0
            && let Some(slot) = self.events.get_mut(event)
        {
            self.turn.repeat.left -= 1;
            slot.calls = self.turn.repeat.left;
            self.run_event(event);
            if self.turn.asked.contains(Asked::BREAK) {
                break;
            }
        }
        self.turn.repeat.event = None;
    }

    /// For what is not the callback of most events: of a signal, and the rarer ones of the library.
    #[inline(never)]
    #[track_caller]
    fn run_unusual(&mut self, event: Event) {
        if self.events[event].events.intersects(EvFlags::SIGNAL) {
            self.run_signal(event);
        } else {
            self.run_event(event);
        }
    }

    #[inline(never)]
    #[track_caller]
    pub(super) fn run_event(&mut self, event: Event) {
        let slot = &self.events[event];
        let what = slot.result;
        match slot.callback.clone() {
            EventCallback::User(callback) => self.run_user_event(event, &callback, what),
            EventCallback::Once(callback) => {
                self.event_once_cb(event, |base| base.run_user_event(event, &callback, what));
            }
            EventCallback::LoopExit => {
                self.event_once_cb(event, |base| base.turn.asked |= Asked::EXIT);
            }
            EventCallback::UserFinalize(callback) => self.run_finalizer(event, &callback),
            EventCallback::UserFinalizeFree(callback) => {
                self.run_finalizer(event, &callback);
                self.free_finalized(event);
            }
            EventCallback::CommonTimeout(index) => self.common_timeout_callback(index),
            EventCallback::Signals => self.evsig_cb(event),
            EventCallback::Notify => self.run_mailbox(),
            EventCallback::Listener(listener) => self.listener_read_cb(listener),
            EventCallback::BevRead(bev) => self.bufferevent_readcb(bev, what),
            EventCallback::BevWrite(bev) => self.bufferevent_writecb(bev, what),
            #[cfg(feature = "tls")]
            EventCallback::TlsHandshake(bev, side) => {
                self.be_tls_handshakeeventcb(bev, side, what);
            }
            #[cfg(feature = "tls")]
            EventCallback::TlsRead(bev) => self.be_tls_readeventcb(bev, what),
            #[cfg(feature = "tls")]
            EventCallback::TlsWrite(bev) => self.be_tls_writeeventcb(bev, what),
            EventCallback::BevReadTimeout(bev) => {
                self.bufferevent_generic_timeout_cb(bev, EvFlags::READ);
            }
            EventCallback::BevWriteTimeout(bev) => {
                self.bufferevent_generic_timeout_cb(bev, EvFlags::WRITE);
            }
            EventCallback::BevRefill(bev) => self.bev_refill_callback(bev),
            EventCallback::GroupRefill(group) => self.bev_group_refill_callback(group),
            EventCallback::BevDeferred(bev) => self.bufferevent_run_deferred_callbacks(bev),
            EventCallback::BufDeferred(buffer) => self.evbuffer_deferred_callback(buffer),
            EventCallback::BevFinalize(bev) => self.bufferevent_finalize_cb(bev),
        }
    }

    #[inline(always)]
    #[track_caller]
    fn run_user_event(&mut self, event: Event, callback: &Callback<EventFn>, what: EvFlags) {
        self.run_callback(
            move || callback.name(),
            move |base, callback| {
                (base.event_objects(event), Step::EventCallback { callback, what })
            },
            move |base| callback.run(base, event, what),
        );
    }

    /// The callback of an event that is used once: runs `body`, then the event is gone.
    #[call(event => EventOnceCb {})]
    fn event_once_cb(&mut self, event: Event, body: impl FnOnce(&mut Self)) {
        body(self);
        // The callback may have added or activated it again.
        if self.events.contains_key(event) {
            if self.events[event].waits_or_is_active() {
                self.event_del_nolock(event);
            }
            self.events.free(event);
        }
    }
}
