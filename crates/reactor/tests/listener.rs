//! Listeners, with real connections.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use common::{Log, localhost, new_base, open_fds, outline, record};
use evscope_reactor::{
    Addr, Error, EventBase, Listener, ListenerOptions, LoopEnd, LoopFlags, Object, Outcome,
};

const OPTIONS: ListenerOptions = ListenerOptions::REUSEABLE.union(ListenerOptions::CLOSE_ON_FREE);

fn listen<R: Outcome>(
    base: &mut EventBase,
    callback: impl Fn(&mut EventBase, Listener, OwnedFd, &Addr) -> R + 'static,
) -> (Listener, SocketAddr) {
    let listener = base
        .evconnlistener_new_bind(callback, OPTIONS, -1, localhost(0))
        .unwrap();
    match base.evconnlistener_get_addr(listener).unwrap() {
        Some(Addr::Inet(addr)) => (listener, addr),
        other => panic!("not an address: {other:?}"),
    }
}

fn connect(addr: SocketAddr, n: usize) -> Vec<TcpStream> {
    (0..n).map(|_| TcpStream::connect(addr).unwrap()).collect()
}

/// Whether the peer has closed: the end of the file, or a reset.
fn is_closed(mut stream: &TcpStream) -> bool {
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    match stream.read(&mut [0]) {
        Ok(n) => n == 0,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    }
}

#[test]
fn all_that_wait_are_accepted_in_one_go() {
    let log = Log::new();
    let ((), records) = record(|| {
        let mut base = new_base();
        let accepted = log.clone();
        let (listener, addr) =
            listen(&mut base, move |base: &mut EventBase, _, fd: OwnedFd, peer: &Addr| {
                let flags = rustix::fs::fcntl_getfl(&fd).unwrap();
                assert!(flags.contains(rustix::fs::OFlags::NONBLOCK));
                accepted.push((fd, peer.clone()));
                if accepted.len() == 20 {
                    base.event_base_loopexit(None).unwrap();
                }
            });
        let clients = connect(addr, 20);
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Exit);
        for ((fd, peer), client) in log.take().into_iter().zip(&clients) {
            assert_eq!(peer, Addr::Inet(client.local_addr().unwrap()));
            TcpStream::from(fd).write_all(b"hi").unwrap();
            let mut hi = [0; 2];
            (&*client).read_exact(&mut hi).unwrap();
        }
        base.evconnlistener_free(listener).unwrap();
    });
    let names: Vec<_> = outline(&records)
        .iter()
        .map(|line| line.trim().to_owned())
        .collect();
    let count = |name: &str| names.iter().filter(|n| *n == name).count();
    assert_eq!(count("listener_read_cb"), 1);
    assert_eq!(count("listener_cb"), 20);
    assert_eq!(count("accept"), 21, "the last one finds nobody");
    let last = records
        .iter()
        .rfind(|r| r.event.name() == "accept")
        .unwrap();
    assert_eq!(last.event.field("errno").unwrap().to_string(), "EAGAIN");
}

#[test]
fn sockets_are_blocking_when_asked_and_close_on_exec_when_asked() {
    for (option, blocking, close_on_exec) in [
        (ListenerOptions::LEAVE_SOCKETS_BLOCKING, true, false),
        (ListenerOptions::CLOSE_ON_EXEC, false, true),
    ] {
        let mut base = new_base();
        let seen = Rc::new(Cell::new(None));
        let found = Rc::clone(&seen);
        let callback = move |base: &mut EventBase, _, fd: OwnedFd, _: &Addr| {
            let flags = rustix::fs::fcntl_getfl(&fd).unwrap();
            let of_fd = rustix::io::fcntl_getfd(&fd).unwrap();
            found.set(Some((
                !flags.contains(rustix::fs::OFlags::NONBLOCK),
                of_fd.contains(rustix::io::FdFlags::CLOEXEC),
            )));
            base.event_base_loopbreak();
        };
        let listener = base
            .evconnlistener_new_bind(callback, OPTIONS | option, -1, localhost(0))
            .unwrap();
        let Some(Addr::Inet(addr)) = base.evconnlistener_get_addr(listener).unwrap() else {
            panic!("no address");
        };
        let _clients = connect(addr, 1);
        base.event_base_dispatch().unwrap();
        assert_eq!(seen.get(), Some((blocking, close_on_exec)), "{option:?}");
    }
}

#[test]
fn a_listener_freed_in_its_callback_accepts_no_more_and_is_closed() {
    let mut base = new_base();
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let (listener, addr) =
        listen(&mut base, move |base: &mut EventBase, listener, _: OwnedFd, _: &Addr| {
            counted.set(counted.get() + 1);
            base.evconnlistener_free(listener)?;
            assert!(matches!(
                base.evconnlistener_free(listener),
                Err(Error::Stale(Object::Listener))
            ));
            Ok::<_, Error>(())
        });
    let clients = connect(addr, 3);
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(count.get(), 1);
    assert!(matches!(base.evconnlistener_get_fd(listener), Err(Error::Stale(Object::Listener))));
    assert!(TcpStream::connect(addr).is_err(), "nobody listens any more");
    assert!(clients.iter().all(is_closed));
}

#[test]
fn a_listener_disabled_in_its_callback_accepts_the_rest_when_it_is_enabled() {
    let mut base = new_base();
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let (listener, addr) =
        listen(&mut base, move |base: &mut EventBase, listener, _: OwnedFd, _: &Addr| {
            counted.set(counted.get() + 1);
            if counted.get() == 3 {
                base.event_base_loopexit(None)?;
            }
            base.evconnlistener_disable(listener)
        });
    let _clients = connect(addr, 3);
    for n in 1..=3 {
        base.event_base_dispatch().unwrap();
        assert_eq!(count.get(), n);
        base.evconnlistener_enable(listener).unwrap();
    }
}

