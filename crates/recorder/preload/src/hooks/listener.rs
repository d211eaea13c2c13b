//! Listeners. The callback and its argument are libevent's to keep and nobody can ask for them, so they
//! stay exchanged for the listener's life.

use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use core::sync::atomic::{AtomicU32, AtomicUsize};

use super::callbacks::is_threaded;
use super::{errno_if, hook, local_addr, take_site, with_errno};
use crate::layout::{ListenerErrorFn, ListenerFn, Ptr};
use crate::put::{Frame, active, enter, leave, leave_with, point_with, recorded};
use crate::real;
use crate::sys::{c_int, c_uint, c_void};
use crate::wire::{ListenerMade, args};

/// What a listener's callbacks were exchanged for.
struct Wrapped {
    /// The listener; 0: not known yet.
    listener: AtomicUsize,
    callback: AtomicUsize,
    error_callback: AtomicUsize,
    arg: AtomicUsize,
}

/// How many listeners a process may make; the callbacks of further ones run unrecorded.
const PLACES: usize = 1024;

static WRAPPED: [Wrapped; PLACES] = [const {
    Wrapped {
        listener: AtomicUsize::new(0),
        callback: AtomicUsize::new(0),
        error_callback: AtomicUsize::new(0),
        arg: AtomicUsize::new(0),
    }
}; PLACES];
static USED: AtomicU32 = AtomicU32::new(0);

fn new_place() -> Option<&'static Wrapped> {
    WRAPPED.get(USED.fetch_add(1, AcqRel) as usize)
}

fn place_of(listener: Ptr) -> Option<&'static Wrapped> {
    let used = (USED.load(Acquire) as usize).min(PLACES);
    // The newest first: an address may be used again.
    WRAPPED[..used]
        .iter()
        .rev()
        .find(|place| place.listener.load(Relaxed) == listener as usize)
}

/// Prepares the exchange: what to give to libevent.
fn wrap(callback: usize, arg: Ptr) -> (Option<&'static Wrapped>, usize, Ptr) {
    match new_place() {
        Some(place) => {
            place.callback.store(callback, Relaxed);
            place.arg.store(arg as usize, Relaxed);
            let ours = if callback == 0 {
                0
            } else {
                run_listener as *const () as usize
            };
            (
                Some(place),
                ours,
                core::ptr::from_ref(place).cast_mut().cast(),
            )
        }
        None => (None, callback, arg),
    }
}

hook! { evconnlistener_new/6(
    base: Ptr, callback: usize, arg: Ptr, flags: c_uint, backlog: c_int, fd: c_int
) -> Ptr, site, real => {
    if !active() { return real(base, callback, arg, flags, backlog, fd); }
    // Called by evconnlistener_new_bind, the callback is exchanged already and the record made there.
    if callback == run_listener as *const () as usize {
        return real(base, callback, arg, flags, backlog, fd);
    }
    let frame = enter(base as usize, listener_new(callback, flags, backlog, site));
    let (place, ours, our_arg) = wrap(callback, arg);
    made(place, with_errno(|| real(base, ours, our_arg, flags, backlog, fd)), frame)
}}

hook! { evconnlistener_new_bind/7(
    base: Ptr, callback: usize, arg: Ptr, flags: c_uint, backlog: c_int, addr: *const c_void, len: c_int
) -> Ptr, site, real => {
    if !active() { return real(base, callback, arg, flags, backlog, addr, len); }
    let frame = enter(base as usize, listener_new(callback, flags, backlog, site));
    let (place, ours, our_arg) = wrap(callback, arg);
    made(place, with_errno(|| real(base, ours, our_arg, flags, backlog, addr, len)), frame)
}}

fn listener_new(
    callback: usize,
    options: c_uint,
    backlog: c_int,
    site: usize,
) -> args::ListenerNew {
    args::ListenerNew {
        callback: callback as u64,
        options,
        backlog,
        site: take_site(site),
    }
}

unsafe fn made(
    place: Option<&'static Wrapped>,
    (listener, errno): (Ptr, c_int),
    frame: Frame<args::ListenerNew>,
) -> Ptr {
    let mut bytes = [0u8; 128];
    let mut addr = &[][..];
    let mut fd = -1;
    if !listener.is_null() {
        if let Some(place) = place {
            place.listener.store(listener as usize, Relaxed);
        }
        // SAFETY: the listener was made just now.
        fd = unsafe { real::evconnlistener_get_fd(listener) };
        addr = local_addr(fd, &mut bytes);
    }
    leave_with(frame, listener as usize, ListenerMade { errno, fd }, addr);
    listener
}

