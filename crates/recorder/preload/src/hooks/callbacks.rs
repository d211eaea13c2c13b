//! Catching the callbacks that libevent calls by pointer.
//!
//! An event that becomes active has its callback and argument exchanged for ours and a [`Caught`], and
//! gets them back the moment it is called, deleted or finalized: the program sees nothing of it. (A signal's
//! event is called several times by one pointer, so it stays caught until it is deleted.) The three
//! callbacks of a bufferevent are exchanged around the libevent function that calls them.
//!
//! Threads. Libevent takes an event from the queue of active ones and copies its callback under the base's
//! lock, but calls it, and for some reads the argument, without. In between the event is *in flight*: what the loop
//! has copied is ours, so nobody but the function it calls ([`run_event`], [`run_deferred`]) may give the callback
//! back. All other changes are made under the lock, where it is known: an event that is caught and no longer
//! in the queue is in flight, unless the loop is this thread's own.

use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicBool, AtomicUsize};

use crate::layout::{
    BevEventFn, Bufferevent, DataFn, DeferredFn, EventCallback, EventFn, Ptr, closure, evlist,
};
use crate::put::{Armed, enter, leave, local};
use crate::real;
use crate::sys::{KeepErrno, c_int, c_short, errno};
use crate::wire::Kind;

/// What was exchanged.
#[repr(C, align(32))]
pub(crate) struct Caught {
    /// The address of the event_callback; 0: free.
    owner: AtomicUsize,
    callback: AtomicUsize,
    arg: AtomicUsize,
}

/// How many callbacks can be caught at a time. With more, some run unrecorded.
const PLACES: usize = 1 << 16;
/// Marks the owner of a place in flight that another thread has activated again meanwhile: it stays caught.
const AGAIN: usize = 2;
/// Marks the owner of a place that is just being given back.
const GIVING: usize = 4;
/// No owner's address has these bits.
const MARKS: usize = 7;

/// How far apart threads begin to look, so that they do not write to the same cache lines.
const APART: u32 = 512;

static CAUGHT: [Caught; PLACES] = [const {
    Caught {
        owner: AtomicUsize::new(0),
        callback: AtomicUsize::new(0),
        arg: AtomicUsize::new(0),
    }
}; PLACES];

/// How many callbacks wait to run once.
static ONCE: AtomicUsize = AtomicUsize::new(0);

/// libevent's functions that deliver a bufferevent's deferred callbacks.
/// The second one unlocks the bufferevent while it calls.
static DELIVER: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];

/// The program has made libevent safe for threads.
static THREADED: AtomicBool = AtomicBool::new(false);

/// Notes that it has.
pub(crate) fn set_threaded() {
    THREADED.store(true, Relaxed);
}

/// Whether it has: only then a callback can be in flight.
pub(crate) fn is_threaded() -> bool {
    THREADED.load(Relaxed)
}

/// Notes a function that delivers a bufferevent's deferred callbacks.
pub(crate) fn bufferevents_defer_by(function: usize, unlocks: bool) {
    DELIVER[usize::from(unlocks)].store(function, Relaxed);
}

/// No place was free when one was looked for last.
static NONE_FREE: AtomicBool = AtomicBool::new(false);
/// That has happened.
static WAS_FULL: AtomicBool = AtomicBool::new(false);

/// A free place: the first from where this thread looks next. What it gives back is taken again soon, while it is in
/// the processor's cache.
#[inline(always)]
fn place_for(owner: usize) -> Option<&'static Caught> {
    /// Where there was none it is not looked for again each time, which takes long; but that one has become
    /// free may go unnoticed by chance.
    const LOOK_AGAIN: usize = 256;
    let next = local().place as usize;
    if NONE_FREE.load(Relaxed) && !next.is_multiple_of(LOOK_AGAIN) {
        local().place = ((next + 1) % PLACES) as u32;
        return None;
    }
    for at in next..next + PLACES {
        let place = &CAUGHT[at % PLACES];
        if place.owner.load(Relaxed) == 0
            && place
                .owner
                .compare_exchange(0, owner, AcqRel, Relaxed)
                .is_ok()
        {
            local().place = ((at + 1) % PLACES) as u32;
            return Some(place);
        }
    }
    NONE_FREE.store(true, Relaxed);
    WAS_FULL.store(true, Relaxed);
    None
}

