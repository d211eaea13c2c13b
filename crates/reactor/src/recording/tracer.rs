//! The traced thread's end of a recording: a buffer that is handed over when it is full, when the loop
//! waits, and at the end.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::SyncSender;
use std::time::Instant;

use evscope_trace::{Event, Objects, Phase, Step, ThreadId};

use super::into_ring::RingRecords;
use super::kept::{Keep, Kept};
use super::process::ProcessRecords;
use super::raw::{Chunk, Here, Message, Packed, RawRecord, Source};
use super::sites::{Sites, Told, Who};
use super::ticks::{Stretch, Ticks, counter};
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

    /// Puts a record down if it stays in memory, or goes to the writer, and nothing about it is unusual. Whether it was.
    #[inline(always)]
    fn push_quick<S: Step>(
        &self,
        phase: Phase,
        here: &'static Here,
        who: Who,
        about: Option<(&Objects, &S)>,
    ) -> bool {
        match self {
            Self::Thread(records) => records.borrow_mut().push_quick(phase, here, who, about),
            Self::Process(..) | Self::Ring(_) => false,
        }
    }

    #[cold]
    #[inline(never)]
    fn push(
        &mut self,
        phase: Phase,
        source: Source,
        caller: Option<&'static Here>,
        about: Option<About<'_>>,
    ) {
        if let Self::Ring(ring) = self {
            let (objects, event) = about.unzip();
            let objects = objects.copied().unwrap_or_default();
            ring.push(phase, source, caller, objects, event);
        } else {
            self.with(|records, thread| records.push(thread, phase, source, caller, about));
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

    /// A function is called, which is this step. Whether that was put down.
    #[inline(always)]
    pub(super) fn enter<S: Step>(
        &mut self,
        here: &'static Here,
        caller: &'static Here,
        objects: &Objects,
        step: &S,
    ) -> bool {
        self.frames.push(Frame { caller, kind: FrameKind::Entered });
        let (who, about) = (Who::Caller(caller), Some((objects, step)));
        self.records.push_quick(Phase::Enter, here, who, about)
    }

    /// A function is called. What it is, it says later, if it does.
    #[inline(always)]
    pub(super) fn enter_unsaid(&mut self, caller: &'static Here) {
        self.frames.push(Frame { caller, kind: FrameKind::Unsaid });
    }

    /// The function that was called last says what it is.
    #[inline(always)]
    pub(super) fn say<S: Step>(&mut self, here: &'static Here, objects: Objects, step: S) {
        if let Some(frame) = self.frames.last_mut() {
            frame.kind = FrameKind::Entered;
            let caller = frame.caller;
            self.push(Phase::Enter, here, Some(caller), objects, step);
        }
    }

    /// The function that was called last is left.
    #[inline]
    pub(super) fn exit(&mut self, here: &'static Here) {
        if self.leave() {
            let nothing: Option<(&Objects, &Event)> = None;
            let done = self
                .records
                .push_quick(Phase::Exit, here, Who::Nobody, nothing);
            if !done {
                self.push_exit(here);
            }
        }
    }

    /// The same; more is known now than when it was entered.
    #[inline(always)]
    pub(super) fn exit_saying<S: Step>(&mut self, here: &'static Here, step: S) {
        if self.leave() {
            self.push(Phase::Exit, here, None, Objects::default(), step);
        }
    }

    /// Whether what is left was a step.
    #[inline(always)]
    fn leave(&mut self) -> bool {
        self.frames
            .pop()
            .is_some_and(|frame| frame.kind != FrameKind::Unsaid)
    }

    /// A step without an end. Whether it was put down.
    #[inline(always)]
    pub(super) fn point<S: Step>(
        &mut self,
        here: &'static Here,
        caller: &'static Here,
        objects: &Objects,
        step: &S,
    ) -> bool {
        let (who, about) = (Who::Caller(caller), Some((objects, step)));
        self.records.push_quick(Phase::Point, here, who, about)
    }

    /// The same in the midst of a function, which was called by somebody else.
    pub(super) fn point_here(&mut self, here: &'static Here, objects: Objects, event: Event) {
        let caller = self.frames.last().map(|frame| frame.caller);
        self.push(Phase::Point, here, caller, objects, event);
    }

    /// The number of a callback where one is needed, and its name as a trace says it.
    #[inline(always)]
    pub(super) fn callback(&self, name: CallbackName) -> (u32, &'static str) {
        match &self.records {
            Shared::Thread(records) => records.borrow_mut().sites.callback(name),
            Shared::Process(..) | Shared::Ring(_) => (0, name.short()),
        }
    }

    /// A callback of the program's is called, at this line.
    #[inline(always)]
    pub(super) fn enter_callback<S: Step>(
        &mut self,
        (name, number): (CallbackName, u32),
        here: &'static Here,
        objects: Objects,
        step: S,
    ) {
        self.frames
            .push(Frame { caller: here, kind: FrameKind::Callback });
        let (who, about) = (Who::Callback(number), Some((&objects, &step)));
        if !self.records.push_quick(Phase::Enter, here, who, about) {
            let source = Source::Callback(name, here);
            self.push_event(Phase::Enter, source, None, objects, step.into_event());
        }
    }

    /// The callback that was called last has returned, or panicked: then what it had called is left, too.
    pub(super) fn exit_callback(&mut self) {
        while let Some(&Frame { caller, kind }) = self.frames.last() {
            self.exit(caller);
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
            self.exit(caller);
        }
    }

    /// How many calls the base is in.
    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    #[inline(always)]
    fn push<S: Step>(
        &mut self,
        phase: Phase,
        here: &'static Here,
        caller: Option<&'static Here>,
        objects: Objects,
        step: S,
    ) {
        let who = caller.map_or(Who::Nobody, Who::Caller);
        let about = Some((&objects, &step));
        if !self.records.push_quick(phase, here, who, about) {
            let source = Source::Line(here);
            self.push_event(phase, source, caller, objects, step.into_event());
        }
    }

    #[cold]
    #[inline(never)]
    fn push_exit(&mut self, here: &'static Here) {
        self.records
            .push(Phase::Exit, Source::Line(here), None, None);
    }

    /// Puts down what was not.
    #[cold]
    #[inline(never)]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "who makes a record is rid of it, and needs no code to drop it"
    )]
    pub(super) fn push_event(
        &mut self,
        phase: Phase,
        source: Source,
        caller: Option<&'static Here>,
        objects: Objects,
        event: Event,
    ) {
        let about = (&objects, &event);
        self.records.push(phase, source, caller, Some(about));
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
    /// Whether their time is the processor's counter.
    by_counter: bool,
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
        let ticks = Ticks::new(began);
        Self {
            by_counter: ticks.by_counter(),
            ticks,
            clock: None,
            backend: None,
            sites: Sites::new(),
            packed: Packed::new(),
            sink,
        }
    }

    /// Puts a record of the thread down if nothing about it is unusual. Whether it was.
    #[inline(always)]
    fn push_quick<S: Step>(
        &mut self,
        phase: Phase,
        here: &'static Here,
        who: Who,
        about: Option<(&Objects, &S)>,
    ) -> bool {
        if !self.by_counter {
            return false;
        }
        self.packed
            .push_quick(counter(), phase, here, who, about, &self.sites)
    }

    fn push(
        &mut self,
        thread: ThreadId,
        phase: Phase,
        source: Source,
        caller: Option<&'static Here>,
        about: Option<About<'_>>,
    ) {
        if matches!(self.sink, Sink::Over) {
            return;
        }
        if self.packed.is_full() {
            self.chunk_is_full();
        }
        let (noted, sites) = (self.now(), &mut self.sites);
        let (here, who) = sites.parts(source, caller);
        // It may have come here only for its clock, or for the lock that it is under.
        let done = self.packed.is_of(thread)
            && self
                .packed
                .push_quick(noted, phase, here, who, about, sites);
        if !done {
            self.packed
                .push((noted, thread), phase, here, who, about, sites);
        }
    }

    #[inline(always)]
    fn now(&self) -> u64 {
        match &self.clock {
            None => self.ticks.now(),
            Some(clock) => clock.nanos(),
        }
    }

    /// From now on records are in this time.
    fn use_clock(&mut self, clock: VirtualClock) {
        // Those in hand are in another one.
        if self.packed.len() > 0 {
            self.chunk_is_full();
        }
        self.clock = Some(clock);
        self.by_counter = false;
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
