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

/// A function behind a hook, or one that is called.
pub(crate) struct Behind {
    name: &'static CStr,
    /// Its address; 0: not found yet.
    place: &'static AtomicUsize,
}

impl Behind {
    pub(crate) const fn new(name: &'static CStr, place: &'static AtomicUsize) -> Self {
        Self { name, place }
    }

    /// The address, found at the first call if it was not there before.
    #[inline(always)]
    pub(crate) fn resolve(&self) -> usize {
        let address = self.place.load(Relaxed);
        if address != 0 {
            return address;
        }
        self.resolve_now()
    }

    #[cold]
    #[inline(never)]
    fn resolve_now(&self) -> usize {
        let address = find(self.name);
        if address == 0 {
            // The program called a function that exists nowhere else: without the hooks the dynamic linker
            // would have ended it.
            // SAFETY: abort has no conditions.
            unsafe { sys::abort() }
        }
        self.place.store(address, Relaxed);
        address
    }
}

/// Declares a [`Behind`], which lies in a section with all others, where [`resolve_all`] finds it.
macro_rules! behind {
    ($name:ident, $behind:ident) => {
        static PLACE: core::sync::atomic::AtomicUsize = core::sync::atomic::AtomicUsize::new(0);
        #[used]
        #[unsafe(link_section = "evscope_behind")]
        static $behind: $crate::real::Behind = $crate::real::Behind::new(
            // SAFETY: it ends with a 0, and has no other.
            unsafe {
                core::ffi::CStr::from_bytes_with_nul_unchecked(
                    concat!(stringify!($name), "\0").as_bytes(),
                )
            },
            &PLACE,
        );
    };
}

pub(crate) use behind;

unsafe extern "C" {
    // Where the section begins and ends: the linker says so.
    #[link_name = "__start_evscope_behind"]
    static FIRST: u8;
    #[link_name = "__stop_evscope_behind"]
    static END: u8;
}

/// Finds all that is there already. Later the program may have forbidden itself the system calls by which the dynamic
/// linker looks for something.
pub(crate) fn resolve_all() {
    let _errno = sys::KeepErrno::new();
    // SAFETY: the section holds nothing but these, one after the other; the names are C strings. What dlsym
    // says of those that are not there is not the program's to read.
    unsafe {
        let (mut at, end) = (
            (&raw const FIRST).cast::<Behind>(),
            (&raw const END).cast::<Behind>(),
        );
        while at < end {
            let behind = &*at;
            if behind.place.load(Relaxed) == 0 {
                let found = sys::dlsym(sys::RTLD_NEXT, behind.name.as_ptr());
                behind.place.store(found as usize, Relaxed);
            }
            at = at.add(1);
        }
        sys::dlerror();
    }
}

/// Names functions of libevent (or libc) that are called but not hooked.
macro_rules! real {
    ($($name:ident($($arg:ident: $type:ty),*) -> $ret:ty;)*) => {$(
        #[inline(always)]
        pub(crate) unsafe fn $name($($arg: $type),*) -> $ret {
            $crate::real::behind!($name, BEHIND);
            // SAFETY: the symbol has this signature in libevent 2.1.
            unsafe {
                let function: unsafe extern "C-unwind" fn($($type),*) -> $ret =
                    core::mem::transmute(BEHIND.resolve());
                function($($arg),*)
            }
        }
        $crate::signature::tell!($name($($type),*) -> $ret);
    )*};
}

use crate::layout::{BufferPtr, Ptr};
use crate::sys::{c_char, c_int};

real! {
    execve(path: *const c_char, args: *const *const c_char, environment: *const *const c_char) -> c_int;
    execvpe(file: *const c_char, args: *const *const c_char, environment: *const *const c_char) -> c_int;
    evbuffer_get_length(buf: Ptr) -> usize;
    evbuffer_lock(buf: Ptr) -> ();
    evbuffer_unlock(buf: Ptr) -> ();
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
