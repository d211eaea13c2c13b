//! Buffers.
//!
//! Where threads share a buffer, its lock is held from the look at its length before a change to the record of the
//! length after: otherwise another thread's change could come in between, and the steps would contradict each other.

use super::{failed, hook, length, site_hooks, take_site, with_errno};
use crate::layout::{BufferPtr, Evbuffer, Ptr, seen};
use crate::put::{
    Frame, active, enter, enter_with, leave, leave_with, local, payload_limit, point, step_in,
    step_out, wanted,
};
use crate::real;
use crate::sys::{KeepErrno, c_char, c_int, c_void};
use crate::wire::{Failure, Kind};

/// The longest payload of a record.
const MAX_PAYLOAD: usize = 2048;

site_hooks! {
    evbuffer_write/2(buf: Ptr, fd: c_int) -> c_int;
    evbuffer_add_file/4(buf: Ptr, fd: c_int, offset: i64, len: i64) -> c_int;
}

/// The first bytes at `data`, as many as are to be kept.
#[inline(always)]
unsafe fn payload<'a>(data: *const c_void, len: usize) -> &'a [u8] {
    let limit = payload_limit();
    if limit == 0 || data.is_null() {
        return &[];
    }
    // SAFETY: the caller has `len` bytes there. One more than the limit, so that a cut can be seen.
    unsafe { core::slice::from_raw_parts(data.cast(), len.min(limit + 1).min(MAX_PAYLOAD)) }
}

/// The locks of buffers that a call changes, held; libevent's may be taken again by the thread that holds them.
struct Held([Ptr; 2]);

impl Held {
    /// Takes the buffer's lock, if it has one.
    #[inline(always)]
    unsafe fn one(buf: Ptr) -> Self {
        // SAFETY: the caller has a valid buffer.
        unsafe {
            if (*buf.cast::<Evbuffer>()).lock.is_null() {
                return Self([core::ptr::null_mut(); 2]);
            }
            crate::real::evbuffer_lock(buf);
        }
        Self([buf, core::ptr::null_mut()])
    }

    /// Takes both buffers' locks, in libevent's order: by their addresses.
    #[inline(always)]
    unsafe fn two(a: Ptr, b: Ptr) -> Self {
        // SAFETY: the caller has two valid buffers, or the same twice.
        unsafe {
            if a == b {
                return Self::one(a);
            }
            let lock = |buf: Ptr| (*buf.cast::<Evbuffer>()).lock;
            let (first, second) = if lock(a) <= lock(b) { (a, b) } else { (b, a) };
            Self([Self::one(first).0[0], Self::one(second).0[0]])
        }
    }

    #[inline(always)]
    unsafe fn release(self) {
        for buf in self.0.into_iter().rev() {
            if !buf.is_null() {
                // SAFETY: libevent itself lets the lock go after all it does, so the buffer is still there.
                unsafe { crate::real::evbuffer_unlock(buf) };
            }
        }
    }
}

/// A change that has begun. `held` is `None` where nobody wants its record, but calls inside must know where they are.
struct Open {
    frame: Frame,
    held: Option<Held>,
}

/// Begins the record of a change.
#[inline(always)]
unsafe fn change(kind: Kind, buf: Ptr, count: u64, site: usize, data: &[u8]) -> Open {
    // SAFETY: the caller has a valid buffer.
    unsafe { change_beside(kind, buf, buf, count, site, data) }
}

/// The same, of a call that takes another buffer's lock as well.
#[inline(always)]
unsafe fn change_beside(
    kind: Kind,
    buf: Ptr,
    other: Ptr,
    count: u64,
    site: usize,
    data: &[u8],
) -> Open {
    if !wanted(kind) {
        return Open {
            frame: step_in(kind),
            held: None,
        };
    }
    // SAFETY: the caller has a valid buffer.
    let (held, before) = unsafe { (Held::two(buf, other), length(buf)) };
    let args = [count, before, take_site(site), 0, 0];
    Open {
        frame: enter_with(kind, buf as usize, args, data),
        held: Some(held),
    }
}

