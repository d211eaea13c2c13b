//! Programs on the evscope reactor, each short enough to read from top to bottom and to copy.
//!
//! Every one runs alone (`cargo run -p evscope-examples --bin hello-world`) and as a demo, in which a
//! client of ours talks to it while it is recorded ([`demo`]).

// The programs say `evscope_examples::` also when they are compiled as modules of this library.
extern crate self as evscope_examples;

pub mod demo;

#[path = "echo.rs"]
mod echo;
#[path = "hello-world.rs"]
mod hello_world;

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

/// Says where a program listens. In a demo this lets the client begin.
pub fn listening(base: &EventBase, listener: Listener) {
    let Ok(Some(addr)) = base.evconnlistener_get_addr(listener) else {
        return;
    };
    if !demo::listening(&addr) {
        println!("listening on {addr}; Ctrl-C ends");
    }
}
