//! The wire form: what a traced program and the recorder outside share.
//!
//! One file, mapped by both: a [`Control`] block of [`CONTROL_BYTES`], then a ring of [`Slot`]s. Writers
//! reserve slots by advancing `head`, fill them, and store the slot's [`tag`](Slot::tag) last; the
//! recorder takes slots in order as their tags appear, sets the tags back to 0, and advances `tail`.
//! A program that dies between reserving and storing leaves a slot without a tag, nothing worse.
//!
//! There are two kinds of writers: the library that the recorder puts into a libevent program, which takes this
//! crate's files into itself, and our own reactor.
//!
//! Knows: the layout of the mapping, what the kinds of records say and the names of the steps that they are told as, how a
//! record gets into the mapping, and what its time is taken from.
//! Never knows: what a step means, or what anybody does with a record.
//!
//! It needs no allocation and nothing of `std`.

mod kinds;
mod mapping;
mod ticks;
mod words;
mod write;

pub use kinds::{
    BaseMade, Begins, Call, Changed, Kind, ListenerMade, LoopEnded, Made, Outcome, Plain, Point,
    Record, args, bit,
};
pub use mapping::{
    BEAT_LOST, CONTROL_BYTES, Control, ENV_PRELOAD, ENV_RING, MAGIC, MARGIN, MAX_SLOTS, MORE,
    SLOT_BYTES, Slot, Tag, WirePhase,
};
pub use ticks::{CLOCK_SOURCE, Clock, Line, Moment, SHIFT, counter, is_a_clock};
pub use words::{
    Activation, BevType, Callback, Failure, OwnStep, Progress, Side, Tls, Waits, Words,
};
pub use write::{hold, write};

/// This crate's files, by name: the library that goes into a libevent program is built of them.
pub const SOURCES: [(&str, &str); 6] = [
    ("lib.rs", include_str!("lib.rs")),
    ("kinds.rs", include_str!("kinds.rs")),
    ("mapping.rs", include_str!("mapping.rs")),
    ("ticks.rs", include_str!("ticks.rs")),
    ("words.rs", include_str!("words.rs")),
    ("write.rs", include_str!("write.rs")),
];
