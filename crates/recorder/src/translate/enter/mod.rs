//! Calls that begin.

mod bufferevent;
mod callbacks;
mod events;
mod listener;
mod marks;

use evscope_trace::{
    BevEvents, BevOptions, Event, LoopFlags, Nanos, Objects, SuspendReasons, Text,
};
use evscope_wire::{Call, Callback, args};

use super::{Note, Step, Translator, ev_flags};
use crate::ring::Raw;
use crate::symbols::Function;
use bufferevent::{LATER_BEV, LATER_BUF, LATER_EVENT, flush_mode, tls_state};

impl Translator {
    pub(super) fn enter(&mut self, raw: &Raw, call: Call) {
        let object = raw.object;
        let (event, objects, site) = match call {
            Call::Plain(kind) => return self.plain(raw, kind),

            // ---- loop
            Call::BaseNew(new) => {
                let event = Event::EventBaseNew {
                    backend: Text::default(),
                    priorities: 1,
                };
                (event, Objects::default(), new.site)
            }
            Call::Loop(args::Loop { flags, site }) => {
                let event = Event::EventBaseLoop {
                    flags: LoopFlags::from_bits_truncate(flags as u32),
                    ended: None,
                };
                (event, self.table.base_objects(object), site)
            }
            Call::Poll(args::Poll { timeout }) => {
                let event = Event::Poll {
                    timeout: timeout.map(Nanos),
                    ready: None,
                    errno: None,
                };
                (event, self.table.base_objects(object), 0)
            }

            // ---- events
            Call::Add(add) => {
                self.write_event_of_connect(raw);
                let info = self.table.event(object);
                (info.fd, info.base) = (add.fd, add.base);
                let timeout = add.timeout.map(Nanos);
                let objects = self.table.event_objects(object);
                (Event::EventAdd { timeout }, objects, add.site)
            }
            Call::EventCb(cb) => return self.enter_event_callback(raw, cb),
            Call::OnceCb(cb) => return self.enter_once_callback(raw, cb),
            Call::DeferredCb(cb) => return self.enter_deferred(raw, cb),

            // ---- listener
            Call::ListenerNew(new) => return self.enter_listener_new(raw, new),
            Call::ListenerCb(cb) => {
                let mut objects = self.table.listener_objects(object);
                objects.fd = super::fd(cb.fd);
                let event = |callback| Event::ListenerCb { callback };
                return self.user_callback(raw, call, cb.callback, objects, 0, event);
            }
            Call::ListenerErrorCb(cb) => {
                let objects = self.table.listener_objects(object);
                let event = |callback| Event::ListenerErrorcb { callback };
                return self.user_callback(raw, call, cb.callback, objects, 0, event);
            }

            // ---- evbuffer
            Call::BufAdd(_)
            | Call::BufPrepend(_)
            | Call::BufRemove(_)
            | Call::BufDrain(_)
            | Call::BufMove(_)
            | Call::BufRead(_)
            | Call::BufWrite(_) => return self.enter_buffer(raw, call),
            Call::BufInvoke(tells) => return self.enter_buffer_callbacks(raw, tells),

            // ---- bufferevent
            Call::BevSocketNew(new) => {
                let event = Event::BuffereventSocketNew {
                    options: BevOptions::from_bits_truncate(new.options as u32),
                    input: LATER_BUF,
                    output: LATER_BUF,
                    ev_read: LATER_EVENT,
                    ev_write: LATER_EVENT,
                    tls: tls_state(new.tls),
                };
                (event, self.table.base_objects(new.base), new.site)
            }
            Call::BevPairNew(new) => {
                let event = Event::BuffereventPairNew {
                    options: BevOptions::from_bits_truncate(new.options as u32)
                        | BevOptions::DEFER_CALLBACKS,
                    input: LATER_BUF,
                    output: LATER_BUF,
                    partner: LATER_BEV,
                };
                (event, self.table.base_objects(new.base), new.site)
            }
            Call::BevFilterNew(new) => {
                let event = Event::BuffereventFilterNew {
                    options: BevOptions::from_bits_truncate(new.options as u32),
                    input: LATER_BUF,
                    output: LATER_BUF,
                    underlying: LATER_BEV,
                    tls: tls_state(new.tls),
                };
                (event, Objects::default(), new.site)
            }
            Call::BevConnect(connect) => return self.enter_connect(raw, connect),
            Call::BevSetfd(set) => return self.enter_setfd(raw, set),
            Call::BevFlush(args::BevFlush { what, mode, site }) => {
                let (events, mode) = (ev_flags(what), flush_mode(mode));
                let objects = self.table.bev_objects(object);
                (Event::BuffereventFlush { events, mode }, objects, site)
            }
            Call::Readcb(args::Readcb { callback, site }) => {
                let objects = self.table.bev_objects(object);
                self.delivered(raw, Callback::Read, BevEvents::empty());
                let event = |callback| Event::Readcb { callback };
                return self.user_callback(raw, call, callback, objects, site, event);
            }
            Call::Writecb(args::Writecb { callback, site }) => {
                let objects = self.table.bev_objects(object);
                self.delivered(raw, Callback::Write, BevEvents::empty());
                let event = |callback| Event::Writecb { callback };
                return self.user_callback(raw, call, callback, objects, site, event);
            }
            Call::Eventcb(cb) => return self.enter_eventcb(raw, cb),
            Call::SuspendRead(suspend) => {
                let reason = SuspendReasons::from_bits_truncate(suspend.reason);
                self.high_mark(raw, reason, suspend.input, suspend.high);
                let bev = self.table.bev(object);
                bev.read_suspended |= reason;
                let now = bev.read_suspended;
                let objects = self.table.bev_objects(object);
                (Event::SuspendRead { reason, now }, objects, 0)
            }
            Call::UnsuspendRead(unsuspend) => {
                let reason = SuspendReasons::from_bits_truncate(unsuspend.reason);
                self.high_mark(raw, reason, unsuspend.input, unsuspend.high);
                let bev = self.table.bev(object);
                bev.read_suspended -= reason;
                let now = bev.read_suspended;
                let objects = self.table.bev_objects(object);
                (Event::UnsuspendRead { reason, now }, objects, 0)
            }
            Call::SuspendWrite(args::SuspendWrite { reason }) => {
                let reason = SuspendReasons::from_bits_truncate(reason);
                let bev = self.table.bev(object);
                bev.write_suspended |= reason;
                let now = bev.write_suspended;
                let objects = self.table.bev_objects(object);
                (Event::SuspendWrite { reason, now }, objects, 0)
            }
            Call::UnsuspendWrite(args::UnsuspendWrite { reason }) => {
                let reason = SuspendReasons::from_bits_truncate(reason);
                let bev = self.table.bev(object);
                bev.write_suspended -= reason;
                let now = bev.write_suspended;
                let objects = self.table.bev_objects(object);
                (Event::UnsuspendWrite { reason, now }, objects, 0)
            }
            Call::BevSetRateLimit(set) => {
                if set.lifted {
                    self.table.forget_bucket(object);
                }
                return self.open_hidden(raw, call);
            }

            // Calls that only group others.
            Call::Once(_) | Call::CommonTimeout(_) | Call::BufReadln(_) => {
                return self.open_hidden(raw, call);
            }
        };
        self.call(raw, call, event, objects, site);
    }

    /// A call of libevent's.
    pub(in crate::translate) fn call(
        &mut self,
        raw: &Raw,
        call: Call,
        event: Event,
        objects: Objects,
        site: u64,
    ) {
        let caller = self.site(site);
        let step = Step {
            event,
            objects,
            src: None,
            caller,
        };
        self.open_step(raw, call, step, Note::Nothing);
    }

    /// A callback of the program's.
    fn user_callback(
        &mut self,
        raw: &Raw,
        call: Call,
        callback: u64,
        objects: Objects,
        site: u64,
        event: impl FnOnce(Text) -> Event,
    ) {
        let caller = self.site(site);
        let own = self.filters_callback(call, raw.object, callback);
        let Function { name, line } = self.function(callback);
        let step = Step {
            event: event(own.map_or(name, Text::from)),
            objects,
            src: line,
            caller,
        };
        self.open_step(raw, call, step, Note::Nothing);
    }
}
