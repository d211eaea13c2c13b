//! Recording into the ring of a recorder outside (`evscope record`).
//!
//! The recorder's mapping is there before `main`, so a program may change its root or its user, close every
//! descriptor or forbid itself system calls. A record is written where it is made, by the thread that made it, and
//! is the recorder's from then on, whatever becomes of the program. It takes no lock, no system call and, but for
//! the first of a place in the source, no allocation.

use std::cell::Cell;
use std::collections::HashMap;
use std::ffi::CStr;
use std::ptr;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU16, AtomicU32};
use std::sync::{Mutex, PoisonError};

use evscope_trace::{Event, Level, Objects, Phase};
use evscope_wire::{
    CONTROL_BYTES, Clock, Control, ENV_RING, Kind, MAGIC, OwnStep, Record, Slot, WirePhase, Words,
    args, bit,
};
use serde_json::json;

use super::mix::Mix;
use super::process::roots;
use super::raw::{Here, Source};
use super::sources::{LineId, Sources, Spot};
use super::writer::LIBRARY;
use crate::sys::has_other_rights;

/// The mapping; null where nobody records.
static CONTROL: AtomicPtr<Control> = AtomicPtr::new(ptr::null_mut());
/// What there is to know about places. Null: nothing yet.
static PLACES: AtomicPtr<Mutex<Places>> = AtomicPtr::new(ptr::null_mut());
/// The next place's number.
static NEXT_PLACE: AtomicU32 = AtomicU32::new(1);
/// Whether the process has said what it is.
static GREETED: AtomicBool = AtomicBool::new(false);
/// A thread of this process of which the recorder was told.
static SOME_THREAD: AtomicU16 = AtomicU16::new(0);

thread_local! {
    static THREAD: Cell<ThreadState> = const { Cell::new(ThreadState::NEW) };
}

/// What a thread remembers, across its bases.
#[derive(Debug, Clone, Copy)]
struct ThreadState {
    /// Its number in the ring; 0: it has none yet.
    number: u16,
    /// The recorder was told whose number that is. Without that, all it says is nobody's.
    told: bool,
    /// How many recorded calls it is in.
    depth: u16,
    /// The thread of the parent's that it was forked from; 0: none.
    parent: u16,
    /// When that was.
    forked: u64,
    /// When it was about to fork a process off.
    forking: u64,
    /// The ring's tail when it last looked.
    tail: u64,
}

impl ThreadState {
    const NEW: Self = Self {
        number: 0,
        told: false,
        depth: 0,
        parent: 0,
        forked: 0,
        forking: 0,
        tail: 0,
    };
}

// ---- at the program's start -----------------------------------------------------------------------------

#[used]
// SAFETY: the section holds functions of this type, which the C library calls before `main`.
#[unsafe(link_section = ".init_array")]
static AT_START: extern "C" fn() = at_start;

extern "C" fn at_start() {
    // SAFETY: before `main` there is one thread, so nobody else uses the environment; the variable's name is
    // a C string, and so is what it is set to.
    unsafe {
        let Ok(name) = CStr::from_bytes_with_nul(RING_NAME) else {
            return;
        };
        let ring = libc::getenv(name.as_ptr());
        // Who runs a program with another user's rights may not say where it writes.
        if ring.is_null() || has_other_rights() {
            return;
        }
        let Some(control) = map(CStr::from_ptr(ring)) else {
            return;
        };
        if (*control).follow_exec.load(Relaxed) == 0 {
            libc::unsetenv(name.as_ptr());
        }
        libc::pthread_atfork(Some(forking), None, Some(forked));
        CONTROL.store(control, Relaxed);
    }
}

const RING_NAME: &[u8] = b"EVSCOPE_RING\0";
const _: () = assert!(RING_NAME.len() == ENV_RING.len() + 1);

/// Maps the ring that `FD:PATH` names: the descriptor if it is still the ring, else the path. The descriptor is
/// closed: from here on the mapping is all there is.
fn map(ring: &CStr) -> Option<*mut Control> {
    let (fd, path) = ring.to_str().ok()?.split_once(':')?;
    let fd = fd.parse().ok()?;
    if let Some(control) = map_fd(fd) {
        // SAFETY: it was made for this.
        unsafe { libc::close(fd) };
        return Some(control);
    }
    let file = std::fs::File::options()
        .read(true)
        .write(true)
        .open(path)
        .ok()?;
    map_fd(std::os::fd::AsRawFd::as_raw_fd(&file))
}

fn map_fd(fd: i32) -> Option<*mut Control> {
    let mut head = [0u64; 2];
    // SAFETY: reads into a local of 16 bytes; maps a new region, whose size the file states itself.
    unsafe {
        if libc::pread(fd, head.as_mut_ptr().cast(), 16, 0) != 16
            || head[0] != MAGIC
            || !head[1].is_power_of_two()
        {
            return None;
        }
        let bytes = CONTROL_BYTES + head[1] as usize * size_of::<Slot>();
        // No page of it is missing later, in the midst of an event.
        let flags = libc::MAP_SHARED | libc::MAP_POPULATE;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let place = libc::mmap(ptr::null_mut(), bytes, access, flags, fd, 0);
        (place != libc::MAP_FAILED).then(|| place.cast())
    }
}