/// Where a thread with this number begins to look for places.
pub(crate) fn home(thread: u16) -> u32 {
    u32::from(thread) * APART % PLACES as u32
}

impl Caught {
    /// Gives the place back.
    #[inline(always)]
    fn free(&'static self) {
        self.owner.store(0, Release);
        let first = CAUGHT.as_ptr() as usize;
        let at = ((core::ptr::from_ref(self) as usize - first) / size_of::<Self>()) as u32;
        let local = local();
        // One that another thread took lies among that thread's.
        if (home(local.thread)..local.place).contains(&at) {
            local.place = at;
        }
        if NONE_FREE.load(Relaxed) {
            NONE_FREE.store(false, Relaxed);
        }
    }
}

#[inline(always)]
fn is_ours(callback: usize) -> bool {
    callback == run_event as *const () as usize || callback == run_deferred as *const () as usize
}

/// Whether the loop that would run a base's callbacks is this thread's: then none is in flight here.
#[inline(always)]
fn loops_here(base: Ptr) -> bool {
    local().base == base as usize
}

#[inline(always)]
unsafe fn catch(base: Ptr, callback: *mut EventCallback, ours: usize) {
    // SAFETY: the caller has a valid event_callback; libevent's lock of the base is held.
    unsafe {
        if is_ours((*callback).callback) && !comes_back(base, callback) {
            return;
        }
        // One that had no place may be in flight as it is, and its argument is read late.
        if WAS_FULL.load(Relaxed) && is_threaded() && !loops_here(base) {
            return;
        }
        if let Some(place) = place_for(callback as usize) {
            place.callback.store((*callback).callback, Relaxed);
            place.arg.store((*callback).arg as usize, Relaxed);
            (*callback).arg = core::ptr::from_ref(place).cast_mut().cast();
            (*callback).callback = ours;
        }
    }
}

/// Of a callback that is caught and becomes active: whether it is being given back just now, and is then to be
/// caught anew. In flight it is not: it stays caught.
#[cold]
unsafe fn comes_back(base: Ptr, callback: *mut EventCallback) -> bool {
    // SAFETY: as in `catch`; one of ours has a `Caught` as its argument.
    unsafe {
        let stays = (*callback).closure == closure::EVENT_SIGNAL
            || (*callback).flags & evlist::ACTIVE_LATER != 0;
        if stays || loops_here(base) {
            return false;
        }
        let owner = callback as usize;
        if let Some(place) = place_of(callback) {
            let marked = place
                .owner
                .compare_exchange(owner, owner | AGAIN, AcqRel, Relaxed);
            if marked.is_ok() || marked == Err(owner | AGAIN) {
                return false;
            }
        }
        while is_ours((&raw const (*callback).callback).read_volatile()) {
            core::hint::spin_loop();
        }
        true
    }
}

/// Catches an event's callback.
#[inline(always)]
pub(crate) unsafe fn catch_event(base: Ptr, callback: *mut EventCallback) {
    // SAFETY: as the caller's.
    unsafe { catch(base, callback, run_event as *const () as usize) };
}

/// Catches a deferred callback.
#[inline(always)]
pub(crate) unsafe fn catch_deferred(base: Ptr, callback: *mut EventCallback) {
    // SAFETY: as the caller's.
    unsafe { catch(base, callback, run_deferred as *const () as usize) };
}

