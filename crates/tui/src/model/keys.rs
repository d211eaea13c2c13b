//! Keys and what they are bound to. The bindings, the help overlay and the hints of the status line are all
//! made from the one table of commands.

use std::collections::HashMap;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use evscope_replay::Lang;

use crate::look::text;
use crate::model::command::{Command, Deed, Group, HomeDeed, NotFound, Run};

/// A key with what is held beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Key {
    /// The character, if the key is one with nothing held (but shift).
    pub(crate) fn character(self) -> Option<char> {
        match self.code {
            KeyCode::Char(character) if self.modifiers.is_empty() => Some(character),
            _ => None,
        }
    }
}

impl From<KeyEvent> for Key {
    /// Shift is left out where the key itself tells it: `N` is `N`, whether the terminal says shift or
    /// not.
    fn from(event: KeyEvent) -> Self {
        let mut modifiers =
            event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        let mut code = event.code;
        match code {
            KeyCode::Char(character) => {
                modifiers -= KeyModifiers::SHIFT;
                if modifiers.contains(KeyModifiers::CONTROL) {
                    code = KeyCode::Char(character.to_ascii_lowercase());
                }
            }
            KeyCode::BackTab => {
                code = KeyCode::Tab;
                modifiers |= KeyModifiers::SHIFT;
            }
            _ => {}
        }
        Self { code, modifiers }
    }
}

/// The keys with a name, as they are written in the table and in a configuration.
const NAMED: [(&str, &str, KeyCode); 15] = [
    ("left", "←", KeyCode::Left),
    ("right", "→", KeyCode::Right),
    ("up", "↑", KeyCode::Up),
    ("down", "↓", KeyCode::Down),
    ("home", "Home", KeyCode::Home),
    ("end", "End", KeyCode::End),
    ("pageup", "PgUp", KeyCode::PageUp),
    ("pagedown", "PgDn", KeyCode::PageDown),
    ("tab", "Tab", KeyCode::Tab),
    ("enter", "Enter", KeyCode::Enter),
    ("esc", "Esc", KeyCode::Esc),
    ("space", "Space", KeyCode::Char(' ')),
    ("backspace", "Backspace", KeyCode::Backspace),
    ("delete", "Del", KeyCode::Delete),
    ("f1", "F1", KeyCode::F(1)),
];

impl FromStr for Key {
    type Err = String;

    /// Reads `n`, `N`, `space`, `ctrl-d`, `shift-tab`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut modifiers = KeyModifiers::NONE;
        let mut name = text;
        loop {
            let (modifier, rest) = match name.split_once('-') {
                Some(("ctrl", rest)) if !rest.is_empty() => (KeyModifiers::CONTROL, rest),
                Some(("shift", rest)) if !rest.is_empty() => (KeyModifiers::SHIFT, rest),
                Some(("alt", rest)) if !rest.is_empty() => (KeyModifiers::ALT, rest),
                _ => break,
            };
            modifiers |= modifier;
            name = rest;
        }
        let named = NAMED.iter().find(|(n, ..)| *n == name);
        let mut characters = name.chars();
        let code = match (named, characters.next(), characters.next()) {
            (Some((_, _, code)), ..) => *code,
            (None, Some(character), None) => KeyCode::Char(character),
            _ => {
                return Err(format!(
                    "`{text}` is not a key; keys are characters like `n` or `N`, and {}, with `ctrl-`, `alt-` or `shift-` before them",
                    NAMED.map(|(name, ..)| name).join(", ")
                ));
            }
        };
        Ok(Self { code, modifiers })
    }
}

impl std::fmt::Display for Key {
    /// As it stands on a keyboard: `n`, `→`, `Ctrl-D`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (modifier, name) in [
            (KeyModifiers::CONTROL, "Ctrl-"),
            (KeyModifiers::ALT, "Alt-"),
            (KeyModifiers::SHIFT, "Shift-"),
        ] {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        if let Some((_, shown, _)) = NAMED.iter().find(|(_, _, code)| *code == self.code) {
            return f.write_str(shown);
        }
        match self.code {
            KeyCode::Char(c) if self.modifiers.contains(KeyModifiers::CONTROL) => {
                write!(f, "{}", c.to_ascii_uppercase())
            }
            KeyCode::Char(c) => write!(f, "{c}"),
            code => write!(f, "{code}"),
        }
    }
}

/// What a key does.
#[derive(Debug)]
pub(crate) struct Binding<D: 'static = Deed, R: 'static = Run> {
    pub(crate) command: &'static Command<D, R>,
    /// What the command is given.
    pub(crate) arg: String,
}

/// Which key does what.
#[derive(Debug)]
pub(crate) struct Keymap<D: 'static = Deed, R: 'static = Run> {
    commands: &'static [Command<D, R>],
    /// In the order in which help shows them.
    bindings: Vec<(Key, Binding<D, R>)>,
    by_key: HashMap<Key, usize>,
}

/// The keys of the home screen.
pub(crate) type HomeKeymap = Keymap<HomeDeed, ()>;