#[inline(always)]
unsafe fn changed(kind: Kind, open: Open, buf: Ptr, result: i64) {
    // SAFETY: the caller has a valid buffer.
    unsafe { changed_by(kind, open, buf, result, &[]) }
}

/// The same, and the bytes that it was about.
#[inline(always)]
unsafe fn changed_by(kind: Kind, open: Open, buf: Ptr, result: i64, bytes: &[u8]) {
    let Some(held) = open.held else {
        return step_out(open.frame);
    };
    // SAFETY: the caller has a valid buffer.
    unsafe {
        let args = [result as u64, length(buf), 0, 0, 0];
        leave_with(kind, open.frame, buf as usize, args, bytes);
        held.release();
    }
}

hook! { evbuffer_new/0() -> Ptr, site, real => {
    let buf = real();
    // A bufferevent's own buffers are told of with it.
    if active() && !buf.is_null() && local().inner != Kind::BevInit as u8 {
        point(Kind::BufNew, buf as usize, [take_site(site), 0, 0, 0, 0]);
    }
    if active() && buf.is_null() && local().inner != Kind::BevInit as u8 {
        failed(Failure::EvbufferNew, site);
    }
    buf
}}

hook! { evbuffer_free/1(buf: Ptr) -> (), site, real => {
    if active() { point(Kind::BufFree, buf as usize, [take_site(site), 0, 0, 0, 0]); }
    real(buf);
}}

hook! { evbuffer_add/3(buf: Ptr, data: *const c_void, len: usize) -> c_int, site, real => {
    if !active() { return real(buf, data, len); }
    let open = change(Kind::BufAdd, buf, len as u64, site, payload(data, len));
    let result = real(buf, data, len);
    changed(Kind::BufAdd, open, buf, i64::from(result));
    result
}}

hook! { evbuffer_prepend/3(buf: Ptr, data: *const c_void, len: usize) -> c_int, site, real => {
    if !active() { return real(buf, data, len); }
    let open = change(Kind::BufPrepend, buf, len as u64, site, payload(data, len));
    let result = real(buf, data, len);
    changed(Kind::BufPrepend, open, buf, i64::from(result));
    result
}}

hook! { evbuffer_add_reference/5(buf: Ptr, data: *const c_void, len: usize, cleanup: usize, arg: Ptr)
-> c_int, site, real => {
    if !active() { return real(buf, data, len, cleanup, arg); }
    let open = change(Kind::BufAdd, buf, len as u64, site, payload(data, len));
    let result = real(buf, data, len, cleanup, arg);
    changed(Kind::BufAdd, open, buf, i64::from(result));
    result
}}

/// A change whose size shows only in the buffer's length: -1 as the count.
const UNKNOWN: u64 = u64::MAX;

/// Begins the record of such a change, which may read another buffer (`other`; else the same): what it adds is looked at
/// when the callbacks are told.
#[inline(always)]
unsafe fn change_unknown(buf: Ptr, other: Ptr, site: usize) -> Open {
    // SAFETY: the caller has valid buffers.
    unsafe {
        let open = change_beside(Kind::BufAdd, buf, other, UNKNOWN, site, &[]);
        local().adding = (buf as usize, length(buf) as usize);
        open
    }
}

hook! { evbuffer_add_vprintf/3(buf: Ptr, format: *const c_char, list: *mut c_void) -> c_int,
site, real => {
    if !active() { return real(buf, format, list); }
    formatted(buf, site, || real(buf, format, list))
}}

/// Records that a text is formatted and added.
pub(super) unsafe fn formatted(buf: Ptr, site: usize, add: impl FnOnce() -> c_int) -> c_int {
    // SAFETY: the caller has a valid buffer.
    unsafe {
        let open = change_unknown(buf, buf, site);
        let result = add();
        changed(Kind::BufAdd, open, buf, i64::from(result.min(0)));
        result
    }
}

