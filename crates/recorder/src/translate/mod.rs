//! Records as they came → steps of the trace, for one process.
//!
//! On the wire a call is an enter with what went in and an exit with what came out; in the trace the enter
//! says both. So a step waits in a queue until its call has ended, where it must; what comes after it
//! waits behind it, and the order stays.

mod buffers;
mod enter;
mod exit;
mod failed;
pub(crate) mod library;
mod limits;
mod names;
mod objects;
mod own;
mod plain;
mod point;
mod threads;

pub(crate) use own::OwnTranslator;

use std::collections::VecDeque;
use std::path::Path;

use evscope_trace::{EvFlags, Event, Lane, Nanos, Objects, Phase, SourceText, Text, ThreadId};
use evscope_wire::{Call, Kind, Point, WirePhase, args};

use crate::files::{Place, Shared};
use crate::ring::Raw;
use crate::symbols::{Function, Symbols};
use objects::Table;
use threads::Threads;

/// A step of the trace, but for its number.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) t: Nanos,
    pub(crate) thread: ThreadId,
    pub(crate) depth: u32,
    pub(crate) phase: Phase,
    pub(crate) event: Event,
    pub(crate) objects: Objects,
    pub(crate) src: Option<Place>,
    pub(crate) caller: Option<Place>,
}

/// Where finished steps go.
pub(crate) trait Sink {
    /// What the error of a sink is.
    type Error;
    /// Takes a step.
    fn step(&mut self, said: Said) -> Result<(), Self::Error>;
    /// Takes the text of a function, before the first step that points into it.
    fn text(&mut self, text: SourceText);
    /// The library with its version, and the backend, are known.
    fn library(&mut self, library: Option<String>, backend: Option<String>);
}

/// The translation of one process.
#[derive(Clone)]
pub(crate) struct Translator {
    began: u64,
    last: u64,
    threads: Threads<Thread>,
    queue: Queue,
    table: Table,
    symbols: Symbols,
    backend: Option<String>,
}

/// A thread's open calls.
#[derive(Clone)]
struct Thread {
    id: ThreadId,
    frames: Vec<Frame>,
}

impl Thread {
    /// How many steps are open.
    fn depth(&self) -> u32 {
        self.frames.last().map_or(0, |frame| frame.depth)
    }
}

/// An open call.
#[derive(Clone)]
struct Frame {
    call: Call,
    wire_depth: u16,
    object: u64,
    /// The step it is in the trace, if it is one.
    shown: Option<Shown>,
    /// How many steps are open with it.
    depth: u32,
    /// What its exit needs to know.
    note: Note,
    /// A step within it has told of a failure.
    failed: bool,
    /// How long buffers of bufferevents were before what happened in it changed them, since their low marks were
    /// looked at.
    lengths: Vec<(u64, u64)>,
}

/// A call's enter, to fill it in and to repeat it at the exit.
#[derive(Clone)]
struct Shown {
    at: u64,
    record: Said,
}

/// What a kind keeps between enter and exit.
#[derive(Clone, Default)]
enum Note {
    #[default]
    Nothing,
    /// The listener that is being made.
    Listener(evscope_trace::ListenerId),
    /// The change a buffer tells its callbacks of, and those that are called after this one.
    Change(buffers::Change),
    /// The bytes that came with the enter.
    Bytes(Vec<u8>),
    /// The first of a pair that is being made.
    One(u64),
    /// The fd that a bufferevent had before.
    Fd(i32),
    /// The base that is being made has its event for signals.
    Signals,
    /// A connect looks a name up first.
    LookUp,
}

/// Steps that wait for an earlier one.
#[derive(Clone, Default)]
struct Queue {
    items: VecDeque<Waiting>,
    first: u64,
}

#[derive(Clone)]
struct Waiting {
    /// None: it is no step after all.
    record: Option<Said>,
    ready: bool,
}

/// Whether a step is complete.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Complete {
    Now,
    /// At the exit.
    Later,
}

impl Complete {
    /// Of some calls only the exit says what they are about.
    fn of(call: Call) -> Self {
        match call {
            Call::BaseNew(_)
            | Call::ListenerNew(_)
            | Call::BevSocketNew(_)
            | Call::BevPairNew(_)
            | Call::BevFilterNew(_)
            | Call::BufAdd(_)
            | Call::BufPrepend(_)
            | Call::BufRemove(_)
            | Call::BufDrain(_)
            | Call::BufMove(_)
            | Call::BufRead(_)
            | Call::BufWrite(_) => Self::Later,
            _ => Self::Now,
        }
    }
}

impl Translator {
    pub(crate) fn new(began: u64, files: Shared) -> Self {
        Self {
            began,
            last: began,
            threads: Threads::default(),
            queue: Queue::default(),
            table: Table::default(),
            symbols: Symbols::new(files),
            backend: None,
        }
    }

