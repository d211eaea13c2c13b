//! Callbacks that fail: an error or a panic leaves the loop, which tells of it, and the base goes on.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::os::fd::OwnedFd;

use common::{Log, localhost, new_base, pair};
use evscope_reactor::{
    Addr, BevEvents, BevOptions, Callbacks, Error, EvFlags, EventBase, FilterResult,
    ListenerOptions, LoopEnd, Outcome,
};

/// How a callback fails.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Error,
    Panic,
    /// With a message made at that moment.
    PanicWithText,
    /// With something that is no message.
    PanicWithValue,
}

impl Way {
    const ALL: [Self; 4] = [
        Self::Error,
        Self::Panic,
        Self::PanicWithText,
        Self::PanicWithValue,
    ];

    fn fail(self) -> Result<(), &'static str> {
        match self {
            Self::Error => Err("on purpose"),
            Self::Panic => panic!("on purpose"),
            Self::PanicWithText => panic!("on {}", "purpose"),
            Self::PanicWithValue => std::panic::panic_any(7),
        }
    }

    /// What the loop is to say of it.
    fn assert_told(self, result: Result<LoopEnd, Error>, callback: &str) {
        let error = result.unwrap_err();
        let message = error.to_string();
        match self {
            Self::Error => {
                assert!(matches!(error, Error::Callback { .. }), "{error:?}");
                assert_eq!(message, format!("callback {callback}: on purpose"));
            }
            Self::Panic | Self::PanicWithText => {
                assert!(matches!(error, Error::Panicked { .. }), "{error:?}");
                assert_eq!(message, format!("callback {callback} panicked: on purpose"));
            }
            Self::PanicWithValue => {
                assert_eq!(
                    message,
                    format!("callback {callback} panicked: (a panic without a message)")
                );
            }
        }
    }
}

/// The base still does all that a base does.
fn assert_usable(base: &mut EventBase) {
    let log = Log::new();
    let (ours, mut peer) = pair();
    let bev = base
        .bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    let seen = log.clone();
    let readcb = move |base: &mut EventBase, bev| {
        seen.push("read");
        base.bufferevent_free(bev)
    };
    base.bufferevent_setcb(bev, Callbacks::new().readcb(readcb))
        .unwrap();
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    peer.write_all(b"x").unwrap();
    let seen = log.clone();
    let last = move |base: &mut EventBase, _, _| {
        seen.push("timer");
        base.event_base_loopexit(None)
    };
    let span = std::time::Duration::from_millis(2);
    base.event_base_once_timeout(last, Some(span)).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Exit);
    assert_eq!(log.take(), ["read", "timer"]);
}

/// Sets up a base in which a callback of this function fails, for every way to fail.
fn check(callback: &str, set_up: impl Fn(&mut EventBase, Way) -> Vec<Box<dyn std::any::Any>>) {
    for way in Way::ALL {
        let mut base = new_base();
        let kept = set_up(&mut base, way);
        way.assert_told(base.event_base_dispatch(), callback);
        assert!(base.event_base_got_break());
        assert_usable(&mut base);
        drop(kept);
        drop(base);
    }
}

#[test]
fn of_an_event() {
    check("of_an_event", |base, way| {
        let event = base.evtimer_new(move |_: &mut EventBase, _, _| way.fail());
        base.event_active(event, EvFlags::TIMEOUT).unwrap();
        vec![]
    });
}

#[test]
fn of_an_event_used_once() {
    check("of_an_event_used_once", |base, way| {
        base.event_base_once_timeout(move |_: &mut EventBase, _, _| way.fail(), None)
            .unwrap();
        vec![]
    });
}

#[test]
fn of_an_event_that_frees_itself_first() {
    check("of_an_event_that_frees_itself_first", |base, way| {
        let (ours, mut peer) = pair();
        peer.write_all(b"x").unwrap();
        let flags = EvFlags::READ | EvFlags::PERSIST;
        let callback = move |base: &mut EventBase, own, _| {
            base.event_free(own).unwrap();
            way.fail()
        };
        let event = base.event_new(&ours, flags, callback).unwrap();
        base.event_add(event, None).unwrap();
        vec![Box::new((ours, peer))]
    });
}

