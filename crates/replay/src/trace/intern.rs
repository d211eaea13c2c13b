//! The texts of a trace repeat: a million records name a few dozen files, functions and callbacks.
//! Each is kept once for the life of the process, and records borrow it. Most come from the reader that
//! way; what is left are texts it saw for the first time, and records that took its long way.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use evscope_trace::{Event, Record, SourceLine, Text};

/// Not more than this many texts are kept for ever; further ones stay the record's own. No honest
/// trace comes near it: it bounds what a broken one can cost.
const MOST: usize = 1 << 16;

/// Lets the names in `record` borrow.
pub(super) fn texts(record: &mut Record) {
    let known = &mut Known::default();
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

/// All texts that are kept, locked once there is a text to look for.
#[derive(Default)]
struct Known {
    locked: Option<MutexGuard<'static, Option<HashSet<&'static str>>>>,
}

impl Known {
    fn texts(&mut self) -> &mut HashSet<&'static str> {
        self.locked
            .get_or_insert_with(|| KNOWN.lock().unwrap_or_else(PoisonError::into_inner))
            .get_or_insert_with(HashSet::new)
    }
}

fn source_line(known: &mut Known, line: &mut SourceLine) {
    intern(known, &mut line.file);
    if let Some(function) = &mut line.function {
        intern(known, function);
    }
}

fn intern(known: &mut Known, text: &mut Text) {
    let Text::Owned(owned) = text else { return };
    let known = known.texts();
    if let Some(&kept) = known.get(owned.as_str()) {
        *text = Text::Borrowed(kept);
    } else if known.len() < MOST {
        let kept: &'static str = Box::leak(std::mem::take(owned).into_boxed_str());
        known.insert(kept);
        *text = Text::Borrowed(kept);
    }
}
