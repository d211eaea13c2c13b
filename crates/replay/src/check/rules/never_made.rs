//! A call on what was never made.

use evscope_trace::{BaseId, EventId};
use evscope_words::text;
use std::collections::HashSet;

use super::super::rule::{At, Found, Rule};
use super::super::{CheckOptions, Finding};
use super::after_free::used;
use crate::ObjectId;

#[derive(Default)]
pub(in crate::check) struct NeverMade {
    told: HashSet<EventId>,
}

impl NeverMade {
    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }
}

impl Rule for NeverMade {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        // Other objects can be made by functions that no recorder hears of; an event can not.
        let Some(object @ ObjectId::Event(id)) = used(at.record) else {
            return;
        };
        let known = at.state.events.get(id);
        // The events of bufferevents and listeners are named before they are assigned.
        let is_own = known.is_none_or(|event| {
            event.made_at.is_none() && event.bev.is_none() && event.listener.is_none()
        }) && at.record.objects.bev.is_none()
            && at.record.objects.listener.is_none();
        if !is_own || at.facts.was_made(object) || self.told.contains(&id) {
            return;
        }
        // The trace must have seen the program from its start.
        let whole = at
            .state
            .bases
            .get(BaseId(1))
            .is_some_and(|base| at.facts.knows(base.made_at));
        if whole && at.facts.is_programs(at.record, at.step) {
            self.told.insert(id);
            found.tell(
                Finding::at(
                    at.step,
                    text!(check_never_made, object, call = at.record.event.name()),
                    text!(check_never_made_advice),
                )
                .about(object)
                .by(at.record.caller.as_ref()),
            );
        }
    }
}
