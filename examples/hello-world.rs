//! A server that says hello to everyone who connects, and hangs up.
//!
//! It is libevent's best known program, line by line: compare it with `examples/c/hello-world.c`.
//! Try it with `nc 127.0.0.1 9995`, and stop it with Ctrl-C.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, Event, EventBase,
    Listener, ListenerOptions,
};

const MESSAGE: &[u8] = b"Hello, World!\n";

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
    let callbacks = Callbacks::new().writecb(conn_writecb).eventcb(conn_eventcb);
    base.bufferevent_setcb(bev, callbacks)?;
    base.bufferevent_enable(bev, EvFlags::WRITE)?;
    base.bufferevent_disable(bev, EvFlags::READ)?;
    base.bufferevent_write(bev, MESSAGE)
}

/// The output has drained to its low mark.
fn conn_writecb(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    let output = base.bufferevent_get_output(bev)?;
    if base.evbuffer_get_length(output)? == 0 {
        base.bufferevent_free(bev)?;
    }
    Ok(())
}

/// The connection has ended, or failed.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, what: BevEvents) -> Result<(), Error> {
    if what.contains(BevEvents::EOF) {
        eprintln!("the client has hung up");
    } else if what.contains(BevEvents::ERROR) {
        let error = base.evutil_socket_error();
        eprintln!("the connection failed: {error:?}");
    }
    base.bufferevent_free(bev)
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
