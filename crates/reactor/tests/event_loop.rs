//! The loop: what becomes active when, what runs in which order, and how a loop ends.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::cell::Cell;
use std::io::Write;
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::Rc;
use std::time::{Duration, Instant};

use common::{Log, new_base, open_fds, outline, pair, record};
use evscope_reactor::{
    BevOptions, Callbacks, Error, EvFlags, Event, EventBase, LoopEnd, LoopFlags, Object,
    TriggerOptions,
};

const MS: Duration = Duration::from_millis(1);

/// An event of a priority that writes down its name.
fn logger(
    base: &mut EventBase,
    priority: usize,
    log: &Log<&'static str>,
    name: &'static str,
) -> Event {
    let log = log.clone();
    let event = base.evtimer_new(move |_: &mut EventBase, _, _| log.push(name));
    base.event_priority_set(event, priority).unwrap();
    event
}

#[test]
fn the_most_urgent_priority_runs_first_and_each_in_order_of_activation() {
    let mut base = new_base();
    base.event_base_priority_init(3).unwrap();
    let log = Log::new();
    for (priority, name) in [
        (2, "c1"),
        (1, "b1"),
        (0, "a1"),
        (1, "b2"),
        (0, "a2"),
        (2, "c2"),
    ] {
        let event = logger(&mut base, priority, &log, name);
        base.event_active(event, EvFlags::TIMEOUT).unwrap();
    }
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(log.take(), ["a1", "a2", "b1", "b2", "c1", "c2"]);
}

#[test]
fn new_events_get_the_middle_priority() {
    let mut base = new_base();
    base.event_base_priority_init(5).unwrap();
    let event = base.evtimer_new(|_: &mut EventBase, _, _| {});
    assert_eq!(base.event_get_priority(event).unwrap(), 2);
    assert!(matches!(base.event_priority_set(event, 5), Err(Error::Invalid { .. })));
    base.event_priority_set(event, 4).unwrap();
    base.event_active(event, EvFlags::TIMEOUT).unwrap();
    assert!(
        matches!(base.event_priority_set(event, 1), Err(Error::Invalid { .. })),
        "it is active"
    );
}

#[test]
fn something_more_urgent_interrupts_the_queue() {
    let mut base = new_base();
    base.event_base_priority_init(2).unwrap();
    let log = Log::new();
    let urgent = logger(&mut base, 0, &log, "urgent");
    let first = {
        let log = log.clone();
        base.evtimer_new(move |base: &mut EventBase, _, _| {
            log.push("first");
            base.event_active(urgent, EvFlags::TIMEOUT)
        })
    };
    let second = logger(&mut base, 1, &log, "second");
    for event in [first, second] {
        base.event_active(event, EvFlags::TIMEOUT).unwrap();
    }
    base.event_base_dispatch().unwrap();
    assert_eq!(log.take(), ["first", "urgent", "second"]);
}

#[test]
fn priorities_that_are_in_use_cannot_be_taken_away() {
    let mut base = new_base();
    base.event_base_priority_init(3).unwrap();
    let log = Log::new();
    let event = logger(&mut base, 2, &log, "least urgent");
    assert!(matches!(base.event_base_priority_init(2), Err(Error::Invalid { .. })));
    base.event_active(event, EvFlags::TIMEOUT).unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(log.take(), ["least urgent"]);
    base.event_free(event).unwrap();
    base.event_base_priority_init(2).unwrap();
}

#[test]
fn the_number_of_priorities_cannot_change_while_the_loop_runs() {
    let mut base = new_base();
    base.event_base_priority_init(3).unwrap();
    let refused = Rc::new(Cell::new(false));
    let seen = Rc::clone(&refused);
    let event = base.evtimer_new(move |base: &mut EventBase, own, _| {
        base.event_free(own).unwrap();
        seen.set(matches!(base.event_base_priority_init(1), Err(Error::Invalid { .. })));
    });
    base.event_priority_set(event, 2).unwrap();
    base.event_active(event, EvFlags::TIMEOUT).unwrap();
    base.event_base_dispatch().unwrap();
    assert!(refused.get());
}

