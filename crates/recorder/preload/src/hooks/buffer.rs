//! Buffers.
//!
//! Where threads share a buffer, its lock is held from the look at its length before a change to the record of the
//! length after: otherwise another thread's change could come in between, and the steps would contradict each other.

use super::{failed, hook, length, outcome, site_hooks, take_site, with_errno};
use crate::layout::{BufferPtr, Evbuffer, Ptr, seen};
use crate::put::{
    Frame, active, enter, enter_with, leave, leave_with, local, payload_limit, point, step_in,
    step_out, wanted,
};
use crate::real;
use crate::sys::{KeepErrno, c_char, c_int, c_void};
use crate::wire::{Begins, Changed, Failure, Kind, args};

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
struct Open<C> {
    frame: Frame<C>,
    held: Option<Held>,
}

/// Begins the record of a change, which may read another buffer (`other`; else the same). `args` is given the length and
/// the site.
#[inline(always)]
unsafe fn change<C: Begins>(
    buf: Ptr,
    other: Ptr,
    site: usize,
    data: &[u8],
    args: impl FnOnce(u64, u64) -> C,
) -> Open<C> {
    if !wanted(C::KIND) {
        return Open {
            frame: step_in(),
            held: None,
        };
    }
    // SAFETY: the caller has valid buffers.
    let (held, before) = unsafe { (Held::two(buf, other), length(buf)) };
    Open {
        frame: enter_with(buf as usize, args(before, take_site(site)), data),
        held: Some(held),
    }
}

/// The same, of bytes that are added.
#[inline(always)]
unsafe fn adds(buf: Ptr, len: usize, site: usize, data: &[u8]) -> Open<args::BufAdd> {
    let len = Some(len as u64);
    // SAFETY: the caller has a valid buffer.
    unsafe {
        change(buf, buf, site, data, |before, site| args::BufAdd {
            len,
            before,
            site,
        })
    }
}

#[inline(always)]
unsafe fn changed<C: Begins<Exit = Changed>>(open: Open<C>, buf: Ptr, result: c_int) {
    // SAFETY: the caller has a valid buffer.
    unsafe { changed_by(open, buf, result, &[]) }
}

/// The same, and the bytes that it was about.
#[inline(always)]
unsafe fn changed_by<C: Begins<Exit = Changed>>(
    open: Open<C>,
    buf: Ptr,
    result: c_int,
    bytes: &[u8],
) {
    let Some(held) = open.held else {
        return step_out(open.frame);
    };
    // SAFETY: the caller has a valid buffer.
    unsafe {
        let (result, after) = (i64::from(result), length(buf));
        leave_with(open.frame, buf as usize, Changed { result, after }, bytes);
        held.release();
    }
}

hook! { evbuffer_new/0() -> Ptr, site, real => {
    let buf = real();
    // A bufferevent's own buffers are told of with it.
    if active() && !buf.is_null() && local().inner != Kind::BevInit as u8 {
        point(buf as usize, args::BufNew { site: take_site(site) });
    }
    if active() && buf.is_null() && local().inner != Kind::BevInit as u8 {
        failed(Failure::EvbufferNew, site);
    }
    buf
}}

hook! { evbuffer_free/1(buf: Ptr) -> (), site, real => {
    if active() { point(buf as usize, args::BufFree { site: take_site(site) }); }
    real(buf);
}}

hook! { evbuffer_add/3(buf: Ptr, data: *const c_void, len: usize) -> c_int, site, real => {
    if !active() { return real(buf, data, len); }
    let open = adds(buf, len, site, payload(data, len));
    let result = real(buf, data, len);
    changed(open, buf, result);
    result
}}

hook! { evbuffer_prepend/3(buf: Ptr, data: *const c_void, len: usize) -> c_int, site, real => {
    if !active() { return real(buf, data, len); }
    let open = change(buf, buf, site, payload(data, len), |before, site| {
        args::BufPrepend { len: len as u64, before, site }
    });
    let result = real(buf, data, len);
    changed(open, buf, result);
    result
}}

hook! { evbuffer_add_reference/5(buf: Ptr, data: *const c_void, len: usize, cleanup: usize, arg: Ptr)
-> c_int, site, real => {
    if !active() { return real(buf, data, len, cleanup, arg); }
    let open = adds(buf, len, site, payload(data, len));
    let result = real(buf, data, len, cleanup, arg);
    changed(open, buf, result);
    result
}}

/// Begins the record of a change whose size shows only in the buffer's length: what it adds is looked at when the
/// callbacks are told.
#[inline(always)]
unsafe fn change_unknown(buf: Ptr, other: Ptr, site: usize) -> Open<args::BufAdd> {
    // SAFETY: the caller has valid buffers.
    unsafe {
        let args = |before, site| args::BufAdd {
            len: None,
            before,
            site,
        };
        let open = change(buf, other, site, &[], args);
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
        changed(open, buf, result.min(0));
        result
    }
}

