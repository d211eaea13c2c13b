//! The end of a base, as libevent 2.1.12 was seen to do it.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::time::Duration;

use evscope_reactor::{BevOptions, EvFlags, Event, EventBase};
use evscope_trace::{Phase, Record};

use crate::common::{new_base, pair, record};

/// The steps inside `event_base_free`, with what they are about.
fn teardown(records: &[Record]) -> Vec<String> {
    let begin = records
        .iter()
        .position(|record| record.event.name() == "event_base_free")
        .unwrap();
    records[begin + 1..]
        .iter()
        .filter(|record| record.phase != Phase::Exit && record.depth == 1)
        .map(|record| {
            let name = record.event.name();
            let role = record.objects.role.map_or("", |role| role.name());
            let id = record.objects.event.map_or(0, |id| id.0);
            format!("{name} {id} {role}").trim_end().to_owned()
        })
        .collect()
}

fn ignore(_: &mut EventBase, _: Event, _: EvFlags) {}

#[test]
fn signals_go_first_then_fds_then_timers_then_what_is_active() {
    let ((), records) = record(|| {
        let mut base = new_base();
        // fds go in the order of their numbers, and a new one gets the lowest there is.
        let (near, far) = pair();
        let (connection, _peer) = pair();
        let five = Some(Duration::from_secs(5));
        let two = Some(Duration::from_secs(2));
        // Event 1 is the base's own, for signals.
        let on_far = base
            .event_new(&far, EvFlags::READ | EvFlags::PERSIST, ignore)
            .unwrap();
        let on_near = base
            .event_new(&near, EvFlags::READ | EvFlags::PERSIST, ignore)
            .unwrap();
        let later_on_near = base.event_new(&near, EvFlags::WRITE, ignore).unwrap();
        let last_timer = base.evtimer_new(ignore);
        let first_timer = base.evtimer_new(ignore);
        let usr2 = base.evsignal_new(libc::SIGUSR2, ignore).unwrap();
        let usr1 = base.evsignal_new(libc::SIGUSR1, ignore).unwrap();
        let active = base.evtimer_new(ignore);
        base.event_add(on_far, None).unwrap();
        base.event_add(on_near, five).unwrap();
        base.event_add(later_on_near, None).unwrap();
        base.event_add(last_timer, five).unwrap();
        base.event_add(first_timer, two).unwrap();
        base.event_add(usr2, None).unwrap();
        base.event_add(usr1, None).unwrap();
        // Events 10 and 11 are the bufferevent's.
        let bev = base
            .bufferevent_socket_new(Some(connection.into()), BevOptions::CLOSE_ON_FREE)
            .unwrap();
        base.bufferevent_enable(bev, EvFlags::READ).unwrap();
        base.event_active(active, EvFlags::READ).unwrap();
        base.bufferevent_free(bev).unwrap();
        base.event_base_free();
    });
    assert_eq!(
        teardown(&records),
        [
            "event_del 8 signal",
            "event_del 7 signal",
            "event_del 1 internal",
            "event_del 4 user",
            "event_del 3 user",
            "event_del 2 user",
            "event_del 6 timer",
            "event_del 5 timer",
            "event_del 9 timer",
            "event_del 10 bev.read",
            "bufferevent_finalize 0",
            // Its signal event was deleted with the others, and is once more by its owner.
            "event_del 1 internal",
        ]
    );
}
