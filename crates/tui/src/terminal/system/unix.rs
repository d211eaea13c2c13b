//! Unix: the terminal's keys and the process's signals are waited for together, without waking up for nothing.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::io::Errno;
use rustix::termios::isatty;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;
use signal_hook::low_level::emulate_default_handler;

use super::Input;

/// Whoever had the terminal is gone.
pub(crate) const HANGUP: i32 = SIGHUP;

/// How long to look for a key that has come: the least that crossterm looks at all for.
const LOOK: Duration = Duration::from_millis(1);

/// What the terminal has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ready {
    /// Keys were pressed, or the mouse was used.
    Keys,
    /// Nothing.
    Nothing,
    /// It is gone.
    Gone,
}

/// The terminal's input and the signals.
pub(crate) struct Events {
    signals: SignalDelivery<UnixStream, SignalOnly>,
    /// The terminal, if it is not the standard input (which then carries the trace).
    tty: Option<File>,
}

impl Events {
    /// Begins to listen. From now on the signals are only reported and do nothing by themselves.
    pub(crate) fn open() -> io::Result<Self> {
        let (read, write) = UnixStream::pair()?;
        let signals = SignalDelivery::with_pipe(
            read,
            write,
            SignalOnly,
            [SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH],
        )?;
        let tty = if isatty(io::stdin()) {
            None
        } else {
            Some(File::options().read(true).write(true).open("/dev/tty")?)
        };
        Ok(Self { signals, tty })
    }

    /// Waits at most `timeout` (none: for ever) and gives what came.
    ///
    /// A terminal that is gone is told by the poll here and never handed to crossterm, which would read
    /// its end again and again.
    pub(crate) fn wait(&mut self, timeout: Option<Duration>) -> io::Result<Vec<Input>> {
        let mut inputs = Vec::new();
        let ready = self.wait_for_readiness(timeout)?;
        self.take_signals(&mut inputs);
        match ready {
            Ready::Gone => inputs.push(Input::End(HANGUP)),
            Ready::Nothing => {}
            Ready::Keys => {
                while crossterm::event::poll(LOOK)? {
                    inputs.push(Input::Terminal(crossterm::event::read()?));
                    if self.wait_for_readiness(Some(Duration::ZERO))? == Ready::Gone {
                        break;
                    }
                }
            }
        }
        Ok(inputs)
    }

    fn wait_for_readiness(&self, timeout: Option<Duration>) -> io::Result<Ready> {
        let stdin = io::stdin();
        let tty: BorrowedFd<'_> = match &self.tty {
            Some(tty) => tty.as_fd(),
            None => stdin.as_fd(),
        };
        match look([tty, self.signals.get_read().as_fd()], timeout) {
            Ok(tty) => Ok(tty),
            // A signal: its byte is in the pipe.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(Ready::Nothing),
            Err(error) => Err(error),
        }
    }

    fn take_signals(&mut self, inputs: &mut Vec<Input>) {
        for signal in self.signals.pending() {
            inputs.push(match signal {
                SIGWINCH => Input::Resized,
                SIGTSTP => Input::Stop,
                SIGCONT => Input::Continued,
                signal => Input::End(signal),
            });
        }
    }
}

/// Waits until there is something at one of these, and tells what it is at the first.
#[cfg(target_os = "linux")]
fn look(fds: [BorrowedFd<'_>; 2], timeout: Option<Duration>) -> io::Result<Ready> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut fds = fds.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    poll(&mut fds, timeout.as_ref())?;
    let tty = fds[0].revents();
    Ok(if tty.intersects(PollFlags::HUP | PollFlags::ERR) {
        Ready::Gone
    } else if tty.contains(PollFlags::IN) {
        Ready::Keys
    } else {
        Ready::Nothing
    })
}

/// The same where poll does not know terminals, and select does: that it is gone, only the signal tells.
#[cfg(not(target_os = "linux"))]
fn look(fds: [BorrowedFd<'_>; 2], timeout: Option<Duration>) -> io::Result<Ready> {
    use filedescriptor::{Error, POLLIN, poll, pollfd};
    let mut fds = fds.map(|fd| pollfd {
        fd: std::os::fd::AsRawFd::as_raw_fd(&fd),
        events: POLLIN,
        revents: 0,
    });
    poll(&mut fds, timeout).map_err(|error| match error {
        Error::Poll(error) => error,
        error => io::Error::other(error),
    })?;
    Ok(match fds[0].revents {
        0 => Ready::Nothing,
        _ => Ready::Keys,
    })
}

/// Stops the process until somebody continues it.
pub(crate) fn suspend() -> io::Result<()> {
    emulate_default_handler(SIGTSTP)
}

/// Ends the process by the signal that asked for it.
pub(crate) fn end_by(signal: i32) {
    // Only a signal that cannot be sent makes this fail, and this one was received.
    let _ = emulate_default_handler(signal);
}

/// Whether this is what happens to a terminal that is gone: who is quick finds out before the signal that
/// says so has come.
pub(crate) fn is_gone(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::IO.raw_os_error())
}

/// Whether a terminal on the standard output knows control sequences.
pub fn can_colour() -> bool {
    true
}