hook! { evbuffer_commit_space/3(buf: Ptr, vecs: *mut c_void, n: c_int) -> c_int, site, real => {
    if !active() { return real(buf, vecs, n); }
    let open = change_unknown(buf, buf, site);
    let result = real(buf, vecs, n);
    changed(Kind::BufAdd, open, buf, i64::from(result));
    result
}}

hook! { evbuffer_add_file_segment/4(buf: Ptr, segment: Ptr, offset: i64, len: i64) -> c_int,
site, real => {
    if !active() { return real(buf, segment, offset, len); }
    let open = change_unknown(buf, buf, site);
    let result = real(buf, segment, offset, len);
    changed(Kind::BufAdd, open, buf, i64::from(result));
    result
}}

hook! { evbuffer_add_buffer_reference/2(buf: Ptr, from: Ptr) -> c_int, site, real => {
    if !active() { return real(buf, from); }
    let open = change_unknown(buf, from, site);
    let result = real(buf, from);
    changed(Kind::BufAdd, open, buf, i64::from(result));
    result
}}

hook! { evbuffer_drain/2(buf: Ptr, len: usize) -> c_int, site, real => {
    if !active() { return real(buf, len); }
    let open = change(Kind::BufDrain, buf, len as u64, site, &[]);
    let result = real(buf, len);
    changed(Kind::BufDrain, open, buf, i64::from(result));
    result
}}

hook! { evbuffer_remove/3(buf: Ptr, data: *mut c_void, len: usize) -> c_int, site, real => {
    if !active() { return real(buf, data, len); }
    let open = change(Kind::BufRemove, buf, len as u64, site, &[]);
    // Callbacks run before the call returns, and may have other bytes put where these are.
    let mut place = [0u8; MAX_PAYLOAD];
    let first = match open.held {
        Some(_) => tail(buf, 0, len.min(length(buf) as usize), &mut place),
        None => &[],
    };
    let result = real(buf, data, len);
    let taken = first.len().min(usize::try_from(result).unwrap_or(0));
    changed_by(Kind::BufRemove, open, buf, i64::from(result), &first[..taken]);
    result
}}

hook! { evbuffer_readln/3(buf: Ptr, len: *mut usize, style: c_int) -> Ptr, site, real => {
    if !active() { return real(buf, len, style); }
    let frame = enter(Kind::BufReadln, buf as usize, [take_site(site), 0, 0, 0, 0]);
    let line = real(buf, len, style);
    leave(Kind::BufReadln, frame, buf as usize, [0; 5]);
    line
}}

#[inline(always)]
unsafe fn moves(to: Ptr, from: Ptr, asked: u64, site: usize) -> Open {
    if !wanted(Kind::BufMove) {
        return Open {
            frame: step_in(Kind::BufMove),
            held: None,
        };
    }
    // SAFETY: the caller has two valid buffers.
    let (held, before, from_before) = unsafe { (Held::two(to, from), length(to), length(from)) };
    let args = [from as u64, asked, before, from_before, take_site(site)];
    Open {
        frame: enter(Kind::BufMove, to as usize, args),
        held: Some(held),
    }
}

#[inline(always)]
unsafe fn moved(open: Open, to: Ptr, from: Ptr, result: i64) {
    let Some(held) = open.held else {
        return step_out(open.frame);
    };
    // SAFETY: the caller has two valid buffers.
    unsafe {
        let args = [result as u64, length(to), length(from), 0, 0];
        leave(Kind::BufMove, open.frame, to as usize, args);
        held.release();
    }
}

hook! { evbuffer_add_buffer/2(to: Ptr, from: Ptr) -> c_int, site, real => {
    if !active() { return real(to, from); }
    let open = moves(to, from, UNKNOWN, site);
    let result = real(to, from);
    moved(open, to, from, i64::from(result));
    result
}}

hook! { evbuffer_prepend_buffer/2(to: Ptr, from: Ptr) -> c_int, site, real => {
    if !active() { return real(to, from); }
    let open = moves(to, from, UNKNOWN, site);
    let result = real(to, from);
    moved(open, to, from, i64::from(result));
    result
}}

