//! The functions that stand in front of libevent's. Each records the call and passes it on.
//!
//! The dynamic linker finds them first, for the program's calls and for libevent's own, which go through
//! its procedure linkage table as well. What libevent calls by pointer is caught in two ways: its tables of
//! backend and bufferevent operations are exported data, of which we give our own copies
//! ([`tables`]); and the pointers to the program's callbacks are exchanged for ours for the moment
//! between activation and call ([`callbacks`]).

pub(crate) mod armed;
mod buffer;
mod bufferevent;
pub(crate) mod callbacks;
mod clock;
mod event;
mod exec;
mod listener;
mod printf;
mod run_loop;
pub(crate) mod tables;

/// Declares a hook: `hook!{ name/N(args) -> ret, site => body }`. `N` is the number of arguments; `site` is
/// the address the call returns to; within the body `real` is the function behind the hook.
///
/// Rust cannot ask for its return address, so a few instructions under the exported name pass it on as one
/// argument more.
macro_rules! hook {
    ($name:ident / $n:tt ($($arg:ident: $type:ty),*) -> $ret:ty, $site:ident, $real:ident => $body:block) => {
        const _: () = {
            #[inline(always)]
            fn behind() -> unsafe extern "C-unwind" fn($($type),*) -> $ret {
                $crate::real::behind!($name, BEHIND);
                // SAFETY: the symbol has this signature in libevent 2.1.
                unsafe { core::mem::transmute(BEHIND.resolve()) }
            }

            #[allow(unused_variables, clippy::too_many_arguments)]
            unsafe extern "C-unwind" fn within($($arg: $type,)* $site: usize) -> $ret {
                let $real = behind();
                // SAFETY: the program called a libevent function with arguments that are valid for it;
                // they are passed on as they are, and read only as libevent would.
                unsafe { $body }
            }

            $crate::hooks::hook_entry!($name, $n);
            $crate::signature::tell!($name($($type),*) -> $ret);
        };
    };
}

/// The exported entry of a hook: puts the return address where the argument after the last one goes.
macro_rules! hook_entry {
    ($name:ident, 0) => { $crate::hooks::hook_entry!(@ $name, "mov rdi, [rsp]", "jmp {}"); };
    ($name:ident, 1) => { $crate::hooks::hook_entry!(@ $name, "mov rsi, [rsp]", "jmp {}"); };
    ($name:ident, 2) => { $crate::hooks::hook_entry!(@ $name, "mov rdx, [rsp]", "jmp {}"); };
    ($name:ident, 3) => { $crate::hooks::hook_entry!(@ $name, "mov rcx, [rsp]", "jmp {}"); };
    ($name:ident, 4) => { $crate::hooks::hook_entry!(@ $name, "mov r8, [rsp]", "jmp {}"); };
    ($name:ident, 5) => { $crate::hooks::hook_entry!(@ $name, "mov r9, [rsp]", "jmp {}"); };
    ($name:ident, 6) => {
        $crate::hooks::hook_entry!(@ $name,
            "push [rsp]", ".cfi_adjust_cfa_offset 8", "call {}",
            "add rsp, 8", ".cfi_adjust_cfa_offset -8", "ret");
    };
    // The seventh argument is on the stack already: it and the return address are put there again.
    ($name:ident, 7) => {
        $crate::hooks::hook_entry!(@ $name,
            "sub rsp, 8", "push [rsp + 8]", "push [rsp + 24]", ".cfi_adjust_cfa_offset 24",
            "call {}", "add rsp, 24", ".cfi_adjust_cfa_offset -24", "ret");
    };
    (@ $name:ident, $($code:literal),+) => {
        #[cfg_attr(feature = "interpose", unsafe(no_mangle))]
        #[unsafe(naked)]
        unsafe extern "C" fn $name() {
            core::arch::naked_asm!(".cfi_startproc", $($code,)+ ".cfi_endproc", sym within)
        }
    };
}

/// Declares hooks that only remember the program's call site for libevent's own function below, which
/// makes the record.
macro_rules! site_hooks {
    ($($name:ident / $n:tt ($($arg:ident: $type:ty),*) -> $ret:ty;)*) => {$(
        $crate::hooks::hook! { $name / $n ($($arg: $type),*) -> $ret, site, real => {
            let outer = $crate::hooks::site_in(site);
            let result = real($($arg),*);
            $crate::put::local().site = outer;
            result
        }}
    )*};
}

