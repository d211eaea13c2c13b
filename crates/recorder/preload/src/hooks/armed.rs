//! Catching the callbacks of bufferevents: the three pointers are exchanged around the libevent function that
//! calls them.
//!
//! Deferred callbacks come from a function that either has the bufferevent's lock all the time, which is then
//! taken a little earlier, or lets it go for each call (`BEV_OPT_UNLOCK_CALLBACKS`). In the second case other threads may
//! have the lock while the pointers are ours, so they are given back under the lock before each call and set again
//! after it, and who asks libevent for them meanwhile ([`real_callbacks`]) is told the program's own.

use core::sync::atomic::AtomicUsize;
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

use super::callbacks::is_threaded;
use crate::layout::{BevEventFn, Bufferevent, DataFn, Ptr};
use crate::put::{Armed, enter, leave, local};
use crate::real;
use crate::start::is_libevent;
use crate::sys::{KeepErrno, c_short, errno};
use crate::wire::{Begins, args};

const BEV_EVENT_ERROR: c_short = 0x20;

/// How many deliveries that unlock can be under way at a time, one in each loop and one in each loop within; the
/// callbacks of further ones run unrecorded.
const DELIVERIES: usize = 64;

/// A delivery that unlocks, of whose exchange other threads may ask.
pub(crate) struct Delivery {
    /// The bufferevent; 0: none.
    bev: AtomicUsize,
    /// The program's callbacks. Written under the bufferevent's lock.
    callbacks: [AtomicUsize; 3],
}

static UNDER_WAY: [Delivery; DELIVERIES] = [const {
    Delivery {
        bev: AtomicUsize::new(0),
        callbacks: [const { AtomicUsize::new(0) }; 3],
    }
}; DELIVERIES];

impl Delivery {
    fn begin(bev: *mut Bufferevent) -> Option<&'static Self> {
        UNDER_WAY.iter().find(|delivery| {
            let none = delivery
                .bev
                .compare_exchange(0, bev as usize, AcqRel, Relaxed);
            none.is_ok()
        })
    }

    fn of(bev: *mut Bufferevent) -> Option<&'static Self> {
        UNDER_WAY
            .iter()
            .find(|delivery| delivery.bev.load(Acquire) == bev as usize)
    }
}

/// Runs the function that delivers a bufferevent's deferred callbacks under its lock.
pub(super) unsafe fn deliver_locked(bev: *mut Bufferevent, real: impl FnOnce()) {
    // SAFETY: the delivery holds a reference to the bufferevent.
    unsafe {
        let mut armed = Armed::new(bev);
        armed.again = true;
        armed.push();
        // Nobody sees the exchange: `real` has the lock all the time.
        real::bufferevent_lock(bev.cast());
        armed.arm_all();
        // The last thing `real` does is to drop its reference, where the pointers are given back.
        real();
        armed.pop();
        real::bufferevent_unlock(bev.cast());
    }
}

/// Runs the function that delivers them and unlocks while each runs.
pub(super) unsafe fn deliver_unlocking(bev: *mut Bufferevent, real: impl FnOnce()) {
    // SAFETY: as in `deliver_locked`.
    unsafe {
        let mut armed = Armed::new(bev);
        armed.again = true;
        if is_threaded() {
            let Some(delivery) = Delivery::begin(bev) else {
                return real();
            };
            armed.delivery = delivery;
        }
        armed.push();
        armed.lock();
        armed.arm_all();
        armed.unlock();
        real();
        armed.pop();
        if let Some(delivery) = armed.delivery.as_ref() {
            delivery.bev.store(0, Release);
        }
    }
}

/// What libevent says a bufferevent's callbacks are, put right where they are ours just now. `real` asks it.
pub(super) unsafe fn real_callbacks(
    bev: *mut Bufferevent,
    pointers: [*mut usize; 3],
    real: impl Fn(),
) {
    // SAFETY: the caller has a valid bufferevent and valid places, or null, for its callbacks.
    unsafe {
        real();
        let seen = |(place, ours): (*mut usize, usize)| !place.is_null() && *place == ours;
        if !pointers.into_iter().zip(ours()).any(seen) {
            return;
        }
        real::bufferevent_lock(bev.cast());
        real();
        if let Some(delivery) = Delivery::of(bev) {
            for ((place, own), ours) in pointers.into_iter().zip(&delivery.callbacks).zip(ours()) {
                if !place.is_null() && *place == ours {
                    *place = own.load(Relaxed);
                }
            }
        }
        real::bufferevent_unlock(bev.cast());
    }
}

/// What the three pointers are exchanged for.
fn ours() -> [usize; 3] {
    [
        run_readcb as *const () as usize,
        run_writecb as *const () as usize,
        run_eventcb as *const () as usize,
    ]
}

impl Armed {
    pub(crate) fn new(bev: *mut Bufferevent) -> Self {
        Self {
            bev,
            readcb: 0,
            writecb: 0,
            errorcb: 0,
            site: 0,
            set: false,
            again: false,
            delivery: core::ptr::null(),
            outer: core::ptr::null_mut(),
        }
    }

    pub(crate) fn push(&mut self) {
        self.outer = core::mem::replace(&mut local().armed, self);
    }

    pub(crate) fn pop(&mut self) {
        local().armed = self.outer;
    }

