//! Records of our own reactor → steps of the trace, for one process. They are in the vocabulary already; what
//! is added is what repeats: places, and what an exit is the end of.

use evscope_trace::{Event, Nanos, Objects, Phase, SourceLine, SourceText, ThreadId};
use evscope_wire::{Kind, OwnStep, WirePhase, args};
use serde::Deserialize;

use super::threads::Threads;
use super::{Said, Sink};
use crate::files::{self, Shared};
use crate::numbered::Numbered;
use crate::ring::Raw;

/// The translation of one process.
#[derive(Clone)]
pub(crate) struct OwnTranslator {
    files: Shared,
    began: u64,
    last: u64,
    threads: Threads<Thread>,
    places: Numbered<u32, Place>,
    /// The pieces of the texts that the threads are giving.
    texts: Numbered<u16, Vec<u8>>,
    /// The process's vocabulary is another one.
    foreign: bool,
}

#[derive(Clone)]
struct Thread {
    id: ThreadId,
    calls: Vec<Call>,
}

/// A call that was entered and not left.
#[derive(Clone)]
struct Call {
    wire_depth: u16,
    event: Event,
    objects: Objects,
    place: Place,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    src: Option<files::Place>,
    caller: Option<files::Place>,
}

/// The same, as the process says it.
#[derive(Default, Deserialize)]
struct Told {
    src: Option<SourceLine>,
    caller: Option<SourceLine>,
}

impl OwnTranslator {
    pub(crate) fn new(began: u64, files: Shared) -> Self {
        Self {
            files,
            began,
            last: began,
            threads: Threads::default(),
            places: Numbered::default(),
            texts: Numbered::default(),
            foreign: false,
        }
    }

    /// Whether a record is of our reactor's.
    pub(crate) fn is_for(kind: u8) -> bool {
        matches!(
            Kind::from_number(kind),
            Some(
                Kind::OwnHello
                    | Kind::OwnPlace
                    | Kind::OwnText
                    | Kind::OwnProgram
                    | Kind::OwnWalkthrough
                    | Kind::OwnEverything
            )
        )
    }

    /// After a fork the child's thread goes on where the parent's was.
    pub(crate) fn continue_thread(&mut self, child: u16, parent: u16) {
        self.threads.continue_thread(child, parent);
    }

    /// Takes a record.
    pub(crate) fn feed<S: Sink>(&mut self, raw: &Raw, sink: &mut S) -> Result<(), S::Error> {
        self.last = self.last.max(raw.time);
        match Kind::from_number(raw.tag.kind) {
            Some(Kind::OwnHello) => {
                let args::OwnHello { vocabulary } = raw.args();
                self.foreign = vocabulary != Event::fingerprint();
                let library = String::from_utf8_lossy(&raw.bytes).into_owned();
                sink.library(Some(library), None);
            }
            Some(Kind::OwnPlace) => {
                let told: Told = serde_json::from_slice(&raw.bytes).unwrap_or_default();
                let files = &mut *self.files.get();
                let mut keep = |line: Option<SourceLine>| line.map(|line| files.keep_line(&line));
                let (src, caller) = (keep(told.src), keep(told.caller));
                let args::OwnPlace { number } = raw.args();
                self.places.insert(number, Place { src, caller });
            }
            Some(Kind::OwnText) => {
                let args::OwnText { is_last, number } = raw.args();
                let text = self.texts.entry(raw.tag.thread).or_default();
                // What came before was not told to its end.
                if number == 0 {
                    text.clear();
                }
                text.extend_from_slice(&raw.bytes);
                if is_last {
                    let text = std::mem::take(text);
                    // One of which a piece was lost is none.
                    if let Ok(text) = serde_json::from_slice::<SourceText>(&text) {
                        sink.text(text);
                    }
                }
            }
            Some(Kind::OwnProgram | Kind::OwnWalkthrough | Kind::OwnEverything)
                if !self.foreign =>
            {
                self.step(raw, sink)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn step<S: Sink>(&mut self, raw: &Raw, sink: &mut S) -> Result<(), S::Error> {
        let (thread, depth) = (raw.tag.thread, raw.tag.depth);
        let OwnStep { place, objects } = raw.args();
        let place = self.places.get(&place).copied().unwrap_or_default();
        let event = Event::unpack(&raw.bytes);
        if raw.tag.phase == WirePhase::Exit {
            let calls = &self.thread(thread).calls;
            if !calls.iter().any(|call| call.wire_depth == depth) {
                return Ok(());
            }
            self.unwind(thread, depth + 1, sink)?;
            let Some(call) = self.thread(thread).calls.pop() else {
                return Ok(());
            };
            let place = Place {
                src: place.src,
                caller: call.place.caller,
            };
            let event = event.unwrap_or(call.event);
            return self.put(thread, Phase::Exit, event, call.objects, place, sink);
        }
        self.unwind(thread, depth, sink)?;
        let Some(event) = event else { return Ok(()) };
        if let Event::EventBaseNew { backend, .. } = &event {
            sink.library(None, Some(backend.to_string()));
        }
        let objects = Objects::unpack(objects);
        if raw.tag.phase == WirePhase::Point {
            return self.put(thread, Phase::Point, event, objects, place, sink);
        }
        let call = Call {
            wire_depth: depth,
            event: event.clone(),
            objects,
            place,
        };
        self.put(thread, Phase::Enter, event, objects, place, sink)?;
        self.thread(thread).calls.push(call);
        Ok(())
    }

    /// Ends the calls of a thread that are at `depth` or deeper: their exits were lost.
    fn unwind<S: Sink>(&mut self, thread: u16, depth: u16, sink: &mut S) -> Result<(), S::Error> {
        let deeper = |call: &mut Call| call.wire_depth >= depth;
        while let Some(call) = self.thread(thread).calls.pop_if(deeper) {
            self.put(
                thread,
                Phase::Exit,
                call.event,
                call.objects,
                call.place,
                sink,
            )?;
        }
        Ok(())
    }

    fn put<S: Sink>(
        &mut self,
        thread: u16,
        phase: Phase,
        event: Event,
        objects: Objects,
        place: Place,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        let t = Nanos(self.last - self.began);
        let thread = self.thread(thread);
        sink.step(Said {
            t,
            thread: thread.id,
            depth: thread.calls.len() as u32,
            phase,
            event,
            objects,
            src: place.src,
            caller: place.caller,
        })
    }

    fn thread(&mut self, number: u16) -> &mut Thread {
        self.threads.get(number, |id| Thread {
            id,
            calls: Vec::new(),
        })
    }

    /// Something that no thread did: that records were lost, how the process ended.
    pub(crate) fn told<S: Sink>(&mut self, event: Event, sink: &mut S) -> Result<(), S::Error> {
        let first = self.threads.iter().find(|thread| thread.id == ThreadId(1));
        // Where records are missing, the calls go on, as far as is known.
        let depth = match event {
            Event::Lost { .. } => first.map_or(0, |thread| thread.calls.len() as u32),
            _ => 0,
        };
        sink.step(Said {
            t: Nanos(self.last - self.began),
            thread: ThreadId(1),
            depth,
            phase: Phase::Point,
            event,
            objects: Objects::default(),
            src: None,
            caller: None,
        })
    }
}
