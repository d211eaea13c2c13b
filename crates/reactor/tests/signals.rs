//! Signals as events. A process has one handler a signal and one place where signals go, so these tests
//! run one after the other.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use common::{Log, new_base};
use evscope_reactor::{Error, EvFlags, EventBase, LoopEnd};

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

fn raise(signum: i32) {
    // SAFETY: no pointers; a handler for the signal is installed.
    assert_eq!(unsafe { libc::raise(signum) }, 0);
}

/// What the process does about a signal.
fn disposition(signum: i32) -> libc::sighandler_t {
    // SAFETY: all-zero is a valid sigaction, and the pointer is to a local that outlives the call.
    unsafe {
        let mut now: libc::sigaction = std::mem::zeroed();
        assert_eq!(libc::sigaction(signum, std::ptr::null(), &raw mut now), 0);
        now.sa_sigaction
    }
}

#[test]
fn a_callback_runs_as_often_as_the_signal_came() {
    let _alone = alone();
    let mut base = new_base();
    let log = Log::new();
    let seen = log.clone();
    let event = base
        .evsignal_new(libc::SIGUSR1, move |base: &mut EventBase, event, what| {
            assert_eq!(base.event_get_fd(event).unwrap(), Some(libc::SIGUSR1));
            seen.push(what);
            if seen.len() == 3 {
                base.event_base_loopexit(None).unwrap();
            }
        })
        .unwrap();
    base.event_add(event, None).unwrap();
    for _ in 0..3 {
        raise(libc::SIGUSR1);
    }
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Exit);
    assert_eq!(log.take(), [EvFlags::SIGNAL; 3]);
}

#[test]
fn deleting_or_freeing_the_event_ends_the_repetition() {
    let _alone = alone();
    for free in [false, true] {
        let mut base = new_base();
        let count = Rc::new(Cell::new(0));
        let counted = Rc::clone(&count);
        let event = base
            .evsignal_new(libc::SIGUSR1, move |base: &mut EventBase, event, _| {
                counted.set(counted.get() + 1);
                if counted.get() < 2 {
                    return Ok(());
                }
                if free {
                    base.event_free(event)
                } else {
                    base.event_del(event)
                }
            })
            .unwrap();
        base.event_add(event, None).unwrap();
        for _ in 0..5 {
            raise(libc::SIGUSR1);
        }
        // The loop's own event for the signals does not keep it alive.
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
        assert_eq!(count.get(), 2);
    }
}

#[test]
fn activating_the_event_in_its_callback_does_not_end_the_repetition() {
    let _alone = alone();
    let mut base = new_base();
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let event = base
        .evsignal_new(libc::SIGUSR1, move |base: &mut EventBase, event, _| {
            counted.set(counted.get() + 1);
            if counted.get() == 1 {
                base.event_active(event, EvFlags::SIGNAL)?;
                base.event_base_loopexit(None)?;
            }
            Ok::<_, Error>(())
        })
        .unwrap();
    base.event_add(event, None).unwrap();
    for _ in 0..3 {
        raise(libc::SIGUSR1);
    }
    base.event_base_dispatch().unwrap();
    // As libevent has it: the repetition takes the count of the new activation away.
    assert_eq!(count.get(), 3);
}

#[test]
fn loopbreak_ends_the_repetition() {
    let _alone = alone();
    let mut base = new_base();
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let event = base
        .evsignal_new(libc::SIGUSR1, move |base: &mut EventBase, _, _| {
            counted.set(counted.get() + 1);
            base.event_base_loopbreak();
        })
        .unwrap();
    base.event_add(event, None).unwrap();
    raise(libc::SIGUSR1);
    raise(libc::SIGUSR1);
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Break);
    assert_eq!(count.get(), 1);
}

