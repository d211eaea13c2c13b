//! Turns raw records into the lines of a trace, on a thread of its own.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::mpsc::Receiver;

use evscope_trace::{
    Event, Header, Level, Nanos, Objects, Phase, Record, SourceLine, ThreadId, Writer,
};

use super::raw::{Chunk, Message, RawRecord};
use super::sources::Sources;
use super::tracer::Records;

/// The library's name in the headers of its traces.
pub(super) const LIBRARY: &str = concat!("evscope-reactor ", env!("CARGO_PKG_VERSION"));

/// A call that was entered and not left.
struct Call {
    event: Event,
    objects: Objects,
    caller: Option<SourceLine>,
    /// Whether its enter is in the trace.
    shown: bool,
}

pub(crate) struct TraceWriter {
    program: String,
    sources: Sources,
    level: Level,
    /// The calls each thread is in.
    calls: HashMap<ThreadId, Vec<Call>>,
    seq: u64,
}

impl TraceWriter {
    pub(crate) fn new(program: String, sources: Sources) -> Self {
        let level = Level::Everything;
        Self { program, sources, level, calls: HashMap::new(), seq: 0 }
    }

    /// Leaves out what is beyond a level.
    pub(crate) fn up_to(self, level: Level) -> Self {
        Self { level, ..self }
    }

    /// Writes what comes until the end of the recording. Returns how many records there were. After a
    /// failed write the rest is taken and dropped, so that the traced program does not wait for ever.
    pub(crate) fn run(
        mut self,
        messages: &Receiver<Message>,
        output: impl Write,
    ) -> io::Result<u64> {
        let mut chunks = Chunks::new(messages);
        let result = self.write_all(&mut chunks, output);
        if result.is_err() {
            while chunks.next().is_some() {}
        }
        result.map(|()| self.seq)
    }

    fn write_all(&mut self, chunks: &mut Chunks<'_>, output: impl Write) -> io::Result<()> {
        let first = chunks.next();
        let backend = first.as_ref().map_or("", |(backend, _)| backend);
        let header = Header::new(&self.program, LIBRARY, backend);
        let mut writer = Writer::new(output, &header)?;
        let mut next = first;
        while let Some((_, chunk)) = next {
            for raw in chunk.records() {
                self.write(&mut writer, raw)?;
            }
            next = match chunks.next_if_ready() {
                Ready::Chunk(chunk) => Some(chunk),
                Ready::Ended => None,
                // Nothing more now: what there is can be read by others while the program goes on.
                Ready::NotYet => {
                    writer.flush()?;
                    chunks.next()
                }
            };
        }
        writer.flush()
    }

    /// Writes what is kept in memory. Returns how many records that were.
    pub(super) fn write_kept(mut self, records: &Records, output: impl Write) -> io::Result<u64> {
        let header = Header::new(&self.program, LIBRARY, records.backend());
        let mut writer = Writer::new(output, &header)?;
        let mut kept = records.kept().peekable();
        if records.lost() > 0
            && let Some(first) = kept.peek()
        {
            self.write_lost(&mut writer, first, records.lost())?;
        }
        for raw in kept {
            self.write(&mut writer, raw)?;
        }
        writer.flush()?;
        Ok(self.seq)
    }

    /// Something is missing before `next`.
    fn write_lost<W: Write>(
        &mut self,
        writer: &mut Writer<W>,
        next: &RawRecord,
        count: u64,
    ) -> io::Result<()> {
        let record = Record {
            seq: self.seq,
            t: Nanos(next.t),
            thread: next.thread,
            depth: 0,
            phase: Phase::Point,
            event: Event::Lost { count },
            objects: Objects::default(),
            src: None,
            caller: None,
            extra: serde_json::Map::new(),
        };
        self.seq += 1;
        writer.record(&record)
    }

    fn write<W: Write>(&mut self, writer: &mut Writer<W>, raw: RawRecord) -> io::Result<()> {
        let places = self.sources.places(raw.phase, raw.source, raw.caller);
        let calls = self.calls.entry(raw.thread).or_default();
        let mut shown = true;
        let mut caller = places.caller;
        let (event, objects) = match raw.phase {
            Phase::Exit => {
                // An exit whose enter was before the recording began says nothing.
                let Some(call) = calls.pop() else {
                    return Ok(());
                };
                (caller, shown) = (call.caller, call.shown);
                (raw.event.unwrap_or(call.event), call.objects)
            }
            Phase::Enter | Phase::Point => {
                let Some(event) = raw.event else {
                    return Ok(());
                };
                (event, raw.objects)
            }
        };
        shown &= event.level() <= self.level;
        let depth = calls.iter().filter(|call| call.shown).count() as u32;
        if raw.phase == Phase::Enter {
            calls.push(Call { event: event.clone(), objects, caller: caller.clone(), shown });
        }
        if !shown {
            return Ok(());
        }
        for text in self.sources.take_new() {
            writer.source(&text)?;
        }
        let record = Record {
            seq: self.seq,
            t: Nanos(raw.t),
            thread: raw.thread,
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

/// What comes until the end of the recording. The end comes once, so it is remembered: to wait for
/// another message after it would be to wait for ever.
struct Chunks<'a> {
    messages: &'a Receiver<Message>,
    ended: bool,
}

/// What there is without waiting.
enum Ready {
    Chunk((&'static str, Chunk)),
    Ended,
    NotYet,
}

impl<'a> Chunks<'a> {
    fn new(messages: &'a Receiver<Message>) -> Self {
        Self { messages, ended: false }
    }

    /// Waits for the next chunk; `None` at the end.
    fn next(&mut self) -> Option<(&'static str, Chunk)> {
        if self.ended {
            return None;
        }
        match self.messages.recv() {
            Ok(Message::Chunk(backend, chunk)) => Some((backend, chunk)),
            Ok(Message::End) | Err(_) => {
                self.ended = true;
                None
            }
        }
    }

    fn next_if_ready(&mut self) -> Ready {
        match self.messages.try_recv() {
            Ok(Message::Chunk(backend, chunk)) => Ready::Chunk((backend, chunk)),
            Ok(Message::End) => {
                self.ended = true;
                Ready::Ended
            }
            Err(_) => Ready::NotYet,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    /// An output that takes everything and fails when it should be safe.
    struct FailsAtLast;

    impl Write for FailsAtLast {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn a_write_that_fails_at_the_end_ends_the_recording_too() {
        let (sender, receiver) = sync_channel(2);
        sender.send(Message::End).unwrap();
        let writer = TraceWriter::new("p".to_owned(), Sources::new(Vec::new()));
        // The sender stays, as a traced thread may: nothing but the end may be waited for.
        assert!(writer.run(&receiver, FailsAtLast).is_err());
        drop(sender);
    }
}