pub(crate) use {hook, hook_entry, site_hooks};

use crate::layout::Ptr;
use crate::sys::{KeepErrno, Timeval, c_int};
use crate::wire::{Failure, Outcome, args};

/// Remembers the call site, unless a hook further out has done so; returns what to put back.
#[inline(always)]
pub(crate) fn site_in(site: usize) -> usize {
    let local = crate::put::local();
    let outer = local.site;
    if outer == 0 {
        local.site = site;
    }
    outer
}

/// The site of the call that is being recorded: the program's if a hook further out remembered it.
#[inline(always)]
pub(crate) fn take_site(own: usize) -> u64 {
    let local = crate::put::local();
    let outer = core::mem::take(&mut local.site);
    (if outer == 0 { own } else { outer }) as u64
}

/// A time span as nanoseconds, if there is one.
#[inline(always)]
pub(crate) unsafe fn span(time: *const Timeval) -> Option<u64> {
    if time.is_null() {
        return None;
    }
    // SAFETY: the caller has a valid timeval.
    Some(unsafe { nanos(time) })
}

/// The nanoseconds of a time. The upper bits of the microseconds may name a common timeout.
#[inline(always)]
pub(crate) unsafe fn nanos(time: *const Timeval) -> u64 {
    // SAFETY: the caller has a valid timeval.
    unsafe { (*time).sec as u64 * 1_000_000_000 + ((*time).usec as u64 & 0xf_ffff) * 1_000 }
}

/// The length of a buffer, leaving errno alone.
#[inline(always)]
pub(crate) unsafe fn length(buf: Ptr) -> u64 {
    // SAFETY: the caller has a valid buffer.
    unsafe { crate::real::evbuffer_get_length(buf) as u64 }
}

/// errno, if the result says that a call failed.
#[inline(always)]
pub(crate) fn errno_if(failed: bool) -> c_int {
    if failed { crate::sys::errno() } else { 0 }
}

/// Records that a call failed of which there is no other record.
#[cold]
pub(crate) fn failed(call: Failure, site: usize) {
    let _errno = KeepErrno::new();
    let site = take_site(site);
    crate::put::point(0, args::Failed { call, site });
    crate::put::local().failed = true;
}

/// Passes on a call that makes something by others that are hooked, and records if it makes nothing and no other call
/// has told of it.
#[inline(always)]
pub(crate) fn making<T>(call: Failure, site: usize, make: impl FnOnce() -> *mut T) -> *mut T {
    let outer = site_in(site);
    crate::put::local().failed = false;
    let made = make();
    crate::put::local().site = outer;
    if made.is_null() && crate::put::active() && !crate::put::local().failed {
        failed(call, site);
    }
    made
}

/// Calls, and says which errno that has set; 0 if none. To the program errno is as if nobody had looked.
#[inline(always)]
pub(crate) fn with_errno<T>(call: impl FnOnce() -> T) -> (T, c_int) {
    let before = crate::sys::errno();
    crate::sys::set_errno(0);
    let result = call();
    let set = crate::sys::errno();
    if set == 0 {
        crate::sys::set_errno(before);
    }
    (result, set)
}

/// How a call went, with the errno of one that failed.
#[inline(always)]
pub(crate) fn outcome(result: c_int, errno: c_int) -> Outcome {
    Outcome {
        result: i64::from(result),
        errno: if result < 0 { errno } else { 0 },
    }
}

/// The bytes of a socket address, at most `N`, leaving errno alone.
pub(crate) fn local_addr<const N: usize>(fd: c_int, place: &mut [u8; N]) -> &[u8] {
    let _errno = KeepErrno::new();
    let mut len = N as u32;
    // SAFETY: `place` has `len` bytes.
    let result = unsafe { crate::sys::getsockname(fd, place.as_mut_ptr().cast(), &raw mut len) };
    let len = if result == 0 {
        (len as usize).min(N)
    } else {
        0
    };
    &place[..len]
}
