//! A client that only listens: writing is disabled before the connection is made.
//!
//! The loop learns by the write event how connecting ends, so that event stays pending although writing is
//! disabled; once connected, it goes.
//! Give it a server first: `nc -l 127.0.0.1 9994`, then run it.

use std::net::{Ipv4Addr, SocketAddr};

use evscope_reactor::{BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase};

pub(crate) fn main() -> Result<(), Error> {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, evscope_examples::port(9994)));

    let mut base = EventBase::new()?;
    let bev = base.bufferevent_socket_new(None, BevOptions::CLOSE_ON_FREE)?;
    base.bufferevent_setcb(bev, Callbacks::new().eventcb(conn_eventcb))?;
    base.bufferevent_socket_connect(bev, addr)?;
    base.bufferevent_disable(bev, EvFlags::WRITE)?;

    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

/// Connected, or not; and later the end.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, what: BevEvents) -> Result<(), Error> {
    if what == BevEvents::CONNECTED {
        return base.bufferevent_enable(bev, EvFlags::READ);
    }
    base.bufferevent_free(bev)
}
