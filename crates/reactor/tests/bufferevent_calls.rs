//! What can be asked and set of a bufferevent, and running its callbacks by hand.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::io::Write;
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use common::{Log, localhost, new_base, pair};
use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase, FilterResult,
    FlushMode, Listener, ListenerOptions, LoopFlags, TriggerOptions, Watermarks,
};

fn noting(log: &Log<String>) -> Callbacks {
    let (reads, writes, events) = (log.clone(), log.clone(), log.clone());
    Callbacks::new()
        .readcb(move |_: &mut EventBase, _| reads.push("read".to_owned()))
        .writecb(move |_: &mut EventBase, _| writes.push("write".to_owned()))
        .eventcb(move |_: &mut EventBase, _, what| events.push(format!("{what}")))
}

fn one(base: &mut EventBase, options: BevOptions) -> (Bufferevent, std::os::unix::net::UnixStream) {
    let (ours, theirs) = pair();
    let bev = base
        .bufferevent_socket_new(Some(ours.into()), options)
        .unwrap();
    (bev, theirs)
}

#[test]
fn unlocked_callbacks_must_be_deferred_ones() {
    let mut base = new_base();
    let unlocked = BevOptions::UNLOCK_CALLBACKS;
    let refused = base.bufferevent_socket_new(None, unlocked);
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    let both = unlocked | BevOptions::DEFER_CALLBACKS;
    let below = base.bufferevent_socket_new(None, both).unwrap();
    assert_eq!(base.bufferevent_get_options(below).unwrap(), both);
    let pass = |_: &mut EventBase, _, _, _, _| FilterResult::NeedMore;
    let refused = base.bufferevent_filter_new(below, pass, pass, unlocked);
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    // A pair's are deferred anyway.
    let [a, _] = base.bufferevent_pair_new(unlocked).unwrap();
    assert!(base.bufferevent_get_options(a).unwrap().contains(both));
}

#[test]
fn what_was_set_can_be_asked_for() {
    let mut base = new_base();
    let (bev, _peer) = one(&mut base, BevOptions::empty());
    assert_eq!(base.bufferevent_get_enabled(bev).unwrap(), EvFlags::WRITE);
    base.bufferevent_setwatermark(bev, EvFlags::READ | EvFlags::WRITE, 3, 9)
        .unwrap();
    let marks = Watermarks { low: 3, high: 9 };
    assert_eq!(base.bufferevent_getwatermark(bev, EvFlags::READ).unwrap(), marks);
    assert_eq!(base.bufferevent_getwatermark(bev, EvFlags::WRITE).unwrap(), marks);
    let both = EvFlags::READ | EvFlags::WRITE;
    assert!(base.bufferevent_getwatermark(bev, both).is_err());
    let log = Log::new();
    base.bufferevent_setcb(bev, noting(&log)).unwrap();
    // What was got can be set again.
    let callbacks = base.bufferevent_getcb(bev).unwrap();
    base.bufferevent_setcb(bev, Callbacks::new()).unwrap();
    base.bufferevent_trigger(bev, both, TriggerOptions::IGNORE_WATERMARKS)
        .unwrap();
    assert!(log.is_empty());
    base.bufferevent_setcb(bev, callbacks).unwrap();
    base.bufferevent_trigger(bev, both, TriggerOptions::IGNORE_WATERMARKS)
        .unwrap();
    assert_eq!(log.take(), ["read", "write"]);
    let mut base = new_base();
    base.event_base_priority_init(3).unwrap();
    let (bev, _peer) = one(&mut base, BevOptions::empty());
    assert_eq!(base.bufferevent_get_priority(bev).unwrap(), 1);
    base.bufferevent_priority_set(bev, 2).unwrap();
    assert_eq!(base.bufferevent_get_priority(bev).unwrap(), 2);
    assert!(base.bufferevent_priority_set(bev, 3).is_err());
}

