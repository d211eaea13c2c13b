//! Signals: what the recorder does with those that reach it, and what the program finds set when it starts.

use std::mem::zeroed;
use std::ptr::{null, null_mut};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

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

/// Signals that were sent to the recorder and not yet looked at: a bit each.
static SENT: AtomicU64 = AtomicU64::new(0);
/// The same for those that the program got, too.
static SHARED: AtomicU64 = AtomicU64::new(0);

/// Signals that would end the recorder, and may mean something to the program. Real-time signals are among them.
const CAUGHT: [i32; 13] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGTERM,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGALRM,
    libc::SIGVTALRM,
    libc::SIGPROF,
    libc::SIGIO,
    libc::SIGPWR,
    libc::SIGSTKFLT,
    libc::SIGXCPU,
];

fn caught() -> impl Iterator<Item = i32> {
    CAUGHT
        .into_iter()
        .chain(libc::SIGRTMIN()..=libc::SIGRTMAX())
}

extern "C" fn note(signal: i32, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    // SAFETY: where the system describes the signal, it does so for as long as this runs.
    let code = unsafe { info.as_ref() }.map_or(libc::SI_USER, |info| info.si_code);
    // The terminal sends these to all in front of it, the program among them; a hang-up it may send to the first alone.
    // The system's word about too much time is about the recorder's.
    let by_system = code > 0;
    let shared = by_system && matches!(signal, libc::SIGINT | libc::SIGQUIT | libc::SIGXCPU);
    let place = if shared { &SHARED } else { &SENT };
    place.fetch_or(bit(signal), Relaxed);
}

/// A signal that reached the recorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(crate) signal: i32,
    /// Only the recorder got it, and the program is to have it.
    pub(crate) for_program: bool,
    /// It asks to end whoever does not mind it.
    pub(crate) to_end: bool,
}

/// While it lives, signals do not end the recorder: it ends when the program does.
pub(crate) struct Signals(Vec<(i32, libc::sigaction)>);

impl Signals {
    /// From now on. Those that are ignored are caught, too: the program may mind them.
    pub(crate) fn catch() -> Self {
        let mut signals = Self::for_writing();
        // Where children are not waited for, nobody learns how the program ends.
        if action(libc::SIGCHLD).is_some_and(|a| a.sa_sigaction == libc::SIG_IGN) {
            signals.change(libc::SIGCHLD, &plain(libc::SIG_DFL));
        }
        let handler: extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void) = note;
        let mut noted = plain(handler as libc::sighandler_t);
        noted.sa_flags = libc::SA_RESTART | libc::SA_SIGINFO;
        for signal in caught() {
            signals.change(signal, &noted);
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
    pub(crate) fn arrived() -> impl Iterator<Item = Arrived> {
        let (sent, shared) = (SENT.swap(0, Relaxed), SHARED.swap(0, Relaxed));
        let ending = |signal| {
            use libc::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
            matches!(signal, SIGHUP | SIGINT | SIGQUIT | SIGTERM) && !was_ignored(signal)
        };
        caught()
            .filter(move |&signal| (sent | shared) & bit(signal) != 0)
            .map(move |signal| Arrived {
                signal,
                for_program: sent & bit(signal) != 0,
                to_end: ending(signal),
            })
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
    // SAFETY: it is what the system gave, a constant of its, or `note`, which only stores into atomics.
    unsafe { libc::sigaction(signal, action, null_mut()) };
}
