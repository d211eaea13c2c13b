//! A connection that is over, and nobody frees it.

use evscope_trace::{BevEvents, BevId, Event, is_inner_callback};
use evscope_words::text;

use super::super::rule::{At, End, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;
use crate::quick::HashMap;

/// Whoever frees later than in the callback does it in one of so many turns.
const TURNS: u64 = 3;

#[derive(Default)]
pub(in crate::check) struct NotFreed {
    over: HashMap<BevId, Over>,
}

struct Over {
    step: usize,
    turn: u64,
    what: BevEvents,
    callback: String,
}

impl NotFreed {
    pub(in crate::check) const LOOKS: Looks = Looks::BOTH.at(kinds!(
        Eventcb
            | BuffereventSetfd
            | BuffereventSocketConnect
            | BuffereventFree
            | BuffereventFinalize
    ));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }

    fn judge(&self, id: BevId, end: &End<'_>) -> Option<Finding> {
        let over = self.over.get(&id)?;
        let bev = end.state.bevs.get(id)?;
        let turns = end.facts.turns(bev.base).count;
        // After the end of the file there may still be something to write.
        let writes = end
            .state
            .buffer(id, evscope_trace::Side::Output)
            .is_some_and(|output| output.len > 0);
        (end.facts.knows(bev.made_at)
            && !bev.is_freed()
            && !bev.connecting
            && bev
                .enabled
                .intersection(evscope_trace::EvFlags::READ)
                .is_empty()
            && !writes
            && turns >= over.turn + TURNS)
            .then(|| {
                Finding::at(
                    over.step,
                    text!(
                        check_not_freed,
                        object = ObjectId::Bev(id),
                        what = over.what.to_string(),
                        callback = &over.callback
                    ),
                    text!(check_not_freed_advice),
                )
                .about(ObjectId::Bev(id))
            })
    }
}

impl Rule for NotFreed {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        match at.begins() {
            Some(Event::BuffereventFree {}) if !at.cleans_up() => {
                if let Some(bev) = at.record.objects.bev {
                    self.over.remove(&bev);
                }
            }
            // It was left to the end, or to its base.
            Some(Event::BuffereventFinalize { .. } | Event::BuffereventFree {}) => {
                let Some(id) = at.record.objects.bev else {
                    return;
                };
                if let Some(finding) = self.judge(id, &at.so_far()) {
                    found.tell(finding);
                }
                self.over.remove(&id);
            }
            _ => {}
        }
    }

    fn after(&mut self, at: &At<'_>, _: &mut Found<'_>) {
        match at.begins() {
            Some(Event::Eventcb { what, callback, .. })
                if what.intersects(BevEvents::EOF | BevEvents::ERROR)
                    && !is_inner_callback(callback) =>
            {
                let Some((id, bev)) = at.bev() else { return };
                let over = Over {
                    step: at.step,
                    turn: at.facts.turns(bev.base).count,
                    what: *what,
                    callback: callback.to_string(),
                };
                self.over.entry(id).or_insert(over);
            }
            Some(Event::BuffereventSetfd {} | Event::BuffereventSocketConnect { .. }) => {
                if let Some(bev) = at.record.objects.bev {
                    self.over.remove(&bev);
                }
            }
            _ => {}
        }
    }

    fn end(&self, end: &End<'_>, found: &mut Found<'_>) {
        for id in self.over.keys() {
            if let Some(finding) = self.judge(*id, end) {
                found.tell(finding);
            }
        }
    }

    fn forget(&mut self, object: ObjectId) {
        if let ObjectId::Bev(bev) = object {
            self.over.remove(&bev);
        }
    }
}
