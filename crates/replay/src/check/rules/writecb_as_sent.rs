//! A write callback that is taken for "it was sent", although the bytes are only one layer further down.

use evscope_trace::{Event, Side};
use evscope_words::text;

use super::super::facts::CallKind;
use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;

pub(in crate::check) struct WritecbAsSent;

impl WritecbAsSent {
    pub(in crate::check) const LOOKS: Looks = Looks::BEFORE.at(kinds!(BuffereventFree));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self
    }
}

impl Rule for WritecbAsSent {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let Some(Event::BuffereventFree {}) = at.begins() else {
            return;
        };
        let Some((id, bev)) = at.bev() else { return };
        let Some(below) = bev.underlying else { return };
        let Some(output) = at.state.buffer(below, Side::Output) else {
            return;
        };
        let in_writecb = at.facts.in_callback(at.record.thread).is_some_and(|call| {
            call.bev == Some(id)
                && matches!(&call.kind, CallKind::Program { kind, .. } if kind == "writecb")
        });
        if in_writecb && output.len > 0 && !bev.is_freed() && !at.facts.is_over(at.state, id) {
            found.tell(
                Finding::at(
                    at.step,
                    text!(
                        check_writecb_as_sent,
                        object = ObjectId::Bev(id),
                        below = below.to_string(),
                        bytes = output.len
                    ),
                    text!(check_writecb_as_sent_advice),
                )
                .about(ObjectId::Bev(id))
                .by(at.record.caller.as_ref()),
            );
        }
    }
}
