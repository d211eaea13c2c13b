//! Reading was stopped until the output has gone; it has gone, and nobody began to read again.

use evscope_trace::{BevId, EvFlags, Event, Side, SourceLine};
use evscope_words::text;

use super::super::rule::{At, End, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;
use crate::quick::HashMap;

#[derive(Default)]
pub(in crate::check) struct ReadLeftOff {
    off: HashMap<BevId, (usize, Option<SourceLine>)>,
    /// When the output of a bufferevent was empty again.
    drained: HashMap<BevId, usize>,
    /// When the program was told so.
    told: HashMap<BevId, usize>,
}

impl ReadLeftOff {
    pub(in crate::check) const LOOKS: Looks = Looks::BOTH.at(kinds!(
        BuffereventDisable
            | BuffereventEnable
            | EvbufferWrite
            | Writecb
            | BuffereventFree
            | BuffereventFinalize
    ));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }

    fn judge(&self, id: BevId, end: &End<'_>) -> Option<Finding> {
        let (step, place) = self.off.get(&id)?;
        let bev = end.state.bevs.get(id)?;
        let waited_for = end.facts.flow(id).unwrap_or(id);
        let output = end.state.buffer(waited_for, Side::Output)?;
        let drained = *self.drained.get(&waited_for)?;
        // Another's output is waited for by one who asked to be told.
        let told = waited_for == id || self.told.get(&waited_for).is_some_and(|told| told > step);
        let stays = !bev.enabled.contains(EvFlags::READ)
            && !bev.is_freed()
            && output.len == 0
            && drained > *step
            && told
            && end.facts.slept_since(bev.base, drained);
        (stays && end.facts.knows(bev.made_at) && !end.facts.is_over(end.state, id)).then(|| {
            Finding::at(
                *step,
                text!(
                    check_read_left_off,
                    object = ObjectId::Bev(id),
                    output = waited_for.to_string()
                ),
                text!(check_read_left_off_advice),
            )
            .about(ObjectId::Bev(id))
            .by(place.as_ref())
        })
    }
}

impl Rule for ReadLeftOff {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let Some(id) = at.record.objects.bev else {
            return;
        };
        match at.begins() {
            Some(Event::BuffereventFree {}) if !at.cleans_up() => {
                self.off.remove(&id);
            }
            // It was left to the end, or to its base.
            Some(Event::BuffereventFree {} | Event::BuffereventFinalize { .. }) => {
                if let Some(finding) = self.judge(id, &at.so_far()) {
                    found.tell(finding);
                }
                self.off.remove(&id);
            }
            _ => {}
        }
    }

    fn after(&mut self, at: &At<'_>, _: &mut Found<'_>) {
        let bev = at.record.objects.bev;
        match at.begins() {
            Some(Event::BuffereventDisable { events }) if events.contains(EvFlags::READ) => {
                let in_callback = at.facts.in_callback(at.record.thread).is_some();
                if let (Some(bev), true) = (bev, in_callback) {
                    self.off.insert(bev, (at.step, at.record.caller.clone()));
                }
            }
            Some(Event::BuffereventEnable { events }) if events.contains(EvFlags::READ) => {
                if let Some(bev) = bev {
                    self.off.remove(&bev);
                }
            }
            Some(Event::EvbufferWrite { after: 0, .. }) if !self.off.is_empty() => {
                if let Some((bev, Side::Output, _)) = at.owner() {
                    self.drained.insert(bev, at.step);
                }
            }
            Some(Event::Writecb { .. }) if !self.off.is_empty() => {
                if let Some(bev) = bev {
                    self.told.insert(bev, at.step);
                }
            }
            _ => {}
        }
    }

    fn end(&self, end: &End<'_>, found: &mut Found<'_>) {
        for id in self.off.keys() {
            if let Some(finding) = self.judge(*id, end) {
                found.tell(finding);
            }
        }
    }

    fn forget(&mut self, object: ObjectId) {
        if let ObjectId::Bev(bev) = object {
            self.off.remove(&bev);
            self.drained.remove(&bev);
            self.told.remove(&bev);
        }
    }
}
