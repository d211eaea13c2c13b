//! What several rules ask and the state does not tell: who is calling, how long the loop has waited, what was
//! lost. Kept once, beside the fold.

use std::collections::BTreeMap;

use evscope_trace::{
    BaseId, BevEvents, BevId, BufId, ConnectProgress, Event, EventId, Nanos, Phase, Record, Side,
    SourceLine, Text, ThreadId,
};

use crate::explain::is_of_library;
use crate::quick::{HashMap, HashSet};
use crate::{ObjectId, State};

/// What is known beside the state.
#[derive(Default)]
pub(super) struct Facts {
    /// The last step that told of a loss.
    lost_at: Option<usize>,
    // Asked at nearly every step, of few threads and bases.
    calls: BTreeMap<ThreadId, Vec<Call>>,
    turns: BTreeMap<BaseId, Turns>,
    /// The filter or TLS connection that stands on a bufferevent.
    above: HashMap<BevId, BevId>,
    /// The output that a bufferevent's input went to last.
    flows: HashMap<BevId, BevId>,
    /// Where what was given up was given up.
    frees: HashMap<ObjectId, SourceLine>,
    /// The bufferevents whose connection is over: what is left of their bytes is nobody's fault.
    over: HashSet<BevId>,
    /// The highest numbers that objects were made with.
    made: Made,
    /// The last step that did something, for what ends in the middle.
    last: Option<Last>,
}

/// The last thing that a program did.
pub(super) struct Last {
    pub(super) step: usize,
    pub(super) name: Text,
    pub(super) object: Option<ObjectId>,
    pub(super) place: Option<SourceLine>,
    /// The program's callback it was done in.
    pub(super) callback: Option<Text>,
}

/// A call that has not returned.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) step: usize,
    pub(super) began: Nanos,
    /// How long a loop inside it has waited.
    pub(super) waited: Nanos,
    /// How long callbacks of the program inside it have taken, without waits.
    pub(super) inside: Nanos,
    pub(super) kind: CallKind,
    pub(super) base: Option<BaseId>,
    pub(super) bev: Option<BevId>,
    pub(super) depth: u32,
    pub(super) place: Option<SourceLine>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CallKind {
    /// A callback of the program, with its name and what kind it is.
    Program { name: Text, kind: Text },
    /// A callback of the library.
    Inner,
    /// The loop, with how often it had waited when it began.
    Loop { waits: u64 },
    /// The backend's wait.
    Poll,
    /// Any other call.
    Api,
}

/// The turns of a base's loop.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Turns {
    /// How many waits have begun.
    pub(super) count: u64,
    /// The step of the last one that was allowed to take time.
    pub(super) slept_at: Option<usize>,
    /// The last one.
    pub(super) last_at: usize,
    /// When it began.
    pub(super) began: Nanos,
    /// How long it took, once it is over.
    pub(super) took: Option<Nanos>,
}

/// The highest number of each kind of object.
#[derive(Debug, Clone, Copy, Default)]
struct Made {
    base: u32,
    event: u32,
    bev: u32,
    buf: u32,
    listener: u32,
}

/// Whether the loop goes to sleep in a step: it looks for what is ready and may wait.
pub(super) fn sleeps(record: &Record) -> bool {
    record.phase != Phase::Exit
        && matches!(record.event, Event::Poll { timeout, .. } if timeout != Some(Nanos(0)))
}

impl Facts {
    // ---- asked ------------------------------------------------------------------------------------

    /// Whether all is known of an object that was made at a step: it was made in the trace, and nothing was lost
    /// since.
    pub(super) fn knows(&self, made_at: Option<usize>) -> bool {
        made_at.is_some_and(|made| self.lost_at.is_none_or(|lost| lost < made))
    }

    /// The same of a whole trace.
    pub(super) fn nothing_lost(&self) -> bool {
        self.lost_at.is_none()
    }

    /// The turns of a base, or of the only one.
    pub(super) fn turns(&self, base: Option<BaseId>) -> Turns {
        match base {
            Some(base) => self.turns.get(&base).copied().unwrap_or_default(),
            None => {
                let mut all = self.turns.values();
                let first = all.next().copied().unwrap_or_default();
                if all.next().is_none() {
                    first
                } else {
                    Turns::default()
                }
            }
        }
    }

