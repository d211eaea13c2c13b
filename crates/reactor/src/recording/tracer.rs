//! The traced thread's end of a recording: a buffer that is handed over when it is full, when the loop
//! waits, and at the end.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::SyncSender;
use std::time::Instant;

use evscope_trace::{Event, Objects, Phase, ThreadId};

use super::kept::{Keep, Kept};
use super::process::ProcessRecords;
use super::raw::{Chunk, Here, Message, Packed, RawRecord, Source};
use super::ring::RingRecords;
use super::sites::{Sites, Told};
use super::ticks::{Stretch, Ticks};
use crate::VirtualClock;
use crate::callback::CallbackName;

/// The most bytes that a record keeps of those that were read or written: a line of a trace has an end.
const MAX_PAYLOAD: usize = 1 << 20;

/// Whose step it is, and what it says.
pub(crate) type About<'a> = (&'a Objects, &'a Event);

/// Takes the raw records of one base.
pub(crate) struct Tracer {
    payload: Option<usize>,
    records: Shared,
    /// The calls that the base is in.
    frames: Vec<Frame>,
}

/// A call of the library, or of a callback of the program's.
#[derive(Debug, Clone, Copy)]
struct Frame {
    caller: &'static Here,
    kind: FrameKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    /// Not a step, or not yet.
    Unsaid,
    Entered,
    Callback,
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

    #[inline(always)]
    fn push(
        &mut self,
        phase: Phase,
        source: Source,
        caller: Option<&'static Here>,
        about: Option<About<'_>>,
    ) {
        match self {
            Self::Thread(records) => {
                let mut records = records.borrow_mut();
                records.push(ThreadId(1), phase, source, caller, about);
            }
            Self::Process(..) => self.push_for_process(phase, source, caller, about),
            Self::Ring(ring) => {
                let (objects, event) = about.unzip();
                let objects = objects.copied().unwrap_or_default();
                ring.push(phase, source, caller, objects, event);
            }
        }
    }

    #[inline(never)]
    fn push_for_process(
        &self,
        phase: Phase,
        source: Source,
        caller: Option<&'static Here>,
        about: Option<About<'_>>,
    ) {
        self.with(|records, thread| records.push(thread, phase, source, caller, about));
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
            if let Some(clock) = clock {
                records.use_clock(clock);
            }
        });
        Self { payload, records, frames: Vec::new() }
    }

    /// How many bytes of what is read and written are kept.
    pub(crate) fn payload_limit(&self) -> Option<usize> {
        self.payload.map(|limit| limit.min(MAX_PAYLOAD))
    }

    /// A function is called. What it is, it says now or later.
    #[inline]
    pub(super) fn enter(
        &mut self,
        here: &'static Here,
        caller: &'static Here,
        about: Option<About<'_>>,
    ) {
        let kind = match about {
            Some(_) => FrameKind::Entered,
            None => FrameKind::Unsaid,
        };
        self.frames.push(Frame { caller, kind });
        if let Some(about) = about {
            self.push(Phase::Enter, Source::Line(here), Some(caller), about);
        }
    }

    /// The function that was called last says what it is.
    pub(super) fn say(&mut self, here: &'static Here, about: About<'_>) {
        if let Some(frame) = self.frames.last_mut() {
            frame.kind = FrameKind::Entered;
            let caller = frame.caller;
            self.push(Phase::Enter, Source::Line(here), Some(caller), about);
        }
    }

    /// The function that was called last is left.
    #[inline]
    pub(super) fn exit(&mut self, here: &'static Here, says: Option<About<'_>>) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        if frame.kind != FrameKind::Unsaid {
            match says {
                None => self.push_exit(here),
                Some(about) => self.push(Phase::Exit, Source::Line(here), None, about),
            }
        }
    }

    /// A step without an end.
    pub(super) fn point(&mut self, here: &'static Here, caller: &'static Here, about: About<'_>) {
        self.push(Phase::Point, Source::Line(here), Some(caller), about);
    }

    /// The same in the midst of a function, which was called by somebody else.
    pub(super) fn point_here(&mut self, here: &'static Here, about: About<'_>) {
        let caller = self.frames.last().map(|frame| frame.caller);
        self.push(Phase::Point, Source::Line(here), caller, about);
    }

    /// A callback of the program's is called, at this line.
    pub(super) fn enter_callback(
        &mut self,
        name: CallbackName,
        here: &'static Here,
        about: About<'_>,
    ) {
        self.frames
            .push(Frame { caller: here, kind: FrameKind::Callback });
        self.push(Phase::Enter, Source::Callback(name, here), None, about);
    }

    /// The callback that was called last has returned, or panicked: then what it had called is left, too.
    pub(super) fn exit_callback(&mut self) {
        while let Some(&Frame { caller, kind }) = self.frames.last() {
            self.exit(caller, None);
            if kind == FrameKind::Callback {
                return;
            }
        }
    }

    /// A panic comes past the loop.
    pub(super) fn exit_all_but(&mut self, count: usize) {
        while self.frames.len() > count
            && let Some(&Frame { caller, .. }) = self.frames.last()
        {
            self.exit(caller, None);
        }
    }

    /// How many calls the base is in.
    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    // Each of the two is compiled for itself, in one piece: an exit mostly has nothing to say.

    #[inline(never)]
    fn push(
        &mut self,
        phase: Phase,
        source: Source,
        caller: Option<&'static Here>,
        about: About<'_>,
    ) {
        self.records.push(phase, source, caller, Some(about));
    }

    #[inline(never)]
    fn push_exit(&mut self, here: &'static Here) {
        self.records
            .push(Phase::Exit, Source::Line(here), None, None);
    }

    pub(crate) fn hand_over(&mut self) {
        self.records.with(|records, _| records.hand_over());
    }
}

