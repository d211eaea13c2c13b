//! The structs of libevent 2.1 whose layout is public (`event2/event_struct.h`,
//! `event2/bufferevent_struct.h`), and the two tables of functions that its exported data symbols point to.
//! They are the same in all releases with the soname `libevent-2.1.so.7`.

use crate::sys::{Timeval, c_char, c_int, c_long, c_short, c_void};

/// Any libevent object this side only passes on.
pub(crate) type Ptr = *mut c_void;
/// The callback of an event.
pub(crate) type EventFn = unsafe extern "C-unwind" fn(c_int, c_short, Ptr);
/// A deferred callback.
pub(crate) type DeferredFn = unsafe extern "C-unwind" fn(*mut EventCallback, Ptr);
/// A finalizer of an event.
pub(crate) type FinalizerFn = unsafe extern "C-unwind" fn(*mut Event, Ptr);
/// A bufferevent's read and write callback.
pub(crate) type DataFn = unsafe extern "C-unwind" fn(*mut Bufferevent, Ptr);
/// A bufferevent's event callback.
pub(crate) type BevEventFn = unsafe extern "C-unwind" fn(*mut Bufferevent, c_short, Ptr);
/// A listener's callback.
pub(crate) type ListenerFn = unsafe extern "C-unwind" fn(Ptr, c_int, Ptr, c_int, Ptr);
/// A listener's callback for errors.
pub(crate) type ListenerErrorFn = unsafe extern "C-unwind" fn(Ptr, Ptr);

/// `struct event_callback`.
#[repr(C)]
pub(crate) struct EventCallback {
    active_next: [Ptr; 2],
    pub(crate) flags: c_short,
    pub(crate) priority: u8,
    pub(crate) closure: u8,
    pub(crate) callback: usize,
    pub(crate) arg: Ptr,
}

/// `EVLIST_*`.
pub(crate) mod evlist {
    use super::c_short;
    pub(crate) const ACTIVE: c_short = 0x08;
    pub(crate) const ACTIVE_LATER: c_short = 0x20;
    pub(crate) const FINALIZING: c_short = 0x40;
    pub(crate) const INIT: c_short = 0x80;
}

/// `EV_CLOSURE_*`.
pub(crate) mod closure {
    pub(crate) const EVENT: u8 = 0;
    pub(crate) const EVENT_SIGNAL: u8 = 1;
    pub(crate) const EVENT_PERSIST: u8 = 2;
    pub(crate) const CB_SELF: u8 = 3;
    pub(crate) const CB_FINALIZE: u8 = 4;
    pub(crate) const EVENT_FINALIZE: u8 = 5;
    pub(crate) const EVENT_FINALIZE_FREE: u8 = 6;
}

/// `EV_*`.
pub(crate) mod ev {
    use super::c_short;
    pub(crate) const TIMEOUT: c_short = 0x01;
    pub(crate) const READ: c_short = 0x02;
    pub(crate) const WRITE: c_short = 0x04;
    pub(crate) const SIGNAL: c_short = 0x08;
    pub(crate) const FINALIZE: c_short = 0x40;
}

/// `struct event`.
#[repr(C)]
pub(crate) struct Event {
    pub(crate) callback: EventCallback,
    timeout_pos: [Ptr; 2],
    pub(crate) fd: c_int,
    pub(crate) base: Ptr,
    io_next: [Ptr; 2],
    pub(crate) interval: Timeval,
    pub(crate) events: c_short,
    pub(crate) result: c_short,
    pub(crate) timeout: Timeval,
}

/// `struct event_watermark`.
#[repr(C)]
pub(crate) struct Watermark {
    pub(crate) low: usize,
    pub(crate) high: usize,
}

/// `struct bufferevent`.
#[repr(C)]
pub(crate) struct Bufferevent {
    pub(crate) base: Ptr,
    pub(crate) ops: *const BevOps,
    pub(crate) ev_read: Event,
    pub(crate) ev_write: Event,
    pub(crate) input: Ptr,
    pub(crate) output: Ptr,
    pub(crate) wm_read: Watermark,
    pub(crate) wm_write: Watermark,
    pub(crate) readcb: usize,
    pub(crate) writecb: usize,
    pub(crate) errorcb: usize,
    pub(crate) cbarg: Ptr,
    pub(crate) timeout_read: Timeval,
    pub(crate) timeout_write: Timeval,
    pub(crate) enabled: c_short,
}

/// `struct bufferevent_ops`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct BevOps {
    pub(crate) name: *const c_char,
    pub(crate) offset: c_long,
    pub(crate) enable: usize,
    pub(crate) disable: usize,
    pub(crate) unlink: usize,
    pub(crate) destruct: usize,
    pub(crate) adj_timeouts: usize,
    pub(crate) flush: usize,
    pub(crate) ctrl: usize,
}

