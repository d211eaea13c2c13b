//! How the loop waits: one interface, one file a backend.

mod epoll;

use std::os::fd::RawFd;
use std::time::Duration;

use rustix::io::Errno;

pub(crate) use epoll::Epoll;

use crate::EvFlags;

/// A way to wait for many fds (libevent's `struct eventop`).
pub(crate) trait Backend {
    /// Its name in traces and for `event_base_get_method`.
    fn name(&self) -> &'static str;

    /// Watches for `added` on a fd that was watched for `old`; either may hold [`EvFlags::ET`].
    fn add(&mut self, fd: RawFd, old: EvFlags, added: EvFlags) -> Result<(), Errno>;

    /// Watches no longer for `removed` on a fd that was watched for `old`. A fd that was closed meanwhile
    /// is no error.
    fn del(&mut self, fd: RawFd, old: EvFlags, removed: EvFlags) -> Result<(), Errno>;

    /// Waits until fds are ready, at most `timeout` (`None`: for ever). Returns how many are.
    fn dispatch(&mut self, timeout: Option<Duration>) -> Result<usize, Errno>;

    /// The `i`th fd that is ready, and what for: READ, WRITE, CLOSED.
    fn ready(&self, i: usize) -> (RawFd, EvFlags);

    /// All `ready` fds were looked at.
    fn after_dispatch(&mut self, ready: usize);
}
