//! A key, without a screen: for commands that print, and go on with what is pressed then.

use std::io;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, poll, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// A letter or another sign.
    Sign(char),
    /// What ends a program: Ctrl-C, Ctrl-D, Escape.
    End,
    /// Any other key.
    Other,
}

/// Waits for a key. None: none was pressed in time.
///
/// # Errors
/// If there is no terminal.
pub fn wait_for_key(most: Duration) -> io::Result<Option<Pressed>> {
    let _raw = Raw::begin()?;
    if !poll(most)? {
        return Ok(None);
    }
    Ok(match read()? {
        Event::Key(key) if key.kind == KeyEventKind::Press => Some(pressed(key)),
        _ => None,
    })
}

fn pressed(key: KeyEvent) -> Pressed {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('c' | 'd') if control => Pressed::End,
        KeyCode::Esc => Pressed::End,
        KeyCode::Char(sign) if !control => Pressed::Sign(sign),
        _ => Pressed::Other,
    }
}

/// Keys come at once and are not shown, until this is dropped.
struct Raw;

impl Raw {
    fn begin() -> io::Result<Self> {
        enable_raw_mode()?;
        Ok(Self)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // The terminal that could be set can be set back.
        let _ = disable_raw_mode();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_is_a_sign_and_control_ends() {
        let key = |code, modifiers| pressed(KeyEvent::new(code, modifiers));
        let none = KeyModifiers::NONE;
        assert_eq!(key(KeyCode::Char('c'), none), Pressed::Sign('c'));
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL), Pressed::End);
        assert_eq!(key(KeyCode::Esc, none), Pressed::End);
        assert_eq!(key(KeyCode::Enter, none), Pressed::Other);
    }
}
