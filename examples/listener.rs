//! The door: a listener that is opened, shut, left without a doorkeeper, and taken away.
//!
//! The kernel queues connections whatever the listener does; the listener decides when they are accepted,
//! and the callback what becomes of them. All the visitors are this program's own.

use std::error::Error as StdError;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::OwnedFd;

use evscope_reactor::{Addr, Error, EventBase, Listener, ListenerOptions, LoopFlags};

pub(crate) fn main() -> Result<(), Box<dyn StdError>> {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, evscope_examples::port(0)));

    // Shut at first: the event is set up, and not pending.
    let mut base = EventBase::new()?;
    let options =
        ListenerOptions::REUSEABLE | ListenerOptions::CLOSE_ON_FREE | ListenerOptions::DISABLED;
    let listener = base.evconnlistener_new_bind(one_at_a_time, options, -1, addr)?;
    let Some(Addr::Inet(addr)) = base.evconnlistener_get_addr(listener)? else {
        return Err("the listener has no address".into());
    };
    let mut visitors = Vec::new();
    for _ in 0..3 {
        visitors.push(TcpStream::connect(addr)?);
    }

    // Open: the first comes in, and shuts the door behind him.
    base.evconnlistener_enable(listener)?;
    base.event_base_dispatch()?;

    // Open again: the second and the third come in, one after the other, in one turn.
    base.evconnlistener_set_cb(listener, everybody)?;
    base.evconnlistener_enable(listener)?;
    base.event_base_loop(LoopFlags::ONCE)?;
    base.evconnlistener_disable(listener)?;

    // Without a doorkeeper the door stays shut although it is opened; when one comes, it opens.
    base.evconnlistener_clear_cb(listener)?;
    base.evconnlistener_enable(listener)?;
    base.evconnlistener_set_cb(listener, everybody)?;
    // When he leaves, whoever comes in is thrown out.
    base.evconnlistener_clear_cb(listener)?;
    visitors.push(TcpStream::connect(addr)?);
    base.event_base_loop(LoopFlags::ONCE)?;

    // The last one takes the door with him.
    base.evconnlistener_set_cb(listener, last_one)?;
    visitors.push(TcpStream::connect(addr)?);
    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

/// Lets one in, and shuts the door. Dropping the socket closes it.
fn one_at_a_time(
    base: &mut EventBase,
    listener: Listener,
    _fd: OwnedFd,
    _peer: &Addr,
) -> Result<(), Error> {
    base.evconnlistener_disable(listener)
}

/// Lets everybody in.
fn everybody(_base: &mut EventBase, _listener: Listener, _fd: OwnedFd, _peer: &Addr) {}

/// Lets one in, and takes the listener away in its own callback.
fn last_one(
    base: &mut EventBase,
    listener: Listener,
    _fd: OwnedFd,
    _peer: &Addr,
) -> Result<(), Error> {
    base.evconnlistener_free(listener)
}