#[test]
fn an_active_event_learns_of_everything_that_made_it_active() {
    let mut base = new_base();
    let log = Log::new();
    let seen = log.clone();
    let event = base.evtimer_new(move |_: &mut EventBase, _, what| seen.push(what));
    base.event_active(event, EvFlags::READ).unwrap();
    base.event_active(event, EvFlags::WRITE).unwrap();
    assert_eq!(base.event_pending(event).unwrap().events, EvFlags::READ | EvFlags::WRITE);
    base.event_base_dispatch().unwrap();
    assert_eq!(log.take(), [EvFlags::READ | EvFlags::WRITE]);
    assert_eq!(base.event_pending(event).unwrap().events, EvFlags::empty());
}

#[test]
fn events_of_one_fd_become_active_newest_first() {
    let mut base = new_base();
    let (a, mut b) = pair();
    b.write_all(b"x").unwrap();
    let log = Log::new();
    for name in ["first", "second", "third"] {
        let log = log.clone();
        let event = base
            .event_new(&a, EvFlags::READ, move |_: &mut EventBase, _, what| {
                log.push((name, what));
            })
            .unwrap();
        base.event_add(event, None).unwrap();
    }
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    let read = EvFlags::READ;
    assert_eq!(log.take(), [("third", read), ("second", read), ("first", read)]);
}

#[test]
fn only_a_persistent_event_stays_pending_while_its_callback_runs() {
    for (flags, pending) in [
        (EvFlags::PERSIST, EvFlags::READ),
        (EvFlags::empty(), EvFlags::empty()),
    ] {
        let mut base = new_base();
        let (a, mut b) = pair();
        b.write_all(b"x").unwrap();
        let log = Log::new();
        let seen = log.clone();
        let event = base
            .event_new(&a, EvFlags::READ | flags, move |base: &mut EventBase, event, _| {
                seen.push(base.event_pending(event).unwrap().events);
                base.event_del(event)
            })
            .unwrap();
        base.event_add(event, None).unwrap();
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
        assert_eq!(log.take(), [pending]);
    }
}

#[test]
fn a_hung_up_peer_is_readable_and_writable() {
    let mut base = new_base();
    let (a, b) = pair();
    drop(b);
    let log = Log::new();
    let seen = log.clone();
    let both = EvFlags::READ | EvFlags::WRITE;
    let event = base
        .event_new(&a, both, move |_: &mut EventBase, _, what| seen.push(what))
        .unwrap();
    base.event_add(event, None).unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(log.take(), [both]);
}

#[test]
fn timers_run_in_order_of_their_deadlines() {
    let mut base = common::virtual_base();
    let log = Log::new();
    for (name, ms) in [("5", 5), ("1", 1), ("3", 3), ("2", 2), ("4", 4)] {
        let event = logger(&mut base, 0, &log, name);
        base.event_add(event, Some(ms * MS)).unwrap();
    }
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert!(base.event_base_monotonic_cached() >= 5 * MS);
    assert_eq!(log.take(), ["1", "2", "3", "4", "5"]);
}

#[test]
fn a_persistent_timer_is_scheduled_again_before_its_callback() {
    let mut base = new_base();
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let event = base.evtimer_new_persist(move |base: &mut EventBase, event, what| {
        assert_eq!(what, EvFlags::TIMEOUT);
        let left = base.event_pending(event).unwrap().timeout.unwrap();
        assert!(left <= 2 * MS, "{left:?}");
        counted.set(counted.get() + 1);
        if counted.get() == 3 {
            base.event_del(event).unwrap();
        }
    });
    let began = Instant::now();
    base.event_add(event, Some(2 * MS)).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert!(began.elapsed() >= 6 * MS);
    assert_eq!(count.get(), 3);
}

#[test]
fn a_persistent_timer_that_is_late_goes_on_from_now() {
    let mut base = new_base();
    let log = Log::new();
    let times = log.clone();
    let event = base.evtimer_new_persist(move |base: &mut EventBase, event, _| {
        times.push(Instant::now());
        if times.len() == 1 {
            // It misses several turns; they are not made up for.
            std::thread::sleep(10 * MS);
        } else {
            base.event_del(event).unwrap();
        }
    });
    base.event_add(event, Some(2 * MS)).unwrap();
    base.event_base_dispatch().unwrap();
    let times = log.take();
    assert_eq!(times.len(), 2);
    assert!(times[1] - times[0] >= 10 * MS);
}

