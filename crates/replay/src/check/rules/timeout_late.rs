//! A timeout that ran out too early: it was set late in a callback and counted from when the turn began.

use evscope_trace::{ActiveWhy, Event, EventId, Nanos, SourceLine};
use evscope_words::text;

use super::super::facts::{CallKind, subject};
use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;
use crate::describe::span;
use crate::quick::HashMap;

pub(in crate::check) struct TimeoutLate {
    least: Nanos,
    set: HashMap<EventId, Set>,
}

struct Set {
    step: usize,
    at: Nanos,
    timeout: Nanos,
    place: Option<SourceLine>,
}

impl TimeoutLate {
    pub(in crate::check) const LOOKS: Looks =
        Looks::AFTER.at(kinds!(EventAdd | EventDel | EventActive));

    pub(in crate::check) fn new(options: &CheckOptions) -> Self {
        Self {
            least: options.blocked,
            set: HashMap::default(),
        }
    }
}

impl Rule for TimeoutLate {
    fn after(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let Some(id) = at.record.objects.event else {
            return;
        };
        match at.begins() {
            Some(Event::EventAdd {
                timeout: Some(timeout),
            }) if at.facts.in_loop(at.record.thread)
                && at.facts.in_callback(at.record.thread).is_some() =>
            {
                self.set.insert(
                    id,
                    Set {
                        step: at.step,
                        at: at.record.t,
                        timeout: *timeout,
                        place: at.record.caller.clone(),
                    },
                );
            }
            Some(Event::EventActive {
                why: ActiveWhy::Timeout,
                ..
            }) => {
                let Some(set) = self.set.remove(&id) else {
                    return;
                };
                let due = set.at.0.saturating_add(set.timeout.0);
                let early = Nanos(due.saturating_sub(at.record.t.0));
                let known = at.state.events.get(id).and_then(|event| event.made_at);
                if early > self.least && at.facts.knows(known) {
                    found.tell(
                        Finding::at(
                            set.step,
                            text!(
                                check_timeout_late,
                                object = subject(at.state, id),
                                timeout = span(set.timeout),
                                early = span(early)
                            ),
                            text!(check_timeout_late_advice),
                        )
                        .about(subject(at.state, id))
                        .by(set.place.as_ref()),
                    );
                }
            }
            // The loop itself deletes an event whose time has come, before it makes it active.
            Some(Event::EventAdd { .. } | Event::EventDel {}) if !by_loop(at) => {
                self.set.remove(&id);
            }
            _ => {}
        }
    }

    fn forget(&mut self, object: ObjectId) {
        if let ObjectId::Event(event) = object {
            self.set.remove(&event);
        }
    }
}

/// Whether the loop does a step itself, between the callbacks.
fn by_loop(at: &At<'_>) -> bool {
    at.facts
        .around(at.record, at.step)
        .is_some_and(|call| matches!(call.kind, CallKind::Loop { .. }))
}
