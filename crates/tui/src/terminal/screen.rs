//! The terminal, borrowed: it is given back as it was after quitting, a panic, a signal or Ctrl-Z.

use std::io::{self, Stdout};
use std::mem::ManuallyDrop;
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;

use crate::look::text;

/// Whether the terminal is ours at the moment. The panic hook and the guard both look here, so that it
/// is given back once and not twice.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal in full-screen mode, until this is dropped.
pub(crate) struct Screen {
    terminal: ManuallyDrop<Terminal<CrosstermBackend<Stdout>>>,
}

impl Screen {
    /// Takes the terminal.
    pub(crate) fn open() -> io::Result<Self> {
        give_back_on_panic();
        take()?;
        match Terminal::new(CrosstermBackend::new(io::stdout())) {
            Ok(terminal) => Ok(Self {
                terminal: ManuallyDrop::new(terminal),
            }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }

    /// Draws a frame. The terminal shows it at once and whole, where it knows how to.
    pub(crate) fn draw(&mut self, view: impl FnOnce(&mut ratatui::Frame<'_>)) -> io::Result<()> {
        use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let guarded = |frame: &mut ratatui::Frame<'_>| {
            view(frame);
            text::guard(frame.buffer_mut());
        };
        let drawn = self.terminal.draw(guarded).map(|_| ());
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        drawn
    }

    /// Gives the terminal back, does `meanwhile`, and takes it again.
    pub(crate) fn without(&mut self, meanwhile: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        give_back();
        let done = meanwhile();
        take()?;
        self.clear()?;
        done
    }

    /// Asks the terminal to put `text` on the clipboard (OSC 52).
    pub(crate) fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(
            self.terminal.backend_mut(),
            CopyToClipboard::to_clipboard_from(text)
        )
    }

    /// Forgets what is on the screen: the next frame is drawn from nothing.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        // `Terminal::clear` would ask the terminal where its cursor is and wait for the answer.
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }
}

impl Drop for Screen {
    /// The terminal's own drop is not run: it shows the cursor, as is done here, but where the terminal is gone
    /// it wants to say so, there, and panics. Its buffers, all it has, are given up here.
    fn drop(&mut self) {
        give_back();
        for _ in 0..2 {
            *self.terminal.current_buffer_mut() = Buffer::default();
            self.terminal.swap_buffers();
        }
    }
}

/// Whether a screen is drawn at the moment, so that nothing else may be written to the terminal.
pub fn has_the_screen() -> bool {
    TAKEN.load(Ordering::SeqCst)
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    let entered = execute!(
        io::stdout(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        EnableMouseCapture,
        Hide
    );
    if entered.is_err() {
        give_back();
    }
    entered
}

/// Errors are of no use here: the terminal may be gone, and there is nothing else to try.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = execute!(
            io::stdout(),
            DisableMouseCapture,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            Show
        );
        let _ = disable_raw_mode();
    }
}

/// A panic's message must not be lost in the alternate screen.
fn give_back_on_panic() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            give_back();
            previous(info);
        }));
    });
}
