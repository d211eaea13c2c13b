//! Bases, their loops and waits, begin.

use evscope_trace::{Event, LoopFlags, Objects, Text};
use evscope_wire::Kind;

use super::super::{Complete, Translator, span};
use crate::ring::Raw;

impl Translator {
    /// Bases, their loops and waits, begin.
    pub(super) fn enter_run_loop(&mut self, kind: Kind, raw: &Raw) {
        let (args, object) = (raw.args, raw.object);
        match kind {
            Kind::BaseNew => {
                let event = Event::EventBaseNew {
                    backend: Text::default(),
                    priorities: 1,
                };
                self.call(
                    raw,
                    kind,
                    event,
                    Objects::default(),
                    args[0],
                    Complete::Later,
                );
            }
            Kind::BaseFree => {
                let objects = self.table.base_objects(object);
                self.call(
                    raw,
                    kind,
                    Event::EventBaseFree {},
                    objects,
                    args[0],
                    Complete::Now,
                );
            }
            Kind::Loop => {
                let event = Event::EventBaseLoop {
                    flags: LoopFlags::from_bits_truncate(args[0] as u32),
                    ended: None,
                };
                let objects = self.table.base_objects(object);
                self.call(raw, kind, event, objects, args[1], Complete::Now);
            }
            Kind::Poll => {
                let event = Event::Poll {
                    timeout: span(args[0]),
                    ready: None,
                    errno: None,
                };
                let objects = self.table.base_objects(object);
                self.call(raw, kind, event, objects, 0, Complete::Now);
            }
            Kind::LoopExit => {
                let event = Event::EventBaseLoopexit {
                    timeout: span(args[0]),
                };
                let objects = self.table.base_objects(object);
                self.call(raw, kind, event, objects, args[1], Complete::Now);
            }
            _ => self.open_hidden(raw, kind),
        }
    }
}