hook! { evbuffer_remove_buffer/3(from: Ptr, to: Ptr, len: usize) -> c_int, site, real => {
    if !active() { return real(from, to, len); }
    let open = moves(to, from, len as u64, site);
    let result = real(from, to, len);
    moved(open, to, from, i64::from(result.min(0)));
    result
}}

hook! { evbuffer_freeze/2(buf: Ptr, start: c_int) -> c_int, site, real => {
    if active() && wanted(Kind::BufFreeze) {
        point(Kind::BufFreeze, buf as usize, [u64::from(start != 0), take_site(site), 0, 0, 0]);
    }
    real(buf, start)
}}

hook! { evbuffer_unfreeze/2(buf: Ptr, start: c_int) -> c_int, site, real => {
    if active() && wanted(Kind::BufUnfreeze) {
        point(Kind::BufUnfreeze, buf as usize, [u64::from(start != 0), take_site(site), 0, 0, 0]);
    }
    real(buf, start)
}}

hook! { evbuffer_peek/5(buf: Ptr, len: isize, from: *const BufferPtr, vecs: *mut c_void, n: c_int) -> c_int,
site, real => {
    if !active() || !wanted(Kind::BufPeek) { return real(buf, len, from, vecs, n); }
    let held = Held::one(buf);
    let pieces = real(buf, len, from, vecs, n);
    let (offset, bytes) = seen(buf, from, usize::try_from(pieces).unwrap_or(0));
    let args = [offset as u64, len as u64, pieces as u64, bytes as u64, take_site(site)];
    point(Kind::BufPeek, buf as usize, args);
    held.release();
    pieces
}}

hook! { evbuffer_read/3(buf: Ptr, fd: c_int, asked: c_int) -> c_int, site, real => {
    if !active() { return real(buf, fd, asked); }
    if !wanted(Kind::BufRead) {
        let frame = step_in(Kind::BufRead);
        let result = real(buf, fd, asked);
        step_out(frame);
        return result;
    }
    let held = Held::one(buf);
    let before = length(buf);
    let args = [asked as u64, u64::from(fd as u32), before, take_site(site), 0];
    let frame = enter(Kind::BufRead, buf as usize, args);
    let adding = (buf as usize, before as usize);
    local().adding = adding;
    let (result, errno) = with_errno(|| real(buf, fd, asked));
    let mut bytes = [0u8; MAX_PAYLOAD];
    // Else they were told with the callbacks, which may have taken them away.
    let data = if core::mem::take(&mut local().adding) == adding {
        tail(buf, before as usize, usize::try_from(result).unwrap_or(0), &mut bytes)
    } else {
        &[]
    };
    let args = [result as u64, if result < 0 { errno } else { 0 }, 0, 0, 0];
    leave_with(Kind::BufRead, frame, buf as usize, args, data);
    held.release();
    result
}}

/// The first of `n` bytes after the first `before`, as many as are to be kept. A part of a file that the kernel will
/// send is not in memory: there they end.
#[inline(always)]
unsafe fn tail(buf: Ptr, before: usize, n: usize, place: &mut [u8; MAX_PAYLOAD]) -> &[u8] {
    let limit = payload_limit();
    if limit == 0 || n == 0 {
        return &[];
    }
    let _errno = KeepErrno::new();
    // One more than the limit, so that a cut can be seen.
    let want = n.min(limit + 1).min(MAX_PAYLOAD);
    let mut from = BufferPtr::EMPTY;
    // SAFETY: `from` is a place for what libevent writes there.
    let got = unsafe {
        if real::evbuffer_ptr_set(buf, &raw mut from, before, 0) != 0 {
            return &[];
        }
        from.copy(&mut place[..want])
    };
    place.get(..got).unwrap_or(&[])
}

