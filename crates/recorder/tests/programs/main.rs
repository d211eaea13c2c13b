//! Real programs, recorded: they behave as before, and the traces agree with what can be seen from outside.
//!
//! A test whose program or headers are not there says so and is left out.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows only test functions as tests, not their helpers"
)]

mod branches;
mod children;
mod chroot;
mod daemons;
mod ends;
mod evhttp;
mod failing;
mod finalizers;
mod forks;
mod freed;
mod guest;
mod holes;
mod layouts;
#[path = "../../../trace/tests/lengths/mod.rs"]
mod length_check;
mod lengths;
mod long_files;
mod many;
mod marks;
mod names;
mod payload;
mod peek;
mod printf;
mod reactor;
mod refusals;
mod sandbox;
mod shared;
mod sources;
mod support;
mod threads;
mod tls;
mod twins;
mod unlocked;
