//! The program's callbacks of bufferevents begin.

use evscope_trace::{BevEvents, Event, Text};
use evscope_wire::{Call, Callback, Kind, args};

use super::super::{Note, Translator};
use crate::ring::Raw;

impl Translator {
    pub(super) fn enter_eventcb(&mut self, raw: &Raw, cb: args::Eventcb) {
        let what = BevEvents::from_bits_truncate(cb.what as u16);
        let errno = self.reason(raw, what, cb);
        let objects = self.table.bev_objects(raw.object);
        self.delivered(raw, Callback::Event, what);
        let event = |callback| Event::Eventcb {
            callback,
            what,
            errno,
        };
        self.user_callback(raw, Call::Eventcb(cb), cb.callback, objects, cb.site, event);
    }

    /// Why the event callback is told of an error, if it is: a name was not found, or an errno. Without either it was
    /// the program that told of one, or TLS.
    fn reason(&mut self, raw: &Raw, what: BevEvents, cb: args::Eventcb) -> Option<Text> {
        if !what.contains(BevEvents::ERROR) {
            return None;
        }
        let looked_up = if self.is_delivered_now(raw) {
            self.table.bev(raw.object).looked_up
        } else {
            self.is_of_look_up(raw.tag.thread, raw.object)
        };
        if looked_up && cb.look_up != 0 {
            return Some(look_up_error(cb.look_up));
        }
        // An errno that only says to try again is no error's: it is left from a call before, as where TLS itself has failed.
        let says_to_wait = matches!(cb.errno, libc::EAGAIN | libc::EINTR | libc::EINPROGRESS);
        (cb.errno != 0 && !says_to_wait).then(|| evscope_trace::errno_name(cb.errno))
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
        call: Call,
        bev: u64,
        callback: u64,
    ) -> Option<&'static str> {
        if !self.symbols.is_libevent(callback) {
            return None;
        }
        let [readcb, writecb, eventcb] = self.table.bevs.get(&bev)?.filtered?;
        match call {
            Call::Readcb(_) => Some(readcb),
            Call::Writecb(_) => Some(writecb),
            Call::Eventcb(_) => Some(eventcb),
            _ => None,
        }
    }

    /// Whether the loop delivers what was put off. A callback that runs at once, meanwhile, is not of those.
    fn is_delivered_now(&mut self, raw: &Raw) -> bool {
        let around = self.around(raw.tag.thread);
        around.is_some_and(|frame| matches!(frame.call, Call::DeferredCb(_)))
    }

    /// A callback runs. If it was put off, it no longer waits.
    pub(super) fn delivered(&mut self, raw: &Raw, callback: Callback, what: BevEvents) {
        if !self.is_delivered_now(raw) {
            return;
        }
        let bev = self.table.bev(raw.object);
        match callback {
            Callback::Read => bev.pending_read = false,
            Callback::Write => bev.pending_write = false,
            Callback::Event => bev.pending_events -= what,
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
