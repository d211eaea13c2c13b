//! What the loop waits for, and what else differs from system to system: the keys, and what is asked of the process
//! from outside.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::can_colour;
#[cfg(unix)]
pub(crate) use unix::{Events, HANGUP, end_by, is_gone, suspend};
#[cfg(windows)]
pub use windows::can_colour;
#[cfg(windows)]
pub(crate) use windows::{Events, HANGUP, end_by, is_gone, suspend};

/// Something came.
#[derive(Debug)]
#[cfg_attr(windows, expect(dead_code, reason = "there are no signals"))]
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
