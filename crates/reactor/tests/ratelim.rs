//! Rate limits: of groups, and what can be asked and set of those of one bufferevent.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use common::{assert_balanced, new_base, pair, record};
use evscope_reactor::{
    BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase, LoopFlags, TokenBucketConfig,
};
use evscope_trace::{Event as Ev, SuspendReasons};

const HOUR: Duration = Duration::from_secs(3600);

fn config(rate: usize, tick: Duration) -> TokenBucketConfig {
    TokenBucketConfig::new(rate, rate, rate, rate, Some(tick)).unwrap()
}

fn reader(base: &mut EventBase) -> (Bufferevent, UnixStream) {
    let (ours, theirs) = pair();
    let bev = base
        .bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    (bev, theirs)
}

fn input(base: &EventBase, bev: Bufferevent) -> usize {
    base.evbuffer_get_length(base.bufferevent_get_input(bev).unwrap())
        .unwrap()
}

fn settle(base: &mut EventBase) {
    base.event_base_loop(LoopFlags::NONBLOCK).unwrap();
}

#[test]
fn a_group_is_suspended_together_and_goes_on_together() {
    let ((), records) = record(|| {
        let mut base = new_base();
        let group = base
            .bufferevent_rate_limit_group_new(config(100, HOUR))
            .unwrap();
        let (a, mut to_a) = reader(&mut base);
        let (b, mut to_b) = reader(&mut base);
        base.bufferevent_add_to_rate_limit_group(a, group).unwrap();
        // Once more changes nothing.
        base.bufferevent_add_to_rate_limit_group(a, group).unwrap();
        assert_eq!(base.bufferevent_get_max_to_read(a).unwrap(), 100, "it is alone");
        base.bufferevent_add_to_rate_limit_group(b, group).unwrap();
        assert_eq!(base.bufferevent_get_max_to_read(a).unwrap(), 64, "half is less than the share");
        base.bufferevent_rate_limit_group_set_min_share(group, 10)
            .unwrap();
        assert_eq!(base.bufferevent_get_max_to_read(a).unwrap(), 50);
        to_a.write_all(&[b'a'; 200]).unwrap();
        to_b.write_all(&[b'b'; 200]).unwrap();
        settle(&mut base);
        // 50, then half of 50, half of 25, …, and at last ten at a time.
        assert!(input(&base, a) + input(&base, b) >= 100);
        let left = base
            .bufferevent_rate_limit_group_get_read_limit(group)
            .unwrap();
        assert!((-10..=0).contains(&left), "{left}");
        let read = input(&base, a) + input(&base, b);
        let totals = base.bufferevent_rate_limit_group_get_totals(group).unwrap();
        assert_eq!(totals, (read as u64, 0));
        assert_eq!(base.bufferevent_get_max_to_read(a).unwrap(), 0);
        assert_eq!(
            base.bufferevent_rate_limit_group_get_write_limit(group)
                .unwrap(),
            100
        );
        // One that joins now waits like the others.
        let (c, mut to_c) = reader(&mut base);
        to_c.write_all(b"c").unwrap();
        base.bufferevent_add_to_rate_limit_group(c, group).unwrap();
        settle(&mut base);
        assert_eq!(input(&base, c), 0);
        // One that leaves does not.
        base.bufferevent_remove_from_rate_limit_group(a).unwrap();
        settle(&mut base);
        assert_eq!(input(&base, a), 200);
        base.bufferevent_rate_limit_group_decrement_read(group, -1000)
            .unwrap();
        settle(&mut base);
        assert_eq!((input(&base, b), input(&base, c)), (200, 1));
        base.bufferevent_rate_limit_group_reset_totals(group)
            .unwrap();
        let totals = base.bufferevent_rate_limit_group_get_totals(group).unwrap();
        assert_eq!(totals, (0, 0));
    });
    assert_balanced(&records);
    let reason = SuspendReasons::BANDWIDTH_GROUP;
    let suspended = records.iter().filter(
        |record| matches!(record.event, Ev::SuspendRead { reason: why, .. } if why == reason),
    );
    assert!(suspended.count() >= 3);
}