#[test]
fn what_happened_in_time_pushes_a_persistent_timeout_away() {
    let mut base = new_base();
    let (a, mut b) = pair();
    b.write_all(b"x").unwrap();
    let log = Log::new();
    let seen = log.clone();
    let flags = EvFlags::READ | EvFlags::PERSIST;
    let reader = a.try_clone().unwrap();
    let event = base
        .event_new(&a, flags, move |base: &mut EventBase, event, what| {
            seen.push((what, Instant::now()));
            if what == EvFlags::READ {
                let left = base.event_pending(event).unwrap().timeout.unwrap();
                assert!(left > 200 * MS, "it ticks from now on: {left:?}");
                std::io::Read::read_exact(&mut &reader, &mut [0]).unwrap();
            } else {
                base.event_del(event).unwrap();
            }
        })
        .unwrap();
    base.event_add(event, Some(300 * MS)).unwrap();
    base.event_base_dispatch().unwrap();
    let seen = log.take();
    assert_eq!(
        seen.iter().map(|(what, _)| *what).collect::<Vec<_>>(),
        [EvFlags::READ, EvFlags::TIMEOUT]
    );
    assert!(seen[1].1 - seen[0].1 >= 290 * MS);
}

#[test]
fn adding_again_replaces_a_timeout_or_keeps_it() {
    let mut base = new_base();
    let event = base.evtimer_new(|_: &mut EventBase, _, _| {});
    let left = |base: &EventBase| base.event_pending(event).unwrap().timeout;
    base.event_add(event, Some(Duration::from_secs(100)))
        .unwrap();
    base.event_add(event, None).unwrap();
    assert!(left(&base).unwrap() > Duration::from_secs(90), "kept");
    base.event_add(event, Some(Duration::from_secs(10)))
        .unwrap();
    assert!(left(&base).unwrap() <= Duration::from_secs(10), "replaced");
    base.event_remove_timer(event).unwrap();
    assert_eq!(left(&base), None);
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
}

#[test]
fn the_longest_timeouts_there_are_do_no_harm() {
    let mut base = new_base();
    let never =
        base.evtimer_new_persist(|_: &mut EventBase, _, _| -> () { panic!("not in our time") });
    base.event_add(never, Some(Duration::MAX)).unwrap();
    base.event_base_loopexit(Some(2 * MS)).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Exit);
}

#[test]
fn an_event_that_is_active_for_its_timeout_is_scheduled_again_instead() {
    let mut base = new_base();
    let log = Log::new();
    let late = logger(&mut base, 0, &log, "late");
    let other = log.clone();
    // Both are due in the same turn; the first one puts the second off.
    let first = base.evtimer_new(move |base: &mut EventBase, _, _| {
        other.push("first");
        base.event_add(late, Some(20 * MS))?;
        base.event_base_loopexit(None)
    });
    base.event_add(first, Some(MS)).unwrap();
    base.event_add(late, Some(2 * MS)).unwrap();
    std::thread::sleep(3 * MS);
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Exit);
    assert_eq!(log.take(), ["first"]);
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(log.take(), ["late"]);
}

#[test]
fn loopexit_lets_what_is_active_run_and_loopbreak_does_not() {
    for (exit, ended, ran) in [
        (true, LoopEnd::Exit, vec!["first", "second"]),
        (false, LoopEnd::Break, vec!["first"]),
    ] {
        let mut base = new_base();
        let log = Log::new();
        let other = log.clone();
        let first = base.evtimer_new(move |base: &mut EventBase, _, _| {
            other.push("first");
            if exit {
                return base.event_base_loopexit(None);
            }
            base.event_base_loopbreak();
            Ok(())
        });
        let second = logger(&mut base, 0, &log, "second");
        for event in [first, second] {
            base.event_active(event, EvFlags::TIMEOUT).unwrap();
        }
        assert_eq!(base.event_base_dispatch().unwrap(), ended);
        assert_eq!(log.take(), ran);
        assert_eq!(base.event_base_got_exit(), exit);
        assert_eq!(base.event_base_got_break(), !exit);
        // The next loop takes up what was left.
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
        assert_eq!(log.take(), if exit { vec![] } else { vec!["second"] });
        assert!(!base.event_base_got_exit() && !base.event_base_got_break());
    }
}

