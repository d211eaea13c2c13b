//! Mistakes of libevent's that nobody should share. Each is known by its exact form in a trace, and excuses what differs
//! there or behind, not before.

use std::collections::BTreeSet;

use evscope_replay::{RecordRef, Sides, Trace};
use evscope_trace::{ActiveWhy, BevId, EvFlags, Event, Phase};

use crate::common;

/// The mistake that a difference at these steps comes from, if it does.
pub(crate) fn mistake(ours: &Trace, theirs: &Trace, at: Sides<usize>) -> Option<&'static str> {
    let in_ours = [
        waiting(ours),
        freed_and_added(ours),
        timer_taken_at(ours, at.a),
    ];
    let in_theirs = [
        counts_below_zero(theirs),
        file_at(theirs, at.b),
        share_of_nothing_at(theirs, at.b),
        too_full_at(ours, theirs, at),
    ];
    let before = |step: usize| {
        move |found: &Option<(usize, &'static str)>| found.filter(|(place, _)| *place <= step)
    };
    let ours = in_ours.iter().find_map(before(at.a));
    let found = ours.or_else(|| in_theirs.iter().find_map(before(at.b)));
    found.map(|(_, why)| why)
}

/// The mistake for which libevent crashes, if it does; `said` are its last words.
pub(crate) fn crash(ours: &Trace, said: &str) -> Option<&'static str> {
    let freed = || freed_and_added(ours).map(|(_, why)| why);
    read_of_nothing(ours, said).or_else(freed)
}

/// To read no bytes into a buffer that has no room left, libevent makes none, and looks for it. Here none are read, or it is the
/// byte that a member of a group always has.
fn read_of_nothing(ours: &Trace, said: &str) -> Option<&'static str> {
    let mut reads = begun(ours).filter_map(|(_, record)| match record.event {
        Event::EvbufferRead { asked, .. } => Some(asked),
        _ => None,
    });
    let it = said.contains("Assertion chain failed in evbuffer_read_setup_vecs_")
        && reads.any(|asked| matches!(asked, Some(0 | 1)));
    it.then_some("no bytes are read into a buffer without room")
}

/// A member of a group with more members than bytes may read or write nothing, and is not suspended: libevent tries it, and
/// takes the answer for the end or an error.
fn share_of_nothing_at(trace: &Trace, step: usize) -> Option<(usize, &'static str)> {
    // A write that failed without an errno is not compared itself: what differs is the step behind its exit.
    let first = step.saturating_sub(2);
    let mut steps = trace.records().skip(first).take(step - first + 1);
    let nothing = steps.any(|record| {
        record.objects.bev.is_some()
            && matches!(
                record.event,
                Event::EvbufferRead { asked: Some(0), .. } | Event::EvbufferWrite { asked: 0, .. }
            )
    });
    nothing.then_some((step, "a member of a group may read or write nothing"))
}

/// A bucket can be given more than its burst, by taking less than nothing from it. When it is filled, libevent takes the
/// room that it has for a great number, and fills on; it is that filling that differs.
fn too_full_at(ours: &Trace, theirs: &Trace, at: Sides<usize>) -> Option<(usize, &'static str)> {
    let change = |trace: &Trace, step: usize| match trace.get(step)?.event {
        Event::Ratelimit { change, .. } => Some(change),
        _ => None,
    };
    let (here, there) = (change(ours, at.a)?, change(theirs, at.b)?);
    (here < 0 && there > 0).then_some((at.b, "a bucket that holds more than its burst is filled"))
}

fn begun(trace: &Trace) -> impl Iterator<Item = (usize, RecordRef<'_>)> {
    let steps = trace.records().enumerate();
    steps.filter(|(_, record)| record.phase != Phase::Exit)
}

/// libevent keeps an event's timeout where the calls of a signal are counted. Taken away while the signal's callback waits
/// (`event_remove_timer`, of which there is no step), it takes the calls with it; here the callback runs.
fn timer_taken_at(trace: &Trace, step: usize) -> Option<(usize, &'static str)> {
    let record = trace.get(step)?;
    let of_signal =
        matches!(record.event, Event::EventCallback { what, .. } if what.contains(EvFlags::SIGNAL));
    let had_timeout = |(_, earlier): (usize, RecordRef<'_>)| {
        let added = matches!(earlier.event, Event::EventAdd { timeout: Some(_) });
        added && earlier.objects.event == record.objects.event
    };
    let it = of_signal
        && begun(trace)
            .take_while(|(at, _)| *at < step)
            .any(had_timeout);
    it.then_some((step, "the timeout of a signal that waits is taken away"))
}

/// What happens to deferred callbacks that wait.
fn waiting(trace: &Trace) -> Option<(usize, &'static str)> {
    let mut waiting: BTreeSet<BevId> = BTreeSet::new();
    for (step, record) in begun(trace) {
        // libevent never takes such a bufferevent apart. It comes to this where the last loop has failed.
        if matches!(record.event, Event::EventBaseFree {}) && !waiting.is_empty() {
            return Some((step, "deferred callbacks wait when their base is freed"));
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
                return Some((step, "deferred callbacks that wait get another priority"));
            }
            _ => {}
        }
    }
    None
}

/// A bufferevent that was freed goes on when its rate limit lets it, until it is taken apart. libevent takes it apart
/// with its events added, and the loop uses them when they are gone.
fn freed_and_added(trace: &Trace) -> Option<(usize, &'static str)> {
    let mut freed: BTreeSet<BevId> = BTreeSet::new();
    for (step, record) in trace.records().enumerate() {
        let Some(bev) = record.objects.bev else {
            continue;
        };
        match (&record.event, record.phase) {
            (Event::BuffereventFree {}, Phase::Exit) => {
                freed.insert(bev);
            }
            (Event::BuffereventFinalize { .. }, _) => {
                freed.remove(&bev);
            }
            (Event::EventAdd { .. }, Phase::Enter) if freed.contains(&bev) => {
                return Some((step, "an event of a freed bufferevent is added"));
            }
            _ => {}
        }
    }
    None
}

/// With filters on top of each other, bytes can be moved on from within the move that brings them. libevent then
/// moves as many again as it meant to, and counts below zero: from that move on nothing is right.
fn counts_below_zero(trace: &Trace) -> Option<(usize, &'static str)> {
    let (step, record) = begun(trace).find(|(_, record)| common::counts_below_zero(record))?;
    let moves_from_it = |step: &usize| {
        trace.get(*step).is_some_and(|around| {
            let of = matches!(around.event, Event::EvbufferMove { from, .. } if Some(from) == record.objects.buf);
            of && around.phase == Phase::Enter && around.depth < record.depth
        })
    };
    let began = (0..step).rev().find(moves_from_it).unwrap_or(step);
    Some((began, "a count of bytes is below zero"))
}

/// To send a part of a file libevent does not keep to what a write is to send, and takes a full socket for one that took
/// nothing: it is the write itself that differs.
fn file_at(trace: &Trace, step: usize) -> Option<(usize, &'static str)> {
    let record = trace.records().nth(step)?;
    match record.event {
        Event::EvbufferWrite { asked, result, .. } if result > asked as i64 => {
            Some((step, "more of a file is sent than was asked"))
        }
        Event::EvbufferWrite {
            asked: 1..,
            result: 0,
            ..
        } => Some((step, "a full socket has taken nothing of a file")),
        _ => None,
    }
}
