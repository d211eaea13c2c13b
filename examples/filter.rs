//! A server that talks in ROT13, by a filter: its own callbacks see plain text.
//!
//! A filter is a bufferevent on top of another. What is read below goes through one function to its input,
//! what is written to it through another to the output below. This one passes on whole lines only.
//! Try it with `nc 127.0.0.1 9995` and say `uryyb`, or `dhvg`; stop it with Ctrl-C.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, EolStyle, Error, EvFlags, Evbuffer, Event,
    EventBase, FilterResult, FlushMode, Listener, ListenerOptions,
};

pub(crate) fn main() -> Result<(), Error> {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, evscope_examples::port(9995)));

    let mut base = EventBase::new()?;
    let options = ListenerOptions::REUSEABLE | ListenerOptions::CLOSE_ON_FREE;
    let listener = base.evconnlistener_new_bind(listener_cb, options, -1, addr)?;
    let signal_event = base.evsignal_new(libc::SIGINT, signal_cb)?;
    base.event_add(signal_event, None)?;

    evscope_examples::listening(&base, listener);
    base.event_base_dispatch()?;

    base.evconnlistener_free(listener)?;
    base.event_free(signal_event)?;
    base.event_base_free();
    Ok(())
}

/// Somebody has connected: a bufferevent on the socket, and the filter on top of it.
fn listener_cb(
    base: &mut EventBase,
    _listener: Listener,
    fd: OwnedFd,
    _peer: &Addr,
) -> Result<(), Error> {
    let below = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
    // Deferred, or lines get stuck below: who takes lines out before the filter has seen that its input is
    // full is not watched for making room.
    let options = BevOptions::CLOSE_ON_FREE | BevOptions::DEFER_CALLBACKS;
    let bev = base.bufferevent_filter_new(below, decode, encode, options)?;
    let callbacks = Callbacks::new().readcb(line_readcb).eventcb(conn_eventcb);
    base.bufferevent_setcb(bev, callbacks)?;
    // At the high mark the filter takes no more lines from below.
    base.bufferevent_setwatermark(bev, EvFlags::READ, 0, 16)?;
    // And below, no more is taken from the filter when so much waits for the socket.
    base.bufferevent_setwatermark(below, EvFlags::WRITE, 0, 16)?;
    base.bufferevent_enable(bev, EvFlags::READ)?;
    base.bufferevent_write(bev, b"Hello\n")
}

/// From the socket to the program: a line at a time.
fn decode(
    base: &mut EventBase,
    from: Evbuffer,
    to: Evbuffer,
    _limit: Option<usize>,
    _mode: FlushMode,
) -> FilterResult {
    match base.evbuffer_readln(from, EolStyle::Lf) {
        Ok(Some(line)) => {
            let line: Vec<u8> = line.into_iter().map(rot13).chain(*b"\n").collect();
            pass_on(base, to, &line)
        }
        Ok(None) => FilterResult::NeedMore,
        Err(_) => FilterResult::Error,
    }
}

/// From the program to the socket: whatever is there, and a dot at the end of it all.
fn encode(
    base: &mut EventBase,
    from: Evbuffer,
    to: Evbuffer,
    _limit: Option<usize>,
    mode: FlushMode,
) -> FilterResult {
    let mut bytes = vec![0; base.evbuffer_get_length(from).unwrap_or(0)];
    if base.evbuffer_remove(from, &mut bytes).is_err() {
        return FilterResult::Error;
    }
    let mut bytes: Vec<u8> = bytes.into_iter().map(rot13).collect();
    if mode == FlushMode::Finished {
        bytes.extend(b".\n");
    }
    if bytes.is_empty() {
        return FilterResult::NeedMore;
    }
    pass_on(base, to, &bytes)
}

fn pass_on(base: &mut EventBase, to: Evbuffer, bytes: &[u8]) -> FilterResult {
    match base.evbuffer_add(to, bytes) {
        Ok(()) => FilterResult::Ok,
        Err(_) => FilterResult::Error,
    }
}

fn rot13(byte: u8) -> u8 {
    match byte {
        b'a'..=b'm' | b'A'..=b'M' => byte + 13,
        b'n'..=b'z' | b'N'..=b'Z' => byte - 13,
        _ => byte,
    }
}

/// Sends a line back. After `quit` comes the end.
fn line_readcb(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    let input = base.bufferevent_get_input(bev)?;
    while let Some(mut line) = base.evbuffer_readln(input, EolStyle::Lf)? {
        if line == b"quit" {
            return base.bufferevent_flush(bev, EvFlags::WRITE, FlushMode::Finished);
        }
        line.push(b'\n');
        base.bufferevent_write(bev, &line)?;
    }
    Ok(())
}

/// What happens below is told here. The bufferevent below goes with the filter.
fn conn_eventcb(base: &mut EventBase, bev: Bufferevent, _what: BevEvents) -> Result<(), Error> {
    base.bufferevent_free(bev)
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