    /// After a fork the child's thread goes on where the parent's was.
    pub(crate) fn continue_thread(&mut self, child: u16, parent: u16) {
        self.threads.continue_thread(child, parent);
        // What others were at ends nowhere, and nothing is to wait for it.
        let id = self.threads.iter().next().map(|thread| thread.id);
        for waiting in &mut self.queue.items {
            let own = |record: &Said| Some(record.thread) == id;
            waiting.ready |= !waiting.record.as_ref().is_some_and(own);
        }
    }

    /// Takes a record.
    pub(crate) fn feed<S: Sink>(&mut self, raw: &Raw, sink: &mut S) -> Result<(), S::Error> {
        let Some(kind) = Kind::from_number(raw.tag.kind) else {
            return Ok(());
        };
        self.last = self.last.max(raw.time);
        match kind {
            Kind::Thread | Kind::Refused => return Ok(()),
            Kind::Module => {
                let path = String::from_utf8_lossy(&raw.bytes).into_owned();
                let args::Module { first, end } = raw.args();
                self.symbols
                    .add_module(raw.object, first, end, Path::new(&path));
                return Ok(());
            }
            Kind::Hello => {
                let version = String::from_utf8_lossy(&raw.bytes);
                sink.library(Some(format!("libevent {version}")), None);
                return Ok(());
            }
            _ => {}
        }
        if raw.tag.phase != WirePhase::Exit {
            self.unwind(raw.tag.thread, raw.tag.depth);
        }
        match raw.tag.phase {
            WirePhase::Enter => {
                if let Some(call) = Call::of(kind, raw.words) {
                    self.enter(raw, call);
                }
            }
            WirePhase::Point => match Point::of(kind, raw.words) {
                Some(point) => self.point(raw, point),
                None => self.plain(raw, kind),
            },
            WirePhase::Exit => self.leave(kind, raw),
        }
        if let Some(backend) = self.backend.take() {
            sink.library(None, Some(backend));
        }
        for text in self.symbols.new_texts() {
            sink.text(text);
        }
        self.drain(sink)
    }

