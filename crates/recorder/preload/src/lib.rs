//! What runs inside a recorded libevent program.
//!
//! The recorder's build script makes a shared object of this crate's files, that the dynamic linker loads before
//! libevent (`LD_PRELOAD`); there the functions of `hooks` stand in front of libevent's. As an ordinary
//! crate it does nothing: it is there to be checked like all other code.
//!
//! Inside the program it must be a good guest. On the way of an event it makes no allocation, takes no
//! lock and makes no system call: a record is 64 bytes written into a shared mapping, stamped by the
//! processor's counter, or the vDSO's clock. It has no dependencies but the wire form, and does not use `std`.
//!
//! Knows: libevent 2.1's binary interface, and the wire form.
//! Never knows: the vocabulary of a trace, names of functions, or what anybody does with a record.
#![no_std]
#![cfg_attr(not(feature = "interpose"), allow(dead_code))]

#[cfg(test)]
extern crate std;

use evscope_wire as wire;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod environment;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod hooks;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod layout;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod program;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod put;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod real;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod room;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod signature;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod start;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod sys;
