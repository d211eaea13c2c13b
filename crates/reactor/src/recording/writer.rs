//! Turns raw records into the lines of a trace, on a thread of its own.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::mpsc::Receiver;

use evscope_trace::{Event, Header, Level, Nanos, Objects, Phase, RecordRef, ThreadId, Writer};

use super::mix::Mix;
use super::raw::{Chunk, Message, RawRecord};
use super::sites::Told;
use super::sources::{LineId, Sources};
use super::tracer::Records;

/// The library's name in the headers of its traces.
pub(super) const LIBRARY: &str = concat!("evscope-reactor ", env!("CARGO_PKG_VERSION"));

/// A call that was entered and not left.
struct Call {
    event: Event,
    objects: Objects,
    caller: Option<LineId>,
    /// Whether its enter is in the trace.
    shown: bool,
    /// How many calls are shown with it.
    depth: u32,
}

pub(crate) struct TraceWriter {
    program: String,
    sources: Sources,
    level: Level,
    /// The calls each thread is in.
    calls: HashMap<ThreadId, Vec<Call>, Mix>,
    seq: u64,
}

impl TraceWriter {
    pub(crate) fn new(program: String, sources: Sources) -> Self {
        let level = Level::Everything;
        Self { program, sources, level, calls: HashMap::default(), seq: 0 }
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
        let mut sites = Told::default();
        while let Some((_, mut chunk)) = next {
            sites.append(&mut chunk.new_sites);
            for raw in chunk.records(sites.known()) {
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
        let record = RecordRef {
            seq: self.seq,
            t: Nanos(next.t),
            thread: next.thread,
            depth: 0,
            phase: Phase::Point,
            event: &Event::Lost { count },
            objects: &Objects::default(),
            src: None,
            caller: None,
        };
        self.seq += 1;
        writer.record_ref(record)
    }

    fn write<W: Write>(&mut self, writer: &mut Writer<W>, raw: RawRecord) -> io::Result<()> {
        let places = self.sources.places(raw.phase, raw.source, raw.caller);
        let calls = self.calls.entry(raw.thread).or_default();
        let call = match raw.phase {
            Phase::Exit => {
                // An exit whose enter was before the recording began says nothing.
                let Some(mut call) = calls.pop() else {
                    return Ok(());
                };
                if let Some(event) = raw.event {
                    call.event = event;
                }
                call
            }
            Phase::Enter | Phase::Point => {
                let Some(event) = raw.event else {
                    return Ok(());
                };
                Call {
                    event,
                    objects: raw.objects,
                    caller: places.caller,
                    shown: true,
                    depth: 0,
                }
            }
        };
        let depth = calls.last().map_or(0, |call| call.depth);
        let shown = call.shown && call.event.level() <= self.level;
        if shown {
            for text in self.sources.take_new() {
                writer.source(&text)?;
            }
            let record = RecordRef {
                seq: self.seq,
                t: Nanos(raw.t),
                thread: raw.thread,
                depth,
                phase: raw.phase,
                event: &call.event,
                objects: &call.objects,
                src: Some(self.sources.line(places.src)),
                caller: call.caller.map(|caller| self.sources.line(caller)),
            };
            self.seq += 1;
            writer.record_ref(record)?;
        }
        if raw.phase == Phase::Enter {
            let depth = depth + u32::from(shown);
            calls.push(Call { shown, depth, ..call });
        }
        Ok(())
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
