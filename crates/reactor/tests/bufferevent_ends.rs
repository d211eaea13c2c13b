//! How connections begin and end: connecting, the end of the file, resets, freeing at any time.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::rc::Rc;
use std::time::Duration;

use common::{Log, connection, fill, localhost, new_base, pair, read_now, reset};
use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Count, Error, EvFlags, EventBase,
    FilterResult, LoopEnd, LoopFlags, Object, TriggerOptions,
};

const MS: Duration = Duration::from_millis(1);

/// All that a bufferevent tells: `read`, `write`, or the event and its errno.
#[derive(Debug, PartialEq)]
enum Told {
    Read,
    Write,
    Event(BevEvents, Option<i32>),
}

fn log_all(base: &mut EventBase, bev: Bufferevent) -> Log<Told> {
    let log = Log::new();
    let (read, written, told) = (log.clone(), log.clone(), log.clone());
    let callbacks = Callbacks::new()
        .readcb(move |_: &mut EventBase, _| read.push(Told::Read))
        .writecb(move |_: &mut EventBase, _| written.push(Told::Write))
        .eventcb(move |base: &mut EventBase, _, what: BevEvents| {
            let errno = what
                .contains(BevEvents::ERROR)
                .then(|| base.evutil_socket_error());
            told.push(Told::Event(what, errno.flatten().and_then(|error| error.raw_os_error())));
        });
    base.bufferevent_setcb(bev, callbacks).unwrap();
    log
}

fn bev_new(base: &mut EventBase, fd: Option<OwnedFd>) -> Bufferevent {
    base.bufferevent_socket_new(fd, BevOptions::CLOSE_ON_FREE)
        .unwrap()
}

/// A loopback address where nobody listens.
fn nobody() -> SocketAddr {
    TcpListener::bind(localhost(0))
        .unwrap()
        .local_addr()
        .unwrap()
}

#[test]
fn a_connection_is_made_and_told_before_anything_is_written() {
    let listener = TcpListener::bind(localhost(0)).unwrap();
    let mut base = new_base();
    let bev = bev_new(&mut base, None);
    let log = log_all(&mut base, bev);
    base.bufferevent_write(bev, b"hello").unwrap();
    base.bufferevent_socket_connect(bev, listener.local_addr().unwrap())
        .unwrap();
    assert!(log.is_empty(), "only the loop tells");
    let fd = base.bufferevent_getfd(bev).unwrap().unwrap();
    assert!(fd >= 0);
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(log.take(), [Told::Event(BevEvents::CONNECTED, None), Told::Write]);
    let (mut peer, _) = listener.accept().unwrap();
    base.bufferevent_free(bev).unwrap();
    base.event_base_dispatch().unwrap();
    let mut got = String::new();
    peer.read_to_string(&mut got).unwrap();
    assert_eq!(got, "hello");
}

#[test]
fn connecting_alone_is_not_a_write() {
    for disabled in [false, true] {
        let listener = TcpListener::bind(localhost(0)).unwrap();
        let mut base = new_base();
        let bev = bev_new(&mut base, None);
        let log = log_all(&mut base, bev);
        base.bufferevent_socket_connect(bev, listener.local_addr().unwrap())
            .unwrap();
        if disabled {
            // The loop must learn all the same how connecting ended.
            base.bufferevent_disable(bev, EvFlags::WRITE).unwrap();
        }
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
        assert_eq!(log.take(), [Told::Event(BevEvents::CONNECTED, None)]);
    }
}

#[test]
fn a_refused_connection_is_an_error_with_its_errno() {
    for reading in [false, true] {
        let mut base = new_base();
        let bev = bev_new(&mut base, None);
        let log = log_all(&mut base, bev);
        if reading {
            base.bufferevent_enable(bev, EvFlags::READ).unwrap();
        }
        base.bufferevent_socket_connect(bev, nobody()).unwrap();
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
        let refused = Some(libc::ECONNREFUSED);
        // libevent has lost the errno when it was the read callback that found out; so may we.
        let told = log.take();
        assert!(told == [Told::Event(BevEvents::ERROR, refused)], "reading: {reading}: {told:?}");
    }
}

