//! The event base: libevent's `event.c`.

mod active;
mod ask;
mod assign;
mod clock;
mod common_timeout;
mod dump;
mod exit;
mod finalize;
mod free;
mod pending;
mod process;
mod queues;
mod reinit;
mod row;
mod run_loop;
mod slot;
mod watch;

use std::sync::Arc;

use evscope_trace::{BaseId, Objects};

pub(crate) use assign::NewEvent;
pub use assign::Pending;
pub use clock::VirtualClock;
pub(crate) use clock::{Clock, nanos};
pub use common_timeout::CommonTimeout;
pub(crate) use common_timeout::{CommonQueue, NOT_COMMON};
pub use dump::{ClearMax, Count};
pub(crate) use pending::Timeout;
pub(crate) use queues::ActiveQueues;
pub(crate) use row::{Left, Row};
pub use run_loop::LoopEnd;
pub(crate) use slot::{EventCallback, EventFn, EventSlot, EventState, Events, Owner};
pub(crate) use watch::Watch;

use crate::backend::{self, Backend, ReadyFd};
use crate::buffer::{BufferSlot, MAX_READ};
use crate::bufferevent::{BevSlot, GroupSlot};
use crate::callback::Nesting;
use crate::config::{ConfigFlags, EventConfig, LookUp, MaxDispatch, VirtualTime};
use crate::evmap::{IoMap, SignalMap};
use crate::listener::ListenerSlot;
use crate::min_heap::MinHeap;
use crate::notify::Mailbox;
use crate::recording::{Active, Ids, Tracer, call, current_recording};
use crate::signal::Signals;
use crate::table::Table;
use crate::{Bufferevent, Error, Evbuffer, Event, Listener, RateLimitGroup, Watcher};

/// The most priorities a base can have (libevent's `EVENT_MAX_PRIORITIES`).
pub const EVENT_MAX_PRIORITIES: usize = 256;

/// A loop and everything that belongs to it: libevent's `struct event_base`.
///
/// It stays on one thread. Its objects are named by handles ([`Event`], [`Evbuffer`], [`Bufferevent`],
/// [`Listener`]) and are gone when the base is dropped; fds that it was asked to close are closed then.
///
/// Its methods are libevent's functions, in families:
///
/// | | beginning with |
/// | --- | --- |
/// | The base | [`new`](Self::new), [`event_base_dump_events`](Self::event_base_dump_events) |
/// | The loop | [`event_base_dispatch`](Self::event_base_dispatch), [`event_base_loopexit`](Self::event_base_loopexit) |
/// | Events | [`event_new`](Self::event_new), [`event_add`](Self::event_add), [`event_active`](Self::event_active) |
/// | Listeners | [`evconnlistener_new`](Self::evconnlistener_new) |
/// | Buffers | [`evbuffer_new`](Self::evbuffer_new), [`evbuffer_add`](Self::evbuffer_add) |
/// | Bufferevents | [`bufferevent_socket_new`](Self::bufferevent_socket_new), [`bufferevent_setcb`](Self::bufferevent_setcb) |
/// | Rate limits | [`bufferevent_set_rate_limit`](Self::bufferevent_set_rate_limit) |
///
/// Callbacks can do much that does the program no good; it ends in an error that the loop returns, after which it
/// can be run again:
/// - A callback that returns an error or panics, or whose data panics when it is dropped.
/// - Callbacks within callbacks, 100 deep: a buffer's callback that adds to its buffer would be called for ever. It
///   is not called then.
/// - A filter that says Ok again and again and moves nothing.
/// - Another base put in the place of the one that a callback was given (`*base = …`, `mem::swap`):
///   [`Error::BaseReplaced`]. The one that was there is in the middle of its loop for ever and can only be dropped.
///   Where the callback runs outside of a loop, the call that runs it panics.
pub struct EventBase {
    pub(crate) id: BaseId,
    pub(crate) ids: Arc<Ids>,

