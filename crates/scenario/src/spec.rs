//! The statements: one table, from which everything about them is made: how they are checked, how messages and
//! `docs/scenarios.md` describe them, and what both interpreters must know.

use evscope_trace::{BevEvents, LoopFlags};
use evscope_words::word;

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Somebody at the other end of a connection, and our end of it.
    Peer,
    /// A socket that others connect to.
    Server,
    /// A `struct event`.
    Event,
    /// A bufferevent.
    Bufferevent,
    /// An evbuffer of the program's own.
    Buffer,
    /// A listener.
    Listener,
    /// A length of time that many events wait for.
    CommonTimeout,
    /// A group of bufferevents that share a rate limit.
    Group,
    /// A callback that an evbuffer has.
    BufferCallback,
    /// A place in an evbuffer that was looked for and found: a number of bytes from the front.
    Place,
}

impl Sort {
    /// As messages call it.
    pub fn name(self) -> evscope_words::Word {
        match self {
            Self::Peer => word!(scenario_sort_peer),
            Self::Server => word!(scenario_sort_server),
            Self::Event => word!(scenario_sort_event),
            Self::Bufferevent => word!(scenario_sort_bufferevent),
            Self::Buffer => word!(scenario_sort_evbuffer),
            Self::Listener => word!(scenario_sort_listener),
            Self::CommonTimeout => word!(scenario_sort_common_timeout),
            Self::Group => word!(scenario_sort_group),
            Self::BufferCallback => word!(scenario_sort_evbuffer_callback),
            Self::Place => word!(scenario_sort_place),
        }
    }

    /// The same with its article.
    pub fn one(self) -> evscope_words::Word {
        match self {
            Self::Peer => word!(scenario_a_peer),
            Self::Server => word!(scenario_a_server),
            Self::Event => word!(scenario_an_event),
            Self::Bufferevent => word!(scenario_a_bufferevent),
            Self::Buffer => word!(scenario_an_evbuffer),
            Self::Listener => word!(scenario_a_listener),
            Self::CommonTimeout => word!(scenario_a_common_timeout),
            Self::Group => word!(scenario_a_group),
            Self::BufferCallback => word!(scenario_an_evbuffer_callback),
            Self::Place => word!(scenario_a_place),
        }
    }
}

/// Who calls a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallbackSort {
    /// The loop, for an event.
    Event,
    /// The loop, once: there is no event to name.
    Once,
    /// The loop, for an event that is at its end.
    Finalizer,
    /// A bufferevent, for something read or written.
    Data,
    /// A bufferevent, for what else happens.
    Happening,
    /// A listener, for a connection.
    Accept,
    /// A listener that cannot accept.
    AcceptError,
    /// An evbuffer that has changed.
    Buffer,
}

impl CallbackSort {
    /// What `self` is in such a callback.
    pub fn own(self) -> Option<Sort> {
        match self {
            Self::Event | Self::Finalizer => Some(Sort::Event),
            Self::Data | Self::Happening => Some(Sort::Bufferevent),
            Self::Accept | Self::AcceptError => Some(Sort::Listener),
            Self::Once | Self::Buffer => None,
        }
    }
}

/// A set of flags with their libevent values.
pub type Flags = &'static [(&'static str, u64)];

