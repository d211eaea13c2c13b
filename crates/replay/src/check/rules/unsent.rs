//! Output that was lost, because the bufferevent was taken apart before it had gone.

use evscope_trace::Event;
use evscope_words::text;

use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;

pub(in crate::check) struct Unsent;

impl Unsent {
    pub(in crate::check) const LOOKS: Looks = Looks::AFTER.at(kinds!(BuffereventFinalize));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self
    }
}

impl Rule for Unsent {
    fn after(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let Some(Event::BuffereventFinalize { unsent, .. }) = at.begins() else {
            return;
        };
        let Some((id, bev)) = at.bev() else { return };
        if *unsent == 0 || at.facts.is_over(at.state, id) {
            return;
        }
        let above = at.facts.above(id);
        // Below a filter or TLS, the program gave up the one above.
        let object = ObjectId::Bev(above.unwrap_or(id));
        let freed_at = match above.and_then(|above| at.state.bevs.get(above)) {
            Some(above) => above.freed_at,
            None => bev.freed_at,
        };
        let bytes = *unsent;
        let (message, advice) = if above.is_some() {
            let below = ObjectId::Bev(id);
            (
                text!(check_unsent_below, object, below, bytes),
                text!(check_unsent_below_advice),
            )
        } else if freed_at.is_none() {
            (
                text!(check_unsent_with_base, object, bytes),
                text!(check_unsent_with_base_advice),
            )
        } else {
            (
                text!(check_unsent, object, bytes),
                text!(check_unsent_advice),
            )
        };
        found.tell(
            Finding::at(freed_at.unwrap_or(at.step), message, advice)
                .about(object)
                .by(at.facts.freed_by(object)),
        );
    }
}
