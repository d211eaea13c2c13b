//! Writing records: the thread's state, the clock, the ring.

use core::marker::PhantomData;
use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicU16, AtomicU32, AtomicU64};

use crate::hooks::armed::Delivery;
use crate::hooks::callbacks::home;
use crate::layout::Bufferevent;
use crate::start;
use crate::sys::{self, Timespec};
use crate::wire::{self, Begins, Control, Kind, Record, WirePhase, Words, args, bit};

/// The shared mapping; null while this process is not recorded.
pub(crate) static CONTROL: AtomicPtr<Control> = AtomicPtr::new(core::ptr::null_mut());

/// What a thread remembers. All zero at its start.
#[repr(C)]
pub(crate) struct Local {
    /// Its number in the trace; 0: it has none yet.
    pub(crate) thread: u16,
    /// The recorder was told whose number that is. Without that, all it says is nobody's.
    pub(crate) told: bool,
    /// The thread of the parent's that it was forked from; 0: none.
    pub(crate) parent: u16,
    /// How many recorded calls it is in.
    pub(crate) depth: u16,
    /// The kind of the innermost of them; 0: none.
    pub(crate) inner: u8,
    /// The program itself asked for the activation that is under way.
    pub(crate) manual: bool,
    /// The bufferevent that is being made unlocks while its deferred callbacks run.
    pub(crate) unlocks: bool,
    /// Its deferred callback.
    pub(crate) deferred: usize,
    /// A call within the one that makes something has told that it failed.
    pub(crate) failed: bool,
    /// The address the program's call into libevent returns to, for the record that libevent's own
    /// function below will make.
    pub(crate) site: usize,
    /// The base whose loop runs.
    pub(crate) base: usize,
    /// The bufferevents whose callbacks are caught just now, innermost first.
    pub(crate) armed: *mut Armed,
    /// When its process was forked off.
    pub(crate) forked: u64,
    /// When it was about to fork one off.
    pub(crate) forking: u64,
    /// The clock of a base that it has looked at last, and what that said (ns).
    pub(crate) clock: usize,
    pub(crate) clock_said: u64,
    /// The buffer to which a call adds that does not say how much, and its length before.
    pub(crate) adding: (usize, usize),
    /// The ring's tail when this thread last looked: it only grows, and looking costs a cache miss.
    pub(crate) tail: u64,
    /// Where it looks next for a place to keep a callback that it catches.
    pub(crate) place: u32,
}

/// A thread of this process of which the recorder was told.
static SOME_THREAD: AtomicU16 = AtomicU16::new(0);

/// A bufferevent whose callback pointers point to us for a moment. See `hooks::callbacks`.
pub(crate) struct Armed {
    pub(crate) bev: *mut Bufferevent,
    pub(crate) readcb: usize,
    pub(crate) writecb: usize,
    pub(crate) errorcb: usize,
    /// Where libevent's function that runs one of them was called from; 0: it is not known.
    pub(crate) site: usize,
    /// The pointers point to us now.
    pub(crate) set: bool,
    /// Point them to us again when a callback has run (a deferred callback runs several).
    pub(crate) again: bool,
    /// Set where the bufferevent's lock is not held while its callbacks run, and there are threads.
    pub(crate) delivery: *const Delivery,
    pub(crate) outer: *mut Self,
}

// The thread's state lives in the static part of its thread-local storage, reached without a call. Stable
// Rust has no such variables without `std`, hence the assembler.
core::arch::global_asm!(
    ".pushsection .tbss.evscope_local,\"awT\",@nobits",
    ".p2align 6",
    ".type evscope_local,@object",
    ".hidden evscope_local",
    ".globl evscope_local",
    "evscope_local:",
    ".zero {size}",
    ".size evscope_local,{size}",
    ".popsection",
    size = const size_of::<Local>(),
);

/// The calling thread's state.
#[inline(always)]
pub(crate) fn local() -> &'static mut Local {
    let place: *mut Local;
    // SAFETY: reads the thread pointer and the variable's offset from it, and touches nothing else. The
    // dynamic linker has set the offset, since the library is there from the program's start.
    unsafe {
        core::arch::asm!(
            "mov {0}, qword ptr [rip + evscope_local@GOTTPOFF]",
            "add {0}, qword ptr fs:[0]",
            out(reg) place,
            options(pure, nomem, nostack),
        );
        // SAFETY: it is this thread's own, and callers do not keep it across a call that may come back
        // here; each takes it anew.
        &mut *place
    }
}

/// Whether this process is recorded. Libevent may be loaded late, hence the look at the first call.
#[inline(always)]
pub(crate) fn active() -> bool {
    if !CONTROL.load(Relaxed).is_null() {
        return true;
    }
    start::late()
}