/// What an event on a connection can wait for, and how (`EV_*`).
const WAIT: Flags = &[
    ("READ", 0x02),
    ("WRITE", 0x04),
    ("PERSIST", 0x10),
    ("ET", 0x20),
    ("CLOSED", 0x80),
];
/// The same for an event that waits once.
const WAIT_ONCE: Flags = &[("READ", 0x02), ("WRITE", 0x04), ("CLOSED", 0x80)];
/// How an event without a connection waits.
const TIMER: Flags = &[("PERSIST", 0x10)];
/// What an event can be told.
const TOLD: Flags = &[
    ("TIMEOUT", 0x01),
    ("READ", 0x02),
    ("WRITE", 0x04),
    ("SIGNAL", 0x08),
    ("CLOSED", 0x80),
];
/// What the events of a connection can be made active with together.
const OF_FD: Flags = &[
    ("TIMEOUT", 0x01),
    ("READ", 0x02),
    ("WRITE", 0x04),
    ("CLOSED", 0x80),
];
/// The sides of a bufferevent.
const SIDES: Flags = &[("READ", 0x02), ("WRITE", 0x04)];
/// `BEV_OPT_*`, those that say something without threads.
const BEV: Flags = &[("CLOSE_ON_FREE", 1), ("DEFER_CALLBACKS", 4)];
/// `LEV_OPT_*`, those that say something of a socket that listens already.
const LISTENER: Flags = &[
    ("LEAVE_SOCKETS_BLOCKING", 0x01),
    ("CLOSE_ON_FREE", 0x02),
    ("CLOSE_ON_EXEC", 0x04),
    ("DISABLED", 0x20),
];
/// `BEV_TRIG_*`, as the interpreters are told of them.
pub(crate) const TRIGGER: Flags = &[("IGNORE_WATERMARKS", 1), ("DEFER_CALLBACKS", 2)];
/// `EVENT_BASE_FLAG_*`.
const BASE: Flags = &[("NO_CACHE_TIME", 0x08)];
/// `EV_FEATURE_*`.
const FEATURES: Flags = &[
    ("ET", 0x01),
    ("O1", 0x02),
    ("FDS", 0x04),
    ("EARLY_CLOSE", 0x08),
];
/// The signals that a scenario may use. Without a handler they are ignored.
const SIGNALS: &[&str] = &["SIGUSR1", "SIGUSR2"];
/// How a peer is connected.
const CONNECTIONS: &[&str] = &["unix", "tcp"];
/// Where a server listens, and whether it does.
const SERVERS: &[&str] = &["unix", "tcp", "unix-gone", "tcp-gone"];
/// What a filter does with bytes.
const FILTERS: &[&str] = &[
    "none", "copy", "pairs", "refuse", "double", "frame", "swallow",
];
/// Names of hosts, and what is answered: a server's address, that there is no such host, that nobody can say now.
pub(crate) const HOSTS: &[&str] = &["known.test", "unknown.test", "later.test", "127.0.0.1"];
/// `EVBUFFER_EOL_*`.
const EOLS: &[&str] = &["ANY", "CRLF", "CRLF_STRICT", "LF", "NUL"];
/// `EVBUFFER_CB_*`.
const BUFFER_CB: Flags = &[("ENABLED", 1)];
/// Which side of a TLS connection it is: a client's, a server's.
const TLS_STATES: &[&str] = &["CONNECTING", "ACCEPTING"];
const YES_NO: &[&str] = &["no", "yes"];
const MODES: &[&str] = &["NORMAL", "FLUSH", "FINISHED"];
const ENDS: &[&str] = &["start", "end"];

/// What stands in a place of a statement.
#[derive(Debug, Clone, Copy)]
pub enum ParamKind {
    /// A name of this sort; `self` in a callback that has one.
    Object(Sort),
    /// An evbuffer by its name, or `NAME.input`, `NAME.output` of a bufferevent.
    Buffer,
    /// Names of flags, joined by `|`.
    Flags(Flags),
    /// A number, or the name of a place.
    Number,
    /// A number that may be negative.
    Signed,
    /// A span like `10ms`, or `none`.
    Time,
    /// The same, or the name of a common timeout.
    Timeout,
    /// A text in quotes, `*N` for so many of them.
    Bytes,
    /// The same, but what can be a string of C.
    Text,
    /// A callback's name, or `none`.
    Callback(CallbackSort),
    /// One of these words.
    Word(&'static [&'static str]),
}

/// Whether a place may be left empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It must be there.
    Required,
    /// It, and those behind it, may be left out; this is its value then.
    Or(i64),
    /// It is written `name=value`, anywhere behind the others; this is its value without it.
    Key(i64),
}

/// A place of a statement.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its name, for messages.
    pub name: &'static str,
    /// What stands there.
    pub kind: ParamKind,
    /// Whether it must.
    pub need: Need,
}

/// Where a statement may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// At the beginning of `main`, before the base is made.
    Config,
    /// In `main` only: the loop does not run within itself.
    Main,
    /// In `main` and in callbacks: it is the program that does it.
    Program,
    /// Everywhere, also `at` a time: it is somebody else who does it.
    World,
}

