//! Calls about listeners begin, and their callbacks.

use evscope_trace::{Event, ListenerOptions, Objects};
use evscope_wire::Kind;

use super::super::{Complete, Note, Step, Translator};
use crate::ring::Raw;

impl Translator {
    /// Calls about listeners begin, and their callbacks.
    pub(super) fn enter_listener(&mut self, kind: Kind, raw: &Raw) {
        let (args, object) = (raw.args, raw.object);
        match kind {
            Kind::ListenerNew => {
                let id = self.table.new_listener_id();
                let event = Event::EvconnlistenerNew {
                    addr: None,
                    callback: self.name(args[0]),
                    options: ListenerOptions::from_bits_truncate(args[1] as u32),
                    backlog: args[2] as i32,
                };
                let objects = Objects {
                    listener: Some(id),
                    ..self.table.base_objects(object)
                };
                let caller = self.site(args[4]);
                let step = Step {
                    event,
                    objects,
                    src: None,
                    caller,
                    complete: Complete::Later,
                };
                self.open_step(raw, kind, step, Note::Listener(id));
            }
            Kind::ListenerEnable | Kind::ListenerDisable | Kind::ListenerFree => {
                let event = match kind {
                    Kind::ListenerEnable => Event::EvconnlistenerEnable {},
                    Kind::ListenerDisable => Event::EvconnlistenerDisable {},
                    _ => Event::EvconnlistenerFree {},
                };
                // Inside evconnlistener_new the address is not known yet, but the rest is.
                let making = self
                    .innermost(raw.tag.thread, &[Kind::ListenerNew])
                    .and_then(|frame| frame.shown.as_ref())
                    .map(|shown| shown.record.objects);
                let objects = match making {
                    Some(objects) if !self.table.has_listener(object) => objects,
                    _ => self.table.listener_objects(object),
                };
                self.call(raw, kind, event, objects, args[0], Complete::Now);
            }
            Kind::ListenerCb => {
                let mut objects = self.table.listener_objects(object);
                objects.fd = super::super::fd(args[1]);
                self.user_callback(raw, kind, args[0], objects, 0, |callback| {
                    Event::ListenerCb { callback }
                });
            }
            Kind::ListenerErrorCb => {
                let objects = self.table.listener_objects(object);
                self.user_callback(raw, kind, args[0], objects, 0, |callback| {
                    Event::ListenerErrorcb { callback }
                });
            }
            _ => self.open_hidden(raw, kind),
        }
    }
}
