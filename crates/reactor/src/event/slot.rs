//! What the base keeps of an event.

use std::os::fd::RawFd;

use evscope_trace::{BevId, EventId, ListenerId, Role};

use super::NOT_COMMON;
use super::assign::NewEvent;
use crate::callback::{Callback, Calls};
use crate::table::Table;
use crate::{Bufferevent, EvFlags, Evbuffer, Event, Listener, RateLimitGroup};

bitflags::bitflags! {
    /// Where an event stands (libevent's `EVLIST_*`).
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct EventState: u8 {
        /// In the heap of timeouts.
        const TIMEOUT = 0x01;
        /// In the map of fds or signals.
        const INSERTED = 0x02;
        /// In a queue of active events.
        const ACTIVE = 0x04;
        /// In the queue of events that become active in the next turn.
        const ACTIVE_LATER = 0x08;
        /// The loop's own: it does not keep the loop alive.
        const INTERNAL = 0x10;
        /// Only its finalizer will run.
        const FINALIZING = 0x20;
        /// Pending or active.
        const IN_USE = Self::TIMEOUT.bits() | Self::INSERTED.bits() | Self::ACTIVE.bits() | Self::ACTIVE_LATER.bits();
    }
}

/// A callback of an event.
pub(crate) type EventFn = dyn Calls<Event, EvFlags>;

/// What the loop calls for an event.
#[derive(Clone)]
pub(crate) enum EventCallback {
    /// The program's own.
    User(Callback<EventFn>),
    /// `event_once_cb`, with the program's callback.
    Once(Callback<EventFn>),
    /// `event_once_cb`, with the one that ends the loop.
    LoopExit,
    /// A finalizer of the program's, the last callback of an event that stays until it is freed.
    UserFinalize(Callback<EventFn>),
    /// The same, of an event that was freed: it goes afterwards.
    UserFinalizeFree(Callback<EventFn>),
    /// `common_timeout_callback`, of the common timeout with this number.
    CommonTimeout(u16),
    /// `evsig_cb`.
    Signals,
    /// Runs what other threads have posted.
    Notify,
    /// `listener_read_cb`.
    Listener(Listener),
    /// `bufferevent_readcb`.
    BevRead(Bufferevent),
    /// `bufferevent_writecb`.
    BevWrite(Bufferevent),
    /// `be_openssl_handshakeeventcb`.
    #[cfg(feature = "tls")]
    TlsHandshake(Bufferevent, EvFlags),
    /// `be_openssl_readeventcb`.
    #[cfg(feature = "tls")]
    TlsRead(Bufferevent),
    /// `be_openssl_writeeventcb`.
    #[cfg(feature = "tls")]
    TlsWrite(Bufferevent),
    /// `bufferevent_generic_read_timeout_cb`.
    BevReadTimeout(Bufferevent),
    /// `bufferevent_generic_write_timeout_cb`.
    BevWriteTimeout(Bufferevent),
    /// `bev_refill_callback_`.
    BevRefill(Bufferevent),
    /// `bev_group_refill_callback_`.
    GroupRefill(RateLimitGroup),
    /// The bufferevent's deferred callbacks. It is a callback in the queue, not an event that can be added.
    BevDeferred(Bufferevent),
    /// A buffer's deferred callbacks. It is a callback in the queue, too.
    BufDeferred(Evbuffer),
    /// Takes a freed bufferevent apart.
    BevFinalize(Bufferevent),
}

