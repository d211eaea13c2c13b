//! The texts of a trace repeat: a million records name a few dozen files, functions and callbacks.
//! Each is kept once for the life of the process, and records borrow it.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use evscope_trace::{Event, Record, SourceLine, Text};

/// Not more than this many texts are kept for ever; further ones stay the record's own. No honest
/// trace comes near it: it bounds what a broken one can cost.
const MOST: usize = 1 << 16;

/// Lets the names in `record` borrow.
pub(super) fn texts(record: &mut Record) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_with(HashSet::new);
    for line in [&mut record.src, &mut record.caller].into_iter().flatten() {
        source_line(known, line);
    }
    match &mut record.event {
        Event::EventAssign { callback, .. }
        | Event::EventCallback { callback, .. }
        | Event::ListenerCb { callback }
        | Event::ListenerErrorcb { callback }
        | Event::EvbufferCb { callback, .. }
        | Event::Readcb { callback }
        | Event::Writecb { callback }
        | Event::Eventcb { callback, .. } => intern(known, callback),
        Event::BuffereventSetcb {
            readcb,
            writecb,
            eventcb,
        } => {
            for callback in [readcb, writecb, eventcb].into_iter().flatten() {
                intern(known, callback);
            }
        }
        // The others name nothing, or nothing that repeats often enough to matter.
        _ => {}
    }
}

static KNOWN: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);

fn source_line(known: &mut HashSet<&'static str>, line: &mut SourceLine) {
    intern(known, &mut line.file);
    if let Some(function) = &mut line.function {
        intern(known, function);
    }
}

fn intern(known: &mut HashSet<&'static str>, text: &mut Text) {
    let Text::Owned(owned) = text else { return };
    if let Some(&kept) = known.get(owned.as_str()) {
        *text = Text::Borrowed(kept);
    } else if known.len() < MOST {
        let kept: &'static str = Box::leak(std::mem::take(owned).into_boxed_str());
        known.insert(kept);
        *text = Text::Borrowed(kept);
    }
}
