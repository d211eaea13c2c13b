//! What the recorder put into the environment: taken out of it at the program's start, before the program's own code can
//! see it, and put back for the programs that this one starts, if those are to be recorded.

use core::ffi::CStr;
use core::sync::atomic::AtomicU8;
use core::sync::atomic::Ordering::{Acquire, Release};

use crate::room;
use crate::sys::{self, c_char};
use crate::wire::{ENV_PRELOAD, ENV_RING};

/// A variable that is kept, as `NAME=value`. The text that came with the program is not: programs that say in `ps` what
/// they do write over it.
struct Kept {
    bytes: [u8; LONGEST],
}

/// A path, with a name and a descriptor before it.
const LONGEST: usize = 4096 + 64;

static mut RING: Kept = Kept::NOTHING;
static mut PRELOAD: Kept = Kept::NOTHING;

/// There is nothing in the environment that is ours.
const NO_RECORDER: u8 = 0;
/// This program is recorded, and those that it starts are not.
const ALONE: u8 = 1;
/// Those that it starts are.
const FOLLOWED: u8 = 2;

static FOUND: AtomicU8 = AtomicU8::new(NO_RECORDER);

const LD_PRELOAD: &[u8] = b"LD_PRELOAD";

impl Kept {
    const NOTHING: Self = Self {
        bytes: [0; LONGEST],
    };

    /// Keeps a variable; false if it is too long.
    unsafe fn keep(this: *mut Self, name: &[u8], value: &[u8]) -> bool {
        let fits = name.len() + 1 + value.len() < LONGEST;
        if fits {
            // SAFETY: the caller is alone with it, and it fits with the 0 after it.
            let bytes = unsafe { &mut (*this).bytes };
            bytes[..name.len()].copy_from_slice(name);
            bytes[name.len()] = b'=';
            bytes[name.len() + 1..][..value.len()].copy_from_slice(value);
        }
        fits
    }
}

/// Where the ring is, `FD:PATH`; null if there is no recorder.
pub(crate) fn ring() -> *const c_char {
    if FOUND.load(Acquire) == NO_RECORDER {
        return core::ptr::null();
    }
    let before = ENV_RING.len() + 1;
    // SAFETY: the name and the sign after it are within.
    unsafe { (&raw const RING).cast::<c_char>().add(before) }
}

/// Whether programs that this one starts are to be recorded.
pub(crate) fn is_followed() -> bool {
    FOUND.load(Acquire) == FOLLOWED
}

/// Takes the recorder's variables out of the environment and keeps them. Called once, before the program's own code.
pub(crate) fn take() {
    // SAFETY: there is one thread, and nobody else uses the environment or what is kept; it is a list of C strings.
    unsafe {
        let all = List::own();
        let Some(ring) = all.value_of(ENV_RING.as_bytes()) else {
            return;
        };
        let preload = all.value_of(LD_PRELOAD).unwrap_or(b"");
        let theirs = all.value_of(ENV_PRELOAD.as_bytes());
        let ours = theirs.map_or(preload, |theirs| {
            let rest = preload.strip_suffix(theirs);
            rest.and_then(|rest| rest.strip_suffix(b":"))
                .unwrap_or(preload)
        });
        let kept = Kept::keep(&raw mut RING, ENV_RING.as_bytes(), ring)
            && Kept::keep(&raw mut PRELOAD, LD_PRELOAD, ours);
        let followed = kept && crate::start::follows(ring.as_ptr().cast());
        // A program on evscope's reactor finds the ring by itself, when this library has been set up.
        if !(followed && crate::program::is_on_reactor()) {
            clean();
        }
        if kept {
            FOUND.store(if followed { FOLLOWED } else { ALONE }, Release);
        }
    }
}

/// The value of `NAME=value` if that is the name.
unsafe fn value<'a>(variable: *const c_char, name: &[u8]) -> Option<&'a [u8]> {
    // SAFETY: the caller has a C string.
    let text = unsafe { CStr::from_ptr(variable) }.to_bytes();
    text.strip_prefix(name)?.strip_prefix(b"=")
}

/// Makes the environment as it was before the recorder, in its place: who has got hold of the list sees the same.
unsafe fn clean() {
    // SAFETY: the caller is the only one that uses the environment; the list only gets shorter.
    unsafe {
        let (mut from, mut to) = (sys::environ, sys::environ);
        while !(*from).is_null() {
            let variable = *from;
            from = from.add(1);
            let own = value(variable, ENV_RING.as_bytes()).is_some()
                || value(variable, LD_PRELOAD).is_some();
            if own {
                continue;
            }
            *to = match value(variable, ENV_PRELOAD.as_bytes()) {
                // The name it had before is the end of the one it has now.
                Some(_) => variable.add(ENV_PRELOAD.len() - LD_PRELOAD.len()),
                None => variable,
            };
            to = to.add(1);
        }
        *to = core::ptr::null_mut();
    }
}

