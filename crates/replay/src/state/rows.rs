//! The state as a view lists it: which objects stand there, and what is worth a row of each. Whoever draws it chooses the words.

use evscope_trace::{
    BaseId, BevId, BufId, EvFlags, EventId, ListenerId, Nanos, Side, SuspendReasons, Text,
};
use serde::Serialize;

use super::{BaseState, BevState, BufState, EventState, State};
use crate::object::Purpose;

/// A kind of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ObjectKind {
    /// What the names of its objects begin with.
    pub name: &'static str,
    /// The field that says since when there is none any more.
    pub ends: &'static str,
}

impl ObjectKind {
    /// All, in the order of a view. A bufferevent that was freed is there until it is taken apart.
    pub const ALL: [Self; 5] = [
        kind("base", "freed_at"),
        kind("listener", "freed_at"),
        kind("bev", "finalized_at"),
        kind("buf", "freed_at"),
        kind("event", "freed_at"),
    ];
}

const fn kind(name: &'static str, ends: &'static str) -> ObjectKind {
    ObjectKind { name, ends }
}

/// The objects that a view lists. Those that were freed long ago are left out: of a server's there are many.
#[derive(Debug, Clone, Default)]
pub struct There {
    /// The event bases.
    pub bases: Vec<BaseId>,
    /// The listeners.
    pub listeners: Vec<ListenerId>,
    /// The bufferevents.
    pub bevs: Vec<BevId>,
    /// The buffers that are no bufferevent's.
    pub bufs: Vec<BufId>,
    /// The events.
    pub events: Vec<EventId>,
}

impl There {
    /// What is there in a state, or was in the one before it: an object that was freed is listed once more, by the step that
    /// freed it.
    pub fn of(state: &State, before: &State) -> Self {
        let mut bufs = state.bufs.living_since(&before.bufs);
        bufs.retain(|(_, buf)| buf.bev.is_none());
        Self {
            bases: ids(state.bases.living_since(&before.bases)),
            listeners: ids(state.listeners.living_since(&before.listeners)),
            bevs: ids(state.bevs.living_since(&before.bevs)),
            bufs: ids(bufs),
            events: ids(state.events.living_since(&before.events)),
        }
    }
}

fn ids<K, V>(objects: Vec<(K, &V)>) -> Vec<K> {
    objects.into_iter().map(|(id, _)| id).collect()
}

/// What a base does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing<'a> {
    /// It was freed.
    Freed,
    /// Its loop waits in the kernel.
    Waits,
    /// Its loop runs.
    Runs,
    /// Its loop does not run; why it ended, if it did.
    Rests(Option<&'a Text>),
}

impl Doing<'_> {
    /// The fields that say it.
    pub const FIELDS: [&'static str; 3] = ["freed_at", "polling", "running"];
}

impl BaseState {
    /// What it does.
    pub fn doing(&self) -> Doing<'_> {
        match (self.is_freed(), self.polling, self.running) {
            (true, ..) => Doing::Freed,
            (false, true, _) => Doing::Waits,
            (false, false, true) => Doing::Runs,
            (false, false, false) => Doing::Rests(self.ended.as_ref()),
        }
    }
}

/// One side of a bufferevent.
#[derive(Debug, Clone, Copy)]
pub struct BevSide<'a> {
    /// Which.
    pub side: Side,
    /// What is done there, as its fields are called: `read` or `write`.
    pub does: &'static str,
    /// Whether it is enabled.
    pub enabled: bool,
    /// The flag of the side.
    pub flag: EvFlags,
    /// Why it is suspended; empty: it is not.
    pub suspended: SuspendReasons,
    /// The low mark.
    pub low: u64,
    /// The high mark; none: there is no limit.
    pub high: Option<u64>,
    /// Its timeout.
    pub timeout: Option<Nanos>,
    /// The user's callback.
    pub callback: Option<&'a str>,
    /// Its event.
    pub event: Option<EventId>,
    /// Its buffer.
    pub buffer: Option<BufId>,
    /// What is in that.
    pub content: Option<&'a BufState>,
}

impl State {
    /// The sides of a bufferevent: the input, then the output.
    pub fn sides<'a>(&'a self, bev: &'a BevState) -> [BevSide<'a>; 2] {
        let input = BevSide {
            side: Side::Input,
            does: "read",
            enabled: bev.enabled.contains(EvFlags::READ),
            flag: EvFlags::READ,
            suspended: bev.suspended_read,
            low: bev.read_low,
            high: Some(bev.read_high).filter(|high| *high > 0),
            timeout: bev.read_timeout,
            callback: bev.readcb.as_deref(),
            event: bev.ev_read,
            buffer: bev.input,
            content: bev.input.and_then(|id| self.bufs.get(id)),
        };
        let output = BevSide {
            side: Side::Output,
            does: "write",
            enabled: bev.enabled.contains(EvFlags::WRITE),
            flag: EvFlags::WRITE,
            suspended: bev.suspended_write,
            low: bev.write_low,
            high: Some(bev.write_high).filter(|high| *high > 0),
            timeout: bev.write_timeout,
            callback: bev.writecb.as_deref(),
            event: bev.ev_write,
            buffer: bev.output,
            content: bev.output.and_then(|id| self.bufs.get(id)),
        };
        [input, output]
    }
}

/// What an event waits for, other than its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    /// A signal of this number.
    Signal(i32),
    /// An fd.
    Fd(i32),
    /// Neither.
    Nothing,
}

impl EventState {
    /// What it is for, if that was told.
    pub fn purpose(&self) -> Option<Purpose> {
        let role = self.role?;
        let (bev, listener) = (self.bev, self.listener);
        Some(Purpose {
            role,
            bev,
            listener,
        })
    }

    /// What it waits for: a signal's number stands in the fd's place.
    pub fn waits_for(&self) -> WaitsFor {
        match self.fd.filter(|fd| *fd >= 0) {
            Some(number) if self.events.contains(EvFlags::SIGNAL) => WaitsFor::Signal(number),
            Some(fd) => WaitsFor::Fd(fd),
            None => WaitsFor::Nothing,
        }
    }
}