impl BevOps {
    pub(crate) const EMPTY: Self = Self {
        name: core::ptr::null(),
        offset: 0,
        enable: 0,
        disable: 0,
        unlink: 0,
        destruct: 0,
        adj_timeouts: 0,
        flush: 0,
        ctrl: 0,
    };
}

/// `struct eventop`: a backend.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct EventOps {
    pub(crate) name: *const c_char,
    pub(crate) init: usize,
    pub(crate) add: usize,
    pub(crate) del: usize,
    pub(crate) dispatch: usize,
    pub(crate) dealloc: usize,
    pub(crate) need_reinit: c_int,
    pub(crate) features: c_int,
    pub(crate) fdinfo_len: usize,
}

impl EventOps {
    pub(crate) const EMPTY: Self = Self {
        name: core::ptr::null(),
        init: 0,
        add: 0,
        del: 0,
        dispatch: 0,
        dealloc: 0,
        need_reinit: 0,
        features: 0,
        fdinfo_len: 0,
    };
}

const _: () = {
    assert!(size_of::<EventCallback>() == 40);
    assert!(size_of::<Event>() == 128);
    assert!(core::mem::offset_of!(Event, interval) == 88);
    assert!(core::mem::offset_of!(Bufferevent, input) == 272);
    assert!(core::mem::offset_of!(Bufferevent, readcb) == 320);
    assert!(core::mem::offset_of!(Bufferevent, enabled) == 384);
    assert!(core::mem::offset_of!(Evbuffer, lock) == 48);
    assert!(size_of::<BevOps>() == 72);
    assert!(size_of::<EventOps>() == 64);
};

/// `struct evbuffer_ptr`.
#[repr(C)]
pub(crate) struct BufferPtr {
    pos: isize,
    chain: Ptr,
    pos_in_chain: usize,
}

impl BufferPtr {
    pub(crate) const EMPTY: Self = Self {
        pos: 0,
        chain: core::ptr::null_mut(),
        pos_in_chain: 0,
    };

    /// Copies what is in memory from here on, and says how much that was. Whether the buffer is frozen does not matter
    /// to those who only look.
    ///
    /// # Safety
    /// libevent has set it, and the buffer has not changed since.
    pub(crate) unsafe fn copy(&self, out: &mut [u8]) -> usize {
        let mut chain = self.chain.cast::<Chain>();
        let (mut count, mut before) = (0, self.pos_in_chain);
        // SAFETY: as the caller says: these are the buffer's chains, each with `off` bytes from `misalign` on.
        unsafe {
            while count < out.len() && !chain.is_null() && (*chain).flags & SENDFILE == 0 {
                let n = ((*chain).off - before).min(out.len() - count);
                let from = (*chain).buffer.offset((*chain).misalign).add(before);
                core::ptr::copy_nonoverlapping(from, out.as_mut_ptr().add(count), n);
                (count, before) = (count + n, 0);
                chain = (*chain).next;
            }
        }
        count
    }
}

/// Where a look at a buffer began, from its front if `from` is null, and how many bytes the first `pieces` pieces from
/// there on have. A place that is none, or behind all bytes, is the buffer's end.
///
/// # Safety
/// The buffer is valid, `from` is null or a place in it that libevent has set, and nothing has changed it since.
pub(crate) unsafe fn seen(buf: Ptr, from: *const BufferPtr, pieces: usize) -> (usize, usize) {
    // SAFETY: as the caller says.
    unsafe {
        let buf = buf.cast::<Evbuffer>();
        let (mut chain, offset, mut before) = if from.is_null() {
            ((*buf).chains[0], 0, 0)
        } else if (*from).chain.is_null() {
            return ((*buf).total_len, 0);
        } else {
            ((*from).chain, (*from).pos as usize, (*from).pos_in_chain)
        };
        let mut bytes = 0;
        for _ in 0..pieces {
            let Some(piece) = chain.cast::<Chain>().as_ref() else {
                break;
            };
            bytes += piece.off.saturating_sub(before);
            (chain, before) = (piece.next.cast(), 0);
        }
        (offset, bytes)
    }
}

/// The head of `struct evbuffer`.
#[repr(C)]
pub(crate) struct Evbuffer {
    chains: [Ptr; 3],
    total_len: usize,
    for_callbacks: [usize; 2],
    pub(crate) lock: Ptr,
}

/// `struct evbuffer_chain`.
#[repr(C)]
struct Chain {
    next: *mut Self,
    buffer_len: usize,
    misalign: isize,
    off: usize,
    flags: u32,
    refcnt: c_int,
    buffer: *const u8,
}

/// `EVBUFFER_SENDFILE`: a part of a file that is not in memory.
const SENDFILE: u32 = 2;

/// The head of `struct ev_token_bucket`.
#[repr(C)]
pub(crate) struct TokenBucket {
    pub(crate) read_limit: isize,
    pub(crate) write_limit: isize,
}
