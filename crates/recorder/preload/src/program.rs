//! What a program's file says: whether this library can be in it, and whether it is on evscope's own reactor.

use core::ffi::CStr;

use crate::room;
use crate::sys::{self, Status, c_char, c_int};

const ELF: &[u8] = b"\x7fELF";
/// ELFCLASS64 and EM_X86_64.
const CLASS: u8 = 2;
const MACHINE: u16 = 62;
const PT_INTERP: u32 = 3;
/// A script may be run by a script, but not for ever.
const SCRIPTS: usize = 5;

/// A file that is looked at.
struct File(c_int);

impl File {
    fn open(path: *const c_char) -> Option<Self> {
        Self::open_at(sys::AT_FDCWD, path)
    }

    fn open_at(folder: c_int, path: *const c_char) -> Option<Self> {
        // SAFETY: the caller has a C string.
        let fd = unsafe {
            sys::openat(
                folder,
                path,
                sys::O_RDONLY | sys::O_CLOEXEC | sys::O_NONBLOCK,
            )
        };
        (fd >= 0).then_some(Self(fd))
    }

    /// Reads at a place; what could be read.
    fn read<'a>(&self, at: u64, into: &'a mut [u8]) -> &'a [u8] {
        let (place, len) = (into.as_mut_ptr().cast(), into.len());
        // SAFETY: there is as much room.
        let n = unsafe { sys::pread(self.0, place, len, at as i64) };
        &into[..usize::try_from(n).unwrap_or(0)]
    }

    /// Whether it gives rights that who starts it does not have: then the dynamic linker takes no library from anybody.
    fn has_other_rights(&self) -> bool {
        // SAFETY: a place for the answer; the name is a C string, and nothing is written, since the size is 0.
        unsafe {
            let mut status = Status::default();
            let user = sys::geteuid();
            let told = sys::fstat(self.0, &raw mut status) == 0;
            let set = |bit| told && status.mode & bit != 0;
            let attribute = c"security.capability".as_ptr();
            set(sys::S_ISUID) && status.uid != user
                || set(sys::S_ISGID) && status.gid != sys::getegid()
                || user != 0 && sys::fgetxattr(self.0, attribute, core::ptr::null_mut(), 0) > 0
        }
    }
}

fn half(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..at + 2)
        .map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from(half(bytes, at)) | u32::from(half(bytes, at + 2)) << 16
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from(word(bytes, at)) | u64::from(word(bytes, at + 4)) << 32
}

/// Whether a program, by its path, will have this library in it if the dynamic linker is told so. One that cannot be
/// looked at will, for all that is known.
pub(crate) fn takes_library(path: *const c_char) -> bool {
    takes_library_at(sys::AT_FDCWD, path)
}

/// The same of a path that begins in a folder.
pub(crate) fn takes_library_at(folder: c_int, path: *const c_char) -> bool {
    let _errno = sys::KeepErrno::new();
    File::open_at(folder, path).is_none_or(|file| {
        let takes = file_takes_library(&file, SCRIPTS);
        // SAFETY: it is ours.
        unsafe { sys::close(file.0) };
        takes
    })
}

/// The same of an open file, which stays open.
pub(crate) fn descriptor_takes_library(fd: c_int) -> bool {
    let _errno = sys::KeepErrno::new();
    file_takes_library(&File(fd), SCRIPTS)
}

fn file_takes_library(file: &File, scripts: usize) -> bool {
    let mut head = [0; 256];
    let head = file.read(0, &mut head);
    if let Some(line) = head.strip_prefix(b"#!") {
        return scripts == 0 || interpreter_takes_library(line, scripts - 1);
    }
    // What is neither is run by a shell, or by something that the system knows.
    if !head.starts_with(ELF) {
        return true;
    }
    head.get(4) == Some(&CLASS)
        && half(head, 18) == MACHINE
        && has_linker(file, head)
        && !file.has_other_rights()
}