#[test]
fn loopbreak_before_the_loop_is_forgotten_and_loopexit_is_not() {
    let mut base = new_base();
    base.event_base_loopbreak();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    base.event_base_loopexit(None).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Exit);
}

#[test]
fn loopcontinue_polls_before_the_rest_of_the_queue() {
    for (goes_on, order) in [
        (true, ["first", "urgent", "second"]),
        (false, ["first", "second", "urgent"]),
    ] {
        let mut base = new_base();
        base.event_base_priority_init(2).unwrap();
        let (a, b) = pair();
        let log = Log::new();
        let other = log.clone();
        let urgent = base
            .event_new(&a, EvFlags::READ, move |_: &mut EventBase, _, _| {
                other.push("urgent");
            })
            .unwrap();
        base.event_priority_set(urgent, 0).unwrap();
        base.event_add(urgent, None).unwrap();
        let other = log.clone();
        let first = base.evtimer_new(move |base: &mut EventBase, _, _| {
            other.push("first");
            (&b).write_all(b"x").unwrap();
            if goes_on {
                base.event_base_loopcontinue();
            }
        });
        let second = logger(&mut base, 1, &log, "second");
        for event in [first, second] {
            base.event_active(event, EvFlags::TIMEOUT).unwrap();
        }
        base.event_base_dispatch().unwrap();
        assert_eq!(log.take(), order);
    }
}

#[test]
fn a_loop_within_a_loop_is_refused() {
    let mut base = new_base();
    let refused = Rc::new(Cell::new(false));
    let seen = Rc::clone(&refused);
    let event = base.evtimer_new(move |base: &mut EventBase, _, _| {
        seen.set(matches!(base.event_base_dispatch(), Err(Error::LoopRunning)));
    });
    base.event_active(event, EvFlags::TIMEOUT).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert!(refused.get());
}

#[test]
fn once_runs_one_turn_that_did_something() {
    let mut base = new_base();
    let log = Log::new();
    let event = logger(&mut base, 0, &log, "ran");
    base.event_add(event, Some(2 * MS)).unwrap();
    let later = logger(&mut base, 0, &log, "later");
    base.event_add(later, Some(Duration::from_secs(100)))
        .unwrap();
    assert_eq!(base.event_base_loop(LoopFlags::ONCE).unwrap(), LoopEnd::Once);
    assert_eq!(log.take(), ["ran"]);
}

#[test]
fn why_a_loop_ended_is_said_also_when_it_was_to_run_once() {
    let mut base = new_base();
    let event = base.evtimer_new(|base: &mut EventBase, _, _| base.event_base_loopbreak());
    base.event_active(event, EvFlags::TIMEOUT).unwrap();
    assert_eq!(base.event_base_loop(LoopFlags::ONCE).unwrap(), LoopEnd::Break);
    let event = base.evtimer_new(|base: &mut EventBase, _, _| base.event_base_loopexit(None));
    base.event_active(event, EvFlags::TIMEOUT).unwrap();
    assert_eq!(base.event_base_loop(LoopFlags::ONCE).unwrap(), LoopEnd::Exit);
}

#[test]
fn nonblock_runs_what_is_ready_and_does_not_wait() {
    let mut base = new_base();
    let log = Log::new();
    let later = logger(&mut base, 0, &log, "later");
    base.event_add(later, Some(Duration::from_secs(100)))
        .unwrap();
    assert_eq!(base.event_base_loop(LoopFlags::NONBLOCK).unwrap(), LoopEnd::Nonblock);
    let now = logger(&mut base, 0, &log, "now");
    base.event_active(now, EvFlags::TIMEOUT).unwrap();
    assert_eq!(base.event_base_loop(LoopFlags::NONBLOCK).unwrap(), LoopEnd::Nonblock);
    assert_eq!(log.take(), ["now"]);
    base.event_active(now, EvFlags::TIMEOUT).unwrap();
    let both = LoopFlags::NONBLOCK | LoopFlags::ONCE;
    assert_eq!(base.event_base_loop(both).unwrap(), LoopEnd::Once);
}