/// A statement.
#[derive(Debug)]
pub struct Spec {
    /// Its name; libevent's, if it has one.
    pub name: &'static str,
    /// Where it may stand.
    pub place: Scope,
    /// What it makes: the sorts of the names to the left of `=`.
    pub makes: &'static [Sort],
    /// Its places.
    pub params: &'static [Param],
    /// What it does.
    pub about: &'static str,
}

/// The number that stands for an absent object, callback or time.
pub const NONE: i64 = -1;
/// The number that stands for the object that the callback is called for.
pub const SELF: i64 = -2;
/// The number that stands for the connection that was accepted.
pub const ACCEPTED: i64 = -3;

/// A place that has a name is its number taken from this one.
pub const PLACE: i64 = -(1 << 40);
/// The same for a common timeout. It is less than any place.
pub const COMMON: i64 = -(1 << 41);

macro_rules! param {
    ($name:ident: $kind:expr) => {
        Param {
            name: stringify!($name),
            kind: $kind,
            need: Need::Required,
        }
    };
    ($name:ident: $kind:expr, or $or:expr) => {
        Param {
            name: stringify!($name),
            kind: $kind,
            need: Need::Or($or),
        }
    };
    ($name:ident: $kind:expr, key $key:expr) => {
        Param {
            name: stringify!($name),
            kind: $kind,
            need: Need::Key($key),
        }
    };
}

macro_rules! statements {
    ($($op:ident $name:literal $place:ident [$($makes:ident),*] ($($param:ident: $kind:expr $(, $need:ident $value:expr)?;)*) $about:literal)*) => {
        /// Which statement.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Op {
            $(#[doc = $about] $op,)*
        }

        impl Op {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$op,)*];

            /// What there is to know of it.
            pub fn spec(self) -> &'static Spec {
                const SPECS: &[Spec] = &[$(Spec {
                    name: $name,
                    place: Scope::$place,
                    makes: &[$(Sort::$makes),*],
                    params: &[$(param!($param: $kind $(, $need $value)?)),*],
                    about: $about,
                },)*];
                &SPECS[self as usize]
            }
        }
    };
}

use self::CallbackSort as Cb;
use self::ParamKind::{
    Buffer, Bytes, Callback, Flags as Set, Number, Object, Signed, Text, Time, Timeout, Word,
};

