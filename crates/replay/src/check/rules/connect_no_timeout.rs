//! A connect that hangs, and nothing ends it.

use evscope_trace::{BevEvents, BevId, ConnectProgress, Event, SourceLine};
use evscope_words::text;

use super::super::rule::{At, End, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;
use crate::quick::HashMap;

#[derive(Default)]
pub(in crate::check) struct ConnectNoTimeout {
    asked: HashMap<BevId, Option<SourceLine>>,
    started: HashMap<BevId, usize>,
}

impl ConnectNoTimeout {
    pub(in crate::check) const LOOKS: Looks = Looks::BOTH.at(kinds!(
        BuffereventSocketConnect | Connect | Eventcb | BuffereventFree | BuffereventFinalize
    ));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }

    fn judge(&self, id: BevId, end: &End<'_>) -> Option<Finding> {
        let step = *self.started.get(&id)?;
        let bev = end.state.bevs.get(id)?;
        (end.facts.knows(bev.made_at)
            && bev.connecting
            && bev.write_timeout.is_none()
            && end.facts.slept_since(bev.base, step))
        .then(|| {
            Finding::at(
                step,
                text!(check_connect_no_timeout, object = ObjectId::Bev(id)),
                text!(check_connect_no_timeout_advice),
            )
            .about(ObjectId::Bev(id))
            .by(self.asked.get(&id).and_then(Option::as_ref))
        })
    }
}

impl Rule for ConnectNoTimeout {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let Some(id) = at.record.objects.bev else {
            return;
        };
        if let Some(Event::BuffereventFree {} | Event::BuffereventFinalize { .. }) = at.begins() {
            if let Some(finding) = self.judge(id, &at.so_far()) {
                found.tell(finding);
            }
            self.started.remove(&id);
        }
    }

    fn after(&mut self, at: &At<'_>, _: &mut Found<'_>) {
        let Some(id) = at.record.objects.bev else {
            return;
        };
        match at.begins() {
            Some(Event::BuffereventSocketConnect { .. }) => {
                self.asked.insert(id, at.record.caller.clone());
            }
            Some(Event::Connect { progress, .. }) => {
                if *progress == ConnectProgress::Started {
                    self.started.insert(id, at.step);
                } else {
                    self.started.remove(&id);
                }
            }
            // One of TLS is told with its handshake, in one.
            Some(Event::Eventcb { what, .. })
                if what.intersects(BevEvents::CONNECTED | BevEvents::ERROR) =>
            {
                self.started.remove(&id);
            }
            _ => {}
        }
    }

    fn end(&self, end: &End<'_>, found: &mut Found<'_>) {
        for id in self.started.keys() {
            if let Some(finding) = self.judge(*id, end) {
                found.tell(finding);
            }
        }
    }

    fn forget(&mut self, object: ObjectId) {
        if let ObjectId::Bev(bev) = object {
            self.asked.remove(&bev);
            self.started.remove(&bev);
        }
    }
}
