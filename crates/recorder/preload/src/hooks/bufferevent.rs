//! Bufferevents.

use core::ffi::CStr;

use super::armed::{armed_for, real_callbacks};
use super::{errno_if, hook, length, site_hooks, span, take_site, with_errno};
use crate::layout::{BevOps, Bufferevent, Ptr, TokenBucket};
use crate::put::{
    Armed, active, enter, enter_with, leave, local, point, step_in, step_out, wanted,
};
use crate::real;
use crate::sys::{Timeval, c_char, c_int, c_short, c_void};
use crate::wire::{BevType, Kind, Progress};

type Bev = *mut Bufferevent;

/// `BEV_OPT_UNLOCK_CALLBACKS`.
const UNLOCK_CALLBACKS: c_int = 8;

site_hooks! {
    bufferevent_new/5(fd: c_int, readcb: usize, writecb: usize, eventcb: usize, arg: Ptr) -> Bev;
    bufferevent_settimeout/3(bev: Bev, read: c_int, write: c_int) -> ();
}

hook! { bufferevent_init_common_/4(bev: Bev, base: Ptr, ops: *const BevOps, options: c_int) -> c_int,
site, real => {
    if !active() { return real(bev, base, ops, options); }
    // The buffers and the deferred callback are made inside; they belong to the bufferevent.
    let frame = step_in(Kind::BevInit);
    local().unlocks = options & UNLOCK_CALLBACKS != 0;
    let result = real(bev, base, ops, options);
    step_out(frame);
    if result == 0 {
        let kind = match CStr::from_ptr((*ops).name).to_bytes() {
            b"socket" => BevType::Socket,
            b"pair" | b"pair_elt" => BevType::Pair,
            b"filter" => BevType::Filter,
            _ => BevType::Other,
        };
        let args = [
            base as u64,
            options as u64,
            (*bev).input as u64,
            (*bev).output as u64,
            kind as u64,
        ];
        point(Kind::BevInit, bev as usize, args);
        let args = [0, bev as u64, 0, 1, 0];
        point(Kind::DeferredInit, local().deferred, args);
    }
    result
}}

hook! { bufferevent_socket_new/3(base: Ptr, fd: c_int, options: c_int) -> Bev, site, real => {
    if !active() { return real(base, fd, options); }
    let args = [base as u64, u64::from(fd as u32), options as u64, take_site(site), 0];
    let frame = enter(Kind::BevSocketNew, 0, args);
    let (bev, errno) = with_errno(|| real(base, fd, options));
    leave(Kind::BevSocketNew, frame, bev as usize, [errno, 0, 0, 0, 0]);
    bev
}}

hook! { bufferevent_pair_new/3(base: Ptr, options: c_int, pair: *mut Bev) -> c_int, site, real => {
    if !active() { return real(base, options, pair); }
    let args = [base as u64, options as u64, take_site(site), 0, 0];
    let frame = enter(Kind::BevPairNew, 0, args);
    let (result, errno) = with_errno(|| real(base, options, pair));
    let (one, other) = if result == 0 { (*pair, *pair.add(1)) } else {
        (core::ptr::null_mut(), core::ptr::null_mut())
    };
    leave(Kind::BevPairNew, frame, one as usize, [other as u64, errno, 0, 0, 0]);
    result
}}

hook! { bufferevent_filter_new/6(
    below: Bev, input: usize, output: usize, options: c_int, free: usize, arg: Ptr
) -> Bev, site, real => {
    if !active() { return real(below, input, output, options, free, arg); }
    let args = [below as u64, options as u64, take_site(site), 0, 0];
    let frame = enter(Kind::BevFilterNew, 0, args);
    let (bev, errno) = with_errno(|| real(below, input, output, options, free, arg));
    leave(Kind::BevFilterNew, frame, bev as usize, [errno, 0, 0, 0, 0]);
    bev
}}

