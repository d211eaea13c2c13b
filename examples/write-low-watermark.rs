//! A server that sends a long text without ever holding much of it.
//!
//! The write callback comes at the low mark, before the output has run dry: there is time to add the next piece
//! while the last one is still on its way.
//! Try it with `nc 127.0.0.1 9995 | wc -c`, and stop it with Ctrl-C.

use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, Event, EventBase,
    Listener, ListenerOptions,
};

/// With so little left, there is time to add more.
const LOW: usize = 4 * 1024;
/// As much as a bufferevent writes at once.
const PIECE: usize = 16 * 1024;
const PIECES: usize = 2;

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

/// Somebody has connected: the first pieces go, the write callback adds the others.
fn listener_cb(
    base: &mut EventBase,
    _listener: Listener,
    fd: OwnedFd,
    _peer: &Addr,
) -> Result<(), Error> {
    let bev = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
    let callbacks = Callbacks::new()
        .writecb(refill(PIECES))
        .eventcb(conn_eventcb);
    base.bufferevent_setcb(bev, callbacks)?;
    base.bufferevent_setwatermark(bev, EvFlags::WRITE, LOW, 0)?;
    base.bufferevent_write(bev, &[b'.'; LOW + PIECE])
}

/// A write callback that adds so many pieces, one at a time, and then waits for the output to run dry.
fn refill(pieces: usize) -> impl Fn(&mut EventBase, Bufferevent) -> Result<(), Error> {
    let left = Cell::new(pieces);
    move |base, bev| {
        let output = base.bufferevent_get_output(bev)?;
        if left.get() > 0 {
            left.set(left.get() - 1);
            base.bufferevent_write(bev, &[b'.'; PIECE])
        } else if base.evbuffer_get_length(output)? == 0 {
            base.bufferevent_free(bev)
        } else {
            Ok(())
        }
    }
}

/// The client has gone away.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, _what: BevEvents) -> Result<(), Error> {
    base.bufferevent_free(bev)
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
