//! The checker of what a trace says of itself, for every trace that tests make: what a step says a buffer held before it
//! is what the steps before it left there, and what becomes active was assigned. It is for traces of the level of
//! everything that begin with the program; others leave steps out.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;

use evscope_trace::{BufId, Event, EventId, Phase, Record};

/// What is known after a step.
#[derive(Default)]
struct Known {
    /// How many bytes each buffer holds, and which step said so.
    lengths: HashMap<BufId, (u64, u64)>,
    /// The moves that are running: the step, from which buffer, and how many bytes. The giver may have them still, as it
    /// does in libevent where the receiver is told first.
    moves: Vec<(u64, BufId, u64)>,
}

impl Known {
    /// Of a call that ends nothing is running any more. What its giver holds is not known if somebody else said so
    /// meanwhile.
    fn end(&mut self, exit: &Record) {
        let Event::EvbufferMove { from, len, .. } = exit.event else {
            return;
        };
        let is_it = |(_, giver, moved): &(u64, BufId, u64)| (*giver, *moved) == (from, len);
        let Some(at) = self.moves.iter().rposition(is_it) else {
            return;
        };
        let (seq, ..) = self.moves.remove(at);
        if self
            .lengths
            .get(&from)
            .is_some_and(|(_, said)| *said != seq)
        {
            self.lengths.remove(&from);
        }
    }
}

/// Looks through the steps of a trace; the first that contradicts one before it is the error.
pub(crate) fn check(
    records: impl IntoIterator<Item: Deref<Target = Record>>,
) -> Result<(), String> {
    let mut known = Known::default();
    // None: some may have been lost.
    let mut assigned: Option<HashSet<EventId>> = Some(HashSet::new());
    for record in records {
        let record = &*record;
        // An exit repeats its enter.
        if record.phase == Phase::Exit {
            known.end(record);
            continue;
        }
        // After a loss nothing is known.
        if matches!(record.event, Event::Lost { .. }) {
            known = Known::default();
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
                known.lengths.insert(buf, (0, record.seq));
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
            known.lengths.insert(*from, (*from_after, record.seq));
            if record.phase == Phase::Enter {
                known.moves.push((record.seq, *from, *len));
            }
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
    known.lengths.insert(buf, (after, record.seq));
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
    let Some((len, seq)) = record.objects.buf.and_then(|buf| known.lengths.get(&buf)) else {
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
    let still = |len: u64| {
        let moves = known.moves.iter().filter(|(_, giver, _)| *giver == buf);
        moves
            .map(|(.., moved)| len + moved)
            .any(|len| len == before)
    };
    match known.lengths.get(&buf) {
        Some((len, seq)) if *len != before && !still(*len) => Err(format!(
            "before it buf{} holds {before}, but after step {seq} {len}",
            buf.0
        )),
        _ => Ok(()),
    }
}
