//! Programs on the evscope reactor, each short enough to read from top to bottom and to copy.
//!
//! Every one runs alone (`cargo run -p evscope-examples --bin hello-world`) and as a demo, in which a
//! client of ours talks to it while it is recorded ([`demo`]).

// The programs say `evscope_examples::` also when they are compiled as modules of this library.
extern crate self as evscope_examples;

pub mod demo;
mod peers;

#[path = "backends.rs"]
mod backends;
#[path = "chat.rs"]
mod chat;
#[path = "connect-at-once.rs"]
mod connect_at_once;
#[path = "connect-hostname.rs"]
mod connect_hostname;
#[path = "connect-ok.rs"]
mod connect_ok;
#[path = "connect-quiet.rs"]
mod connect_quiet;
#[path = "connect-refused.rs"]
mod connect_refused;
#[path = "deferred-callbacks.rs"]
mod deferred_callbacks;
#[path = "disabled-read.rs"]
mod disabled_read;
#[path = "echo.rs"]
mod echo;
#[path = "edge-trigger.rs"]
mod edge_trigger;
#[path = "eof.rs"]
mod eof;
#[path = "filter.rs"]
mod filter;
#[path = "free-in-callback.rs"]
mod free_in_callback;
#[path = "hello-world.rs"]
mod hello_world;
#[path = "high-watermark-stall.rs"]
mod high_watermark_stall;
#[path = "listener.rs"]
mod listener;
#[path = "loop.rs"]
mod r#loop;
#[path = "out-of-fds.rs"]
mod out_of_fds;
#[path = "pair.rs"]
mod pair;
#[path = "partial-write.rs"]
mod partial_write;
#[path = "priorities.rs"]
mod priorities;
#[path = "proxy.rs"]
mod proxy;
#[path = "rate-limit.rs"]
mod rate_limit;
#[path = "rate-limit-group.rs"]
mod rate_limit_group;
#[path = "read-watermarks.rs"]
mod read_watermarks;
#[path = "reset.rs"]
mod reset;
#[path = "signals.rs"]
mod signals;
#[path = "timeouts.rs"]
mod timeouts;
#[path = "timers.rs"]
mod timers;
#[path = "tls.rs"]
mod tls;
#[path = "trigger.rs"]
mod trigger;
#[path = "would-block.rs"]
mod would_block;
#[path = "write-low-watermark.rs"]
mod write_low_watermark;

use evscope_reactor::{EventBase, Listener};

/// The port to listen on: the program's first argument, or `default`.
pub fn port(default: u16) -> u16 {
    if let Some(port) = demo::port() {
        return port;
    }
    match std::env::args().nth(1).map(|argument| argument.parse()) {
        None => default,
        Some(Ok(port)) => port,
        Some(Err(_)) => {
            eprintln!("usage: PROGRAM [PORT]   PORT is a number up to 65535, {default} without it");
            std::process::exit(2);
        }
    }
}

/// The port of the server that a program connects to beside being one itself: its second argument, or
/// `default`.
pub fn upstream(default: u16) -> u16 {
    demo::upstream()
        .or_else(|| std::env::args().nth(2)?.parse().ok())
        .unwrap_or(default)
}

/// Says where a program listens. In a demo this lets the client begin.
pub fn listening(base: &EventBase, listener: Listener) {
    let Ok(Some(addr)) = base.evconnlistener_get_addr(listener) else {
        return;
    };
    if !demo::listening(&addr) {
        println!("listening on {addr}; Ctrl-C ends");
    }
}
