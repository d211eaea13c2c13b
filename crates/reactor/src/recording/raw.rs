//! A record as the traced thread leaves it: cheap to make, with everything that must be known at that
//! moment. What follows from it (text, function names, repeated fields) is added by the writer.

use std::panic::Location;

use evscope_trace::{Event, Objects, Phase, ThreadId};

use crate::callback::CallbackName;

/// A line of the library.
#[derive(Debug)]
pub(crate) struct Here {
    pub(crate) file: &'static str,
    pub(crate) line: u32,
}

impl Here {
    pub(crate) const fn new(file: &'static str, line: u32) -> Self {
        Self { file, line }
    }
}

/// Where the code of a record stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// In the library, at this line.
    Line(&'static Here),
    /// In the program: a callback, which the library runs at this line.
    Callback(CallbackName, &'static Here),
}

/// One step, raw.
#[derive(Debug)]
pub(crate) struct RawRecord {
    /// In ns since the recording began.
    pub(crate) t: u64,
    pub(crate) thread: ThreadId,
    pub(crate) phase: Phase,
    pub(crate) source: Source,
    pub(crate) caller: Option<&'static Location<'static>>,
    pub(crate) objects: Objects,
    /// `None` on an exit that says no more than its enter did.
    pub(crate) event: Option<Event>,
}

/// What was recorded since the last one.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) backend: &'static str,
    pub(crate) records: Vec<RawRecord>,
}

/// What goes to the writer.
#[derive(Debug)]
pub(crate) enum Message {
    Chunk(Chunk),
    /// The recording is over, though a base of it may still live.
    End,
}
