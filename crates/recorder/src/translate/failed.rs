//! Calls that fail look as if they did: a step tells of it, unless one within the call has already.

use evscope_trace::{ConnectProgress, Event, Objects, Phase, Text, errno_name};
use evscope_wire::{Failure, Kind};

use super::{Complete, Frame, Shown, Translator};
use crate::ring::Raw;

/// What is said where libevent gives no reason.
const NO_REASON: &str = "failed";

impl Translator {
    /// A step tells of a failure: the calls around it need not.
    pub(super) fn note_failure(&mut self, thread: u16, event: &Event) {
        let fails = match event {
            Event::Error { .. } => true,
            Event::Connect { progress, .. } => *progress == ConnectProgress::Failed,
            _ => false,
        };
        if fails {
            for frame in &mut self.thread(thread).frames {
                frame.failed = true;
            }
        }
    }

    /// A call that was to make something has made nothing: in place of its step stands one that says so. What
    /// libevent did meanwhile stays.
    pub(super) fn made_nothing(&mut self, frame: &Frame, shown: &Shown, errno: u64, raw: &Raw) {
        let thread = raw.tag.thread;
        let id = self.thread(thread).id;
        let at = shown.at.wrapping_sub(self.queue.first) as usize;
        let mut steps = self.queue.items.range_mut(at.min(self.queue.items.len())..);
        if let Some(waiting) = steps.next() {
            waiting.record = None;
            waiting.ready = true;
        }
        for waiting in steps {
            if let Some(record) = waiting.record.as_mut().filter(|record| record.thread == id) {
                record.depth = record.depth.saturating_sub(1);
            }
        }
        let tls = match frame.kind {
            Kind::BevSocketNew => frame.args[4] != 0,
            Kind::BevFilterNew => frame.args[3] != 0,
            _ => false,
        };
        let (call, action) = match frame.kind {
            Kind::BaseNew => ("event_base_new", "there is no base"),
            Kind::ListenerNew => ("evconnlistener_new", "there is no listener"),
            Kind::BevPairNew => ("bufferevent_pair_new", NO_BEV),
            Kind::BevFilterNew if tls => ("bufferevent_openssl_filter_new", NO_BEV),
            Kind::BevFilterNew => ("bufferevent_filter_new", NO_BEV),
            _ if tls => ("bufferevent_openssl_socket_new", NO_BEV),
            _ => ("bufferevent_socket_new", NO_BEV),
        };
        let objects = Objects {
            base: shown.record.objects.base,
            ..Objects::default()
        };
        let mut record = self.record(thread, Phase::Point, error(call, errno, action), objects);
        record.caller = shown.record.caller;
        self.note_failure(thread, &record.event);
        self.push(record, Complete::Now);
    }

    /// A call has ended: if it failed and nothing within has told of it, a step does.
    pub(super) fn tell_failure(&mut self, frame: &Frame, shown: &Shown, raw: &Raw) {
        if frame.failed {
            return;
        }
        let Some(action) = action(frame.kind) else {
            return;
        };
        let result = raw.args[0] as i64;
        let failed = match frame.kind {
            // It may be a size.
            Kind::BevRead => result == -1,
            _ => (result as i32) < 0,
        };
        if !failed {
            return;
        }
        let errno = match frame.kind {
            Kind::BevConnect => raw.args[1],
            _ => 0,
        };
        let call = shown.record.event.name().to_owned();
        let mut record = self.record(
            raw.tag.thread,
            Phase::Point,
            error(call, errno, action),
            shown.record.objects,
        );
        // It is the call's last word, from within it.
        record.depth += 1;
        self.note_failure(raw.tag.thread, &record.event);
        self.push(record, Complete::Now);
    }

    /// An event keeps its priority.
    pub(super) fn refused_priority(&mut self, raw: &Raw) {
        let objects = self.table.event_objects(raw.object);
        let event = error("event_priority_set", 0, "the priority stays");
        self.step(raw, event, objects, raw.args[2]);
    }

    /// The same for a call that is no step itself.
    pub(super) fn tell_hidden_failure(&mut self, frame: &Frame, raw: &Raw) {
        let (call, action, objects, site) = match frame.kind {
            Kind::Once => {
                let objects = self.table.base_objects(frame.object);
                (
                    "event_base_once",
                    "nothing will run",
                    objects,
                    frame.args[0],
                )
            }
            Kind::BevSetRateLimit => {
                let objects = self.table.bev_objects(frame.object);
                let action = "the limit stays";
                ("bufferevent_set_rate_limit", action, objects, frame.args[0])
            }
            _ => return,
        };
        if (raw.args[0] as i32) < 0 && !frame.failed {
            self.step(raw, error(call, 0, action), objects, site);
        }
    }

    /// A call failed of which there is no other record.
    pub(super) fn failed(&mut self, raw: &Raw) {
        let [which, site, ..] = raw.args;
        let (call, action) = match which {
            w if w == Failure::EventAssign as u64 => ("event_assign", "the event is not set up"),
            w if w == Failure::EventBaseSet as u64 => ("event_base_set", "the base stays"),
            w if w == Failure::EventFinalize as u64 => ("event_finalize", "the event stays"),
            w if w == Failure::EventFreeFinalize as u64 => {
                ("event_free_finalize", "the event stays")
            }
            w if w == Failure::EventNew as u64 => ("event_new", "there is no event"),
            w if w == Failure::EventBaseNew as u64 => ("event_base_new", "there is no base"),
            w if w == Failure::EvbufferNew as u64 => ("evbuffer_new", "there is no buffer"),
            _ => ("evbuffer_setcb", "no callback is set"),
        };
        self.step(raw, error(call, 0, action), Objects::default(), site);
    }
}

const NO_BEV: &str = "there is no bufferevent";

fn error(call: impl Into<Text>, errno: u64, action: &'static str) -> Event {
    Event::Error {
        call: call.into(),
        errno: match errno {
            0 => NO_REASON.into(),
            errno => errno_name(errno as i32),
        },
        action: action.into(),
    }
}

/// What is so after a call that failed; none for those that cannot fail or tell of it themselves.
fn action(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Add => "the event is not pending",
        Kind::Del => "nothing is deleted",
        Kind::LoopExit => "the loop goes on",
        Kind::ListenerEnable => "the listener is not enabled",
        Kind::ListenerDisable => "the listener is not disabled",
        Kind::BevEnable | Kind::BevDisable => "not everything has changed",
        Kind::BevSetTimeouts => "not all timeouts are set",
        Kind::BevWrite => "nothing is written",
        Kind::BevRead => "nothing is read",
        Kind::BevConnect => "nothing connects",
        Kind::BevSetfd => "the fd stays",
        Kind::BevPrioritySet => "the priority stays",
        Kind::BevFlush => "nothing is passed on",
        Kind::BufAdd | Kind::BufPrepend | Kind::BufMove => "nothing is added",
        Kind::BufRemove => "nothing is taken",
        Kind::BufDrain => "nothing is drained",
        _ => return None,
    })
}