/// Which clock is read.
static CLOCK: AtomicI32 = AtomicI32::new(sys::CLOCK_MONOTONIC);

/// From now on the clock is read without the processor's counter: it goes on every few milliseconds.
pub(crate) fn read_coarse_clock() {
    CLOCK.store(sys::CLOCK_MONOTONIC_COARSE, Relaxed);
}

/// Nanoseconds of the monotonic clock, by the processor's counter where the recorder has made a clock of it: to ask the
/// system takes longer than all else about a record.
#[inline(always)]
pub(crate) fn now() -> u64 {
    let control = CONTROL.load(Relaxed);
    let clock = CLOCK.load(Relaxed);
    if !control.is_null() && clock == sys::CLOCK_MONOTONIC {
        // SAFETY: a mapping, once there, stays.
        if let Some(now) = unsafe { (*control).clock.now() } {
            return now;
        }
    }
    asked(clock)
}

/// What the system says.
#[cold]
fn asked(clock: i32) -> u64 {
    let mut time = Timespec { sec: 0, nsec: 0 };
    // SAFETY: the clock exists and `time` is a place for it. Answered by the vDSO, without a system call.
    unsafe { sys::clock_gettime(clock, &raw mut time) };
    time.sec as u64 * 1_000_000_000 + time.nsec as u64
}

/// Whether records of a kind are wanted.
#[inline(always)]
pub(crate) fn wanted(kind: Kind) -> bool {
    let control = CONTROL.load(Relaxed);
    let (word, bit) = bit(kind as u8);
    // SAFETY: a mapping, once there, stays.
    !control.is_null() && unsafe { (*control).wanted[word].load(Relaxed) } & bit != 0
}

/// A call of a kind that has begun: what is to be put back when it ends.
pub(crate) struct Frame<R> {
    depth: u16,
    inner: u8,
    kind: PhantomData<R>,
}

/// Notes that a call begins, without a record.
#[inline(always)]
pub(crate) fn step_in<R: Record>() -> Frame<R> {
    let local = local();
    let frame = Frame {
        depth: local.depth,
        inner: local.inner,
        kind: PhantomData,
    };
    local.depth += 1;
    local.inner = R::KIND as u8;
    frame
}

/// Notes that it ends, without a record. The depth is set, not counted down, so that calls that never
/// returned (`longjmp`, an exception) are forgotten here.
#[inline(always)]
#[expect(clippy::needless_pass_by_value, reason = "a call ends once")]
pub(crate) fn step_out<R: Record>(frame: Frame<R>) {
    let local = local();
    local.depth = frame.depth;
    local.inner = frame.inner;
}

/// Records that a call begins.
#[inline(always)]
pub(crate) fn enter<C: Begins>(object: usize, args: C) -> Frame<C> {
    enter_with(object, args, &[])
}

/// Records that a call begins, with bytes.
#[inline(always)]
pub(crate) fn enter_with<C: Begins>(object: usize, args: C, bytes: &[u8]) -> Frame<C> {
    let frame = step_in();
    put::<C>(WirePhase::Enter, frame.depth, object, args.words(), bytes);
    frame
}

/// Records that it ends.
#[inline(always)]
pub(crate) fn leave<C: Begins>(frame: Frame<C>, object: usize, exit: C::Exit) {
    leave_with(frame, object, exit, &[]);
}

/// Records that it ends, with bytes.
#[inline(always)]
pub(crate) fn leave_with<C: Begins>(frame: Frame<C>, object: usize, exit: C::Exit, bytes: &[u8]) {
    let depth = frame.depth;
    step_out(frame);
    put::<C>(WirePhase::Exit, depth, object, exit.words(), bytes);
}

/// Passes on a call and, if this process is recorded, records it; of its end no more than how it went.
#[inline(always)]
pub(crate) fn recorded<C: Begins<Exit: From<T>>, T: Copy>(
    object: usize,
    args: impl FnOnce() -> C,
    real: impl FnOnce() -> T,
) -> T {
    if !active() {
        return real();
    }
    let frame = enter(object, args());
    let result = real();
    leave(frame, object, result.into());
    result
}

/// Records a step that contains nothing.
#[inline(always)]
pub(crate) fn point<R: Record>(object: usize, args: R) {
    put::<R>(WirePhase::Point, local().depth, object, args.words(), &[]);
}

/// The same, with bytes.
pub(crate) fn point_with<R: Record>(object: usize, args: R, bytes: &[u8]) {
    put::<R>(WirePhase::Point, local().depth, object, args.words(), bytes);
}

