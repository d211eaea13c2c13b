//! The objects of a program. An object that the trace names but never saw made is only partly known:
//! what is unknown is absent or empty, and its `made_at` is absent.

use evscope_trace::{
    ActiveWhy, BaseId, BevId, BevOptions, BufId, EvFlags, EventId, FieldKind, ListenerId,
    ListenerOptions, Nanos, Role, Side, SuspendReasons, Text,
};
use serde::Serialize;

use super::packed::{Packed, Packing, Since, Unpacking};
use super::value::ToValue;
use super::{Content, Value};

/// What is the same for all kinds of objects.
pub(super) trait Object: Default + Clone + PartialEq {
    /// The names of all fields.
    const FIELDS: &'static [&'static str];

    /// The kinds of their values, in the same order.
    const KINDS: &'static [FieldKind];

    /// The value of a field.
    fn field(&self, name: &str) -> Option<Value>;
}

/// What a bufferevent stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BevKind {
    /// A socket.
    Socket,
    /// The other bufferevent of its pair.
    Pair,
    /// A bufferevent below it.
    Filter,
    /// A TLS connection, on a socket or on a bufferevent below it.
    Tls,
}

impl BevKind {
    /// The names of all.
    pub(super) const NAMES: &'static [&'static str] = &["socket", "pair", "filter", "tls"];

    /// All, in the same order.
    pub(super) const ALL: [Self; 4] = [Self::Socket, Self::Pair, Self::Filter, Self::Tls];

    /// Its name, as queries compare it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Socket => "socket",
            Self::Pair => "pair",
            Self::Filter => "filter",
            Self::Tls => "tls",
        }
    }
}

macro_rules! objects {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty,)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
        pub struct $name {
            $($(#[$fdoc])* pub $field: $type,)*
            /// The step that made it; absent when the trace begins later.
            pub made_at: Option<usize>,
            /// The step that freed it.
            pub freed_at: Option<usize>,
        }

        impl $name {
            /// Whether it was freed.
            pub fn is_freed(&self) -> bool {
                self.freed_at.is_some()
            }
        }

        impl Object for $name {
            const FIELDS: &'static [&'static str] =
                &[$(stringify!($field),)* "made_at", "freed_at"];
            const KINDS: &'static [FieldKind] =
                &[$(<$type as ToValue>::KIND,)* FieldKind::Number, FieldKind::Number];

            fn field(&self, name: &str) -> Option<Value> {
                match name {
                    $(stringify!($field) => Some(self.$field.to_value()),)*
                    "made_at" => Some(self.made_at.to_value()),
                    "freed_at" => Some(self.freed_at.to_value()),
                    _ => None,
                }
            }
        }

        impl Since for $name {
            fn pack_since(&self, old: &Self, to: &mut Packing<'_>) {
                let differ = [
                    $(self.$field != old.$field,)*
                    self.made_at != old.made_at,
                    self.freed_at != old.freed_at,
                ];
                to.flags(&differ);
                $(if self.$field != old.$field {
                    self.$field.pack(to);
                })*
                if self.made_at != old.made_at {
                    self.made_at.pack(to);
                }
                if self.freed_at != old.freed_at {
                    self.freed_at.pack(to);
                }
            }

            fn unpack_since(old: &Self, from: &mut Unpacking<'_>) -> Option<Self> {
                let mut new = old.clone();
                let mut differ = from.flags()?;
                $(if differ.next() {
                    new.$field = Packed::unpack(from)?;
                })*
                if differ.next() {
                    new.made_at = Packed::unpack(from)?;
                }
                if differ.next() {
                    new.freed_at = Packed::unpack(from)?;
                }
                Some(new)
            }
        }
    )*};
}