/// Gives a callback back, if it is caught and not in flight. The base's lock is held.
#[inline(always)]
pub(crate) unsafe fn release(base: Ptr, callback: *mut EventCallback) {
    // SAFETY: the caller has a valid event_callback; one of ours has a `Caught` as its argument.
    unsafe {
        if is_ours((*callback).callback)
            && (loops_here(base) || is_at_rest(callback))
            && let Some(place) = place_of(callback)
        {
            give_back(callback, place);
            place.free();
        }
    }
}

/// Gives a signal's callback back after its event was deleted. It is called again and again by one pointer, and
/// another thread may have been about to; `waited`: the deletion has waited for that. One that has not is a
/// finalization, which needs the argument; but whoever is about to call may still look at the place.
#[inline(always)]
pub(crate) unsafe fn release_signal(callback: *mut EventCallback, waited: bool) {
    // SAFETY: as in `release`.
    unsafe {
        if (*callback).closure == closure::EVENT_SIGNAL
            && is_ours((*callback).callback)
            && let Some(place) = place_of(callback)
        {
            give_back(callback, place);
            if waited {
                place.free();
            }
        }
    }
}

/// The place of a callback that is ours; none if it is being given back, which begins with the argument.
unsafe fn place_of(callback: *const EventCallback) -> Option<&'static Caught> {
    // SAFETY: the caller has a valid event_callback.
    let arg = unsafe { (&raw const (*callback).arg).read_volatile() } as usize;
    let offset = arg.checked_sub(CAUGHT.as_ptr() as usize)?;
    CAUGHT.get(offset / size_of::<Caught>())
}

/// Whether a callback that is caught is not in flight in another thread.
#[cold]
unsafe fn is_at_rest(callback: *mut EventCallback) -> bool {
    if !is_threaded() {
        return true;
    }
    // SAFETY: as in `release`.
    unsafe {
        // It may be active again while in flight, and does not say so.
        if (*callback).closure == closure::EVENT_SIGNAL {
            return false;
        }
        let Some(place) = place_of(callback) else {
            return false;
        };
        let owner = callback as usize;
        match place.owner.load(Acquire) {
            now if now == owner => {}
            // It was active again while in flight, and is no more: the call in flight gives it back.
            now if now == owner | AGAIN => {
                let _ = place.owner.compare_exchange(now, owner, AcqRel, Relaxed);
                return false;
            }
            _ => return false,
        }
        (*callback).flags & (evlist::ACTIVE | evlist::ACTIVE_LATER) != 0
    }
}

/// The argument first: whoever looks meanwhile sees our function and leaves the callback alone. What was put in
/// their places since (a finalizer) stays.
#[inline(always)]
unsafe fn give_back(callback: *mut EventCallback, place: &Caught) {
    // SAFETY: as the caller's.
    unsafe {
        if (*callback).arg.cast_const() == core::ptr::from_ref(place).cast() {
            (&raw mut (*callback).arg).write_volatile(place.arg.load(Relaxed) as Ptr);
        }
        if is_ours((*callback).callback) {
            (&raw mut (*callback).callback).write_volatile(place.callback.load(Relaxed));
        }
    }
}

/// An event's callback, caught or not.
pub(crate) unsafe fn real_of(callback: *const EventCallback) -> usize {
    // SAFETY: as the caller's.
    unsafe { own_of(callback).0 }
}

/// Its argument.
pub(crate) unsafe fn real_arg_of(callback: *const EventCallback) -> Ptr {
    // SAFETY: as the caller's.
    unsafe { own_of(callback).1 }
}

/// Both. The lock need not be held, so they may be given back meanwhile: then it is looked again.
unsafe fn own_of(callback: *const EventCallback) -> (usize, Ptr) {
    // SAFETY: the caller has a valid event_callback; one of ours has a `Caught` as its argument.
    unsafe {
        loop {
            let function = (&raw const (*callback).callback).read_volatile();
            let arg = (&raw const (*callback).arg).read_volatile();
            if !is_ours(function) {
                return (function, arg);
            }
            if let Some(place) = place_of(callback) {
                let own = (place.callback.load(Relaxed), place.arg.load(Relaxed) as Ptr);
                if place.owner.load(Acquire) & !MARKS == callback as usize {
                    return own;
                }
            }
            core::hint::spin_loop();
        }
    }
}

