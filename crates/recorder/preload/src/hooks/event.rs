//! Events: set up, pending, active.

use super::callbacks;
use super::clock::left_until;
use super::{failed, hook, making, site_hooks, site_in, span, take_site};
use crate::layout::{Event, EventCallback, Ptr, closure, ev, evlist};
use crate::put::{active, enter, leave, local, point, recorded, step_in, step_out};
use crate::sys::{Timeval, c_int, c_short};
use crate::wire::{Activation, Failure, Kind, Waits, args};

site_hooks! {
    event_set/5(event: *mut Event, fd: c_int, events: c_short, callback: usize, arg: Ptr) -> ();
    event_add/2(event: *mut Event, timeout: *const Timeval) -> c_int;
    event_del/1(event: *mut Event) -> c_int;
    event_del_block/1(event: *mut Event) -> c_int;
    event_del_noblock/1(event: *mut Event) -> c_int;
}

hook! { event_new/5(base: Ptr, fd: c_int, events: c_short, callback: usize, arg: Ptr) -> *mut Event,
site, real => {
    making(Failure::EventNew, site, || real(base, fd, events, callback, arg))
}}

hook! { event_assign/6(
    event: *mut Event, base: Ptr, fd: c_int, events: c_short, callback: usize, arg: Ptr
) -> c_int, site, real => {
    let result = real(event, base, fd, events, callback, arg);
    if active() && result != 0 {
        failed(Failure::EventAssign, site);
    }
    if active() && result == 0 {
        let assign = args::Assign {
            base: (*event).base as u64,
            waits: Waits { fd, events, priority: (*event).callback.priority },
            callback: callback as u64,
            base_set: false,
            site: take_site(site),
        };
        point(event as usize, assign);
    }
    result
}}

hook! { event_base_set/2(base: Ptr, event: *mut Event) -> c_int, site, real => {
    let result = real(base, event);
    if active() && result != 0 {
        failed(Failure::EventBaseSet, site);
    }
    if active() && result == 0 {
        let (fd, events) = ((*event).fd, (*event).events);
        let assign = args::Assign {
            base: base as u64,
            waits: Waits { fd, events, priority: (*event).callback.priority },
            callback: callbacks::real_of(&raw const (*event).callback) as u64,
            base_set: true,
            site: take_site(site),
        };
        point(event as usize, assign);
    }
    result
}}

hook! { event_add_nolock_/3(event: *mut Event, timeout: *const Timeval, at: c_int) -> c_int,
site, real => {
    if !active() { return real(event, timeout, at); }
    // Re-armed by the loop: the time given is a point in time.
    let (fd, base) = ((*event).fd, (*event).base);
    let after = if at != 0 { Some(left_until(base, timeout)) } else { span(timeout) };
    let args = args::Add { timeout: after, fd, base: base as u64, site: take_site(site) };
    let frame = enter(event as usize, args);
    let result = real(event, timeout, at);
    leave(frame, event as usize, result.into());
    result
}}

/// `EVENT_DEL_NOBLOCK`: a deletion does not wait for the callback that runs in another thread.
const DEL_NOBLOCK: c_int = 0;
/// `EVENT_DEL_BLOCK`: it does. Other deletions wait unless the event is made to be finalized.
const DEL_BLOCK: c_int = 1;

hook! { event_del_nolock_/2(event: *mut Event, blocking: c_int) -> c_int, site, real => {
    if !active() { return real(event, blocking); }
    // The loop's own del comes right before the callback, or before the activation by a timeout: then
    // the callback must stay caught.
    let inner = local().inner;
    if inner != Kind::Loop as u8 {
        callbacks::release((*event).base, &raw mut (*event).callback);
    }
    let frame = enter(event as usize, args::Del { site: take_site(site) });
    let result = real(event, blocking);
    let waits = match blocking {
        DEL_BLOCK => true,
        DEL_NOBLOCK => false,
        _ => (*event).events & ev::FINALIZE == 0,
    };
    if waits || inner == Kind::Finalize as u8 {
        callbacks::release_signal(&raw mut (*event).callback, waits);
    }
    leave(frame, event as usize, result.into());
    result
}}

hook! { event_active/3(event: *mut Event, what: c_int, calls: c_short) -> (), site, real => {
    let outer = site_in(site);
    local().manual = true;
    real(event, what, calls);
    local().manual = false;
    local().site = outer;
}}

hook! { event_base_active_by_fd/3(base: Ptr, fd: c_int, what: c_short) -> (), site, real => {
    let outer = site_in(site);
    local().manual = true;
    real(base, fd, what);
    local().manual = false;
    local().site = outer;
}}

hook! { event_base_active_by_signal/2(base: Ptr, signal: c_int) -> (), site, real => {
    let outer = site_in(site);
    local().manual = true;
    real(base, signal);
    local().manual = false;
    local().site = outer;
}}

hook! { event_base_init_common_timeout/2(base: Ptr, span: *const Timeval) -> *const Timeval, site, real => {
    if !active() { return real(base, span); }
    let frame = enter(base as usize, args::CommonTimeout { site: take_site(site) });
    let result = real(base, span);
    leave(frame, base as usize, ());
    result
}}

hook! { event_active_nolock_/3(event: *mut Event, what: c_int, calls: c_short) -> (), site, real => {
    if active() && (*event).callback.flags & evlist::FINALIZING == 0 {
        let what = what as c_short;
        let inner = local().inner;
        let why = if local().manual
            || inner == Kind::Once as u8
            || inner == Kind::LoopExit as u8
        {
            Activation::Manual
        } else if what & ev::FINALIZE != 0 {
            Activation::Finalize
        } else if what & ev::SIGNAL != 0 {
            Activation::Signal
        } else if what == ev::TIMEOUT {
            Activation::Timeout
        } else {
            Activation::Io
        };
        point(event as usize, args::Active { what, why, site: take_site(site) });
    }
    real(event, what, calls);
}}

