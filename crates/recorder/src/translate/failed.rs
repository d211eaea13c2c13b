//! Calls that fail look as if they did: a step tells of it, unless one within the call has already.

use evscope_trace::{ConnectProgress, Event, Objects, Phase, Text, errno_name};
use evscope_wire::{Call, Changed, Failure, Outcome, Tls, args};

use super::names::tls_of;
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
    pub(super) fn made_nothing(&mut self, frame: &Frame, shown: &Shown, errno: i32, raw: &Raw) {
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
        let is_tls = tls_of(frame.call) != Tls::None;
        let (call, action) = match frame.call {
            Call::BaseNew(_) => ("event_base_new", "there is no base"),
            Call::ListenerNew(_) => ("evconnlistener_new", "there is no listener"),
            Call::BevPairNew(_) => ("bufferevent_pair_new", NO_BEV),
            Call::BevFilterNew(_) if is_tls => ("bufferevent_openssl_filter_new", NO_BEV),
            Call::BevFilterNew(_) => ("bufferevent_filter_new", NO_BEV),
            _ if is_tls => ("bufferevent_openssl_socket_new", NO_BEV),
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
        let Some((Outcome { result, errno }, action)) = outcome(frame.call, raw) else {
            return;
        };
        if result >= 0 {
            return;
        }
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
    pub(super) fn refused_priority(&mut self, raw: &Raw, site: u64) {
        let objects = self.table.event_objects(raw.object);
        let event = error("event_priority_set", 0, "the priority stays");
        self.step(raw, event, objects, site);
    }

    /// The same for a call that is no step itself.
    pub(super) fn tell_hidden_failure(&mut self, frame: &Frame, raw: &Raw) {
        if frame.failed {
            return;
        }
        match frame.call {
            Call::Once(once) if raw.exit_of(once).result < 0 => {
                let objects = self.table.base_objects(frame.object);
                let event = error("event_base_once", 0, "nothing will run");
                self.step(raw, event, objects, once.site);
            }
            Call::BevSetRateLimit(set) if raw.exit_of(set).result < 0 => {
                let objects = self.table.bev_objects(frame.object);
                let event = error("bufferevent_set_rate_limit", 0, "the limit stays");
                self.step(raw, event, objects, set.site);
            }
            _ => {}
        }
    }

    /// A call failed of which there is no other record.
    pub(super) fn failed(&mut self, raw: &Raw, args::Failed { call, site }: args::Failed) {
        let (call, action) = match call {
            Failure::EventAssign => ("event_assign", "the event is not set up"),
            Failure::EventBaseSet => ("event_base_set", "the base stays"),
            Failure::EventFinalize => ("event_finalize", "the event stays"),
            Failure::EventFreeFinalize => ("event_free_finalize", "the event stays"),
            Failure::EventNew => ("event_new", "there is no event"),
            Failure::EventBaseNew => ("event_base_new", "there is no base"),
            Failure::EvbufferNew => ("evbuffer_new", "there is no buffer"),
            Failure::EvbufferSetcb => ("evbuffer_setcb", "no callback is set"),
        };
        self.step(raw, error(call, 0, action), Objects::default(), site);
    }
}

const NO_BEV: &str = "there is no bufferevent";

pub(super) fn error(call: impl Into<Text>, errno: i32, action: &'static str) -> Event {
    Event::Error {
        call: call.into(),
        errno: match errno {
            0 => NO_REASON.into(),
            errno => errno_name(errno),
        },
        action: action.into(),
    }
}

/// How a call went, and what is so if it failed; none of those that cannot fail or tell of it themselves.
fn outcome(call: Call, raw: &Raw) -> Option<(Outcome, &'static str)> {
    let changed = |Changed { result, .. }| Outcome { result, errno: 0 };
    Some(match call {
        Call::Plain(kind) => (raw.args(), kind.plain()?.failed),
        Call::Add(call) => (raw.exit_of(call), "the event is not pending"),
        Call::BevConnect(call) => (raw.exit_of(call), "nothing connects"),
        Call::BevSetfd(call) => (raw.exit_of(call), "the fd stays"),
        Call::BevFlush(call) => (raw.exit_of(call), "nothing is passed on"),
        Call::BufAdd(call) => (changed(raw.exit_of(call)), "nothing is added"),
        Call::BufPrepend(call) => (changed(raw.exit_of(call)), "nothing is added"),
        Call::BufMove(call) => (changed(raw.exit_of(call)), "nothing is added"),
        Call::BufRemove(call) => (changed(raw.exit_of(call)), "nothing is taken"),
        Call::BufDrain(call) => (changed(raw.exit_of(call)), "nothing is drained"),
        _ => return None,
    })
}
