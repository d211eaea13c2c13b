//! What the loop waits for: the terminal's keys and the process's signals, without waking up for
//! nothing.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::isatty;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;

/// How long to look for a key that has come: the least that crossterm looks at all for.
const LOOK: Duration = Duration::from_millis(1);

/// Something came.
#[derive(Debug)]
pub(crate) enum Input {
    /// From the terminal.
    Terminal(crossterm::event::Event),
    /// The terminal has another size, perhaps.
    Resized,
    /// The process should stop until it is continued.
    Stop,
    /// The process was stopped and goes on.
    Continued,
    /// The process should end, by this signal.
    End(i32),
}

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
            Ready::Gone => inputs.push(Input::End(SIGHUP)),
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
        let mut fds = [
            PollFd::from_borrowed_fd(tty, PollFlags::IN),
            PollFd::from_borrowed_fd(self.signals.get_read().as_fd(), PollFlags::IN),
        ];
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) => {}
            // A signal: its byte is in the pipe.
            Err(rustix::io::Errno::INTR) => return Ok(Ready::Nothing),
            Err(error) => return Err(error.into()),
        }
        let tty = fds[0].revents();
        Ok(if tty.intersects(PollFlags::HUP | PollFlags::ERR) {
            Ready::Gone
        } else if tty.contains(PollFlags::IN) {
            Ready::Keys
        } else {
            Ready::Nothing
        })
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
