//! What runs inside a recorded program, and the wire form of what it says.
//!
//! The recorder builds this crate a second time, as a shared object that the dynamic linker loads before
//! libevent (`LD_PRELOAD`); there the functions of `hooks` stand in front of libevent's. As an ordinary
//! dependency it gives the recorder [`wire`], so both sides read one definition.
//!
//! Inside the program it must be a good guest. On the way of an event it makes no allocation, takes no
//! lock and makes no system call: a record is 64 bytes written into a shared mapping, stamped with the
//! vDSO's clock. It has no dependencies and does not use `std`.
//!
//! Knows: libevent 2.1's binary interface, and the wire form.
//! Never knows: the vocabulary of a trace, names of functions, or what anybody does with a record.
#![no_std]
// As a dependency only `wire` is used; the rest is here so that it is checked like all other code.
#![cfg_attr(not(feature = "interpose"), allow(dead_code))]

pub mod wire;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod hooks;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod layout;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod put;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod real;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod start;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod sys;
