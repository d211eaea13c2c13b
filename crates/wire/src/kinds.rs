//! What a record is about.

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)*) => {
        /// What a record is about. Each says what the object and the arguments are; `→` marks those of
        /// its exit. `site` is the address the call returns to.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Kind {
            $($(#[$doc])* $name = $number,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The kind of a number.
            pub const fn from_number(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    // ---- the process ------------------------------------------------------------------------------
    /// A thread makes its first record. args: pid; after a fork the parent's thread and when (else 0).
    Thread = 1,
    /// Where a shared object lies. object: its load address; args: first address, end; bytes: its path.
    Module = 2,
    /// The library is at work. args: pid, libevent's version number, its parent's pid. bytes: libevent's
    /// version.
    Hello = 3,
    /// It is not, and why (a [`Refusal`]). args: pid, the reason, libevent's version number.
    Refused = 4,
    /// A process on the reactor speaks for the first time. args: pid; bytes: the library's name and version.
    OwnHello = 5,
    /// A place in the source of a process on the reactor. args: its number; bytes: what a record says of it
    /// (`src` and `caller`), as JSON.
    OwnPlace = 6,
    /// A piece of a source text of such a process. args: 1 for the last, its number; bytes: of the text, as JSON.
    OwnText = 7,
    /// A step of the reactor's, of the program's level. args: its place, then the objects (see
    /// `evscope_trace::Packed`); bytes: the event. An exit without bytes repeats its enter.
    OwnProgram = 8,
    /// The same, of the walkthrough's level.
    OwnWalkthrough = 9,

    // ---- loop -------------------------------------------------------------------------------------
    /// object: → the base; args: site → number of priorities, errno; bytes: → the backend.
    BaseNew = 10,
    /// object: base; args: site.
    BaseFree = 11,
    /// object: base; args: flags, site → result, got exit, got break.
    Loop = 12,
    /// object: base; args: timeout ns or -1 → result, errno.
    Poll = 13,
    /// object: base; args: timeout ns or -1, site.
    LoopExit = 14,
    /// object: base; args: site.
    LoopBreak = 15,
    /// object: base; args: site.
    LoopContinue = 16,
    /// A call that sets up an event used once. object: base; args: site.
    Once = 17,

    // ---- events -----------------------------------------------------------------------------------
    /// object: event; args: base, fd | what it waits for << 32, callback, priority, site.
    Assign = 20,
    /// object: event; args: timeout ns or -1, 1 if it is a point in time, fd, base, site → result.
    Add = 21,
    /// object: event; args: flags before, site → result.
    Del = 22,
    /// object: event; args: result, why (an [`Activation`]), site.
    Active = 23,
    /// object: event; args: callback, what, fd.
    EventCb = 24,
    /// The program's callback of an event used once. object: 0; args: callback, what, fd.
    OnceCb = 25,
    /// object: event; args: priority, result, site.
    PrioritySet = 26,
    /// object: event; args: site.
    EventFree = 27,
    /// object: base; args: fd, old, change, result, errno.
    BackendAdd = 28,
    /// object: base; args: fd, old, change, result, errno.
    BackendDel = 29,
    /// object: bufferevent (or what else waits); a deferred callback runs. args: function.
    DeferredCb = 30,
    /// A finalizer waits in the active queue. object: the callback's address.
    Finalize = 31,
    /// A deferred callback waits. object: its argument; args: the callback's address, base, priority, function.
    Deferred = 32,
    /// object: the address of a deferred callback; args: function, argument, priority, 1 if the argument is a
    /// bufferevent that was made just now.
    DeferredInit = 33,

    /// A step of the reactor's that only the level of everything shows. As [`Kind::OwnProgram`].
    OwnEverything = 34,

    /// A call that sets up a common timeout. object: base; args: site.
    CommonTimeout = 35,

    // ---- listener ---------------------------------------------------------------------------------
    /// object: base → the listener; args: callback, options, backlog, fd, site → errno;
    /// bytes: → the address.
    ListenerNew = 40,
    /// object: listener; args: site → result.
    ListenerEnable = 41,
    /// object: listener; args: site → result.
    ListenerDisable = 42,
    /// args: listening fd, new fd or -1, errno, site; bytes: the peer's address.
    Accept = 43,
    /// object: listener; args: callback, fd.
    ListenerCb = 44,
    /// object: listener; args: callback, errno.
    ListenerErrorCb = 45,
    /// object: listener; args: site.
    ListenerFree = 46,
    /// object: listener; args: callback.
    ListenerSetCb = 47,

    // ---- evbuffer ---------------------------------------------------------------------------------
    /// object: buffer; args: site.
    BufNew = 50,
    /// object: buffer; args: site.
    BufFree = 51,
    /// object: buffer; args: bytes, length before, site → result, length after; bytes: payload.
    BufAdd = 52,
    /// The same, in front.
    BufPrepend = 53,
    /// object: buffer; args: asked, length before, site → result, length after; bytes: → payload.
    BufRemove = 54,
    /// object: buffer; args: asked, length before, site → result, length after.
    BufDrain = 55,
    /// object: the receiving buffer; args: the other, asked or -1, length before, the other's, site
    /// → result, length after, the other's.
    BufMove = 56,
    /// object: buffer; args: 1 for the start, site.
    BufFreeze = 57,
    /// object: buffer; args: 1 for the start, site.
    BufUnfreeze = 58,
    /// object: buffer; args: asked or -1, fd, length before, site → result, errno; bytes: → payload.
    BufRead = 59,
    /// object: buffer; args: asked or -1, fd, length before, site → result, errno; bytes: payload.
    BufWrite = 60,
    /// A buffer tells its callbacks. object: buffer; args: length; bytes: payload, of what a call has added that does
    /// not say what.
    BufInvoke = 61,
    /// object: buffer; args: the entry, callback, its argument, site.
    BufAddCb = 62,
    /// object: buffer; args: the entry.
    BufRemoveCb = 63,
    /// object: buffer; args: the entry, flags, 1 to set and 0 to clear.
    BufCbFlags = 64,
    /// object: buffer; args: base. Its callbacks run from the loop from now on.
    BufDefer = 65,
    /// A line was taken. The call is around `BufRemove` and `BufDrain`. object: buffer; args: site.
    BufReadln = 66,
    /// A look at the pieces that the bytes lie in. object: buffer; args: where it begins, asked or -1, pieces, the bytes in
    /// them, site.
    BufPeek = 67,

    // ---- bufferevent ------------------------------------------------------------------------------
    /// object: bufferevent; args: base, options, input, output, type (a [`BevType`]).
    BevInit = 70,
    /// object: → bufferevent; args: base, fd, options, site, of a TLS one its state + 1 (as libevent numbers
    /// them) → errno.
    BevSocketNew = 71,
    /// object: → one end; args: base, options, site → the other end, errno.
    BevPairNew = 72,
    /// object: → bufferevent; args: underlying, options, site, of a TLS one its state + 1 → errno.
    BevFilterNew = 73,
    /// object: bufferevent; args: readcb, writecb, eventcb, site.
    BevSetcb = 74,
    /// object: bufferevent; args: what, site → result.
    BevEnable = 75,
    /// object: bufferevent; args: what, site → result.
    BevDisable = 76,
    /// object: bufferevent; args: what.
    BeSocketEnable = 77,
    /// object: bufferevent; args: what.
    BeSocketDisable = 78,
    /// object: bufferevent; args: what, low, high, input length, site.
    BevSetWatermark = 79,
    /// object: bufferevent; args: read ns or -1, write ns or -1, site.
    BevSetTimeouts = 80,
    /// object: bufferevent; args: bytes, site → result.
    BevWrite = 81,
    /// object: bufferevent; args: asked, site → result.
    BevRead = 82,
    /// object: bufferevent; args: site → result, errno, fd; bytes: the address.
    BevConnect = 83,
    /// args: fd, progress (a [`Progress`]), errno.
    Connect = 84,
    /// object: bufferevent; args: fd, site.
    BevSetfd = 85,
    /// object: bufferevent; args: priority, site.
    BevPrioritySet = 86,
    /// object: bufferevent; args: callback, site.
    Readcb = 87,
    /// object: bufferevent; args: callback, site.
    Writecb = 88,
    /// object: bufferevent; args: callback, what, errno, with an error how the last look-up of a name failed,
    /// site.
    Eventcb = 89,
    /// object: bufferevent; args: which callback (1 read, 2 write, 4 event), what. It was put off.
    PutOff = 90,
    /// object: bufferevent; args: reason, input length, high mark.
    SuspendRead = 91,
    /// object: bufferevent; args: reason, input length, high mark.
    UnsuspendRead = 92,
    /// object: bufferevent; args: reason.
    SuspendWrite = 93,
    /// object: bufferevent; args: reason.
    UnsuspendWrite = 94,
    /// Bytes are taken from the bucket. object: bufferevent; args: 2 for reading and 4 for writing, bytes.
    Ratelimit = 95,
    /// object: bufferevent; args: what, options, site.
    BevTrigger = 96,
    /// object: bufferevent; args: what, mode, site.
    BevFlush = 97,
    /// object: bufferevent; args: site.
    BevFree = 98,
    /// object: bufferevent; args: fd, output length.
    BevDestruct = 99,
    /// The call around the making of a refill event. object: bufferevent; args: site, whether the limit is
    /// taken away.
    BevSetRateLimit = 100,
    /// A bucket was filled. object: the bucket; args: bytes it has for reading, and for writing.
    Bucket = 101,
    /// The low mark lets a callback of the program's run, whether or not there is one. object: bufferevent; args:
    /// 1 for the input and 2 for the output, its length, the mark, site.
    LowMark = 102,
    /// A call failed of which there is no other record. args: which (a [`Failure`]), site.
    Failed = 103,
    /// Records are missing here. Not the program says so but the recorder, in what it keeps. args: how many found no
    /// room, how many were never written to the end.
    Missing = 104,
}

impl Kind {
    /// Whether it says who speaks, or what others are to be understood by. Without it, those say nothing.
    pub const fn is_needed_by_others(self) -> bool {
        matches!(
            self,
            Self::Thread
                | Self::Module
                | Self::Hello
                | Self::Refused
                | Self::OwnHello
                | Self::OwnPlace
                | Self::OwnText
        )
    }
}

/// In an [`Kind::Assign`]: only the base is set anew.
pub const BASE_SET: u64 = 1 << 63;

/// Why an event became active, as the library can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Activation {
    /// Its fd is ready.
    Io = 0,
    /// Its timeout ran out.
    Timeout = 1,
    /// Its signal arrived.
    Signal = 2,
    /// Somebody asked for it.
    Manual = 3,
    /// It is to be taken apart.
    Finalize = 4,
}

/// The calls that leave no other record when they fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Failure {
    /// `event_assign`
    EventAssign = 0,
    /// `event_base_set`
    EventBaseSet = 1,
    /// `event_finalize`
    EventFinalize = 2,
    /// `event_free_finalize`
    EventFreeFinalize = 3,
    /// `evbuffer_setcb`
    EvbufferSetcb = 4,
    /// `event_new`
    EventNew = 5,
    /// `event_base_new`
    EventBaseNew = 6,
    /// `evbuffer_new`
    EvbufferNew = 7,
}

/// How a connect goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Progress {
    /// The kernel is at work.
    Started = 0,
    /// Done.
    Connected = 1,
    /// It failed.
    Failed = 2,
}

/// The types of bufferevent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum BevType {
    /// A socket's.
    Socket = 0,
    /// One end of a pair.
    Pair = 1,
    /// A filter.
    Filter = 2,
    /// Another (TLS).
    Other = 3,
}

/// Why the library does nothing in a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Refusal {
    /// libevent is not a version whose inside it knows.
    Version = 1,
}

/// The bit of a kind in a two-word set.
#[inline]
pub const fn bit(kind: u8) -> (usize, u64) {
    ((kind >> 6) as usize & 1, 1 << (kind & 63))
}