/// Something enters the active queue; its callback is caught.
#[inline(always)]
unsafe fn activates(base: Ptr, callback: *mut EventCallback) {
    // SAFETY: the caller has a valid event_callback.
    unsafe {
        let flags = (*callback).flags;
        if !active() || flags & (evlist::FINALIZING | evlist::ACTIVE) != 0 {
            return;
        }
        match (*callback).closure {
            closure::EVENT | closure::EVENT_SIGNAL | closure::EVENT_PERSIST => {
                callbacks::catch_event(base, callback);
            }
            closure::CB_SELF => {
                if flags & evlist::ACTIVE_LATER == 0 {
                    let (function, arg) = callbacks::own_of(callback);
                    let deferred = args::Deferred {
                        callback: callback as u64,
                        base: base as u64,
                        priority: (*callback).priority,
                        function: function as u64,
                    };
                    point(arg as usize, deferred);
                }
                callbacks::catch_deferred(base, callback);
            }
            closure::EVENT_FINALIZE | closure::EVENT_FINALIZE_FREE => {
                callbacks::catch_finalizer(callback);
            }
            closure::CB_FINALIZE => point(callback as usize, args::Finalize {}),
            _ => {}
        }
    }
}

hook! { event_callback_activate_nolock_/2(base: Ptr, callback: *mut EventCallback) -> c_int,
site, real => {
    activates(base, callback);
    real(base, callback)
}}

hook! { event_callback_activate_later_nolock_/2(base: Ptr, callback: *mut EventCallback) -> c_int,
site, real => {
    if (*callback).flags & evlist::ACTIVE_LATER == 0 { activates(base, callback); }
    real(base, callback)
}}

hook! { event_callback_cancel_nolock_/3(base: Ptr, callback: *mut EventCallback, even: c_int) -> c_int,
site, real => {
    // An event is released by its event_del; here it is a deferred callback.
    if active() && (*callback).flags & evlist::INIT == 0 { callbacks::release(base, callback); }
    real(base, callback, even)
}}

// What is finalized must have its own argument back: libevent gives it to the finalizer. That happens in the
// event_del or the cancel inside, under the lock; the event_del is not the loop's.
hook! { event_callback_finalize_many_/4(base: Ptr, n: c_int, all: *mut *mut EventCallback, cb: usize)
-> c_int, site, real => {
    let frame = step_in::<args::Finalize>();
    let result = real(base, n, all, cb);
    step_out(frame);
    result
}}

hook! { event_callback_finalize_nolock_/4(base: Ptr, flags: u32, callback: *mut EventCallback, cb: usize)
-> (), site, real => {
    if active() { callbacks::release(base, callback); }
    let frame = step_in::<args::Finalize>();
    real(base, flags, callback, cb);
    step_out(frame);
}}

hook! { event_finalize/3(flags: u32, event: *mut Event, cb: usize) -> c_int, site, real => {
    let frame = step_in::<args::Finalize>();
    let cb = callbacks::next_finalizer(&raw mut (*event).callback, cb);
    let result = real(flags, event, cb);
    step_out(frame);
    if active() && result != 0 {
        failed(Failure::EventFinalize, site);
    }
    result
}}

hook! { event_free_finalize/3(flags: u32, event: *mut Event, cb: usize) -> c_int, site, real => {
    let frame = step_in::<args::Finalize>();
    let cb = callbacks::next_finalizer(&raw mut (*event).callback, cb);
    let result = real(flags, event, cb);
    step_out(frame);
    if active() && result != 0 {
        failed(Failure::EventFreeFinalize, site);
    }
    result
}}

hook! { event_deferred_cb_init_/4(callback: *mut EventCallback, priority: u8, cb: usize, arg: Ptr) -> (),
site, real => {
    real(callback, priority, cb, arg);
    if active() {
        if local().inner == Kind::BevInit as u8 {
            callbacks::bufferevents_defer_by(cb, local().unlocks);
            local().deferred = callback as usize;
        } else {
            let (function, arg) = (cb as u64, arg as u64);
            point(callback as usize, args::DeferredInit { function, arg, priority, of_bev: false });
        }
    }
}}

// libevent_pthreads has it called.
hook! { evthread_set_lock_callbacks/1(callbacks: Ptr) -> c_int, site, real => {
    if !callbacks.is_null() { callbacks::set_threaded(); }
    real(callbacks)
}}

hook! { event_priority_set/2(event: *mut Event, priority: c_int) -> c_int, site, real => {
    let result = real(event, priority);
    if active() {
        point(event as usize, args::PrioritySet { priority, result, site: take_site(site) });
    }
    result
}}

hook! { event_free/1(event: *mut Event) -> (), site, real => {
    recorded(event as usize, || args::EventFree { site: take_site(site) }, || real(event));
}}

// While a callback is caught, the program still sees its own.
hook! { event_get_callback/1(event: *const Event) -> usize, site, real => {
    callbacks::real_of(&raw const (*event).callback)
}}

hook! { event_get_callback_arg/1(event: *const Event) -> Ptr, site, real => {
    callbacks::real_arg_of(&raw const (*event).callback)
}}

hook! { event_get_assignment/6(
    event: *const Event, base: *mut Ptr, fd: *mut c_int, events: *mut c_short, cb: *mut usize, arg: *mut Ptr
) -> (), site, real => {
    real(event, base, fd, events, cb, arg);
    if !cb.is_null() { *cb = callbacks::real_of(&raw const (*event).callback); }
    if !arg.is_null() { *arg = callbacks::real_arg_of(&raw const (*event).callback); }
}}
