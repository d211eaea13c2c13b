//! A callback that holds the loop: nothing else happens meanwhile.

use evscope_trace::{Nanos, Phase};
use evscope_words::text;

use super::super::facts::CallKind;
use super::super::rule::{At, Found, Looks, Rule};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;
use crate::describe::span;

pub(in crate::check) struct Blocked {
    most: Nanos,
}

impl Blocked {
    pub(in crate::check) const LOOKS: Looks = Looks::BEFORE.and_exits();

    pub(in crate::check) fn new(options: &CheckOptions) -> Self {
        Self {
            most: options.blocked,
        }
    }
}

impl Rule for Blocked {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        if at.record.phase != Phase::Exit || !at.facts.in_loop(at.record.thread) {
            return;
        }
        let calls = at.facts.calls(at.record.thread);
        let Some(call) = calls.iter().rfind(|call| call.depth == at.record.depth) else {
            return;
        };
        let CallKind::Program { name, .. } = &call.kind else {
            return;
        };
        let took = at.record.t.0.saturating_sub(call.began.0);
        let own = Nanos(
            took.saturating_sub(call.waited.0)
                .saturating_sub(call.inside.0),
        );
        if own <= self.most {
            return;
        }
        let base = calls
            .iter()
            .rev()
            .find(|call| matches!(call.kind, CallKind::Loop { .. }))
            .and_then(|call| call.base);
        let behind = at.state.active.iter().filter(|id| {
            let event = at.state.events.get(**id);
            event.is_some_and(|event| base.is_none() || event.base == base)
        });
        let mut finding = Finding::at(
            call.step,
            text!(
                check_blocked,
                callback = name.as_ref(),
                span = span(own),
                behind = behind.count() as u64
            ),
            text!(check_blocked_advice),
        )
        .by(call.place.as_ref());
        finding.object = ObjectId::all_of(&at.record.objects).next();
        found.tell(finding);
    }
}