#[test]
fn one_that_starts_disabled_waits_to_be_enabled() {
    let mut base = new_base();
    let callback = |base: &mut EventBase, _, _: OwnedFd, _: &Addr| base.event_base_loopbreak();
    let options = OPTIONS | ListenerOptions::DISABLED;
    let listener = base
        .evconnlistener_new_bind(callback, options, -1, localhost(0))
        .unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    let Some(Addr::Inet(addr)) = base.evconnlistener_get_addr(listener).unwrap() else {
        panic!("no address");
    };
    let _client = connect(addr, 1);
    base.evconnlistener_enable(listener).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Break);
}

#[test]
fn without_a_callback_connections_are_closed() {
    let mut base = new_base();
    let (listener, addr) = listen(&mut base, |_: &mut EventBase, _, _: OwnedFd, _: &Addr| {});
    base.evconnlistener_clear_cb(listener).unwrap();
    let clients = connect(addr, 1);
    assert_eq!(base.event_base_loop(LoopFlags::ONCE).unwrap(), LoopEnd::Once);
    assert!(is_closed(&clients[0]));

    // Set again, it is called again.
    let called = Rc::new(Cell::new(false));
    let call = Rc::clone(&called);
    base.evconnlistener_set_cb(listener, move |_: &mut EventBase, _, _: OwnedFd, _: &Addr| {
        call.set(true);
    })
    .unwrap();
    let _clients = connect(addr, 1);
    assert_eq!(base.event_base_loop(LoopFlags::ONCE).unwrap(), LoopEnd::Once);
    assert!(called.get());
}

#[test]
fn without_close_on_free_the_socket_is_the_programs() {
    let mut base = new_base();
    let callback = |_: &mut EventBase, _, _: OwnedFd, _: &Addr| {};
    let listener = base
        .evconnlistener_new_bind(callback, ListenerOptions::empty(), -1, localhost(0))
        .unwrap();
    let fd = base.evconnlistener_get_fd(listener).unwrap();
    let Some(Addr::Inet(addr)) = base.evconnlistener_get_addr(listener).unwrap() else {
        panic!("no address");
    };
    base.evconnlistener_free(listener).unwrap();
    TcpStream::connect(addr).unwrap();
    // SAFETY: the listener left the fd open and to its caller.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    // It listens already, so another listener takes it with a backlog of 0.
    let called = Rc::new(Cell::new(false));
    let call = Rc::clone(&called);
    let callback = move |base: &mut EventBase, _, _: OwnedFd, _: &Addr| {
        call.set(true);
        base.event_base_loopbreak();
    };
    base.evconnlistener_new(callback, OPTIONS, 0, fd).unwrap();
    base.event_base_dispatch().unwrap();
    assert!(called.get());
}

#[test]
fn a_unix_socket_is_listened_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let mut base = new_base();
    let callback = |base: &mut EventBase, _, fd: OwnedFd, peer: &Addr| {
        assert_eq!(*peer, Addr::Unnamed);
        UnixStream::from(fd).write_all(b"hi").unwrap();
        base.event_base_loopbreak();
    };
    let listener = base
        .evconnlistener_new_bind(callback, OPTIONS, -1, Addr::Unix(path.clone()))
        .unwrap();
    assert_eq!(base.evconnlistener_get_addr(listener).unwrap(), Some(Addr::Unix(path.clone())));
    let mut client = UnixStream::connect(path).unwrap();
    base.event_base_dispatch().unwrap();
    let mut hi = String::new();
    client.read_to_string(&mut hi).unwrap();
    assert_eq!(hi, "hi");
}

#[test]
fn an_address_that_cannot_be_had_is_a_clear_error_and_costs_no_fd() {
    let mut base = new_base();
    let callback = |_: &mut EventBase, _, _: OwnedFd, _: &Addr| {};
    let (_listener, addr) = listen(&mut base, callback);
    let before = open_fds();
    let too_long = "/tmp/".to_owned() + &"x".repeat(200);
    let mut messages = Vec::new();
    for addr in [Addr::Inet(addr), Addr::Unix(too_long.into()), Addr::Unnamed] {
        let error = base
            .evconnlistener_new_bind(callback, OPTIONS, -1, addr)
            .unwrap_err();
        messages.push(error.to_string());
    }
    assert_eq!(
        messages[0],
        format!("cannot listen on {addr}: Address already in use (os error 98)")
    );
    assert!(messages[1].contains("File name too long"), "{}", messages[1]);
    assert!(messages[2].contains("not supported"), "{}", messages[2]);
    let zero = base.evconnlistener_new_bind(callback, OPTIONS, 0, localhost(0));
    assert!(matches!(zero, Err(Error::Invalid { .. })));
    assert!(open_fds() < before + 50);
}

#[test]
fn a_client_that_left_before_it_was_accepted_does_no_harm() {
    let mut base = new_base();
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let (_listener, addr) =
        listen(&mut base, move |base: &mut EventBase, _, fd: OwnedFd, _: &Addr| {
            counted.set(counted.get() + 1);
            assert!(fd.as_raw_fd() >= 0);
            if counted.get() == 2 {
                base.event_base_loopbreak();
            }
        });
    common::reset(TcpStream::connect(addr).unwrap());
    drop(TcpStream::connect(addr).unwrap());
    base.event_base_dispatch().unwrap();
    assert_eq!(count.get(), 2);
}
