//! A connect failed, and nobody is told.

use evscope_trace::{BevId, ConnectProgress, Event, Phase, SourceLine};
use evscope_words::text;

use super::super::rule::{At, End, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;
use crate::quick::HashMap;

#[derive(Default)]
pub(in crate::check) struct ConnectUnheard {
    asked: HashMap<BevId, Option<SourceLine>>,
    /// What failed in this turn: until the loop waits, the program may still set a callback or free it.
    failed: HashMap<BevId, (usize, String)>,
}

impl ConnectUnheard {
    pub(in crate::check) const LOOKS: Looks = Looks::AFTER.and_exits().at(kinds!(
        BuffereventSocketConnect | Connect | Poll | EventBaseLoop
    ));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }

    fn judge(&self, id: BevId, end: &End<'_>) -> Option<Finding> {
        let (step, errno) = self.failed.get(&id)?;
        let bev = end.state.bevs.get(id)?;
        (end.facts.knows(bev.made_at) && bev.eventcb.is_none() && !bev.is_freed()).then(|| {
            Finding::at(
                *step,
                text!(
                    check_connect_unheard,
                    object = ObjectId::Bev(id),
                    errno = errno
                ),
                text!(check_connect_unheard_advice),
            )
            .about(ObjectId::Bev(id))
            .by(self.asked.get(&id).and_then(Option::as_ref))
        })
    }
}

impl Rule for ConnectUnheard {
    fn after(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        match at.begins() {
            Some(Event::BuffereventSocketConnect { .. }) => {
                if let Some(bev) = at.record.objects.bev {
                    self.asked.insert(bev, at.record.caller.clone());
                }
            }
            Some(Event::Connect {
                progress: ConnectProgress::Failed,
                errno,
            }) => {
                if let Some(bev) = at.record.objects.bev {
                    let errno = errno.as_deref().unwrap_or("an error");
                    self.failed.insert(bev, (at.step, errno.to_owned()));
                }
            }
            _ if !self.failed.is_empty() && turns(at) => {
                self.end(&at.so_far(), found);
                self.failed.clear();
            }
            _ => {}
        }
    }

    fn end(&self, end: &End<'_>, found: &mut Found<'_>) {
        for id in self.failed.keys() {
            if let Some(finding) = self.judge(*id, end) {
                found.tell(finding);
            }
        }
    }

    fn forget(&mut self, object: ObjectId) {
        if let ObjectId::Bev(bev) = object {
            self.asked.remove(&bev);
        }
    }
}

/// Whether the loop has come round: it waits again, or ends.
fn turns(at: &At<'_>) -> bool {
    matches!(
        (&at.record.event, at.record.phase),
        (Event::Poll { .. }, Phase::Enter | Phase::Point)
            | (Event::EventBaseLoop { .. }, Phase::Exit)
    )
}
