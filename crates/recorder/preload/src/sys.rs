//! The few calls of the C library that are needed, declared here because the shared object has no
//! dependencies.

pub(crate) use core::ffi::{c_char, c_int, c_long, c_short, c_uint, c_ulong, c_void};

/// `struct timespec`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Timespec {
    pub(crate) sec: c_long,
    pub(crate) nsec: c_long,
}

/// `struct timeval`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Timeval {
    pub(crate) sec: c_long,
    pub(crate) usec: c_long,
}

/// `struct stat`, as far as it is read.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(crate) struct Status {
    _before: [u64; 3],
    pub(crate) mode: c_uint,
    pub(crate) uid: c_uint,
    pub(crate) gid: c_uint,
    _gap: c_uint,
    _after: [u64; 13],
}

/// `struct dl_phdr_info`, as far as it is read.
#[repr(C)]
pub(crate) struct DlPhdrInfo {
    pub(crate) addr: usize,
    pub(crate) name: *const c_char,
    pub(crate) phdr: *const Phdr,
    pub(crate) phnum: u16,
}

/// `Elf64_Phdr`.
#[repr(C)]
pub(crate) struct Phdr {
    pub(crate) kind: u32,
    pub(crate) flags: u32,
    pub(crate) offset: u64,
    pub(crate) vaddr: u64,
    pub(crate) paddr: u64,
    pub(crate) filesz: u64,
    pub(crate) memsz: u64,
    pub(crate) align: u64,
}

pub(crate) const CLOCK_MONOTONIC: c_int = 1;
pub(crate) const CLOCK_MONOTONIC_COARSE: c_int = 6;
pub(crate) const O_RDWR: c_int = 2;
pub(crate) const O_CLOEXEC: c_int = 0o2000000;
pub(crate) const O_RDONLY: c_int = 0;
pub(crate) const O_NONBLOCK: c_int = 0o4000;
pub(crate) const AT_FDCWD: c_int = -100;
pub(crate) const AT_EMPTY_PATH: c_int = 0x1000;
pub(crate) const S_ISUID: c_uint = 0o4000;
pub(crate) const S_ISGID: c_uint = 0o2000;
pub(crate) const X_OK: c_int = 1;
pub(crate) const ENOMEM: c_int = 12;
pub(crate) const PROT_READ_WRITE: c_int = 3;
/// `MAP_SHARED | MAP_POPULATE`: no page of it is missing later, in the midst of an event.
pub(crate) const MAP_SHARED_NOW: c_int = 0x8001;
pub(crate) const MAP_PRIVATE_ANONYMOUS: c_int = 0x22;
pub(crate) const RTLD_NEXT: *mut c_void = -1isize as *mut c_void;
pub(crate) const RTLD_LAZY_NOLOAD: c_int = 1 | 4;
pub(crate) const PT_LOAD: u32 = 1;
pub(crate) const SYS_FUTEX: c_long = 202;
pub(crate) const FUTEX_WAIT: c_int = 0;

#[link(name = "c")]
unsafe extern "C" {
    pub(crate) static mut environ: *mut *mut c_char;

    pub(crate) fn access(path: *const c_char, mode: c_int) -> c_int;
    pub(crate) fn abort() -> !;
    pub(crate) fn close(fd: c_int) -> c_int;
    pub(crate) fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int;
    pub(crate) fn dl_iterate_phdr(
        visit: unsafe extern "C" fn(*mut DlPhdrInfo, usize, *mut c_void) -> c_int,
        data: *mut c_void,
    ) -> c_int;
    pub(crate) fn dlopen(name: *const c_char, flags: c_int) -> *mut c_void;
    pub(crate) fn dlerror() -> *mut c_char;
    pub(crate) fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    pub(crate) fn __errno_location() -> *mut c_int;
    pub(crate) fn fgetxattr(fd: c_int, name: *const c_char, value: *mut c_void, n: usize) -> isize;
    pub(crate) fn fstat(fd: c_int, status: *mut Status) -> c_int;
    pub(crate) fn getegid() -> c_uint;
    pub(crate) fn geteuid() -> c_uint;
    pub(crate) fn getenv(name: *const c_char) -> *mut c_char;
    pub(crate) fn getpid() -> c_int;
    pub(crate) fn getsockname(fd: c_int, addr: *mut c_void, len: *mut c_uint) -> c_int;
    pub(crate) fn mmap(
        addr: *mut c_void,
        len: usize,
        prot: c_int,
        flags: c_int,
        fd: c_int,
        offset: c_long,
    ) -> *mut c_void;
    pub(crate) fn munmap(addr: *mut c_void, len: usize) -> c_int;
    pub(crate) fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    pub(crate) fn openat(folder: c_int, path: *const c_char, flags: c_int, ...) -> c_int;
    pub(crate) fn pread(fd: c_int, buf: *mut c_void, n: usize, offset: c_long) -> isize;
    pub(crate) fn readlink(path: *const c_char, buf: *mut c_char, n: usize) -> isize;
    pub(crate) fn syscall(number: c_long, ...) -> c_long;
    pub(crate) fn strlen(text: *const c_char) -> usize;
    pub(crate) fn __register_atfork(
        prepare: Option<unsafe extern "C" fn()>,
        parent: Option<unsafe extern "C" fn()>,
        child: Option<unsafe extern "C" fn()>,
        dso: *mut c_void,
    ) -> c_int;
}

/// The calling thread's errno.
#[inline]
pub(crate) fn errno() -> c_int {
    // SAFETY: the C library gives every thread a place for it.
    unsafe { *__errno_location() }
}

/// Sets it.
#[inline]
pub(crate) fn set_errno(value: c_int) {
    // SAFETY: as in `errno`.
    unsafe { *__errno_location() = value };
}

/// Keeps the calling thread's errno as it is now until dropped, around code of ours that may change it.
pub(crate) struct KeepErrno(c_int);

impl KeepErrno {
    pub(crate) fn new() -> Self {
        Self(errno())
    }
}

impl Drop for KeepErrno {
    fn drop(&mut self) {
        set_errno(self.0);
    }
}
