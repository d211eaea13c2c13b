//! The wire form: what the library in the program and the recorder outside share.
//!
//! One file, mapped by both: a [`Control`] block of [`CONTROL_BYTES`], then a ring of [`Slot`]s. Writers
//! reserve slots by advancing `head`, fill them, and store the slot's [`tag`](Slot::tag) last; the
//! recorder takes slots in order as their tags appear, sets the tags back to 0, and advances `tail`.
//! A program that dies between reserving and storing leaves a slot without a tag, nothing worse.

use core::sync::atomic::{AtomicU32, AtomicU64};

/// The first eight bytes of the mapping.
pub const MAGIC: u64 = u64::from_le_bytes(*b"evscope\x01");
/// Where the ring begins.
pub const CONTROL_BYTES: usize = 4096;
/// Writers stay this many slots behind a full ring, because each looks before it reserves and there are
/// several.
pub const MARGIN: u64 = 4096;
/// The longest record: its slot and the slots that continue it.
pub const MAX_SLOTS: usize = 64;
/// The variable that tells the library where the mapping is: `FD:PATH`.
pub const ENV_RING: &str = "EVSCOPE_RING";
/// The variable that keeps the `LD_PRELOAD` there was before; absent if there was none.
pub const ENV_PRELOAD: &str = "EVSCOPE_LD_PRELOAD";

/// The head of the mapping. Every hot word has a cache line of its own.
#[repr(C, align(64))]
pub struct Control {
    /// [`MAGIC`].
    pub magic: AtomicU64,
    /// Number of slots, a power of two.
    pub capacity: AtomicU64,
    /// Bytes of payload to keep; 0: none.
    pub payload: AtomicU32,
    /// Whether programs that a recorded one starts are recorded too (they inherit the environment).
    pub follow_exec: AtomicU32,
    /// Number of threads so far, in all processes.
    pub threads: AtomicU32,
    _pad0: [u32; 9],
    /// Slots reserved since the beginning.
    pub head: AtomicU64,
    _pad1: [u64; 7],
    /// Slots taken since the beginning.
    pub tail: AtomicU64,
    _pad2: [u64; 7],
    /// Records not written because the ring was full.
    pub lost: AtomicU64,
    _pad3: [u64; 7],
    /// Which kinds are wanted: bit `kind % 64` of word `kind / 64`. Read for every record, written never
    /// or rarely.
    pub wanted: [AtomicU64; 2],
    /// Stepping: 0 runs freely; otherwise the program stops after each record of a kind in `held` until
    /// `released` differs from what it saw.
    pub stepping: AtomicU32,
    /// Counts releases; the program waits on it (a futex).
    pub released: AtomicU32,
    /// How many threads are held now.
    pub waiting: AtomicU32,
    /// 1: the program's clock stands still while it is held.
    pub freeze_clock: AtomicU32,
    /// The kinds to stop at, as in `wanted`.
    pub held: [AtomicU64; 2],
    /// Nanoseconds the program was held so far.
    pub held_ns: AtomicU64,
    /// How many times a thread was held so far.
    pub holds: AtomicU32,
    _pad4: u32,
    /// When the recorder was last at work (`CLOCK_MONOTONIC`, ns): a program does not stay held by a
    /// recorder that died.
    pub beat: AtomicU64,
}

/// After how many nanoseconds without a beat the recorder counts as dead.
pub const BEAT_LOST: u64 = 5_000_000_000;

/// One record, or a piece of one.
#[repr(C, align(64))]
pub struct Slot {
    /// Nanoseconds of `CLOCK_MONOTONIC`.
    pub time: u64,
    /// What, who and how deep; 0 while the slot is not written. See [`Tag`].
    pub tag: AtomicU64,
    /// The object: the address of a base, event, bufferevent, buffer or listener.
    pub object: u64,
    /// What the kind says they are.
    pub args: [u64; 5],
}

/// The unpacked tag of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    /// What happened (a [`Kind`]); never 0.
    pub kind: u8,
    /// Begin, end or whole.
    pub phase: WirePhase,
    /// How many slots follow that hold bytes ([`SLOT_BYTES`] each) of this record.
    pub more: u8,
    /// How many of those bytes count in the last slot.
    pub last: u8,
    /// Which thread (from 1).
    pub thread: u16,
    /// How many calls are around it.
    pub depth: u16,
}

/// Bytes in a continuing slot (all of it but the tag's word, so that the ring stays readable).
pub const SLOT_BYTES: usize = 48;
/// The kind of a continuing slot.
pub const MORE: u8 = 0xff;

/// Begin, end or whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum WirePhase {
    /// A call begins.
    Enter = 0,
    /// A call ends.
    Exit = 1,
    /// Both in one.
    Point = 2,
}

impl Tag {
    /// Packs the tag into a word.
    #[inline]
    pub const fn pack(self) -> u64 {
        self.kind as u64
            | (self.phase as u64) << 8
            | (self.more as u64) << 16
            | (self.last as u64) << 24
            | (self.thread as u64) << 32
            | (self.depth as u64) << 48
    }

    /// Reads a word; `None` for one that is not a tag.
    pub const fn unpack(word: u64) -> Option<Self> {
        let kind = word as u8;
        if kind == 0 {
            return None;
        }
        Some(Self {
            kind,
            phase: match (word >> 8) as u8 {
                0 => WirePhase::Enter,
                1 => WirePhase::Exit,
                2 => WirePhase::Point,
                _ => return None,
            },
            more: (word >> 16) as u8,
            last: (word >> 24) as u8,
            thread: (word >> 32) as u16,
            depth: (word >> 48) as u16,
        })
    }
}

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

    // ---- loop -------------------------------------------------------------------------------------
    /// object: → the base; args: site → number of priorities; bytes: → the backend.
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
    /// A deferred callback waits. object: its argument; args: the callback's address.
    Deferred = 32,
    /// object: the address of a deferred callback; args: function, argument.
    DeferredInit = 33,

    // ---- listener ---------------------------------------------------------------------------------
    /// object: base → the listener; args: callback, options, backlog, fd, site → errno;
    /// bytes: → the address.
    ListenerNew = 40,
    /// object: listener; args: site → result.
    ListenerEnable = 41,
    /// object: listener; args: site → result.
    ListenerDisable = 42,
    /// args: listening fd, new fd or -1, errno; bytes: the peer's address.
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
    /// A buffer tells its callbacks. object: buffer; args: length.
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

    // ---- bufferevent ------------------------------------------------------------------------------
    /// object: bufferevent; args: base, options, input, output, type (a [`BevType`]).
    BevInit = 70,
    /// object: → bufferevent; args: base, fd, options, site.
    BevSocketNew = 71,
    /// object: → one end; args: base, options, site → the other end.
    BevPairNew = 72,
    /// object: → bufferevent; args: underlying, options, site.
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
    /// object: bufferevent; args: callback, input length, output length, low mark, high mark.
    Readcb = 87,
    /// object: bufferevent; args: callback, input length, output length, low mark, high mark.
    Writecb = 88,
    /// object: bufferevent; args: callback, what, errno.
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
    /// The call around the making of a refill event. object: bufferevent; args: site.
    BevSetRateLimit = 100,
    /// A bucket was filled. object: the bucket; args: bytes it has for reading, and for writing.
    Bucket = 101,
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