#[test]
fn of_a_listener() {
    for free in [false, true] {
        check("of_a_listener", |base, way| {
            let callback = move |base: &mut EventBase, listener, _: OwnedFd, _: &Addr| {
                if free {
                    base.evconnlistener_free(listener).unwrap();
                }
                way.fail()
            };
            let options = ListenerOptions::CLOSE_ON_FREE;
            let listener = base
                .evconnlistener_new_bind(callback, options, -1, localhost(0))
                .unwrap();
            let Some(Addr::Inet(addr)) = base.evconnlistener_get_addr(listener).unwrap() else {
                panic!("no address");
            };
            vec![Box::new(TcpStream::connect(addr).unwrap())]
        });
    }
}

#[test]
fn a_listener_stops_accepting_when_its_callback_fails() {
    let mut base = new_base();
    let log = Log::new();
    let seen = log.clone();
    let callback = move |_: &mut EventBase, _, fd: OwnedFd, _: &Addr| {
        seen.push(fd);
        Way::Error.fail()
    };
    let listener = base
        .evconnlistener_new_bind(callback, ListenerOptions::CLOSE_ON_FREE, -1, localhost(0))
        .unwrap();
    let Some(Addr::Inet(addr)) = base.evconnlistener_get_addr(listener).unwrap() else {
        panic!("no address");
    };
    let _clients: Vec<_> = (0..3).map(|_| TcpStream::connect(addr).unwrap()).collect();
    for n in 1..=3 {
        assert!(base.event_base_dispatch().is_err());
        assert_eq!(log.len(), n, "one failure is told at a time, and none is lost");
    }
}

/// A bufferevent that has something to read, to write and an end of file, whose callback `which` fails.
fn bev_fails(
    base: &mut EventBase,
    way: Way,
    which: &'static str,
    deferred: bool,
) -> Vec<Box<dyn std::any::Any>> {
    let (ours, mut peer) = pair();
    let mut options = BevOptions::CLOSE_ON_FREE;
    options.set(BevOptions::DEFER_CALLBACKS, deferred);
    let bev = base
        .bufferevent_socket_new(Some(ours.into()), options)
        .unwrap();
    let fail = move |name| move || if which == name { way.fail() } else { Ok(()) };
    let (read, written, event) = (fail("read"), fail("write"), fail("event"));
    let callbacks = Callbacks::new()
        .readcb(move |_: &mut EventBase, _| read())
        .writecb(move |_: &mut EventBase, _| written())
        .eventcb(move |_: &mut EventBase, _, _: BevEvents| event());
    base.bufferevent_setcb(bev, callbacks).unwrap();
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    base.bufferevent_write(bev, b"out").unwrap();
    peer.write_all(b"in").unwrap();
    peer.shutdown(Shutdown::Write).unwrap();
    vec![Box::new(peer)]
}

#[test]
fn of_a_bufferevent() {
    for which in ["read", "write", "event"] {
        for deferred in [false, true] {
            check("bev_fails", |base, way| bev_fails(base, way, which, deferred));
        }
    }
}

