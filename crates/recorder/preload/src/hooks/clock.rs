//! The clock libevent's timeouts go by: it can stand still while the program is held. What it said last is
//! remembered, since a loop looks at it once a turn and reckons with that.

use super::{hook, span};
use crate::layout::Ptr;
use crate::put::{active, held_ns, local, now};
use crate::sys::{Timeval, c_int};

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
        local.clock_said = span(out);
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
    unsafe { span(at) }.saturating_sub(now)
}