#[test]
fn a_trigger_obeys_the_marks_and_defers_as_told() {
    let mut base = new_base();
    let log = Log::new();
    let (bev, _peer) = one(&mut base, BevOptions::empty());
    base.bufferevent_setcb(bev, noting(&log)).unwrap();
    base.bufferevent_setwatermark(bev, EvFlags::READ, 5, 0)
        .unwrap();
    let both = EvFlags::READ | EvFlags::WRITE;
    base.bufferevent_trigger(bev, both, TriggerOptions::empty())
        .unwrap();
    assert_eq!(log.take(), ["write"], "the input is below its mark");
    let later = TriggerOptions::IGNORE_WATERMARKS | TriggerOptions::DEFER_CALLBACKS;
    base.bufferevent_trigger(bev, both, later).unwrap();
    base.bufferevent_trigger_event(bev, BevEvents::TIMEOUT, TriggerOptions::DEFER_CALLBACKS)
        .unwrap();
    assert!(log.is_empty());
    base.event_base_loop(LoopFlags::NONBLOCK).unwrap();
    assert_eq!(
        log.take(),
        [
            "read".to_owned(),
            "write".to_owned(),
            format!("{}", BevEvents::TIMEOUT)
        ]
    );
    base.bufferevent_trigger_event(bev, BevEvents::EOF, TriggerOptions::empty())
        .unwrap();
    assert_eq!(log.take(), [format!("{}", BevEvents::EOF)]);
    // One that defers always does so here, too.
    let (bev, _peer) = one(&mut base, BevOptions::DEFER_CALLBACKS);
    base.bufferevent_setcb(bev, noting(&log)).unwrap();
    base.bufferevent_trigger(bev, both, TriggerOptions::empty())
        .unwrap();
    assert!(log.is_empty());
    base.event_base_loop(LoopFlags::NONBLOCK).unwrap();
    assert_eq!(log.take(), ["read", "write"]);
}

#[test]
fn a_filter_is_told_how_it_is_flushed() {
    let mut base = new_base();
    let modes = Log::new();
    let (incoming, outgoing) = (modes.clone(), modes.clone());
    let [a, _b] = base.bufferevent_pair_new(BevOptions::empty()).unwrap();
    let filter = base
        .bufferevent_filter_new(
            a,
            move |_: &mut EventBase, _, _, _, mode| {
                incoming.push(("in", mode));
                FilterResult::NeedMore
            },
            move |_: &mut EventBase, _, _, limit, mode| {
                assert!(mode == FlushMode::Normal || limit.is_none());
                outgoing.push(("out", mode));
                FilterResult::NeedMore
            },
            BevOptions::empty(),
        )
        .unwrap();
    for mode in [FlushMode::Normal, FlushMode::Flush, FlushMode::Finished] {
        modes.take();
        base.bufferevent_flush(filter, EvFlags::READ | EvFlags::WRITE, mode)
            .unwrap();
        let expected: &[_] = match mode {
            // Reading is not enabled, and there is nothing to write.
            FlushMode::Normal => &[],
            _ => &[("in", mode), ("out", mode)],
        };
        assert_eq!(modes.take(), expected);
    }
}

#[test]
#[cfg_attr(
    any(not(target_os = "linux"), evscope_plain),
    ignore = "only Linux's kernel keeps a connection to itself"
)]
fn a_deferred_accept_waits_for_the_first_byte() {
    let mut base = new_base();
    let log = Log::new();
    let accepted = log.clone();
    let options = ListenerOptions::CLOSE_ON_FREE | ListenerOptions::DEFERRED_ACCEPT;
    let listener = base
        .evconnlistener_new_bind(
            move |_: &mut EventBase, _: Listener, fd: OwnedFd, _: &Addr| accepted.push(fd),
            options,
            -1,
            localhost(0),
        )
        .unwrap();
    let Some(Addr::Inet(addr)) = base.evconnlistener_get_addr(listener).unwrap() else {
        panic!("no address");
    };
    let mut client = TcpStream::connect(addr).unwrap();
    base.event_base_loop(LoopFlags::NONBLOCK).unwrap();
    assert!(log.is_empty(), "it has said nothing");
    client.write_all(b"hello").unwrap();
    let began = Instant::now();
    while log.is_empty() {
        base.event_base_loop(LoopFlags::ONCE).unwrap();
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}