fn interpreter_takes_library(line: &[u8], scripts: usize) -> bool {
    let mut path = [0; 256];
    let name = line
        .split(|b| b"\n".contains(b))
        .next()
        .unwrap_or_default()
        .trim_ascii_start();
    let name = name
        .split(|b| b" \t".contains(b))
        .next()
        .unwrap_or_default();
    path[..name.len()].copy_from_slice(name);
    File::open(path.as_ptr().cast()).is_none_or(|file| {
        let takes = file_takes_library(&file, scripts);
        // SAFETY: it is ours.
        unsafe { sys::close(file.0) };
        takes
    })
}

/// Whether it asks for a dynamic linker.
fn has_linker(file: &File, head: &[u8]) -> bool {
    const ENTRY: usize = 56;
    let (from, count) = (long(head, 32), half(head, 56));
    (0..u64::from(count)).any(|i| {
        let mut entry = [0; ENTRY];
        word(file.read(from + i * ENTRY as u64, &mut entry), 0) == PT_INTERP
    })
}

/// Whether the program that runs has evscope's reactor in it: the name of its section is among those of the file.
pub(crate) fn is_on_reactor() -> bool {
    const NAME: &[u8] = b"\0evscope_reactor\0";
    const MOST: usize = 1 << 20;
    let _errno = sys::KeepErrno::new();
    File::open(c"/proc/self/exe".as_ptr()).is_some_and(|file| {
        let (mut head, mut section) = ([0; 64], [0; 64]);
        let head = file.read(0, &mut head);
        let names = long(head, 40) + u64::from(half(head, 62)) * 64;
        let section = file.read(names, &mut section);
        let (from, bytes) = (long(section, 24), long(section, 32) as usize);
        let found = (1..MOST).contains(&bytes)
            && room::with(bytes, |place| {
                // SAFETY: there is as much room, if there is any.
                let place = unsafe {
                    place
                        .as_mut()
                        .map(|p| core::slice::from_raw_parts_mut(p, bytes))
                };
                place.is_some_and(|place| {
                    place.fill(0);
                    let names = file.read(from, place);
                    names.windows(NAME.len()).any(|name| name == NAME)
                })
            });
        // SAFETY: it is ours.
        unsafe { sys::close(file.0) };
        found
    })
}

/// Whether the program that is found by its name, as a shell would look for it, takes the library.
pub(crate) fn found_takes_library(name: *const c_char) -> bool {
    const LONGEST: usize = 4096;
    let _errno = sys::KeepErrno::new();
    // SAFETY: the caller has a C string, and so has the environment.
    let (text, path) = unsafe {
        let path = sys::getenv(c"PATH".as_ptr());
        let path = (!path.is_null()).then(|| CStr::from_ptr(path).to_bytes());
        (CStr::from_ptr(name).to_bytes(), path)
    };
    if text.contains(&b'/') {
        return takes_library(name);
    }
    let folders = path.unwrap_or(b"/bin:/usr/bin").split(|&b| b == b':');
    room::with(LONGEST, |place| {
        // SAFETY: there is as much room, if there is any.
        let Some(place) = (unsafe {
            place
                .as_mut()
                .map(|p| core::slice::from_raw_parts_mut(p, LONGEST))
        }) else {
            return true;
        };
        for folder in folders {
            let folder = if folder.is_empty() { b"." } else { folder };
            let end = folder.len() + 1 + text.len();
            if end >= LONGEST {
                continue;
            }
            place[..folder.len()].copy_from_slice(folder);
            place[folder.len()] = b'/';
            place[folder.len() + 1..end].copy_from_slice(text);
            place[end] = 0;
            let path = place.as_ptr().cast();
            // SAFETY: it is a C string now.
            if unsafe { sys::access(path, sys::X_OK) } == 0 {
                return takes_library(path);
            }
        }
        true
    })
}