    /// Whether no step waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.items.is_empty()
    }

    /// Records were lost here.
    pub(crate) fn lost<S: Sink>(&mut self, count: u64, sink: &mut S) -> Result<(), S::Error> {
        let mut record = self.record(0, Phase::Point, Event::Lost { count }, Objects::default());
        // The calls go on, as far as is known.
        let first = self
            .threads
            .iter()
            .find(|thread| thread.id == record.thread);
        record.depth = first.map_or(0, Thread::depth);
        self.push(record, Complete::Now);
        self.drain(sink)
    }

    /// The process has ended: nothing is waited for any more, and `last` is the last step.
    pub(crate) fn end<S: Sink>(
        &mut self,
        last: Option<Event>,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        for waiting in &mut self.queue.items {
            waiting.ready = true;
        }
        if let Some(event) = last {
            let mut record = self.record(0, Phase::Point, event, Objects::default());
            record.depth = 0;
            record.thread = ThreadId(1);
            self.push(record, Complete::Now);
        }
        self.drain(sink)
    }

    fn drain<S: Sink>(&mut self, sink: &mut S) -> Result<(), S::Error> {
        let items = &mut self.queue.items;
        while items.front().is_some_and(|waiting| waiting.ready) {
            let record = items.pop_front().and_then(|waiting| waiting.record);
            self.queue.first += 1;
            if let Some(record) = record {
                sink.step(record)?;
            }
        }
        Ok(())
    }

    // ---- what enter, point and exit are made with --------------------------------------------------

    #[inline]
    fn thread(&mut self, number: u16) -> &mut Thread {
        self.threads.get(number, |id| Thread {
            id,
            frames: Vec::new(),
        })
    }

    /// A record of the thread, at the depth it is at now.
    fn record(&mut self, thread: u16, phase: Phase, event: Event, objects: Objects) -> Said {
        let t = Nanos(self.last - self.began);
        let (id, depth) = if thread == 0 {
            (ThreadId(1), 0)
        } else {
            let thread = self.thread(thread);
            (thread.id, thread.depth())
        };
        Said {
            t,
            thread: id,
            depth,
            phase,
            event,
            objects,
            src: None,
            caller: None,
        }
    }

    fn push(&mut self, record: Said, complete: Complete) -> u64 {
        self.queue.items.push_back(Waiting {
            record: Some(record),
            ready: complete == Complete::Now,
        });
        self.queue.first + self.queue.items.len() as u64 - 1
    }

    /// Fills in a step that waited.
    fn complete(&mut self, shown: &Shown) {
        let index = shown.at.wrapping_sub(self.queue.first) as usize;
        if let Some(waiting) = self.queue.items.get_mut(index)
            && !waiting.ready
        {
            waiting.record = Some(shown.record.clone());
            waiting.ready = true;
        }
    }

    /// A step without inside.
    fn step(&mut self, raw: &Raw, event: Event, objects: Objects, site: u64) {
        let mut record = self.record(raw.tag.thread, Phase::Point, event, objects);
        record.src = self.library_line(&record.event);
        record.caller = self.site(site);
        self.note_failure(raw.tag.thread, &record.event);
        self.push(record, Complete::Now);
    }

    fn open(&mut self, raw: &Raw, call: Call, shown: Option<Shown>, note: Note) {
        let thread = self.thread(raw.tag.thread);
        let frame = Frame {
            depth: thread.depth() + u32::from(shown.is_some()),
            call,
            wire_depth: raw.tag.depth,
            object: raw.object,
            shown,
            note,
            failed: false,
            lengths: Vec::new(),
        };
        thread.frames.push(frame);
    }

    /// Opens a call that is a step.
    fn open_step(&mut self, raw: &Raw, call: Call, step: Step, note: Note) {
        let mut record = self.record(raw.tag.thread, Phase::Enter, step.event, step.objects);
        record.src = step.src.or_else(|| self.library_line(&record.event));
        record.caller = step.caller;
        let at = self.push(record.clone(), Complete::of(call));
        self.open(raw, call, Some(Shown { at, record }), note);
    }

    /// Opens a call that is none.
    fn open_hidden(&mut self, raw: &Raw, call: Call) {
        self.open(raw, call, None, Note::Nothing);
    }

    /// Ends the calls of a thread that are at `depth` or deeper: they never returned.
    fn unwind(&mut self, thread: u16, depth: u16) {
        let is_over = |frame: &mut Frame| frame.wire_depth >= depth;
        while let Some(frame) = self.thread(thread).frames.pop_if(is_over) {
            self.close(thread, frame);
        }
    }

    /// The exit of a call, as its enter says it now.
    fn close(&mut self, thread: u16, frame: Frame) {
        if let Some(shown) = frame.shown {
            self.close_shown(thread, shown);
        }
    }

    fn close_shown(&mut self, thread: u16, shown: Shown) {
        self.complete(&shown);
        let mut record = self.record(
            thread,
            Phase::Exit,
            shown.record.event,
            shown.record.objects,
        );
        record.src = shown.record.src;
        record.caller = shown.record.caller;
        self.push(record, Complete::Now);
    }

    fn leave(&mut self, kind: Kind, raw: &Raw) {
        let thread = raw.tag.thread;
        // A buffer's callbacks that the loop runs are told as those that a change runs.
        let same =
            |frame: Kind| frame == kind || (kind, frame) == (Kind::DeferredCb, Kind::BufInvoke);
        let there = |frame: &Frame| same(frame.call.kind()) && frame.wire_depth == raw.tag.depth;
        let mut frames = self.thread(thread).frames.iter().rev();
        let Some(deeper) = frames.position(there) else {
            return;
        };
        for _ in 0..deeper {
            if let Some(frame) = self.thread(thread).frames.pop() {
                self.close(thread, frame);
            }
        }
        if let Some(frame) = self.thread(thread).frames.pop() {
            self.finish(frame, raw);
        }
    }

    /// The innermost open call of a kind on the thread.
    fn innermost(&mut self, thread: u16, kinds: &[Kind]) -> Option<&mut Frame> {
        self.thread(thread)
            .frames
            .iter_mut()
            .rev()
            .find(|frame| kinds.contains(&frame.call.kind()))
    }

    /// Whether a call of that kind is open.
    fn is_in(&mut self, thread: u16, kind: Kind) -> bool {
        self.innermost(thread, &[kind]).is_some()
    }

    /// The call around the next one.
    fn around(&mut self, thread: u16) -> Option<&mut Frame> {
        self.thread(thread).frames.last_mut()
    }

    fn function(&mut self, address: u64) -> Function {
        self.symbols.function(address)
    }

    fn name(&mut self, address: u64) -> Option<Text> {
        (address != 0).then(|| self.function(address).name)
    }

    /// Where libevent's function is that does this.
    fn library_line(&mut self, event: &Event) -> Option<Place> {
        if event.lane() == Lane::Program {
            return None;
        }
        self.symbols.library_line(event.name())
    }

    fn site(&mut self, address: u64) -> Option<Place> {
        self.symbols.site(address)
    }
}

/// What a call is in the trace.
struct Step {
    event: Event,
    objects: Objects,
    src: Option<Place>,
    caller: Option<Place>,
}

/// The fd of a number that may be none.
fn fd(number: i32) -> Option<i32> {
    Some(number).filter(|&fd| fd >= 0)
}

/// What an event or a bufferevent waits for, is told of, or does.
fn ev_flags(what: i16) -> EvFlags {
    EvFlags::from_bits_truncate(what as u16)
}