    /// Whether the loop of a base has gone to sleep since a step.
    pub(super) fn slept_since(&self, base: Option<BaseId>, step: usize) -> bool {
        self.turns(base).slept_at.is_some_and(|slept| slept > step)
    }

    /// The calls of a thread that have not returned, outermost first.
    pub(super) fn calls(&self, thread: ThreadId) -> &[Call] {
        self.calls.get(&thread).map_or(&[], Vec::as_slice)
    }

    /// The call around a step. A step that begins a call is not around itself.
    pub(super) fn around(&self, record: &Record, step: usize) -> Option<&Call> {
        self.calls(record.thread)
            .iter()
            .rev()
            .find(|call| call.step < step)
    }

    /// Whether the program itself made the call of a step: nothing is around it, or a callback of the program.
    pub(super) fn is_programs(&self, record: &Record, step: usize) -> bool {
        self.around(record, step)
            .is_none_or(|call| matches!(call.kind, CallKind::Program { .. }))
    }

    /// The program's callback that a thread is in, however deep; none in one of the library's.
    pub(super) fn in_callback(&self, thread: ThreadId) -> Option<&Call> {
        self.calls(thread)
            .iter()
            .rev()
            .find(|call| {
                matches!(
                    call.kind,
                    CallKind::Program { .. } | CallKind::Inner | CallKind::Loop { .. }
                )
            })
            .filter(|call| matches!(call.kind, CallKind::Program { .. }))
    }

    /// Whether a thread runs a loop.
    pub(super) fn in_loop(&self, thread: ThreadId) -> bool {
        self.calls(thread)
            .iter()
            .any(|call| matches!(call.kind, CallKind::Loop { .. }))
    }

    /// The filter or TLS connection on a bufferevent.
    pub(super) fn above(&self, bev: BevId) -> Option<BevId> {
        self.above.get(&bev).copied()
    }

    /// The bufferevent to whose output the input of this one went last.
    pub(super) fn flow(&self, bev: BevId) -> Option<BevId> {
        self.flows.get(&bev).copied()
    }

    /// Whether the connection of a bufferevent is over: it was told the end of the file, an error or a timeout, or
    /// could not connect; or that of one above or below it was.
    pub(super) fn is_over(&self, state: &State, bev: BevId) -> bool {
        let below = state.bevs.get(bev).and_then(|bev| bev.underlying);
        [Some(bev), self.above(bev), below]
            .into_iter()
            .flatten()
            .any(|bev| self.over.contains(&bev))
    }

    /// The line that gave an object up.
    pub(super) fn freed_by(&self, object: ObjectId) -> Option<&SourceLine> {
        self.frees.get(&object)
    }

    /// Whether an object of this number was made before: then one that the state does not hold was freed.
    pub(super) fn was_made(&self, object: ObjectId) -> bool {
        match object {
            ObjectId::Base(id) => id.0 <= self.made.base,
            ObjectId::Event(id) => id.0 <= self.made.event,
            ObjectId::Bev(id) => id.0 <= self.made.bev,
            ObjectId::Buf(id) => id.0 <= self.made.buf,
            ObjectId::Listener(id) => id.0 <= self.made.listener,
            ObjectId::Fd(_) => false,
        }
    }

    /// The last thing that was done.
    pub(super) fn last(&self) -> Option<&Last> {
        self.last.as_ref()
    }

    // ---- kept -------------------------------------------------------------------------------------

