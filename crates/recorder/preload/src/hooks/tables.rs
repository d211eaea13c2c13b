//! libevent's tables of functions: exported data, so the dynamic linker lets it use our copies. Each copy has
//! the original's contents, with ours in front of a few functions.

// Exported names are libevent's.
#![allow(non_upper_case_globals)]

use core::ptr::{addr_of, addr_of_mut};
use core::sync::atomic::{AtomicBool, Ordering};

use super::{errno_if, length};
use crate::layout::{BevOps, Bufferevent, EventOps, Ptr};
use crate::put::{active, enter, leave, point, wanted};
use crate::real;
use crate::sys::{c_int, c_short};
use crate::wire::{Begins, Record, args};

macro_rules! tables {
    ($($name:ident: $type:ident;)*) => {$(
        #[cfg_attr(feature = "interpose", unsafe(no_mangle))]
        static mut $name: $type = $type::EMPTY;
    )*};
}

tables! {
    epollops: EventOps;
    pollops: EventOps;
    selectops: EventOps;
    bufferevent_ops_socket: BevOps;
    bufferevent_ops_pair: BevOps;
    bufferevent_ops_filter: BevOps;
    bufferevent_ops_openssl: BevOps;
}

/// The original operations: epoll, poll, select.
static mut BACKENDS: [EventOps; 3] = [EventOps::EMPTY; 3];
/// The original operations: socket, pair, filter, OpenSSL's.
static mut BEVS: [BevOps; 4] = [BevOps::EMPTY; 4];
static FILLED: AtomicBool = AtomicBool::new(false);

/// Fills the tables, once. It is called before libevent can use them: when the library is loaded, or, if
/// libevent comes later, at the first call into it.
pub(crate) fn fill() {
    if FILLED.swap(true, Ordering::AcqRel) {
        return;
    }
    // SAFETY: nobody uses the tables yet; the originals are valid structs of these types.
    unsafe {
        let names = [c"epollops", c"pollops", c"selectops"];
        let ours = [
            addr_of_mut!(epollops),
            addr_of_mut!(pollops),
            addr_of_mut!(selectops),
        ];
        let adds = [
            add::<0> as *const (),
            add::<1> as *const (),
            add::<2> as *const (),
        ];
        let dels = [
            del::<0> as *const (),
            del::<1> as *const (),
            del::<2> as *const (),
        ];
        let originals = addr_of_mut!(BACKENDS).cast::<EventOps>();
        for i in 0..3 {
            let real = real::find(names[i]) as *const EventOps;
            if real.is_null() {
                continue;
            }
            *originals.add(i) = *real;
            *ours[i] = *real;
            (*ours[i]).add = adds[i] as usize;
            (*ours[i]).del = dels[i] as usize;
        }
        let names = [
            c"bufferevent_ops_socket",
            c"bufferevent_ops_pair",
            c"bufferevent_ops_filter",
            c"bufferevent_ops_openssl",
        ];
        let ours = [
            addr_of_mut!(bufferevent_ops_socket),
            addr_of_mut!(bufferevent_ops_pair),
            addr_of_mut!(bufferevent_ops_filter),
            addr_of_mut!(bufferevent_ops_openssl),
        ];
        let ends = [
            destruct::<0> as *const (),
            destruct::<1> as *const (),
            destruct::<2> as *const (),
            destruct::<3> as *const (),
        ];
        let originals = addr_of_mut!(BEVS).cast::<BevOps>();
        for i in 0..ends.len() {
            let real = real::find(names[i]) as *const BevOps;
            if real.is_null() {
                continue;
            }
            *originals.add(i) = *real;
            *ours[i] = *real;
            if (*real).destruct != 0 {
                (*ours[i]).destruct = ends[i] as usize;
            }
        }
        if bufferevent_ops_socket.enable != 0 {
            bufferevent_ops_socket.enable = socket_enable as *const () as usize;
            bufferevent_ops_socket.disable = socket_disable as *const () as usize;
        }
    }
}

type ChangeFn = unsafe extern "C-unwind" fn(Ptr, c_int, c_short, c_short, Ptr) -> c_int;
type SideFn = unsafe extern "C-unwind" fn(*mut Bufferevent, c_short) -> c_int;
type DestructFn = unsafe extern "C-unwind" fn(*mut Bufferevent);

/// Records a change of what the kernel watches; `said` is given the errno.
#[inline(always)]
fn changed<R: Record>(base: Ptr, result: c_int, said: impl FnOnce(c_int) -> R) {
    if active() && wanted(R::KIND) {
        point(base as usize, said(errno_if(result < 0)));
    }
}

unsafe extern "C-unwind" fn add<const N: usize>(
    base: Ptr,
    fd: c_int,
    old: c_short,
    change: c_short,
    info: Ptr,
) -> c_int {
    // SAFETY: libevent calls as it would call the original, which `fill` stored.
    unsafe {
        let real: ChangeFn = core::mem::transmute((*addr_of!(BACKENDS))[N].add);
        let result = real(base, fd, old, change, info);
        changed(base, result, |errno| args::BackendAdd {
            fd,
            old,
            change,
            result,
            errno,
        });
        result
    }
}

unsafe extern "C-unwind" fn del<const N: usize>(
    base: Ptr,
    fd: c_int,
    old: c_short,
    change: c_short,
    info: Ptr,
) -> c_int {
    // SAFETY: as in `add`.
    unsafe {
        let real: ChangeFn = core::mem::transmute((*addr_of!(BACKENDS))[N].del);
        let result = real(base, fd, old, change, info);
        changed(base, result, |errno| args::BackendDel {
            fd,
            old,
            change,
            result,
            errno,
        });
        result
    }
}

#[inline(always)]
unsafe fn side<C: Begins<Exit = ()>>(
    real: usize,
    bev: *mut Bufferevent,
    what: c_short,
    args: C,
) -> c_int {
    // SAFETY: as in `add`.
    unsafe {
        let real: SideFn = core::mem::transmute(real);
        if !active() || !wanted(C::KIND) {
            return real(bev, what);
        }
        let frame = enter(bev as usize, args);
        let result = real(bev, what);
        leave(frame, bev as usize, ());
        result
    }
}

unsafe extern "C-unwind" fn socket_enable(bev: *mut Bufferevent, what: c_short) -> c_int {
    // SAFETY: as in `add`.
    unsafe {
        let real = (*addr_of!(BEVS))[0].enable;
        side(real, bev, what, args::BeSocketEnable { events: what })
    }
}

unsafe extern "C-unwind" fn socket_disable(bev: *mut Bufferevent, what: c_short) -> c_int {
    // SAFETY: as in `add`.
    unsafe {
        let real = (*addr_of!(BEVS))[0].disable;
        side(real, bev, what, args::BeSocketDisable { events: what })
    }
}

unsafe extern "C-unwind" fn destruct<const N: usize>(bev: *mut Bufferevent) {
    // SAFETY: as in `add`; the bufferevent is whole until the original is done with it.
    unsafe {
        if active() {
            // OpenSSL's on a socket have theirs; one on top of another bufferevent has none of its own.
            let fd = if N == 0 || N == 3 && (*bev).ev_read.fd >= 0 {
                real::bufferevent_getfd(bev.cast())
            } else {
                -1
            };
            let unsent = length((*bev).output);
            point(bev as usize, args::BevDestruct { fd, unsent });
        }
        let real: DestructFn = core::mem::transmute((*addr_of!(BEVS))[N].destruct);
        real(bev);
    }
}
