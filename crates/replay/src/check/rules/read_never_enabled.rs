//! A read callback that is never called, because nobody enabled reading.

use evscope_trace::{BevId, EvFlags, Event, Side, SourceLine};
use evscope_words::text;

use super::super::rule::{At, End, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;
use crate::quick::HashMap;

#[derive(Default)]
pub(in crate::check) struct ReadNeverEnabled {
    bevs: HashMap<BevId, Reading>,
}

enum Reading {
    /// A read callback was set, and nothing else was done about reading.
    Waits {
        step: usize,
        callback: String,
        place: Option<SourceLine>,
    },
    /// It reads, has read, or others read for it.
    Fine,
}

impl ReadNeverEnabled {
    pub(in crate::check) const LOOKS: Looks = Looks::BOTH.at(kinds!(
        BuffereventSetcb
            | BuffereventEnable
            | BeSocketEnable
            | BuffereventRead
            | Readcb
            | BuffereventFree
            | BuffereventFinalize
    ));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }

    fn fine(&mut self, bev: Option<BevId>) {
        if let Some(bev) = bev {
            self.bevs.insert(bev, Reading::Fine);
        }
    }

    fn judge(&self, id: BevId, end: &End<'_>) -> Option<Finding> {
        let Reading::Waits {
            step,
            callback,
            place,
        } = self.bevs.get(&id)?
        else {
            return None;
        };
        let bev = end.state.bevs.get(id)?;
        let output = end.state.buffer(id, Side::Output)?;
        let at_work = output.len > 0 || bev.connecting;
        (end.facts.knows(bev.made_at)
            && !at_work
            && !end.facts.is_over(end.state, id)
            && end.facts.above(id).is_none()
            && end.facts.slept_since(bev.base, *step))
        .then(|| {
            Finding::at(
                *step,
                text!(
                    check_read_never_enabled,
                    object = ObjectId::Bev(id),
                    callback = callback
                ),
                text!(check_read_never_enabled_advice),
            )
            .about(ObjectId::Bev(id))
            .by(place.as_ref())
        })
    }
}

impl Rule for ReadNeverEnabled {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let bev = at.record.objects.bev;
        match at.begins() {
            Some(Event::BuffereventFree {}) => {
                let Some((id, state)) = at.bev() else { return };
                // One that has said what it had to say may go without having listened.
                let spoke = at
                    .state
                    .buffer(id, Side::Output)
                    .is_some_and(|output| output.removed > 0);
                if !state.is_freed()
                    && !spoke
                    && let Some(finding) = self.judge(id, &at.so_far())
                {
                    found.tell(finding);
                }
                self.fine(bev);
            }
            // Its base took it along.
            Some(Event::BuffereventFinalize { .. }) => {
                if let Some(id) = bev
                    && let Some(finding) = self.judge(id, &at.so_far())
                {
                    found.tell(finding);
                }
                self.fine(bev);
            }
            _ => {}
        }
    }

    fn after(&mut self, at: &At<'_>, _: &mut Found<'_>) {
        let bev = at.record.objects.bev;
        match at.begins() {
            Some(Event::BuffereventSetcb { readcb, .. }) => {
                let Some(id) = bev else { return };
                match (readcb, self.bevs.get(&id)) {
                    (_, Some(Reading::Fine)) => {}
                    (Some(callback), _) if !at.record.event.is_of_inner_callback() => {
                        self.bevs.insert(
                            id,
                            Reading::Waits {
                                step: at.step,
                                callback: callback.to_string(),
                                place: at.record.caller.clone(),
                            },
                        );
                    }
                    _ => {
                        self.bevs.remove(&id);
                    }
                }
            }
            Some(Event::BuffereventEnable { events } | Event::BeSocketEnable { events })
                if events.contains(EvFlags::READ) =>
            {
                self.fine(bev);
            }
            Some(Event::Readcb { .. } | Event::BuffereventRead { .. }) => self.fine(bev),
            _ => {}
        }
    }

    fn end(&self, end: &End<'_>, found: &mut Found<'_>) {
        for id in self.bevs.keys() {
            if let Some(finding) = self.judge(*id, end) {
                found.tell(finding);
            }
        }
    }

    fn forget(&mut self, object: ObjectId) {
        if let ObjectId::Bev(bev) = object {
            self.bevs.remove(&bev);
        }
    }
}
