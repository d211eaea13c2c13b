//! A loop that returns at once, because it has nothing to wait for.

use evscope_trace::{Event, LoopFlags, Phase};
use evscope_words::text;

use super::super::facts::CallKind;
use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;

#[derive(Default)]
pub(in crate::check) struct LoopEndedEmpty;

impl LoopEndedEmpty {
    pub(in crate::check) const LOOKS: Looks = Looks::BEFORE.and_exits().at(kinds!(EventBaseLoop));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self
    }
}

impl Rule for LoopEndedEmpty {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let (
            Phase::Exit,
            Event::EventBaseLoop {
                ended: Some(ended),
                flags,
            },
        ) = (at.record.phase, &at.record.event)
        else {
            return;
        };
        // With these the program turns the loop itself, and knows that it returns.
        let by_hand = flags.intersects(LoopFlags::ONCE | LoopFlags::NONBLOCK);
        if ended != "empty" || by_hand || !at.facts.nothing_lost() {
            return;
        }
        let calls = at.facts.calls(at.record.thread);
        let Some(call) = calls.iter().rfind(|call| call.depth == at.record.depth) else {
            return;
        };
        let CallKind::Loop { waits } = call.kind else {
            return;
        };
        let Some(base) = at.record.objects.base else {
            return;
        };
        // A loop that has waited before is run again to see whether there is more.
        if waits == 0 && at.facts.turns(Some(base)).count == 0 {
            found.tell(
                Finding::at(
                    call.step,
                    text!(check_loop_ended_empty, object = ObjectId::Base(base)),
                    text!(check_loop_ended_empty_advice),
                )
                .about(ObjectId::Base(base))
                .by(call.place.as_ref()),
            );
        }
    }
}