/// What was recorded and not handed over yet. The bases of a recording share it, so that their records
/// stay in the order in which they were made, also when the loop of one runs in a callback of another.
#[derive(Debug)]
pub(crate) struct Records {
    ticks: Ticks,
    /// The time that records are in instead, if a base has one of its own.
    clock: Option<VirtualClock>,
    /// That of the first base.
    backend: Option<&'static str>,
    sites: Sites,
    packed: Packed,
    sink: Sink,
}

/// Where full chunks go.
#[derive(Debug)]
enum Sink {
    /// To a thread that writes them.
    Writer(SyncSender<Message>),
    /// They stay.
    Memory(Kept),
    /// The recording is over.
    Over,
}

impl Records {
    pub(crate) fn new(began: Instant, sink: SyncSender<Message>) -> Self {
        Self::with_sink(began, Sink::Writer(sink))
    }

    pub(super) fn in_memory(began: Instant, keep: Keep) -> Self {
        Self::with_sink(began, Sink::Memory(Kept::new(keep)))
    }

    fn with_sink(began: Instant, sink: Sink) -> Self {
        Self {
            ticks: Ticks::new(began),
            clock: None,
            backend: None,
            sites: Sites::new(),
            packed: Packed::new(),
            sink,
        }
    }

    #[inline(always)]
    fn push(
        &mut self,
        thread: ThreadId,
        phase: Phase,
        source: Source,
        caller: Option<&'static Here>,
        about: Option<(&Objects, &Event)>,
    ) {
        if matches!(self.sink, Sink::Over) {
            return;
        }
        let noted = match &self.clock {
            None => self.ticks.now(),
            Some(clock) => clock.nanos(),
        };
        let (when, sites) = ((noted, thread), &mut self.sites);
        self.packed.push(when, phase, source, caller, about, sites);
        if self.packed.is_full() {
            self.chunk_is_full();
        }
    }

    /// From now on records are in this time.
    fn use_clock(&mut self, clock: VirtualClock) {
        // Those in hand are in another one.
        if self.packed.len() > 0 {
            self.chunk_is_full();
        }
        self.clock = Some(clock);
    }

    #[cold]
    fn chunk_is_full(&mut self) {
        if let Sink::Memory(kept) = &mut self.sink {
            let packed = std::mem::replace(&mut self.packed, Packed::nothing());
            let stretch = stretch(&self.clock, || self.ticks.end_stretch());
            let memory = kept.push(Chunk { packed, stretch, new_sites: Told::default() });
            self.packed = memory.unwrap_or_else(Packed::new);
        } else {
            self.hand_over();
        }
    }

    /// Gives what there is to the writer, if one writes. If the writer is behind, this waits for it: a trace with
    /// holes explains nothing.
    fn hand_over(&mut self) {
        if self.packed.len() == 0 {
            return;
        }
        if let Sink::Writer(sink) = &self.sink {
            let packed = std::mem::replace(&mut self.packed, Packed::new());
            let stretch = stretch(&self.clock, || self.ticks.end_stretch());
            let new_sites = self.sites.take_new();
            let backend = self.backend.unwrap_or_default();
            // A writer that is gone has panicked; that is told at the end.
            let _ = sink.send(Message::Chunk(backend, Chunk { packed, stretch, new_sites }));
        }
    }

    /// Gives what there is, and takes no more: a base may live longer than the recording.
    pub(crate) fn end(&mut self) {
        self.hand_over();
        if let Sink::Writer(sink) = std::mem::replace(&mut self.sink, Sink::Over) {
            let _ = sink.send(Message::End);
        }
        self.packed = Packed::nothing();
    }

    /// What is kept in memory.
    pub(super) fn kept(&self) -> impl Iterator<Item = RawRecord> {
        let chunks = match &self.sink {
            Sink::Memory(kept) => Some(kept.chunks()),
            Sink::Writer(_) | Sink::Over => None,
        };
        let stretch = stretch(&self.clock, || self.ticks.stretch());
        let known = self.sites.known();
        let chunks = chunks.into_iter().flatten();
        let in_chunks = chunks.flat_map(move |chunk| chunk.records(known));
        in_chunks.chain(self.packed.records(stretch, known))
    }

    /// How many records were forgotten.
    pub(super) fn lost(&self) -> u64 {
        match &self.sink {
            Sink::Memory(kept) => kept.lost,
            Sink::Writer(_) | Sink::Over => 0,
        }
    }

    /// How many records were made.
    pub(super) fn made(&self) -> u64 {
        let kept = match &self.sink {
            Sink::Memory(kept) => kept.lost + kept.len() as u64,
            Sink::Writer(_) | Sink::Over => 0,
        };
        kept + self.packed.len() as u64
    }

    /// The backend of the first base.
    pub(super) fn backend(&self) -> &'static str {
        self.backend.unwrap_or_default()
    }
}

fn stretch(clock: &Option<VirtualClock>, real: impl FnOnce() -> Stretch) -> Stretch {
    match clock {
        None => real(),
        Some(_) => Stretch::Nanos,
    }
}