#[test]
fn events_of_one_signal_run_newest_first() {
    let _alone = alone();
    let mut base = new_base();
    let log = Log::new();
    for name in ["older", "newer"] {
        let log = log.clone();
        let event = base
            .evsignal_new(libc::SIGUSR2, move |base: &mut EventBase, event, _| {
                log.push(name);
                base.event_del(event)
            })
            .unwrap();
        base.event_add(event, None).unwrap();
    }
    raise(libc::SIGUSR2);
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(log.take(), ["newer", "older"]);
}

#[test]
fn what_was_done_about_a_signal_before_is_put_back() {
    let _alone = alone();
    // SAFETY: to ignore a signal touches no memory.
    unsafe { libc::signal(libc::SIGUSR2, libc::SIG_IGN) };
    let mut base = new_base();
    let event = base
        .evsignal_new(libc::SIGUSR2, |_: &mut EventBase, _, _| {})
        .unwrap();
    assert_eq!(
        disposition(libc::SIGUSR2),
        libc::SIG_IGN,
        "an event that is not added does nothing"
    );
    base.event_add(event, None).unwrap();
    assert_ne!(disposition(libc::SIGUSR2), libc::SIG_IGN);
    base.event_del(event).unwrap();
    assert_eq!(disposition(libc::SIGUSR2), libc::SIG_IGN);
    base.event_add(event, None).unwrap();
    drop(base);
    assert_eq!(disposition(libc::SIGUSR2), libc::SIG_IGN);
    // SAFETY: as above.
    unsafe { libc::signal(libc::SIGUSR2, libc::SIG_DFL) };
}

#[test]
fn signals_that_are_none_are_refused() {
    let _alone = alone();
    let mut base = new_base();
    for signum in [-1, 0, 65, i32::MAX] {
        let made = base.evsignal_new(signum, |_: &mut EventBase, _, _| {});
        assert!(matches!(made, Err(Error::Invalid { .. })), "{signum}");
    }
    // There is such a signal, but nobody may handle it.
    let event = base
        .evsignal_new(libc::SIGKILL, |_: &mut EventBase, _, _| {})
        .unwrap();
    assert!(matches!(base.event_add(event, None), Err(Error::Os { .. })));
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
}

#[test]
fn a_signal_wakes_a_loop_that_waits() {
    let _alone = alone();
    let mut base = new_base();
    let event = base
        .evsignal_new(libc::SIGUSR1, |base: &mut EventBase, event, _| base.event_del(event))
        .unwrap();
    base.event_add(event, Some(Duration::from_secs(100)))
        .unwrap();
    let other = std::thread::spawn(|| {
        std::thread::sleep(Duration::from_millis(20));
        raise(libc::SIGUSR1);
    });
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    other.join().unwrap();
}

#[test]
fn signals_go_to_the_base_whose_loop_began_last() {
    let _alone = alone();
    let log = Log::new();
    let mut bases = ["first", "second"].map(|name| {
        let mut base = new_base();
        let log = log.clone();
        let event = base
            .evsignal_new(libc::SIGUSR1, move |base: &mut EventBase, _, _| {
                log.push(name);
                base.event_base_loopexit(None)
            })
            .unwrap();
        base.event_add(event, None).unwrap();
        base
    });
    for base in &mut bases {
        base.event_base_once_timeout(|_: &mut EventBase, _, _| raise(libc::SIGUSR1), None)
            .unwrap();
        base.event_base_dispatch().unwrap();
    }
    assert_eq!(log.take(), ["first", "second"]);
}

#[test]
fn more_signals_than_the_socket_holds_do_not_stop_the_process() {
    let _alone = alone();
    let mut base = new_base();
    let count = Rc::new(Cell::new(0u32));
    let counted = Rc::clone(&count);
    let event = base
        .evsignal_new(libc::SIGUSR1, move |base: &mut EventBase, _, _| {
            counted.set(counted.get() + 1);
            if counted.get() == 1 {
                base.event_base_loopexit(None).unwrap();
            }
        })
        .unwrap();
    base.event_add(event, None).unwrap();
    for _ in 0..20_000 {
        raise(libc::SIGUSR1);
    }
    base.event_base_dispatch().unwrap();
    assert!(count.get() > 100, "{}", count.get());
}
