//! Common timeouts, finalizers, watchers, and what can be asked of a base and its events.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::io::Write;
use std::os::fd::AsRawFd;
use std::time::{Duration, SystemTime};

use common::{Log, assert_balanced, new_base, outline, pair, record, virtual_base};
use evscope_reactor::{
    BevEvents, BevOptions, Bufferevent, Callbacks, ClearMax, CommonTimeout, Count, Error, EvFlags,
    Event, EventBase, EventConfig, Features, LoopEnd, LoopFlags, Method, VirtualClock, Wait,
};
use evscope_trace::{Phase, Role};
use proptest::prelude::*;

fn noting(base: &mut EventBase, log: &Log<usize>, n: usize) -> Event {
    let log = log.clone();
    base.evtimer_new(move |_: &mut EventBase, _, _| log.push(n))
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn events_with_a_common_timeout_run_in_the_order_in_which_they_were_added() {
    let mut base = virtual_base();
    let log = Log::new();
    let common = base.event_base_init_common_timeout(SECOND).unwrap();
    assert_eq!(base.event_base_init_common_timeout(SECOND).unwrap(), common, "the same again");
    let events: Vec<Event> = (0..100).map(|n| noting(&mut base, &log, n)).collect();
    for &event in &events {
        base.event_add_common(event, common).unwrap();
    }
    // The heap would give equal ones back in another order; see min_heap.rs.
    for n in [3, 50, 99, 0] {
        base.event_del(events[n]).unwrap();
    }
    base.event_add_common(events[50], common).unwrap();
    let left = base.event_pending(events[50]).unwrap();
    assert_eq!((left.events, left.timeout), (EvFlags::TIMEOUT, Some(SECOND)));
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    let mut expected: Vec<usize> = (1..99).filter(|n| ![3, 50].contains(n)).collect();
    expected.push(50);
    assert_eq!(log.take(), expected);
    assert_eq!(base.event_base_monotonic_cached(), SECOND);
}

#[test]
fn a_common_timeout_costs_one_internal_event() {
    let ((), records) = record(|| {
        let mut base = virtual_base();
        let common = base.event_base_init_common_timeout(SECOND).unwrap();
        let log = Log::new();
        for n in 0..2 {
            let event = noting(&mut base, &log, n);
            base.event_add_common(event, common).unwrap();
        }
        base.event_base_dispatch().unwrap();
    });
    assert_balanced(&records);
    let level2: Vec<_> = records
        .iter()
        .filter(|record| record.event.level() <= evscope_trace::Level::Walkthrough)
        .cloned()
        .collect();
    let outline = outline(&level2);
    let first_add = outline.iter().position(|line| line == "event_add").unwrap();
    // Only the first makes the internal event wait.
    assert_eq!(
        outline[first_add..first_add + 4],
        ["event_add", "  event_add", "event_assign", "event_add"]
    );
}

#[test]
fn a_persistent_event_keeps_its_common_timeout() {
    let mut base = virtual_base();
    let common = base.event_base_init_common_timeout(SECOND).unwrap();
    let log = Log::new();
    let ticks = log.clone();
    let event = base.evtimer_new_persist(move |base: &mut EventBase, event, _| {
        ticks.push(base.event_base_monotonic_cached());
        if ticks.len() == 3 {
            base.event_del(event)?;
        }
        Ok::<_, Error>(())
    });
    base.event_add_common(event, common).unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(log.take(), [SECOND, 2 * SECOND, 3 * SECOND]);
    // With another timeout it is in the heap again.
    base.event_add_common(event, common).unwrap();
    base.event_add(event, Some(5 * SECOND)).unwrap();
    base.event_base_loop(LoopFlags::ONCE).unwrap();
    assert_eq!(log.take(), [8 * SECOND]);
    base.event_remove_timer(event).unwrap();
    assert_eq!(base.event_pending(event).unwrap().timeout, None);
}

#[test]
fn a_timeout_of_another_base_is_refused() {
    let mut one = new_base();
    let mut other = new_base();
    let common = one.event_base_init_common_timeout(SECOND).unwrap();
    let timer = other.evtimer_new(|_: &mut EventBase, _, _| {});
    assert!(matches!(other.event_add_common(timer, common), Err(Error::Invalid { .. })));
    // Also where the other one has as many.
    let theirs = other.event_base_init_common_timeout(SECOND).unwrap();
    assert!(matches!(other.event_add_common(timer, common), Err(Error::Invalid { .. })));
    other.event_add_common(timer, theirs).unwrap();
    assert_eq!(other.event_base_init_common_timeout(SECOND).unwrap(), theirs);
    for n in 2..=256 {
        one.event_base_init_common_timeout(n * SECOND).unwrap();
    }
    assert!(one.event_base_init_common_timeout(257 * SECOND).is_err());
}

/// A bufferevent that notes its number and the time when its event callback is told of `what`.
fn waiting(
    base: &mut EventBase,
    bev: Bufferevent,
    log: &Log<(usize, Duration)>,
    n: usize,
    what: BevEvents,
) {
    let log = log.clone();
    let eventcb = move |base: &mut EventBase, _, told: BevEvents| {
        assert_eq!(told, what);
        log.push((n, base.event_base_monotonic_cached()));
    };
    let callbacks = Callbacks::new()
        .readcb(|_: &mut EventBase, _| {})
        .eventcb(eventcb);
    base.bufferevent_setcb(bev, callbacks).unwrap();
}

#[test]
fn sockets_with_a_common_timeout_wait_in_one_queue() {
    let ((), records) = record(|| {
        let mut base = virtual_base();
        let log = Log::new();
        let common = base.event_base_init_common_timeout(SECOND).unwrap();
        let mut peers = Vec::new();
        for n in 0..10 {
            let (near, far) = pair();
            let bev = base
                .bufferevent_socket_new(Some(near.into()), BevOptions::CLOSE_ON_FREE)
                .unwrap();
            waiting(&mut base, bev, &log, n, BevEvents::READING | BevEvents::TIMEOUT);
            if n % 2 == 0 {
                // Before it is enabled or after, it is the same.
                base.bufferevent_set_timeouts_common(bev, Some(common), None)
                    .unwrap();
                base.bufferevent_enable(bev, EvFlags::READ).unwrap();
            } else {
                base.bufferevent_enable(bev, EvFlags::READ).unwrap();
                base.bufferevent_set_timeouts_common(bev, Some(common), None)
                    .unwrap();
            }
            peers.push(far);
        }
        // What is read starts the timeout anew, at the end of the queue.
        let far = peers.swap_remove(3);
        let look = base.evtimer_new(|_: &mut EventBase, _, _| {});
        let half = base.evtimer_new(move |base: &mut EventBase, _, _| {
            (&far).write_all(b"x").unwrap();
            // The next wait is none, so that what was written is read now.
            base.event_add(look, Some(Duration::ZERO))
        });
        base.event_add(half, Some(SECOND / 2)).unwrap();
        base.event_base_dispatch().unwrap();
        let mut expected: Vec<_> = (0..10).filter(|&n| n != 3).map(|n| (n, SECOND)).collect();
        expected.push((3, SECOND * 3 / 2));
        assert_eq!(log.take(), expected);
    });
    assert_balanced(&records);
    // The internal event waits for the first of all; when nine have come due, for the one that is left; and
    // as an event that persists, that one waits again before its callback stops it.
    let waits = records.iter().filter(|record| {
        record.objects.role == Some(Role::Internal)
            && record.event.name() == "event_add"
            && record.phase == Phase::Enter
    });
    let at: Vec<u64> = waits.map(|record| record.t.0 / 1_000_000).collect();
    assert_eq!(at, [0, 1000, 1500]);
}

#[test]
fn pairs_have_common_timeouts_too() {
    let mut base = virtual_base();
    let log = Log::new();
    let (one, two) = (
        base.event_base_init_common_timeout(SECOND).unwrap(),
        base.event_base_init_common_timeout(2 * SECOND).unwrap(),
    );
    let [a, b] = base.bufferevent_pair_new(BevOptions::empty()).unwrap();
    waiting(&mut base, a, &log, 0, BevEvents::WRITING | BevEvents::TIMEOUT);
    waiting(&mut base, b, &log, 1, BevEvents::READING | BevEvents::TIMEOUT);
    base.bufferevent_set_timeouts_common(b, Some(one), None)
        .unwrap();
    base.bufferevent_enable(b, EvFlags::READ).unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(log.take(), [(1, SECOND)]);
    // `b` reads no more, so what `a` writes stays.
    base.bufferevent_write(a, b"nobody takes this").unwrap();
    base.bufferevent_set_timeouts_common(a, None, Some(two))
        .unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(log.take(), [(0, 3 * SECOND)]);
    // None again, and those of another base are refused.
    let theirs = virtual_base()
        .event_base_init_common_timeout(SECOND)
        .unwrap();
    let refused = base.bufferevent_set_timeouts_common(b, Some(theirs), None);
    assert!(matches!(refused, Err(Error::Invalid { .. })));
    base.bufferevent_set_timeouts_common(b, None, None).unwrap();
    base.bufferevent_set_timeouts_common(a, None, None).unwrap();
    base.bufferevent_enable(b, EvFlags::READ).unwrap();
    base.event_base_dispatch().unwrap();
    assert!(log.take().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is added, moved and deleted: everything runs when it is due, those that are due together in
    /// the order in which they were added.
    #[test]
    fn common_timeouts_do_what_a_sorted_list_would(ops in prop::collection::vec((0..12usize, 0..4u64), 1..80)) {
        let clock = VirtualClock::new();
        let passing = clock.clone();
        let config = EventConfig::new().virtual_time(clock.clone(), move |_, until, looks| {
            match until {
                Some(until) if looks == 0 => passing.pass(until.saturating_sub(passing.now())),
                _ => return Wait::Over,
            }
            Wait::Look
        });
        let mut base = EventBase::new_with_config(&config).unwrap();
        let queues: Vec<CommonTimeout> = [1, 2]
            .map(|n| base.event_base_init_common_timeout(n * 10 * SECOND).unwrap())
            .into();
        let log = Log::new();
        let events: Vec<Event> = (0..12).map(|n| noting(&mut base, &log, n)).collect();
        let mut model: Vec<(Duration, usize, usize)> = Vec::new();
        for (order, (n, what)) in ops.into_iter().enumerate() {
            match what {
                0 => {
                    base.event_del(events[n]).unwrap();
                    model.retain(|&(_, _, other)| other != n);
                }
                3 => clock.pass(Duration::from_millis(10)),
                queue => {
                    base.event_add_common(events[n], queues[queue as usize - 1]).unwrap();
                    model.retain(|&(_, _, other)| other != n);
                    model.push((clock.now() + queue as u32 * 10 * SECOND, order, n));
                }
            }
        }
        let mut due: Vec<(Duration, usize)> = Vec::new();
        while base.event_base_loop(LoopFlags::ONCE).unwrap() != LoopEnd::Empty {
            due.extend(log.take().into_iter().map(|n| (clock.now(), n)));
        }
        model.sort_unstable();
        let expected: Vec<(Duration, usize)> = model.into_iter().map(|(at, _, n)| (at, n)).collect();
        prop_assert_eq!(due, expected);
    }
}

#[test]
fn a_finalizer_runs_once_when_nothing_else_does() {
    let mut base = new_base();
    let log = Log::new();
    let runs = log.clone();
    let finals = log.clone();
    let event = base.evtimer_new(move |base: &mut EventBase, event, _| {
        let finals = finals.clone();
        base.event_free_finalize(event, move |base: &mut EventBase, event, what| {
            assert!(what.contains(EvFlags::FINALIZE));
            assert!(!base.event_initialized(event));
            finals.push("finalizer");
        })?;
        assert!(!base.event_initialized(event));
        assert!(matches!(base.event_add(event, None), Err(Error::Stale(_))));
        assert!(base.event_active(event, EvFlags::TIMEOUT).is_err());
        runs.push("callback");
        Ok::<_, Error>(())
    });
    base.event_active(event, EvFlags::TIMEOUT).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(log.take(), ["callback", "finalizer"]);
    // One that waits when the base is freed runs then.
    let finals = log.clone();
    let event = base.evtimer_new(|_: &mut EventBase, _, _| {});
    base.event_free_finalize(event, move |_: &mut EventBase, _, _| finals.push("at the end"))
        .unwrap();
    drop(base);
    assert_eq!(log.take(), ["at the end"]);
}

#[test]
fn a_finalized_event_stays_and_does_nothing_more() {
    let ((), records) = record(|| {
        let mut base = new_base();
        let log = Log::new();
        let (runs, finals) = (log.clone(), log.clone());
        let event = base.evtimer_new_persist(move |_: &mut EventBase, _, _| runs.push("callback"));
        base.event_add(event, Some(SECOND)).unwrap();
        base.event_active(event, EvFlags::TIMEOUT).unwrap();
        base.event_finalize(event, move |base: &mut EventBase, event, what| {
            assert_eq!(what, EvFlags::FINALIZE);
            assert_eq!(base.event_base_get_running_event(), None);
            assert!(
                base.event_finalize(event, |_: &mut EventBase, _, _| {})
                    .is_err()
            );
            assert!(
                base.event_free_finalize(event, |_: &mut EventBase, _, _| {})
                    .is_err()
            );
            finals.push("finalizer");
        })
        .unwrap();
        // What libevent does with one: it is there, cannot be added, and the other calls do nothing.
        assert!(base.event_initialized(event));
        assert!(matches!(base.event_add(event, None), Err(Error::Invalid { .. })));
        base.event_active(event, EvFlags::TIMEOUT).unwrap();
        base.event_del(event).unwrap();
        base.event_remove_timer(event).unwrap();
        assert!(base.event_pending(event).unwrap().events.is_empty());
        assert!(base.event_priority_set(event, 0).is_err());
        // The finalizer waits for its event.
        assert!(matches!(base.event_free(event), Err(Error::Invalid { .. })));
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
        assert_eq!(log.take(), ["finalizer"]);
        // Nor does anything run afterwards.
        assert!(base.event_add(event, Some(SECOND)).is_err());
        base.event_active(event, EvFlags::TIMEOUT).unwrap();
        assert!(
            base.event_finalize(event, |_: &mut EventBase, _, _| {})
                .is_err()
        );
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
        assert!(log.take().is_empty());
        base.event_free(event).unwrap();
        assert!(!base.event_initialized(event));
    });
    assert_balanced(&records);
    let outline = outline(&records);
    let finalized = outline
        .iter()
        .rposition(|line| line.trim() == "event_active")
        .unwrap();
    assert_eq!(outline[finalized - 1].trim(), "event_del");
    assert_eq!(
        outline
            .iter()
            .filter(|line| line.trim() == "event_free")
            .count(),
        1
    );
}

#[test]
fn an_event_can_be_freed_in_its_finalizer_and_only_the_last_finalizer_runs() {
    let mut base = new_base();
    let log = Log::new();
    let (first, second, third) = (log.clone(), log.clone(), log.clone());
    let freed = base.evtimer_new(|_: &mut EventBase, _, _| {});
    base.event_finalize(freed, move |_: &mut EventBase, _, _| first.push("first"))
        .unwrap();
    base.event_finalize(freed, move |base: &mut EventBase, event, _| {
        second.push("second");
        base.event_free(event)
    })
    .unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(log.take(), ["second"]);
    assert!(matches!(base.event_del(freed), Err(Error::Stale(_))));
    // One that waits when the base is freed runs then.
    let event = base.evtimer_new(|_: &mut EventBase, _, _| {});
    base.event_finalize(event, move |_: &mut EventBase, _, _| third.push("at the end"))
        .unwrap();
    drop(base);
    assert_eq!(log.take(), ["at the end"]);
}

#[test]
fn an_event_that_runs_once_has_no_finalizer_of_the_programs() {
    let mut base = new_base();
    let log = Log::new();
    let ran = log.clone();
    base.event_base_once_timeout(
        move |base: &mut EventBase, event, _| {
            let refused = base.event_finalize(event, |_: &mut EventBase, _, _| {});
            assert!(matches!(refused, Err(Error::Invalid { .. })));
            let refused = base.event_free_finalize(event, |_: &mut EventBase, _, _| {});
            assert!(matches!(refused, Err(Error::Invalid { .. })));
            ran.push(());
        },
        None,
    )
    .unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(log.take().len(), 1);
}

#[test]
fn watchers_run_around_every_wait() {
    let ((), records) = record(|| {
        let mut base = virtual_base();
        let log = Log::new();
        let (prepared, checked, ran) = (log.clone(), log.clone(), log.clone());
        let prepare = base.evwatch_prepare_new(move |_: &mut EventBase, _, timeout| {
            prepared.push(format!("prepare {}", timeout == Some(Duration::ZERO)));
        });
        let check = base.evwatch_check_new(move |base: &mut EventBase, watcher| {
            checked.push("check".to_owned());
            base.evwatch_free(watcher)
        });
        let timer = base.evtimer_new(move |_: &mut EventBase, _, _| ran.push("timer".to_owned()));
        base.event_add(timer, Some(Duration::from_millis(1)))
            .unwrap();
        base.event_base_dispatch().unwrap();
        base.event_active(timer, EvFlags::TIMEOUT).unwrap();
        base.event_base_dispatch().unwrap();
        assert_eq!(log.take(), ["prepare false", "check", "timer", "prepare true", "timer"]);
        assert!(matches!(base.evwatch_free(check), Err(Error::Stale(_))));
        base.evwatch_free(prepare).unwrap();
    });
    assert_balanced(&records);
}

#[test]
fn a_watcher_that_fails_ends_the_loop() {
    let mut base = new_base();
    base.evwatch_prepare_new(|_: &mut EventBase, _, _| Err::<(), _>("no"));
    let timer = base.evtimer_new(|_: &mut EventBase, _, _| {});
    base.event_active(timer, EvFlags::TIMEOUT).unwrap();
    assert!(matches!(base.event_base_dispatch(), Err(Error::Callback { .. })));
}

#[test]
fn the_running_event_and_the_time_can_be_asked_for() {
    let mut base = new_base();
    assert_eq!(base.event_base_get_running_event(), None);
    let timer = base.evtimer_new(|base: &mut EventBase, event, _| {
        assert_eq!(base.event_base_get_running_event(), Some(event));
        let cached = base.event_base_monotonic_cached();
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(base.event_base_monotonic_cached(), cached, "it stands still");
        let age = SystemTime::now().duration_since(base.event_base_gettimeofday_cached());
        assert!(age.unwrap() >= Duration::from_millis(4));
        base.event_base_update_cache_time();
        assert!(base.event_base_monotonic_cached() >= cached + Duration::from_millis(5));
    });
    base.event_active(timer, EvFlags::TIMEOUT).unwrap();
    base.event_base_dispatch().unwrap();
    base.event_base_update_cache_time();
    let now = base.event_base_monotonic_cached();
    std::thread::sleep(Duration::from_millis(1));
    assert!(base.event_base_monotonic_cached() > now, "outside of the loop it passes");
}

#[test]
fn the_most_events_there_were_are_remembered() {
    let mut base = new_base();
    let (a, b) = pair();
    let events: Vec<Event> = [&a, &b]
        .map(|fd| {
            base.event_new(fd, EvFlags::READ, |_: &mut EventBase, _, _| {})
                .unwrap()
        })
        .into();
    for &event in &events {
        base.event_add(event, Some(SECOND)).unwrap();
    }
    assert_eq!(base.event_base_get_num_events(Count::Added), 4, "two fds, two timeouts");
    base.event_del(events[0]).unwrap();
    assert_eq!(base.event_base_get_max_events(Count::Added, ClearMax::Yes), 4);
    assert_eq!(base.event_base_get_max_events(Count::Added, ClearMax::No), 2);
    base.event_active(events[0], EvFlags::READ).unwrap();
    base.event_active(events[1], EvFlags::READ).unwrap();
    base.event_base_loop(LoopFlags::NONBLOCK).unwrap();
    assert_eq!(base.event_base_get_num_events(Count::Active), 0);
    assert_eq!(base.event_base_get_max_events(Count::Active, ClearMax::No), 2);
}

#[test]
fn all_events_of_a_fd_or_a_signal_are_made_active_by_hand() {
    let mut base = new_base();
    let log = Log::new();
    let (socket, mut peer) = pair();
    let common = base.event_base_init_common_timeout(SECOND).unwrap();
    for (name, events) in [
        ("r", EvFlags::READ),
        ("w", EvFlags::WRITE),
        ("rt", EvFlags::READ),
    ] {
        let log = log.clone();
        let event = base
            .event_new(&socket, events | EvFlags::PERSIST, move |_: &mut EventBase, _, what| {
                log.push(format!("{name} {what}"));
            })
            .unwrap();
        match name {
            "rt" => base.event_add_common(event, common).unwrap(),
            _ => base.event_add(event, None).unwrap(),
        }
    }
    let fd = socket.as_raw_fd();
    base.event_base_active_by_fd(fd, EvFlags::READ);
    base.event_base_loop(LoopFlags::ONCE).unwrap();
    let told = log.take();
    assert!(
        told.contains(&"r READ".to_owned()) && told.contains(&"rt READ".to_owned()),
        "{told:?}"
    );
    base.event_base_active_by_fd(fd, EvFlags::TIMEOUT);
    peer.write_all(b".").unwrap();
    base.event_base_loop(LoopFlags::ONCE).unwrap();
    let told = log.take();
    assert!(
        told.iter()
            .any(|entry| entry.starts_with("rt") && entry.contains("TIMEOUT"))
    );
    assert!(
        !told
            .iter()
            .any(|entry| entry.starts_with("r ") && entry.contains("TIMEOUT"))
    );
    let signals = log.clone();
    let signal = base
        .evsignal_new(libc::SIGUSR2, move |_: &mut EventBase, _, what| {
            signals.push(format!("signal {what}"));
        })
        .unwrap();
    base.event_add(signal, None).unwrap();
    base.event_base_active_by_signal(libc::SIGUSR2).unwrap();
    assert!(base.event_base_active_by_signal(0).is_err());
    base.event_base_loop(LoopFlags::ONCE).unwrap();
    assert!(log.take().contains(&"signal SIGNAL".to_owned()));
}

#[test]
fn what_the_backend_can_do_is_said() {
    for method in Method::ALL {
        let mut config = EventConfig::new();
        for other in Method::ALL.into_iter().filter(|&other| other != method) {
            config = config.avoid_method(other);
        }
        let base = EventBase::new_with_config(&config).unwrap();
        assert_eq!(base.event_base_get_features(), method.features());
    }
    assert!(Method::Epoll.features().contains(Features::ET));
}