#[test]
fn of_a_filter() {
    for reading in [false, true] {
        for free in [false, true] {
            for way in Way::ALL.into_iter().filter(|&way| way != Way::Error) {
                let mut base = new_base();
                let (ours, mut peer) = pair();
                let options = BevOptions::CLOSE_ON_FREE;
                let below = base
                    .bufferevent_socket_new(Some(ours.into()), options)
                    .unwrap();
                let own = std::rc::Rc::new(std::cell::Cell::new(None));
                let fail = |fails: bool| {
                    let own = std::rc::Rc::clone(&own);
                    let fails = std::cell::Cell::new(fails);
                    move |base: &mut EventBase, from, to, _: Option<usize>, _| {
                        // Once: what could not pass is tried again later.
                        if !fails.replace(false) {
                            base.evbuffer_add_buffer(to, from).unwrap();
                            return FilterResult::Ok;
                        }
                        if free {
                            base.bufferevent_free(own.get().unwrap()).unwrap();
                        }
                        way.fail().unwrap();
                        FilterResult::Ok
                    }
                };
                let (input, output) = (fail(reading), fail(!reading));
                let filter = base
                    .bufferevent_filter_new(below, input, output, options)
                    .unwrap();
                own.set(Some(filter));
                base.bufferevent_enable(filter, EvFlags::READ).unwrap();
                if reading {
                    peer.write_all(b"in").unwrap();
                } else {
                    // It runs within this call.
                    base.bufferevent_write(filter, b"out").unwrap();
                }
                way.assert_told(base.event_base_dispatch(), "of_a_filter");
                assert_usable(&mut base);
            }
        }
    }
}

#[test]
fn of_a_buffer() {
    check("of_a_buffer", |base, way| {
        let (ours, mut peer) = pair();
        peer.write_all(b"in").unwrap();
        let options = BevOptions::CLOSE_ON_FREE;
        let bev = base
            .bufferevent_socket_new(Some(ours.into()), options)
            .unwrap();
        let input = base.bufferevent_get_input(bev).unwrap();
        base.evbuffer_add_cb(input, move |_: &mut EventBase, _, _: &_| way.fail())
            .unwrap();
        base.bufferevent_enable(bev, EvFlags::READ).unwrap();
        vec![Box::new(peer)]
    });
}

#[test]
fn of_a_buffer_outside_the_loop_is_told_by_the_next_loop() {
    for way in Way::ALL {
        let mut base = new_base();
        let buffer = base.evbuffer_new();
        base.evbuffer_add_cb(buffer, move |_: &mut EventBase, _, _: &_| way.fail())
            .unwrap();
        base.evbuffer_add(buffer, b"x").unwrap();
        assert_eq!(base.evbuffer_get_length(buffer).unwrap(), 1, "the change has been made");
        way.assert_told(
            base.event_base_dispatch(),
            "of_a_buffer_outside_the_loop_is_told_by_the_next_loop",
        );
        assert_usable(&mut base);
    }
}

#[test]
fn the_first_failure_is_told_and_the_rest_of_the_turn_waits() {
    let mut base = new_base();
    let log = Log::new();
    for name in ["first", "second"] {
        let log = log.clone();
        let event = base.evtimer_new(move |_: &mut EventBase, _, _| {
            log.push(name);
            Err::<(), _>(name)
        });
        base.event_active(event, EvFlags::TIMEOUT).unwrap();
    }
    for name in ["first", "second"] {
        let error = base.event_base_dispatch().unwrap_err();
        assert!(error.to_string().ends_with(name), "{error}");
        assert_eq!(log.take(), [name]);
    }
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
}

#[test]
fn what_a_callback_captured_may_panic_when_it_is_dropped() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            if !std::thread::panicking() {
                panic!("dropped");
            }
        }
    }
    let mut base = new_base();
    let bomb = Bomb;
    let callback = move |_: &mut EventBase, _, _| {
        let _kept = &bomb;
    };
    base.event_base_once_timeout(callback, None).unwrap();
    let result =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| base.event_base_dispatch()));
    // Whether it is caught or goes on, the base is not left in the middle of a loop.
    assert!(!matches!(result, Ok(Ok(_))));
    assert!(!matches!(base.event_base_dispatch(), Err(Error::LoopRunning)));
    assert_usable(&mut base);
}

#[test]
fn callbacks_may_return_nothing_or_any_error() {
    fn takes(outcome: impl Outcome) -> bool {
        outcome.into_result().is_ok()
    }
    assert!(takes(()));
    assert!(takes(Ok::<(), Error>(())));
    assert!(!takes(Err::<(), _>("text")));
    assert!(!takes(Err::<(), _>(std::io::Error::other("io"))));
}