#[test]
fn a_loop_without_events_ends_unless_told_to_stay() {
    let mut base = new_base();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    let stay = LoopFlags::NO_EXIT_ON_EMPTY | LoopFlags::NONBLOCK;
    assert_eq!(base.event_base_loop(stay).unwrap(), LoopEnd::Nonblock);
    let log = Log::new();
    let other = log.clone();
    base.event_base_once_timeout(
        move |base: &mut EventBase, _, _| {
            other.push("once");
            base.event_base_loopexit(Some(2 * MS))
        },
        None,
    )
    .unwrap();
    assert_eq!(base.event_base_loop(LoopFlags::NO_EXIT_ON_EMPTY).unwrap(), LoopEnd::Exit);
    assert_eq!(log.take(), ["once"]);
}

#[test]
fn a_callback_may_delete_or_free_what_is_active_and_itself() {
    for free in [false, true] {
        let mut base = new_base();
        let log = Log::new();
        let deleted = logger(&mut base, 0, &log, "deleted");
        let last = logger(&mut base, 0, &log, "last");
        let other = log.clone();
        let first = base.evtimer_new_persist(move |base: &mut EventBase, own, _| {
            other.push("first");
            for event in [deleted, own] {
                if free {
                    base.event_free(event)?;
                    assert!(matches!(base.event_del(event), Err(Error::Stale(Object::Event))));
                } else {
                    base.event_del(event)?;
                }
            }
            Ok::<_, Error>(())
        });
        base.event_add(first, Some(Duration::from_secs(100)))
            .unwrap();
        for event in [first, deleted, last] {
            base.event_active(event, EvFlags::TIMEOUT).unwrap();
        }
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
        assert_eq!(log.take(), ["first", "last"]);
        assert_eq!(base.event_pending(first).is_err(), free);
    }
}

#[test]
fn events_added_in_a_callback_run() {
    let mut base = new_base();
    let log = Log::new();
    let other = log.clone();
    let first = base.evtimer_new(move |base: &mut EventBase, _, _| {
        for name in ["added 1", "added 2"] {
            let log = other.clone();
            let event = base.evtimer_new(move |_: &mut EventBase, _, _| log.push(name));
            base.event_active(event, EvFlags::TIMEOUT)?;
        }
        let log = other.clone();
        let timer = base.evtimer_new(move |_: &mut EventBase, _, _| log.push("timer"));
        base.event_add(timer, Some(Duration::ZERO))
    });
    base.event_active(first, EvFlags::TIMEOUT).unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(log.take(), ["added 1", "added 2", "timer"]);
}

#[test]
fn an_event_used_once_is_gone_whatever_its_callback_does_with_it() {
    let mut base = new_base();
    let log = Log::new();
    let (a, mut b) = pair();
    b.write_all(b"x").unwrap();
    let handle = Rc::new(Cell::new(None));
    let (seen, kept) = (log.clone(), Rc::clone(&handle));
    base.event_base_once(
        &a,
        EvFlags::READ,
        move |base: &mut EventBase, event, what| {
            seen.push(what);
            kept.set(Some(event));
            // It is gone when this returns, so this comes to nothing.
            base.event_add(event, Some(Duration::ZERO))?;
            base.event_active(event, EvFlags::READ)
        },
        None,
    )
    .unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(log.take(), [EvFlags::READ]);
    let event = handle.get().unwrap();
    assert!(matches!(base.event_active(event, EvFlags::READ), Err(Error::Stale(Object::Event))));

    base.event_base_once_timeout(|base: &mut EventBase, event, _| base.event_free(event), Some(MS))
        .unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
}

