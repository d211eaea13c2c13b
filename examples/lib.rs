//! Programs on the evscope reactor, each short enough to read from top to bottom and to copy.
//!
//! Every one runs alone (`cargo run -p evscope-examples --bin hello-world`) and as a demo, in which a
//! client of ours talks to it while it is recorded ([`demo`]). Where there is no reactor (Windows) they can be read, and the
//! list of them says what they are.

// The programs say `evscope_examples::` also when they are compiled as modules of this library.
extern crate self as evscope_examples;

pub mod demo;
#[cfg(unix)]
mod peers;
#[cfg(unix)]
mod programs;

#[cfg(unix)]
pub use programs::{listening, port, upstream};
