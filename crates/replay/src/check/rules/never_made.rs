//! A call on what was never made.

use evscope_trace::BaseId;
use evscope_words::text;

use super::super::rule::{At, Found, Looks, Rule};
use super::super::{CheckOptions, Finding};
use super::after_free::{used, wants};
use crate::ObjectId;
use crate::quick::HashSet;

/// So many are told at most.
const MOST: usize = 64;

#[derive(Default)]
pub(in crate::check) struct NeverMade {
    told: HashSet<ObjectId>,
}

impl NeverMade {
    pub(in crate::check) const LOOKS: Looks = Looks::BEFORE.at(|event| wants(event).is_some());

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }
}

impl Rule for NeverMade {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let Some(object) = used(at.record) else {
            return;
        };
        let objects = &at.record.objects;
        let made = match object {
            ObjectId::Bev(id) => at.state.bevs.get(id).and_then(|bev| bev.made_at),
            // The events of bufferevents and listeners are named before they are assigned.
            ObjectId::Event(id) if objects.bev.is_none() && objects.listener.is_none() => {
                let event = at.state.events.get(id);
                if event.is_some_and(|event| event.bev.is_some() || event.listener.is_some()) {
                    return;
                }
                event.and_then(|event| event.made_at)
            }
            // Others can be made by functions that no recorder hears of.
            _ => return,
        };
        if made.is_some() || at.facts.was_made(object) || self.told.contains(&object) {
            return;
        }
        // The trace must have seen the program from its start.
        let first = at.state.bases.get(BaseId(1));
        let whole = first.is_some_and(|base| at.facts.knows(base.made_at));
        if whole && at.facts.is_programs(at.record, at.step) && self.told.len() < MOST {
            self.told.insert(object);
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
