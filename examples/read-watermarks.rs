//! A server that reads in messages of four bytes, and never keeps more than sixteen.
//!
//! The low mark says how much must be there before the read callback is called; at the high mark the bufferevent
//! stops reading, and the rest waits in the kernel. Taking a message out makes room, and it reads again.
//! Try it with `nc 127.0.0.1 9995`, and stop it with Ctrl-C.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, Event, EventBase,
    Listener, ListenerOptions,
};

/// The low mark: less is no message.
const MESSAGE: usize = 4;
/// The high mark.
const MOST: usize = 16;

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
    base.bufferevent_setwatermark(bev, EvFlags::READ, MESSAGE, MOST)?;
    base.bufferevent_setcb(bev, callbacks().readcb(first_readcb))?;
    base.bufferevent_enable(bev, EvFlags::READ)
}

fn callbacks() -> Callbacks {
    Callbacks::new().eventcb(conn_eventcb)
}

/// A message is there. When the input is full for the first time, this one is too busy to take any: it will
/// be called again, though nothing new can come.
fn first_readcb(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    let input = base.bufferevent_get_input(bev)?;
    if base.evbuffer_get_length(input)? == MOST {
        return base.bufferevent_setcb(bev, callbacks().readcb(take_message));
    }
    take_message(base, bev)
}

/// Takes one message, and leaves the others for the next call.
fn take_message(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    let mut message = [0; MESSAGE];
    base.bufferevent_read(bev, &mut message)?;
    Ok(())
}

/// The client has sent everything.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, _what: BevEvents) -> Result<(), Error> {
    base.bufferevent_free(bev)
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
