//! Signals as events: libevent's `signal.c`. The handler writes the signal's number into a socket pair, whose
//! other end is an event of the loop.

use std::io::Read;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicI32, Ordering};

use evscope_trace::{ActiveWhy, Role};

use crate::event::{EventCallback, NewEvent, Owner};
use crate::recording::call;
use crate::{Error, EvFlags, Event, EventBase};

/// One more than the greatest signal number.
pub(crate) const MAX_SIGNAL: i32 = 65;

/// Where the handler writes: the socket of the base that last added a signal or began its loop, or -1. A
/// process has one, whatever the number of its bases, since it has one handler a signal.
static HANDLER_FD: AtomicI32 = AtomicI32::new(-1);

/// What a base keeps to be told of signals.
pub(crate) struct Signals {
    pub(crate) receiver: UnixStream,
    sender: UnixStream,
    /// The loop's event for the receiver.
    pub(crate) event: Option<Event>,
    pub(crate) event_added: bool,
    /// How many signals have a handler of ours.
    count: usize,
    /// What was done about a signal before, to be put back.
    previous: Vec<Option<libc::sigaction>>,
}

impl Signals {
    pub(crate) fn new() -> std::io::Result<Self> {
        let (receiver, sender) = UnixStream::pair()?;
        receiver.set_nonblocking(true)?;
        sender.set_nonblocking(true)?;
        Ok(Self {
            receiver,
            sender,
            event: None,
            event_added: false,
            count: 0,
            previous: vec![None; MAX_SIGNAL as usize],
        })
    }
}

impl Signals {
    /// Other sockets; the handlers stay.
    pub(crate) fn renew(&mut self, other: Self) {
        self.receiver = other.receiver;
        self.sender = other.sender;
    }
}

impl EventBase {
    /// The event for the receiver waits no more; whether it did.
    pub(crate) fn evsig_close(&mut self) -> bool {
        let was_added = std::mem::take(&mut self.signals.event_added);
        if let Some(event) = self.signals.event
            && was_added
        {
            self.event_del_nolock(event);
        }
        was_added
    }

    #[track_caller]
    pub(crate) fn evsig_init(&mut self) {
        let fd: RawFd = self.signals.receiver.as_raw_fd();
        let new = NewEvent {
            role: Role::Internal,
            owner: Owner::Program,
            fd,
            events: EvFlags::READ | EvFlags::PERSIST,
            callback: EventCallback::Signals,
        };
        let event = self.event_assign(self.ids.event(), new);
        self.signals.event = Some(event);
    }

    /// Signals go to this base from now on, if it waits for any.
    pub(crate) fn evsig_set_base(&mut self) {
        if self.signals.count > 0 {
            HANDLER_FD.store(self.signals.sender.as_raw_fd(), Ordering::Release);
        }
    }

    /// Installs the handler.
    pub(crate) fn evsig_add(&mut self, signum: i32) -> Result<(), Error> {
        self.signals.count += 1;
        self.evsig_set_base();
        match install_handler(signum) {
            Ok(previous) => self.signals.previous[signum as usize] = Some(previous),
            Err(error) => {
                self.signals.count -= 1;
                return Err(Error::os(format!("a handler for signal {signum}"), error));
            }
        }
        if !self.signals.event_added
            && let Some(event) = self.signals.event
        {
            self.event_add_nolock(event, None)?;
            self.signals.event_added = true;
        }
        Ok(())
    }

    /// Puts back what was there before.
    pub(crate) fn evsig_del(&mut self, signum: i32) {
        self.signals.count -= 1;
        if let Some(previous) = self.signals.previous[signum as usize].take() {
            restore_handler(signum, &previous);
        }
    }

    /// Reads which signals came, and makes their events active.
    #[call(event => EvsigCb {})]
    pub(crate) fn evsig_cb(&mut self, event: Event) {
        let mut counts = [0u32; MAX_SIGNAL as usize];
        let mut bytes = [0; 1024];
        while let Ok(n) = self.signals.receiver.read(&mut bytes)
            && n > 0
        {
            for &signum in &bytes[..n] {
                if let Some(count) = counts.get_mut(usize::from(signum)) {
                    *count += 1;
                }
            }
        }
        for (signum, &count) in counts.iter().enumerate() {
            if count > 0 {
                self.evmap_signal_active(signum, count, ActiveWhy::Signal);
            }
        }
    }

    /// For the end of the base: no signal comes to it any more.
    #[track_caller]
    pub(crate) fn evsig_dealloc(&mut self) {
        if let Some(event) = self.signals.event.take() {
            if self.signals.event_added {
                self.event_del_nolock(event);
            }
            self.events.free(event);
        }
        for signum in 0..MAX_SIGNAL {
            if let Some(previous) = self.signals.previous[signum as usize].take() {
                restore_handler(signum, &previous);
            }
        }
        let fd = self.signals.sender.as_raw_fd();
        let _ = HANDLER_FD.compare_exchange(fd, -1, Ordering::AcqRel, Ordering::Relaxed);
    }
}

/// Called by the kernel, at any moment: it may do nothing but write.
extern "C" fn evsig_handler(signum: libc::c_int) {
    let fd = HANDLER_FD.load(Ordering::Acquire);
    let byte = signum as u8;
    // SAFETY: errno is this thread's own; write is allowed in a handler and the byte outlives the call. A
    // closed or full socket only loses the signal, as it would a second pending one. errno is put back,
    // since the interrupted code may be about to look at it.
    unsafe {
        let errno = *crate::sys::errno();
        libc::write(fd, std::ptr::from_ref(&byte).cast(), 1);
        *crate::sys::errno() = errno;
    }
}

fn install_handler(signum: i32) -> std::io::Result<libc::sigaction> {
    let handler: extern "C" fn(libc::c_int) = evsig_handler;
    // SAFETY: all-zero is a valid sigaction; the pointers are to locals that outlive the calls; the
    // handler only does what a handler may.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        let mut previous: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as libc::sighandler_t;
        action.sa_flags = libc::SA_RESTART;
        libc::sigfillset(&raw mut action.sa_mask);
        if libc::sigaction(signum, &raw const action, &raw mut previous) == -1 {
            return Err(std::io::Error::last_os_error());
        }
        Ok(previous)
    }
}

fn restore_handler(signum: i32, previous: &libc::sigaction) {
    // SAFETY: `previous` is what the kernel gave for this signal. It cannot fail for a signal that had a
    // handler installed.
    unsafe {
        libc::sigaction(signum, std::ptr::from_ref(previous), std::ptr::null_mut());
    }
}
