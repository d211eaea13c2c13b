//! A server whose clients throw the connection away.
//!
//! A reset is an error, not an end. While reading, the event callback is told READING|ERROR; while writing,
//! WRITING|ERROR, and what was not sent yet is lost.
//! Try it with `nc 127.0.0.1 9995` and kill that, and stop the server with Ctrl-C.

use std::error::Error as StdError;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, Event, EventBase,
    Listener, ListenerOptions,
};

/// More than the buffers of both sides hold.
const ANSWER: usize = 64 * 1024;
/// Much more than the other side's buffer: what that takes by itself does not make room for another write.
const SEND_BUFFER: usize = 16 * 1024;

pub(crate) fn main() -> Result<(), Error> {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, evscope_examples::port(9995)));

    let mut base = EventBase::new()?;
    let options = ListenerOptions::REUSEABLE | ListenerOptions::CLOSE_ON_FREE;
    let listener = base.evconnlistener_new_bind(listener_cb, options, -1, addr)?;
    let signal_event = base.evsignal_new(libc::SIGINT, signal_cb)?;
    base.event_add(signal_event, None)?;

    evscope_examples::listening(&base, listener);
    base.event_base_dispatch()?;

    base.evconnlistener_free(listener)?;
    base.event_free(signal_event)?;
    base.event_base_free();
    Ok(())
}

/// Somebody has connected.
fn listener_cb(
    base: &mut EventBase,
    _listener: Listener,
    fd: OwnedFd,
    _peer: &Addr,
) -> Result<(), Box<dyn StdError>> {
    rustix::net::sockopt::set_socket_send_buffer_size(&fd, SEND_BUFFER)?;
    let bev = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
    let callbacks = Callbacks::new().readcb(conn_readcb).eventcb(conn_eventcb);
    base.bufferevent_setcb(bev, callbacks)?;
    base.bufferevent_enable(bev, EvFlags::READ)?;
    base.bufferevent_write(bev, b"hello\n")?;
    Ok(())
}

/// Whoever says something gets a long answer, and is not listened to any more.
fn conn_readcb(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    base.bufferevent_disable(bev, EvFlags::READ)?;
    // evscope: allow pieces "the kernel decides how much a write takes"
    base.bufferevent_write(bev, &[b'.'; ANSWER])
}

/// The errno is there as long as the callback runs.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, what: BevEvents) -> Result<(), Error> {
    if what.contains(BevEvents::ERROR) {
        let _error = base.evutil_socket_error();
    }
    base.bufferevent_free(bev)
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
