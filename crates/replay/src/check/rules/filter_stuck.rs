//! Bytes below a filter that had no room for them; now it has, and nobody asks again.

use evscope_trace::{BevId, EvFlags, Event, Phase, Side};
use evscope_words::text;

use super::super::rule::{At, End, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::quick::HashMap;
use crate::{BevKind, ObjectId, State};

#[derive(Default)]
pub(in crate::check) struct FilterStuck {
    /// The filters that were full when they were offered bytes last.
    full: HashMap<BevId, Stuck>,
    /// Those of them that have room since a step and a turn.
    roomy: HashMap<BevId, (usize, u64)>,
}

struct Stuck {
    /// How many bytes had been taken from below until then.
    taken: u64,
}

impl FilterStuck {
    pub(in crate::check) const LOOKS: Looks = Looks::AFTER.and_exits().at(kinds!(
        Readcb | Poll | EvbufferRemove | EvbufferDrain | EvbufferMove | BuffereventSetwatermark
    ));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }

    fn judge(&self, id: BevId, end: &End<'_>) -> Option<Finding> {
        let stuck = self.full.get(&id)?;
        let (step, turn) = *self.roomy.get(&id)?;
        let bev = end.state.bevs.get(id)?;
        let below = end.state.buffer(bev.underlying?, Side::Input)?;
        let turns = end.facts.turns(bev.base).count;
        let stands = below.len > 0
            && below.removed == stuck.taken
            && has_room(end.state, id)
            && bev.enabled.contains(EvFlags::READ)
            && bev.suspended_read.is_empty()
            && turns >= turn + 2;
        (stands && end.facts.knows(bev.made_at)).then(|| {
            Finding::at(
                step,
                text!(
                    check_filter_stuck,
                    object = ObjectId::Bev(id),
                    bytes = below.len,
                    below = bev.underlying.map_or_else(String::new, |id| id.to_string())
                ),
                text!(check_filter_stuck_advice),
            )
            .about(ObjectId::Bev(id))
        })
    }
}

fn has_room(state: &State, id: BevId) -> bool {
    let (Some(bev), Some(input)) = (state.bevs.get(id), state.buffer(id, Side::Input)) else {
        return false;
    };
    bev.read_high == 0 || input.len < bev.read_high
}

impl Rule for FilterStuck {
    fn after(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        match (&at.record.event, at.record.phase) {
            // The filter was offered what is below: it took what it could.
            (Event::Readcb { callback }, Phase::Exit) if callback == "be_filter_readcb" => {
                let Some(filter) = at.record.objects.bev.and_then(|bev| at.facts.above(bev)) else {
                    return;
                };
                self.roomy.remove(&filter);
                let below = at
                    .record
                    .objects
                    .bev
                    .and_then(|bev| at.state.buffer(bev, Side::Input));
                match below {
                    Some(below) if below.len > 0 && !has_room(at.state, filter) => {
                        let taken = below.removed;
                        self.full.insert(filter, Stuck { taken });
                    }
                    _ => {
                        self.full.remove(&filter);
                    }
                }
            }
            (Event::Poll { .. }, Phase::Enter) if !self.roomy.is_empty() => {
                let stuck: Vec<BevId> = self.roomy.keys().copied().collect();
                for id in stuck {
                    if let Some(finding) = self.judge(id, &at.so_far()) {
                        found.tell(finding);
                        self.roomy.remove(&id);
                        self.full.remove(&id);
                    }
                }
            }
            (
                Event::EvbufferRemove { .. }
                | Event::EvbufferDrain { .. }
                | Event::EvbufferMove { .. }
                | Event::BuffereventSetwatermark { .. },
                Phase::Enter | Phase::Point,
            ) if !self.full.is_empty() => {
                let moved_from = match at.record.event {
                    Event::EvbufferMove { from, .. } => {
                        at.state.bufs.get(from).and_then(|buf| buf.bev)
                    }
                    _ => None,
                };
                let id = moved_from
                    .or(at.record.objects.bev)
                    .or_else(|| at.owner().map(|(bev, ..)| bev));
                let Some(id) = id.filter(|id| self.full.contains_key(id)) else {
                    return;
                };
                let Some(bev) = at.state.bevs.get(id) else {
                    return;
                };
                if bev.kind == Some(BevKind::Filter) && has_room(at.state, id) {
                    let turn = at.facts.turns(bev.base).count;
                    self.roomy.entry(id).or_insert((at.step, turn));
                }
            }
            _ => {}
        }
    }

    fn end(&self, end: &End<'_>, found: &mut Found<'_>) {
        for id in self.roomy.keys() {
            if let Some(finding) = self.judge(*id, end) {
                found.tell(finding);
            }
        }
    }

    fn forget(&mut self, object: ObjectId) {
        if let ObjectId::Bev(bev) = object {
            self.full.remove(&bev);
            self.roomy.remove(&bev);
        }
    }
}
