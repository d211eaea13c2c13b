//! In place of `look.rs`, where the kernel's books are closed: the program gets time enough to have done it.

use std::io;
use std::net::TcpStream;
use std::time::Duration;

/// A thousand times of what it takes.
const PAUSE: Duration = Duration::from_millis(40);

/// The calling thread's number in the system, if it were of any use.
pub(crate) fn this_thread() -> u32 {
    0
}

/// Nobody looks at the program.
pub(crate) fn the_program_is(_process: u32, _thread: u32) {}

/// Until the program has done all that there is to do.
pub(crate) fn until_waiting() -> io::Result<()> {
    std::thread::sleep(PAUSE);
    Ok(())
}

/// Until the program has read everything that was sent.
pub(super) fn until_taken(_: &TcpStream) -> io::Result<()> {
    until_waiting()
}

/// The program's end of a connection.
pub(super) struct ProgramSide;

impl ProgramSide {
    /// Until the program has accepted it.
    pub(super) fn of(_: &TcpStream) -> io::Result<Self> {
        until_waiting().map(|()| Self)
    }

    /// Until the program has closed it.
    pub(super) fn until_closed(&self) -> io::Result<()> {
        until_waiting()
    }
}
