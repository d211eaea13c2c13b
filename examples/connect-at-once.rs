//! Connecting that ends before it has begun: on Unix sockets there is nothing to wait for.
//!
//! The answer is there when the call returns, and still the callbacks come from the loop, as with every
//! other connection. First nobody listens, then somebody does; client and server share a loop. Beware: a
//! connection that is made at once runs the write callback before the event callback is told CONNECTED.

use std::error::Error as StdError;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::Path;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase, Listener,
    ListenerOptions,
};

pub(crate) fn main() -> Result<(), Box<dyn StdError>> {
    let path = std::env::temp_dir().join(format!("evscope-{}.sock", std::process::id()));
    // A socket whose server has gone: its file is there still.
    drop(UnixListener::bind(&path)?);

    let mut base = EventBase::new()?;
    connect(&mut base, &path)?;
    base.event_base_dispatch()?;

    std::fs::remove_file(&path)?;
    let options = ListenerOptions::CLOSE_ON_FREE;
    base.evconnlistener_new_bind(listener_cb, options, -1, Addr::Unix(path.clone()))?;
    connect(&mut base, &path)?;
    base.event_base_dispatch()?;

    base.event_base_free();
    std::fs::remove_file(&path)?;
    Ok(())
}

fn connect(base: &mut EventBase, path: &Path) -> Result<(), Error> {
    let bev = base.bufferevent_socket_new(None, BevOptions::CLOSE_ON_FREE)?;
    let callbacks = Callbacks::new()
        .writecb(client_writecb)
        .eventcb(client_eventcb);
    base.bufferevent_setcb(bev, callbacks)?;
    base.bufferevent_enable(bev, EvFlags::READ)?;
    base.bufferevent_socket_connect(bev, Addr::Unix(path.to_owned()))
}

/// The client has nothing to say.
fn client_writecb(_base: &mut EventBase, _bev: Bufferevent) {}

/// The client: ERROR the first time, CONNECTED the second, and then the end.
fn client_eventcb(base: &mut EventBase, bev: Bufferevent, what: BevEvents) -> Result<(), Error> {
    if what == BevEvents::CONNECTED {
        return Ok(());
    }
    base.bufferevent_free(bev)
}

/// The server: one client is all it wants.
fn listener_cb(
    base: &mut EventBase,
    listener: Listener,
    fd: OwnedFd,
    _peer: &Addr,
) -> Result<(), Error> {
    base.evconnlistener_free(listener)?;
    let bev = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
    base.bufferevent_setcb(bev, Callbacks::new().writecb(greeted))?;
    base.bufferevent_write(bev, b"hello\n")
}

/// The greeting is out.
fn greeted(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    base.bufferevent_free(bev)
}