#[test]
fn an_address_that_cannot_be_reached_is_an_error_of_the_call() {
    let mut base = new_base();
    let bev = bev_new(&mut base, None);
    let log = log_all(&mut base, bev);
    for addr in [
        Addr::Unix("/nowhere/at/all".into()),
        Addr::Unnamed,
        Addr::Inet((Ipv4Addr::BROADCAST, 1).into()),
    ] {
        let error = base
            .bufferevent_socket_connect(bev, addr.clone())
            .unwrap_err();
        let message = error.to_string();
        assert!(message.starts_with(&format!("cannot connect to {addr}: ")), "{message}");
        assert_eq!(base.bufferevent_getfd(bev).unwrap(), None);
    }
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert!(log.is_empty());
}

#[test]
fn a_socket_of_ones_own_is_kept_when_connecting_fails() {
    let mut base = new_base();
    let listening = TcpListener::bind(localhost(0)).unwrap();
    let (ours, mut peer) = pair();
    let raw = ours.as_raw_fd();
    let bev = bev_new(&mut base, Some(ours.into()));
    // Connected already, and of another family.
    let addr = listening.local_addr().unwrap();
    assert!(matches!(base.bufferevent_socket_connect(bev, addr), Err(Error::Os { .. })));
    assert_eq!(base.bufferevent_getfd(bev).unwrap(), Some(raw));
    base.bufferevent_write(bev, b"still here").unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(read_now(&mut peer).0, b"still here");
}

#[test]
fn a_unix_connection_is_made_at_once_and_told_by_the_loop() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let mut base = new_base();
    let bev = bev_new(&mut base, None);
    let log = log_all(&mut base, bev);
    base.bufferevent_write(bev, b"hello").unwrap();
    base.bufferevent_socket_connect(bev, Addr::Unix(path))
        .unwrap();
    assert!(log.is_empty());
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    let told = log.take();
    assert_eq!(told[0], Told::Event(BevEvents::CONNECTED, None), "{told:?}");
    let (mut peer, _) = listener.accept().unwrap();
    base.bufferevent_free(bev).unwrap();
    drop(base);
    let mut got = String::new();
    peer.read_to_string(&mut got).unwrap();
    assert_eq!(got, "hello");
}

#[test]
fn the_end_of_the_file_disables_reading_and_is_told() {
    let mut base = new_base();
    let (ours, mut peer) = pair();
    let bev = bev_new(&mut base, Some(ours.into()));
    let log = log_all(&mut base, bev);
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    peer.write_all(b"last").unwrap();
    // A half close: the peer still reads.
    peer.shutdown(Shutdown::Write).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(
        log.take(),
        [
            Told::Read,
            Told::Event(BevEvents::READING | BevEvents::EOF, None)
        ]
    );
    assert_eq!(base.bufferevent_get_enabled(bev).unwrap(), EvFlags::WRITE);
    base.bufferevent_write(bev, b"answer").unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(log.take(), [Told::Write]);
    assert_eq!(read_now(&mut peer), (b"answer".to_vec(), false));
    base.bufferevent_free(bev).unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(read_now(&mut peer), (vec![], true), "closed with the bufferevent");
}

#[test]
fn a_reset_while_reading_is_an_error() {
    let mut base = new_base();
    let (ours, peer) = connection();
    let bev = bev_new(&mut base, Some(ours));
    let log = log_all(&mut base, bev);
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    reset(peer);
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    let error = Told::Event(BevEvents::READING | BevEvents::ERROR, Some(libc::ECONNRESET));
    assert_eq!(log.take(), [error]);
    assert_eq!(base.bufferevent_get_enabled(bev).unwrap(), EvFlags::WRITE);
}

#[test]
fn a_reset_while_writing_is_an_error_and_keeps_the_bytes() {
    let mut base = new_base();
    let (ours, peer) = connection();
    fill(&ours);
    let bev = bev_new(&mut base, Some(ours));
    let log = log_all(&mut base, bev);
    base.bufferevent_write(bev, &[7; 100_000]).unwrap();
    base.event_base_loopexit(Some(MS)).unwrap();
    base.event_base_dispatch().unwrap();
    assert!(log.is_empty(), "no room");
    reset(peer);
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    let error = Told::Event(BevEvents::WRITING | BevEvents::ERROR, Some(libc::ECONNRESET));
    assert_eq!(log.take(), [error]);
    assert_eq!(base.bufferevent_get_enabled(bev).unwrap(), EvFlags::empty());
    let output = base.bufferevent_get_output(bev).unwrap();
    assert_eq!(base.evbuffer_get_length(output).unwrap(), 100_000);
}

