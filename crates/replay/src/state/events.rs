//! What happens to events.

use evscope_trace::{ActiveWhy, EvFlags, EventId, Nanos, Objects, Text};

use super::{EventState, State};

/// What the event of a TLS connection runs when its handshake is done.
const TLS_READS: &str = "be_openssl_readeventcb";

impl State {
    /// Fills an event in. All that it was before is gone, but for what it belongs to.
    pub(super) fn event_assign(
        &mut self,
        objects: &Objects,
        step: usize,
        events: EvFlags,
        callback: &Text,
        priority: u32,
    ) {
        let Some(id) = objects.event else { return };
        self.leave_queue(id);
        if callback == TLS_READS {
            self.tls_opens(objects);
        }
        let event = self.events.get(id).cloned().unwrap_or_default();
        let event = EventState {
            base: objects.base.or(event.base),
            role: objects.role.or(event.role),
            fd: objects.fd,
            events,
            callback: Some(callback.clone()),
            priority: Some(priority),
            bev: objects.bev.or(event.bev),
            listener: objects.listener.or(event.listener),
            made_at: Some(step),
            ..EventState::default()
        };
        self.events.insert(id, event);
        if let Some(listener) = objects.listener {
            let listener = self.listeners.make(listener);
            listener.event = Some(id);
            listener.fd = objects.fd.or(listener.fd);
        }
    }

    /// Makes an event pending. A timeout replaces the old one; none keeps the one that is running.
    pub(super) fn event_add(&mut self, objects: &Objects, timeout: Option<Nanos>) {
        let now = self.now;
        let Some(event) = self.noted_event(objects) else {
            return;
        };
        if timeout.is_some() || !event.pending {
            event.timeout = timeout;
            event.deadline = timeout.map(|timeout| later(now, timeout));
        }
        event.pending = true;
        event.due = None;
        event.added_at = Some(now);
    }

    /// Adding it has failed. Only one that was not pending is given to the kernel, which may refuse it.
    pub(super) fn event_not_added(&mut self, objects: &Objects) {
        if let Some(event) = self.noted_event(objects) {
            event.pending = false;
            event.timeout = None;
            event.deadline = None;
            event.added_at = None;
        }
    }

    pub(super) fn event_del(&mut self, objects: &Objects) {
        let Some(event) = self.noted_event(objects) else {
            return;
        };
        event.pending = false;
        event.due = event.deadline.take().or(event.due);
        if event.active.take().is_some() {
            self.dequeue(objects.event);
        }
    }

    /// Puts an event into the active queue. One whose timeout ran out is no longer pending by that: a
    /// persistent one is added again before its callback runs.
    pub(super) fn event_active(&mut self, objects: &Objects, what: EvFlags, why: ActiveWhy) {
        if why == ActiveWhy::Deferred
            && let Some(bev) = self.bev(objects)
        {
            bev.deferred = true;
        }
        let now = self.now;
        let Some(id) = objects.event else { return };
        let Some(event) = self.noted_event(objects) else {
            return;
        };
        let queued = event.active.is_some();
        event.active = Some(event.active.unwrap_or_default() | what);
        event.why = Some(why);
        event.activated_at = Some(now);
        if why == ActiveWhy::Timeout {
            event.pending = false;
            event.due = event.deadline.take().or(event.due);
        }
        if !queued {
            self.active.push_back(id);
        }
    }

    /// An event's callback begins: it leaves the queue, and stays pending only if it is persistent.
    pub(super) fn event_runs(&mut self, id: Option<EventId>) {
        let now = self.now;
        let Some(event) = self.event(id) else {
            return;
        };
        let was_queued = event.active.take().is_some();
        event.runs(now);
        if was_queued {
            self.dequeue(id);
        }
    }

    pub(super) fn event_priority_set(&mut self, objects: &Objects, priority: u32) {
        if let Some(event) = self.noted_event(objects) {
            event.priority = Some(priority);
        }
    }

    pub(super) fn event_free(&mut self, id: Option<EventId>, step: usize) {
        let Some(id) = id else { return };
        self.leave_queue(id);
        if let Some(event) = self.event(Some(id)) {
            event.pending = false;
            event.deadline = None;
            event.freed_at.get_or_insert(step);
        }
        self.events.end(id);
    }

    /// The event of a record, which was noted before.
    fn noted_event(&mut self, objects: &Objects) -> Option<&mut EventState> {
        self.events.get_mut(objects.event?)
    }

    pub(super) fn event(&mut self, id: Option<EventId>) -> Option<&mut EventState> {
        id.map(|id| self.events.make(id))
    }

    /// Takes an event out of the active queue.
    fn leave_queue(&mut self, id: EventId) {
        let event = self.events.get_mut(id);
        if event.and_then(|event| event.active.take()).is_some() {
            self.dequeue(Some(id));
        }
    }

    fn dequeue(&mut self, id: Option<EventId>) {
        // What the loop runs next stands in front, so this seldom looks far.
        if let Some(at) = self.active.iter().position(|active| Some(*active) == id) {
            self.active.remove(at);
        }
    }
}

impl EventState {
    /// Its callback begins.
    fn runs(&mut self, now: Nanos) {
        if self.made_at.is_none() {
            // Its flags were never seen, so whether it is persistent is not known.
            return;
        }
        if !self.events.contains(EvFlags::PERSIST) {
            self.pending = false;
            self.deadline = None;
            return;
        }
        let timed_out = self.why == Some(ActiveWhy::Timeout);
        let added_since = self.added_at >= self.activated_at;
        if let Some(timeout) = self.timeout
            && (self.pending || timed_out)
            && !added_since
        {
            // The library re-arms it before the callback, from when it was due unless that is long
            // past. Not every trace tells.
            let due = self.due.take().filter(|_| timed_out);
            let next = due
                .map(|due| later(due, timeout))
                .filter(|next| *next >= now);
            self.deadline = Some(next.unwrap_or_else(|| later(now, timeout)));
            self.pending = true;
        }
    }
}

fn later(time: Nanos, span: Nanos) -> Nanos {
    Nanos(time.0.saturating_add(span.0))
}
