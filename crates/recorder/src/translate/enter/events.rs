//! Calls about events begin, and their callbacks.

use evscope_trace::{EvFlags, Event, Objects, Role};
use evscope_wire::Kind;

use super::super::{Complete, Note, Step, Translator, span};
use crate::ring::Raw;

impl Translator {
    /// Calls about events begin, and their callbacks.
    pub(super) fn enter_events(&mut self, kind: Kind, raw: &Raw) {
        let (args, object) = (raw.args, raw.object);
        match kind {
            Kind::Add => {
                self.write_event_of_connect(raw);
                let info = self.table.event(object);
                info.fd = args[2] as u32 as i32;
                info.base = args[3];
                let event = Event::EventAdd {
                    timeout: span(args[0]),
                };
                let objects = self.table.event_objects(object);
                self.call(raw, kind, event, objects, args[4], Complete::Now);
            }
            Kind::Del => {
                let objects = self.table.event_objects(object);
                self.call(
                    raw,
                    kind,
                    Event::EventDel {},
                    objects,
                    args[1],
                    Complete::Now,
                );
            }
            Kind::EventFree => {
                let objects = self.table.event_objects(object);
                self.call(
                    raw,
                    kind,
                    Event::EventFree {},
                    objects,
                    args[0],
                    Complete::Now,
                );
            }
            Kind::EventCb => self.enter_event_callback(raw),
            Kind::OnceCb => {
                let objects = match self.innermost(raw.tag.thread, &[Kind::EventCb]) {
                    Some(frame) => {
                        let event = frame.object;
                        self.table.event_objects(event)
                    }
                    None => Objects::default(),
                };
                self.user_callback(raw, kind, args[0], objects, 0, |callback| {
                    Event::EventCallback {
                        callback,
                        what: EvFlags::from_bits_truncate(args[1] as u16),
                    }
                });
            }
            Kind::DeferredCb => self.enter_deferred(raw),
            _ => self.open_hidden(raw, kind),
        }
    }

    fn enter_event_callback(&mut self, raw: &Raw) {
        let info = self.table.event(raw.object).clone();
        let what = EvFlags::from_bits_truncate(raw.args[1] as u16);
        let kind = Kind::EventCb;
        let event = match info.role {
            _ if info.once => Event::EventOnceCb {},
            Role::Listener => Event::ListenerReadCb {},
            Role::BevRead => Event::BuffereventReadcb { what },
            Role::BevWrite => Event::BuffereventWritecb { what },
            Role::Internal if info.evsig => Event::EvsigCb {},
            // The loop's own housekeeping: what it does shows, it does not.
            Role::Internal => return self.open_hidden(raw, kind),
            Role::BevDeferred | Role::Signal | Role::Timer | Role::User => {
                let objects = self.table.event_objects(raw.object);
                return self.user_callback(raw, kind, raw.args[0], objects, 0, |callback| {
                    Event::EventCallback { callback, what }
                });
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
            complete: Complete::Now,
        };
        self.open_step(raw, kind, step, Note::Nothing);
    }

    fn enter_deferred(&mut self, raw: &Raw) {
        if self.table.is_deferred_buf(raw.object) {
            return self.enter_deferred_callbacks(raw);
        }
        if self.table.live_bev(raw.object).is_none() {
            return self.open_hidden(raw, Kind::DeferredCb);
        }
        let bev = self.table.bev(raw.object);
        let event = Event::DeferredCb {
            readcb: bev.pending_read,
            writecb: bev.pending_write,
            events: bev.pending_events,
        };
        let objects = self.table.bev_objects(raw.object);
        self.call(raw, Kind::DeferredCb, event, objects, 0, Complete::Now);
    }
}