hook! { evbuffer_write_atmost/3(buf: Ptr, fd: c_int, asked: isize) -> c_int, site, real => {
    if !active() { return real(buf, fd, asked); }
    if !wanted(Kind::BufWrite) {
        let frame = step_in(Kind::BufWrite);
        let result = real(buf, fd, asked);
        step_out(frame);
        return result;
    }
    let held = Held::one(buf);
    let mut bytes = [0u8; MAX_PAYLOAD];
    let data = tail(buf, 0, length(buf) as usize, &mut bytes);
    let args = [asked as u64, u64::from(fd as u32), length(buf), take_site(site), 0];
    let frame = enter_with(Kind::BufWrite, buf as usize, args, data);
    let (result, errno) = with_errno(|| real(buf, fd, asked));
    let args = [result as u64, if result < 0 { errno } else { 0 }, 0, 0, 0];
    leave(Kind::BufWrite, frame, buf as usize, args);
    held.release();
    result
}}

hook! { evbuffer_invoke_callbacks_/1(buf: Ptr) -> (), site, real => {
    if !active() { return real(buf); }
    if !wanted(Kind::BufInvoke) {
        let frame = step_in(Kind::BufInvoke);
        real(buf);
        return step_out(frame);
    }
    let (len, (adding, before)) = (length(buf), core::mem::take(&mut local().adding));
    let args = [len, 0, 0, 0, 0];
    let adds = [Kind::BufAdd as u8, Kind::BufRead as u8].contains(&local().inner);
    let frame = if adding == buf as usize && adds {
        let mut bytes = [0u8; MAX_PAYLOAD];
        let data = tail(buf, before, (len as usize).saturating_sub(before), &mut bytes);
        enter_with(Kind::BufInvoke, buf as usize, args, data)
    } else {
        enter(Kind::BufInvoke, buf as usize, args)
    };
    real(buf);
    leave(Kind::BufInvoke, frame, buf as usize, [0; 5]);
}}

hook! { evbuffer_add_cb/3(buf: Ptr, callback: usize, arg: Ptr) -> Ptr, site, real => {
    let entry = real(buf, callback, arg);
    if active() && !entry.is_null() {
        let args = [entry as u64, callback as u64, arg as u64, take_site(site), 0];
        point(Kind::BufAddCb, buf as usize, args);
    }
    entry
}}

hook! { evbuffer_remove_cb_entry/2(buf: Ptr, entry: Ptr) -> c_int, site, real => {
    if active() { point(Kind::BufRemoveCb, buf as usize, [entry as u64, 0, 0, 0, 0]); }
    real(buf, entry)
}}

hook! { evbuffer_cb_set_flags/3(buf: Ptr, entry: Ptr, flags: u32) -> c_int, site, real => {
    if active() {
        point(Kind::BufCbFlags, buf as usize, [entry as u64, u64::from(flags), 1, 0, 0]);
    }
    real(buf, entry, flags)
}}

hook! { evbuffer_cb_clear_flags/3(buf: Ptr, entry: Ptr, flags: u32) -> c_int, site, real => {
    if active() {
        point(Kind::BufCbFlags, buf as usize, [entry as u64, u64::from(flags), 0, 0, 0]);
    }
    real(buf, entry, flags)
}}

hook! { evbuffer_defer_callbacks/2(buf: Ptr, base: Ptr) -> c_int, site, real => {
    if active() { point(Kind::BufDefer, buf as usize, [base as u64, 0, 0, 0, 0]); }
    real(buf, base)
}}

// The old way: one callback instead of all others. Where it fails, the others are gone all the same.
hook! { evbuffer_setcb/3(buf: Ptr, callback: usize, arg: Ptr) -> c_int, site, real => {
    let result = real(buf, callback, arg);
    if active() {
        let set = if result < 0 { 0 } else { callback };
        let args = [0, set as u64, arg as u64, take_site(site), 0];
        point(Kind::BufAddCb, buf as usize, args);
        if result < 0 { failed(Failure::EvbufferSetcb, site); }
    }
    result
}}
