//! A server whose process has no fd left for the next client.
//!
//! The client waits in the kernel's queue, so the listening socket stays readable: a listener that only goes
//! on tries again in every turn. The cure is to be told, to disable the listener, and to enable it again
//! when somebody has left. The clients are this program's own.

use std::cell::Cell;
use std::error::Error as StdError;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd};

use evscope_reactor::{
    Addr, BevOptions, Bufferevent, Callbacks, Error, EventBase, Listener, ListenerOptions,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

pub(crate) fn main() -> Result<(), Box<dyn StdError>> {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, evscope_examples::port(0)));
    let _limit = FdLimit::new();

    let mut base = EventBase::new()?;
    let options = ListenerOptions::REUSEABLE | ListenerOptions::CLOSE_ON_FREE;
    let listener = base.evconnlistener_new_bind(serve(3), options, -1, addr)?;
    let Some(Addr::Inet(addr)) = base.evconnlistener_get_addr(listener)? else {
        return Err("the listener has no address".into());
    };
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(TcpStream::connect(addr)?);
    }
    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

/// A listener callback: greets so many clients, one at a time, since there is no fd for a second one.
fn serve(
    clients: u32,
) -> impl Fn(&mut EventBase, Listener, OwnedFd, &Addr) -> Result<(), Box<dyn StdError>> {
    let left = Cell::new(clients);
    move |base, listener, fd, _peer| {
        // The kernel gives the lowest number that is free, so this fd is the last there is.
        FdLimit::set(fd.as_raw_fd() as u64 + 1)?;
        left.set(left.get() - 1);
        let bev = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
        let callbacks = Callbacks::new().writecb(greeted(listener, left.get()));
        base.bufferevent_setcb(bev, callbacks)?;
        base.bufferevent_write(bev, b"hello\n")?;
        Ok(())
    }
}

/// A write callback: the greeting is out, the client goes, and his fd is free for the next.
fn greeted(
    listener: Listener,
    left: u32,
) -> impl Fn(&mut EventBase, Bufferevent) -> Result<(), Error> {
    move |base, bev| {
        base.bufferevent_free(bev)?;
        if left == 0 {
            return base.evconnlistener_free(listener);
        }
        // From now on it wants to be told.
        base.evconnlistener_set_error_cb(listener, no_fd_left)?;
        base.evconnlistener_enable(listener)
    }
}

/// There is no fd for another client: none is accepted until one has left.
fn no_fd_left(base: &mut EventBase, listener: Listener, _error: &io::Error) -> Result<(), Error> {
    base.evconnlistener_disable(listener)
}

/// The process's limit of fds, as it was before.
struct FdLimit(Rlimit);

impl FdLimit {
    fn new() -> Self {
        Self(getrlimit(Resource::Nofile))
    }

    fn set(most: u64) -> io::Result<()> {
        let limit = Rlimit {
            current: Some(most),
            ..getrlimit(Resource::Nofile)
        };
        Ok(setrlimit(Resource::Nofile, limit)?)
    }
}

impl Drop for FdLimit {
    fn drop(&mut self) {
        // To go back to what was allowed before is allowed.
        let _ = setrlimit(Resource::Nofile, self.0);
    }
}