    /// Takes in a record, between the two looks of the rules.
    pub(super) fn apply(&mut self, step: usize, record: &Record, state: &State) {
        self.walk(step, record);
        if record.phase == Phase::Exit {
            if let Event::Poll { .. } = record.event {
                self.woke(record);
            }
            return;
        }
        let objects = &record.objects;
        match &record.event {
            Event::Lost { .. } => self.lost_at = Some(step),
            Event::Poll { .. } => self.turn(step, record),
            Event::EventBaseNew { .. } => note(&mut self.made.base, objects.base.map(|id| id.0)),
            Event::EventAssign { .. } => note(&mut self.made.event, objects.event.map(|id| id.0)),
            Event::EvbufferNew {} => note(&mut self.made.buf, objects.buf.map(|id| id.0)),
            Event::EvconnlistenerNew { .. } => {
                note(&mut self.made.listener, objects.listener.map(|id| id.0));
            }
            Event::BuffereventSocketNew { .. } | Event::BuffereventPairNew { .. } => {
                note(&mut self.made.bev, objects.bev.map(|id| id.0));
            }
            Event::BuffereventFilterNew { underlying, .. } => {
                note(&mut self.made.bev, objects.bev.map(|id| id.0));
                if let Some(bev) = objects.bev {
                    self.above.insert(*underlying, bev);
                }
            }
            Event::EvbufferMove { from, .. } => self.moved(record, *from, state),
            Event::EvbufferRead { result, errno, .. }
            | Event::EvbufferWrite { result, errno, .. } => {
                let passing = matches!(
                    errno.as_deref(),
                    Some("EAGAIN" | "EWOULDBLOCK" | "EINTR" | "EINPROGRESS")
                );
                let reads = matches!(record.event, Event::EvbufferRead { .. });
                if *result < 0 && !passing || *result == 0 && reads {
                    self.is_done(record, state);
                }
            }
            Event::Eventcb { what, .. }
                if what.intersects(BevEvents::EOF | BevEvents::ERROR | BevEvents::TIMEOUT) =>
            {
                self.is_done(record, state);
            }
            Event::Connect {
                progress: ConnectProgress::Failed,
                ..
            } => self.is_done(record, state),
            // Another connection: it has an end of its own.
            Event::Connect { .. } | Event::BuffereventSetfd {} => {
                if let Some(bev) = objects.bev {
                    self.over.remove(&bev);
                }
            }
            Event::BuffereventWrite { .. } => self.wrote(record),
            Event::BuffereventFree {} => self.freed(record, objects.bev.map(ObjectId::Bev)),
            Event::EventFree {} => self.freed(record, objects.event.map(ObjectId::Event)),
            Event::EvbufferFree {} => self.freed(record, objects.buf.map(ObjectId::Buf)),
            Event::EvconnlistenerFree {} => {
                self.freed(record, objects.listener.map(ObjectId::Listener));
            }
            Event::EventBaseFree {} => self.freed(record, objects.base.map(ObjectId::Base)),
            _ => {}
        }
        if !matches!(record.event, Event::ProgramExit { .. }) {
            self.last = Some(Last {
                step,
                name: record.event.text_name(),
                object: ObjectId::all_of(objects).next(),
                place: place(record),
                callback: self
                    .in_callback(record.thread)
                    .and_then(|call| match &call.kind {
                        CallKind::Program { name, .. } => Some(name.clone()),
                        _ => None,
                    }),
            });
        }
    }

    /// An object is forgotten.
    pub(super) fn forget(&mut self, object: ObjectId) {
        self.frees.remove(&object);
        match object {
            ObjectId::Bev(bev) => {
                self.flows.remove(&bev);
                self.over.remove(&bev);
                self.above.remove(&bev);
            }
            ObjectId::Base(base) => {
                self.turns.remove(&base);
            }
            _ => {}
        }
    }

    /// Forgets the threads that are in no call.
    pub(super) fn forget_threads(&mut self) {
        self.calls.retain(|_, calls| !calls.is_empty());
    }

    fn walk(&mut self, step: usize, record: &Record) {
        let calls = self.calls.entry(record.thread).or_default();
        let inside = |call: &Call| match record.phase {
            Phase::Exit => call.depth > record.depth,
            Phase::Enter | Phase::Point => call.depth >= record.depth,
        };
        while calls.last().is_some_and(inside) {
            calls.pop();
        }
        match record.phase {
            Phase::Enter => {
                let kind = kind_of(record, &self.turns);
                let objects = &record.objects;
                calls.push(Call {
                    step,
                    began: record.t,
                    waited: Nanos(0),
                    inside: Nanos(0),
                    kind,
                    base: objects.base,
                    bev: objects.bev,
                    depth: record.depth,
                    place: place(record),
                });
            }
            Phase::Exit => {
                let Some(call) = calls.pop_if(|call| call.depth == record.depth) else {
                    return;
                };
                let span = record.t.0.saturating_sub(call.began.0);
                match call.kind {
                    CallKind::Poll => {
                        for call in calls.iter_mut() {
                            call.waited.0 = call.waited.0.saturating_add(span);
                        }
                    }
                    CallKind::Program { .. } => {
                        let own = span
                            .saturating_sub(call.waited.0)
                            .saturating_sub(call.inside.0);
                        for call in calls.iter_mut() {
                            call.inside.0 = call.inside.0.saturating_add(own);
                        }
                    }
                    _ => {}
                }
            }
            Phase::Point => {}
        }
    }

