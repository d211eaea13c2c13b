//! A client that connects by name.
//!
//! Looking a name up may take long, so a thread of its own does it; meanwhile both sides of the bufferevent
//! are suspended, with the reason LOOKUP, and the loop goes on.
//! Give it a server first: `nc -l 127.0.0.1 9994`, then run it.

use evscope_reactor::{BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase};

pub(crate) fn main() -> Result<(), Error> {
    let mut base = EventBase::new()?;
    let bev = base.bufferevent_socket_new(None, BevOptions::CLOSE_ON_FREE)?;
    base.bufferevent_setcb(bev, Callbacks::new().eventcb(conn_eventcb))?;
    // An address is looked up as any other name is.
    base.bufferevent_socket_connect_hostname(bev, "127.0.0.1", evscope_examples::port(9994))?;
    // All this is kept for later: as long as there is a reason to suspend a side, it has no event.
    base.bufferevent_enable(bev, EvFlags::READ)?;
    base.bufferevent_setwatermark(bev, EvFlags::READ, 0, 4096)?;
    base.bufferevent_write(bev, b"hello\n")?;

    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

/// Connected, or not; and later the end.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, what: BevEvents) -> Result<(), Error> {
    if what == BevEvents::CONNECTED {
        return Ok(());
    }
    if let Some(reason) = base.bufferevent_socket_get_dns_error(bev)? {
        eprintln!("no such name: {reason}");
    }
    base.bufferevent_free(bev)
}