    // Its objects.
    pub(crate) events: Events,
    pub(crate) buffers: Table<Evbuffer, BufferSlot>,
    pub(crate) bevs: Table<Bufferevent, BevSlot>,
    pub(crate) groups: Table<RateLimitGroup, GroupSlot>,
    pub(crate) listeners: Table<Listener, ListenerSlot>,

    // How it was made.
    pub(crate) backend: Box<dyn Backend>,
    pub(crate) flags: ConfigFlags,
    pub(crate) max_dispatch: Option<MaxDispatch>,

    // What is waited for.
    /// What the backend found and nobody has looked at yet.
    pub(crate) ready: Vec<ReadyFd>,
    pub(crate) io: IoMap,
    pub(crate) signal_map: SignalMap,
    pub(crate) signals: Signals,
    pub(crate) timeouts: MinHeap,
    pub(crate) common_timeouts: Vec<CommonQueue>,
    pub(crate) watchers: Table<Watcher, Watch>,
    /// In the order in which they were made.
    pub(crate) watcher_order: Vec<Watcher>,

    // Time.
    pub(crate) clock: Clock,
    /// How time passes while the loop waits, if it is not the real one.
    pub(crate) virtual_time: Option<VirtualTime>,
    /// Who answers names of hosts, if the system does not.
    pub(crate) getaddrinfo: Option<LookUp>,

    // What is to run, and the loop that runs it.
    pub(crate) active: ActiveQueues,
    pub(crate) counts: Counts,
    pub(crate) turn: Turn,
    pub(crate) nesting: Nesting,

    // What went wrong.
    /// The errno of the last socket operation that failed.
    pub(crate) socket_error: Option<i32>,
    /// What a callback failed with; the loop returns it.
    pub(crate) failure: Option<Error>,

    // What it has besides.
    /// The process it was made in, or made anew for.
    pub(crate) pid: u32,
    /// Where reads go first.
    pub(crate) read_memory: Vec<u8>,
    /// Where other threads leave what this one is to do.
    pub(crate) mailbox: Option<Arc<Mailbox>>,
    pub(crate) tracer: Option<Box<Tracer>>,
}

/// Where the loop is, and what it was told.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// Whether there is one.
    pub(crate) running: bool,
    /// That of the queue whose callbacks run.
    pub(crate) priority: Option<usize>,
    /// The one whose callback runs.
    pub(crate) current_event: Option<Event>,
    /// Deferred callbacks that became active in this turn.
    pub(crate) deferred: u32,
    pub(crate) repeat: Repeat,
    pub(crate) asked: Asked,
}

/// A signal's callback that is called as often as the signal came.
#[derive(Debug, Default)]
pub(crate) struct Repeat {
    /// Its event; deleting it ends that.
    pub(crate) event: Option<Event>,
    /// How often it is still to be called.
    pub(crate) left: u32,
}

bitflags::bitflags! {
    /// What the program asked of the loop, from within.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub(crate) struct Asked: u8 {
        /// To end when all that is active has run.
        const EXIT = 1;
        /// To end after the running callback.
        const BREAK = 1 << 1;
        /// To begin the next turn after the running callback.
        const CONTINUE = 1 << 2;
    }
}

/// How often events of the program's are in a map, the heap or a queue.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// At 0 the loop ends.
    pub(crate) events: usize,
    /// The most that it ever was.
    pub(crate) events_max: usize,
}

impl Counts {
    /// An event is somewhere more.
    #[inline]
    pub(crate) fn enter(&mut self, slot: &mut EventSlot, state: EventState) {
        slot.state |= state;
        self.events += usize::from(slot.counts());
        if self.events > self.events_max {
            self.events_max = self.events;
        }
    }

    /// It is there no longer.
    #[inline]
    pub(crate) fn leave(&mut self, slot: &mut EventSlot, state: EventState) {
        slot.state -= state;
        self.events -= usize::from(slot.counts());
    }
}

/// # The base: made
impl EventBase {
    /// Makes a base (`event_base_new`), with one priority. If a [`Recording`](crate::Recording) is on for
    /// this thread, the base is part of it.
    #[track_caller]
    pub fn new() -> Result<Self, Error> {
        Self::new_with_config(&EventConfig::new())
    }