    fn turn(&mut self, step: usize, record: &Record) {
        let Some(base) = record.objects.base else {
            return;
        };
        let turns = self.turns.entry(base).or_default();
        turns.count += 1;
        turns.last_at = step;
        turns.began = record.t;
        turns.took = (record.phase == Phase::Point).then_some(Nanos(0));
        if sleeps(record) {
            turns.slept_at = Some(step);
        }
    }

    fn woke(&mut self, record: &Record) {
        let base = record.objects.base;
        if let Some(turns) = base.and_then(|base| self.turns.get_mut(&base)) {
            turns.took = Some(Nanos(record.t.0.saturating_sub(turns.began.0)));
        }
    }

    /// Bytes of one bufferevent's input go to another's output.
    fn moved(&mut self, record: &Record, from: BufId, state: &State) {
        let owner = |buf| {
            let buf = state.bufs.get(buf)?;
            Some((buf.bev?, buf.side?))
        };
        let to = record.objects.buf.and_then(owner);
        if let (Some((from, Side::Input)), Some((to, Side::Output))) = (owner(from), to) {
            self.flows.insert(from, to);
        }
    }

    /// A write inside a bufferevent's callback: what came in there goes out here.
    fn wrote(&mut self, record: &Record) {
        let from = self.in_callback(record.thread).and_then(|call| call.bev);
        if let (Some(from), Some(to)) = (from, record.objects.bev) {
            self.flows.insert(from, to);
        }
    }

    fn is_done(&mut self, record: &Record, state: &State) {
        let owner = || state.bufs.get(record.objects.buf?)?.bev;
        if let Some(bev) = record.objects.bev.or_else(owner) {
            self.over.insert(bev);
        }
    }

    fn freed(&mut self, record: &Record, object: Option<ObjectId>) {
        if let (Some(object), Some(place)) = (object, &record.caller) {
            self.frees.entry(object).or_insert_with(|| place.clone());
        }
    }
}

fn note(highest: &mut u32, id: Option<u32>) {
    *highest = (*highest).max(id.unwrap_or(0));
}

fn kind_of(record: &Record, turns: &BTreeMap<BaseId, Turns>) -> CallKind {
    match &record.event {
        Event::EventBaseLoop { .. } => {
            let base = record.objects.base;
            let turns = base.and_then(|base| turns.get(&base));
            CallKind::Loop {
                waits: turns.map_or(0, |turns| turns.count),
            }
        }
        Event::Poll { .. } => CallKind::Poll,
        Event::BuffereventReadcb { .. }
        | Event::BuffereventWritecb { .. }
        | Event::ListenerReadCb {}
        | Event::DeferredCb { .. }
        | Event::EvsigCb {}
        | Event::EventOnceCb {} => CallKind::Inner,
        Event::EventCallback { callback, .. }
        | Event::ListenerCb { callback }
        | Event::ListenerErrorcb { callback }
        | Event::Readcb { callback }
        | Event::Writecb { callback }
        | Event::Eventcb { callback, .. } => {
            if is_of_library(callback) {
                CallKind::Inner
            } else {
                CallKind::Program {
                    name: callback.clone(),
                    kind: record.event.text_name(),
                }
            }
        }
        _ => CallKind::Api,
    }
}

/// The bufferevent or the listener that an event works for, else the event.
pub(super) fn subject(state: &State, event: EventId) -> ObjectId {
    let known = state.events.get(event);
    let bev = known.and_then(|event| event.bev).map(ObjectId::Bev);
    let listener = known
        .and_then(|event| event.listener)
        .map(ObjectId::Listener);
    bev.or(listener).unwrap_or(ObjectId::Event(event))
}

/// The line of the program that a record points to: of a callback its function, else the line that called.
pub(super) fn place(record: &Record) -> Option<SourceLine> {
    let line = match &record.event {
        Event::EventCallback { .. }
        | Event::ListenerCb { .. }
        | Event::ListenerErrorcb { .. }
        | Event::Readcb { .. }
        | Event::Writecb { .. }
        | Event::Eventcb { .. } => &record.src,
        _ => &record.caller,
    };
    line.clone()
}
