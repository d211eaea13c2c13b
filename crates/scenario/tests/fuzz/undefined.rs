//! Mistakes of libevent's that nobody should share, so that a difference after one says nothing.

use std::collections::BTreeSet;

use evscope_replay::Trace;
use evscope_trace::{ActiveWhy, BevId, Event, Phase};

/// Why a difference says nothing, if it does.
pub(crate) fn undefined(trace: &Trace) -> Option<&'static str> {
    let mut waiting: BTreeSet<BevId> = BTreeSet::new();
    for record in trace.records().filter(|record| record.phase != Phase::Exit) {
        // libevent never takes such a bufferevent apart. It comes to this where the last loop has failed.
        if matches!(record.event, Event::EventBaseFree {}) && !waiting.is_empty() {
            return Some("deferred callbacks that wait when their base is freed");
        }
        let Some(bev) = record.objects.bev else {
            continue;
        };
        match &record.event {
            Event::EventActive {
                why: ActiveWhy::Deferred,
                ..
            } => {
                waiting.insert(bev);
            }
            Event::DeferredCb { .. } => {
                waiting.remove(&bev);
            }
            // libevent writes the new priority into the callback where it waits. It is taken out of the queue of
            // that priority then, in which it is not, and what comes next goes to the end of the wrong one.
            Event::BuffereventPrioritySet { .. } if waiting.contains(&bev) => {
                return Some("another priority for deferred callbacks that wait");
            }
            _ => {}
        }
    }
    None
}