    /// Makes a base of another kind (`event_base_new_with_config`).
    #[track_caller]
    pub fn new_with_config(config: &EventConfig) -> Result<Self, Error> {
        let recording = current_recording();
        let ids = recording.as_ref().map_or_else(Arc::default, Active::ids);
        let backend = backend::choose(config)?;
        let virtual_clock = config.virtual_time.as_ref().map(|time| time.clock.clone());
        let mut base = Self {
            id: ids.base(),
            tracer: recording.map(|r| Box::new(r.tracer(backend.name(), virtual_clock.clone()))),
            ids,
            events: Table::default(),
            buffers: Table::default(),
            bevs: Table::default(),
            groups: Table::default(),
            listeners: Table::default(),
            backend,
            flags: config.flags,
            max_dispatch: config.max_dispatch,
            ready: Vec::new(),
            io: IoMap::default(),
            signal_map: SignalMap::default(),
            signals: Signals::new().map_err(|error| Error::os("socketpair", error))?,
            timeouts: MinHeap::default(),
            common_timeouts: Vec::new(),
            watchers: Table::default(),
            watcher_order: Vec::new(),
            clock: Clock::new(virtual_clock),
            virtual_time: config.virtual_time.clone(),
            getaddrinfo: config.getaddrinfo.clone(),
            active: ActiveQueues::new(),
            counts: Counts::default(),
            pid: std::process::id(),
            turn: Turn::default(),
            socket_error: None,
            nesting: Nesting::default(),
            failure: None,
            mailbox: None,
            read_memory: vec![0; MAX_READ],
        };
        base.event_base_new();
        Ok(base)
    }

    #[call(self => EventBaseNew { backend: self.backend.name().into(), priorities: 1 })]
    fn event_base_new(&mut self) {
        self.evsig_init();
    }

    /// Gives the base another number of priorities (`event_base_priority_init`): 0 is the most urgent,
    /// new events get the one in the middle. Not in a callback, nor while an event is active or has a
    /// priority that there would be no longer.
    pub fn event_base_priority_init(&mut self, priorities: usize) -> Result<(), Error> {
        if priorities == 0 || priorities >= EVENT_MAX_PRIORITIES {
            let reason = "there are 1 to 255 priorities";
            return Err(Error::invalid("event_base_priority_init", reason));
        }
        if self.active.count > 0 || self.turn.running {
            let reason = "events are active; set the priorities before the loop runs";
            return Err(Error::invalid("event_base_priority_init", reason));
        }
        let in_use = |slot: &EventSlot| usize::from(slot.priority) >= priorities;
        if self.events.values().any(in_use) {
            let reason =
                "an event has a higher priority than that; set the priorities before events";
            return Err(Error::invalid("event_base_priority_init", reason));
        }
        self.active.set_priorities(priorities);
        Ok(())
    }

    /// How many priorities the base has (`event_base_get_npriorities`).
    pub fn event_base_get_npriorities(&self) -> usize {
        self.active.priorities()
    }

    /// The backend's name (`event_base_get_method`).
    pub fn event_base_get_method(&self) -> &'static str {
        self.backend.name()
    }

    /// The error of the last socket operation that failed, as `EVUTIL_SOCKET_ERROR()` is read in an event
    /// callback that was told of an ERROR.
    pub fn evutil_socket_error(&self) -> Option<std::io::Error> {
        self.socket_error.map(std::io::Error::from_raw_os_error)
    }

    pub(crate) fn base_objects(&self) -> Objects {
        Objects { base: Some(self.id), ..Objects::default() }
    }
}

impl std::fmt::Debug for EventBase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventBase")
            .field("id", &self.id)
            .field("backend", &self.backend.name())
            .field("events", &self.events.len())
            .field("active", &self.active.count)
            .field("running", &self.turn.running)
            .finish_non_exhaustive()
    }
}
