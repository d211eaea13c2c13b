//! A client whose callbacks are deferred: they come from the loop, in a fixed order.
//!
//! The answer is there before the loop has told that the connection is made, and of two events of one fd the
//! one that was added last comes first: without DEFER_CALLBACKS the read callback would be called before
//! the event callback is told CONNECTED. Deferred, what has happened is collected and told in order: connected, read, written; the
//! rest last.

use std::error::Error as StdError;
use std::io::Write;
use std::net::{Ipv4Addr, Shutdown, TcpListener};

use evscope_reactor::{BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase};

pub(crate) fn main() -> Result<(), Box<dyn StdError>> {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;

    let mut base = EventBase::new()?;
    let options = BevOptions::CLOSE_ON_FREE | BevOptions::DEFER_CALLBACKS;
    let bev = base.bufferevent_socket_new(None, options)?;
    let callbacks = Callbacks::new()
        .readcb(conn_readcb)
        .writecb(conn_writecb)
        .eventcb(conn_eventcb);
    base.bufferevent_setcb(bev, callbacks)?;
    base.bufferevent_socket_connect(bev, server.local_addr()?)?;
    base.bufferevent_enable(bev, EvFlags::READ)?;
    base.bufferevent_write(bev, b"hello\n")?;

    // A server that speaks first, before the client's loop has looked.
    let (mut connection, _) = server.accept()?;
    connection.write_all(b"welcome\n")?;
    connection.shutdown(Shutdown::Write)?;

    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

fn conn_readcb(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    let input = base.bufferevent_get_input(bev)?;
    let len = base.evbuffer_get_length(input)?;
    base.evbuffer_drain(input, len)
}

fn conn_writecb(_base: &mut EventBase, _bev: Bufferevent) {}

fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, what: BevEvents) -> Result<(), Error> {
    if what == BevEvents::CONNECTED {
        return Ok(());
    }
    base.bufferevent_free(bev)
}
