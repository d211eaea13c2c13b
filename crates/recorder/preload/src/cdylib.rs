//! The root of the shared object, compiled by the recorder's build script (`rustc --crate-type cdylib`).
#![no_std]

// rustc is called without dependencies, so the wire form comes as files, which the build script lays beside these.
#[path = "../wire/lib.rs"]
#[allow(dead_code, unused_imports)]
mod wire;

mod environment;
mod hooks;
mod layout;
mod program;
mod put;
mod real;
mod room;
mod signature;
mod start;
mod sys;

/// Nothing in here panics; should it, ending the program at once is all that is left to do.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: abort takes nothing and does not return.
    unsafe { sys::abort() }
}

// Nothing in here catches anything: an exception of the program's (C++) that passes through a hook goes on
// to whoever waits for it. 8 is `_URC_CONTINUE_UNWIND`.
core::arch::global_asm!(
    ".hidden rust_eh_personality",
    ".globl rust_eh_personality",
    ".type rust_eh_personality,@function",
    "rust_eh_personality:",
    "mov eax, 8",
    "ret",
);
