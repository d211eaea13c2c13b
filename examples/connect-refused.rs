//! A client that connects to a port where nobody listens.
//!
//! The socket becomes readable and writable at once. The read side finds the connection refused and keeps
//! it to itself; the write side, which waits for the connection, tells the event callback.

use std::net::{Ipv4Addr, SocketAddr};

use evscope_reactor::{BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase};

pub(crate) fn main() -> Result<(), Error> {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, evscope_examples::port(9)));

    let mut base = EventBase::new()?;
    let bev = base.bufferevent_socket_new(None, BevOptions::CLOSE_ON_FREE)?;
    base.bufferevent_setcb(bev, Callbacks::new().eventcb(conn_eventcb))?;
    base.bufferevent_write(bev, b"hello\n")?;
    base.bufferevent_socket_connect(bev, addr)?;
    base.bufferevent_enable(bev, EvFlags::READ)?;

    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

/// ERROR, without READING or WRITING: it is the connection itself that failed.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, what: BevEvents) -> Result<(), Error> {
    if what == BevEvents::ERROR {
        let _refused = base.evutil_socket_error();
    }
    base.bufferevent_free(bev)
}