/// The call in flight has come, and knows all that it needs: gives the callback back, unless it is active again.
#[inline(always)]
unsafe fn landed(callback: *mut EventCallback, place: &'static Caught) {
    let owner = callback as usize;
    // SAFETY: libevent calls it, so it is there.
    unsafe {
        while is_threaded() {
            match place
                .owner
                .compare_exchange(owner, owner | GIVING, AcqRel, Acquire)
            {
                Err(now) if now == owner | AGAIN => {
                    let stays = place.owner.compare_exchange(now, owner, AcqRel, Relaxed);
                    if stays.is_ok() {
                        return;
                    }
                }
                Ok(_) | Err(_) => break,
            }
        }
        give_back(callback, place);
        place.free();
    }
}

/// Runs instead of an event's callback.
unsafe extern "C-unwind" fn run_event(fd: c_int, what: c_short, arg: Ptr) {
    // SAFETY: libevent calls with what `catch` stored. The event is valid until its callback runs; a
    // signal's may have been freed by an earlier call of the same signal, but then the loop stops.
    unsafe {
        let place = &*arg.cast::<Caught>();
        let event = (place.owner.load(Relaxed) & !MARKS) as *mut EventCallback;
        let callback = place.callback.load(Relaxed);
        let user_arg = place.arg.load(Relaxed) as Ptr;
        if (*event).closure != closure::EVENT_SIGNAL {
            landed(event, place);
        }
        let args = [
            callback as u64,
            u64::from(what as u16),
            u64::from(fd as u32),
            0,
            0,
        ];
        let frame = enter(Kind::EventCb, event as usize, args);
        let function: EventFn = core::mem::transmute(callback);
        function(fd, what, user_arg);
        leave(Kind::EventCb, frame, event as usize, [0; 5]);
    }
}

/// The owner of the callbacks of a base's events that are used once: no event's address is odd.
fn once_of(base: Ptr) -> usize {
    base as usize | 1
}

/// Wraps the callback of an event that is used once.
pub(crate) fn wrap_once(base: Ptr, callback: usize, arg: Ptr) -> (usize, Ptr) {
    match place_for(once_of(base)) {
        Some(place) => {
            ONCE.fetch_add(1, Relaxed);
            place.callback.store(callback, Relaxed);
            place.arg.store(arg as usize, Relaxed);
            (
                run_once as *const () as usize,
                core::ptr::from_ref(place).cast_mut().cast(),
            )
        }
        None => (callback, arg),
    }
}

/// A base is freed, and with it what was to run once and never will.
pub(crate) fn forget_once(base: Ptr) {
    if ONCE.load(Relaxed) == 0 {
        return;
    }
    for place in &CAUGHT {
        if place.owner.load(Relaxed) == once_of(base) {
            place.free();
            ONCE.fetch_sub(1, Relaxed);
        }
    }
}

unsafe extern "C-unwind" fn run_once(fd: c_int, what: c_short, arg: Ptr) {
    // SAFETY: libevent calls with what `wrap_once` gave, once.
    unsafe {
        let place = &*arg.cast::<Caught>();
        let callback = place.callback.load(Relaxed);
        let user_arg = place.arg.load(Relaxed) as Ptr;
        place.free();
        ONCE.fetch_sub(1, Relaxed);
        let args = [
            callback as u64,
            u64::from(what as u16),
            u64::from(fd as u32),
            0,
            0,
        ];
        let frame = enter(Kind::OnceCb, 0, args);
        let function: EventFn = core::mem::transmute(callback);
        function(fd, what, user_arg);
        leave(Kind::OnceCb, frame, 0, [0; 5]);
    }
}