hook! { evconnlistener_set_cb/3(listener: Ptr, callback: usize, arg: Ptr) -> (), site, real => {
    if !active() { return real(listener, callback, arg); }
    match place_of(listener) {
        Some(old) => {
            // Where another thread may be about to call, the old two must stay together until libevent, under its
            // lock, takes the new ones; as long as there are places.
            let place = if is_threaded() { new_place().unwrap_or(old) } else { old };
            place.error_callback.store(old.error_callback.load(Relaxed), Relaxed);
            place.arg.store(arg as usize, Relaxed);
            place.callback.store(callback, Relaxed);
            place.listener.store(listener as usize, Relaxed);
            let ours = if callback == 0 { 0 } else { run_listener as *const () as usize };
            real(listener, ours, core::ptr::from_ref(place).cast_mut().cast());
        }
        None => real(listener, callback, arg),
    }
}}

hook! { evconnlistener_set_error_cb/2(listener: Ptr, callback: usize) -> (), site, real => {
    match place_of(listener) {
        Some(place) if callback != 0 => {
            place.error_callback.store(callback, Relaxed);
            real(listener, run_error as *const () as usize);
        }
        _ => real(listener, callback),
    }
}}

hook! { evconnlistener_enable/1(listener: Ptr) -> c_int, site, real => {
    recorded(listener as usize, || args::ListenerEnable { site: take_site(site) }, || real(listener))
}}

hook! { evconnlistener_disable/1(listener: Ptr) -> c_int, site, real => {
    recorded(listener as usize, || args::ListenerDisable { site: take_site(site) }, || real(listener))
}}

hook! { evconnlistener_free/1(listener: Ptr) -> (), site, real => {
    if !active() { return real(listener); }
    let frame = enter(listener as usize, args::ListenerFree { site: take_site(site) });
    if let Some(place) = place_of(listener) {
        // Its callback may still be running, so the place is not used again; only the address is.
        place.listener.store(0, Relaxed);
    }
    real(listener);
    leave(frame, listener as usize, ());
}}

hook! { evutil_accept4_/4(fd: c_int, addr: *mut c_void, len: *mut c_uint, flags: c_int) -> c_int,
site, real => {
    let new = real(fd, addr, len, flags);
    if active() {
        let accept = args::Accept { fd, new, errno: errno_if(new < 0), site: site as u64 };
        let peer = if new < 0 || addr.is_null() { &[][..] } else {
            core::slice::from_raw_parts(addr.cast::<u8>(), (*len as usize).min(128))
        };
        point_with(0, accept, peer);
    }
    new
}}

unsafe extern "C-unwind" fn run_listener(
    listener: Ptr,
    fd: c_int,
    addr: Ptr,
    len: c_int,
    arg: Ptr,
) {
    // SAFETY: libevent calls with the argument that `wrap` gave.
    unsafe {
        let place = &*arg.cast::<Wrapped>();
        let callback = place.callback.load(Relaxed);
        let user_arg = place.arg.load(Relaxed) as Ptr;
        let args = args::ListenerCb {
            callback: callback as u64,
            fd,
        };
        let frame = enter(listener as usize, args);
        if callback != 0 {
            let function: ListenerFn = core::mem::transmute(callback);
            function(listener, fd, addr, len, user_arg);
        }
        leave(frame, listener as usize, ());
    }
}

unsafe extern "C-unwind" fn run_error(listener: Ptr, arg: Ptr) {
    // SAFETY: as in `run_listener`.
    unsafe {
        let place = &*arg.cast::<Wrapped>();
        let callback = place.error_callback.load(Relaxed);
        let user_arg = place.arg.load(Relaxed) as Ptr;
        let args = args::ListenerErrorCb {
            callback: callback as u64,
        };
        let frame = enter(listener as usize, args);
        let function: ListenerErrorFn = core::mem::transmute(callback);
        function(listener, user_arg);
        leave(frame, listener as usize, ());
    }
}
