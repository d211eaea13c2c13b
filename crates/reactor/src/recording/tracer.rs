//! The traced thread's end of a recording: a buffer that is handed over when it is full, when the loop
//! waits, and at the end.

use std::cell::RefCell;
use std::panic::Location;
use std::rc::Rc;
use std::sync::mpsc::SyncSender;
use std::time::Instant;

use evscope_trace::{Event, Objects, Phase, ThreadId};

use super::process::ProcessRecords;
use super::raw::{Chunk, Here, Message, RawRecord, Source};
use super::ring::RingRecords;
use crate::VirtualClock;

/// Records in a chunk. At 256 bytes each, a chunk stays within a processor's second cache.
pub(crate) const CHUNK: usize = 1024;

/// Takes the raw records of one base.
pub(crate) struct Tracer {
    payload: Option<usize>,
    records: Shared,
}

/// The records that the bases of a recording write into together.
#[derive(Debug, Clone)]
pub(crate) enum Shared {
    /// One thread's.
    Thread(Rc<RefCell<Records>>),
    /// The process's: bases on several threads write into them, this one on the thread of this id.
    Process(ThreadId, &'static ProcessRecords),
    /// A recorder outside takes them.
    Ring(RingRecords),
}

impl Shared {
    fn with(&self, act: impl FnOnce(&mut Records, ThreadId)) {
        match self {
            Self::Thread(records) => act(&mut records.borrow_mut(), ThreadId(1)),
            Self::Process(thread, records) => records.with(|records| act(records, *thread)),
            // Nothing is gathered in this process.
            Self::Ring(_) => {}
        }
    }
}

impl Tracer {
    pub(crate) fn new(
        backend: &'static str,
        clock: Option<VirtualClock>,
        payload: Option<usize>,
        records: Shared,
    ) -> Self {
        records.with(|records, _| {
            records.backend.get_or_insert(backend);
            if clock.is_some() {
                records.clock = clock;
            }
        });
        Self { payload, records }
    }

    /// How many bytes of what is read and written are kept.
    pub(crate) fn payload_limit(&self) -> Option<usize> {
        self.payload
    }

    pub(crate) fn push(
        &mut self,
        phase: Phase,
        source: Source,
        caller: Option<&'static Location<'static>>,
        objects: Objects,
        event: Event,
    ) {
        if let Shared::Ring(ring) = &mut self.records {
            return ring.push(phase, source, caller, objects, Some(&event));
        }
        self.records.with(|records, thread| {
            records.push(thread, phase, source, caller, objects, Some(event));
        });
    }

    pub(crate) fn push_exit(&mut self, here: &'static Here) {
        let (source, objects) = (Source::Line(here), Objects::default());
        if let Shared::Ring(ring) = &mut self.records {
            return ring.push(Phase::Exit, source, None, objects, None);
        }
        self.records.with(|records, thread| {
            records.push(thread, Phase::Exit, source, None, objects, None);
        });
    }

    pub(crate) fn hand_over(&mut self) {
        self.records.with(|records, _| records.hand_over());
    }
}

/// What was recorded and not handed over yet. The bases of a recording share it, so that their records
/// stay in the order in which they were made, also when the loop of one runs in a callback of another.
#[derive(Debug)]
pub(crate) struct Records {
    began: Instant,
    /// The time that records are in instead, if a base has one of its own.
    clock: Option<VirtualClock>,
    /// That of the first base.
    backend: Option<&'static str>,
    records: Vec<RawRecord>,
    /// `None` when the recording is over.
    sink: Option<SyncSender<Message>>,
}

impl Records {
    pub(crate) fn new(began: Instant, sink: SyncSender<Message>) -> Self {
        Self {
            began,
            clock: None,
            backend: None,
            records: Vec::with_capacity(CHUNK),
            sink: Some(sink),
        }
    }

    fn push(
        &mut self,
        thread: ThreadId,
        phase: Phase,
        source: Source,
        caller: Option<&'static Location<'static>>,
        objects: Objects,
        event: Option<Event>,
    ) {
        if self.sink.is_none() {
            return;
        }
        self.records.push(RawRecord {
            t: match &self.clock {
                None => crate::event::nanos(self.began.elapsed()),
                Some(clock) => clock.nanos(),
            },
            thread,
            phase,
            source,
            caller,
            objects,
            event,
        });
        if self.records.len() == CHUNK {
            self.hand_over();
        }
    }

    /// Gives what there is to the writer. If the writer is behind, this waits for it: a trace with holes
    /// explains nothing.
    fn hand_over(&mut self) {
        if self.records.is_empty() {
            return;
        }
        if let Some(sink) = &self.sink {
            let records = std::mem::replace(&mut self.records, Vec::with_capacity(CHUNK));
            // A writer that is gone has panicked; that is told at the end.
            let _ = sink
                .send(Message::Chunk(Chunk { backend: self.backend.unwrap_or_default(), records }));
        }
    }

    /// Gives what there is, and takes no more: a base may live longer than the recording.
    pub(crate) fn end(&mut self) {
        self.hand_over();
        if let Some(sink) = self.sink.take() {
            let _ = sink.send(Message::End);
        }
        self.records = Vec::new();
    }
}