/// More members than bytes: a share of nothing would look like the end of the connection.
#[test]
fn a_member_of_a_group_may_always_have_a_byte() {
    let mut base = new_base();
    let group = base
        .bufferevent_rate_limit_group_new(config(1, Duration::from_millis(5)))
        .unwrap();
    base.bufferevent_rate_limit_group_set_min_share(group, 0)
        .unwrap();
    let (a, mut to_a) = reader(&mut base);
    let (b, _to_b) = reader(&mut base);
    for bev in [a, b] {
        base.bufferevent_add_to_rate_limit_group(bev, group)
            .unwrap();
        let fails = |_: &mut EventBase, _: Bufferevent, what| -> () { panic!("told {what:?}") };
        base.bufferevent_setcb(bev, Callbacks::new().eventcb(fails))
            .unwrap();
    }
    to_a.write_all(b"in").unwrap();
    base.bufferevent_write(a, b"out").unwrap();
    let output = base.bufferevent_get_output(a).unwrap();
    let end = Instant::now() + Duration::from_secs(10);
    while input(&base, a) < 2 || base.evbuffer_get_length(output).unwrap() > 0 {
        assert!(Instant::now() < end, "it goes on a byte at a tick");
        base.event_base_loop(LoopFlags::ONCE).unwrap();
    }
}

#[test]
fn a_group_is_refilled_at_every_tick_and_nobody_starves() {
    let mut base = new_base();
    let tick = Duration::from_millis(5);
    let group = base
        .bufferevent_rate_limit_group_new(config(30, tick))
        .unwrap();
    // Whoever is first takes a whole tick's worth.
    base.bufferevent_rate_limit_group_set_min_share(group, 30)
        .unwrap();
    let members: Vec<_> = (0..3).map(|_| reader(&mut base)).collect();
    for (bev, peer) in &members {
        base.bufferevent_add_to_rate_limit_group(*bev, group)
            .unwrap();
        let mut peer = peer;
        peer.write_all(&[b'.'; 60]).unwrap();
    }
    let began = Instant::now();
    let all =
        |base: &EventBase| -> usize { members.iter().map(|(bev, _)| input(base, *bev)).sum() };
    while all(&base) < 180 {
        base.event_base_loop(LoopFlags::ONCE).unwrap();
        assert!(began.elapsed() < Duration::from_secs(20));
    }
    // 180 bytes at 30 a tick; the first comes at once, and overdrawing is paid back.
    assert!(began.elapsed() >= tick * 3, "{:?}", began.elapsed());
    for (bev, _) in &members {
        assert_eq!(input(&base, *bev), 60);
    }
}

#[test]
fn who_goes_on_first_takes_turns() {
    let ((), records) = record(|| {
        let mut base = new_base();
        let group = base
            .bufferevent_rate_limit_group_new(config(10, HOUR))
            .unwrap();
        let members: Vec<_> = (0..3).map(|_| reader(&mut base)).collect();
        for (bev, _) in &members {
            base.bufferevent_add_to_rate_limit_group(*bev, group)
                .unwrap();
        }
        for _ in 0..3 {
            for bytes in [10, -10] {
                base.bufferevent_rate_limit_group_decrement_write(group, bytes)
                    .unwrap();
            }
        }
    });
    let order: Vec<u32> = records
        .iter()
        .filter(|record| {
            matches!(record.event, Ev::UnsuspendWrite { .. })
                && record.phase == evscope_trace::Phase::Enter
        })
        .map(|record| record.objects.bev.unwrap().0)
        .collect();
    assert_eq!(order, [3, 2, 1, 2, 1, 3, 1, 3, 2]);
}