/// A thread is about to fork. The parent may go on before the child does, and that is not the child's past.
extern "C" fn forking() {
    THREAD.set(ThreadState { forking: monotonic(), ..THREAD.get() });
}

/// After a fork, in the child: its thread gets a number of its own with its first record.
extern "C" fn forked() {
    // Another thread may have been at it, and will never give it back.
    PLACES.store(ptr::null_mut(), Relaxed);
    let some = SOME_THREAD.load(Relaxed);
    let mut thread = THREAD.get();
    // A child of one that has said nothing since it was forked off itself has the same past.
    if some != 0 && (thread.told || thread.parent == 0) {
        thread.parent = if thread.told { thread.number } else { some };
        thread.forked = thread.forking;
    }
    THREAD.set(ThreadState { number: 0, told: false, ..thread });
}

/// How long the program was held, for the clock it sees.
pub(crate) fn held_ns() -> u64 {
    let control = CONTROL.load(Relaxed);
    if control.is_null() {
        return 0;
    }
    // SAFETY: a mapping, once there, stays.
    unsafe { (*control).held_ns.load(Relaxed) }
}

/// The bytes of what is read and written that are to be kept.
pub(super) fn payload() -> Option<usize> {
    /// So that they have room in a record.
    const MOST: usize = 2048;
    let control = CONTROL.load(Relaxed);
    // SAFETY: a mapping, once there, stays.
    let limit = unsafe { control.as_ref()?.payload.load(Relaxed) } as usize;
    (limit > 0).then(|| limit.min(MOST))
}

// ---- records --------------------------------------------------------------------------------------------

/// What a base writes into the ring with.
#[derive(Debug, Clone)]
pub(crate) struct RingRecords {
    control: *mut Control,
    /// The levels of the calls it is in, since an exit does not say its own.
    levels: Vec<Level>,
    /// The event in its compact form; kept for its memory.
    packed: Vec<u8>,
    known: HashMap<Spot, u32, Mix>,
}

impl RingRecords {
    /// If a recorder is there.
    pub(super) fn new() -> Option<Self> {
        // Looked at, so that it is not left out of the program.
        std::hint::black_box(&AT_START);
        let control = CONTROL.load(Relaxed);
        if control.is_null() {
            return None;
        }
        let records = Self {
            control,
            levels: Vec::new(),
            packed: Vec::new(),
            known: HashMap::default(),
        };
        records.greet();
        Some(records)
    }

    /// Says what the process is, if that was not said.
    fn greet(&self) {
        if GREETED.load(Relaxed) || GREETED.swap(true, Relaxed) {
            return;
        }
        let hello = args::OwnHello { vocabulary: Event::fingerprint() };
        let said = thread_at(self.control, 0)
            .is_some_and(|who| self.point(who, hello, LIBRARY.as_bytes()));
        GREETED.store(said, Relaxed);
    }

    pub(super) fn push(
        &mut self,
        phase: Phase,
        source: Source,
        caller: Option<&'static Here>,
        objects: Objects,
        event: Option<&Event>,
    ) {
        let (level, phase_there) = match (phase, event) {
            (Phase::Enter, Some(event)) => {
                self.levels.push(event.level());
                (event.level(), WirePhase::Enter)
            }
            (Phase::Exit, _) => match self.levels.pop() {
                Some(level) => (level, WirePhase::Exit),
                None => return,
            },
            (Phase::Point, Some(event)) => (event.level(), WirePhase::Point),
            (Phase::Enter | Phase::Point, None) => return,
        };
        let mut thread = THREAD.get();
        let depth = match phase {
            Phase::Enter => {
                thread.depth += 1;
                thread.depth - 1
            }
            Phase::Exit => {
                thread.depth = thread.depth.saturating_sub(1);
                thread.depth
            }
            Phase::Point => thread.depth,
        };
        THREAD.set(thread);
        let kind = match level {
            Level::Program => Kind::OwnProgram,
            Level::Walkthrough => Kind::OwnWalkthrough,
            Level::Everything => Kind::OwnEverything,
        };
        if !self.wants(kind) {
            return;
        }
        let Some(who) = thread_at(self.control, depth) else {
            return;
        };
        self.greet();
        let place = self.place(phase, source, caller, who);
        self.packed.clear();
        if let Some(event) = event {
            event.pack(&mut self.packed);
        }
        let step = OwnStep { place, objects: objects.pack() };
        self.write((kind, phase_there), who, step, &self.packed);
        // SAFETY: a mapping, once there, stays.
        unsafe {
            if (*self.control).stepping.load(Relaxed) != 0 {
                evscope_wire::hold(self.control, kind, monotonic, wait);
            }
        }
    }

    fn wants(&self, kind: Kind) -> bool {
        let (word, bit) = bit(kind as u8);
        // SAFETY: a mapping, once there, stays.
        unsafe { (*self.control).wanted[word].load(Relaxed) & bit != 0 }
    }

