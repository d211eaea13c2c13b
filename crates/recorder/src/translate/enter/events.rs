//! The callbacks of events begin.

use evscope_trace::{Event, Objects, Role};
use evscope_wire::{Call, Kind, args};

use super::super::{Note, Step, Translator, ev_flags};
use crate::ring::Raw;

impl Translator {
    pub(super) fn enter_once_callback(&mut self, raw: &Raw, cb: args::OnceCb) {
        let objects = match self.innermost(raw.tag.thread, &[Kind::EventCb]) {
            Some(frame) => {
                let event = frame.object;
                self.table.event_objects(event)
            }
            None => Objects::default(),
        };
        let what = ev_flags(cb.what);
        let event = |callback| Event::EventCallback { callback, what };
        self.user_callback(raw, Call::OnceCb(cb), cb.callback, objects, 0, event);
    }

    pub(super) fn enter_event_callback(&mut self, raw: &Raw, cb: args::EventCb) {
        let info = self.table.event(raw.object).clone();
        let what = ev_flags(cb.what);
        let call = Call::EventCb(cb);
        let event = match info.role {
            _ if info.once => Event::EventOnceCb {},
            Role::Listener => Event::ListenerReadCb {},
            Role::BevRead => Event::BuffereventReadcb { what },
            Role::BevWrite => Event::BuffereventWritecb { what },
            Role::Internal if info.evsig => Event::EvsigCb {},
            // The loop's own housekeeping: what it does shows, it does not.
            Role::Internal => return self.open_hidden(raw, call),
            Role::BevDeferred | Role::Signal | Role::Timer | Role::User => {
                let objects = self.table.event_objects(raw.object);
                let event = |callback| Event::EventCallback { callback, what };
                return self.user_callback(raw, call, cb.callback, objects, 0, event);
            }
        };
        let objects = match info.role {
            Role::BevRead | Role::BevWrite => self.table.bev_objects(info.bev),
            // What a listener does is about the listener.
            Role::Listener => Objects {
                event: None,
                role: None,
                ..self.table.event_objects(raw.object)
            },
            _ => self.table.event_objects(raw.object),
        };
        let step = Step {
            event,
            objects,
            src: None,
            caller: None,
        };
        self.open_step(raw, call, step, Note::Nothing);
    }

    pub(super) fn enter_deferred(&mut self, raw: &Raw, cb: args::DeferredCb) {
        let call = Call::DeferredCb(cb);
        if self.table.is_deferred_buf(raw.object) {
            return self.enter_deferred_callbacks(raw, call);
        }
        if self.table.live_bev(raw.object).is_none() {
            return self.open_hidden(raw, call);
        }
        let bev = self.table.bev(raw.object);
        let event = Event::DeferredCb {
            readcb: bev.pending_read,
            writecb: bev.pending_write,
            events: bev.pending_events,
        };
        let objects = self.table.bev_objects(raw.object);
        self.call(raw, call, event, objects, 0);
    }
}
