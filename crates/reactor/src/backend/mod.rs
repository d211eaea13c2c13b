//! How the loop waits: one interface, one file a backend, and the choice among them.

#[cfg(all(target_os = "linux", not(evscope_plain)))]
mod epoll;
mod poll;
mod select;

use std::os::fd::{BorrowedFd, RawFd};
use std::time::Duration;

use rustix::event::Timespec;
use rustix::io::Errno;

use crate::config::{ConfigFlags, EventConfig, Features, Method};
use crate::sys::{METHODS, POLL_CLOSED};
use crate::{Error, EvFlags};

/// A way to wait for many fds (libevent's `struct eventop`).
pub(crate) trait Backend {
    /// Its name in traces and for `event_base_get_method`.
    fn name(&self) -> &'static str;

    /// Watches for `added` on a fd that was watched for `old`; either may hold [`EvFlags::ET`].
    fn add(&mut self, fd: RawFd, old: EvFlags, added: EvFlags) -> Result<(), Errno>;

    /// Watches no longer for `removed` on a fd that was watched for `old`. A fd that was closed meanwhile
    /// is no error.
    fn del(&mut self, fd: RawFd, old: EvFlags, removed: EvFlags) -> Result<(), Errno>;

    /// Waits until fds are ready, at most `timeout` (`None`: for ever), and puts them into `ready`, which is empty.
    /// Returns what the kernel has answered.
    fn dispatch(
        &mut self,
        timeout: Option<Duration>,
        ready: &mut Vec<ReadyFd>,
    ) -> Result<usize, Errno>;

    /// Whether a child process shares it with its parent, and so has to make it anew.
    fn needs_reinit(&self) -> bool {
        false
    }

    /// Makes it anew, watching nothing.
    fn reinit(&mut self) -> Result<(), Errno> {
        Ok(())
    }
}

/// A fd that is ready, and what for: READ, WRITE, CLOSED, and ET if an edge would have told of it.
pub(crate) type ReadyFd = (RawFd, EvFlags);

impl Method {
    /// Those that this system has, in the order in which they are tried.
    pub const ALL: [Self; METHODS.len()] = METHODS;

    /// What it can do.
    pub fn features(self) -> Features {
        match self {
            Self::Epoll => Features::ET | Features::O1 | Features::EARLY_CLOSE,
            Self::Poll if POLL_CLOSED.is_empty() => Features::FDS,
            Self::Poll => Features::FDS | Features::EARLY_CLOSE,
            Self::Select => Features::FDS,
        }
    }

    fn open(self) -> Result<Box<dyn Backend>, Errno> {
        Ok(match self {
            #[cfg(all(target_os = "linux", not(evscope_plain)))]
            Self::Epoll => Box::new(epoll::Epoll::new()?),
            #[cfg(any(not(target_os = "linux"), evscope_plain))]
            Self::Epoll => return Err(Errno::NOSYS),
            Self::Poll => Box::new(poll::Poll::default()),
            Self::Select => Box::new(select::Select::default()),
        })
    }
}

/// The first backend that the configuration and the environment leave.
pub(crate) fn choose(config: &EventConfig) -> Result<Box<dyn Backend>, Error> {
    let obeys_environment = !config.flags.contains(ConfigFlags::IGNORE_ENV);
    let mut failure = None;
    for method in Method::ALL {
        let refused = config.avoided.contains(&method)
            || !method.features().contains(config.required)
            || (obeys_environment && std::env::var_os(method.switch()).is_some());
        if refused {
            continue;
        }
        match method.open() {
            Ok(backend) => return Ok(backend),
            Err(error) => failure = Some(Error::os(method.name(), error)),
        }
    }
    let reason = "no backend is left: look at the methods avoided, the features required, and the \
                  variables EVENT_NOEPOLL, EVENT_NOPOLL and EVENT_NOSELECT";
    Err(failure.unwrap_or(Error::invalid("event_base_new", reason)))
}

/// The longest wait; some kernels take a longer one for one that never ends.
const MAX_TIMEOUT: Duration = Duration::from_secs(35 * 60);

/// Rounded up, so that the loop does not wake before the timeout is due.
fn whole_milliseconds(timeout: Duration) -> Timespec {
    // What is active already waits for no division.
    if timeout.is_zero() {
        return Timespec { tv_sec: 0, tv_nsec: 0 };
    }
    let timeout = timeout.min(MAX_TIMEOUT);
    let millis = i64::from(timeout.subsec_nanos().div_ceil(1_000_000));
    Timespec {
        tv_sec: timeout.as_secs() as i64 + millis / 1000,
        tv_nsec: millis % 1000 * 1_000_000,
    }
}

fn borrow(fd: RawFd) -> BorrowedFd<'static> {
    // SAFETY: the number is only handed to epoll_ctl and poll, which say EBADF or NVAL of a fd that is
    // closed; it is never read, written or closed through this borrow. evmap has refused -1, the one
    // forbidden value.
    unsafe { BorrowedFd::borrow_raw(fd) }
}
