//! Bufferevents.

use core::ffi::CStr;

use super::armed::{armed_for, real_callbacks};
use super::{errno_if, hook, length, outcome, site_hooks, span, take_site, with_errno};
use crate::layout::{BevOps, Bufferevent, Ptr, TokenBucket, ev};
use crate::put::{
    Armed, active, enter, enter_with, leave, local, point, recorded, step_in, step_out, wanted,
};
use crate::real;
use crate::sys::{Timeval, c_char, c_int, c_short, c_void};
use crate::wire::{BevType, Callback, Kind, Made, Progress, Side, Tls, args};

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
    let frame = step_in::<args::BevInit>();
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
        let init = args::BevInit {
            base: base as u64,
            options,
            input: (*bev).input as u64,
            output: (*bev).output as u64,
            kind,
        };
        point(bev as usize, init);
        let deferred = args::DeferredInit { function: 0, arg: bev as u64, priority: 0, of_bev: true };
        point(local().deferred, deferred);
    }
    result
}}

hook! { bufferevent_socket_new/3(base: Ptr, fd: c_int, options: c_int) -> Bev, site, real => {
    if !active() { return real(base, fd, options); }
    let site = take_site(site);
    let args = args::BevSocketNew { base: base as u64, fd, options, site, tls: Tls::None };
    let frame = enter(0, args);
    let (bev, errno) = with_errno(|| real(base, fd, options));
    leave(frame, bev as usize, Made { errno });
    bev
}}

hook! { bufferevent_pair_new/3(base: Ptr, options: c_int, pair: *mut Bev) -> c_int, site, real => {
    if !active() { return real(base, options, pair); }
    let args = args::BevPairNew { base: base as u64, options, site: take_site(site) };
    let frame = enter(0, args);
    let (result, errno) = with_errno(|| real(base, options, pair));
    let one = if result == 0 { *pair } else { core::ptr::null_mut() };
    leave(frame, one as usize, Made { errno });
    result
}}

hook! { bufferevent_filter_new/6(
    below: Bev, input: usize, output: usize, options: c_int, free: usize, arg: Ptr
) -> Bev, site, real => {
    if !active() { return real(below, input, output, options, free, arg); }
    let site = take_site(site);
    let args = args::BevFilterNew { underlying: below as u64, options, site, tls: Tls::None };
    let frame = enter(0, args);
    let (bev, errno) = with_errno(|| real(below, input, output, options, free, arg));
    leave(frame, bev as usize, Made { errno });
    bev
}}

// Those of OpenSSL.
hook! { bufferevent_openssl_socket_new/5(base: Ptr, fd: c_int, ssl: Ptr, state: c_int, options: c_int)
-> Bev, site, real => {
    if !active() { return real(base, fd, ssl, state, options); }
    let (site, tls) = (take_site(site), Tls::of_state(state));
    let frame = enter(0, args::BevSocketNew { base: base as u64, fd, options, site, tls });
    let (bev, errno) = with_errno(|| real(base, fd, ssl, state, options));
    leave(frame, bev as usize, Made { errno });
    bev
}}

hook! { bufferevent_openssl_filter_new/5(base: Ptr, below: Bev, ssl: Ptr, state: c_int, options: c_int)
-> Bev, site, real => {
    if !active() { return real(base, below, ssl, state, options); }
    let (site, tls) = (take_site(site), Tls::of_state(state));
    let frame = enter(0, args::BevFilterNew { underlying: below as u64, options, site, tls });
    let (bev, errno) = with_errno(|| real(base, below, ssl, state, options));
    leave(frame, bev as usize, Made { errno });
    bev
}}