#[inline(always)]
fn put<R: Record>(phase: WirePhase, depth: u16, object: usize, words: [u64; 5], bytes: &[u8]) {
    if !wanted(R::KIND) {
        return;
    }
    let local = local();
    if local.told || first_record(local) {
        let who = (local.thread, depth);
        write(R::KIND, phase, who, object, words, bytes);
    }
    // SAFETY: `wanted` saw the mapping.
    if unsafe { (*CONTROL.load(Relaxed)).stepping.load(Relaxed) } != 0 {
        hold(R::KIND);
    }
}

/// This process's number; 0: not asked yet.
static PID: AtomicU32 = AtomicU32::new(0);

/// This process's number. It is asked when the process sets itself up, and after a fork: a thread that comes later may
/// be one that has forbidden itself to ask.
pub(crate) fn pid() -> u32 {
    let known = PID.load(Relaxed);
    if known != 0 {
        return known;
    }
    // SAFETY: the call has no conditions.
    let pid = unsafe { sys::getpid() } as u32;
    PID.store(pid, Relaxed);
    pid
}

/// Gives the thread its number and says so. Where there is no room even for that, it says so with a later record.
#[cold]
#[inline(never)]
fn first_record(local: &mut Local) -> bool {
    let _errno = sys::KeepErrno::new();
    if local.thread == 0 {
        let control = CONTROL.load(Relaxed);
        // SAFETY: the mapping is there.
        let number = unsafe { (*control).threads.fetch_add(1, Relaxed) } + 1;
        local.thread = number.min(u32::from(u16::MAX)) as u16;
        local.place = home(local.thread);
    }
    let thread = args::Thread {
        pid: pid(),
        parent: local.parent,
        forked: local.forked,
    };
    let who = (local.thread, 0);
    local.told = write(Kind::Thread, WirePhase::Point, who, 0, thread.words(), &[]);
    if local.told {
        SOME_THREAD.store(local.thread, Relaxed);
    }
    local.told
}

/// A thread is about to fork. The parent may go on before the child does, and that is not the child's past.
pub(crate) fn forking() {
    local().forking = now();
}

/// After a fork, in the child: its thread gets a number of its own with its first record, so that the
/// child's records are told from the parent's, and a child that has nothing to do with libevent says
/// nothing.
pub(crate) fn forked() {
    let local = local();
    let known = SOME_THREAD.load(Relaxed);
    PID.store(0, Relaxed);
    // A child of one that has said nothing since it was forked off itself has the same past.
    if known != 0 && (local.told || local.parent == 0) {
        local.parent = if local.told { local.thread } else { known };
        local.forked = local.forking;
    }
    local.thread = 0;
    local.told = false;
}

#[inline(always)]
fn write(
    kind: Kind,
    phase: WirePhase,
    who: (u16, u16),
    object: usize,
    words: [u64; 5],
    bytes: &[u8],
) -> bool {
    let control = CONTROL.load(Relaxed);
    let tail = &mut local().tail;
    let what = (kind, phase);
    // SAFETY: whoever writes has seen the mapping; it stays.
    unsafe { wire::write(control, tail, what, who, object as u64, words, bytes, now) }
}

/// Holds the thread until the watcher releases it.
#[cold]
#[inline(never)]
fn hold(kind: Kind) {
    let _errno = sys::KeepErrno::new();
    let wait = |word: *const u32, seen: u32| {
        // To look at the recorder's beat.
        let timeout = Timespec { sec: 1, nsec: 0 };
        // SAFETY: the word lies in the mapping, the timeout on the stack.
        unsafe {
            sys::syscall(
                sys::SYS_FUTEX,
                word,
                sys::FUTEX_WAIT,
                seen,
                &raw const timeout,
                0usize,
                0u32,
            );
        }
    };
    // SAFETY: whoever writes has seen the mapping; it stays.
    unsafe { wire::hold(CONTROL.load(Relaxed), kind, now, wait) };
}

/// How long the program was held, for the clock it sees.
pub(crate) fn held_ns() -> u64 {
    let control = CONTROL.load(Relaxed);
    if control.is_null() {
        return 0;
    }
    // SAFETY: a mapping, once there, stays.
    let held: &AtomicU64 = unsafe { &(*control).held_ns };
    held.load(Relaxed)
}

/// How many bytes of payload to keep.
#[inline(always)]
pub(crate) fn payload_limit() -> usize {
    let control = CONTROL.load(Relaxed);
    if control.is_null() {
        return 0;
    }
    // SAFETY: a mapping, once there, stays.
    unsafe { (*control).payload.load(Relaxed) as usize }
}
