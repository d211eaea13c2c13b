//! A server whose client has said all it will say, and still listens.
//!
//! The end of the file comes as an event, after the data and not in it. It is the end of one direction only:
//! the bufferevent has stopped reading, and can still write.
//! Try it with `echo hi | nc -N 127.0.0.1 9995`, and stop it with Ctrl-C.

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

/// Somebody has connected. There is no read callback: the words pile up in the input.
fn listener_cb(
    base: &mut EventBase,
    _listener: Listener,
    fd: OwnedFd,
    _peer: &Addr,
) -> Result<(), Error> {
    let bev = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
    base.bufferevent_setcb(bev, Callbacks::new().eventcb(conn_eventcb))?;
    base.bufferevent_enable(bev, EvFlags::READ)
}

/// After the end, what was said is still in the input, and an answer still gets through.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, what: BevEvents) -> Result<(), Error> {
    if what != BevEvents::READING | BevEvents::EOF {
        return base.bufferevent_free(bev);
    }
    let input = base.bufferevent_get_input(bev)?;
    let len = base.evbuffer_get_length(input)?;
    let farewell = Callbacks::new().writecb(hang_up).eventcb(conn_eventcb);
    base.bufferevent_setcb(bev, farewell)?;
    base.bufferevent_write(bev, format!("{len} bytes, and goodbye\n").as_bytes())
}

/// The farewell is out.
fn hang_up(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    base.bufferevent_free(bev)
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