/// `LD_PRELOAD` as it is without the recorder, of a program's environment.
unsafe fn theirs<'a>(environment: List) -> Option<&'a [u8]> {
    // SAFETY: the caller has a list of C strings.
    let preload = unsafe { environment.value_of(LD_PRELOAD)? };
    match preload.strip_prefix(kept_preload()) {
        Some(rest) => rest.strip_prefix(b":"),
        None => Some(preload),
    }
    .filter(|theirs| !theirs.is_empty())
}

/// The library, as the dynamic linker is told of it.
fn kept_preload<'a>() -> &'a [u8] {
    // SAFETY: it was written before the program's own code ran, and ends with a 0.
    let kept = unsafe { CStr::from_ptr((&raw const PRELOAD).cast()) };
    kept.to_bytes()
        .get(LD_PRELOAD.len() + 1..)
        .unwrap_or_default()
}

/// An environment as a program is given it: C strings with a null after them. Null is an empty one.
#[derive(Clone, Copy)]
pub(crate) struct List(*const *const c_char);

impl List {
    /// # Safety
    /// It is such a list, and stays it while this is used.
    pub(crate) unsafe fn new(list: *const *const c_char) -> Self {
        Self(list)
    }

    /// The process's own, as it is now.
    pub(crate) fn own() -> Self {
        // SAFETY: the C library keeps such a list there.
        Self(unsafe { sys::environ }.cast_const().cast())
    }

    unsafe fn each(self, mut visit: impl FnMut(*const c_char)) {
        let mut at = self.0;
        // SAFETY: it is such a list.
        unsafe {
            while !at.is_null() && !(*at).is_null() {
                visit(*at);
                at = at.add(1);
            }
        }
    }

    unsafe fn value_of<'a>(self, name: &[u8]) -> Option<&'a [u8]> {
        let mut found = None;
        // SAFETY: it is such a list.
        unsafe {
            self.each(|variable| {
                if found.is_none() {
                    found = value(variable, name);
                }
            });
        }
        found
    }

    /// Calls with the environment that a program is to be given in this one's place: with the recorder's variables, or
    /// without any of them. Takes no memory from the C library: the caller may be a child that was just forked off.
    ///
    /// # Safety
    /// It is such a list.
    pub(crate) unsafe fn with_ours<T>(
        self,
        recorded: bool,
        call: impl FnOnce(*const *const c_char) -> T,
    ) -> T {
        // SAFETY: it is such a list; each piece of the memory is used for one thing, and there is as much as was
        // counted.
        unsafe {
            let mut words = OURS + 1;
            self.each(|_| words += 1);
            let theirs = theirs(self);
            let bytes = theirs.map_or(0, |theirs| 2 * theirs.len() + LONGEST + 64);
            room::with(words * size_of::<usize>() + bytes, |memory| {
                if memory.is_null() {
                    return call(self.0);
                }
                let list = memory.cast::<*const c_char>();
                let mut text = Text(memory.add(words * size_of::<usize>()));
                let mut n = 0;
                let mut put = |variable| {
                    *list.add(n) = variable;
                    n += 1;
                };
                self.each(|variable| {
                    let ours = [ENV_RING.as_bytes(), ENV_PRELOAD.as_bytes(), LD_PRELOAD];
                    if ours.iter().all(|name| value(variable, name).is_none()) {
                        put(variable);
                    }
                });
                match (recorded, theirs) {
                    (false, None) => {}
                    (false, Some(theirs)) => put(text.put(&[LD_PRELOAD, b"=", theirs])),
                    (true, None) => {
                        put((&raw const RING).cast());
                        put((&raw const PRELOAD).cast());
                    }
                    (true, Some(theirs)) => {
                        put((&raw const RING).cast());
                        put(text.put(&[LD_PRELOAD, b"=", kept_preload(), b":", theirs]));
                        put(text.put(&[ENV_PRELOAD.as_bytes(), b"=", theirs]));
                    }
                }
                put(core::ptr::null());
                call(list)
            })
        }
    }
}

/// So many variables are put back at most.
pub(crate) const OURS: usize = 3;

/// Those of an environment that are ours.
///
/// # Safety
/// It is a list as a program is given it.
pub(crate) unsafe fn ours(
    environment: *const *const c_char,
    into: &mut [*const c_char; OURS],
) -> &[*const c_char] {
    let mut n = 0;
    // SAFETY: the caller has such a list.
    unsafe {
        List::new(environment).each(|variable| {
            let names = [ENV_RING.as_bytes(), ENV_PRELOAD.as_bytes(), LD_PRELOAD];
            if n < OURS && names.iter().any(|name| value(variable, name).is_some()) {
                into[n] = variable;
                n += 1;
            }
        });
    }
    &into[..n]
}

/// Memory that texts are written into, one after the other.
struct Text(*mut u8);

impl Text {
    unsafe fn put(&mut self, parts: &[&[u8]]) -> *const c_char {
        let text = self.0;
        // SAFETY: the caller has counted how much there must be.
        unsafe {
            for part in parts {
                core::ptr::copy_nonoverlapping(part.as_ptr(), self.0, part.len());
                self.0 = self.0.add(part.len());
            }
            *self.0 = 0;
            self.0 = self.0.add(1);
        }
        text.cast()
    }
}
