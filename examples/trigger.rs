//! Running a bufferevent's callbacks by hand, and giving it another socket.
//!
//! A trigger runs the callbacks as if something had been read or written: with their marks, or without. The
//! event callback can be told anything.

use std::error::Error as StdError;
use std::io::Write;
use std::os::unix::net::UnixStream;

use evscope_reactor::{
    BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase, TriggerOptions,
};

pub(crate) fn main() -> Result<(), Box<dyn StdError>> {
    let (first_peer, first) = connection()?;
    let (mut second_peer, second) = connection()?;

    let mut base = EventBase::new()?;
    let bev = base.bufferevent_socket_new(Some(first.into()), BevOptions::CLOSE_ON_FREE)?;
    let callbacks = Callbacks::new()
        .readcb(conn_readcb)
        .writecb(conn_writecb)
        .eventcb(conn_eventcb);
    base.bufferevent_setcb(bev, callbacks)?;
    base.bufferevent_setwatermark(bev, EvFlags::READ, 4, 0)?;
    base.bufferevent_enable(bev, EvFlags::READ)?;

    // The input is empty, which is below the low mark.
    base.bufferevent_trigger(bev, EvFlags::READ, TriggerOptions::empty())?;
    base.bufferevent_trigger(bev, EvFlags::READ, TriggerOptions::IGNORE_WATERMARKS)?;
    // This one comes from the loop.
    let later = TriggerOptions::IGNORE_WATERMARKS | TriggerOptions::DEFER_CALLBACKS;
    base.bufferevent_trigger(bev, EvFlags::READ, later)?;

    // Another socket: both events are set up anew, and what was enabled is enabled again.
    drop(base.bufferevent_setfd(bev, Some(second.into()))?);
    drop(first_peer);
    second_peer.write_all(b"hello\n")?;
    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

fn connection() -> std::io::Result<(UnixStream, UnixStream)> {
    let (peer, socket) = UnixStream::pair()?;
    socket.set_nonblocking(true)?;
    Ok((peer, socket))
}

/// Called three times: twice by hand, and once because there is something to read. Then it says that this
/// is the end.
fn conn_readcb(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    let input = base.bufferevent_get_input(bev)?;
    if base.evbuffer_get_length(input)? == 0 {
        return Ok(());
    }
    // A high mark below what is there already suspends reading at once; none at all resumes it.
    base.bufferevent_setwatermark(bev, EvFlags::READ, 0, 4)?;
    base.bufferevent_setwatermark(bev, EvFlags::READ, 0, 0)?;
    let end = BevEvents::READING | BevEvents::EOF;
    base.bufferevent_trigger_event(bev, end, TriggerOptions::empty())
}

/// Called though nothing was ever written: writing was enabled anew, and the output is empty.
fn conn_writecb(_base: &mut EventBase, _bev: Bufferevent) {}

/// It cannot tell who says so.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, _what: BevEvents) -> Result<(), Error> {
    base.bufferevent_free(bev)
}
