//! What somebody at a step is likely to look for: steps like it, and a value to watch.

use evscope_trace::{Event, EventId, Side};

use crate::{State, Trace};

/// So many steps after a wait are looked at for what it waited for.
const AFTER_A_WAIT: usize = 64;

/// A query that matches a step and those like it.
pub fn query(trace: &Trace, step: usize) -> String {
    let Some(record) = trace.get(step) else {
        return String::new();
    };
    let mut query = format!("ev={}", record.event.name());
    let objects = &record.objects;
    if let Some(bev) = objects.bev {
        query.push_str(&format!(" && bev={}", bev.0));
    } else if let Some(event) = objects.event {
        query.push_str(&format!(" && event={}", event.0));
    }
    query
}

/// A value worth watching, of the state after a step, which changed these parts of it: at a watermark that buffer's length, at a
/// wait what it waits for, and else one that is changed, a buffer's length before others.
pub fn value<'a>(
    trace: &Trace,
    step: usize,
    state: &State,
    changed: impl Iterator<Item = &'a str>,
) -> String {
    let about = trace.get(step).and_then(|record| match record.event {
        Event::Watermark { side, .. } => {
            let buffer = match side {
                Side::Input => "input",
                Side::Output => "output",
            };
            Some(format!("{}.{buffer}.len", record.objects.bev?))
        }
        Event::Poll { .. } => Some(format!("{}.active", waits_for(trace, step, state)?)),
        _ => None,
    });
    about.unwrap_or_else(|| changed_value(state, changed))
}

/// The event that ends a wait: the first that is active after it, or else one that is pending.
fn waits_for(trace: &Trace, step: usize, state: &State) -> Option<EventId> {
    let thread = trace.get(step)?.thread;
    let end = trace.end(trace.begin(step));
    // What was ready is told right after the wait, so that a few steps are enough.
    let after = end..trace.len().min(end + AFTER_A_WAIT);
    after
        .map(|step| trace.record(step))
        .filter(|record| record.thread == thread)
        .find(|record| matches!(record.event, Event::EventActive { .. }))
        .and_then(|record| record.objects.event)
        .or_else(|| {
            let mut events = state.events.iter();
            events.find(|(_, event)| event.pending).map(|(id, _)| id)
        })
}

fn changed_value<'a>(state: &State, changed: impl Iterator<Item = &'a str>) -> String {
    let mut paths: Vec<&str> = changed.collect();
    paths.sort_unstable();
    let first = paths
        .iter()
        .find(|path| path.ends_with(".len"))
        .or_else(|| paths.iter().find(|path| is_of_the_program(path)));
    match (first, state.bevs.keys().next()) {
        (Some(path), _) => (*path).to_owned(),
        (None, Some(bev)) => format!("{bev}.output.len"),
        (None, None) => "event1.pending".to_owned(),
    }
}

/// Whether a value is one of an object; where a thread or a loop is changes with every step.
fn is_of_the_program(path: &str) -> bool {
    let bookkeeping = ["thread", "base"];
    path.contains('.') && !bookkeeping.iter().any(|kind| path.starts_with(kind))
}
