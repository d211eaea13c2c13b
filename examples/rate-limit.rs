//! An echo server that reads and writes at most sixteen bytes in each tick of 40 ms.
//!
//! A bucket fills by so much a tick. When it is empty the side is suspended, with the reason BANDWIDTH, and a
//! timer fills it again; the program sees nothing of all that.
//! Try it with `nc 127.0.0.1 9995`, and stop it with Ctrl-C.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::time::Duration;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, Event, EventBase,
    Listener, ListenerOptions, TokenBucketConfig,
};

/// Bytes in a tick, and the most at once.
const RATE: usize = 16;
const TICK: Duration = Duration::from_millis(40);

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
    base.bufferevent_setcb(bev, Callbacks::new().eventcb(echo_eventcb))?;
    // Nothing is written before everything was read.
    base.bufferevent_disable(bev, EvFlags::WRITE)?;
    let config = TokenBucketConfig::new(RATE, RATE, RATE, RATE, Some(TICK))?;
    base.bufferevent_set_rate_limit(bev, Some(config))?;
    base.bufferevent_enable(bev, EvFlags::READ)
}

/// The client has sent everything: it all goes back, and then the connection ends.
fn echo_eventcb(base: &mut EventBase, bev: Bufferevent, what: BevEvents) -> Result<(), Error> {
    if !what.contains(BevEvents::EOF) {
        return base.bufferevent_free(bev);
    }
    let callbacks = Callbacks::new().writecb(drained).eventcb(echo_eventcb);
    base.bufferevent_setcb(bev, callbacks)?;
    let input = base.bufferevent_get_input(bev)?;
    base.bufferevent_write_buffer(bev, input)?;
    base.bufferevent_enable(bev, EvFlags::WRITE)
}

/// The last bytes are out.
fn drained(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    base.bufferevent_free(bev)
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