// Those of OpenSSL: the connection's state is 0, 1 or 2.
hook! { bufferevent_openssl_socket_new/5(base: Ptr, fd: c_int, ssl: Ptr, state: c_int, options: c_int)
-> Bev, site, real => {
    if !active() { return real(base, fd, ssl, state, options); }
    let tls = state as u64 + 1;
    let args = [base as u64, u64::from(fd as u32), options as u64, take_site(site), tls];
    let frame = enter(Kind::BevSocketNew, 0, args);
    let (bev, errno) = with_errno(|| real(base, fd, ssl, state, options));
    leave(Kind::BevSocketNew, frame, bev as usize, [errno, 0, 0, 0, 0]);
    bev
}}

hook! { bufferevent_openssl_filter_new/5(base: Ptr, below: Bev, ssl: Ptr, state: c_int, options: c_int)
-> Bev, site, real => {
    if !active() { return real(base, below, ssl, state, options); }
    let args = [below as u64, options as u64, take_site(site), state as u64 + 1, 0];
    let frame = enter(Kind::BevFilterNew, 0, args);
    let (bev, errno) = with_errno(|| real(base, below, ssl, state, options));
    leave(Kind::BevFilterNew, frame, bev as usize, [errno, 0, 0, 0, 0]);
    bev
}}

hook! { bufferevent_setcb/5(bev: Bev, readcb: usize, writecb: usize, eventcb: usize, arg: Ptr) -> (),
site, real => {
    if active() {
        let args = [readcb as u64, writecb as u64, eventcb as u64, take_site(site), 0];
        point(Kind::BevSetcb, bev as usize, args);
    }
    real(bev, readcb, writecb, eventcb, arg);
}}

hook! { bufferevent_getcb/5(
    bev: Bev, readcb: *mut usize, writecb: *mut usize, eventcb: *mut usize, arg: *mut Ptr
) -> (), site, real => {
    if !active() { return real(bev, readcb, writecb, eventcb, arg); }
    real_callbacks(bev, [readcb, writecb, eventcb], || real(bev, readcb, writecb, eventcb, arg));
}}

