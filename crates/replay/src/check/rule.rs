//! What a rule is given and what it gives.

use evscope_trace::{BevId, Event, Phase, Record, Side};

use super::facts::Facts;
use super::table::RuleInfo;
use super::{Finding, Severity};
use crate::{BevState, BufState, ObjectId, State};

/// A step as a rule sees it.
pub(super) struct At<'a> {
    /// Which step.
    pub(super) step: usize,
    /// Its record.
    pub(super) record: &'a Record,
    /// The state before the step, or after it.
    pub(super) state: &'a State,
    /// What else is known: the calls around, the turns, the losses.
    pub(super) facts: &'a Facts,
}

impl<'a> At<'a> {
    /// What begins or happens in this step; nothing at the end of a call.
    pub(super) fn begins(&self) -> Option<&'a Event> {
        (self.record.phase != Phase::Exit).then_some(&self.record.event)
    }

    /// The bufferevent that the step names, as far as it is known.
    pub(super) fn bev(&self) -> Option<(BevId, &'a BevState)> {
        let id = self.record.objects.bev?;
        Some((id, self.state.bevs.get(id)?))
    }

    /// The bufferevent one of whose buffers the step names, and which of the two.
    pub(super) fn owner(&self) -> Option<(BevId, Side, &'a BufState)> {
        let buf = self.state.bufs.get(self.record.objects.buf?)?;
        Some((buf.bev?, buf.side?, buf))
    }

    /// Whether the program frees a bufferevent in this step when no loop runs any more: it cleans up at its end, and
    /// what was wrong until then stays so.
    pub(super) fn cleans_up(&self) -> bool {
        matches!(self.begins(), Some(Event::BuffereventFree {}))
            && !self.facts.in_loop(self.record.thread)
    }

    /// As if the trace ended here.
    pub(super) fn so_far(&self) -> End<'a> {
        End {
            state: self.state,
            facts: self.facts,
        }
    }
}

/// The end of what there is of a trace, or of what there is so far.
pub(super) struct End<'a> {
    pub(super) state: &'a State,
    pub(super) facts: &'a Facts,
}

/// At which steps a rule looks: who has nothing to say at most of them is not asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looks {
    pub(super) before: bool,
    pub(super) after: bool,
    /// Also where a call ends.
    pub(super) exits: bool,
    /// Whether it looks at events of this kind. It is asked once for each kind, so nothing else of the event counts.
    pub(super) at: fn(&Event) -> bool,
}

impl Looks {
    pub(super) const BEFORE: Self = Self::new(true, false);
    pub(super) const AFTER: Self = Self::new(false, true);
    pub(super) const BOTH: Self = Self::new(true, true);

    const fn new(before: bool, after: bool) -> Self {
        Self {
            before,
            after,
            exits: false,
            at: |_| true,
        }
    }

    pub(super) const fn and_exits(self) -> Self {
        Self {
            exits: true,
            ..self
        }
    }

    /// Only at steps of some kinds: it does nothing at any other.
    pub(super) const fn at(self, at: fn(&Event) -> bool) -> Self {
        Self { at, ..self }
    }
}

/// Whether an event is of one of these kinds.
macro_rules! kinds {
    ($($kind:ident)|*) => {
        |event: &evscope_trace::Event| matches!(event, $(evscope_trace::Event::$kind { .. })|*)
    };
}
pub(super) use kinds;

/// A rule. It keeps what it needs of living objects only. When it looks is said by its `LOOKS`.
pub(super) trait Rule: Send {
    /// The step is about to happen: the state is that before it.
    fn before(&mut self, _at: &At<'_>, _found: &mut Found<'_>) {}

    /// The step has happened.
    fn after(&mut self, _at: &At<'_>, _found: &mut Found<'_>) {}

    /// Nothing more is known. It may be asked more than once, of a trace that grows.
    fn end(&self, _end: &End<'_>, _found: &mut Found<'_>) {}

    /// An object is forgotten: no step will be about it any more.
    fn forget(&mut self, _object: ObjectId) {}
}

/// Where a rule puts its findings.
pub(super) struct Found<'a> {
    pub(super) rule: &'static str,
    pub(super) severity: Severity,
    pub(super) list: &'a mut Vec<Finding>,
}

impl<'a> Found<'a> {
    /// Of a rule.
    pub(super) fn of(info: &RuleInfo, list: &'a mut Vec<Finding>) -> Self {
        Self {
            rule: info.name,
            severity: info.severity,
            list,
        }
    }

    /// A finding of the rule's own severity.
    pub(super) fn tell(&mut self, finding: Finding) {
        self.tell_as(self.severity, finding);
    }

    /// One that is graver, or less grave.
    pub(super) fn tell_as(&mut self, severity: Severity, finding: Finding) {
        self.list.push(Finding {
            rule: self.rule,
            severity,
            ..finding
        });
    }
}
