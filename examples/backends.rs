//! The same program on epoll, on poll and on select.
//!
//! The backend is how the loop asks the kernel, and nothing else: the events, their order and the callbacks
//! are the same. It is chosen by a configuration, or by variables like EVENT_NOEPOLL.

use std::error::Error as StdError;
use std::io::Write;
use std::os::unix::net::UnixStream;

use evscope_reactor::{
    BevOptions, Bufferevent, Callbacks, ConfigFlags, Error, EvFlags, EventBase, EventConfig, Method,
};

pub(crate) fn main() -> Result<(), Box<dyn StdError>> {
    for method in Method::ALL {
        let mut config = EventConfig::new().set_flag(ConfigFlags::IGNORE_ENV);
        for other in Method::ALL.into_iter().filter(|other| *other != method) {
            config = config.avoid_method(other);
        }
        let mut base = EventBase::new_with_config(&config)?;
        echo_once(&mut base)?;
        base.event_base_free();
    }
    Ok(())
}

/// Somebody says a word, and gets it back.
fn echo_once(base: &mut EventBase) -> Result<(), Box<dyn StdError>> {
    let (mut peer, socket) = UnixStream::pair()?;
    socket.set_nonblocking(true)?;
    let bev = base.bufferevent_socket_new(Some(socket.into()), BevOptions::CLOSE_ON_FREE)?;
    let callbacks = Callbacks::new().readcb(echo_readcb).writecb(echoed);
    base.bufferevent_setcb(bev, callbacks)?;
    base.bufferevent_enable(bev, EvFlags::READ)?;
    peer.write_all(b"hello\n")?;
    base.event_base_dispatch()?;
    Ok(())
}

fn echo_readcb(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    let input = base.bufferevent_get_input(bev)?;
    base.bufferevent_write_buffer(bev, input)
}

fn echoed(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    base.bufferevent_free(bev)
}
