//! As every Unix can do it. macOS can no more.
//!
//! `--cfg evscope_plain` (in `RUSTFLAGS`) lets Linux do it so, too: then the tests run what they compile for macOS.

use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::sync::LazyLock;
use std::time::Instant;

use rustix::event::PollFlags;
use rustix::io::{Errno, FdFlags, fcntl_setfd, ioctl_fionbio};
use rustix::net::{AddressFamily, Protocol, SocketAddrAny, SocketType};

use crate::Error;
use crate::config::Method;

/// The backends, in the order in which they are tried.
pub(crate) const METHODS: [Method; 2] = [Method::Poll, Method::Select];

/// `poll` has no word for it.
pub(crate) const POLL_CLOSED: PollFlags = PollFlags::empty();

/// Nanoseconds of the clock that is never set.
pub(crate) fn monotonic_nanos() -> u64 {
    static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    crate::event::nanos(ORIGIN.elapsed())
}

bitflags::bitflags! {
    /// How a socket begins.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct SocketFlags: u32 {
        /// It never waits.
        const NONBLOCK = 1;
        /// A program that is started does not have it.
        const CLOEXEC = 2;
    }
}

impl SocketFlags {
    fn give_to(self, fd: &OwnedFd) -> Result<(), Errno> {
        // One that was accepted may have its listener's.
        ioctl_fionbio(fd, self.contains(Self::NONBLOCK))?;
        if self.contains(Self::CLOEXEC) {
            fcntl_setfd(fd, FdFlags::CLOEXEC)?;
        }
        Ok(())
    }
}

pub(crate) fn socket_with(
    family: AddressFamily,
    kind: SocketType,
    flags: SocketFlags,
    protocol: Option<Protocol>,
) -> Result<OwnedFd, Errno> {
    let fd = rustix::net::socket(family, kind, protocol)?;
    flags.give_to(&fd)?;
    Ok(fd)
}

pub(crate) fn acceptfrom_with(
    listener: impl AsFd,
    flags: SocketFlags,
) -> Result<(OwnedFd, Option<SocketAddrAny>), Errno> {
    let (fd, peer) = rustix::net::acceptfrom(listener)?;
    flags.give_to(&fd)?;
    Ok((fd, peer))
}

/// A file goes through memory, a piece at a time; in the same writes as where the kernel sends it, and they begin where
/// the file does.
pub(crate) fn sendfile(
    to: impl AsFd,
    from: impl AsFd,
    offset: Option<&mut u64>,
    count: usize,
) -> Result<usize, Errno> {
    /// More than a socket takes at once.
    const PIECE: usize = 1 << 20;
    let mut piece = vec![0; count.min(PIECE)];
    let at = offset.map_or(0, |offset| *offset);
    let read = rustix::io::pread(from, &mut piece, at)?;
    rustix::io::write(to, &piece[..read])
}

/// Wakes a loop that waits for its fd: a pipe.
pub(crate) struct Wake {
    heard: OwnedFd,
    rung: OwnedFd,
}

impl Wake {
    pub(crate) fn new() -> Result<Self, Error> {
        let made = || -> Result<Self, Errno> {
            let (heard, rung) = rustix::pipe::pipe()?;
            let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
            flags.give_to(&heard)?;
            flags.give_to(&rung)?;
            Ok(Self { heard, rung })
        };
        made().map_err(|error| Error::os("pipe", error))
    }

    pub(crate) fn ring(&self) {
        // A pipe that is full has woken the loop already.
        let _ = rustix::io::write(&self.rung, &[1]);
    }

    /// It was heard, however often it rang.
    pub(crate) fn clear(&self) {
        let mut rings = [0; 256];
        while rustix::io::read(&self.heard, &mut rings) == Ok(rings.len()) {}
    }
}

impl AsRawFd for Wake {
    fn as_raw_fd(&self) -> RawFd {
        self.heard.as_raw_fd()
    }
}

/// A connection comes at once; libevent does nothing about it here, either.
#[expect(clippy::unnecessary_wraps, reason = "Linux can fail")]
pub(crate) fn defer_accept(_: &OwnedFd) -> Result<(), Errno> {
    Ok(())
}
