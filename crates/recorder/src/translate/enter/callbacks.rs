//! The program's callbacks of bufferevents begin.

use evscope_trace::{BevEvents, Event, Text};
use evscope_wire::Kind;

use super::super::{Note, Translator};
use crate::ring::Raw;

impl Translator {
    /// The program's callbacks of bufferevents begin.
    pub(super) fn enter_bev_callback(&mut self, kind: Kind, raw: &Raw) {
        let (args, object) = (raw.args, raw.object);
        match kind {
            Kind::Readcb | Kind::Writecb => {
                let objects = self.table.bev_objects(object);
                self.delivered(raw, kind, BevEvents::empty());
                self.user_callback(
                    raw,
                    kind,
                    args[0],
                    objects,
                    args[1],
                    |callback| match kind {
                        Kind::Readcb => Event::Readcb { callback },
                        _ => Event::Writecb { callback },
                    },
                );
            }
            Kind::Eventcb => {
                let what = BevEvents::from_bits_truncate(args[1] as u16);
                let errno = self.reason(raw, what);
                let objects = self.table.bev_objects(object);
                self.delivered(raw, kind, what);
                self.user_callback(raw, kind, args[0], objects, args[4], |callback| {
                    Event::Eventcb {
                        callback,
                        what,
                        errno,
                    }
                });
            }
            _ => self.open_hidden(raw, kind),
        }
    }

    /// Why the event callback is told of an error, if it is: a name was not found, or an errno. Without either it was
    /// the program that told of one.
    fn reason(&mut self, raw: &Raw, what: BevEvents) -> Option<Text> {
        if !what.contains(BevEvents::ERROR) {
            return None;
        }
        let [_, _, errno, look_up, _] = raw.args;
        let around = self.around(raw.tag.thread).map(|frame| frame.kind);
        let looked_up = match around {
            Some(Kind::DeferredCb) => self.table.bev(raw.object).looked_up,
            _ => self.is_of_look_up(raw.tag.thread, raw.object),
        };
        if looked_up && look_up != 0 {
            return Some(look_up_error(look_up as i32));
        }
        (errno != 0).then(|| evscope_trace::errno_name(errno as i32))
    }

    /// Whether what is told now comes of looking a name up: within the call that asked for it, or in somebody else's event.
    pub(in crate::translate) fn is_of_look_up(&mut self, thread: u16, bev: u64) -> bool {
        let asking = self
            .innermost(thread, &[Kind::BevConnect, Kind::EventCb])
            .is_some_and(|frame| frame.object == bev && matches!(frame.note, Note::LookUp));
        asking || !self.is_in_own_event(thread, bev)
    }

    /// Whether an event of the bufferevent's own runs.
    pub(in crate::translate) fn is_in_own_event(&mut self, thread: u16, bev: u64) -> bool {
        let running = self
            .innermost(thread, &[Kind::EventCb])
            .map(|frame| frame.object);
        running.is_some_and(|event| self.table.event(event).bev == bev)
    }

    /// The name of a bufferevent's callback that is a filter's, on top of it.
    pub(super) fn filters_callback(
        &mut self,
        kind: Kind,
        bev: u64,
        callback: u64,
    ) -> Option<&'static str> {
        if !self.symbols.is_libevent(callback) {
            return None;
        }
        let [readcb, writecb, eventcb] = self.table.bevs.get(&bev)?.filtered?;
        match kind {
            Kind::Readcb => Some(readcb),
            Kind::Writecb => Some(writecb),
            Kind::Eventcb => Some(eventcb),
            _ => None,
        }
    }

    /// A callback that was put off runs: it no longer waits.
    fn delivered(&mut self, raw: &Raw, kind: Kind, what: BevEvents) {
        // One that runs at once, meanwhile, leaves those that wait as they are.
        let around = self.around(raw.tag.thread).map(|frame| frame.kind);
        if around != Some(Kind::DeferredCb) {
            return;
        }
        let bev = self.table.bev(raw.object);
        match kind {
            Kind::Readcb => bev.pending_read = false,
            Kind::Writecb => bev.pending_write = false,
            _ => bev.pending_events -= what,
        }
    }
}

/// The name of a reason for which a name was not found (`EVUTIL_EAI_*`, which are the system's where it has them).
fn look_up_error(code: i32) -> Text {
    let name = match code {
        -1 => "EAI_BADFLAGS",
        -2 => "EAI_NONAME",
        -3 => "EAI_AGAIN",
        -4 => "EAI_FAIL",
        -5 => "EAI_NODATA",
        -6 => "EAI_FAMILY",
        -7 => "EAI_SOCKTYPE",
        -8 => "EAI_SERVICE",
        -9 => "EAI_ADDRFAMILY",
        -10 => "EAI_MEMORY",
        -11 => "EAI_SYSTEM",
        -90001 => "EAI_CANCEL",
        other => return format!("EAI {other}").into(),
    };
    name.into()
}
