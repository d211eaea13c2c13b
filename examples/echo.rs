//! A server that sends back what it gets, until the client has sent everything.
//!
//! Try it with `nc 127.0.0.1 9996`: type a line, get it back; Ctrl-D ends. Stop the server with Ctrl-C.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, Event, EventBase,
    Listener, ListenerOptions,
};

pub(crate) fn main() -> Result<(), Error> {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, evscope_examples::port(9996)));

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

/// Somebody has connected. Reading has to be asked for; writing is enabled from the start.
fn listener_cb(
    base: &mut EventBase,
    _listener: Listener,
    fd: OwnedFd,
    _peer: &Addr,
) -> Result<(), Error> {
    let bev = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
    let callbacks = Callbacks::new().readcb(echo_readcb).eventcb(echo_eventcb);
    base.bufferevent_setcb(bev, callbacks)?;
    base.bufferevent_enable(bev, EvFlags::READ)
}

/// Something has come: all of it moves from the input to the output, and no byte is copied.
fn echo_readcb(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    let input = base.bufferevent_get_input(bev)?;
    let output = base.bufferevent_get_output(bev)?;
    base.evbuffer_add_buffer(output, input)
}

/// The client has sent everything, or the connection failed. What is left in the output is sent first.
fn echo_eventcb(base: &mut EventBase, bev: Bufferevent, what: BevEvents) -> Result<(), Error> {
    let output = base.bufferevent_get_output(bev)?;
    if what.contains(BevEvents::EOF) && base.evbuffer_get_length(output)? > 0 {
        return base
            .bufferevent_setcb(bev, Callbacks::new().writecb(drained).eventcb(echo_eventcb));
    }
    base.bufferevent_free(bev)
}

/// The last bytes are out.
fn drained(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    base.bufferevent_free(bev)
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