#[test]
fn a_file_that_cannot_be_watched_is_an_error_and_leaves_the_event_alone() {
    let mut base = new_base();
    if base.event_base_get_method() != "epoll" {
        // poll and select take files, which are always ready.
        return;
    }
    let file = tempfile::tempfile().unwrap();
    let event = base
        .event_new(&file, EvFlags::READ, |_: &mut EventBase, _, _| {})
        .unwrap();
    assert!(matches!(base.event_add(event, Some(MS)), Err(Error::Os { .. })));
    assert_eq!(base.event_pending(event).unwrap().events, EvFlags::empty());
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
}

#[test]
fn an_fd_closed_while_pending_does_not_break_the_loop() {
    let mut base = new_base();
    let (a, b) = pair();
    let event = base
        .event_new(&a, EvFlags::READ | EvFlags::PERSIST, |_: &mut EventBase, _, _| {})
        .unwrap();
    base.event_add(event, None).unwrap();
    drop((a, b));
    base.event_base_loopexit(Some(MS)).unwrap();
    let end = base.event_base_dispatch();
    if base.event_base_get_method() == "select" {
        assert!(matches!(end, Err(Error::Os { .. })), "select refuses to wait at all: {end:?}");
        base.event_free(event).unwrap();
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Exit);
        return;
    }
    assert_eq!(end.unwrap(), LoopEnd::Exit);
    base.event_free(event).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
}

#[test]
fn a_handle_that_names_nothing_is_refused() {
    let mut base = new_base();
    assert!(matches!(base.event_add(Event::default(), None), Err(Error::Stale(Object::Event))));
    let gone = {
        let mut other = new_base();
        (0..10)
            .map(|_| other.evtimer_new(|_: &mut EventBase, _, _| {}))
            .last()
            .unwrap()
    };
    assert!(matches!(base.event_add(gone, None), Err(Error::Stale(Object::Event))));
}

#[test]
fn a_handle_of_another_base_is_refused() {
    let (mut one, mut other) = (new_base(), new_base());
    // Both made the same, so that what one handle names here lies where the other's object lies there.
    let make = |base: &mut EventBase| {
        let event = base.evtimer_new(|_: &mut EventBase, _, _| {});
        let buffer = base.evbuffer_new();
        let bev = base
            .bufferevent_socket_new(None, BevOptions::empty())
            .unwrap();
        let watcher = base.evwatch_check_new(|_: &mut EventBase, _| {});
        (event, buffer, bev, watcher)
    };
    let (ours, theirs) = (make(&mut one), make(&mut other));
    assert!(ours.0 != theirs.0 && ours.1 != theirs.1 && ours.2 != theirs.2 && ours.3 != theirs.3);
    assert!(matches!(one.event_add(theirs.0, None), Err(Error::Stale(Object::Event))));
    assert!(matches!(one.evbuffer_add(theirs.1, b"x"), Err(Error::Stale(Object::Evbuffer))));
    assert!(matches!(
        one.bufferevent_enable(theirs.2, EvFlags::READ),
        Err(Error::Stale(Object::Bufferevent))
    ));
    assert!(matches!(one.evwatch_free(theirs.3), Err(Error::Stale(Object::Watcher))));
    // Nor does one become another's by what is made and freed after.
    let mut last = ours.0;
    for _ in 0..2_000 {
        one.event_free(last).unwrap();
        last = one.evtimer_new(|_: &mut EventBase, _, _| {});
        assert!(other.event_add(last, None).is_err() && one.event_add(theirs.0, None).is_err());
    }
    one.event_add(last, None).unwrap();
    other.event_add(theirs.0, None).unwrap();
}

#[test]
fn a_handle_of_a_base_that_is_gone_names_nothing_of_the_next() {
    let made = || {
        let mut base = new_base();
        let event = base.evtimer_new(|_: &mut EventBase, _, _| {});
        (base, event)
    };
    let (first, old) = made();
    drop(first);
    let (mut second, event) = made();
    assert!(matches!(second.event_active(old, EvFlags::TIMEOUT), Err(Error::Stale(_))));
    second.event_active(event, EvFlags::TIMEOUT).unwrap();
}

