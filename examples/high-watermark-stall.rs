//! A server that hangs, by a mistake that is easily made: its high mark is below what it waits for.
//!
//! Requests have 32 bytes, so the low mark is 32; and nobody should fill the memory, so the high mark is 16. The
//! input stops at 16 and the read callback waits for 32. No error, no callback: only the timer finds out.
//! Stop it with Ctrl-C.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::time::Duration;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, Event, EventBase,
    Listener, ListenerOptions,
};

/// The low mark: what a request has.
const REQUEST: usize = 32;
/// The high mark: what the input may hold. It must not be less than the low one.
const MOST: usize = 16;
/// How long a client may take.
const PATIENCE: Duration = Duration::from_millis(80);

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
) -> Result<(), Error> {
    let bev = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
    let callbacks = Callbacks::new()
        .readcb(request_readcb)
        .eventcb(conn_eventcb);
    base.bufferevent_setcb(bev, callbacks)?;
    base.bufferevent_setwatermark(bev, EvFlags::READ, REQUEST, MOST)?;
    // It does not help: a side that is suspended has no timeout.
    base.bufferevent_set_timeouts(bev, Some(PATIENCE / 2), None)?;
    base.bufferevent_enable(bev, EvFlags::READ)?;
    base.event_base_once_timeout(give_up(bev), Some(PATIENCE))
}

/// A whole request has come. It never does.
fn request_readcb(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    base.bufferevent_write(bev, b"here is your answer\n")
}

/// Ends a connection that takes too long.
fn give_up(bev: Bufferevent) -> impl Fn(&mut EventBase, Event, EvFlags) -> Result<(), Error> {
    move |base, _timer, _what| base.bufferevent_free(bev)
}

/// The client has gone away.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, _what: BevEvents) -> Result<(), Error> {
    base.bufferevent_free(bev)
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
