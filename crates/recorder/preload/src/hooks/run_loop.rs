//! Bases and their loops.

use super::{callbacks, errno_if, hook, making, site_hooks, site_in, span, take_site, with_errno};
use crate::layout::Ptr;
use crate::put::{active, enter, leave, leave_with, local, point, step_in, step_out, wanted};
use crate::sys::{Timeval, c_int, c_short, c_void, strlen};
use crate::wire::{Failure, Kind};
use crate::{real, start};

site_hooks! {
    event_init/0() -> Ptr;
    event_base_dispatch/1(base: Ptr) -> c_int;
    event_dispatch/0() -> c_int;
    event_loop/1(flags: c_int) -> c_int;
    event_loopbreak/0() -> c_int;
}

hook! { event_base_new/0() -> Ptr, site, real => {
    making(Failure::EventBaseNew, site, || real())
}}

hook! { event_base_free_nofinalize/1(base: Ptr) -> (), site, real => {
    let outer = site_in(site);
    real(base);
    local().site = outer;
    callbacks::forget_once(base);
}}

hook! { event_base_new_with_config/1(config: Ptr) -> Ptr, site, real => {
    if !active() { return real(config); }
    start::tell_modules();
    let site = take_site(site);
    let frame = enter(Kind::BaseNew, 0, [site, 0, 0, 0, 0]);
    let (base, errno) = with_errno(|| real(config));
    let (mut priorities, mut name) = (0, &[][..]);
    if !base.is_null() {
        priorities = real::event_base_get_npriorities(base) as u64;
        let method = real::event_base_get_method(base);
        name = core::slice::from_raw_parts(method.cast::<u8>(), strlen(method));
    }
    local().failed = base.is_null();
    leave_with(Kind::BaseNew, frame, base as usize, [priorities, errno, 0, 0, 0], name);
    base
}}

hook! { event_base_free/1(base: Ptr) -> (), site, real => {
    if !active() { return real(base); }
    let frame = enter(Kind::BaseFree, base as usize, [take_site(site), 0, 0, 0, 0]);
    real(base);
    callbacks::forget_once(base);
    leave(Kind::BaseFree, frame, base as usize, [0; 5]);
}}

hook! { event_base_loop/2(base: Ptr, flags: c_int) -> c_int, site, real => {
    if !active() { return real(base, flags); }
    let args = [flags as u64, take_site(site), 0, 0, 0];
    let frame = enter(Kind::Loop, base as usize, args);
    let outer = core::mem::replace(&mut local().base, base as usize);
    let result = real(base, flags);
    local().base = outer;
    let (exit, stopped) = if base.is_null() || result < 0 { (0, 0) } else {
        (real::event_base_got_exit(base) as u64, real::event_base_got_break(base) as u64)
    };
    leave(Kind::Loop, frame, base as usize, [result as u64, exit, stopped, 0, 0]);
    result
}}

hook! { event_base_loopexit/2(base: Ptr, after: *const Timeval) -> c_int, site, real => {
    if !active() { return real(base, after); }
    let args = [span(after), take_site(site), 0, 0, 0];
    let frame = enter(Kind::LoopExit, base as usize, args);
    let result = real(base, after);
    leave(Kind::LoopExit, frame, base as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

// Not by way of the one above: it has libevent's own callback run once, as that does.
hook! { event_loopexit/1(after: *const Timeval) -> c_int, site, real => {
    if !active() { return real(after); }
    let place = real::find(c"event_global_current_base_") as *const Ptr;
    let base = if place.is_null() { 0 } else { *place as usize };
    let frame = enter(Kind::LoopExit, base, [span(after), take_site(site), 0, 0, 0]);
    let result = real(after);
    leave(Kind::LoopExit, frame, base, [result as u64, 0, 0, 0, 0]);
    result
}}

hook! { event_base_loopbreak/1(base: Ptr) -> c_int, site, real => {
    if active() { point(Kind::LoopBreak, base as usize, [take_site(site), 0, 0, 0, 0]); }
    real(base)
}}

hook! { event_base_loopcontinue/1(base: Ptr) -> c_int, site, real => {
    if active() { point(Kind::LoopContinue, base as usize, [take_site(site), 0, 0, 0, 0]); }
    real(base)
}}

hook! { event_base_once/6(
    base: Ptr, fd: c_int, what: c_short, callback: usize, arg: Ptr, after: *const Timeval
) -> c_int, site, real => {
    if !active() { return real(base, fd, what, callback, arg, after); }
    // Inside event_base_loopexit the callback is libevent's own.
    let own = local().inner == Kind::LoopExit as u8;
    let site = take_site(site);
    let frame = enter(Kind::Once, base as usize, [site, 0, 0, 0, 0]);
    let (callback, arg) =
        if own { (callback, arg) } else { callbacks::wrap_once(base, callback, arg) };
    let result = real(base, fd, what, callback, arg, after);
    leave(Kind::Once, frame, base as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

hook! { evthread_make_base_notifiable/1(base: Ptr) -> c_int, site, real => {
    let outer = site_in(site);
    let result = real(base);
    local().site = outer;
    result
}}

/// Whether the call comes from the loop itself: the program may also wait by its own means.
#[inline(always)]
fn in_loop() -> bool {
    local().inner == Kind::Loop as u8
}

#[inline(always)]
fn waits(timeout: u64) -> crate::put::Frame {
    if wanted(Kind::Poll) {
        enter(Kind::Poll, local().base, [timeout, 0, 0, 0, 0])
    } else {
        step_in(Kind::Poll)
    }
}

#[inline(always)]
fn waited(frame: crate::put::Frame, result: c_int) {
    if !wanted(Kind::Poll) {
        return step_out(frame);
    }
    let args = [result as u64, errno_if(result < 0), 0, 0, 0];
    leave(Kind::Poll, frame, local().base, args);
}

#[inline(always)]
fn millis(timeout: c_int) -> u64 {
    if timeout < 0 {
        u64::MAX
    } else {
        timeout as u64 * 1_000_000
    }
}

hook! { epoll_wait/4(fd: c_int, events: *mut c_void, n: c_int, timeout: c_int) -> c_int, site, real => {
    if !in_loop() { return real(fd, events, n, timeout); }
    let frame = waits(millis(timeout));
    let result = real(fd, events, n, timeout);
    waited(frame, result);
    result
}}

hook! { poll/3(fds: *mut c_void, n: usize, timeout: c_int) -> c_int, site, real => {
    if !in_loop() { return real(fds, n, timeout); }
    let frame = waits(millis(timeout));
    let result = real(fds, n, timeout);
    waited(frame, result);
    result
}}

hook! { select/5(
    n: c_int, read: *mut c_void, write: *mut c_void, except: *mut c_void, timeout: *mut Timeval
) -> c_int, site, real => {
    if !in_loop() { return real(n, read, write, except, timeout); }
    let frame = waits(span(timeout));
    let result = real(n, read, write, except, timeout);
    waited(frame, result);
    result
}}