#[test]
fn writing_to_a_peer_that_is_gone_is_epipe_and_no_signal() {
    let mut base = new_base();
    let (ours, peer) = pair();
    drop(peer);
    let bev = bev_new(&mut base, Some(ours.into()));
    let log = log_all(&mut base, bev);
    base.bufferevent_write(bev, b"to nobody").unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    let error = Told::Event(BevEvents::WRITING | BevEvents::ERROR, Some(libc::EPIPE));
    assert_eq!(log.take(), [error]);
}

#[test]
fn a_bufferevent_may_be_freed_in_each_of_its_callbacks() {
    for deferred in [false, true] {
        for which in ["read", "write", "event"] {
            let mut base = new_base();
            let (ours, mut peer) = pair();
            let mut options = BevOptions::CLOSE_ON_FREE;
            options.set(BevOptions::DEFER_CALLBACKS, deferred);
            let bev = base
                .bufferevent_socket_new(Some(ours.into()), options)
                .unwrap();
            let log = Log::new();
            let free = |name: &'static str| {
                let log = log.clone();
                move |base: &mut EventBase, bev| {
                    log.push(name);
                    if which != name {
                        return;
                    }
                    base.bufferevent_free(bev).unwrap();
                    let again = base.bufferevent_free(bev);
                    assert!(matches!(again, Err(Error::Stale(Object::Bufferevent))));
                    let output = base.bufferevent_get_output(bev);
                    assert!(matches!(output, Err(Error::Stale(Object::Bufferevent))));
                }
            };
            let event = free("event");
            let callbacks = Callbacks::new()
                .readcb(free("read"))
                .writecb(free("write"))
                .eventcb(move |base: &mut EventBase, bev, _| event(base, bev));
            base.bufferevent_setcb(bev, callbacks).unwrap();
            base.bufferevent_enable(bev, EvFlags::READ).unwrap();
            base.bufferevent_write(bev, b"out").unwrap();
            peer.write_all(b"in").unwrap();
            peer.shutdown(Shutdown::Write).unwrap();
            assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
            let told = log.take();
            assert_eq!(told.last(), Some(&which), "nothing is told after it: {told:?}");
            assert!(read_now(&mut peer).1, "the socket is closed");
        }
    }
}

#[test]
fn a_bufferevent_may_be_freed_when_it_connects_and_when_it_cannot() {
    let listener = TcpListener::bind(localhost(0)).unwrap();
    for (addr, what) in [
        (listener.local_addr().unwrap(), BevEvents::CONNECTED),
        (nobody(), BevEvents::ERROR),
    ] {
        let mut base = new_base();
        let bev = bev_new(&mut base, None);
        let log = Log::new();
        let told = log.clone();
        let eventcb = move |base: &mut EventBase, bev, what| {
            told.push(what);
            base.bufferevent_free(bev)
        };
        base.bufferevent_setcb(bev, Callbacks::new().eventcb(eventcb))
            .unwrap();
        base.bufferevent_write(bev, b"never read").unwrap();
        base.bufferevent_socket_connect(bev, addr).unwrap();
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
        assert_eq!(log.take(), [what]);
        assert!(base.bufferevent_getfd(bev).is_err());
    }
}

#[test]
fn a_bufferevent_freed_in_a_callback_of_its_buffers_is_gone_after_it() {
    for output in [false, true] {
        let mut base = new_base();
        let (ours, mut peer) = pair();
        let bev = bev_new(&mut base, Some(ours.into()));
        let log = log_all(&mut base, bev);
        let buffer = if output {
            base.bufferevent_write(bev, b"out").unwrap();
            base.bufferevent_get_output(bev).unwrap()
        } else {
            base.bufferevent_enable(bev, EvFlags::READ).unwrap();
            peer.write_all(b"in").unwrap();
            base.bufferevent_get_input(bev).unwrap()
        };
        base.evbuffer_add_cb(buffer, move |base: &mut EventBase, _, _: &_| {
            base.bufferevent_free(bev)
        })
        .unwrap();
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
        assert!(log.is_empty());
        assert!(matches!(base.evbuffer_get_length(buffer), Err(Error::Stale(Object::Evbuffer))));
        assert!(read_now(&mut peer).1);
    }
}