    fn point<R: Record>(&self, who: (u16, u16), args: R, bytes: &[u8]) -> bool {
        self.write((R::KIND, WirePhase::Point), who, args, bytes)
    }

    /// Whether there was room for it.
    fn write(
        &self,
        what: (Kind, WirePhase),
        who: (u16, u16),
        args: impl Words,
        bytes: &[u8],
    ) -> bool {
        let mut thread = THREAD.get();
        let (tail, words) = (&mut thread.tail, args.words());
        // SAFETY: a mapping, once there, stays.
        let written = unsafe {
            evscope_wire::write(self.control, tail, what, who, 0, words, bytes, monotonic)
        };
        THREAD.set(thread);
        written
    }

    /// The number of a place. When it is met for the first time, the recorder is told of it.
    fn place(
        &mut self,
        phase: Phase,
        source: Source,
        caller: Option<&'static Here>,
        who: (u16, u16),
    ) -> u32 {
        let key = Spot::of(phase, source, caller);
        if let Some(number) = self.known.get(&key) {
            return *number;
        }
        let number = NEXT_PLACE.fetch_add(1, Relaxed);
        let mut places = places().lock().unwrap_or_else(PoisonError::into_inner);
        let found = places.sources.places(phase, source, caller);
        let line = |id: Option<LineId>| id.map(|id| &**places.sources.line(id));
        let lines =
            json!({ "src": line(Some(found.src)), "caller": line(found.caller) }).to_string();
        let new = places.sources.take_new().into_iter();
        let new = new.map(|text| serde_json::to_vec(&text).unwrap_or_default());
        places.untold.extend(new);
        // One for which there is no room is told with a later place.
        places.untold.retain(|text| !self.tell(text, who));
        if self.point(who, args::OwnPlace { number }, lines.as_bytes()) {
            self.known.insert(key, number);
        }
        number
    }

    /// Tells a text, in pieces; whether all of it was.
    fn tell(&self, text: &[u8], who: (u16, u16)) -> bool {
        let last = text.chunks(PIECE).len().saturating_sub(1);
        text.chunks(PIECE).enumerate().all(|(i, piece)| {
            let text = args::OwnText { is_last: i == last, number: i as u64 };
            self.point(who, text, piece)
        })
    }
}

/// As much of a text as one record takes.
const PIECE: usize = evscope_wire::SLOT_BYTES * (evscope_wire::MAX_SLOTS - 4);

struct Places {
    sources: Sources,
    /// Texts of which the recorder was not told yet, as JSON.
    untold: Vec<Vec<u8>>,
}

fn places() -> &'static Mutex<Places> {
    let there = PLACES.load(Acquire);
    let there = if there.is_null() {
        let sources = Sources::new(Vec::new()).look_in(roots());
        let new = Box::into_raw(Box::new(Mutex::new(Places { sources, untold: Vec::new() })));
        match PLACES.compare_exchange(ptr::null_mut(), new, AcqRel, Acquire) {
            Ok(_) => new,
            Err(other) => {
                // SAFETY: nobody else has seen it.
                drop(unsafe { Box::from_raw(new) });
                other
            }
        }
    } else {
        there
    };
    // SAFETY: once stored it is never freed.
    unsafe { &*there }
}

/// The calling thread's number, and a depth. With its first record a thread says which process it is of; `None` as long as
/// there is no room for that.
fn thread_at(control: *mut Control, depth: u16) -> Option<(u16, u16)> {
    let mut thread = THREAD.get();
    if !thread.told {
        // SAFETY: a mapping, once there, stays.
        unsafe {
            if thread.number == 0 {
                let number = (*control).threads.fetch_add(1, Relaxed) + 1;
                thread.number = number.min(u32::from(u16::MAX)) as u16;
            }
            let (parent, forked) = (thread.parent, thread.forked);
            let args = args::Thread { pid: std::process::id(), parent, forked };
            let what = (Kind::Thread, WirePhase::Point);
            let (who, tail) = ((thread.number, 0), &mut thread.tail);
            let words = args.words();
            thread.told = evscope_wire::write(control, tail, what, who, 0, words, &[], monotonic);
        }
        if thread.told {
            SOME_THREAD.store(thread.number, Relaxed);
        }
        THREAD.set(thread);
    }
    thread.told.then_some((thread.number, depth))
}

/// `CLOCK_MONOTONIC`, in ns, by the processor's counter where the recorder has made a clock of it.
fn monotonic() -> u64 {
    // SAFETY: a mapping, once there, stays.
    let clock = unsafe { CONTROL.load(Relaxed).as_ref() }.map(|control| &control.clock);
    clock.and_then(Clock::now).unwrap_or_else(|| {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the clock exists and `time` is a place for it.
        unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
        time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
    })
}

/// Waits on a futex, for a second at most.
fn wait(word: *const u32, seen: u32) {
    let timeout = libc::timespec { tv_sec: 1, tv_nsec: 0 };
    // SAFETY: the word lies in the mapping, the timeout on the stack.
    unsafe {
        libc::syscall(
            libc::SYS_futex,
            word,
            libc::FUTEX_WAIT,
            seen,
            &raw const timeout,
            0usize,
            0u32,
        );
    }
}