impl EventCallback {
    /// The function's name, as a trace says it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::User(callback)
            | Self::UserFinalize(callback)
            | Self::UserFinalizeFree(callback) => callback.name().short(),
            Self::CommonTimeout(_) => "common_timeout_callback",
            Self::Once(_) | Self::LoopExit => "event_once_cb",
            Self::Signals => "evsig_cb",
            Self::Notify => "evthread_notify_drain",
            Self::Listener(_) => "listener_read_cb",
            Self::BevRead(_) => "bufferevent_readcb",
            Self::BevWrite(_) => "bufferevent_writecb",
            #[cfg(feature = "tls")]
            Self::TlsHandshake(..) => "be_openssl_handshakeeventcb",
            #[cfg(feature = "tls")]
            Self::TlsRead(_) => "be_openssl_readeventcb",
            #[cfg(feature = "tls")]
            Self::TlsWrite(_) => "be_openssl_writeeventcb",
            Self::BevReadTimeout(_) => "bufferevent_generic_read_timeout_cb",
            Self::BevWriteTimeout(_) => "bufferevent_generic_write_timeout_cb",
            Self::BevRefill(_) => "bev_refill_callback",
            Self::GroupRefill(_) => "bev_group_refill_callback",
            Self::BevDeferred(_) => "bufferevent_run_deferred_callbacks",
            Self::BufDeferred(_) => "evbuffer_deferred_callback",
            Self::BevFinalize(_) => "bufferevent_finalize_cb",
        }
    }
}

/// What an event belongs to, for traces.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner {
    Program,
    Bufferevent(BevId),
    Listener(ListenerId),
}

/// The events of a base.
pub(crate) type Events = Table<Event, EventSlot>;

/// An event: libevent's `struct event`.
pub(crate) struct EventSlot {
    pub(crate) id: EventId,
    pub(crate) role: Role,
    pub(crate) owner: Owner,
    pub(crate) state: EventState,
    /// What it waits for.
    pub(crate) events: EvFlags,
    /// What it was activated by.
    pub(crate) result: EvFlags,
    /// The fd, or the signal's number, or -1.
    pub(crate) fd: RawFd,
    pub(crate) priority: u8,
    /// The number of the common timeout it waits for, or waited for last.
    pub(crate) common: u16,
    /// When its timeout is due, in ns of the base's clock.
    pub(crate) deadline: u64,
    /// The timeout of a persistent event, by which it is scheduled again; 0: none.
    pub(crate) interval: u64,
    /// Its place in the queue of a common timeout.
    pub(crate) common_place: u32,
    /// Its place among those that wait for the same fd or signal.
    pub(crate) map_place: u32,
    /// How often the signal arrived: the callback runs as often.
    pub(crate) calls: u32,
    /// Its place in a queue of active events.
    pub(crate) queue_place: u32,
    pub(crate) callback: EventCallback,
}

impl EventSlot {
    pub(crate) fn waits_or_is_active(&self) -> bool {
        self.is(EventState::IN_USE)
    }

    /// For an fd or a signal.
    pub(crate) fn waits_for_something(&self) -> bool {
        const WATCHED: EvFlags = EvFlags::READ
            .union(EvFlags::WRITE)
            .union(EvFlags::CLOSED)
            .union(EvFlags::SIGNAL);
        self.events.intersects(WATCHED)
    }

    #[inline(always)]
    pub(crate) fn new(id: EventId, priority: u8, new: NewEvent) -> Self {
        Self {
            id,
            role: new.role,
            owner: new.owner,
            state: match new.callback {
                EventCallback::Signals
                | EventCallback::Notify
                | EventCallback::CommonTimeout(_) => EventState::INTERNAL,
                _ => EventState::empty(),
            },
            events: new.events,
            result: EvFlags::empty(),
            fd: new.fd,
            priority,
            common: NOT_COMMON,
            deadline: 0,
            interval: 0,
            common_place: 0,
            map_place: 0,
            calls: 0,
            queue_place: 0,
            callback: new.callback,
        }
    }

    pub(crate) fn is(&self, state: EventState) -> bool {
        self.state.intersects(state)
    }

    /// Whether it was finalized, and the finalizer runs or has run: nothing will run any more.
    pub(crate) fn is_finalized(&self) -> bool {
        self.is(EventState::FINALIZING) && !self.is(EventState::ACTIVE)
    }

    /// Whether it counts among those that keep the loop alive.
    pub(crate) fn counts(&self) -> bool {
        !self.is(EventState::INTERNAL)
    }
}
