//! Freeing a bufferevent in its own callback, and another one whose callback was next.
//!
//! Both are readable in the same turn. Whoever is called first frees both: the other's callback never runs,
//! the bytes that were not sent are lost, and the loop takes the two apart when nothing uses them any more.
//! A handle that is kept names nothing after that: an error, never a crash.

use std::error::Error as StdError;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use evscope_reactor::{
    BevOptions, Bufferevent, Callbacks, Error, EvFlags, Event, EventBase, Object,
};

pub(crate) fn main() -> Result<(), Box<dyn StdError>> {
    let mut base = EventBase::new()?;
    let (mut peer_a, a) = connection(&mut base)?;
    let (mut peer_b, b) = connection(&mut base)?;
    for bev in [a, b] {
        base.bufferevent_setcb(bev, Callbacks::new().readcb(free_both([a, b])))?;
        base.bufferevent_enable(bev, EvFlags::READ)?;
    }
    peer_a.write_all(b"hello\n")?;
    peer_b.write_all(b"hello\n")?;

    let timer = base.evtimer_new(free_itself);
    base.event_add(timer, Some(Duration::from_millis(20)))?;
    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

/// The two ends of a connection: a socket, and a bufferevent.
fn connection(base: &mut EventBase) -> Result<(UnixStream, Bufferevent), Box<dyn StdError>> {
    let (peer, socket) = UnixStream::pair()?;
    socket.set_nonblocking(true)?;
    let bev = base.bufferevent_socket_new(Some(socket.into()), BevOptions::CLOSE_ON_FREE)?;
    Ok((peer, bev))
}

/// A read callback that frees both, its own first.
fn free_both(both: [Bufferevent; 2]) -> impl Fn(&mut EventBase, Bufferevent) -> Result<(), Error> {
    move |base, bev| {
        base.bufferevent_write(bev, b"never sent\n")?;
        for bev in both {
            base.bufferevent_free(bev)?;
        }
        match base.bufferevent_write(bev, b"too late\n") {
            Err(Error::Stale(Object::Bufferevent)) => Ok(()),
            other => other,
        }
    }
}

/// A timer that frees itself.
fn free_itself(base: &mut EventBase, timer: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_free(timer)
}