#[test]
fn freeing_cancels_what_was_deferred_and_loses_what_was_not_sent() {
    let mut base = new_base();
    let (ours, mut peer) = pair();
    let options = BevOptions::CLOSE_ON_FREE | BevOptions::DEFER_CALLBACKS;
    let bev = base
        .bufferevent_socket_new(Some(ours.into()), options)
        .unwrap();
    let log = log_all(&mut base, bev);
    base.bufferevent_trigger(bev, EvFlags::READ, TriggerOptions::empty())
        .unwrap();
    base.bufferevent_write(bev, b"unsent").unwrap();
    base.bufferevent_free(bev).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert!(log.is_empty());
    assert_eq!(read_now(&mut peer), (vec![], true));
}

#[test]
fn without_close_on_free_the_socket_is_the_programs() {
    let mut base = new_base();
    let (ours, mut peer) = pair();
    let bev = base
        .bufferevent_socket_new(Some(ours.into()), BevOptions::empty())
        .unwrap();
    let raw = base.bufferevent_getfd(bev).unwrap().unwrap();
    base.bufferevent_free(bev).unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(read_now(&mut peer), (vec![], false), "still open");
    // SAFETY: the bufferevent left the fd open and to its caller.
    drop(unsafe { OwnedFd::from_raw_fd(raw) });
    assert_eq!(read_now(&mut peer), (vec![], true));
}

#[test]
fn every_call_with_a_freed_bufferevent_says_so() {
    let mut base = new_base();
    let bev = bev_new(&mut base, None);
    base.bufferevent_free(bev).unwrap();
    // Before and after the loop has taken it apart.
    for _ in 0..2 {
        let none = TriggerOptions::empty();
        let read = EvFlags::READ;
        let buffer = base.evbuffer_new();
        let results = [
            base.bufferevent_free(bev),
            base.bufferevent_setcb(bev, Callbacks::new()),
            base.bufferevent_enable(bev, read),
            base.bufferevent_disable(bev, read),
            base.bufferevent_write(bev, b"x"),
            base.bufferevent_write_buffer(bev, buffer),
            base.bufferevent_read_buffer(bev, buffer),
            base.bufferevent_read(bev, &mut [0]).map(|_| ()),
            base.bufferevent_setwatermark(bev, read, 0, 0),
            base.bufferevent_set_timeouts(bev, None, None),
            base.bufferevent_trigger(bev, read, none),
            base.bufferevent_trigger_event(bev, BevEvents::EOF, none),
            base.bufferevent_socket_connect(bev, localhost(1)),
            base.bufferevent_priority_set(bev, 0),
            base.bufferevent_setfd(bev, None).map(|_| ()),
            base.bufferevent_getfd(bev).map(|_| ()),
            base.bufferevent_getcb(bev).map(|_| ()),
            base.bufferevent_get_enabled(bev).map(|_| ()),
            base.bufferevent_get_input(bev).map(|_| ()),
            base.bufferevent_get_priority(bev).map(|_| ()),
            base.bufferevent_getwatermark(bev, read).map(|_| ()),
            base.bufferevent_set_max_single_read(bev, 1),
        ];
        for (i, result) in results.into_iter().enumerate() {
            assert!(
                matches!(result, Err(Error::Stale(Object::Bufferevent))),
                "call {i}: {result:?}"
            );
        }
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    }
}

#[test]
fn thousands_of_connections_leave_nothing_behind() {
    let mut base = new_base();
    let ended = Rc::new(Cell::new(0));
    for _ in 0..2000 {
        let (ours, peer) = pair();
        let bev = bev_new(&mut base, Some(ours.into()));
        let count = Rc::clone(&ended);
        let eventcb = move |base: &mut EventBase, bev, _: BevEvents| {
            count.set(count.get() + 1);
            base.bufferevent_free(bev)
        };
        base.bufferevent_setcb(bev, Callbacks::new().eventcb(eventcb))
            .unwrap();
        base.bufferevent_enable(bev, EvFlags::READ).unwrap();
        drop(peer);
        base.event_base_loop(LoopFlags::NONBLOCK).unwrap();
    }
    assert_eq!(ended.get(), 2000);
    assert!(common::open_fds() < 500, "{} fds", common::open_fds());
    // Only the loop's own event is left.
    assert!(format!("{base:?}").contains("events: 1"), "{base:?}");
}