objects! {
    /// An event base.
    BaseState {
        /// The backend's name.
        backend: Option<Text>,
        /// How many priorities it has.
        priorities: Option<u32>,
        /// Whether its loop runs.
        running: bool,
        /// Whether it waits in the backend.
        polling: bool,
        /// How many times it has waited.
        polls: u64,
        /// How long it may wait at most, the last time.
        poll_timeout: Option<Nanos>,
        /// When the last wait began.
        poll_began_at: Option<Nanos>,
        /// How many fds were ready after the last wait.
        ready: Option<u32>,
        /// How long it has waited altogether.
        waited: Nanos,
        /// Whether the loop was asked to end (`event_base_loopexit`) and has not yet.
        exit_asked: bool,
        /// Whether the loop was asked to end after the running callback.
        break_asked: bool,
        /// Whether the loop was asked to begin a new turn after the running callback.
        continue_asked: bool,
        /// Why its loop ended the last time.
        ended: Option<Text>,
    }

    /// An event.
    EventState {
        /// The base it belongs to.
        base: Option<BaseId>,
        /// What it is for.
        role: Option<Role>,
        /// Its fd, or its signal's number.
        fd: Option<i32>,
        /// What it waits for.
        events: EvFlags,
        /// The callback's name.
        callback: Option<Text>,
        /// Its priority; 0 is the most urgent.
        priority: Option<u32>,
        /// Whether the loop watches for it.
        pending: bool,
        /// With what result it is active, if it is: its callback is about to run.
        active: Option<EvFlags>,
        /// Why it is, or was last, active.
        why: Option<ActiveWhy>,
        /// Its timeout.
        timeout: Option<Nanos>,
        /// When the timeout runs out, while it counts.
        deadline: Option<Nanos>,
        /// The deadline it had when it ran out or was deleted, until it is added again.
        due: Option<Nanos>,
        /// When it was added last.
        added_at: Option<Nanos>,
        /// When it became active last.
        activated_at: Option<Nanos>,
        /// The bufferevent it belongs to.
        bev: Option<BevId>,
        /// The listener it belongs to.
        listener: Option<ListenerId>,
    }

    /// A bufferevent.
    BevState {
        /// The base it belongs to.
        base: Option<BaseId>,
        /// What it stands on; absent when the trace did not see it made.
        kind: Option<BevKind>,
        /// Of a TLS connection: `connecting` or `accepting` in its handshake, then `open`.
        tls: Option<Text>,
        /// Its fd.
        fd: Option<i32>,
        /// Its options.
        options: BevOptions,
        /// Which sides are enabled: READ, WRITE.
        enabled: EvFlags,
        /// Whether a connect is under way.
        connecting: bool,
        /// Its input buffer.
        input: Option<BufId>,
        /// Its output buffer.
        output: Option<BufId>,
        /// Its event for reading.
        ev_read: Option<EventId>,
        /// Its event for writing.
        ev_write: Option<EventId>,
        /// The other end of a pair.
        partner: Option<BevId>,
        /// The bufferevent below a filter.
        underlying: Option<BevId>,
        /// The input's low mark.
        read_low: u64,
        /// The input's high mark; 0: none.
        read_high: u64,
        /// The output's low mark.
        write_low: u64,
        /// The output's high mark; 0: none.
        write_high: u64,
        /// Why reading is suspended; empty: it is not.
        suspended_read: SuspendReasons,
        /// Why writing is suspended; empty: it is not.
        suspended_write: SuspendReasons,
        /// The timeout for reading.
        read_timeout: Option<Nanos>,
        /// The timeout for writing.
        write_timeout: Option<Nanos>,
        /// The user's read callback.
        readcb: Option<Text>,
        /// The user's write callback.
        writecb: Option<Text>,
        /// The user's event callback.
        eventcb: Option<Text>,
        /// Whether callbacks wait for the loop to deliver them.
        deferred: bool,
        /// Its priority.
        priority: Option<u32>,
        /// What is left in its rate limit for reading.
        read_limit: Option<i64>,
        /// What is left in its rate limit for writing.
        write_limit: Option<i64>,
        /// The step that took it apart, after it was freed.
        finalized_at: Option<usize>,
        /// How many bytes of output were lost when it was taken apart.
        unsent: u64,
    }

    /// A buffer.
    BufState {
        /// How many bytes are in it.
        len: u64,
        /// The bufferevent it belongs to.
        bev: Option<BevId>,
        /// Which of the bufferevent's two it is.
        side: Option<Side>,
        /// Whether its front is closed to changes.
        frozen_start: bool,
        /// Whether its end is closed to changes.
        frozen_end: bool,
        /// How many bytes have come in altogether.
        added: u64,
        /// How many bytes have gone out altogether.
        removed: u64,
        /// What is known of its bytes.
        content: Content,
    }

    /// A listener.
    ListenerState {
        /// The base it belongs to.
        base: Option<BaseId>,
        /// Its listening socket.
        fd: Option<i32>,
        /// The address it listens on.
        addr: Option<Text>,
        /// The user's callback.
        callback: Option<Text>,
        /// Its options.
        options: ListenerOptions,
        /// The length of the kernel's queue.
        backlog: Option<i32>,
        /// Whether it accepts.
        enabled: bool,
        /// Its event.
        event: Option<EventId>,
        /// How many connections it has accepted.
        accepted: u64,
    }
}

impl EventState {
    /// What is left of its timeout at a time: nothing when it is overdue, absent when none counts.
    pub fn remaining(&self, now: Nanos) -> Option<Nanos> {
        self.deadline
            .map(|deadline| Nanos(deadline.0.saturating_sub(now.0)))
    }
}

impl BevState {
    /// Whether reading goes on: enabled and not suspended.
    pub fn reads(&self) -> bool {
        self.enabled.contains(EvFlags::READ) && self.suspended_read.is_empty()
    }

    /// Whether writing goes on: enabled and not suspended.
    pub fn writes(&self) -> bool {
        self.enabled.contains(EvFlags::WRITE) && self.suspended_write.is_empty()
    }
}

impl BufState {
    /// The bytes at the front, as far as the trace tells them without a gap.
    pub fn head(&self) -> &[u8] {
        self.content.head()
    }
}
