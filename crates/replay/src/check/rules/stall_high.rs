//! An input that is full, and nobody takes anything out of it.

use evscope_trace::{BevId, Event, Side, SuspendReasons};
use evscope_words::text;

use super::super::rule::{At, End, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding, Severity};
use crate::quick::HashMap;
use crate::{ObjectId, State};

/// In so many turns somebody would have come.
const TURNS: u64 = 2;

#[derive(Default)]
pub(in crate::check) struct StallHigh {
    full: HashMap<BevId, Full>,
}

struct Full {
    step: usize,
    /// The turn in which it became full.
    turn: u64,
    /// How many bytes had gone out of it until then.
    removed: u64,
}

impl StallHigh {
    pub(in crate::check) const LOOKS: Looks = Looks::BOTH.at(kinds!(
        SuspendRead | UnsuspendRead | BuffereventFree | BuffereventFinalize
    ));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }

    fn judge(&self, id: BevId, end: &End<'_>) -> Option<Finding> {
        let full = self.full.get(&id)?;
        let bev = end.state.bevs.get(id)?;
        let input = end.state.buffer(id, Side::Input)?;
        let turns = end.facts.turns(bev.base);
        let stands = input.removed == full.removed
            && turns.count >= full.turn + TURNS
            && end.facts.slept_since(bev.base, full.step);
        // Marks that do not fit have a rule of their own, and so has a full filter above.
        let else_told = bev.read_low > bev.read_high || end.facts.above(id).is_some();
        (stands && !else_told && end.facts.knows(bev.made_at) && !waits_elsewhere(end, id)).then(
            || {
                Finding::at(
                    full.step,
                    text!(
                        check_stall_high,
                        object = ObjectId::Bev(id),
                        high = bev.read_high,
                        bytes = input.len
                    ),
                    text!(check_stall_high_advice),
                )
                .about(ObjectId::Bev(id))
            },
        )
    }
}

/// Whether what came in before waits in another output: it is meant that nobody takes more.
fn waits_elsewhere(end: &End<'_>, id: BevId) -> bool {
    let waits = |bev: BevId, state: &State| {
        state
            .buffer(bev, Side::Output)
            .is_some_and(|output| output.len > 0)
    };
    waits(id, end.state)
        || end
            .facts
            .flow(id)
            .is_some_and(|other| waits(other, end.state))
}

impl Rule for StallHigh {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        if let Some(Event::BuffereventFree {} | Event::BuffereventFinalize { .. }) = at.begins()
            && let Some(id) = at.record.objects.bev
        {
            if let Some(finding) = self.judge(id, &at.so_far()) {
                found.tell_as(Severity::Warning, finding);
            }
            self.full.remove(&id);
        }
    }

    fn after(&mut self, at: &At<'_>, _: &mut Found<'_>) {
        match at.begins() {
            Some(Event::SuspendRead { reason, .. })
                if reason.contains(SuspendReasons::WATERMARK) =>
            {
                let Some((id, bev)) = at.bev() else { return };
                let Some(input) = at.state.buffer(id, Side::Input) else {
                    return;
                };
                let full = Full {
                    step: at.step,
                    turn: at.facts.turns(bev.base).count,
                    removed: input.removed,
                };
                self.full.entry(id).or_insert(full);
            }
            Some(Event::UnsuspendRead { now, .. }) if !now.contains(SuspendReasons::WATERMARK) => {
                if let Some(bev) = at.record.objects.bev {
                    self.full.remove(&bev);
                }
            }
            _ => {}
        }
    }

    fn end(&self, end: &End<'_>, found: &mut Found<'_>) {
        for id in self.full.keys() {
            if let Some(finding) = self.judge(*id, end) {
                found.tell(finding);
            }
        }
    }

    fn forget(&mut self, object: ObjectId) {
        if let ObjectId::Bev(bev) = object {
            self.full.remove(&bev);
        }
    }
}
