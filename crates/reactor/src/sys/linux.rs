//! As Linux does it: much in one call.

use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use rustix::event::{EventfdFlags, PollFlags, eventfd};
pub(crate) use rustix::fs::sendfile;
use rustix::io::Errno;
pub(crate) use rustix::net::{SocketFlags, acceptfrom_with, socket_with};
use rustix::time::{ClockId, clock_gettime};

use crate::Error;
use crate::config::Method;

/// The backends, in the order in which they are tried.
pub(crate) const METHODS: [Method; 3] = [Method::Epoll, Method::Poll, Method::Select];

/// `poll` tells by this that the other side has closed, though there is more to read.
pub(crate) const POLL_CLOSED: PollFlags = PollFlags::RDHUP;

/// Nanoseconds of the clock that is never set.
#[inline]
pub(crate) fn monotonic_nanos() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// Wakes a loop that waits for its fd.
pub(crate) struct Wake(OwnedFd);

impl Wake {
    pub(crate) fn new() -> Result<Self, Error> {
        eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)
            .map(Self)
            .map_err(|error| Error::os("eventfd", error))
    }

    pub(crate) fn ring(&self) {
        // A counter that is full has woken the loop already.
        let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
    }

    /// It was heard.
    pub(crate) fn clear(&self) {
        let _ = rustix::io::read(&self.0, &mut [0; 8]);
    }
}

impl AsRawFd for Wake {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// The kernel keeps a connection to itself until something has come on it, or for about a second.
pub(crate) fn defer_accept(fd: &OwnedFd) -> Result<(), Errno> {
    let seconds: libc::c_int = 1;
    // SAFETY: the option's value is an int, which outlives the call.
    let result = unsafe {
        libc::setsockopt(
            fd.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_DEFER_ACCEPT,
            std::ptr::from_ref(&seconds).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    if result == 0 {
        return Ok(());
    }
    Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL))
}
