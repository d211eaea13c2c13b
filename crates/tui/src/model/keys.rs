//! Keys and what they are bound to. The bindings, the help overlay, the hints of the status line and
//! `docs/keys.md` are all made from the one table of commands.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use evscope_replay::Lang;

use crate::update::commands::{COMMANDS, Command, Group};

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
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    pub(crate) command: &'static Command,
    /// What the command is given.
    pub(crate) arg: String,
}

/// Which key does what.
#[derive(Debug, Clone)]
pub(crate) struct Keymap {
    /// In the order in which help shows them.
    bindings: Vec<(Key, Binding)>,
    by_key: HashMap<Key, usize>,
}

impl Default for Keymap {
    /// The table's own keys.
    fn default() -> Self {
        let mut keymap = Self {
            bindings: Vec::new(),
            by_key: HashMap::new(),
        };
        for command in COMMANDS {
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
}

impl Keymap {
    /// Binds a key to a command line like `level 2`, in place of what it did.
    pub(crate) fn bind(&mut self, key: &str, line: &str) -> Result<(), String> {
        let key: Key = key.parse()?;
        let (name, arg) = line.split_once(' ').unwrap_or((line, ""));
        let command =
            crate::update::commands::find(name).map_err(|error| error.in_lang(Lang::EN))?;
        self.set(
            key,
            Binding {
                command,
                arg: arg.trim().to_owned(),
            },
        );
        Ok(())
    }

    fn set(&mut self, key: Key, binding: Binding) {
        match self.by_key.get(&key) {
            Some(&at) => self.bindings[at].1 = binding,
            None => {
                self.by_key.insert(key, self.bindings.len());
                self.bindings.push((key, binding));
            }
        }
    }

    /// What a key does.
    pub(crate) fn get(&self, key: Key) -> Option<&Binding> {
        self.by_key.get(&key).map(|&at| &self.bindings[at].1)
    }

    /// The keys of a command, as they stand on a keyboard.
    pub(crate) fn keys_of(&self, command: &Command) -> Vec<String> {
        self.bindings
            .iter()
            .filter(|(_, binding)| binding.command.name == command.name)
            .map(|(key, _)| key.to_string())
            .collect()
    }

    /// The first key of the command `name`, for a hint.
    pub(crate) fn hint(&self, name: &str) -> Option<String> {
        self.bindings
            .iter()
            .find(|(_, binding)| binding.command.name == name)
            .map(|(key, _)| key.to_string())
    }
}

/// Whether a key of the user's own (`ctrl-n`) can be bound to a command line (`level 3`); says what is
/// wrong with it.
pub fn check_key(key: &str, line: &str) -> Result<(), String> {
    Keymap::default().bind(key, line)
}

/// The page of keys, `docs/keys.md`.
pub fn keys_page() -> String {
    let keymap = Keymap::default();
    let mut page = String::from(
        "# Keys\n\n\
         Made from the program's own table of commands; `?` shows the same. Every command can also be \
         written on the `:` line by its name (`:level 3`, `:goto 120`; `:120` is short for that).\n\n\
         A count before a move repeats it: `10n` goes ten steps on. `1`, `2` and `3` alone are the detail \
         levels, so a count below four begins with a nought: `03n`.\n",
    );
    for group in Group::ALL {
        let _ = write!(
            page,
            "\n## {}\n\n| keys | command | what it does |\n| --- | --- | --- |\n",
            group.title().in_lang(Lang::EN)
        );
        for command in COMMANDS.iter().filter(|command| command.group == group) {
            let keys: Vec<String> = keymap
                .keys_of(command)
                .iter()
                .map(|key| format!("`{}`", key.replace('|', "\\|")))
                .collect();
            let _ = writeln!(
                page,
                "| {} | `{}` | {} |",
                keys.join(" "),
                command.usage(),
                command.says.in_lang(Lang::EN)
            );
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_table_is_a_key_and_bound_once() {
        let mut seen = HashMap::new();
        for command in COMMANDS {
            for &written in command.keys {
                let name = written.split_once(' ').map_or(written, |(key, _)| key);
                let key: Key = name.parse().unwrap();
                if let Some(other) = seen.insert(key, command.name) {
                    panic!("`{name}` is bound to `{other}` and to `{}`", command.name);
                }
            }
        }
    }

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

    #[test]
    fn a_key_can_be_bound_anew() {
        let mut keymap = Keymap::default();
        keymap.bind("ctrl-n", "level 3").unwrap();
        let binding = keymap.get("ctrl-n".parse().unwrap()).unwrap();
        assert_eq!((binding.command.name, binding.arg.as_str()), ("level", "3"));
        let error = keymap.bind("hyper-n", "next").unwrap_err();
        assert!(error.contains("`hyper-n` is not a key"), "{error}");
        let error = keymap.bind("n", "nxt").unwrap_err();
        assert!(error.contains("no command is called `nxt`"), "{error}");
    }

    #[test]
    fn the_page_of_keys_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/keys.md");
        let page = keys_page();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, &page).unwrap();
        }
        let there = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            there == page,
            "docs/keys.md is not current; `UPDATE_DOCS=1 cargo test -p evscope-tui page_of_keys` writes it anew"
        );
    }
}
