//! Finding out, at the program's start, whether it is to be recorded, and setting up if so.

use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicU8, AtomicUsize};

use crate::environment;
use crate::put::{self, CONTROL, point_with};
use crate::real;
use crate::sys::{self, DlPhdrInfo, c_char, c_int, c_void};
use crate::wire::{CONTROL_BYTES, Control, MAGIC, Slot, args};

/// Nothing decided yet.
const FRESH: u8 = 0;
/// There is a recorder, but libevent is not loaded (a shell that will start the program, a plugin host).
const WAITING: u8 = 1;
/// Somebody is setting up.
const BUSY: u8 = 2;
/// Recording, or decided not to.
const DONE: u8 = 3;

static STATE: AtomicU8 = AtomicU8::new(FRESH);

#[cfg_attr(feature = "interpose", unsafe(link_section = ".init_array"))]
#[used]
static AT_LOAD: extern "C" fn() = at_load;

extern "C" fn at_load() {
    if STATE.load(Acquire) == FRESH {
        let _errno = sys::KeepErrno::new();
        environment::take();
        start();
    }
}

/// A libevent function is called and this process is not recorded: it may be that libevent is there now.
#[cold]
pub(crate) fn late() -> bool {
    if STATE.load(Acquire) >= BUSY {
        return false;
    }
    let _errno = sys::KeepErrno::new();
    start();
    !CONTROL.load(Acquire).is_null()
}

fn start() {
    let before = STATE.load(Acquire);
    if before >= BUSY
        || STATE
            .compare_exchange(before, BUSY, AcqRel, Relaxed)
            .is_err()
    {
        return;
    }
    // The tables of functions must be in place even if nothing is recorded: libevent uses them instead
    // of its own.
    let there = real::find(c"event_base_loop") != 0;
    if there {
        crate::hooks::tables::fill();
        real::resolve_all();
    }
    let ring = environment::ring();
    if ring.is_null() {
        // Without a recorder, stay out of the way; but a libevent loaded later needs its tables.
        STATE.store(if there { DONE } else { WAITING }, Release);
        return;
    }
    if !there {
        STATE.store(WAITING, Release);
        return;
    }
    // SAFETY: `ring` is a C string.
    let control = unsafe { map(ring) };
    if control.is_null() {
        STATE.store(DONE, Release);
        return;
    }
    // SAFETY: mapped just now and checked.
    unsafe { join(control) };
    STATE.store(DONE, Release);
}

/// Takes part in the recording.
unsafe fn join(control: *mut Control) {
    // SAFETY: the caller mapped it; libevent is loaded, so its functions exist.
    unsafe {
        let version = real::event_get_version_number();
        CONTROL.store(control, Release);
        // Asked now: later it may have forbidden itself to ask.
        put::pid();
        if version >> 16 != 0x0201 {
            put::point(0, args::Refused { version });
            CONTROL.store(core::ptr::null_mut(), Release);
            return;
        }
        let text = real::event_get_version();
        let text = core::slice::from_raw_parts(text.cast::<u8>(), sys::strlen(text));
        point_with(0, args::Hello {}, text);
        tell_modules();
        sys::__register_atfork(
            Some(before_fork),
            None,
            Some(after_fork),
            core::ptr::null_mut(),
        );
    }
}

unsafe extern "C" fn before_fork() {
    put::forking();
}

unsafe extern "C" fn after_fork() {
    put::forked();
}

/// What the names of libevent's shared objects contain.
const LIBEVENT: &[u8] = b"/libevent";

/// Where they lie: first address and end. libevent has five.
static LIBEVENTS: [[AtomicUsize; 2]; 8] = [const { [const { AtomicUsize::new(0) }; 2] }; 8];

fn note_libevent(first: usize, end: usize) {
    for [known, known_end] in &LIBEVENTS {
        match known.compare_exchange(0, first, AcqRel, Relaxed) {
            Err(at) if at != first => {}
            _ => return known_end.store(end, Release),
        }
    }
}

/// Whether a function is libevent's own.
pub(crate) fn is_libevent(function: usize) -> bool {
    LIBEVENTS
        .iter()
        .any(|[first, end]| (first.load(Relaxed)..end.load(Acquire)).contains(&function))
}

/// Says where every shared object lies.
pub(crate) fn tell_modules() {
    // SAFETY: the callback matches; the data is not used.
    unsafe { sys::dl_iterate_phdr(tell_module, core::ptr::null_mut()) };
}