#[test]
fn a_peer_may_be_half_closed_by_hand() {
    let mut base = new_base();
    let (ours, mut peer) = pair();
    let bev = bev_new(&mut base, Some(ours.into()));
    let writecb = |base: &mut EventBase, bev| {
        let fd = base.bufferevent_getfd(bev).unwrap().unwrap();
        // SAFETY: the bufferevent keeps the fd open during this call.
        let fd = unsafe { std::os::fd::BorrowedFd::borrow_raw(fd) };
        rustix::net::shutdown(fd.as_fd(), rustix::net::Shutdown::Write).unwrap();
    };
    base.bufferevent_setcb(bev, Callbacks::new().writecb(writecb))
        .unwrap();
    base.bufferevent_write(bev, b"all").unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(read_now(&mut peer), (b"all".to_vec(), true));
}

#[test]
fn only_a_socket_bufferevent_takes_a_connection_or_a_priority() {
    let mut base = new_base();
    let [first, _] = base.bufferevent_pair_new(BevOptions::empty()).unwrap();
    let below = bev_new(&mut base, None);
    let pass = |base: &mut EventBase, from, to, _, _| {
        base.evbuffer_add_buffer(to, from).unwrap();
        FilterResult::Ok
    };
    let options = BevOptions::CLOSE_ON_FREE;
    let filter = base
        .bufferevent_filter_new(below, pass, pass, options)
        .unwrap();
    for bev in [first, filter] {
        let listener = TcpListener::bind(localhost(0)).unwrap();
        let connected = base.bufferevent_socket_connect(bev, listener.local_addr().unwrap());
        assert!(matches!(connected, Err(Error::Invalid { .. })), "{connected:?}");
        let set = base.bufferevent_priority_set(bev, 0);
        assert!(matches!(set, Err(Error::Invalid { .. })), "{set:?}");
    }
    let (ours, _theirs) = pair();
    let fd = ours.as_raw_fd();
    let set = base.bufferevent_setfd(first, Some(pair().0.into()));
    assert!(matches!(set, Err(Error::Invalid { .. })), "{set:?}");
    // A filter's socket is that of what is below it.
    assert_eq!(base.bufferevent_getfd(filter).unwrap(), None);
    base.bufferevent_setfd(filter, Some(ours.into())).unwrap();
    assert_eq!(base.bufferevent_getfd(filter).unwrap(), Some(fd));
    assert_eq!(base.bufferevent_getfd(below).unwrap(), Some(fd));
    assert_eq!(base.bufferevent_getfd(first).unwrap(), None);
}

#[test]
fn one_that_was_freed_below_a_filter_still_ends_its_sides() {
    for reading in [false, true] {
        let mut base = new_base();
        let (ours, peer) = pair();
        let below = bev_new(&mut base, Some(ours.into()));
        let pass = |base: &mut EventBase, from, to, _, _| {
            base.evbuffer_add_buffer(to, from).unwrap();
            FilterResult::Ok
        };
        let filter = base
            .bufferevent_filter_new(below, pass, pass, BevOptions::empty())
            .unwrap();
        if reading {
            base.bufferevent_enable(filter, EvFlags::READ).unwrap();
        } else {
            base.bufferevent_write(filter, b"to nobody").unwrap();
        }
        // The filter still uses it, and it still has its events.
        base.bufferevent_free(below).unwrap();
        drop(peer);
        base.event_base_loopexit(Some(500 * MS)).unwrap();
        base.event_base_loop(LoopFlags::ONCE).unwrap();
        let mut turns = 0;
        while base.event_base_get_num_events(Count::Added) > 1 {
            turns += 1;
            assert!(turns < 10, "reading: {reading}: the loop is kept busy");
            base.event_base_loop(LoopFlags::ONCE).unwrap();
        }
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Exit);
        base.bufferevent_free(filter).unwrap();
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    }
}
