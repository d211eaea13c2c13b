//! Catching the callbacks that libevent calls by pointer.
//!
//! An event that becomes active has its callback and argument exchanged for ours and a [`Caught`], and
//! gets them back the moment it is called, deleted or finalized: the program sees nothing of it. (A signal's
//! event is called several times by one pointer, so it stays caught until it is deleted.) The finalizer of an event
//! is caught in the same way; nothing but it will run. The callbacks of bufferevents are caught by [`armed`].
//!
//! Threads. Libevent takes an event from the queue of active ones and copies its callback under the base's
//! lock, but calls it, and for some reads the argument, without. In between the event is *in flight*: what the loop
//! has copied is ours, so nobody but the function it calls ([`run_event`], [`run_deferred`]) may give the callback
//! back. All other changes are made under the lock, where it is known: an event that is caught and no longer
//! in the queue is in flight, unless the loop is this thread's own.

use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicBool, AtomicUsize};

use super::armed;
use crate::layout::{
    DeferredFn, Event, EventCallback, EventFn, FinalizerFn, Ptr, closure, ev, evlist,
};
use crate::put::{enter, leave, local};
use crate::sys::{c_int, c_short};
use crate::wire::args;

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

/// Whether it is what stands in for a callback that is caught.
#[inline(always)]
fn is_caught(callback: usize) -> bool {
    callback == run_event as *const () as usize || callback == run_deferred as *const () as usize
}

/// Whether it stands in for anything.
#[inline(always)]
fn is_ours(callback: usize) -> bool {
    is_caught(callback) || callback == finalizer()
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
        if is_caught((*callback).callback) && !comes_back(base, callback) {
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
        while is_caught((&raw const (*callback).callback).read_volatile()) {
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
        if is_caught((*callback).callback)
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
            && is_caught((*callback).callback)
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
        if is_caught((*callback).callback) {
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

/// Catches the finalizer of an event that becomes active for it. libevent's lock of the base is held.
pub(crate) unsafe fn catch_finalizer(callback: *mut EventCallback) {
    // SAFETY: the caller has a valid event_callback.
    unsafe {
        // The argument is still the place of a call in flight in another thread, which will give it back.
        if place_of(callback).is_some() {
            return;
        }
        if let Some(place) = place_for(callback as usize) {
            place.callback.store((*callback).callback, Relaxed);
            place.arg.store((*callback).arg as usize, Relaxed);
            (*callback).arg = core::ptr::from_ref(place).cast_mut().cast();
            (*callback).callback = finalizer();
        }
    }
}

/// What stands in for a finalizer.
pub(crate) fn finalizer() -> usize {
    run_finalizer as *const () as usize
}

/// An event gets a finalizer. Where one waits already, the new one takes its place without becoming active anew;
/// what libevent is to be given.
pub(crate) unsafe fn next_finalizer(callback: *mut EventCallback, next: usize) -> usize {
    // SAFETY: the caller has a valid event_callback; one of ours has a `Caught` as its argument.
    unsafe {
        match place_of(callback) {
            Some(place) if (*callback).callback == finalizer() => {
                place.callback.store(next, Relaxed);
                finalizer()
            }
            _ => next,
        }
    }
}

/// Runs instead of an event's finalizer.
unsafe extern "C-unwind" fn run_finalizer(event: *mut Event, arg: Ptr) {
    // SAFETY: libevent calls with what `catch_finalizer` stored, once; the event is valid until then.
    unsafe {
        let place = &*arg.cast::<Caught>();
        let function = place.callback.load(Relaxed);
        let user_arg = place.arg.load(Relaxed) as Ptr;
        (*event).callback.arg = user_arg;
        (*event).callback.callback = function;
        place.free();
        // libevent frees it after its finalizer has run.
        let freed = (*event).callback.closure == closure::EVENT_FINALIZE_FREE;
        let args = args::EventCb {
            callback: function as u64,
            what: ev::FINALIZE,
        };
        let frame = enter(event as usize, args);
        let finalize: FinalizerFn = core::mem::transmute(function);
        finalize(event, user_arg);
        leave(frame, event as usize, ());
        if freed {
            let frame = enter(event as usize, args::EventFree { site: 0 });
            leave(frame, event as usize, ());
        }
    }
}

/// Both. The lock need not be held, so they may be given back meanwhile: then it is looked again.
pub(crate) unsafe fn own_of(callback: *const EventCallback) -> (usize, Ptr) {
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
        let args = args::EventCb {
            callback: callback as u64,
            what,
        };
        let frame = enter(event as usize, args);
        let function: EventFn = core::mem::transmute(callback);
        function(fd, what, user_arg);
        leave(frame, event as usize, ());
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
        let args = args::OnceCb {
            callback: callback as u64,
            what,
        };
        let frame = enter(0, args);
        let function: EventFn = core::mem::transmute(callback);
        function(fd, what, user_arg);
        leave(frame, 0, ());
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
        let frame = enter(real_arg as usize, args::DeferredCb {});
        let [locked, unlocks] = [0, 1].map(|at| DELIVER[at].load(Relaxed) == function);
        if locked {
            armed::deliver_locked(real_arg.cast(), || real(callback, real_arg));
        } else if unlocks {
            armed::deliver_unlocking(real_arg.cast(), || real(callback, real_arg));
        } else {
            real(callback, real_arg);
        }
        leave(frame, real_arg as usize, ());
    }
}