hook! { evbuffer_commit_space/3(buf: Ptr, vecs: *mut c_void, n: c_int) -> c_int, site, real => {
    if !active() { return real(buf, vecs, n); }
    let open = change_unknown(buf, buf, site);
    let result = real(buf, vecs, n);
    changed(open, buf, result);
    result
}}

hook! { evbuffer_add_file_segment/4(buf: Ptr, segment: Ptr, offset: i64, len: i64) -> c_int,
site, real => {
    if !active() { return real(buf, segment, offset, len); }
    let open = change_unknown(buf, buf, site);
    let result = real(buf, segment, offset, len);
    changed(open, buf, result);
    result
}}

hook! { evbuffer_add_buffer_reference/2(buf: Ptr, from: Ptr) -> c_int, site, real => {
    if !active() { return real(buf, from); }
    let open = change_unknown(buf, from, site);
    let result = real(buf, from);
    changed(open, buf, result);
    result
}}

hook! { evbuffer_drain/2(buf: Ptr, len: usize) -> c_int, site, real => {
    if !active() { return real(buf, len); }
    let asked = len as u64;
    let open = change(buf, buf, site, &[], |before, site| args::BufDrain { asked, before, site });
    let result = real(buf, len);
    changed(open, buf, result);
    result
}}

hook! { evbuffer_remove/3(buf: Ptr, data: *mut c_void, len: usize) -> c_int, site, real => {
    if !active() { return real(buf, data, len); }
    let asked = len as u64;
    let open = change(buf, buf, site, &[], |before, site| args::BufRemove { asked, before, site });
    // Callbacks run before the call returns, and may have other bytes put where these are.
    let mut place = [0u8; MAX_PAYLOAD];
    let first = match open.held {
        Some(_) => tail(buf, 0, len.min(length(buf) as usize), &mut place),
        None => &[],
    };
    let result = real(buf, data, len);
    let taken = first.len().min(usize::try_from(result).unwrap_or(0));
    changed_by(open, buf, result, &first[..taken]);
    result
}}

hook! { evbuffer_readln/3(buf: Ptr, len: *mut usize, style: c_int) -> Ptr, site, real => {
    if !active() { return real(buf, len, style); }
    let frame = enter(buf as usize, args::BufReadln { site: take_site(site) });
    let line = real(buf, len, style);
    leave(frame, buf as usize, ());
    line
}}

#[inline(always)]
unsafe fn moves(to: Ptr, from: Ptr, asked: Option<usize>, site: usize) -> Open<args::BufMove> {
    // SAFETY: the caller has two valid buffers.
    unsafe {
        change(to, from, site, &[], |before, site| args::BufMove {
            from: from as u64,
            asked: asked.map(|asked| asked as u64),
            before,
            from_before: length(from),
            site,
        })
    }
}

hook! { evbuffer_add_buffer/2(to: Ptr, from: Ptr) -> c_int, site, real => {
    if !active() { return real(to, from); }
    let open = moves(to, from, None, site);
    let result = real(to, from);
    changed(open, to, result);
    result
}}

hook! { evbuffer_prepend_buffer/2(to: Ptr, from: Ptr) -> c_int, site, real => {
    if !active() { return real(to, from); }
    let open = moves(to, from, None, site);
    let result = real(to, from);
    changed(open, to, result);
    result
}}

hook! { evbuffer_remove_buffer/3(from: Ptr, to: Ptr, len: usize) -> c_int, site, real => {
    if !active() { return real(from, to, len); }
    let open = moves(to, from, Some(len), site);
    let result = real(from, to, len);
    changed(open, to, result.min(0));
    result
}}

hook! { evbuffer_freeze/2(buf: Ptr, start: c_int) -> c_int, site, real => {
    if active() && wanted(Kind::BufFreeze) {
        point(buf as usize, args::BufFreeze { end: start == 0, site: take_site(site) });
    }
    real(buf, start)
}}

hook! { evbuffer_unfreeze/2(buf: Ptr, start: c_int) -> c_int, site, real => {
    if active() && wanted(Kind::BufUnfreeze) {
        point(buf as usize, args::BufUnfreeze { end: start == 0, site: take_site(site) });
    }
    real(buf, start)
}}

hook! { evbuffer_peek/5(buf: Ptr, len: isize, from: *const BufferPtr, vecs: *mut c_void, n: c_int) -> c_int,
site, real => {
    if !active() || !wanted(Kind::BufPeek) { return real(buf, len, from, vecs, n); }
    let held = Held::one(buf);
    let pieces = real(buf, len, from, vecs, n);
    let (offset, bytes) = seen(buf, from, usize::try_from(pieces).unwrap_or(0));
    let peek = args::BufPeek {
        offset: offset as u64,
        asked: asked(len),
        pieces: pieces as u64,
        bytes: bytes as u64,
        site: take_site(site),
    };
    point(buf as usize, peek);
    held.release();
    pieces
}}

