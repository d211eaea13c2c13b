//! libevent's own functions, behind the hooks.

use core::ffi::CStr;
use core::sync::atomic::AtomicUsize;
use core::sync::atomic::Ordering::Relaxed;

use crate::sys::{self, c_void};

/// The libraries that may hold a function that is not in the program's global scope, because they were
/// loaded by a plugin: Debian's names.
const LATE: [&CStr; 4] = [
    c"libevent_core-2.1.so.7",
    c"libevent-2.1.so.7",
    c"libevent_extra-2.1.so.7",
    c"libevent_openssl-2.1.so.7",
];

/// The address of the function that would be called if the hook `name` were not there; 0 if there is
/// none.
pub(crate) fn find(name: &CStr) -> usize {
    let _errno = sys::KeepErrno::new();
    // SAFETY: the names are C strings; RTLD_NOLOAD loads nothing.
    unsafe {
        let next: *mut c_void = sys::dlsym(sys::RTLD_NEXT, name.as_ptr());
        if !next.is_null() {
            return next as usize;
        }
        for library in LATE {
            let handle = sys::dlopen(library.as_ptr(), sys::RTLD_LAZY_NOLOAD);
            if !handle.is_null() {
                let found = sys::dlsym(handle, name.as_ptr());
                if !found.is_null() {
                    return found as usize;
                }
            }
        }
    }
    0
}

/// The address in `place`, found at the first call.
#[inline(always)]
pub(crate) fn resolve(place: &AtomicUsize, name: &CStr) -> usize {
    let address = place.load(Relaxed);
    if address != 0 {
        return address;
    }
    resolve_now(place, name)
}

#[cold]
#[inline(never)]
fn resolve_now(place: &AtomicUsize, name: &CStr) -> usize {
    let address = find(name);
    if address == 0 {
        // The program called a function that exists nowhere else: without the hooks the dynamic linker
        // would have ended it.
        // SAFETY: abort has no conditions.
        unsafe { sys::abort() }
    }
    place.store(address, Relaxed);
    address
}

/// Names functions of libevent (or libc) that are called but not hooked.
macro_rules! real {
    ($($name:ident($($arg:ident: $type:ty),*) -> $ret:ty;)*) => {$(
        #[inline(always)]
        pub(crate) unsafe fn $name($($arg: $type),*) -> $ret {
            static PLACE: core::sync::atomic::AtomicUsize = core::sync::atomic::AtomicUsize::new(0);
            // SAFETY: the symbol has this signature in libevent 2.1.
            unsafe {
                let name = core::ffi::CStr::from_bytes_with_nul_unchecked(
                    concat!(stringify!($name), "\0").as_bytes(),
                );
                let function: unsafe extern "C-unwind" fn($($type),*) -> $ret =
                    core::mem::transmute($crate::real::resolve(&PLACE, name));
                function($($arg),*)
            }
        }
        $crate::signature::tell!($name($($type),*) -> $ret);
    )*};
}

use crate::layout::{BufferPtr, Ptr};
use crate::sys::{c_char, c_int};

real! {
    evbuffer_get_length(buf: Ptr) -> usize;
    evbuffer_add_vprintf(buf: Ptr, format: *const c_char, list: *mut c_void) -> c_int;
    evbuffer_ptr_set(buf: Ptr, at: *mut BufferPtr, n: usize, how: c_int) -> c_int;
    event_base_get_method(base: Ptr) -> *const c_char;
    event_base_get_npriorities(base: Ptr) -> c_int;
    event_base_got_exit(base: Ptr) -> c_int;
    event_base_got_break(base: Ptr) -> c_int;
    event_get_version() -> *const c_char;
    event_get_version_number() -> u32;
    bufferevent_getfd(bev: Ptr) -> c_int;
    bufferevent_socket_get_dns_error(bev: Ptr) -> c_int;
    bufferevent_lock(bev: Ptr) -> ();
    bufferevent_unlock(bev: Ptr) -> ();
    bufferevent_get_token_bucket_cfg(bev: Ptr) -> Ptr;
    evconnlistener_get_fd(listener: Ptr) -> c_int;
}
