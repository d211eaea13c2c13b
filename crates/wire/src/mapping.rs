//! The shared mapping: the control block, the slots, and what stands in them.

use core::sync::atomic::{AtomicU32, AtomicU64};

use super::ticks::Clock;

/// The first eight bytes of the mapping.
pub const MAGIC: u64 = u64::from_le_bytes(*b"evscope\x01");
/// Where the ring begins.
pub const CONTROL_BYTES: usize = 4096;
/// Writers stay this many slots behind a full ring, because each looks before it reserves and there are
/// several. Half of it is for records that others are to be understood by.
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
    /// Whether programs that a recorded one starts are recorded too (the library gives them the environment).
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
    _pad5: [u64; 7],
    /// What makes a clock of the processor's counter. All zero: nothing does.
    pub clock: Clock,
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
    /// The arguments, as the kind says.
    pub words: [u64; 5],
}

/// The unpacked tag of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    /// What happened (a [`Kind`](crate::Kind)); never 0.
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