/// How much a call is asked for; none: as much as there is.
#[inline(always)]
fn asked(len: isize) -> Option<u64> {
    u64::try_from(len).ok()
}

hook! { evbuffer_read/3(buf: Ptr, fd: c_int, len: c_int) -> c_int, site, real => {
    if !active() { return real(buf, fd, len); }
    if !wanted(Kind::BufRead) {
        let frame = step_in::<args::BufRead>();
        let result = real(buf, fd, len);
        step_out(frame);
        return result;
    }
    let held = Held::one(buf);
    let before = length(buf);
    let args = args::BufRead { asked: asked(len as isize), fd, before, site: take_site(site) };
    let frame = enter(buf as usize, args);
    let adding = (buf as usize, before as usize);
    local().adding = adding;
    let (result, errno) = with_errno(|| real(buf, fd, len));
    let mut bytes = [0u8; MAX_PAYLOAD];
    // Else they were told with the callbacks, which may have taken them away.
    let data = if core::mem::take(&mut local().adding) == adding {
        tail(buf, before as usize, usize::try_from(result).unwrap_or(0), &mut bytes)
    } else {
        &[]
    };
    leave_with(frame, buf as usize, outcome(result, errno), data);
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

hook! { evbuffer_write_atmost/3(buf: Ptr, fd: c_int, len: isize) -> c_int, site, real => {
    if !active() { return real(buf, fd, len); }
    if !wanted(Kind::BufWrite) {
        let frame = step_in::<args::BufWrite>();
        let result = real(buf, fd, len);
        step_out(frame);
        return result;
    }
    let held = Held::one(buf);
    let mut bytes = [0u8; MAX_PAYLOAD];
    let data = tail(buf, 0, length(buf) as usize, &mut bytes);
    let (before, site) = (length(buf), take_site(site));
    let frame = enter_with(buf as usize, args::BufWrite { asked: asked(len), fd, before, site }, data);
    let (result, errno) = with_errno(|| real(buf, fd, len));
    leave(frame, buf as usize, outcome(result, errno));
    held.release();
    result
}}

hook! { evbuffer_invoke_callbacks_/1(buf: Ptr) -> (), site, real => {
    if !active() { return real(buf); }
    if !wanted(Kind::BufInvoke) {
        let frame = step_in::<args::BufInvoke>();
        real(buf);
        return step_out(frame);
    }
    let (len, (adding, before)) = (length(buf), core::mem::take(&mut local().adding));
    let args = args::BufInvoke { len };
    let adds = [Kind::BufAdd as u8, Kind::BufRead as u8].contains(&local().inner);
    let frame = if adding == buf as usize && adds {
        let mut bytes = [0u8; MAX_PAYLOAD];
        let data = tail(buf, before, (len as usize).saturating_sub(before), &mut bytes);
        enter_with(buf as usize, args, data)
    } else {
        enter(buf as usize, args)
    };
    real(buf);
    leave(frame, buf as usize, ());
}}

hook! { evbuffer_add_cb/3(buf: Ptr, callback: usize, arg: Ptr) -> Ptr, site, real => {
    let entry = real(buf, callback, arg);
    if active() && !entry.is_null() {
        let (entry, callback) = (entry as u64, callback as u64);
        point(buf as usize, args::BufAddCb { entry, callback });
    }
    entry
}}

hook! { evbuffer_remove_cb_entry/2(buf: Ptr, entry: Ptr) -> c_int, site, real => {
    if active() { point(buf as usize, args::BufRemoveCb { entry: entry as u64 }); }
    real(buf, entry)
}}

hook! { evbuffer_cb_set_flags/3(buf: Ptr, entry: Ptr, flags: u32) -> c_int, site, real => {
    if active() {
        point(buf as usize, args::BufCbFlags { entry: entry as u64, flags, set: true });
    }
    real(buf, entry, flags)
}}

hook! { evbuffer_cb_clear_flags/3(buf: Ptr, entry: Ptr, flags: u32) -> c_int, site, real => {
    if active() {
        point(buf as usize, args::BufCbFlags { entry: entry as u64, flags, set: false });
    }
    real(buf, entry, flags)
}}

hook! { evbuffer_defer_callbacks/2(buf: Ptr, base: Ptr) -> c_int, site, real => {
    if active() { point(buf as usize, args::BufDefer { base: base as u64 }); }
    real(buf, base)
}}

// The old way: one callback instead of all others. Where it fails, the others are gone all the same.
hook! { evbuffer_setcb/3(buf: Ptr, callback: usize, arg: Ptr) -> c_int, site, real => {
    let result = real(buf, callback, arg);
    if active() {
        let set = if result < 0 { 0 } else { callback };
        point(buf as usize, args::BufAddCb { entry: 0, callback: set as u64 });
        if result < 0 { failed(Failure::EvbufferSetcb, site); }
    }
    result
}}
