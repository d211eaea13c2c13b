//! The gates of events and listeners, and those that all share.

use evscope_trace::{BaseId, BevId, EvFlags, Event, EventId, ListenerId, Role, SuspendReasons};
use evscope_words::{Text, text};

use super::Look;
use crate::describe::span;
use crate::explain::program_callback;
use crate::{EventState, ObjectId, Watched};

/// What takes the gravest of some reasons away.
pub(super) fn resumes(reasons: SuspendReasons) -> Text {
    if reasons.contains(SuspendReasons::WATERMARK) {
        text!(gate_suspended_watermark_opens)
    } else if reasons.contains(SuspendReasons::FILTER_READ) {
        text!(gate_suspended_filter_opens)
    } else if reasons.intersects(SuspendReasons::BANDWIDTH | SuspendReasons::BANDWIDTH_GROUP) {
        text!(gate_suspended_bandwidth_opens)
    } else {
        text!(gate_suspended_lookup_opens)
    }
}

impl Look<'_> {
    pub(super) fn event(&mut self, id: EventId) {
        let object = ObjectId::Event(id);
        let Some(event) = self.state.events.get(id) else {
            return;
        };
        if self.was_freed(object, event.freed_at) {
            return;
        }
        match event.made_at {
            Some(step) => self.open("alive", Some(step), text!(gate_alive, object)),
            None => self.closed(
                "alive",
                None,
                text!(gate_never_set_up, object),
                text!(gate_never_set_up_opens),
            ),
        }
        self.loop_runs(event.base, event.bev);
        if let Some(what) = event.active {
            let step = self.last_of_event(id, |event| matches!(event, Event::EventActive { .. }));
            let ahead = self
                .state
                .active_queue()
                .iter()
                .take_while(|other| **other != id)
                .count();
            self.closed(
                "turn",
                step,
                text!(gate_active, object, what = what.to_string(), ahead),
                text!(gate_active_opens),
            );
            return;
        }
        let step = self.last_of_event(id, |event| {
            matches!(event, Event::EventAdd { .. } | Event::EventDel {})
        });
        if !event.pending {
            self.closed(
                "pending",
                step.or(event.made_at),
                text!(gate_not_pending, object),
                text!(gate_not_pending_opens),
            );
            return;
        }
        self.open("pending", step, text!(gate_pending, object));
        if event.events.intersects(EvFlags::READ | EvFlags::WRITE) {
            self.watched(event, event.events);
            self.ready(object, event);
        }
        if event.events.contains(EvFlags::SIGNAL) {
            self.closed(
                "signal",
                None,
                text!(gate_no_signal, object),
                text!(gate_no_signal_opens),
            );
        }
        if event.deadline.is_some() {
            self.counts(id);
        }
    }

    pub(super) fn accept(&mut self, id: ListenerId) {
        let object = ObjectId::Listener(id);
        let Some(listener) = self.state.listeners.get(id) else {
            return;
        };
        if self.was_freed(object, listener.freed_at) {
            return;
        }
        self.open("alive", listener.made_at, text!(gate_alive, object));
        match listener.callback.as_deref() {
            Some(callback) => self.open(
                "callback",
                listener.made_at,
                text!(gate_callback, object, kind = "listener_cb", callback),
            ),
            None => self.closed(
                "callback",
                listener.made_at,
                text!(gate_no_callback, object, kind = "listener_cb"),
                text!(gate_listener_no_callback_opens),
            ),
        }
        self.loop_runs(listener.base, None);
        let step = self.last(
            &["evconnlistener_enable", "evconnlistener_disable"],
            |record| record.objects.listener == Some(id),
        );
        if listener.enabled {
            self.open("enabled", step, text!(gate_listener_enabled, object));
        } else {
            self.closed(
                "enabled",
                step.or(listener.made_at),
                text!(gate_listener_disabled, object),
                text!(gate_listener_disabled_opens),
            );
        }
        if let Some(event) = listener.event
            && let Some(state) = self.state.events.get(event)
        {
            let step = self.last_of_event(event, |event| {
                matches!(event, Event::EventAdd { .. } | Event::EventDel {})
            });
            if state.pending {
                self.open("pending", step, text!(gate_pending, object));
            } else {
                self.closed(
                    "pending",
                    step,
                    text!(gate_not_pending, object),
                    text!(gate_listener_disabled_opens),
                );
            }
            self.watched(state, EvFlags::READ);
        }
        let last = self.last(&["accept"], |record| record.objects.listener == Some(id));
        let errno = last.and_then(|step| match &self.replay.trace().record(step).event {
            Event::Accept { errno, .. } => errno.clone(),
            _ => None,
        });
        match errno.as_deref() {
            Some(errno @ ("EMFILE" | "ENFILE" | "ENOBUFS" | "ENOMEM")) => self.closed(
                "fds",
                last,
                text!(gate_no_fds, object, errno),
                text!(gate_no_fds_opens),
            ),
            _ => self.closed(
                "connection",
                last,
                text!(gate_no_connection, object),
                text!(gate_no_connection_opens),
            ),
        }
    }

    // ---- shared -----------------------------------------------------------------------------------

    /// Whether the loop runs, and is not held by a callback.
    pub(super) fn loop_runs(&mut self, base: Option<BaseId>, of: Option<BevId>) {
        let id = base.or_else(|| {
            let mut bases = self.state.bases.keys();
            let only = bases.next()?;
            bases.next().is_none().then_some(only)
        });
        let Some((id, base)) = id.and_then(|id| Some((id, self.state.bases.get(id)?))) else {
            return;
        };
        let object = ObjectId::Base(id);
        let step = self.last(&["event_base_loop"], |record| {
            record.objects.base == Some(id)
        });
        if !base.running {
            let ended = base.ended.as_deref().filter(|_| step.is_some());
            match ended {
                Some(ended) => self.closed(
                    "loop",
                    step,
                    text!(gate_loop_ended, object, ended),
                    text!(gate_loop_opens),
                ),
                None => self.closed(
                    "loop",
                    base.made_at,
                    text!(gate_loop_never, object),
                    text!(gate_loop_opens),
                ),
            }
            return;
        }
        self.open("loop", step, text!(gate_loop, object));
        // The callback that holds it now, unless it is one of the same bufferevent.
        let trace = self.replay.trace();
        let held = self.state.stacks.values().find_map(|calls| {
            let in_loop = calls.iter().any(|call| call.name == "event_base_loop");
            let call = calls.iter().rev().find(|call| {
                trace
                    .get(call.step)
                    .is_some_and(|record| program_callback(&record.event).is_some())
            })?;
            in_loop.then_some(call.step)
        });
        if let Some(step) = held {
            let record = trace.record(step);
            let of_same = of.is_some() && record.objects.bev == of;
            if let (Some(callback), false) = (program_callback(&record.event), of_same) {
                self.closed(
                    "free_loop",
                    Some(step),
                    text!(gate_held, object, callback),
                    text!(gate_held_opens, callback),
                );
            }
        }
    }

    /// Whether a bufferevent's event is pending and the kernel watches its socket.
    pub(super) fn pending(&mut self, id: BevId, event: Option<EventId>, side: EvFlags) {
        let Some((event, state)) = event.and_then(|id| Some((id, self.state.events.get(id)?)))
        else {
            return;
        };
        let object = ObjectId::Bev(id);
        let name = side.to_string();
        let step = self.last_of_event(event, |event| {
            matches!(event, Event::EventAdd { .. } | Event::EventDel {})
        });
        if state.pending {
            self.open(
                "pending",
                step,
                text!(gate_bev_pending, object, side = name),
            );
            self.watched(state, side);
        } else {
            self.closed(
                "pending",
                step.or(state.made_at),
                text!(gate_bev_not_pending, object, side = name),
                text!(gate_bev_not_pending_opens),
            );
        }
    }

    /// Whether the kernel watches an event's fd. Not every trace tells.
    fn watched(&mut self, event: &EventState, side: EvFlags) {
        let Some(fd) = event.fd.filter(|fd| *fd >= 0) else {
            return;
        };
        if self.state.interest.is_empty() {
            return;
        }
        let watched = Watched {
            base: event.base,
            fd,
        };
        let step = self.last(&["backend_add", "backend_del"], |record| {
            record.objects.fd == Some(fd)
        });
        let wanted = side & (EvFlags::READ | EvFlags::WRITE);
        let told = self.state.interest.get(watched).copied();
        if told.is_some_and(|flags| flags.contains(wanted)) {
            self.open(
                "watched",
                step,
                text!(gate_watched, fd, side = wanted.to_string()),
            );
        } else {
            self.closed(
                "watched",
                step,
                text!(gate_not_watched, fd, side = wanted.to_string()),
                text!(gate_not_watched_opens),
            );
        }
    }

    fn ready(&mut self, object: ObjectId, event: &EventState) {
        let fd = event.fd.unwrap_or(-1);
        let poll = self.last(&["poll"], |record| {
            record.objects.base.is_none() || record.objects.base == event.base
        });
        let what = event.events & (EvFlags::READ | EvFlags::WRITE);
        self.closed(
            "ready",
            poll,
            text!(gate_not_ready, object, fd, what = what.to_string()),
            text!(gate_not_ready_opens),
        );
    }

    /// A timeout that counts.
    pub(super) fn counts(&mut self, id: EventId) {
        let Some(event) = self.state.events.get(id) else {
            return;
        };
        let object = match (event.bev, event.role) {
            (Some(bev), Some(Role::BevRead | Role::BevWrite)) => ObjectId::Bev(bev),
            _ => ObjectId::Event(id),
        };
        let added = self.last_of_event(id, |event| {
            matches!(event, Event::EventAdd { timeout: Some(_) })
        });
        if let Some(left) = event.remaining(self.state.now) {
            self.closed(
                "due",
                added,
                text!(gate_not_due, object, left = span(left)),
                text!(gate_not_due_opens),
            );
        }
    }
}
