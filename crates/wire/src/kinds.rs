//! The table of what a record is about: of each kind its number, the steps of a trace that it is told as, its arguments,
//! and of a call how it ends. All else about a kind, on both sides of the ring, is made from it.

use super::words::{
    Activation, BevType, Callback, Failure, Progress, Side, Tls, Waits, Word, Words,
};

macro_rules! structs {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "their names and types say it")]
        pub struct $name {
            $(pub $field: $type,)*
        }

        #[allow(unused_mut, unused_variables, reason = "some have no arguments")]
        impl Words for $name {
            #[inline(always)]
            fn words(self) -> [u64; 5] {
                const FIELDS: &[&str] = &[$(stringify!($field)),*];
                const { assert!(FIELDS.len() <= 5, "a slot has five words for arguments") };
                let Self { $($field),* } = self;
                let mut words = [0; 5];
                let mut places = words.iter_mut();
                $(if let Some(place) = places.next() {
                    *place = $field.word();
                })*
                words
            }

            #[inline(always)]
            fn of(words: [u64; 5]) -> Self {
                let mut words = words.into_iter();
                Self { $($field: Word::of(words.next().unwrap_or(0))),* }
            }
        }
    )*};
}

macro_rules! kinds {
    (
        process { $($(#[$pdoc:meta])* $process:ident = $pnumber:literal { $($pfields:tt)* })* }
        own { $($(#[$odoc:meta])* $own:ident = $onumber:literal from $olevel:literal)* }
        calls { $(
            $(#[$cdoc:meta])*
            $call:ident = $cnumber:literal, [$($cstep:literal),*] $(from $clevel:literal)?
            { $($cfields:tt)* } -> $exit:ty
        )* }
        points { $(
            $(#[$tdoc:meta])*
            $point:ident = $tnumber:literal, [$($tstep:literal),*] $(from $tlevel:literal)? { $($tfields:tt)* }
        )* }
        plain calls { $(
            $pcall:ident = $pcnumber:literal, $pcstep:literal $(or $failed:literal)? { $($pcarg:ident: $pctype:ty),* }
        )* }
        plain points { $(
            $ppoint:ident = $ppnumber:literal, $ppstep:literal { $($pparg:ident: $pptype:ty),* }
        )* }
    ) => {
        /// What a record is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[allow(missing_docs, reason = "their names, and the table's sections, say it")]
        pub enum Kind {
            $($(#[$pdoc])* $process = $pnumber,)*
            $($(#[$odoc])* $own = $onumber,)*
            $($(#[$cdoc])* $call = $cnumber,)*
            $($(#[$tdoc])* $point = $tnumber,)*
            $($pcall = $pcnumber,)*
            $($ppoint = $ppnumber,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[
                $(Self::$process,)* $(Self::$own,)* $(Self::$call,)* $(Self::$point,)*
                $(Self::$pcall,)* $(Self::$ppoint,)*
            ];

            /// The kind of a number.
            pub const fn from_number(number: u8) -> Option<Self> {
                match number {
                    $($pnumber => Some(Self::$process),)*
                    $($onumber => Some(Self::$own),)*
                    $($cnumber => Some(Self::$call),)*
                    $($tnumber => Some(Self::$point),)*
                    $($pcnumber => Some(Self::$pcall),)*
                    $($ppnumber => Some(Self::$ppoint),)*
                    _ => None,
                }
            }

            /// The steps of a trace that it is told as; none for those that only say how others are to be told.
            pub const fn steps(self) -> &'static [&'static str] {
                match self {
                    $(Self::$process => &[],)*
                    $(Self::$own => &[],)*
                    $(Self::$call => &[$($cstep),*],)*
                    $(Self::$point => &[$($tstep),*],)*
                    $(Self::$pcall => &[$pcstep],)*
                    $(Self::$ppoint => &[$ppstep],)*
                }
            }

            /// Of a plain kind, how it is told.
            pub const fn plain(self) -> Option<Plain> {
                match self {
                    $(Self::$pcall => Some(Plain {
                        step: $pcstep,
                        arguments: &[$(stringify!($pcarg)),*],
                        failed: concat!($($failed)?),
                    }),)*
                    $(Self::$ppoint => Some(Plain {
                        step: $ppstep,
                        arguments: &[$(stringify!($pparg)),*],
                        failed: "",
                    }),)*
                    _ => None,
                }
            }

            /// The lowest level that needs it, as users number them, where that is not the lowest of its steps'.
            pub const fn needed_from(self) -> Option<u8> {
                match self {
                    $(Self::$process => Some(1),)*
                    $(Self::$own => Some($olevel),)*
                    $($(Self::$call => Some($clevel),)?)*
                    $($(Self::$point => Some($tlevel),)?)*
                    _ => None,
                }
            }

            /// Whether it says who speaks, or what others are to be understood by. Without it, those say nothing.
            pub const fn is_needed_by_others(self) -> bool {
                matches!(self, $(Self::$process)|*)
            }
        }

        /// The arguments of each kind.
        pub mod args {
            use super::{
                Activation, BevType, Callback, Failure, Progress, Side, Tls, Waits, Word, Words,
            };

            $(structs! { $(#[$pdoc])* $process { $($pfields)* } })*
            $(structs! { $(#[$cdoc])* $call { $($cfields)* } })*
            $(structs! { $(#[$tdoc])* $point { $($tfields)* } })*
            $(structs! { $pcall { $($pcarg: $pctype),* } })*
            $(structs! { $ppoint { $($pparg: $pptype),* } })*
        }

        $(impl Record for args::$process { const KIND: Kind = Kind::$process; })*
        $(impl Record for args::$point { const KIND: Kind = Kind::$point; })*
        $(
            impl Record for args::$call { const KIND: Kind = Kind::$call; }
            impl Begins for args::$call { type Exit = $exit; }
        )*
        $(impl Record for args::$ppoint { const KIND: Kind = Kind::$ppoint; })*
        $(
            impl Record for args::$pcall { const KIND: Kind = Kind::$pcall; }
            impl Begins for args::$pcall { type Exit = exit!($($failed)?); }
        )*

        /// A call that begins, or began.
        #[derive(Debug, Clone, Copy)]
        #[allow(missing_docs, reason = "as of the kinds")]
        pub enum Call {
            $($(#[$cdoc])* $call(args::$call),)*
            /// One of a plain kind.
            Plain(Kind),
        }

        impl Call {
            /// The call of a record's words; `None` if its kind is not a call's.
            pub fn of(kind: Kind, words: [u64; 5]) -> Option<Self> {
                Some(match kind {
                    $(Kind::$call => Self::$call(Words::of(words)),)*
                    $(Kind::$pcall)|* => Self::Plain(kind),
                    _ => return None,
                })
            }

            /// Its kind.
            pub const fn kind(self) -> Kind {
                match self {
                    $(Self::$call(_) => Kind::$call,)*
                    Self::Plain(kind) => kind,
                }
            }
        }

        /// What happened, in one record.
        #[derive(Debug, Clone, Copy)]
        #[allow(missing_docs, reason = "as of the kinds")]
        pub enum Point {
            $($(#[$tdoc])* $point(args::$point),)*
        }

        impl Point {
            /// That of a record's words; `None` if its kind is plain, or not one with one record.
            pub fn of(kind: Kind, words: [u64; 5]) -> Option<Self> {
                Some(match kind {
                    $(Kind::$point => Self::$point(Words::of(words)),)*
                    _ => return None,
                })
            }
        }
    };
}

/// How a plain kind is told.
#[derive(Debug, Clone, Copy)]
pub struct Plain {
    /// The step.
    pub step: &'static str,
    /// The names of its arguments: those of the step's fields and, last, the site, if it has one.
    pub arguments: &'static [&'static str],
    /// What is so if it failed; empty if it cannot.
    pub failed: &'static str,
}

/// What the exit of a plain call says: how it went, if it may fail.
macro_rules! exit {
    () => {
        ()
    };
    ($failed:literal) => {
        Outcome
    };
}

/// The arguments of a kind.
pub trait Record: Words {
    /// The kind.
    const KIND: Kind;
}

/// The arguments of a call's enter.
pub trait Begins: Record {
    /// What its exit says.
    type Exit: Words;
}

// NAME = NUMBER, [the steps of a trace that it is told as] { its arguments } -> what its exit says. `from` is the lowest
// level that needs it, where that is not the lowest of its steps'.
//
// The object is one of what the section is about (in that of the loop a base), unless a kind says another; `→` marks what
// its exit has. A `site` is the address the call returns to; a time span is in nanoseconds.
//
// A plain kind is told as its step, whose fields are its arguments one to one; the last may be the site. The object is what
// the step is about. A call that may fail says what is so then.
kinds! {
    process {
        /// A thread makes its first record. After a fork it says the parent's thread and when.
        Thread = 1 { pid: u32, parent: u16, forked: u64 }
        /// Where a shared object lies. object: its load address; bytes: its path.
        Module = 2 { first: u64, end: u64 }
        /// The library is at work. bytes: libevent's version.
        Hello = 3 {}
        /// It is not: this version of libevent is not one whose inside it knows.
        Refused = 4 { version: u32 }
        /// A process on the reactor speaks for the first time. bytes: the library's name and version.
        OwnHello = 5 { vocabulary: u64 }
        /// A place in the source of a process on the reactor. bytes: what a record says of it (`src` and `caller`), as JSON.
        OwnPlace = 6 { number: u32 }
        /// A piece of a source text of such a process. bytes: of the text, as JSON.
        OwnText = 7 { is_last: bool, number: u64 }
        /// Records are missing here. Not the program says so but the recorder, in what it keeps: how many found no room, how
        /// many were never written to the end.
        Missing = 104 { lost: u64, abandoned: u64 }
    }

    // A step of the reactor's; args: `OwnStep`; bytes: the event. An exit without bytes repeats its enter.
    own {
        /// One of the program's level.
        OwnProgram = 8 from 1
        /// One of the walkthrough's.
        OwnWalkthrough = 9 from 2
        /// One that only the level of everything shows.
        OwnEverything = 34 from 3
    }

    calls {
        // ---- loop ---------------------------------------------------------------------------------
        /// object: → the base; bytes: → the backend.
        BaseNew = 10, ["event_base_new"] { site: u64 } -> BaseMade
        Loop = 12, ["event_base_loop"] { flags: i32, site: u64 } -> LoopEnded
        Poll = 13, ["poll"] { timeout: Option<u64> } -> Outcome
        /// A call that sets up an event used once.
        Once = 17, [] from 1 { site: u64 } -> Outcome
        /// A call that sets up a common timeout.
        CommonTimeout = 35, [] from 1 { site: u64 } -> ()

        // ---- events -------------------------------------------------------------------------------
        Add = 21, ["event_add"] { timeout: Option<u64>, fd: i32, base: u64, site: u64 } -> Outcome
        EventCb = 24, [
            "event_callback", "event_once_cb", "evsig_cb", "listener_read_cb", "bufferevent_readcb",
            "bufferevent_writecb"
        ] { callback: u64, what: i16 } -> ()
        /// The program's callback of an event used once. object: 0.
        OnceCb = 25, ["event_callback"] { callback: u64, what: i16 } -> ()
        /// A deferred callback runs. object: bufferevent, or what else waits.
        DeferredCb = 30, ["deferred_cb"] {} -> ()

        // ---- listener -----------------------------------------------------------------------------
        /// object: base → the listener; bytes: → the address.
        ListenerNew = 40, ["evconnlistener_new"] {
            callback: u64, options: u32, backlog: i32, site: u64
        } -> ListenerMade
        ListenerCb = 44, ["listener_cb"] { callback: u64, fd: i32 } -> ()
        ListenerErrorCb = 45, ["listener_errorcb"] { callback: u64 } -> ()

        // ---- evbuffer -----------------------------------------------------------------------------
        /// The length may show only in the buffer's. bytes: payload.
        BufAdd = 52, ["evbuffer_add"] { len: Option<u64>, before: u64, site: u64 } -> Changed
        /// bytes: payload.
        BufPrepend = 53, ["evbuffer_prepend"] { len: u64, before: u64, site: u64 } -> Changed
        /// bytes: → payload.
        BufRemove = 54, ["evbuffer_remove"] { asked: u64, before: u64, site: u64 } -> Changed
        BufDrain = 55, ["evbuffer_drain"] { asked: u64, before: u64, site: u64 } -> Changed
        /// object: the receiving buffer.
        BufMove = 56, ["evbuffer_move"] {
            from: u64, asked: Option<u64>, before: u64, from_before: u64, site: u64
        } -> Changed
        /// bytes: → payload.
        BufRead = 59, ["evbuffer_read"] { asked: Option<u64>, fd: i32, before: u64, site: u64 } -> Outcome
        /// bytes: payload.
        BufWrite = 60, ["evbuffer_write"] { asked: Option<u64>, fd: i32, before: u64, site: u64 } -> Outcome
        /// A buffer tells its callbacks. bytes: payload, of what a call has added that does not say what.
        BufInvoke = 61, ["evbuffer_cb"] { len: u64 } -> ()
        /// A line is taken. The call is around `BufRemove` and `BufDrain`.
        BufReadln = 66, [] from 3 { site: u64 } -> ()

        // ---- bufferevent --------------------------------------------------------------------------
        /// object: → bufferevent.
        BevSocketNew = 71, ["bufferevent_socket_new"] {
            base: u64, fd: i32, options: i32, site: u64, tls: Tls
        } -> Made
        /// object: → one end.
        BevPairNew = 72, ["bufferevent_pair_new"] { base: u64, options: i32, site: u64 } -> Made
        /// object: → bufferevent.
        BevFilterNew = 73, ["bufferevent_filter_new"] {
            underlying: u64, options: i32, site: u64, tls: Tls
        } -> Made
        /// bytes: the address.
        BevConnect = 83, ["bufferevent_socket_connect"] { site: u64 } -> Outcome
        BevSetfd = 85, ["bufferevent_setfd"] { fd: i32, site: u64 } -> Outcome
        Readcb = 87, ["readcb"] { callback: u64, site: u64 } -> ()
        Writecb = 88, ["writecb"] { callback: u64, site: u64 } -> ()
        /// With an error it says how the last look-up of a name failed.
        Eventcb = 89, ["eventcb"] { callback: u64, what: i16, errno: i32, look_up: i32, site: u64 } -> ()
        SuspendRead = 91, ["suspend_read"] { reason: u16, input: u64, high: u64 } -> ()
        UnsuspendRead = 92, ["unsuspend_read"] { reason: u16, input: u64, high: u64 } -> ()
        SuspendWrite = 93, ["suspend_write"] { reason: u16 } -> ()
        UnsuspendWrite = 94, ["unsuspend_write"] { reason: u16 } -> ()
        BevFlush = 97, ["bufferevent_flush"] { what: i16, mode: i32, site: u64 } -> Outcome
        /// The call around the making of a refill event.
        BevSetRateLimit = 100, [] from 2 { site: u64, lifted: bool } -> Outcome
    }

    points {
        // ---- events -------------------------------------------------------------------------------
        /// An event is set up; or only its base is set anew.
        Assign = 20, ["event_assign"] from 1 {
            base: u64, waits: Waits, callback: u64, base_set: bool, site: u64
        }
        Active = 23, ["event_active"] { what: i16, why: Activation, site: u64 }
        PrioritySet = 26, ["event_priority_set"] { priority: i32, result: i32, site: u64 }
        /// object: base.
        BackendAdd = 28, ["backend_add"] { fd: i32, old: i16, change: i16, result: i32, errno: i32 }
        /// object: base.
        BackendDel = 29, ["backend_del"] { fd: i32, old: i16, change: i16, result: i32, errno: i32 }
        /// A finalizer waits in the active queue. object: the callback's address.
        Finalize = 31, ["event_active"] {}
        /// A deferred callback waits. object: its argument.
        Deferred = 32, ["event_active"] { callback: u64, base: u64, priority: u8, function: u64 }
        /// Its argument may be a bufferevent that was made just now. object: the address of a deferred callback.
        DeferredInit = 33, ["event_assign"] from 1 { function: u64, arg: u64, priority: u8, of_bev: bool }

        // ---- listener -----------------------------------------------------------------------------
        /// The new fd is -1 where there is none. bytes: the peer's address.
        Accept = 43, ["accept"] { fd: i32, new: i32, errno: i32, site: u64 }

        // ---- evbuffer -----------------------------------------------------------------------------
        BufNew = 50, ["evbuffer_new"] { site: u64 }
        BufFree = 51, ["evbuffer_free"] { site: u64 }
        /// The entry is 0 where one callback takes the place of all.
        BufAddCb = 62, [] from 1 { entry: u64, callback: u64 }
        BufRemoveCb = 63, [] from 1 { entry: u64 }
        BufCbFlags = 64, [] from 1 { entry: u64, flags: u32, set: bool }
        /// Its callbacks run from the loop from now on.
        BufDefer = 65, [] from 1 { base: u64 }

        // ---- bufferevent --------------------------------------------------------------------------
        BevInit = 70, [] from 1 { base: u64, options: i32, input: u64, output: u64, kind: BevType }
        BevSetcb = 74, ["bufferevent_setcb"] { readcb: u64, writecb: u64, eventcb: u64, site: u64 }
        /// How a connect goes.
        Connect = 84, ["connect"] { fd: i32, progress: Progress, errno: i32 }
        /// A callback was put off.
        PutOff = 90, [] from 1 { callback: Callback, what: i16 }
        /// Bytes are taken from the bucket.
        Ratelimit = 95, ["ratelimit"] { what: i16, bytes: i64 }
        /// What a bucket has that was filled. object: the bucket.
        Bucket = 101, ["ratelimit"] { read: i64, write: i64 }
        /// The low mark lets a callback of the program's run, whether or not there is one.
        LowMark = 102, ["watermark"] { side: Side, len: u64, low: u64, site: u64 }
        BevDestruct = 99, ["bufferevent_finalize"] from 1 { fd: i32, unsent: u64 }

        // ---- diagnostics --------------------------------------------------------------------------
        /// A call failed of which there is no other record.
        Failed = 103, ["error"] { call: Failure, site: u64 }
    }

    plain calls {
        BaseFree = 11, "event_base_free" { site: u64 }
        LoopExit = 14, "event_base_loopexit" or "the loop goes on" { timeout: Option<u64>, site: u64 }
        Del = 22, "event_del" or "nothing is deleted" { site: u64 }
        EventFree = 27, "event_free" { site: u64 }
        ListenerEnable = 41, "evconnlistener_enable" or "the listener is not enabled" { site: u64 }
        ListenerDisable = 42, "evconnlistener_disable" or "the listener is not disabled" { site: u64 }
        ListenerFree = 46, "evconnlistener_free" { site: u64 }
        BevEnable = 75, "bufferevent_enable" or "not everything has changed" { events: i16, site: u64 }
        BevDisable = 76, "bufferevent_disable" or "not everything has changed" { events: i16, site: u64 }
        BeSocketEnable = 77, "be_socket_enable" { events: i16 }
        BeSocketDisable = 78, "be_socket_disable" { events: i16 }
        BevSetWatermark = 79, "bufferevent_setwatermark" { events: i16, low: u64, high: u64, site: u64 }
        BevSetTimeouts = 80, "bufferevent_set_timeouts" or "not all timeouts are set" {
            read: Option<u64>, write: Option<u64>, site: u64
        }
        BevWrite = 81, "bufferevent_write" or "nothing is written" { len: u64, site: u64 }
        BevRead = 82, "bufferevent_read" or "nothing is read" { asked: u64, site: u64 }
        BevPrioritySet = 86, "bufferevent_priority_set" or "the priority stays" { priority: i32, site: u64 }
        BevTrigger = 96, "bufferevent_trigger" { events: i16, site: u64 }
        BevFree = 98, "bufferevent_free" { site: u64 }
    }

    plain points {
        LoopBreak = 15, "event_base_loopbreak" { site: u64 }
        LoopContinue = 16, "event_base_loopcontinue" { site: u64 }
        BufFreeze = 57, "evbuffer_freeze" { end: bool, site: u64 }
        BufUnfreeze = 58, "evbuffer_unfreeze" { end: bool, site: u64 }
        BufPeek = 67, "evbuffer_peek" { offset: u64, asked: Option<u64>, pieces: u64, bytes: u64, site: u64 }
    }
}

structs! {
    /// How a call went. It fails with a result below 0.
    Outcome { result: i64, errno: i32 }
    /// How a call went that changes a buffer, and the buffer's length after it.
    Changed { result: i64, after: u64 }
    /// How an object was made. Where none was, the record's is 0.
    Made { errno: i32 }
    /// The same of a base.
    BaseMade { priorities: u32, errno: i32 }
    /// The same of a listener.
    ListenerMade { errno: i32, fd: i32 }
    /// How a loop ended.
    LoopEnded { result: i32, exit: bool, stopped: bool }
}

impl From<i32> for Outcome {
    #[inline(always)]
    fn from(result: i32) -> Self {
        let result = i64::from(result);
        Self { result, errno: 0 }
    }
}

/// A result that is a size, of a call that fails with the greatest.
impl From<usize> for Outcome {
    #[inline(always)]
    fn from(result: usize) -> Self {
        let result = result as i64;
        Self { result, errno: 0 }
    }
}

/// The bit of a kind in a two-word set.
#[inline]
pub const fn bit(kind: u8) -> (usize, u64) {
    ((kind >> 6) as usize & 1, 1 << (kind & 63))
}
