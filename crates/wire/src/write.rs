//! The writers' side: how a record gets into the ring, and how a thread is held.

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::kinds::{Kind, bit};
use super::mapping::{
    BEAT_LOST, CONTROL_BYTES, Control, MARGIN, MAX_SLOTS, MORE, SLOT_BYTES, Slot, Tag, WirePhase,
};

/// Writes a record, unless the ring is full: then it is counted as lost, and false comes back. For what others are to be
/// understood by there is room a while longer. `tail` is what this thread last saw of the ring's tail. The time is taken last,
/// so that records of one thread are in the order of their times.
///
/// # Safety
/// `control` is a mapping of a ring that stays while this runs.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub unsafe fn write(
    control: *mut Control,
    tail: &mut u64,
    (kind, phase): (Kind, WirePhase),
    (thread, depth): (u16, u16),
    object: u64,
    words: [u64; 5],
    bytes: &[u8],
    now: impl FnOnce() -> u64,
) -> bool {
    let margin = if kind.is_needed_by_others() {
        MARGIN / 2
    } else {
        MARGIN
    };
    let more = if bytes.is_empty() {
        0
    } else {
        bytes.len().div_ceil(SLOT_BYTES).min(MAX_SLOTS - 1)
    };
    // SAFETY: the mapping holds the control block and `capacity` slots after it; indices are taken
    // modulo the capacity. A reserved slot belongs to this thread until its tag is stored.
    unsafe {
        let capacity = (*control).capacity.load(Relaxed);
        let head = (*control).head.load(Relaxed);
        if head.wrapping_sub(*tail) > capacity - margin {
            *tail = (*control).tail.load(Acquire);
            if head.wrapping_sub(*tail) > capacity - margin {
                (*control).lost.fetch_add(1, Relaxed);
                return false;
            }
        }
        let first = (*control).head.fetch_add(1 + more as u64, Relaxed);
        let ring = control.byte_add(CONTROL_BYTES).cast::<Slot>();
        let slot = ring.add((first & (capacity - 1)) as usize);
        prefetch_to_write(ring.add(((first + AHEAD) & (capacity - 1)) as usize));
        let mut last = 0;
        if more > 0 {
            last = continue_in(ring, first + 1, capacity, bytes, more);
        }
        (*slot).time = now();
        (*slot).object = object;
        (*slot).words = words;
        let tag = Tag {
            kind: kind as u8,
            phase,
            more: more as u8,
            last,
            thread,
            depth,
        };
        (*slot).tag.store(tag.pack(), Release);
    }
    true
}

/// So many slots ahead the ring's memory is asked for: the recorder has read it since it was written last, and
/// to wait until it is this processor's again takes longer than all else about a record.
const AHEAD: u64 = 6;

/// Has a slot's cache line brought here, to be written; nobody waits for it.
#[inline(always)]
fn prefetch_to_write(slot: *const Slot) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint, which any address may be given to and which changes nothing; processors that do not know
    // it pass over it.
    unsafe {
        core::arch::asm!("prefetchw [{}]", in(reg) slot, options(nostack, preserves_flags, readonly));
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = slot;
}

/// Writes bytes into the slots after a record's own; returns how many are in the last.
#[inline(never)]
unsafe fn continue_in(ring: *mut Slot, first: u64, capacity: u64, bytes: &[u8], more: usize) -> u8 {
    let mut left = bytes;
    let mut last = 0;
    for i in 0..more {
        let n = left.len().min(SLOT_BYTES);
        let (piece, rest) = left.split_at(n);
        left = rest;
        last = n as u8;
        // SAFETY: the caller reserved these slots; object and args are SLOT_BYTES in a row.
        unsafe {
            let slot = ring.add(((first + i as u64) & (capacity - 1)) as usize);
            let place = (&raw mut (*slot).object).cast::<u8>();
            core::ptr::copy_nonoverlapping(piece.as_ptr(), place, n);
            (*slot).tag.store(u64::from(MORE), Release);
        }
    }
    last
}

/// Holds the thread after a record of a kind until the watcher releases it, if that kind is one to hold at.
/// `wait` waits on a futex: the word and the value that it is expected to have, for a second at most.
///
/// # Safety
/// `control` is a mapping of a ring that stays while this runs.
#[cold]
#[inline(never)]
pub unsafe fn hold(
    control: *mut Control,
    kind: Kind,
    now: impl Fn() -> u64,
    wait: impl Fn(*const u32, u32),
) {
    let (word, bit) = bit(kind as u8);
    // SAFETY: the caller's mapping; the futex word lies in it.
    unsafe {
        if (*control).held[word].load(Relaxed) & bit == 0 {
            return;
        }
        let began = now();
        let seen = (*control).released.load(Acquire);
        (*control).holds.fetch_add(1, Release);
        (*control).waiting.fetch_add(1, Release);
        while (*control).stepping.load(Acquire) != 0 && (*control).released.load(Acquire) == seen {
            // It does not stay held by a recorder that died.
            if now().saturating_sub((*control).beat.load(Relaxed)) > BEAT_LOST {
                (*control).stepping.store(0, Release);
                break;
            }
            wait((&raw const (*control).released).cast::<u32>(), seen);
        }
        (*control).waiting.fetch_sub(1, Release);
        if (*control).freeze_clock.load(Relaxed) != 0 {
            (*control).held_ns.fetch_add(now() - began, Relaxed);
        }
    }
}
