//! A proxy: two bufferevents back to back, and a brake.
//!
//! What comes from one side moves to the output of the other, and no byte is copied. When that output is at
//! its mark, the side that is too fast is not read any more; when it has drained, it is. So the memory of
//! the proxy stays small however slow the other side is.
//! Give it a server first: `nc -l 127.0.0.1 9994`; then `nc 127.0.0.1 9995`. Ctrl-C stops it.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, Event, EventBase,
    Listener, ListenerOptions,
};

/// An output may hold so much; then its source must wait.
const MOST: usize = 8 * 1024;

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

/// A client has come: it is connected to the server by a bufferevent of its own. Neither side is read before
/// that is done.
fn listener_cb(
    base: &mut EventBase,
    _listener: Listener,
    fd: OwnedFd,
    _peer: &Addr,
) -> Result<(), Error> {
    let client = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
    let server = base.bufferevent_socket_new(None, BevOptions::CLOSE_ON_FREE)?;
    for (side, other) in [(client, server), (server, client)] {
        let callbacks = Callbacks::new()
            .readcb(pass_on(other))
            .writecb(release(other))
            .eventcb(side_eventcb(other));
        base.bufferevent_setcb(side, callbacks)?;
    }
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, evscope_examples::upstream(9994)));
    base.bufferevent_socket_connect(server, addr)
}

/// A read callback: all there is goes to the other side. If that has too much now, this one waits.
fn pass_on(other: Bufferevent) -> impl Fn(&mut EventBase, Bufferevent) -> Result<(), Error> {
    move |base, side| {
        let input = base.bufferevent_get_input(side)?;
        let output = base.bufferevent_get_output(other)?;
        base.evbuffer_add_buffer(output, input)?;
        if base.evbuffer_get_length(output)? >= MOST {
            base.bufferevent_disable(side, EvFlags::READ)?;
        }
        Ok(())
    }
}

/// A write callback: the output has drained, so the source may be read again.
fn release(source: Bufferevent) -> impl Fn(&mut EventBase, Bufferevent) -> Result<(), Error> {
    move |base, _side| base.bufferevent_enable(source, EvFlags::READ)
}

/// An event callback: connected, so the client may speak; or one side has ended, so the other does.
fn side_eventcb(
    other: Bufferevent,
) -> impl Fn(&mut EventBase, Bufferevent, BevEvents) -> Result<(), Error> {
    move |base, side, what| {
        if what == BevEvents::CONNECTED {
            base.bufferevent_enable(side, EvFlags::READ)?;
            return base.bufferevent_enable(other, EvFlags::READ);
        }
        base.bufferevent_free(side)?;
        let output = base.bufferevent_get_output(other)?;
        if base.evbuffer_get_length(output)? == 0 {
            return base.bufferevent_free(other);
        }
        // What the one has said still reaches the other.
        base.bufferevent_disable(other, EvFlags::READ)?;
        base.bufferevent_setcb(other, Callbacks::new().writecb(said).eventcb(gone))
    }
}

/// The last words are out.
fn said(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    base.bufferevent_free(bev)
}

/// Nobody is there to hear them.
fn gone(base: &mut EventBase, bev: Bufferevent, _what: BevEvents) -> Result<(), Error> {
    base.bufferevent_free(bev)
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
