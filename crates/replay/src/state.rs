//! What the program's objects are like: the fold of a trace up to a step.

mod apply;
mod bufferevents;
mod buffers;
mod content;
mod diff;
mod events;
mod forget;
mod key;
mod listeners;
mod loops;
mod objects;
mod packed;
mod paths;
mod rows;
mod table;
mod trie;
mod value;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use evscope_trace::{
    BaseId, BevId, BufId, EvFlags, EventId, ListenerId, Nanos, Side, Text, ThreadId,
};
use serde::{Serialize, Serializer};

pub use content::{Content, Segment};
pub use diff::Change;
pub(crate) use diff::is_bookkeeping;
pub use objects::{BaseState, BevKind, BevState, BufState, EventState, ListenerState};
pub(crate) use packed::Texts;
pub use rows::{BevSide, Doing, ObjectKind, There, WaitsFor};
pub use table::Table;
pub use value::Value;

/// The state of a program: every object the trace has named so far, also those that were freed.
///
/// A copy shares what it has in common with the original, so copies are cheap. Two states are equal
/// when the program is in the same state, whenever that is: the clock and the number of the step do not
/// count.
#[derive(Debug, Clone, Default, Serialize)]
pub struct State {
    /// How many records are in it.
    applied: usize,
    /// The time of the last record.
    pub now: Nanos,
    /// The event bases.
    pub bases: Table<BaseId, BaseState>,
    /// The events.
    pub events: Table<EventId, EventState>,
    /// The bufferevents.
    pub bevs: Table<BevId, BevState>,
    /// The buffers, those of bufferevents too.
    pub bufs: Table<BufId, BufState>,
    /// The listeners.
    pub listeners: Table<ListenerId, ListenerState>,
    /// What the kernel watches for; an fd it does not watch is not in here.
    pub interest: Table<Watched, EvFlags>,
    /// The active events of all bases, in the order in which they became active.
    pub active: VecDeque<EventId>,
    /// The calls each thread is in, outermost first.
    pub stacks: BTreeMap<ThreadId, Vec<Frame>>,
    /// How many records the trace says it has lost.
    pub lost: u64,
}

/// A call that is not finished. Two are equal when they are calls of the same function: as with states,
/// when a call began does not count.
#[derive(Debug, Clone, Eq, Serialize)]
pub struct Frame {
    /// The step of its enter.
    pub step: usize,
    /// The call's name.
    pub name: Text,
    /// How many calls are around it.
    pub depth: u32,
}

impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// An fd as one base's backend watches it. As text: `base1.fd8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Watched {
    /// Whose backend; unknown in a trace that does not say.
    pub base: Option<BaseId>,
    /// The file descriptor.
    pub fd: i32,
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.base {
            Some(base) => write!(f, "{base}.fd{}", self.fd),
            None => write!(f, "fd{}", self.fd),
        }
    }
}

impl Serialize for Watched {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            applied: _,
            now: _,
            bases,
            events,
            bevs,
            bufs,
            listeners,
            interest,
            active,
            stacks,
            lost,
        } = self;
        *bases == other.bases
            && *events == other.events
            && *bevs == other.bevs
            && *bufs == other.bufs
            && *listeners == other.listeners
            && *interest == other.interest
            && *active == other.active
            && *stacks == other.stacks
            && *lost == other.lost
    }
}

impl State {
    /// The state before the first step.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many records are in it.
    pub fn applied(&self) -> usize {
        self.applied
    }

    /// The step it is the state after; none before the first.
    pub fn step(&self) -> Option<usize> {
        self.applied.checked_sub(1)
    }

    /// The calls a thread is in, outermost first.
    pub fn stack(&self, thread: ThreadId) -> &[Frame] {
        self.stacks.get(&thread).map_or(&[], Vec::as_slice)
    }

    /// One of a bufferevent's two buffers.
    pub fn buffer(&self, bev: BevId, side: Side) -> Option<&BufState> {
        let bev = self.bevs.get(bev)?;
        let buf = match side {
            Side::Input => bev.input,
            Side::Output => bev.output,
        };
        self.bufs.get(buf?)
    }

    /// The active events in the order in which the loop will run them: the most urgent priority first,
    /// within it as they became active.
    pub fn active_queue(&self) -> Vec<EventId> {
        let mut queue: Vec<EventId> = self.active.iter().copied().collect();
        queue.sort_by_key(|id| self.events.get(*id).and_then(|event| event.priority));
        queue
    }

    /// The pending timeouts, the earliest first, with what is left of each at the state's own time.
    pub fn timers(&self) -> Vec<(EventId, Nanos)> {
        let mut timers: Vec<(EventId, Nanos, Nanos)> = self
            .events
            .living()
            .filter_map(|(id, event)| Some((id, event.deadline?, event.remaining(self.now)?)))
            .collect();
        timers.sort_by_key(|(id, deadline, _)| (*deadline, *id));
        timers.into_iter().map(|(id, _, left)| (id, left)).collect()
    }
}