hook! { bufferevent_setcb/5(bev: Bev, readcb: usize, writecb: usize, eventcb: usize, arg: Ptr) -> (),
site, real => {
    if active() {
        let args = args::BevSetcb {
            readcb: readcb as u64,
            writecb: writecb as u64,
            eventcb: eventcb as u64,
            site: take_site(site),
        };
        point(bev as usize, args);
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
    recorded(bev as usize, || args::BevEnable { events: what, site: take_site(site) }, || real(bev, what))
}}

hook! { bufferevent_disable/2(bev: Bev, what: c_short) -> c_int, site, real => {
    recorded(bev as usize, || args::BevDisable { events: what, site: take_site(site) }, || real(bev, what))
}}

hook! { bufferevent_setwatermark/4(bev: Bev, what: c_short, low: usize, high: usize) -> (), site, real => {
    let (low_mark, high_mark) = (low as u64, high as u64);
    let args = || args::BevSetWatermark { events: what, low: low_mark, high: high_mark, site: take_site(site) };
    recorded(bev as usize, args, || real(bev, what, low, high));
}}

hook! { bufferevent_set_timeouts/3(bev: Bev, read: *const Timeval, write: *const Timeval) -> c_int,
site, real => {
    let args = || args::BevSetTimeouts { read: span(read), write: span(write), site: take_site(site) };
    recorded(bev as usize, args, || real(bev, read, write))
}}

hook! { bufferevent_write/3(bev: Bev, data: *const c_void, len: usize) -> c_int, site, real => {
    let args = || args::BevWrite { len: len as u64, site: take_site(site) };
    recorded(bev as usize, args, || real(bev, data, len))
}}

hook! { bufferevent_write_buffer/2(bev: Bev, buf: Ptr) -> c_int, site, real => {
    let args = || args::BevWrite { len: length(buf), site: take_site(site) };
    recorded(bev as usize, args, || real(bev, buf))
}}

hook! { bufferevent_read/3(bev: Bev, data: *mut c_void, len: usize) -> usize, site, real => {
    let args = || args::BevRead { asked: len as u64, site: take_site(site) };
    recorded(bev as usize, args, || real(bev, data, len))
}}

hook! { bufferevent_read_buffer/2(bev: Bev, buf: Ptr) -> c_int, site, real => {
    let args = || args::BevRead { asked: length((*bev).input), site: take_site(site) };
    recorded(bev as usize, args, || real(bev, buf))
}}

hook! { bufferevent_socket_connect/3(bev: Bev, addr: *const c_void, len: c_int) -> c_int, site, real => {
    if !active() { return real(bev, addr, len); }
    let bytes = if addr.is_null() { &[][..] } else {
        core::slice::from_raw_parts(addr.cast::<u8>(), (len.max(0) as usize).min(128))
    };
    let frame = enter_with(bev as usize, args::BevConnect { site: take_site(site) }, bytes);
    let (result, errno) = with_errno(|| real(bev, addr, len));
    leave(frame, bev as usize, outcome(result, errno));
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
    let args = args::BevConnect { site: take_site(site) };
    let frame = enter_with(bev as usize, args, &bytes[..4 + n]);
    let (result, errno) = with_errno(|| real(bev, dns, family, host, port));
    leave(frame, bev as usize, outcome(result, errno));
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
        let errno = errno_if(result < 0 || result == 2);
        point(0, args::Connect { fd: *fd, progress, errno });
    }
    result
}}

hook! { evutil_socket_finished_connecting_/1(fd: c_int) -> c_int, site, real => {
    let result = real(fd);
    if active() && result != 0 {
        let progress = if result > 0 { Progress::Connected } else { Progress::Failed };
        point(0, args::Connect { fd, progress, errno: errno_if(result < 0) });
    }
    result
}}

hook! { bufferevent_setfd/2(bev: Bev, fd: c_int) -> c_int, site, real => {
    recorded(bev as usize, || args::BevSetfd { fd, site: take_site(site) }, || real(bev, fd))
}}

hook! { bufferevent_priority_set/2(bev: Bev, priority: c_int) -> c_int, site, real => {
    let args = || args::BevPrioritySet { priority, site: take_site(site) };
    recorded(bev as usize, args, || real(bev, priority))
}}

hook! { bufferevent_trigger/3(bev: Bev, what: c_short, options: c_int) -> (), site, real => {
    if !active() { return real(bev, what, options); }
    // Between two deferred callbacks libevent triggers the read callback again by itself; the reference it
    // drops in there is not the one that ends the delivery.
    let armed = armed_for(bev);
    if !armed.is_null() { (*armed).disarm(); }
    let frame = enter(bev as usize, args::BevTrigger { events: what, site: take_site(site) });
    real(bev, what, options);
    leave(frame, bev as usize, ());
    if !armed.is_null() { (*armed).arm_all(); }
}}

hook! { bufferevent_trigger_event/3(bev: Bev, what: c_short, options: c_int) -> (), site, real => {
    let args = || args::BevTrigger { events: 0, site: take_site(site) };
    recorded(bev as usize, args, || real(bev, what, options));
}}

hook! { bufferevent_flush/3(bev: Bev, what: c_short, mode: c_int) -> c_int, site, real => {
    let args = || args::BevFlush { what, mode, site: take_site(site) };
    recorded(bev as usize, args, || real(bev, what, mode))
}}

hook! { bufferevent_free/1(bev: Bev) -> (), site, real => {
    recorded(bev as usize, || args::BevFree { site: take_site(site) }, || real(bev));
}}

// ---- the user's callbacks -------------------------------------------------------------------------

hook! { bufferevent_run_readcb_/2(bev: Bev, options: c_int) -> (), site, real => {
    // An input does not pass a mark of 0.
    if (*bev).wm_read.low > 0 && active() && wanted(Kind::LowMark) {
        low_mark(bev, Side::Input, (*bev).input, (*bev).wm_read.low, site);
    }
    if !active() || (*bev).readcb == 0 || !armed_for(bev).is_null() { return real(bev, options); }
    let mut armed = Armed::new(bev);
    armed.site = site;
    armed.push();
    armed.arm_all();
    real(bev, options);
    put_off(&mut armed, Callback::Read, 0);
}}

