//! The programs as modules of this library, and what they ask it for.

use evscope_reactor::{EventBase, Listener};

use crate::demo;

#[path = "backends.rs"]
pub(crate) mod backends;
#[path = "chat.rs"]
pub(crate) mod chat;
#[path = "connect-at-once.rs"]
pub(crate) mod connect_at_once;
#[path = "connect-hostname.rs"]
pub(crate) mod connect_hostname;
#[path = "connect-ok.rs"]
pub(crate) mod connect_ok;
#[path = "connect-quiet.rs"]
pub(crate) mod connect_quiet;
#[path = "connect-refused.rs"]
pub(crate) mod connect_refused;
#[path = "deferred-callbacks.rs"]
pub(crate) mod deferred_callbacks;
#[path = "disabled-read.rs"]
pub(crate) mod disabled_read;
#[path = "echo.rs"]
pub(crate) mod echo;
#[path = "edge-trigger.rs"]
pub(crate) mod edge_trigger;
#[path = "eof.rs"]
pub(crate) mod eof;
#[path = "filter.rs"]
pub(crate) mod filter;
#[path = "free-in-callback.rs"]
pub(crate) mod free_in_callback;
#[path = "hello-world.rs"]
pub(crate) mod hello_world;
#[path = "high-watermark-stall.rs"]
pub(crate) mod high_watermark_stall;
#[path = "listener.rs"]
pub(crate) mod listener;
#[path = "loop.rs"]
pub(crate) mod r#loop;
#[path = "out-of-fds.rs"]
pub(crate) mod out_of_fds;
#[path = "pair.rs"]
pub(crate) mod pair;
#[path = "partial-write.rs"]
pub(crate) mod partial_write;
#[path = "priorities.rs"]
pub(crate) mod priorities;
#[path = "proxy.rs"]
pub(crate) mod proxy;
#[path = "rate-limit.rs"]
pub(crate) mod rate_limit;
#[path = "rate-limit-group.rs"]
pub(crate) mod rate_limit_group;
#[path = "read-watermarks.rs"]
pub(crate) mod read_watermarks;
#[path = "reset.rs"]
pub(crate) mod reset;
#[path = "signals.rs"]
pub(crate) mod signals;
#[path = "timeouts.rs"]
pub(crate) mod timeouts;
#[path = "timers.rs"]
pub(crate) mod timers;
#[cfg(feature = "tls")]
#[path = "tls.rs"]
pub(crate) mod tls;
#[path = "trigger.rs"]
pub(crate) mod trigger;
#[path = "would-block.rs"]
pub(crate) mod would_block;
#[path = "write-low-watermark.rs"]
pub(crate) mod write_low_watermark;

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

/// Without TLS its demo can be read, and says what it lacks when it is run.
#[cfg(not(feature = "tls"))]
pub(crate) mod tls {
    pub(crate) fn main() -> Result<(), String> {
        Err(evscope_words::text!(demo_without_tls).to_string())
    }
}
