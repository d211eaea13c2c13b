//! Two threads use one bufferevent, and nothing keeps them apart.

use evscope_trace::{BevId, BevOptions, Event, ThreadId};
use evscope_words::text;

use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use super::after_free::{used, wants};
use crate::ObjectId;
use crate::quick::HashMap;

/// What a loop runs of a bufferevent.
const RUNS: fn(&Event) -> bool = kinds!(BuffereventReadcb | BuffereventWritecb | DeferredCb);

#[derive(Default)]
pub(in crate::check) struct ThreadsUnlocked {
    /// The thread whose loop runs a bufferevent's callbacks. Until it has run one, the bufferevent may be handed
    /// over.
    owners: HashMap<BevId, Option<ThreadId>>,
}

impl ThreadsUnlocked {
    pub(in crate::check) const LOOKS: Looks =
        Looks::AFTER.at(|event| RUNS(event) || wants(event).is_some());

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }
}

impl Rule for ThreadsUnlocked {
    fn after(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let thread = at.record.thread;
        if at.begins().is_some_and(RUNS) {
            if let Some((id, _)) = at.bev() {
                self.owners.entry(id).or_insert(Some(thread));
            }
            return;
        }
        if !matches!(used(at.record), Some(ObjectId::Bev(_))) {
            return;
        }
        let Some((id, bev)) = at.bev() else { return };
        if bev.options.contains(BevOptions::THREADSAFE) {
            return;
        }
        let Some(Some(owner)) = self.owners.get(&id).copied() else {
            return;
        };
        // Before the loop runs and when it is over, there is only one that can do anything.
        let running = bev
            .base
            .and_then(|base| at.state.bases.get(base))
            .is_some_and(|base| base.running);
        if owner != thread && running && at.facts.knows(bev.made_at) {
            self.owners.insert(id, None);
            found.tell(
                Finding::at(
                    at.step,
                    text!(
                        check_threads_unlocked,
                        object = ObjectId::Bev(id),
                        call = at.record.event.name(),
                        thread = thread.to_string(),
                        owner = owner.to_string()
                    ),
                    text!(check_threads_unlocked_advice),
                )
                .about(ObjectId::Bev(id))
                .by(at.record.caller.as_ref()),
            );
        }
    }

    fn forget(&mut self, object: ObjectId) {
        if let ObjectId::Bev(bev) = object {
            self.owners.remove(&bev);
        }
    }
}
