//! A loop is told to break before it runs, and forgets it.

use evscope_trace::{BaseId, Event, Phase, SourceLine};
use evscope_words::text;

use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;
use crate::quick::HashMap;

#[derive(Default)]
pub(in crate::check) struct BreakBeforeLoop {
    told: HashMap<BaseId, (usize, Option<SourceLine>)>,
}

impl BreakBeforeLoop {
    pub(in crate::check) const LOOKS: Looks = Looks::BEFORE
        .and_exits()
        .at(kinds!(EventBaseLoopbreak | EventBaseLoop));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }
}

impl Rule for BreakBeforeLoop {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let Some(id) = at.record.objects.base else {
            return;
        };
        match (at.record.phase, &at.record.event) {
            (Phase::Point | Phase::Enter, Event::EventBaseLoopbreak {}) => {
                let base = at.state.bases.get(id);
                if base.is_some_and(|base| !base.running && at.facts.knows(base.made_at)) {
                    self.told.insert(id, (at.step, at.record.caller.clone()));
                }
            }
            (Phase::Enter, Event::EventBaseLoop { .. }) => {
                if let Some((step, place)) = self.told.remove(&id) {
                    found.tell(
                        Finding::at(
                            step,
                            text!(check_break_before_loop, object = ObjectId::Base(id)),
                            text!(check_break_before_loop_advice),
                        )
                        .about(ObjectId::Base(id))
                        .by(place.as_ref()),
                    );
                }
            }
            _ => {}
        }
    }
}
