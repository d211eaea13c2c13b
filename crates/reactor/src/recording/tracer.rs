//! A base's end of a recording: a buffer that is handed over when it is full or the loop waits.

use std::panic::Location;
use std::sync::mpsc::SyncSender;
use std::time::Instant;

use evscope_trace::{Event, Objects, Phase, ThreadId};

use super::raw::{Chunk, Here, Message, RawRecord, Source};

/// Records in a chunk. At 256 bytes each, a chunk stays within a processor's second cache.
pub(crate) const CHUNK: usize = 1024;

/// Takes the raw records of one base.
pub(crate) struct Tracer {
    began: Instant,
    thread: ThreadId,
    backend: &'static str,
    payload: Option<usize>,
    records: Vec<RawRecord>,
    sink: SyncSender<Message>,
}

impl Tracer {
    pub(crate) fn new(
        began: Instant,
        thread: ThreadId,
        backend: &'static str,
        payload: Option<usize>,
        sink: SyncSender<Message>,
    ) -> Self {
        Self {
            began,
            thread,
            backend,
            payload,
            records: Vec::with_capacity(CHUNK),
            sink,
        }
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
        self.push_raw(phase, source, caller, objects, Some(event));
    }

    pub(crate) fn push_exit(&mut self, here: &'static Here) {
        let objects = Objects::default();
        self.push_raw(Phase::Exit, Source::Line(here), None, objects, None);
    }

    fn push_raw(
        &mut self,
        phase: Phase,
        source: Source,
        caller: Option<&'static Location<'static>>,
        objects: Objects,
        event: Option<Event>,
    ) {
        self.records.push(RawRecord {
            t: crate::event::nanos(self.began.elapsed()),
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
    pub(crate) fn hand_over(&mut self) {
        if self.records.is_empty() {
            return;
        }
        let records = std::mem::replace(&mut self.records, Vec::with_capacity(CHUNK));
        // The writer is gone only after the recording was finished; nobody asks for the rest then.
        let _ = self.sink.send(Message::Chunk(Chunk {
            thread: self.thread,
            backend: self.backend,
            records,
        }));
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        self.hand_over();
    }
}
