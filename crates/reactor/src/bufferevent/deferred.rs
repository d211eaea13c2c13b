//! Callbacks that were put off: the loop delivers them, in a fixed order.

use evscope_trace::Role;

use crate::event::{EventCallback, EventState, NewEvent, Owner};
use crate::recording::{call, point};
use crate::{BevEvents, Bufferevent, EvFlags, Event, EventBase};

impl EventBase {
    /// Puts the bufferevent's deferred callbacks into the loop's queue, unless they are there; while they
    /// wait, the bufferevent is in use.
    #[track_caller]
    pub(super) fn schedule_callbacks(&mut self, bev: Bufferevent) {
        let slot = &self.bevs[bev];
        let urgency = slot.deferred_priority.min(self.least_priority());
        let deferred = match slot.deferred {
            Some(deferred) => deferred,
            None => self.new_deferred(bev, urgency),
        };
        let event = &mut self.events[deferred];
        if !event.is(EventState::ACTIVE | EventState::ACTIVE_LATER) {
            event.priority = urgency;
        }
        if self.schedule_deferred(deferred) {
            self.incref(bev);
        }
    }

    /// Most bufferevents never put anything off: what is put into the queue is made when it is needed first.
    #[point(result => EventAssign {
        events: EvFlags::empty(),
        callback: self.events[result].callback.name().into(),
        priority: priority.into(),
    }, after)]
    fn new_deferred(&mut self, bev: Bufferevent, priority: u8) -> Event {
        let new = NewEvent {
            role: Role::BevDeferred,
            owner: Owner::Bufferevent(self.bevs[bev].id),
            fd: -1,
            events: EvFlags::empty(),
            callback: EventCallback::BevDeferred(bev),
        };
        let deferred = self.new_event(self.ids.event(), new);
        self.events[deferred].priority = priority;
        self.bevs[bev].deferred = Some(deferred);
        deferred
    }

    /// Run by the loop: delivers what waits. A connection that was made comes first, since reads and writes
    /// came after it; the other events come last. A callback may take those that follow away.
    #[call(bev => DeferredCb {
        readcb: self.bevs[bev].pending.readcb,
        writecb: self.bevs[bev].pending.writecb,
        events: self.bevs[bev].pending.events,
    })]
    pub(crate) fn bufferevent_run_deferred_callbacks(&mut self, bev: Bufferevent) {
        if self.bevs[bev].pending.events.contains(BevEvents::CONNECTED)
            && self.bevs[bev].callbacks.eventcb.is_some()
        {
            self.bevs[bev].pending.events -= BevEvents::CONNECTED;
            self.call_eventcb(bev, BevEvents::CONNECTED);
        }
        if self.bevs[bev].pending.readcb
            && let Some(callback) = self.bevs[bev].callbacks.readcb.clone()
        {
            self.bevs[bev].pending.readcb = false;
            self.call_readcb(bev, &callback);
        }
        if self.bevs[bev].pending.writecb && self.bevs[bev].callbacks.writecb.is_some() {
            self.bevs[bev].pending.writecb = false;
            self.call_writecb(bev);
        }
        if !self.bevs[bev].pending.events.is_empty() && self.bevs[bev].callbacks.eventcb.is_some() {
            let pending = &mut self.bevs[bev].pending;
            let what = std::mem::take(&mut pending.events);
            self.socket_error = pending.errno.take();
            self.call_eventcb(bev, what);
        }
        self.decref(bev);
    }
}
