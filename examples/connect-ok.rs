//! A client: connects, says hello, and reads the answer.
//!
//! Connecting takes time, so it goes on beside the loop: the socket becomes writable when it is done, and
//! the event callback is told CONNECTED. What was written before waits in the output until then.
//! Give it a server first: `nc -l 127.0.0.1 9994`, then run it.

use std::net::{Ipv4Addr, SocketAddr};

use evscope_reactor::{BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase};

pub(crate) fn main() -> Result<(), Error> {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, evscope_examples::port(9994)));

    let mut base = EventBase::new()?;
    let bev = base.bufferevent_socket_new(None, BevOptions::CLOSE_ON_FREE)?;
    let callbacks = Callbacks::new().readcb(answer_readcb).eventcb(conn_eventcb);
    base.bufferevent_setcb(bev, callbacks)?;
    base.bufferevent_socket_connect(bev, addr)?;
    base.bufferevent_write(bev, b"hello\n")?;

    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

/// The server has answered.
fn answer_readcb(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    let input = base.bufferevent_get_input(bev)?;
    let len = base.evbuffer_get_length(input)?;
    base.evbuffer_drain(input, len)
}

/// Connected, or not; and later the end.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, what: BevEvents) -> Result<(), Error> {
    if what == BevEvents::CONNECTED {
        return base.bufferevent_enable(bev, EvFlags::READ);
    }
    if what.contains(BevEvents::ERROR) {
        eprintln!("no connection: {:?}", base.evutil_socket_error());
    }
    base.bufferevent_free(bev)
}
