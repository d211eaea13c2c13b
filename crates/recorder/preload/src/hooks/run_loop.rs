//! Bases and their loops.

use super::{
    callbacks, errno_if, hook, making, outcome, site_hooks, site_in, span, take_site, with_errno,
};
use crate::layout::Ptr;
use crate::put::{
    Frame, active, enter, leave, leave_with, local, point, recorded, step_in, step_out, wanted,
};
use crate::sys::{Timeval, c_int, c_short, c_void, strlen};
use crate::wire::{BaseMade, Failure, Kind, LoopEnded, args};
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
    let frame = enter(0, args::BaseNew { site: take_site(site) });
    let (base, errno) = with_errno(|| real(config));
    let (mut priorities, mut name) = (0, &[][..]);
    if !base.is_null() {
        priorities = real::event_base_get_npriorities(base) as u32;
        let method = real::event_base_get_method(base);
        name = core::slice::from_raw_parts(method.cast::<u8>(), strlen(method));
    }
    local().failed = base.is_null();
    leave_with(frame, base as usize, BaseMade { priorities, errno }, name);
    base
}}

hook! { event_base_free/1(base: Ptr) -> (), site, real => {
    if !active() { return real(base); }
    let frame = enter(base as usize, args::BaseFree { site: take_site(site) });
    real(base);
    callbacks::forget_once(base);
    leave(frame, base as usize, ());
}}

hook! { event_base_loop/2(base: Ptr, flags: c_int) -> c_int, site, real => {
    if !active() { return real(base, flags); }
    let frame = enter(base as usize, args::Loop { flags, site: take_site(site) });
    let outer = core::mem::replace(&mut local().base, base as usize);
    let result = real(base, flags);
    local().base = outer;
    let ran = !base.is_null() && result >= 0;
    let exit = ran && real::event_base_got_exit(base) != 0;
    let stopped = ran && real::event_base_got_break(base) != 0;
    leave(frame, base as usize, LoopEnded { result, exit, stopped });
    result
}}

hook! { event_base_loopexit/2(base: Ptr, after: *const Timeval) -> c_int, site, real => {
    let args = || args::LoopExit { timeout: span(after), site: take_site(site) };
    recorded(base as usize, args, || real(base, after))
}}

// Not by way of the one above: it has libevent's own callback run once, as that does.
hook! { event_loopexit/1(after: *const Timeval) -> c_int, site, real => {
    if !active() { return real(after); }
    let place = real::find(c"event_global_current_base_") as *const Ptr;
    let base = if place.is_null() { 0 } else { *place as usize };
    let frame = enter(base, args::LoopExit { timeout: span(after), site: take_site(site) });
    let result = real(after);
    leave(frame, base, result.into());
    result
}}

hook! { event_base_loopbreak/1(base: Ptr) -> c_int, site, real => {
    if active() { point(base as usize, args::LoopBreak { site: take_site(site) }); }
    real(base)
}}

hook! { event_base_loopcontinue/1(base: Ptr) -> c_int, site, real => {
    if active() { point(base as usize, args::LoopContinue { site: take_site(site) }); }
    real(base)
}}

hook! { event_base_once/6(
    base: Ptr, fd: c_int, what: c_short, callback: usize, arg: Ptr, after: *const Timeval
) -> c_int, site, real => {
    if !active() { return real(base, fd, what, callback, arg, after); }
    // Inside event_base_loopexit the callback is libevent's own.
    let own = local().inner == Kind::LoopExit as u8;
    let frame = enter(base as usize, args::Once { site: take_site(site) });
    let (callback, arg) =
        if own { (callback, arg) } else { callbacks::wrap_once(base, callback, arg) };
    let result = real(base, fd, what, callback, arg, after);
    leave(frame, base as usize, result.into());
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
fn waits(timeout: Option<u64>) -> Frame<args::Poll> {
    if wanted(Kind::Poll) {
        enter(local().base, args::Poll { timeout })
    } else {
        step_in()
    }
}

#[inline(always)]
fn waited(frame: Frame<args::Poll>, result: c_int) {
    if !wanted(Kind::Poll) {
        return step_out(frame);
    }
    leave(frame, local().base, outcome(result, errno_if(result < 0)));
}

#[inline(always)]
fn millis(timeout: c_int) -> Option<u64> {
    let timeout = u64::try_from(timeout).ok()?;
    Some(timeout * 1_000_000)
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
