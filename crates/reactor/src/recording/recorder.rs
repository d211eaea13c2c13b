//! Switching a recording on.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use super::sources::Sources;
use super::tracer::{Records, Shared};
use super::writer::TraceWriter;
use super::{Ids, Tracer, process};
use crate::VirtualClock;

/// How many chunks may wait for the writer before the traced thread waits too.
pub(super) const WAITING_CHUNKS: usize = 64;

thread_local! {
    static CURRENT: RefCell<Option<Active>> = const { RefCell::new(None) };
}

/// Why a recording failed.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The trace could not be written.
    #[error("cannot write the trace: {0}")]
    Write(#[from] io::Error),
    /// The writer panicked.
    #[error("the thread that writes the trace panicked")]
    Panicked,
}

/// What was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// How many records.
    pub records: u64,
}

/// Records what bases do.
///
/// This is for a program that records a part of itself. A whole program is recorded from outside: with
/// `EVSCOPE_TRACE=FILE` in its environment the bases of all its threads go into that file, which must not
/// exist yet (`evscope record` sets it). What bases of a `Recording` do is not in there.
///
/// ```
/// # use evscope_reactor::{EventBase, Recording};
/// let mut trace = Vec::new();
/// let (outcome, summary) = Recording::new("timer")
///     .record(&mut trace, || {
///         let mut base = EventBase::new()?;
///         base.event_base_once_timeout(|_, _, _| println!("now"), None)?;
///         base.event_base_dispatch()
///     });
/// outcome.unwrap();
/// assert!(summary.unwrap().records > 0);
/// ```
#[derive(Debug)]
pub struct Recording {
    pub(super) program: String,
    pub(super) payload: Option<usize>,
    pub(super) texts: Vec<(String, Cow<'static, str>)>,
}

/// A recording that is on.
#[derive(Debug, Clone)]
pub(crate) struct Active {
    pub(super) ids: Arc<Ids>,
    pub(super) payload: Option<usize>,
    pub(super) records: Shared,
}

impl Active {
    pub(crate) fn ids(&self) -> Arc<Ids> {
        Arc::clone(&self.ids)
    }

    /// For a base with this backend; its records are in a virtual time if it is.
    pub(crate) fn tracer(&self, backend: &'static str, clock: Option<VirtualClock>) -> Tracer {
        Tracer::new(backend, clock, self.payload, self.records.clone())
    }
}

/// The recording that is on for this thread, or else for the process.
pub(crate) fn current_recording() -> Option<Active> {
    CURRENT
        .with_borrow(Clone::clone)
        .or_else(process::recording)
}

impl Recording {
    /// A recording of `program`, as the trace's header names it.
    pub fn new(program: impl Into<String>) -> Self {
        Self { program: program.into(), payload: None, texts: Vec::new() }
    }

    /// Keeps the first `limit` bytes of everything that is read and written, a megabyte at most. Without it, only
    /// lengths are recorded.
    #[must_use]
    pub fn payload(mut self, limit: usize) -> Self {
        self.payload = Some(limit);
        self
    }

    /// Gives the text of a source file of the program, by the path that `file!()` has in it. A file that
    /// is not given is read from the disk, if it is there.
    #[must_use]
    pub fn source(mut self, file: impl Into<String>, text: impl Into<Cow<'static, str>>) -> Self {
        self.texts.push((file.into(), text.into()));
        self
    }

    /// Runs `program`; every base that it makes on this thread is recorded into `output` (see
    /// [`evscope_trace::create`] for a file). Bases on other threads are not, nor is what a base does after
    /// `program` has returned.
    ///
    /// Returns what `program` returned, and how the recording went.
    ///
    /// # Panics
    /// If `program` does. What it did until then is in `output`.
    pub fn record<R>(
        self,
        output: impl Write + Send,
        program: impl FnOnce() -> R,
    ) -> (R, Result<Summary, RecordingError>) {
        let (sink, chunks) = sync_channel(WAITING_CHUNKS);
        let (name, texts) = (self.program, self.texts);
        std::thread::scope(|scope| {
            let writer = scope
                .spawn(move || TraceWriter::new(name, Sources::new(texts)).run(&chunks, output));
            let outcome = {
                let records = Rc::new(RefCell::new(Records::new(Instant::now(), sink)));
                let active = Active {
                    ids: Arc::default(),
                    payload: self.payload,
                    records: Shared::Thread(Rc::clone(&records)),
                };
                let _on = SwitchedOn::new(active, Some(records));
                program()
            };
            let summary = match writer.join() {
                Ok(written) => written
                    .map(|records| Summary { records })
                    .map_err(RecordingError::Write),
                Err(_) => Err(RecordingError::Panicked),
            };
            (outcome, summary)
        })
    }
}

/// A recording is on for this thread while this lives. When it goes, also by a panic, the recording ends, if it is
/// one that does.
pub(super) struct SwitchedOn {
    ends: Option<Rc<RefCell<Records>>>,
    before: Option<Active>,
}

impl SwitchedOn {
    pub(super) fn new(active: Active, ends: Option<Rc<RefCell<Records>>>) -> Self {
        Self { ends, before: CURRENT.replace(Some(active)) }
    }
}

impl Drop for SwitchedOn {
    fn drop(&mut self) {
        CURRENT.set(self.before.take());
        if let Some(records) = &self.ends {
            records.borrow_mut().end();
        }
    }
}