hook! { bufferevent_run_writecb_/2(bev: Bev, options: c_int) -> (), site, real => {
    if active() && wanted(Kind::LowMark) {
        low_mark(bev, Side::Output, (*bev).output, (*bev).wm_write.low, site);
    }
    if !active() || (*bev).writecb == 0 || !armed_for(bev).is_null() { return real(bev, options); }
    let mut armed = Armed::new(bev);
    armed.site = site;
    armed.push();
    armed.arm_all();
    real(bev, options);
    put_off(&mut armed, Callback::Write, 0);
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
    put_off(&mut armed, Callback::Event, what);
}}

#[inline(always)]
unsafe fn low_mark(bev: Bev, side: Side, buf: Ptr, low: usize, site: usize) {
    // SAFETY: the caller has a valid buffer.
    let len = unsafe { length(buf) };
    point(
        bev as usize,
        args::LowMark {
            side,
            len,
            low: low as u64,
            site: site as u64,
        },
    );
}

/// After libevent was to run a callback: if the pointers are still ours, it did not, but put it off.
unsafe fn put_off(armed: &mut Armed, callback: Callback, what: c_short) {
    armed.pop();
    if armed.set {
        // SAFETY: nothing ran, and whoever calls these functions holds a reference.
        unsafe { armed.disarm() };
        point(armed.bev as usize, args::PutOff { callback, what });
    }
}

hook! { bufferevent_decref_and_unlock_/1(bev: Bev) -> c_int, site, real => {
    let armed = armed_for(bev);
    if !armed.is_null() { (*armed).disarm(); }
    real(bev)
}}

// ---- suspends, rate limits ------------------------------------------------------------------------

macro_rules! suspends {
    ($bev:ident; $($name:ident, $kind:ident { $($arg:ident: $value:expr),* };)*) => {$(
        hook! { $name/2($bev: Bev, reason: u16) -> (), site, real => {
            if !active() || !wanted(Kind::$kind) { return real($bev, reason); }
            let frame = enter($bev as usize, args::$kind { reason, $($arg: $value),* });
            real($bev, reason);
            leave(frame, $bev as usize, ());
        }}
    )*};
}

suspends! { bev;
    bufferevent_suspend_read_, SuspendRead {
        input: length((*bev).input), high: (*bev).wm_read.high as u64
    };
    bufferevent_unsuspend_read_, UnsuspendRead {
        input: length((*bev).input), high: (*bev).wm_read.high as u64
    };
    bufferevent_suspend_write_, SuspendWrite {};
    bufferevent_unsuspend_write_, UnsuspendWrite {};
}

hook! { bufferevent_set_rate_limit/2(bev: Bev, cfg: Ptr) -> c_int, site, real => {
    let args = || args::BevSetRateLimit { site: take_site(site), lifted: cfg.is_null() };
    recorded(bev as usize, args, || real(bev, cfg))
}}

hook! { bufferevent_add_to_rate_limit_group/2(bev: Bev, group: Ptr) -> c_int, site, real => {
    let args = || args::BevSetRateLimit { site: take_site(site), lifted: false };
    recorded(bev as usize, args, || real(bev, group))
}}

// Only where there is a limit; libevent ends the program where there is none.
hook! { bufferevent_decrement_read_limit/2(bev: Bev, bytes: isize) -> c_int, site, real => {
    taken(bev, ev::READ, bytes);
    real(bev, bytes)
}}

hook! { bufferevent_decrement_write_limit/2(bev: Bev, bytes: isize) -> c_int, site, real => {
    taken(bev, ev::WRITE, bytes);
    real(bev, bytes)
}}

hook! { bufferevent_decrement_read_buckets_/2(bev: Bev, bytes: isize) -> c_int, site, real => {
    taken(bev, ev::READ, bytes);
    real(bev, bytes)
}}

hook! { bufferevent_decrement_write_buckets_/2(bev: Bev, bytes: isize) -> c_int, site, real => {
    taken(bev, ev::WRITE, bytes);
    real(bev, bytes)
}}

/// libevent calls these after every read and write, whether or not there is a limit.
unsafe fn taken(bev: Bev, what: c_short, bytes: isize) {
    // SAFETY: the bufferevent is the one that libevent is at work on.
    if active() && !unsafe { real::bufferevent_get_token_bucket_cfg(bev.cast()) }.is_null() {
        point(
            bev as usize,
            args::Ratelimit {
                what,
                bytes: bytes as i64,
            },
        );
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
        bucket as usize,
        args::Bucket {
            read: read as i64,
            write: write as i64,
        },
    );
}
