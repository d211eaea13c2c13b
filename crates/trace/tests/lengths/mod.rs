//! The checker of what a trace says of itself, for every trace that tests make: what a step says a buffer held before it
//! is what the steps before it left there, and what becomes active was assigned. It is for traces of the level of
//! everything that begin with the program; others leave steps out.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;

use evscope_trace::{BufId, Event, EventId, Phase, Record};

/// What is known of a buffer after a step: how many bytes it holds, and which step said so.
type Known = HashMap<BufId, (u64, u64)>;

/// Looks through the steps of a trace; the first that contradicts one before it is the error.
pub(crate) fn check(
    records: impl IntoIterator<Item: Deref<Target = Record>>,
) -> Result<(), String> {
    let mut known = Known::new();
    // None: some may have been lost.
    let mut assigned: Option<HashSet<EventId>> = Some(HashSet::new());
    for record in records {
        let record = &*record;
        // An exit repeats its enter.
        if record.phase == Phase::Exit {
            continue;
        }
        // After a loss nothing is known.
        if matches!(record.event, Event::Lost { .. }) {
            known.clear();
            assigned = None;
        }
        let checked = step(&mut known, record).and_then(|()| origin(assigned.as_mut(), record));
        if let Err(what) = checked {
            let (seq, name) = (record.seq, record.event.name());
            return Err(format!("step {seq}, {name} {}: {what}", object(record)));
        }
    }
    Ok(())
}

/// An event is assigned before it waits or is active, and then the base is known that it is for.
fn origin(assigned: Option<&mut HashSet<EventId>>, record: &Record) -> Result<(), String> {
    let (Some(assigned), Some(event)) = (assigned, record.objects.event) else {
        return Ok(());
    };
    match record.event {
        Event::EventAssign { .. } => {
            assigned.insert(event);
        }
        Event::EventAdd { .. } | Event::EventActive { .. } => {
            if !assigned.contains(&event) {
                return Err(format!("nobody assigned ev{}", event.0));
            }
            if record.objects.base.is_none() {
                return Err(format!("of which base is ev{}?", event.0));
            }
        }
        _ => {}
    }
    Ok(())
}

fn object(record: &Record) -> String {
    record
        .objects
        .buf
        .map_or_else(String::new, |buf| format!("buf{}", buf.0))
}

fn step(known: &mut Known, record: &Record) -> Result<(), String> {
    let (before, after, len) = match &record.event {
        Event::EvbufferNew {} => {
            if let Some(buf) = record.objects.buf {
                known.insert(buf, (0, record.seq));
            }
            return Ok(());
        }
        Event::EvbufferAdd {
            len, before, after, ..
        }
        | Event::EvbufferPrepend {
            len, before, after, ..
        } => (*before, *after, *len as i64),
        Event::EvbufferRemove {
            len, before, after, ..
        }
        | Event::EvbufferDrain { len, before, after } => (*before, *after, -(*len as i64)),
        Event::EvbufferRead {
            result,
            before,
            after,
            ..
        } => (*before, *after, (*result).max(0)),
        Event::EvbufferWrite {
            result,
            before,
            after,
            ..
        } => (*before, *after, -(*result).max(0)),
        Event::EvbufferMove {
            from,
            len,
            before,
            after,
            from_after,
        } => {
            is_known(known, *from, *from_after + *len)?;
            known.insert(*from, (*from_after, record.seq));
            (*before, *after, *len as i64)
        }
        Event::EvbufferPeek {
            offset,
            asked,
            bytes,
            ..
        } => return look(known, record, *offset, *asked, *bytes),
        _ => return Ok(()),
    };
    if before.checked_add_signed(len) != Some(after) {
        return Err(format!("{before} and {len} more is not {after}"));
    }
    let Some(buf) = record.objects.buf else {
        return Err("of which buffer?".to_owned());
    };
    is_known(known, buf, before)?;
    known.insert(buf, (after, record.seq));
    Ok(())
}

/// A look sees no more than there is, and no less than was asked for.
fn look(
    known: &Known,
    record: &Record,
    offset: u64,
    asked: Option<u64>,
    bytes: u64,
) -> Result<(), String> {
    let Some((len, seq)) = record.objects.buf.and_then(|buf| known.get(&buf)) else {
        return Ok(());
    };
    let rest = len.saturating_sub(offset);
    if bytes > rest || asked.is_some_and(|asked| bytes < asked.min(rest)) {
        return Err(format!(
            "{bytes} bytes are seen from {offset} on, and after step {seq} it holds {len}"
        ));
    }
    Ok(())
}

fn is_known(known: &Known, buf: BufId, before: u64) -> Result<(), String> {
    match known.get(&buf) {
        Some((len, seq)) if *len != before => Err(format!(
            "before it buf{} holds {before}, but after step {seq} {len}",
            buf.0
        )),
        _ => Ok(()),
    }
}
