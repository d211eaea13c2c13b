//! The peer has sent all it will, and the rest is too little for the read callback.

use evscope_trace::{BevEvents, BevId, Event, Side, is_inner_callback};
use evscope_words::text;

use super::super::rule::{At, End, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::quick::HashMap;
use crate::{ObjectId, State};

#[derive(Default)]
pub(in crate::check) struct UnreadAtEof {
    rest: HashMap<BevId, Rest>,
}

struct Rest {
    step: usize,
    bytes: u64,
    low: u64,
    removed: u64,
}

impl UnreadAtEof {
    pub(in crate::check) const LOOKS: Looks = Looks::BOTH.at(kinds!(
        EvbufferRead | Eventcb | BuffereventFree | BuffereventFinalize
    ));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }

    fn at_eof(&mut self, id: BevId, step: usize, state: &State) {
        let Some(bev) = state.bevs.get(id) else {
            return;
        };
        let Some(input) = state.buffer(id, Side::Input) else {
            return;
        };
        let told = bev
            .readcb
            .as_deref()
            .is_some_and(|name| !is_inner_callback(name));
        if told && input.len > 0 && input.len < bev.read_low {
            self.rest.entry(id).or_insert(Rest {
                step,
                bytes: input.len,
                low: bev.read_low,
                removed: input.removed,
            });
        }
    }

    fn judge(&self, id: BevId, end: &End<'_>) -> Option<Finding> {
        let rest = self.rest.get(&id)?;
        let bev = end.state.bevs.get(id)?;
        let input = end.state.buffer(id, Side::Input)?;
        (end.facts.knows(bev.made_at) && input.removed == rest.removed).then(|| {
            Finding::at(
                rest.step,
                text!(
                    check_unread_at_eof,
                    object = ObjectId::Bev(id),
                    bytes = rest.bytes,
                    low = rest.low
                ),
                text!(check_unread_at_eof_advice),
            )
            .about(ObjectId::Bev(id))
        })
    }
}

impl Rule for UnreadAtEof {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let Some(Event::BuffereventFree {} | Event::BuffereventFinalize { .. }) = at.begins()
        else {
            return;
        };
        let Some(id) = at.record.objects.bev else {
            return;
        };
        if let Some(finding) = self.judge(id, &at.so_far()) {
            found.tell(finding);
        }
        self.rest.remove(&id);
    }

    fn after(&mut self, at: &At<'_>, _: &mut Found<'_>) {
        match at.begins() {
            Some(Event::EvbufferRead { result: 0, .. }) => {
                if let Some((bev, Side::Input, _)) = at.owner() {
                    self.at_eof(bev, at.step, at.state);
                }
            }
            Some(Event::Eventcb { what, .. })
                if what.contains(BevEvents::EOF | BevEvents::READING) =>
            {
                if let Some(bev) = at.record.objects.bev {
                    self.at_eof(bev, at.step, at.state);
                }
            }
            _ => {}
        }
    }

    fn end(&self, end: &End<'_>, found: &mut Found<'_>) {
        for id in self.rest.keys() {
            if let Some(finding) = self.judge(*id, end) {
                found.tell(finding);
            }
        }
    }

    fn forget(&mut self, object: ObjectId) {
        if let ObjectId::Bev(bev) = object {
            self.rest.remove(&bev);
        }
    }
}
