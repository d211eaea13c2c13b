//! To work where nobody else wants to, without being the one that has to wait for that: on a busy machine a thread of the
//! lowest priority may not come on for a second, and whoever needs what it has in hand waits as long. So the work is done
//! by a thread that is only somewhat less urgent than others, which before each piece asks another one, of the lowest
//! priority, that has nothing in hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};

/// Gives leave for a piece of work when there is time for it.
pub(crate) struct Leave {
    shared: Arc<Shared>,
    /// The thread that runs where nobody else wants to.
    idle: Option<Thread>,
}

// No lock: whoever had it might not come on.
#[derive(Default)]
struct Shared {
    asked: AtomicBool,
    over: AtomicBool,
}

impl Leave {
    /// For the calling thread.
    pub(crate) fn new() -> Self {
        let shared = Arc::<Shared>::default();
        let (theirs, asking) = (Arc::clone(&shared), thread::current());
        step_back();
        let idle = thread::Builder::new().spawn(move || {
            give_way();
            while !theirs.over.load(Ordering::Acquire) {
                if theirs.asked.swap(false, Ordering::AcqRel) {
                    asking.unpark();
                } else {
                    thread::park();
                }
            }
        });
        Self {
            shared,
            idle: idle.ok().map(|idle| idle.thread().clone()),
        }
    }

    /// Waits until there is time, or until `enough` when it was woken.
    pub(crate) fn ask(&self, enough: impl Fn() -> bool) {
        let Some(idle) = &self.idle else { return };
        self.shared.asked.store(true, Ordering::Release);
        idle.unpark();
        while self.shared.asked.load(Ordering::Acquire) && !enough() {
            thread::park();
        }
    }
}

impl Drop for Leave {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Release);
        if let Some(idle) = &self.idle {
            idle.unpark();
        }
    }
}

/// Gives the calling thread a tenth of what others get. It still comes on within some ten milliseconds.
fn step_back() {
    const SOMEWHAT: i32 = 10;
    // SAFETY: the call has no conditions; on Linux 0 is the calling thread. If it fails, nothing is lost but time.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, SOMEWHAT) };
}

/// Lets the calling thread run only where nobody else wants to.
fn give_way() {
    // All that the kernel's parameters are. musl's own function does nothing.
    let priority: libc::c_int = 0;
    // SAFETY: the parameters are a local, and 0 is the calling thread. If it fails, nothing is lost but time.
    unsafe {
        libc::syscall(
            libc::SYS_sched_setscheduler,
            0,
            libc::SCHED_IDLE,
            &raw const priority,
        )
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_time_again_and_again() {
        let leave = Leave::new();
        for _ in 0..100 {
            leave.ask(|| false);
        }
    }

    #[test]
    fn who_is_never_given_leave_can_be_woken() {
        let shared = Arc::<Shared>::default();
        // Nobody gives any.
        let idle = Some(thread::current());
        let enough = Arc::<AtomicBool>::default();
        let is_enough = Arc::clone(&enough);
        let asking = thread::spawn(move || {
            let leave = Leave { shared, idle };
            leave.ask(|| is_enough.load(Ordering::Acquire));
        });
        enough.store(true, Ordering::Release);
        asking.thread().unpark();
        asking.join().unwrap();
    }
}
