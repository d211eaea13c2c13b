//! Signals: what the recorder does with those that reach it, and what the program finds set when it starts.

use std::mem::zeroed;
use std::ptr::{null, null_mut};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU32, AtomicU64};

/// Signals are numbered from 1.
const LAST: i32 = 64;

fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

// ---- as it was before `main` ----------------------------------------------------------------------------

/// The signals that were ignored when this process began, a bit each.
static IGNORED: AtomicU64 = AtomicU64::new(0);

// Before `main`, because Rust's runtime has ignored SIGPIPE by then.
#[used]
// SAFETY: the section holds functions of this type, which the C library calls before `main`.
#[unsafe(link_section = ".init_array")]
static AT_START: extern "C" fn() = note_ignored;

extern "C" fn note_ignored() {
    let ignored = (1..=LAST)
        .filter(|&signal| action(signal).is_some_and(|a| a.sa_sigaction == libc::SIG_IGN))
        .fold(0, |ignored, signal| ignored | bit(signal));
    IGNORED.store(ignored, Relaxed);
}

fn was_ignored(signal: i32) -> bool {
    IGNORED.load(Relaxed) & bit(signal) != 0
}

/// Sets all signals as this process found them: for the child that becomes the program. It only makes system calls, as
/// what happens between `fork` and `exec` must.
pub(crate) fn set_as_found() {
    for signal in 1..=LAST {
        let handler = match was_ignored(signal) {
            true => libc::SIG_IGN,
            false => libc::SIG_DFL,
        };
        // Some cannot be set, and are then as they always are.
        set(signal, &plain(handler));
    }
}

// ---- while a program is recorded ------------------------------------------------------------------------

/// Signals that reached the recorder and were not yet looked at: one bit each.
static ARRIVED: AtomicU32 = AtomicU32::new(0);
const CAUGHT: [i32; 4] = [libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGHUP];

extern "C" fn note(signal: i32) {
    ARRIVED.fetch_or(1 << signal, Relaxed);
}

/// While it lives, signals do not end the recorder: it ends when the program does. One that is ignored stays so.
pub(crate) struct Signals(Vec<(i32, libc::sigaction)>);

impl Signals {
    pub(crate) fn catch() -> Self {
        let mut signals = Self::for_writing();
        // Where children are not waited for, nobody learns how the program ends.
        if action(libc::SIGCHLD).is_some_and(|a| a.sa_sigaction == libc::SIG_IGN) {
            signals.change(libc::SIGCHLD, &plain(libc::SIG_DFL));
        }
        let handler: extern "C" fn(i32) = note;
        let mut noted = plain(handler as libc::sighandler_t);
        noted.sa_flags = libc::SA_RESTART;
        for signal in CAUGHT {
            if action(signal).is_some_and(|a| a.sa_sigaction != libc::SIG_IGN) {
                signals.change(signal, &noted);
            }
        }
        signals
    }

    /// Files that grow beyond what is allowed are an error of who writes, as a full disk is, and no end.
    pub(crate) fn for_writing() -> Self {
        let mut signals = Self(Vec::new());
        signals.change(libc::SIGXFSZ, &plain(libc::SIG_IGN));
        signals
    }

    fn change(&mut self, signal: i32, new: &libc::sigaction) {
        if let Some(old) = action(signal) {
            set(signal, new);
            self.0.push((signal, old));
        }
    }

    /// Those that arrived since the last time.
    pub(crate) fn arrived() -> impl Iterator<Item = i32> {
        let bits = ARRIVED.swap(0, Relaxed);
        CAUGHT
            .into_iter()
            .filter(move |signal| bits & (1 << signal) != 0)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for (signal, old) in &self.0 {
            set(*signal, old);
        }
    }
}

// ---- the system's calls ---------------------------------------------------------------------------------

/// What a signal does now.
fn action(signal: i32) -> Option<libc::sigaction> {
    // SAFETY: all-zero is a valid sigaction, and it is a place for one.
    unsafe {
        let mut now: libc::sigaction = zeroed();
        (libc::sigaction(signal, null(), &raw mut now) == 0).then_some(now)
    }
}

/// One without flags.
fn plain(handler: libc::sighandler_t) -> libc::sigaction {
    // SAFETY: all-zero is a valid sigaction: no flags, no signal held back.
    let mut action: libc::sigaction = unsafe { zeroed() };
    action.sa_sigaction = handler;
    action
}

fn set(signal: i32, action: &libc::sigaction) {
    // SAFETY: it is what the system gave, a constant of its, or `note`, which only stores into an atomic.
    unsafe { libc::sigaction(signal, action, null_mut()) };
}
