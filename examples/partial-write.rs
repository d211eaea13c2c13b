//! A server that has more to say than the socket takes at once.
//!
//! Its socket's send buffer is small, so that a slow reader is felt at once: a write takes only a part, and the
//! loop tells when there is room again. The write callback comes when everything is out.
//! Try it with `nc 127.0.0.1 9995`, and stop it with Ctrl-C.

use std::error::Error as StdError;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, Event, EventBase,
    Listener, ListenerOptions,
};

/// More than the buffers of both sides hold.
pub(crate) const SIZE: usize = 24 * 1024;
/// As small as the kernel lets it be.
const SEND_BUFFER: usize = 4096;

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
    let callbacks = Callbacks::new().writecb(all_sent).eventcb(conn_eventcb);
    base.bufferevent_setcb(bev, callbacks)?;
    // evscope: allow pieces "the kernel decides how much a write takes"
    base.bufferevent_write(bev, &[b'.'; SIZE])?;
    Ok(())
}

/// The output is empty: all of it is on its way.
fn all_sent(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    base.bufferevent_free(bev)
}

/// The reader has gone away.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, _what: BevEvents) -> Result<(), Error> {
    base.bufferevent_free(bev)
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
