//! Windows. The console tells everything by itself: another size, and Ctrl-C, which is a key to who draws.

use std::io;
use std::time::Duration;

use crossterm::event::{Event, KeyEventKind, poll, read};

use super::Input;

/// Nobody sends it.
pub(crate) const HANGUP: i32 = 1;

/// For ever, nearly: who waits again loses nothing.
const LONG: Duration = Duration::from_secs(3600);

/// The console's input.
pub(crate) struct Events(());

impl Events {
    /// Begins to listen.
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    pub(crate) fn open() -> io::Result<Self> {
        Ok(Self(()))
    }

    /// Waits at most `timeout` (none: for ever) and gives what came.
    pub(crate) fn wait(&mut self, timeout: Option<Duration>) -> io::Result<Vec<Input>> {
        let mut inputs = Vec::new();
        let mut patience = timeout.unwrap_or(LONG);
        while poll(patience)? {
            match read()? {
                // That a key is let go of is told, too.
                Event::Key(key) if key.kind == KeyEventKind::Release => {}
                event => inputs.push(Input::Terminal(event)),
            }
            patience = Duration::ZERO;
        }
        Ok(inputs)
    }
}

/// There is no such thing.
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub(crate) fn suspend() -> io::Result<()> {
    Ok(())
}

/// Ends the process as one that was asked to.
pub(crate) fn end_by(signal: i32) {
    std::process::exit(signal);
}

/// A console that is closed ends its processes itself.
pub(crate) fn is_gone(_: &io::Error) -> bool {
    false
}

/// Whether the standard output knows control sequences; it is asked to.
pub fn can_colour() -> bool {
    crossterm::ansi_support::supports_ansi()
}
