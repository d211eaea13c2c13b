//! The program's callbacks of bufferevents begin.

use evscope_trace::{BevEvents, Event};
use evscope_wire::Kind;

use super::super::Translator;
use crate::ring::Raw;

impl Translator {
    /// The program's callbacks of bufferevents begin.
    pub(super) fn enter_bev_callback(&mut self, kind: Kind, raw: &Raw) {
        let (args, object) = (raw.args, raw.object);
        match kind {
            Kind::Readcb | Kind::Writecb => {
                let objects = self.table.bev_objects(object);
                self.delivered(raw, kind, BevEvents::empty());
                self.user_callback(raw, kind, args[0], objects, |callback| match kind {
                    Kind::Readcb => Event::Readcb { callback },
                    _ => Event::Writecb { callback },
                });
            }
            Kind::Eventcb => {
                let what = BevEvents::from_bits_truncate(args[1] as u16);
                // Without an errno it was the program that told of an error.
                let errno = (what.contains(BevEvents::ERROR) && args[2] != 0)
                    .then(|| evscope_trace::errno_name(args[2] as i32));
                let objects = self.table.bev_objects(object);
                self.delivered(raw, kind, what);
                self.user_callback(raw, kind, args[0], objects, |callback| Event::Eventcb {
                    callback,
                    what,
                    errno,
                });
            }
            _ => self.open_hidden(raw, kind),
        }
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
