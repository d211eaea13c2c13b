//! What a process is told by its system, wherever that keeps it.

use std::os::fd::RawFd;

use evscope_trace::Role;

#[cfg(target_os = "linux")]
pub(crate) use linux::{errno, has_other_rights, told};
#[cfg(not(target_os = "linux"))]
pub(crate) use macos::{errno, has_other_rights, told};

#[cfg(target_os = "linux")]
mod linux {
    use super::*;

    /// Where the thread's errno is.
    pub(crate) fn errno() -> *mut libc::c_int {
        // SAFETY: it takes nothing, and may be called anywhere.
        unsafe { libc::__errno_location() }
    }

    /// How a trace says what an event waits for: a fd, or a signal by its number on Linux.
    #[inline]
    pub(crate) fn told(_: Role, fd: RawFd) -> RawFd {
        fd
    }

    /// Whether the program runs with the rights of somebody else than who has started it.
    pub(crate) fn has_other_rights() -> bool {
        /// From Linux's `auxvec.h`.
        const AT_SECURE: libc::c_ulong = 23;
        // SAFETY: only reads what the kernel gave this process when it started.
        unsafe { libc::getauxval(AT_SECURE) != 0 }
    }
}

#[cfg(not(target_os = "linux"))]
mod macos {
    use super::*;

    /// Where the thread's errno is.
    pub(crate) fn errno() -> *mut libc::c_int {
        // SAFETY: it takes nothing, and may be called anywhere.
        unsafe { libc::__error() }
    }

    /// How a trace says what an event waits for: a fd, or a signal by its number on Linux.
    pub(crate) fn told(role: Role, fd: RawFd) -> RawFd {
        /// Beyond the numbers that Linux has names for.
        const NAMELESS: RawFd = 64;
        if role != Role::Signal {
            return fd;
        }
        match fd {
            libc::SIGBUS => 7,
            libc::SIGUSR1 => 10,
            libc::SIGUSR2 => 12,
            libc::SIGCHLD => 17,
            libc::SIGCONT => 18,
            libc::SIGSTOP => 19,
            libc::SIGTSTP => 20,
            libc::SIGURG => 23,
            libc::SIGIO => 29,
            libc::SIGSYS => 31,
            libc::SIGEMT | libc::SIGINFO => NAMELESS + fd,
            same => same,
        }
    }

    /// Whether the program runs with the rights of somebody else than who has started it.
    pub(crate) fn has_other_rights() -> bool {
        // SAFETY: it takes nothing, and only says what is.
        unsafe { libc::issetugid() != 0 }
    }
}
