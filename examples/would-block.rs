//! Readiness is a hint: by the time one looks, it may have passed.
//!
//! The kernel says that the socket is readable and writable, and both internal callbacks are due. But
//! another callback of the same turn comes first, takes the bytes, and fills the socket up. Reading and
//! writing fail with EAGAIN, nobody is told, and the loop tries again when the kernel says so.

use std::error::Error as StdError;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;

use evscope_reactor::{BevOptions, Bufferevent, Callbacks, Error, EvFlags, Event, EventBase};

type Outcome = Result<(), Box<dyn StdError>>;

pub(crate) fn main() -> Outcome {
    let (mut peer, socket) = UnixStream::pair()?;
    socket.set_nonblocking(true)?;
    peer.set_nonblocking(true)?;
    let meddler = socket.try_clone()?;

    let mut base = EventBase::new()?;
    let bev = base.bufferevent_socket_new(Some(socket.into()), BevOptions::CLOSE_ON_FREE)?;
    base.bufferevent_setcb(bev, Callbacks::new().writecb(sent))?;
    base.bufferevent_enable(bev, EvFlags::READ)?;
    base.bufferevent_write(bev, b"hello\n")?;
    peer.write_all(b"hello\n")?;

    // What is active already runs before what the kernel is about to report.
    let first = base.evtimer_new(meddle(meddler, peer));
    base.event_active(first, EvFlags::TIMEOUT)?;
    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

/// A callback that takes what the bufferevent was to read, and fills the socket it was to write to. In the
/// next turn but one it makes room again.
fn meddle(
    socket: UnixStream,
    peer: UnixStream,
) -> impl Fn(&mut EventBase, Event, EvFlags) -> Outcome {
    move |base, _event, _what| {
        (&socket).read_exact(&mut [0; 6])?;
        until_it_would_block(|| (&socket).write(&[b'.'; 4096]))?;
        base.event_base_once_timeout(make_room(peer.try_clone()?), None)?;
        Ok(())
    }
}

/// A callback that reads everything at the other end.
fn make_room(peer: UnixStream) -> impl Fn(&mut EventBase, Event, EvFlags) -> Outcome {
    move |_base, _event, _what| until_it_would_block(|| (&peer).read(&mut [0; 4096]))
}

fn until_it_would_block(mut step: impl FnMut() -> std::io::Result<usize>) -> Outcome {
    loop {
        match step() {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

/// The greeting is out after all.
fn sent(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    base.bufferevent_free(bev)
}