/// Runs instead of a deferred callback.
unsafe extern "C-unwind" fn run_deferred(callback: *mut EventCallback, arg: Ptr) {
    // SAFETY: libevent calls with what `catch` stored; the event_callback is part of an object that the
    // pending call keeps alive.
    unsafe {
        let place = &*arg.cast::<Caught>();
        let function = place.callback.load(Relaxed);
        let real_arg = place.arg.load(Relaxed) as Ptr;
        landed(callback, place);
        let real: DeferredFn = core::mem::transmute(function);
        let frame = enter(
            Kind::DeferredCb,
            real_arg as usize,
            [function as u64, 0, 0, 0, 0],
        );
        let [locked, unlocks] = [0, 1].map(|at| DELIVER[at].load(Relaxed) == function);
        // Where other threads may have the bufferevent's lock while its callbacks run, they would see ours in it.
        if locked || unlocks && !is_threaded() {
            let mut armed = Armed::new(real_arg.cast());
            armed.again = true;
            armed.push();
            // Nobody sees the exchange: `real` has the lock all the time, and this takes it a little earlier.
            if locked {
                real::bufferevent_lock(real_arg);
            }
            armed.arm_all();
            // The last thing `real` does is to drop its reference, where the pointers are given back.
            real(callback, real_arg);
            armed.pop();
            if locked {
                real::bufferevent_unlock(real_arg);
            }
        } else {
            real(callback, real_arg);
        }
        leave(Kind::DeferredCb, frame, real_arg as usize, [0; 5]);
    }
}

impl Armed {
    pub(crate) fn new(bev: *mut Bufferevent) -> Self {
        Self {
            bev,
            readcb: 0,
            writecb: 0,
            errorcb: 0,
            set: false,
            again: false,
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
            if self.readcb != 0 {
                (*bev).readcb = run_readcb as *const () as usize;
            }
            if self.writecb != 0 {
                (*bev).writecb = run_writecb as *const () as usize;
            }
            if self.errorcb != 0 {
                (*bev).errorcb = run_eventcb as *const () as usize;
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

    unsafe fn after_callback(&mut self) {
        if self.again {
            // SAFETY: the function that delivers deferred callbacks holds a reference.
            unsafe { self.arm_all() };
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
        (*armed).disarm();
        run_data(Kind::Readcb, bev, callback, arg);
        (*armed).after_callback();
    }
}

unsafe extern "C-unwind" fn run_writecb(bev: *mut Bufferevent, arg: Ptr) {
    // SAFETY: as in `run_readcb`.
    unsafe {
        let armed = armed_for(bev);
        let callback = (*armed).writecb;
        (*armed).disarm();
        run_data(Kind::Writecb, bev, callback, arg);
        (*armed).after_callback();
    }
}

#[inline(always)]
unsafe fn run_data(kind: Kind, bev: *mut Bufferevent, callback: usize, arg: Ptr) {
    // SAFETY: the program set this callback for bufferevents.
    unsafe {
        let frame = enter(kind, bev as usize, [callback as u64, 0, 0, 0, 0]);
        let function: DataFn = core::mem::transmute(callback);
        function(bev, arg);
        leave(kind, frame, bev as usize, [0; 5]);
    }
}

unsafe extern "C-unwind" fn run_eventcb(bev: *mut Bufferevent, what: c_short, arg: Ptr) {
    let error = errno();
    // SAFETY: as in `run_readcb`. errno is the program's to read.
    unsafe {
        let armed = armed_for(bev);
        let callback = (*armed).errorcb;
        let frame = {
            let _errno = KeepErrno::new();
            (*armed).disarm();
            let args = [callback as u64, u64::from(what as u16), error as u64, 0, 0];
            enter(Kind::Eventcb, bev as usize, args)
        };
        let function: BevEventFn = core::mem::transmute(callback);
        function(bev, what, arg);
        leave(Kind::Eventcb, frame, bev as usize, [0; 5]);
        (*armed).after_callback();
    }
}
