//! Mistakes of libevent's that nobody should share, so that a difference after one says nothing.

use std::collections::BTreeSet;

use evscope_replay::Trace;
use evscope_trace::{ActiveWhy, BevId, Event, Phase, Record};

/// The mistake that a scenario runs into on libevent, if it does.
pub(crate) fn mistake(ours: &Trace, theirs: &Trace) -> Option<&'static str> {
    in_waiting_callbacks(ours).or_else(|| in_counters(theirs))
}

fn begun(trace: &Trace) -> impl Iterator<Item = &Record> {
    trace.records().filter(|record| record.phase != Phase::Exit)
}

/// What happens to deferred callbacks that wait.
fn in_waiting_callbacks(trace: &Trace) -> Option<&'static str> {
    let mut waiting: BTreeSet<BevId> = BTreeSet::new();
    for record in begun(trace) {
        // libevent never takes such a bufferevent apart. It comes to this where the last loop has failed.
        if matches!(record.event, Event::EventBaseFree {}) && !waiting.is_empty() {
            return Some("deferred callbacks wait when their base is freed");
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
                return Some("deferred callbacks that wait get another priority");
            }
            _ => {}
        }
    }
    None
}

/// With filters on top of each other, bytes can be moved on from within the move that brings them. libevent then
/// moves as many again as it meant to, and counts below zero.
fn in_counters(trace: &Trace) -> Option<&'static str> {
    let wrapped = |count: u64| count > u64::MAX / 2;
    let mut told = begun(trace).filter_map(|record| match record.event {
        Event::EvbufferCb { added, deleted, .. } => Some((added, deleted)),
        _ => None,
    });
    told.any(|(added, deleted)| wrapped(added) || wrapped(deleted))
        .then_some("a count of bytes is below zero")
}