#[test]
fn a_group_gets_other_limits_and_is_freed_when_it_is_empty() {
    let mut base = new_base();
    let group = base
        .bufferevent_rate_limit_group_new(config(100, HOUR))
        .unwrap();
    let (bev, mut peer) = reader(&mut base);
    base.bufferevent_add_to_rate_limit_group(bev, group)
        .unwrap();
    base.bufferevent_rate_limit_group_set_cfg(group, config(40, HOUR))
        .unwrap();
    let left = base.bufferevent_rate_limit_group_get_read_limit(group);
    assert_eq!(left.unwrap(), 40);
    assert_eq!(base.bufferevent_get_max_to_read(bev).unwrap(), 40, "its share is not more either");
    // Another tick begins at once.
    base.bufferevent_rate_limit_group_set_cfg(group, config(40, Duration::from_millis(1)))
        .unwrap();
    peer.write_all(&[b'.'; 100]).unwrap();
    while input(&base, bev) < 100 {
        base.event_base_loop(LoopFlags::ONCE).unwrap();
    }
    let refused = base.bufferevent_rate_limit_group_free(group);
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    base.bufferevent_free(bev).unwrap();
    settle(&mut base);
    base.bufferevent_rate_limit_group_free(group).unwrap();
    assert!(matches!(base.bufferevent_rate_limit_group_free(group), Err(Error::Stale(_))));
    assert_eq!(base.event_base_dispatch().unwrap(), evscope_reactor::LoopEnd::Empty);
}

#[test]
fn a_member_has_its_own_limit_too() {
    let mut base = new_base();
    let group = base
        .bufferevent_rate_limit_group_new(config(100, HOUR))
        .unwrap();
    let other = base
        .bufferevent_rate_limit_group_new(config(5, HOUR))
        .unwrap();
    let (bev, mut peer) = reader(&mut base);
    assert_eq!(base.bufferevent_get_token_bucket_cfg(bev).unwrap(), None);
    assert!(base.bufferevent_decrement_read_limit(bev, 1).is_err());
    base.bufferevent_add_to_rate_limit_group(bev, group)
        .unwrap();
    let own = config(20, HOUR);
    base.bufferevent_set_rate_limit(bev, Some(own)).unwrap();
    assert_eq!(base.bufferevent_get_token_bucket_cfg(bev).unwrap(), Some(own));
    assert_eq!(base.bufferevent_get_max_to_read(bev).unwrap(), 20);
    base.bufferevent_decrement_read_limit(bev, 15).unwrap();
    assert_eq!(base.bufferevent_get_read_limit(bev).unwrap(), Some(5));
    peer.write_all(&[b'.'; 100]).unwrap();
    settle(&mut base);
    assert_eq!(input(&base, bev), 5);
    base.bufferevent_decrement_read_limit(bev, -10).unwrap();
    settle(&mut base);
    assert_eq!(input(&base, bev), 15);
    base.bufferevent_decrement_write_limit(bev, 20).unwrap();
    assert_eq!(base.bufferevent_get_max_to_write(bev).unwrap(), 0);
    base.bufferevent_decrement_write_limit(bev, -1).unwrap();
    assert_eq!(base.bufferevent_get_max_to_write(bev).unwrap(), 1);
    base.bufferevent_set_rate_limit(bev, None).unwrap();
    assert_eq!(base.bufferevent_get_token_bucket_cfg(bev).unwrap(), None);
    settle(&mut base);
    assert_eq!(input(&base, bev), 100, "85 were left in the group's bucket");
    // To join another group is to leave the first.
    base.bufferevent_add_to_rate_limit_group(bev, other)
        .unwrap();
    base.bufferevent_rate_limit_group_free(group).unwrap();
    assert_eq!(base.bufferevent_get_max_to_read(bev).unwrap(), 5);
    assert_eq!(base.bufferevent_get_max_single_read(bev).unwrap(), 16384);
    base.bufferevent_set_max_single_write(bev, 3).unwrap();
    assert_eq!(base.bufferevent_get_max_single_write(bev).unwrap(), 3);
    assert_eq!(base.bufferevent_get_max_to_write(bev).unwrap(), 3);
}

#[test]
fn the_writers_of_a_group_share_as_well() {
    let mut base = new_base();
    let group = base
        .bufferevent_rate_limit_group_new(config(50, HOUR))
        .unwrap();
    let (bev, peer) = reader(&mut base);
    base.bufferevent_add_to_rate_limit_group(bev, group)
        .unwrap();
    base.bufferevent_setcb(bev, Callbacks::new()).unwrap();
    base.bufferevent_write(bev, &[b'.'; 200]).unwrap();
    settle(&mut base);
    assert_eq!(common::read_now(&peer).0.len(), 50);
    assert_eq!(base.bufferevent_rate_limit_group_get_totals(group).unwrap(), (0, 50));
}