impl<D: Copy + PartialEq, R> Keymap<D, R> {
    /// The keys of a table of commands.
    pub(crate) fn of(commands: &'static [Command<D, R>]) -> Self {
        let mut keymap = Self {
            commands,
            bindings: Vec::new(),
            by_key: HashMap::new(),
        };
        for command in commands {
            for &written in command.keys {
                let (key, arg) = written.split_once(' ').unwrap_or((written, ""));
                // A test holds the table's keys against the parser.
                if let Ok(key) = key.parse() {
                    keymap.set(
                        key,
                        Binding {
                            command,
                            arg: arg.to_owned(),
                        },
                    );
                }
            }
        }
        keymap
    }

    /// The command of a name, or of the beginning of just one.
    pub(crate) fn find(&self, name: &str) -> Result<&'static Command<D, R>, NotFound> {
        if let Some(command) = self.commands.iter().find(|command| command.name == name) {
            return Ok(command);
        }
        let mut begun = self
            .commands
            .iter()
            .filter(|command| command.name.starts_with(name));
        match (begun.next(), begun.next()) {
            (Some(command), None) => Ok(command),
            (Some(a), Some(b)) => Err(NotFound::Several(name.to_owned(), a.name, b.name)),
            _ => Err(NotFound::Unknown(name.to_owned())),
        }
    }

    /// The commands that a line being typed may mean, the likeliest first: those whose name begins so, those
    /// that have it in their name, those that say it of themselves. Once the name is written, the one.
    pub(crate) fn like(&self, line: &str, lang: Lang) -> Vec<&'static Command<D, R>> {
        let line = line.trim_start();
        if let Some((name, _)) = line.split_once(char::is_whitespace) {
            return self.find(name).ok().into_iter().collect();
        }
        /// Fewer letters are in too many sentences.
        const TELLING: usize = 3;
        let wanted = line.to_lowercase();
        let is_telling = text::width(&wanted) >= TELLING;
        let fit = |command: &Command<D, R>| {
            if command.name.starts_with(&wanted) {
                Some(0)
            } else if command.name.contains(&wanted) {
                Some(1)
            } else if is_telling && command.says.in_lang(lang).to_lowercase().contains(&wanted) {
                Some(2)
            } else {
                None
            }
        };
        let mut found: Vec<(usize, &Command<D, R>)> = self
            .commands
            .iter()
            .filter_map(|command| Some((fit(command)?, command)))
            .collect();
        found.sort_by_key(|(fit, _)| *fit);
        found.into_iter().map(|(_, command)| command).collect()
    }

    /// The commands of a group in the help: their keys, or else their names on the `:` line, and what they say.
    pub(crate) fn help(&self, group: Group, lang: Lang) -> Vec<(String, &'static str)> {
        let commands = self
            .commands
            .iter()
            .filter(|command| command.group == group);
        let rows = commands.map(|command| {
            let keys = self.keys_of(command).join(" ");
            let name = || format!(":{}", command.name);
            let keys = if keys.is_empty() { name() } else { keys };
            (keys, command.says.in_lang(lang))
        });
        rows.collect()
    }

    /// Binds a key to a command line like `level 2`, in place of what it did.
    pub(crate) fn bind(&mut self, key: Key, line: &str) -> Result<(), NotFound> {
        let (name, arg) = line.split_once(' ').unwrap_or((line, ""));
        let command = self.find(name)?;
        let arg = arg.trim().to_owned();
        self.set(key, Binding { command, arg });
        Ok(())
    }

    fn set(&mut self, key: Key, binding: Binding<D, R>) {
        match self.by_key.get(&key) {
            Some(&at) => self.bindings[at].1 = binding,
            None => {
                self.by_key.insert(key, self.bindings.len());
                self.bindings.push((key, binding));
            }
        }
    }

    /// What a key does.
    pub(crate) fn get(&self, key: Key) -> Option<&Binding<D, R>> {
        self.by_key.get(&key).map(|&at| &self.bindings[at].1)
    }

    /// The keys of a command, as they stand on a keyboard.
    pub(crate) fn keys_of(&self, command: &Command<D, R>) -> Vec<String> {
        self.bindings
            .iter()
            .filter(|(_, binding)| binding.command.does == command.does)
            .map(|(key, _)| key.to_string())
            .collect()
    }

    /// The first key of a command, for a hint.
    pub(crate) fn hint(&self, does: D) -> Option<String> {
        self.bindings
            .iter()
            .find(|(_, binding)| binding.command.does == does)
            .map(|(key, _)| key.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_is_told_by_the_character() {
        let event = |code, modifiers| Key::from(KeyEvent::new(code, modifiers));
        let n: Key = "N".parse().unwrap();
        assert_eq!(event(KeyCode::Char('N'), KeyModifiers::SHIFT), n);
        assert_eq!(event(KeyCode::Char('N'), KeyModifiers::NONE), n);
        let back: Key = "shift-tab".parse().unwrap();
        assert_eq!(event(KeyCode::BackTab, KeyModifiers::SHIFT), back);
        assert_eq!(event(KeyCode::BackTab, KeyModifiers::NONE), back);
        assert_eq!(back.to_string(), "Shift-Tab");
        assert_eq!("ctrl-d".parse::<Key>().unwrap().to_string(), "Ctrl-D");
        assert_eq!("-".parse::<Key>().unwrap().character(), Some('-'));
    }
}
