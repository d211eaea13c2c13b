//! The clock libevent's timeouts go by: it can stand still while the program is held.

use super::hook;
use crate::layout::Ptr;
use crate::put::held_ns;
use crate::sys::{Timeval, c_int};

hook! { evutil_gettime_monotonic_/2(timer: Ptr, out: *mut Timeval) -> c_int, site, real => {
    let result = real(timer, out);
    let held = held_ns();
    if held > 0 && result == 0 {
        let time = ((*out).sec as u64 * 1_000_000 + (*out).usec as u64) - held / 1_000;
        (*out).sec = (time / 1_000_000) as i64;
        (*out).usec = (time % 1_000_000) as i64;
    }
    result
}}