hook! { bufferevent_enable/2(bev: Bev, what: c_short) -> c_int, site, real => {
    if !active() { return real(bev, what); }
    let args = [what as u64, take_site(site), 0, 0, 0];
    let frame = enter(Kind::BevEnable, bev as usize, args);
    let result = real(bev, what);
    leave(Kind::BevEnable, frame, bev as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

hook! { bufferevent_disable/2(bev: Bev, what: c_short) -> c_int, site, real => {
    if !active() { return real(bev, what); }
    let args = [what as u64, take_site(site), 0, 0, 0];
    let frame = enter(Kind::BevDisable, bev as usize, args);
    let result = real(bev, what);
    leave(Kind::BevDisable, frame, bev as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

hook! { bufferevent_setwatermark/4(bev: Bev, what: c_short, low: usize, high: usize) -> (), site, real => {
    if !active() { return real(bev, what, low, high); }
    let input = length((*bev).input);
    let args = [what as u64, low as u64, high as u64, input, take_site(site)];
    let frame = enter(Kind::BevSetWatermark, bev as usize, args);
    real(bev, what, low, high);
    leave(Kind::BevSetWatermark, frame, bev as usize, [0; 5]);
}}

hook! { bufferevent_set_timeouts/3(bev: Bev, read: *const Timeval, write: *const Timeval) -> c_int,
site, real => {
    if !active() { return real(bev, read, write); }
    let args = [span(read), span(write), take_site(site), 0, 0];
    let frame = enter(Kind::BevSetTimeouts, bev as usize, args);
    let result = real(bev, read, write);
    leave(Kind::BevSetTimeouts, frame, bev as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

hook! { bufferevent_write/3(bev: Bev, data: *const c_void, len: usize) -> c_int, site, real => {
    if !active() { return real(bev, data, len); }
    let args = [len as u64, take_site(site), 0, 0, 0];
    let frame = enter(Kind::BevWrite, bev as usize, args);
    let result = real(bev, data, len);
    leave(Kind::BevWrite, frame, bev as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

hook! { bufferevent_write_buffer/2(bev: Bev, buf: Ptr) -> c_int, site, real => {
    if !active() { return real(bev, buf); }
    let args = [length(buf), take_site(site), 0, 0, 0];
    let frame = enter(Kind::BevWrite, bev as usize, args);
    let result = real(bev, buf);
    leave(Kind::BevWrite, frame, bev as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

hook! { bufferevent_read/3(bev: Bev, data: *mut c_void, len: usize) -> usize, site, real => {
    if !active() { return real(bev, data, len); }
    let args = [len as u64, take_site(site), 0, 0, 0];
    let frame = enter(Kind::BevRead, bev as usize, args);
    let result = real(bev, data, len);
    leave(Kind::BevRead, frame, bev as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

hook! { bufferevent_read_buffer/2(bev: Bev, buf: Ptr) -> c_int, site, real => {
    if !active() { return real(bev, buf); }
    let args = [length((*bev).input), take_site(site), 0, 0, 0];
    let frame = enter(Kind::BevRead, bev as usize, args);
    let result = real(bev, buf);
    leave(Kind::BevRead, frame, bev as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

hook! { bufferevent_socket_connect/3(bev: Bev, addr: *const c_void, len: c_int) -> c_int, site, real => {
    if !active() { return real(bev, addr, len); }
    let bytes = if addr.is_null() { &[][..] } else {
        core::slice::from_raw_parts(addr.cast::<u8>(), (len.max(0) as usize).min(128))
    };
    let args = [take_site(site), 0, 0, 0, 0];
    let frame = enter_with(Kind::BevConnect, bev as usize, args, bytes);
    let (result, errno) = with_errno(|| real(bev, addr, len));
    let args = [result as u64, if result < 0 { errno } else { 0 }, 0, 0, 0];
    leave(Kind::BevConnect, frame, bev as usize, args);
    result
}}

hook! { bufferevent_socket_connect_hostname/5(
    bev: Bev, dns: Ptr, family: c_int, host: *const c_char, port: c_int
) -> c_int, site, real => {
    if !active() { return real(bev, dns, family, host, port); }
    // A family no socket has tells the reader that this is a name: `0xffff`, the port, the name.
    let name = CStr::from_ptr(host).to_bytes();
    let mut bytes = [0u8; 260];
    bytes[..4].copy_from_slice(&[0xff, 0xff, (port >> 8) as u8, port as u8]);
    let n = name.len().min(256);
    bytes[4..4 + n].copy_from_slice(&name[..n]);
    let args = [take_site(site), 0, 0, 0, 0];
    let frame = enter_with(Kind::BevConnect, bev as usize, args, &bytes[..4 + n]);
    let (result, errno) = with_errno(|| real(bev, dns, family, host, port));
    let args = [result as u64, if result < 0 { errno } else { 0 }, 0, 0, 0];
    leave(Kind::BevConnect, frame, bev as usize, args);
    result
}}

hook! { evutil_socket_connect_/3(fd: *mut c_int, addr: *const c_void, len: c_int) -> c_int,
site, real => {
    let result = real(fd, addr, len);
    if active() {
        let progress = match result {
            0 => Progress::Started,
            1 => Progress::Connected,
            _ => Progress::Failed,
        };
        let error = errno_if(result < 0 || result == 2);
        point(Kind::Connect, 0, [u64::from(*fd as u32), progress as u64, error, 0, 0]);
    }
    result
}}

hook! { evutil_socket_finished_connecting_/1(fd: c_int) -> c_int, site, real => {
    let result = real(fd);
    if active() && result != 0 {
        let progress = if result > 0 { Progress::Connected } else { Progress::Failed };
        let error = errno_if(result < 0);
        point(Kind::Connect, 0, [u64::from(fd as u32), progress as u64, error, 0, 0]);
    }
    result
}}

hook! { bufferevent_setfd/2(bev: Bev, fd: c_int) -> c_int, site, real => {
    if !active() { return real(bev, fd); }
    let args = [u64::from(fd as u32), take_site(site), 0, 0, 0];
    let frame = enter(Kind::BevSetfd, bev as usize, args);
    let result = real(bev, fd);
    leave(Kind::BevSetfd, frame, bev as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

hook! { bufferevent_priority_set/2(bev: Bev, priority: c_int) -> c_int, site, real => {
    if !active() { return real(bev, priority); }
    let args = [priority as u64, take_site(site), 0, 0, 0];
    let frame = enter(Kind::BevPrioritySet, bev as usize, args);
    let result = real(bev, priority);
    leave(Kind::BevPrioritySet, frame, bev as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

hook! { bufferevent_trigger/3(bev: Bev, what: c_short, options: c_int) -> (), site, real => {
    if !active() { return real(bev, what, options); }
    // Between two deferred callbacks libevent triggers the read callback again by itself; the reference it
    // drops in there is not the one that ends the delivery.
    let armed = armed_for(bev);
    if !armed.is_null() { (*armed).disarm(); }
    let args = [what as u64, options as u64, take_site(site), 0, 0];
    let frame = enter(Kind::BevTrigger, bev as usize, args);
    real(bev, what, options);
    leave(Kind::BevTrigger, frame, bev as usize, [0; 5]);
    if !armed.is_null() { (*armed).arm_all(); }
}}

hook! { bufferevent_trigger_event/3(bev: Bev, what: c_short, options: c_int) -> (), site, real => {
    if !active() { return real(bev, what, options); }
    let args = [0, options as u64, take_site(site), 0, 0];
    let frame = enter(Kind::BevTrigger, bev as usize, args);
    real(bev, what, options);
    leave(Kind::BevTrigger, frame, bev as usize, [0; 5]);
}}

hook! { bufferevent_flush/3(bev: Bev, what: c_short, mode: c_int) -> c_int, site, real => {
    if !active() { return real(bev, what, mode); }
    let args = [what as u64, mode as u64, take_site(site), 0, 0];
    let frame = enter(Kind::BevFlush, bev as usize, args);
    let result = real(bev, what, mode);
    leave(Kind::BevFlush, frame, bev as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

hook! { bufferevent_free/1(bev: Bev) -> (), site, real => {
    if !active() { return real(bev); }
    let args = [take_site(site), 0, 0, 0, 0];
    let frame = enter(Kind::BevFree, bev as usize, args);
    real(bev);
    leave(Kind::BevFree, frame, bev as usize, [0; 5]);
}}

// ---- the user's callbacks -------------------------------------------------------------------------

hook! { bufferevent_run_readcb_/2(bev: Bev, options: c_int) -> (), site, real => {
    // An input does not pass a mark of 0.
    if (*bev).wm_read.low > 0 && active() && wanted(Kind::LowMark) {
        let args = [1, length((*bev).input), (*bev).wm_read.low as u64, site as u64, 0];
        point(Kind::LowMark, bev as usize, args);
    }
    if !active() || (*bev).readcb == 0 || !armed_for(bev).is_null() { return real(bev, options); }
    let mut armed = Armed::new(bev);
    armed.site = site;
    armed.push();
    armed.arm_all();
    real(bev, options);
    put_off(&mut armed, 1, 0);
}}

hook! { bufferevent_run_writecb_/2(bev: Bev, options: c_int) -> (), site, real => {
    if active() && wanted(Kind::LowMark) {
        let args = [2, length((*bev).output), (*bev).wm_write.low as u64, site as u64, 0];
        point(Kind::LowMark, bev as usize, args);
    }
    if !active() || (*bev).writecb == 0 || !armed_for(bev).is_null() { return real(bev, options); }
    let mut armed = Armed::new(bev);
    armed.site = site;
    armed.push();
    armed.arm_all();
    real(bev, options);
    put_off(&mut armed, 2, 0);
}}

hook! { bufferevent_run_eventcb_/3(bev: Bev, what: c_short, options: c_int) -> (), site, real => {
    if !active() || (*bev).errorcb == 0 || !armed_for(bev).is_null() {
        return real(bev, what, options);
    }
    let mut armed = Armed::new(bev);
    armed.site = site;
    armed.push();
    armed.arm_all();
    real(bev, what, options);
    put_off(&mut armed, 4, what);
}}

/// After libevent was to run a callback: if the pointers are still ours, it did not, but put it off.
unsafe fn put_off(armed: &mut Armed, which: u64, what: c_short) {
    armed.pop();
    if armed.set {
        // SAFETY: nothing ran, and whoever calls these functions holds a reference.
        unsafe { armed.disarm() };
        point(
            Kind::PutOff,
            armed.bev as usize,
            [which, u64::from(what as u16), 0, 0, 0],
        );
    }
}

hook! { bufferevent_decref_and_unlock_/1(bev: Bev) -> c_int, site, real => {
    let armed = armed_for(bev);
    if !armed.is_null() { (*armed).disarm(); }
    real(bev)
}}

// ---- suspends, rate limits ------------------------------------------------------------------------

macro_rules! suspends {
    ($($name:ident, $kind:ident, $reading:literal;)*) => {$(
        hook! { $name/2(bev: Bev, reason: u16) -> (), site, real => {
            if !active() || !wanted(Kind::$kind) { return real(bev, reason); }
            let (input, high) = if $reading {
                (length((*bev).input), (*bev).wm_read.high as u64)
            } else {
                (0, 0)
            };
            let args = [u64::from(reason), input, high, 0, 0];
            let frame = enter(Kind::$kind, bev as usize, args);
            real(bev, reason);
            leave(Kind::$kind, frame, bev as usize, [0; 5]);
        }}
    )*};
}

suspends! {
    bufferevent_suspend_read_, SuspendRead, true;
    bufferevent_unsuspend_read_, UnsuspendRead, true;
    bufferevent_suspend_write_, SuspendWrite, false;
    bufferevent_unsuspend_write_, UnsuspendWrite, false;
}

hook! { bufferevent_set_rate_limit/2(bev: Bev, cfg: Ptr) -> c_int, site, real => {
    if !active() { return real(bev, cfg); }
    let lifted = u64::from(cfg.is_null());
    let frame = enter(Kind::BevSetRateLimit, bev as usize, [take_site(site), lifted, 0, 0, 0]);
    let result = real(bev, cfg);
    leave(Kind::BevSetRateLimit, frame, bev as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

hook! { bufferevent_add_to_rate_limit_group/2(bev: Bev, group: Ptr) -> c_int, site, real => {
    if !active() { return real(bev, group); }
    let frame = enter(Kind::BevSetRateLimit, bev as usize, [take_site(site), 0, 0, 0, 0]);
    let result = real(bev, group);
    leave(Kind::BevSetRateLimit, frame, bev as usize, [result as u64, 0, 0, 0, 0]);
    result
}}

// Only where there is a limit; libevent ends the program where there is none.
hook! { bufferevent_decrement_read_limit/2(bev: Bev, bytes: isize) -> c_int, site, real => {
    taken(bev, 2, bytes);
    real(bev, bytes)
}}

hook! { bufferevent_decrement_write_limit/2(bev: Bev, bytes: isize) -> c_int, site, real => {
    taken(bev, 4, bytes);
    real(bev, bytes)
}}

hook! { bufferevent_decrement_read_buckets_/2(bev: Bev, bytes: isize) -> c_int, site, real => {
    taken(bev, 2, bytes);
    real(bev, bytes)
}}

hook! { bufferevent_decrement_write_buckets_/2(bev: Bev, bytes: isize) -> c_int, site, real => {
    taken(bev, 4, bytes);
    real(bev, bytes)
}}

/// libevent calls these after every read and write, whether or not there is a limit.
unsafe fn taken(bev: Bev, side: u64, bytes: isize) {
    // SAFETY: the bufferevent is the one that libevent is at work on.
    if active() && !unsafe { real::bufferevent_get_token_bucket_cfg(bev.cast()) }.is_null() {
        point(Kind::Ratelimit, bev as usize, [side, bytes as u64, 0, 0, 0]);
    }
}

hook! { ev_token_bucket_init_/4(bucket: *mut TokenBucket, cfg: Ptr, tick: u32, again: c_int) -> c_int,
site, real => {
    let result = real(bucket, cfg, tick, again);
    if active() { filled(bucket); }
    result
}}

hook! { ev_token_bucket_update_/3(bucket: *mut TokenBucket, cfg: Ptr, tick: u32) -> c_int,
site, real => {
    let result = real(bucket, cfg, tick);
    if active() && result != 0 { filled(bucket); }
    result
}}

unsafe fn filled(bucket: *const TokenBucket) {
    // SAFETY: libevent has just written to it.
    let (read, write) = unsafe { ((*bucket).read_limit, (*bucket).write_limit) };
    point(
        Kind::Bucket,
        bucket as usize,
        [read as u64, write as u64, 0, 0, 0],
    );
}