unsafe extern "C" fn tell_module(info: *mut DlPhdrInfo, _: usize, _: *mut c_void) -> c_int {
    // SAFETY: the dynamic linker gives a valid description.
    unsafe {
        let mut first = u64::MAX;
        let mut end = 0;
        for i in 0..usize::from((*info).phnum) {
            let header = (*info).phdr.add(i);
            if (*header).kind == sys::PT_LOAD {
                first = first.min((*header).vaddr);
                end = end.max((*header).vaddr + (*header).memsz);
            }
        }
        if first >= end {
            return 0;
        }
        let base = (*info).addr as u64;
        let name = (*info).name;
        let name = if name.is_null() || *name == 0 {
            own_name()
        } else {
            core::slice::from_raw_parts(name.cast::<u8>(), sys::strlen(name))
        };
        if name.windows(LIBEVENT.len()).any(|part| part == LIBEVENT) {
            note_libevent((base + first) as usize, (base + end) as usize);
        }
        let module = args::Module {
            first: base + first,
            end: base + end,
        };
        point_with((*info).addr, module, name);
    }
    0
}

/// Where the program's own file is, asked once: later it may have forbidden itself to ask.
fn own_name() -> &'static [u8] {
    const LONGEST: usize = 1024;
    static mut NAME: [u8; LONGEST] = [0; LONGEST];
    static LEN: AtomicUsize = AtomicUsize::new(usize::MAX);
    // SAFETY: it is asked for the first time when this process sets itself up, which one thread does, and
    // written then only.
    unsafe {
        let name = &raw mut NAME;
        if LEN.load(Acquire) == usize::MAX {
            let n = sys::readlink(c"/proc/self/exe".as_ptr(), name.cast(), LONGEST);
            LEN.store(usize::try_from(n).unwrap_or(0), Release);
        }
        core::slice::from_raw_parts(name.cast::<u8>(), LEN.load(Acquire))
    }
}

/// Maps the ring that `FD:PATH` names: the descriptor if it is still the ring, else the path. The
/// descriptor is closed: from here on the mapping is all there is, so a program may close every
/// descriptor, change its root or its user.
unsafe fn map(ring: *const c_char) -> *mut Control {
    // SAFETY: `ring` is a C string; every descriptor used is checked.
    unsafe {
        let (fd, path) = descriptor_and_path(ring);
        let control = map_fd(fd);
        if !control.is_null() {
            sys::close(fd);
            return control;
        }
        let fd = sys::open(path, sys::O_RDWR | sys::O_CLOEXEC);
        if fd < 0 {
            return core::ptr::null_mut();
        }
        let control = map_fd(fd);
        sys::close(fd);
        control
    }
}

/// Whether the recorder of a ring wants the programs that this one starts, too; the ring is not mapped for that.
///
/// # Safety
/// `ring` is a C string.
pub(crate) unsafe fn follows(ring: *const c_char) -> bool {
    // SAFETY: as in `map`.
    unsafe {
        let (fd, path) = descriptor_and_path(ring);
        told_by(fd).unwrap_or_else(|| {
            let fd = sys::open(path, sys::O_RDONLY | sys::O_CLOEXEC);
            let follows = told_by(fd) == Some(true);
            if fd >= 0 {
                sys::close(fd);
            }
            follows
        })
    }
}

unsafe fn told_by(fd: c_int) -> Option<bool> {
    let mut head = [0u32; size_of::<Control>() / size_of::<u32>()];
    let bytes = size_of_val(&head);
    // SAFETY: there is as much room.
    let n = unsafe { sys::pread(fd, head.as_mut_ptr().cast(), bytes, 0) };
    let magic = u64::from(head[0]) | u64::from(head[1]) << 32;
    (n == bytes as isize && magic == MAGIC)
        .then(|| head[core::mem::offset_of!(Control, follow_exec) / size_of::<u32>()] != 0)
}

unsafe fn descriptor_and_path(ring: *const c_char) -> (c_int, *const c_char) {
    // SAFETY: `ring` is a C string.
    unsafe {
        let mut fd: c_int = 0;
        let mut rest = ring;
        while (*rest as u8).is_ascii_digit() {
            fd = fd
                .wrapping_mul(10)
                .wrapping_add(c_int::from(*rest as u8 - b'0'));
            rest = rest.add(1);
        }
        let path = if *rest as u8 == b':' {
            rest.add(1)
        } else {
            rest
        };
        (fd, path)
    }
}

unsafe fn map_fd(fd: c_int) -> *mut Control {
    // SAFETY: reads into a local; maps a new region, whose size the file states itself.
    unsafe {
        let mut head = [0u64; 2];
        let n = sys::pread(fd, head.as_mut_ptr().cast(), 16, 0);
        if n != 16 || head[0] != MAGIC || !head[1].is_power_of_two() {
            return core::ptr::null_mut();
        }
        let bytes = CONTROL_BYTES + head[1] as usize * size_of::<Slot>();
        let place = sys::mmap(
            core::ptr::null_mut(),
            bytes,
            sys::PROT_READ_WRITE,
            sys::MAP_SHARED_NOW,
            fd,
            0,
        );
        if place as isize == -1 {
            return core::ptr::null_mut();
        }
        place.cast()
    }
}