statements! {
    ConfigSetFlag "event_config_set_flag" Config [] (flags: Set(BASE);)
        "how the base works"
    ConfigRequireFeatures "event_config_require_features" Config [] (features: Set(FEATURES);)
        "what the backend must be able to do; where it is not, the scenario is left out"
    ConfigMaxDispatch "event_config_set_max_dispatch_interval" Config [] (interval: Time; callbacks: Number; min_priority: Number;)
        "poll again after so long or so many callbacks, although less urgent events are active"

    PriorityInit "event_base_priority_init" Main [] (priorities: Number;)
        "the number of priorities"
    Dispatch "event_base_dispatch" Main [] ()
        "run the loop until nothing is left, or until it is told to end"
    Loop "event_base_loop" Main [] (flags: Set(LoopFlags::NAMES), or 0;)
        "run the loop with flags"
    LoopExit "event_base_loopexit" Program [] (after: Time, or NONE;)
        "end the loop after a time; without one, after this turn"
    LoopBreak "event_base_loopbreak" Program [] ()
        "end the loop after the running callback"
    LoopContinue "event_base_loopcontinue" Program [] ()
        "begin a new turn after the running callback"
    Once "event_base_once" Program [] (fd: Object(Sort::Peer); events: Set(WAIT_ONCE); callback: Callback(Cb::Once); timeout: Time, or NONE;)
        "call once when our end is ready (`none` for no fd)"

    ActiveByFd "event_base_active_by_fd" Program [] (fd: Object(Sort::Peer); events: Set(OF_FD);)
        "make all events for our end active by hand that wait for this; with TIMEOUT all that have a timeout"
    ActiveBySignal "event_base_active_by_signal" Program [] (signal: Word(SIGNALS);)
        "make all events for a signal active by hand"
    CommonTimeoutNew "event_base_init_common_timeout" Program [CommonTimeout] (duration: Time;)
        "a length of time that many events wait for; its name can stand where they are given a timeout"

    EventNew "event_new" Program [Event] (fd: Object(Sort::Peer); events: Set(WAIT); callback: Callback(Cb::Event);)
        "an event for our end of a connection"
    TimerNew "evtimer_new" Program [Event] (callback: Callback(Cb::Event); flags: Set(TIMER), or 0;)
        "an event that waits only for time"
    SignalNew "evsignal_new" Program [Event] (signal: Word(SIGNALS); callback: Callback(Cb::Event);)
        "an event for a signal"
    EventAdd "event_add" Program [] (event: Object(Sort::Event); timeout: Timeout, or NONE;)
        "make it pending"
    EventDel "event_del" Program [] (event: Object(Sort::Event);)
        "make it not pending"
    EventActive "event_active" Program [] (event: Object(Sort::Event); what: Set(TOLD);)
        "make it active by hand"
    EventPrioritySet "event_priority_set" Program [] (event: Object(Sort::Event); priority: Number;)
        "another priority; 0 is the most urgent"
    EventRemoveTimer "event_remove_timer" Program [] (event: Object(Sort::Event);)
        "take its timeout away"
    EventFinalize "event_finalize" Program [] (event: Object(Sort::Event); callback: Callback(Cb::Finalizer);)
        "end its work: from now on it is only called this once, and freed then or later"
    EventFreeFinalize "event_free_finalize" Program [] (event: Object(Sort::Event); callback: Callback(Cb::Finalizer);)
        "free it once it was called this last time"
    EventFree "event_free" Program [] (event: Object(Sort::Event);)
        "free it"

    BevSocketNew "bufferevent_socket_new" Program [Bufferevent] (fd: Object(Sort::Peer); options: Set(BEV), or 0;)
        "a bufferevent on our end of a connection (`none`: it will connect)"
    BevPairNew "bufferevent_pair_new" Program [Bufferevent, Bufferevent] (options: Set(BEV), or 0;)
        "two bufferevents that are connected to each other"
    BevFilterNew "bufferevent_filter_new" Program [Bufferevent] (underlying: Object(Sort::Bufferevent); filter: Word(FILTERS); options: Set(BEV), or 0;)
        "a bufferevent on top of another"
    BevTlsNew "bufferevent_openssl_socket_new" Program [Bufferevent] (fd: Object(Sort::Peer); state: Word(TLS_STATES); options: Set(BEV), or 0;)
        "a bufferevent whose bytes are encrypted, on our end of a connection (`none`: it will connect)"
    BevTlsFilterNew "bufferevent_openssl_filter_new" Program [Bufferevent] (underlying: Object(Sort::Bufferevent); state: Word(TLS_STATES); options: Set(BEV), or 0;)
        "the same on top of another; with CLOSE_ON_FREE only"
    BevTlsShutdown "SSL_shutdown" Program [] (bev: Object(Sort::Bufferevent);)
        "say to the other side of a TLS connection that no more comes; not while its output has bytes"
    BevTlsAllowDirty "bufferevent_openssl_set_allow_dirty_shutdown" Program [] (bev: Object(Sort::Bufferevent); allow: Word(YES_NO);)
        "whether an end of which the other side said nothing is a good one"
    BevSetcb "bufferevent_setcb" Program [] (bev: Object(Sort::Bufferevent); readcb: Callback(Cb::Data), key NONE; writecb: Callback(Cb::Data), key NONE; eventcb: Callback(Cb::Happening), key NONE;)
        "its callbacks; those that are not named are none"
    BevEnable "bufferevent_enable" Program [] (bev: Object(Sort::Bufferevent); sides: Set(SIDES);)
        "read, write, or both"
    BevDisable "bufferevent_disable" Program [] (bev: Object(Sort::Bufferevent); sides: Set(SIDES);)
        "no longer read, or write"
    BevSetwatermark "bufferevent_setwatermark" Program [] (bev: Object(Sort::Bufferevent); sides: Set(SIDES); low: Number; high: Number;)
        "the marks of a side; a high mark of 0 is none"
    BevSetTimeouts "bufferevent_set_timeouts" Program [] (bev: Object(Sort::Bufferevent); read: Timeout; write: Timeout;)
        "a timeout for each side; if one is a common timeout, so is the other, or none"
    BevWrite "bufferevent_write" Program [] (bev: Object(Sort::Bufferevent); data: Bytes;)
        "bytes to its output"
    BevWriteBuffer "bufferevent_write_buffer" Program [] (bev: Object(Sort::Bufferevent); from: Buffer;)
        "all of an evbuffer to its output"
    BevRead "bufferevent_read" Program [] (bev: Object(Sort::Bufferevent); most: Number;)
        "bytes from its input"
    BevReadBuffer "bufferevent_read_buffer" Program [] (bev: Object(Sort::Bufferevent); to: Buffer;)
        "all of its input to an evbuffer"
    BevConnect "bufferevent_socket_connect" Program [] (bev: Object(Sort::Bufferevent); server: Object(Sort::Server);)
        "connect to a server"
    BevConnectHostname "bufferevent_socket_connect_hostname" Program [] (bev: Object(Sort::Bufferevent); hostname: Word(HOSTS); server: Object(Sort::Server);)
        "connect by name to a server (tcp); the name is answered at once, without a network"
    BevSetfd "bufferevent_setfd" Program [] (bev: Object(Sort::Bufferevent); fd: Object(Sort::Peer);)
        "another connection, or `none`"
    BevPrioritySet "bufferevent_priority_set" Program [] (bev: Object(Sort::Bufferevent); priority: Number;)
        "another priority for its events"
    BevTrigger "bufferevent_trigger" Program [] (bev: Object(Sort::Bufferevent); sides: Set(SIDES); options: Set(TRIGGER), or 0;)
        "run its callbacks as if something had been read or written"
    BevTriggerEvent "bufferevent_trigger_event" Program [] (bev: Object(Sort::Bufferevent); what: Set(BevEvents::NAMES); options: Set(TRIGGER), or 0;)
        "run its event callback"
    BevFlush "bufferevent_flush" Program [] (bev: Object(Sort::Bufferevent); sides: Set(SIDES); mode: Word(MODES);)
        "move what waits; for pairs and filters"
    BevSetRateLimit "bufferevent_set_rate_limit" Program [] (bev: Object(Sort::Bufferevent); read_rate: Number; read_burst: Number; write_rate: Number; write_burst: Number; tick: Time;)
        "how many bytes a tick, and at most at once"
    BevNoRateLimit "bufferevent_no_rate_limit" Program [] (bev: Object(Sort::Bufferevent);)
        "no limit any more (`bufferevent_set_rate_limit` with NULL)"
    BevDecrementRead "bufferevent_decrement_read_limit" Program [] (bev: Object(Sort::Bufferevent); bytes: Signed;)
        "take bytes from its limit, as if they were read"
    BevDecrementWrite "bufferevent_decrement_write_limit" Program [] (bev: Object(Sort::Bufferevent); bytes: Signed;)
        "take bytes from its limit, as if they were written"
    GroupNew "bufferevent_rate_limit_group_new" Program [Group] (read_rate: Number; read_burst: Number; write_rate: Number; write_burst: Number; tick: Time;)
        "a group with one limit for all"
    GroupSetCfg "bufferevent_rate_limit_group_set_cfg" Program [] (group: Object(Sort::Group); read_rate: Number; read_burst: Number; write_rate: Number; write_burst: Number; tick: Time;)
        "another limit"
    GroupSetMinShare "bufferevent_rate_limit_group_set_min_share" Program [] (group: Object(Sort::Group); share: Number;)
        "the least that a member may read or write at once"
    GroupDecrementRead "bufferevent_rate_limit_group_decrement_read" Program [] (group: Object(Sort::Group); bytes: Signed;)
        "take bytes from its limit, as if they were read"
    GroupDecrementWrite "bufferevent_rate_limit_group_decrement_write" Program [] (group: Object(Sort::Group); bytes: Signed;)
        "take bytes from its limit, as if they were written"
    GroupFree "bufferevent_rate_limit_group_free" Program [] (group: Object(Sort::Group);)
        "free a group that all members were removed from"
    BevAddToGroup "bufferevent_add_to_rate_limit_group" Program [] (bev: Object(Sort::Bufferevent); group: Object(Sort::Group);)
        "make it a member"
    BevRemoveFromGroup "bufferevent_remove_from_rate_limit_group" Program [] (bev: Object(Sort::Bufferevent);)
        "take it out of its group"
    BevSetMaxSingleRead "bufferevent_set_max_single_read" Program [] (bev: Object(Sort::Bufferevent); most: Number;)
        "how much one read takes"
    BevSetMaxSingleWrite "bufferevent_set_max_single_write" Program [] (bev: Object(Sort::Bufferevent); most: Number;)
        "how much one write gives"
    BevFree "bufferevent_free" Program [] (bev: Object(Sort::Bufferevent);)
        "free it"

    BufNew "evbuffer_new" Program [Buffer] ()
        "an evbuffer"
    BufAdd "evbuffer_add" Program [] (buf: Buffer; data: Bytes;)
        "bytes to the end"
    BufAddPrintf "evbuffer_add_printf" Program [] (buf: Buffer; text: Text;)
        "formatted text to the end"
    BufAddReference "evbuffer_add_reference" Program [] (buf: Buffer; data: Bytes;)
        "bytes to the end, without copying them"
    BufAddFile "evbuffer_add_file" Program [] (buf: Buffer; data: Bytes; offset: Number, or 0; length: Number, or NONE;)
        "a part of a file with these contents"
    BufReserve "evbuffer_reserve_space" Program [] (buf: Buffer; size: Number; vectors: Number, or 1;)
        "room for so many bytes, in one piece or two"
    BufCommit "evbuffer_commit_space" Program [] (buf: Buffer; data: Bytes;)
        "write into the room that the statement before has reserved, and add what was written"
    BufPrepend "evbuffer_prepend" Program [] (buf: Buffer; data: Bytes;)
        "bytes to the front"
    BufDrain "evbuffer_drain" Program [] (buf: Buffer; len: Number;)
        "drop bytes from the front"
    BufRemove "evbuffer_remove" Program [] (buf: Buffer; most: Number;)
        "take bytes from the front"
    BufAddBuffer "evbuffer_add_buffer" Program [] (to: Buffer; from: Buffer;)
        "move all of the second to the end of the first"
    BufRemoveBuffer "evbuffer_remove_buffer" Program [] (from: Buffer; to: Buffer; most: Number;)
        "move bytes from the first to the second"
    BufPrependBuffer "evbuffer_prepend_buffer" Program [] (to: Buffer; from: Buffer;)
        "move all of the second to the front of the first"
    BufAddBufferReference "evbuffer_add_buffer_reference" Program [] (to: Buffer; from: Buffer;)
        "what the second has to the end of the first, without copying it; the second keeps it"
    BufReadln "evbuffer_readln" Program [] (buf: Buffer; style: Word(EOLS);)
        "take a line from the front, with its end"
    BufPullup "evbuffer_pullup" Program [] (buf: Buffer; size: Number, or NONE;)
        "make so many bytes at the front one piece, or all"
    BufPeek "evbuffer_peek" Program [] (buf: Buffer; len: Number, or NONE; from: Number, key 0;)
        "look at the pieces that so many bytes lie in, or all; nothing changes"
    BufSearch "evbuffer_search" Program [Place] (buf: Buffer; what: Bytes; from: Number, or 0;)
        "where these bytes begin; its name can stand for a number"
    BufSearchRange "evbuffer_search_range" Program [Place] (buf: Buffer; what: Bytes; from: Number; end: Number;)
        "the same, between two places"
    BufSearchEol "evbuffer_search_eol" Program [Place] (buf: Buffer; style: Word(EOLS); from: Number, or 0;)
        "where the line ends"
    BufRead "evbuffer_read" Program [] (buf: Buffer; fd: Object(Sort::Peer); most: Number;)
        "from our end of a connection to the end"
    BufWrite "evbuffer_write" Program [] (buf: Buffer; fd: Object(Sort::Peer);)
        "from the front to our end of a connection"
    BufFreeze "evbuffer_freeze" Program [] (buf: Buffer; end: Word(ENDS);)
        "refuse changes at an end"
    BufUnfreeze "evbuffer_unfreeze" Program [] (buf: Buffer; end: Word(ENDS);)
        "allow them again"
    BufAddCb "evbuffer_add_cb" Program [BufferCallback] (buf: Buffer; callback: Callback(Cb::Buffer);)
        "call when it has changed; the name may be left out"
    BufRemoveCb "evbuffer_remove_cb_entry" Program [] (buf: Buffer; cb: Object(Sort::BufferCallback);)
        "call no longer"
    BufCbSetFlags "evbuffer_cb_set_flags" Program [] (buf: Buffer; cb: Object(Sort::BufferCallback); flags: Set(BUFFER_CB);)
        "how it is called"
    BufCbClearFlags "evbuffer_cb_clear_flags" Program [] (buf: Buffer; cb: Object(Sort::BufferCallback); flags: Set(BUFFER_CB);)
        "how it is no longer called"
    BufDefer "evbuffer_defer_callbacks" Program [] (buf: Object(Sort::Buffer);)
        "its callbacks are called by the loop from now on"
    BufFree "evbuffer_free" Program [] (buf: Object(Sort::Buffer);)
        "free it"

    ListenerNew "evconnlistener_new" Program [Listener] (server: Object(Sort::Server); callback: Callback(Cb::Accept); options: Set(LISTENER), or 0;)
        "accept connections to a server"
    ListenerEnable "evconnlistener_enable" Program [] (listener: Object(Sort::Listener);)
        "accept"
    ListenerDisable "evconnlistener_disable" Program [] (listener: Object(Sort::Listener);)
        "do not accept"
    ListenerSetCb "evconnlistener_set_cb" Program [] (listener: Object(Sort::Listener); callback: Callback(Cb::Accept);)
        "another callback, or `none`"
    ListenerSetErrorCb "evconnlistener_set_error_cb" Program [] (listener: Object(Sort::Listener); callback: Callback(Cb::AcceptError);)
        "a callback for errors"
    ListenerFree "evconnlistener_free" Program [] (listener: Object(Sort::Listener);)
        "free it"

    FdRead "fd_read" Program [] (fd: Object(Sort::Peer); most: Number;)
        "the program reads from its end by itself"
    FdWrite "fd_write" Program [] (fd: Object(Sort::Peer); data: Bytes;)
        "the program writes to its end by itself"

    PeerNew "peer_new" World [Peer] (over: Word(CONNECTIONS), or 0; room: Number, key 0;)
        "somebody is connected to the program; `room` is how many bytes the kernel keeps on the way"
    SocketPair "evutil_socketpair" World [Peer, Peer] (room: Number, key 0;)
        "a connection whose ends are both ours"
    PeerSend "peer_send" World [] (peer: Object(Sort::Peer); data: Bytes;)
        "it sends"
    PeerRead "peer_read" World [] (peer: Object(Sort::Peer); most: Number;)
        "it reads what there is, so many bytes at most"
    PeerShutdown "peer_shutdown" World [] (peer: Object(Sort::Peer);)
        "it will send no more, and goes on reading"
    PeerClose "peer_close" World [] (peer: Object(Sort::Peer);)
        "it hangs up"
    PeerReset "peer_reset" World [] (peer: Object(Sort::Peer);)
        "it is gone: the connection is reset (tcp)"
    ServerNew "server_new" World [Server] (at: Word(SERVERS), or 0;)
        "a socket to connect to; nobody listens to one that is gone"
    ServerAccept "server_accept" World [Peer] (server: Object(Sort::Server);)
        "it takes the connection that was made first"
    PeerConnect "peer_connect" World [Peer] (server: Object(Sort::Server);)
        "somebody connects to a server that a listener accepts for"
    Raise "raise" World [] (signal: Word(SIGNALS);)
        "the program gets a signal"
    Sleep "sleep" World [] (span: Time;)
        "time passes, and the loop does not run"
}

impl Op {
    /// The statement of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|op| op.spec().name == name)
    }

    /// Whether what it makes must have a name.
    pub fn needs_names(self) -> bool {
        self != Self::BufAddCb
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_optional_places_come_last() {
        for (at, op) in Op::ALL.iter().enumerate() {
            assert_eq!(*op as usize, at);
            assert_eq!(Op::named(op.spec().name), Some(*op));
            let needs: Vec<u8> = op
                .spec()
                .params
                .iter()
                .map(|param| match param.need {
                    Need::Required => 0,
                    Need::Or(_) => 1,
                    Need::Key(_) => 2,
                })
                .collect();
            assert!(needs.is_sorted(), "{}", op.spec().name);
        }
    }
}