    /// Points all callbacks of the bufferevent to us.
    pub(crate) unsafe fn arm_all(&mut self) {
        // SAFETY: the caller says that the bufferevent is alive.
        unsafe {
            let bev = self.bev;
            self.readcb = (*bev).readcb;
            self.writecb = (*bev).writecb;
            self.errorcb = (*bev).errorcb;
            if let Some(delivery) = self.delivery.as_ref() {
                let own = [self.readcb, self.writecb, self.errorcb];
                for (place, own) in delivery.callbacks.iter().zip(own) {
                    place.store(own, Relaxed);
                }
            }
            // A filter looks at whether they are its own, and another thread may be in it.
            let stays = |own: usize| own == 0 || !self.delivery.is_null() && is_libevent(own);
            let [readcb, writecb, errorcb] = ours();
            if !stays(self.readcb) {
                (*bev).readcb = readcb;
            }
            if !stays(self.writecb) {
                (*bev).writecb = writecb;
            }
            if !stays(self.errorcb) {
                (*bev).errorcb = errorcb;
            }
            self.set = true;
        }
    }

    /// Gives them back.
    pub(crate) unsafe fn disarm(&mut self) {
        // SAFETY: as in `arm_all`. What the program set anew meanwhile stays.
        unsafe {
            if !self.set {
                return;
            }
            self.set = false;
            let bev = self.bev;
            if (*bev).readcb == run_readcb as *const () as usize {
                (*bev).readcb = self.readcb;
            }
            if (*bev).writecb == run_writecb as *const () as usize {
                (*bev).writecb = self.writecb;
            }
            if (*bev).errorcb == run_eventcb as *const () as usize {
                (*bev).errorcb = self.errorcb;
            }
        }
    }

    /// A callback is called.
    unsafe fn before_callback(&mut self) {
        // SAFETY: as in `arm_all`.
        unsafe {
            self.lock();
            self.disarm();
            self.unlock();
        }
    }

    unsafe fn after_callback(&mut self) {
        if self.again {
            // SAFETY: the function that delivers deferred callbacks holds a reference.
            unsafe {
                self.lock();
                self.arm_all();
                self.unlock();
            }
        }
    }

    unsafe fn lock(&self) {
        if !self.delivery.is_null() {
            // SAFETY: as in `arm_all`.
            unsafe { real::bufferevent_lock(self.bev.cast()) };
        }
    }

    unsafe fn unlock(&mut self) {
        if !self.delivery.is_null() {
            // It drops a reference, and not the one that ends the delivery.
            let set = core::mem::take(&mut self.set);
            // SAFETY: as in `lock`.
            unsafe { real::bufferevent_unlock(self.bev.cast()) };
            self.set = set;
        }
    }
}

/// The innermost entry for a bufferevent that is set.
#[inline(always)]
pub(crate) unsafe fn armed_for(bev: *mut Bufferevent) -> *mut Armed {
    let mut armed = local().armed;
    // An entry below this call's own frame belongs to a call that never returned (`longjmp`).
    if (armed as usize) < (&raw const armed as usize) {
        local().armed = core::ptr::null_mut();
        return core::ptr::null_mut();
    }
    // SAFETY: entries are on the stacks of calls this thread is in.
    unsafe {
        while !(armed.is_null() || (*armed).bev == bev && (*armed).set) {
            armed = (*armed).outer;
        }
    }
    armed
}

unsafe extern "C-unwind" fn run_readcb(bev: *mut Bufferevent, arg: Ptr) {
    // SAFETY: libevent calls the pointer that `arm_all` set, so there is an entry; the bufferevent lives.
    unsafe {
        let armed = armed_for(bev);
        let callback = (*armed).readcb;
        let args = args::Readcb {
            callback: callback as u64,
            site: (*armed).site as u64,
        };
        (*armed).before_callback();
        run_data(bev, callback, args, arg);
        (*armed).after_callback();
    }
}

unsafe extern "C-unwind" fn run_writecb(bev: *mut Bufferevent, arg: Ptr) {
    // SAFETY: as in `run_readcb`.
    unsafe {
        let armed = armed_for(bev);
        let callback = (*armed).writecb;
        let args = args::Writecb {
            callback: callback as u64,
            site: (*armed).site as u64,
        };
        (*armed).before_callback();
        run_data(bev, callback, args, arg);
        (*armed).after_callback();
    }
}

#[inline(always)]
unsafe fn run_data<C: Begins<Exit = ()>>(
    bev: *mut Bufferevent,
    callback: usize,
    args: C,
    arg: Ptr,
) {
    // SAFETY: the program set this callback for bufferevents.
    unsafe {
        let frame = enter(bev as usize, args);
        let function: DataFn = core::mem::transmute(callback);
        function(bev, arg);
        leave(frame, bev as usize, ());
    }
}

unsafe extern "C-unwind" fn run_eventcb(bev: *mut Bufferevent, what: c_short, arg: Ptr) {
    let errno = errno();
    // SAFETY: as in `run_readcb`. errno is the program's to read.
    unsafe {
        let armed = armed_for(bev);
        let callback = (*armed).errorcb;
        let frame = {
            let _errno = KeepErrno::new();
            (*armed).before_callback();
            let look_up = if what & BEV_EVENT_ERROR != 0 {
                real::bufferevent_socket_get_dns_error(bev.cast())
            } else {
                0
            };
            let args = args::Eventcb {
                callback: callback as u64,
                what,
                errno,
                look_up,
                site: (*armed).site as u64,
            };
            enter(bev as usize, args)
        };
        let function: BevEventFn = core::mem::transmute(callback);
        function(bev, what, arg);
        leave(frame, bev as usize, ());
        (*armed).after_callback();
    }
}