#[test]
fn more_deferred_callbacks_than_a_turn_takes_wait_for_the_next() {
    let ((), records) = record(|| {
        let mut base = new_base();
        let trigger = base.evtimer_new(|base: &mut EventBase, _, _| {
            for _ in 0..40 {
                let bev = base.bufferevent_socket_new(None, BevOptions::DEFER_CALLBACKS)?;
                let readcb = |_: &mut EventBase, _| {};
                base.bufferevent_setcb(bev, Callbacks::new().readcb(readcb))?;
                base.bufferevent_trigger(bev, EvFlags::READ, TriggerOptions::empty())?;
            }
            Ok::<_, Error>(())
        });
        base.event_active(trigger, EvFlags::TIMEOUT).unwrap();
        base.event_base_dispatch().unwrap();
    });
    let interesting = |line: &String| ["poll", "deferred_cb"].contains(&line.trim());
    let outline: Vec<String> = outline(&records).into_iter().filter(interesting).collect();
    let turns = outline.split(|line| line.trim() == "poll");
    let run: Vec<usize> = turns.map(<[String]>::len).filter(|&n| n > 0).collect();
    assert_eq!(run, [33, 7]);
}

#[test]
fn a_base_may_be_dropped_with_everything_pending() {
    let (a, mut b) = pair();
    b.write_all(b"x").unwrap();
    let alive = Rc::new(());
    let fds = open_fds();
    let (ours, mut theirs) = pair();
    {
        let mut base = new_base();
        let kept = Rc::clone(&alive);
        let read = base
            .event_new(&a, EvFlags::READ, move |_: &mut EventBase, _, _| {
                drop(Rc::clone(&kept));
            })
            .unwrap();
        base.event_add(read, Some(Duration::from_secs(1))).unwrap();
        let kept = Rc::clone(&alive);
        let timer = base.evtimer_new(move |_: &mut EventBase, _, _| drop(Rc::clone(&kept)));
        base.event_add(timer, Some(Duration::from_secs(1))).unwrap();
        base.event_active(timer, EvFlags::READ).unwrap();
        let kept = Rc::clone(&alive);
        base.event_base_once_timeout(
            move |_: &mut EventBase, _, _| drop(Rc::clone(&kept)),
            Some(MS),
        )
        .unwrap();
        base.event_base_loopexit(None).unwrap();
        let listener = base
            .evconnlistener_new_bind(
                |_: &mut EventBase, _, _: OwnedFd, _: &evscope_reactor::Addr| {},
                evscope_reactor::ListenerOptions::CLOSE_ON_FREE,
                -1,
                common::localhost(0),
            )
            .unwrap();
        base.evconnlistener_get_fd(listener).unwrap();
        let options = BevOptions::CLOSE_ON_FREE | BevOptions::DEFER_CALLBACKS;
        let bev = base
            .bufferevent_socket_new(Some(ours.into()), options)
            .unwrap();
        let kept = Rc::clone(&alive);
        let readcb = move |_: &mut EventBase, _| drop(Rc::clone(&kept));
        base.bufferevent_setcb(bev, Callbacks::new().readcb(readcb))
            .unwrap();
        base.bufferevent_enable(bev, EvFlags::READ).unwrap();
        base.bufferevent_write(bev, b"never sent").unwrap();
        base.bufferevent_trigger(bev, EvFlags::READ, TriggerOptions::empty())
            .unwrap();
        let freed = base
            .bufferevent_socket_new(None, BevOptions::empty())
            .unwrap();
        base.bufferevent_free(freed).unwrap();
        assert_eq!(Rc::strong_count(&alive), 5);
    }
    assert_eq!(Rc::strong_count(&alive), 1, "all callbacks are gone");
    assert_eq!(common::read_now(&mut theirs), (vec![], true), "the socket was closed");
    drop(theirs);
    // Other tests open fds at the same time, but do not leave hundreds behind.
    assert!(open_fds() < fds + 100);
    assert!(a.as_raw_fd() >= 0);
}

#[test]
fn many_bufferevents_freed_at_the_end_take_time_in_proportion() {
    let mut base = new_base();
    for _ in 0..20_000 {
        let bev = base
            .bufferevent_socket_new(None, BevOptions::empty())
            .unwrap();
        base.bufferevent_free(bev).unwrap();
    }
    let began = Instant::now();
    drop(base);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}");
}
