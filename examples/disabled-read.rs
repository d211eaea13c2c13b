//! A server that never answers, by a mistake that is easily made: reading was not enabled.
//!
//! A new bufferevent may write, but it does not read until it is told to. The read callback is set, the request
//! waits in the kernel, and nothing happens; not even the client's going away is noticed.
//! Stop it with Ctrl-C.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, Event, EventBase,
    Listener, ListenerOptions,
};

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
    let callbacks = Callbacks::new().readcb(answer_readcb).eventcb(conn_eventcb);
    base.bufferevent_setcb(bev, callbacks)
    // From now on whatever the client asks is answered.
    // evscope: allow leaks "nobody frees the bufferevent: on libevent it leaks, here it goes with its base"
}

/// Never called.
fn answer_readcb(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    base.bufferevent_write(bev, b"here is your answer\n")
}

/// Never called either.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, _what: BevEvents) -> Result<(), Error> {
    base.bufferevent_free(bev)
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
