//! Memory for the time of one call, without the C library's: a child that was just forked off may not ask that for any.

use core::mem::MaybeUninit;

use crate::sys::{self, c_void};

/// What is had on the stack: enough for some hundred variables of an environment, and for the smallest stack.
const USUAL: usize = 3072;

/// Calls with so many bytes, which begin where a word may; with none (null) if there is no more memory.
pub(crate) fn with<T>(bytes: usize, call: impl FnOnce(*mut u8) -> T) -> T {
    if bytes <= USUAL {
        let mut place = [const { MaybeUninit::<usize>::uninit() }; USUAL / size_of::<usize>()];
        return call(place.as_mut_ptr().cast());
    }
    // SAFETY: a new mapping, used by the call only. A program that is started has none of its parent's; in a child that
    // shares its parent's memory (`vfork`) it stays when that starts one.
    unsafe {
        let flags = sys::MAP_PRIVATE_ANONYMOUS;
        let place = sys::mmap(
            core::ptr::null_mut(),
            bytes,
            sys::PROT_READ_WRITE,
            flags,
            -1,
            0,
        );
        if place as isize == -1 {
            return call(core::ptr::null_mut());
        }
        let result = call(place.cast());
        let _errno = sys::KeepErrno::new();
        sys::munmap(place.cast::<c_void>(), bytes);
        result
    }
}
