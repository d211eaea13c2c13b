//! Clocks. The one libevent's timeouts go by can stand still while the program is held; what it said last is
//! remembered, since a loop looks at it once a turn and reckons with that. And a program may forbid itself the
//! processor's counter, from which the exact clock is read.

use super::{hook, nanos};
use crate::layout::Ptr;
use crate::put::{active, held_ns, local, now, read_coarse_clock};
use crate::real::behind;
use crate::sys::{Timeval, c_int, c_long, c_ulong};

const PR_SET_SECCOMP: c_int = 22;
const SECCOMP_MODE_STRICT: c_ulong = 1;
const PR_SET_TSC: c_int = 26;
const SYS_PRCTL: c_long = 157;
const SYS_SECCOMP: c_long = 317;
const SECCOMP_SET_MODE_STRICT: c_long = 0;
const PR_TSC_SIGSEGV: c_ulong = 2;

hook! { evutil_gettime_monotonic_/2(timer: Ptr, out: *mut Timeval) -> c_int, site, real => {
    let result = real(timer, out);
    let held = held_ns();
    if held > 0 && result == 0 {
        let time = ((*out).sec as u64 * 1_000_000 + (*out).usec as u64) - held / 1_000;
        (*out).sec = (time / 1_000_000) as i64;
        (*out).usec = (time % 1_000_000) as i64;
    }
    if active() && result == 0 {
        let local = local();
        local.clock = timer as usize;
        local.clock_said = nanos(out);
    }
    result
}}

/// More than the size of a base, in which its clock is.
const BASE_SIZE: usize = 4096;

/// How long it is, by the clock of the base, until a point in time.
#[inline(always)]
pub(super) unsafe fn left_until(base: Ptr, at: *const Timeval) -> u64 {
    let local = local();
    let of_base = local.clock.wrapping_sub(base as usize) < BASE_SIZE;
    // Another thread's loop has looked at the clock: now is a little later.
    let now = if of_base {
        local.clock_said
    } else {
        now() - held_ns()
    };
    // SAFETY: as the caller's.
    unsafe { nanos(at) }.saturating_sub(now)
}

/// In strict mode a look at the counter is a SIGSEGV.
fn look_out(option: c_int, first: c_ulong) {
    if matches!(
        (option, first),
        (PR_SET_SECCOMP, SECCOMP_MODE_STRICT) | (PR_SET_TSC, PR_TSC_SIGSEGV)
    ) {
        read_coarse_clock();
    }
}

// The C library's two functions take as many arguments as they are given; they get all.

#[cfg_attr(feature = "interpose", unsafe(no_mangle))]
unsafe extern "C" fn prctl(
    option: c_int,
    first: c_ulong,
    second: c_ulong,
    third: c_ulong,
    fourth: c_ulong,
) -> c_int {
    type Prctl = unsafe extern "C" fn(c_int, c_ulong, c_ulong, c_ulong, c_ulong) -> c_int;
    behind!(prctl, BEHIND);
    look_out(option, first);
    // SAFETY: the C library's function has this signature, and the arguments are the caller's.
    unsafe {
        let real: Prctl = core::mem::transmute(BEHIND.resolve());
        real(option, first, second, third, fourth)
    }
}

/// There is no other way to `seccomp`.
#[cfg_attr(feature = "interpose", unsafe(no_mangle))]
unsafe extern "C" fn syscall(
    number: c_long,
    first: c_long,
    second: c_long,
    third: c_long,
    fourth: c_long,
    fifth: c_long,
    sixth: c_long,
) -> c_long {
    type Syscall =
        unsafe extern "C" fn(c_long, c_long, c_long, c_long, c_long, c_long, c_long) -> c_long;
    behind!(syscall, BEHIND);
    match number {
        SYS_PRCTL => look_out(first as c_int, second as c_ulong),
        SYS_SECCOMP if first == SECCOMP_SET_MODE_STRICT => read_coarse_clock(),
        _ => {}
    }
    // SAFETY: the C library's function has this signature, and the arguments are the caller's.
    unsafe {
        let real: Syscall = core::mem::transmute(BEHIND.resolve());
        real(number, first, second, third, fourth, fifth, sixth)
    }
}
