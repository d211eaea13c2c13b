//! Turns raw records into the lines of a trace, on a thread of its own.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::mpsc::Receiver;

use evscope_trace::{Event, Header, Nanos, Objects, Phase, Record, SourceLine, ThreadId, Writer};

use super::raw::{Chunk, Message, RawRecord};
use super::sources::Sources;

/// The library's name in the headers of its traces.
const LIBRARY: &str = concat!("evscope-reactor ", env!("CARGO_PKG_VERSION"));

/// A call that was entered and not left.
struct Call {
    event: Event,
    objects: Objects,
    caller: Option<SourceLine>,
}

pub(crate) struct TraceWriter {
    program: String,
    sources: Sources,
    /// The calls each thread is in.
    calls: HashMap<ThreadId, Vec<Call>>,
    seq: u64,
}

impl TraceWriter {
    pub(crate) fn new(program: String, sources: Sources) -> Self {
        Self {
            program,
            sources,
            calls: HashMap::new(),
            seq: 0,
        }
    }

    /// Writes what comes until the end of the recording. Returns how many records there were. After a
    /// failed write the rest is taken and dropped, so that the traced program does not wait for ever.
    pub(crate) fn run(
        mut self,
        messages: &Receiver<Message>,
        output: impl Write,
    ) -> io::Result<u64> {
        let result = self.write_all(messages, output);
        if result.is_err() {
            while next_chunk(messages).is_some() {}
        }
        result.map(|()| self.seq)
    }

    fn write_all(&mut self, messages: &Receiver<Message>, output: impl Write) -> io::Result<()> {
        let first = next_chunk(messages);
        let backend = first.as_ref().map_or("", |chunk| chunk.backend);
        let header = Header::new(&self.program, LIBRARY, backend);
        let mut writer = Writer::new(output, &header)?;
        let mut next = first;
        while let Some(chunk) = next {
            for raw in chunk.records {
                self.write(&mut writer, chunk.thread, raw)?;
            }
            next = match messages.try_recv() {
                Ok(Message::Chunk(chunk)) => Some(chunk),
                Ok(Message::End) => None,
                // Nothing more now: what there is can be read by others while the program goes on.
                Err(_) => {
                    writer.flush()?;
                    next_chunk(messages)
                }
            };
        }
        writer.flush()
    }

    fn write<W: Write>(
        &mut self,
        writer: &mut Writer<W>,
        thread: ThreadId,
        raw: RawRecord,
    ) -> io::Result<()> {
        let places = self.sources.places(raw.phase, raw.source, raw.caller);
        for text in self.sources.take_new() {
            writer.source(&text)?;
        }
        let calls = self.calls.entry(thread).or_default();
        let mut caller = places.caller;
        let (event, objects) = match raw.phase {
            Phase::Exit => {
                // An exit whose enter was before the recording began says nothing.
                let Some(call) = calls.pop() else {
                    return Ok(());
                };
                caller = call.caller;
                (raw.event.unwrap_or(call.event), call.objects)
            }
            Phase::Enter | Phase::Point => {
                let Some(event) = raw.event else {
                    return Ok(());
                };
                (event, raw.objects)
            }
        };
        let depth = calls.len() as u32;
        if raw.phase == Phase::Enter {
            calls.push(Call {
                event: event.clone(),
                objects,
                caller: caller.clone(),
            });
        }
        let record = Record {
            seq: self.seq,
            t: Nanos(raw.t),
            thread,
            depth,
            phase: raw.phase,
            event,
            objects,
            src: places.src,
            caller,
            extra: serde_json::Map::new(),
        };
        self.seq += 1;
        writer.record(&record)
    }
}

fn next_chunk(messages: &Receiver<Message>) -> Option<Chunk> {
    match messages.recv() {
        Ok(Message::Chunk(chunk)) => Some(chunk),
        Ok(Message::End) | Err(_) => None,
    }
}
