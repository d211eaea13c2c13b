//! A process without fds left. The limit is the process's, so this test has one of its own.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::cell::Cell;
use std::net::TcpStream;
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;
use std::time::Duration;

use common::{Log, localhost, new_base};
use evscope_reactor::{Addr, Error, EventBase, ListenerOptions, LoopFlags};

/// Opens fds until there are none left.
fn use_up_fds(like: impl AsFd) -> Vec<OwnedFd> {
    let mut all = Vec::new();
    while let Ok(fd) = rustix::io::dup(&like) {
        all.push(fd);
    }
    all
}

#[test]
fn accepting_without_fds_left_is_told_and_goes_on_when_there_are_some_again() {
    // SAFETY: the pointer is to a local that outlives the calls.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        assert_eq!(libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit), 0);
        limit.rlim_cur = 64;
        assert_eq!(libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit), 0);
    }
    let mut base = new_base();
    let accepted: Log<OwnedFd> = Log::new();
    let log = accepted.clone();
    let options = ListenerOptions::REUSEABLE | ListenerOptions::CLOSE_ON_FREE;
    let callback = move |base: &mut EventBase, _, fd: OwnedFd, _: &Addr| {
        log.push(fd);
        base.event_base_loopbreak();
    };
    let listener = base
        .evconnlistener_new_bind(callback, options, -1, localhost(0))
        .unwrap();
    let Some(Addr::Inet(addr)) = base.evconnlistener_get_addr(listener).unwrap() else {
        panic!("no address");
    };
    let _client = TcpStream::connect(addr).unwrap();
    let full = use_up_fds(&_client);

    // Nobody wants to know: the loop only goes on.
    base.event_base_loop(LoopFlags::ONCE).unwrap();
    assert!(accepted.is_empty());

    // The error callback is told, and may disable the listener.
    let told = Rc::new(Cell::new(0));
    let tell = Rc::clone(&told);
    base.evconnlistener_set_error_cb(
        listener,
        move |base: &mut EventBase, listener, error: &std::io::Error| {
            assert_eq!(error.raw_os_error(), Some(libc::EMFILE));
            assert_eq!(base.evutil_socket_error().unwrap().raw_os_error(), Some(libc::EMFILE));
            tell.set(tell.get() + 1);
            base.evconnlistener_disable(listener)?;
            base.event_base_loopexit(Some(Duration::from_millis(2)))
        },
    )
    .unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(told.get(), 1);
    assert!(accepted.is_empty());

    // Neither a base, a listener nor a connection can be made now; all say so.
    assert!(matches!(EventBase::new(), Err(Error::Os { .. })));
    let callback = |_: &mut EventBase, _, _: OwnedFd, _: &Addr| {};
    let refused = base.evconnlistener_new_bind(callback, options, -1, localhost(0));
    assert!(matches!(refused, Err(Error::Os { .. })));
    let bev = base
        .bufferevent_socket_new(None, evscope_reactor::BevOptions::empty())
        .unwrap();
    let refused = base.bufferevent_socket_connect(bev, addr);
    assert!(matches!(refused, Err(Error::Os { .. })));
    base.bufferevent_free(bev).unwrap();

    // The connection was kept by the kernel all the time.
    drop(full);
    base.evconnlistener_enable(listener).unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(accepted.take().len(), 1);

    // A listener may be freed in its error callback, too.
    let _another = TcpStream::connect(addr).unwrap();
    let full = use_up_fds(&_another);
    base.evconnlistener_set_error_cb(
        listener,
        |base: &mut EventBase, listener, _: &std::io::Error| base.evconnlistener_free(listener),
    )
    .unwrap();
    base.event_base_dispatch().unwrap();
    assert!(base.evconnlistener_get_fd(listener).is_err());
    drop(full);
}
