//! Listeners are made, and what is about them.

use evscope_trace::{Event, ListenerOptions, Objects};
use evscope_wire::{Call, Kind, args};

use super::super::{Note, Step, Translator};
use crate::ring::Raw;

impl Translator {
    pub(super) fn enter_listener_new(&mut self, raw: &Raw, new: args::ListenerNew) {
        let id = self.table.new_listener_id();
        let event = Event::EvconnlistenerNew {
            addr: None,
            callback: self.name(new.callback),
            options: ListenerOptions::from_bits_truncate(new.options),
            backlog: new.backlog,
        };
        let objects = Objects {
            listener: Some(id),
            ..self.table.base_objects(raw.object)
        };
        let caller = self.site(new.site);
        let step = Step {
            event,
            objects,
            src: None,
            caller,
        };
        self.open_step(raw, Call::ListenerNew(new), step, Note::Listener(id));
    }

    /// Inside evconnlistener_new the address is not known yet, but the rest is.
    pub(in crate::translate) fn listener_objects(&mut self, raw: &Raw) -> Objects {
        let making = self
            .innermost(raw.tag.thread, &[Kind::ListenerNew])
            .and_then(|frame| frame.shown.as_ref())
            .map(|shown| shown.record.objects);
        match making {
            Some(objects) if !self.table.has_listener(raw.object) => objects,
            _ => self.table.listener_objects(raw.object),
        }
    }
}
