//! The keys of the table of commands: what a user may change of them, and `docs/keys.md`.

use std::fmt::Write as _;

use evscope_replay::Lang;

use crate::model::command::{Command, Group};
use crate::model::keys::{HomeKeymap, Key, Keymap};
use crate::update::commands::COMMANDS;
use crate::update::commands::home::HOME_COMMANDS;

/// Which key does what on a trace, unless the user has changed it.
pub(crate) fn keymap() -> Keymap {
    Keymap::of(COMMANDS)
}

/// The same on the home screen.
pub(crate) fn home_keymap() -> HomeKeymap {
    Keymap::of(HOME_COMMANDS)
}

/// Which key does what where, with keys of the user's own (`ctrl-n`), each bound to a command line (`level 3`): wherever there is
/// such a command.
pub(crate) fn bound(own: &[(String, String)]) -> Result<(Keymap, HomeKeymap), String> {
    let (mut keymap, mut home) = (keymap(), home_keymap());
    for (key, line) in own {
        let key: Key = key.parse()?;
        let at_home = home.bind(key, line);
        if let (Err(unknown), Err(_)) = (keymap.bind(key, line), at_home) {
            return Err(unknown.in_lang(Lang::EN));
        }
    }
    Ok((keymap, home))
}

/// Whether a key of the user's own can be bound to a command line; says what is wrong with it.
pub fn check_key(key: &str, line: &str) -> Result<(), String> {
    bound(&[(key.to_owned(), line.to_owned())]).map(drop)
}

/// The page of keys, `docs/keys.md`.
pub fn keys_page() -> String {
    let (keymap, home) = (keymap(), home_keymap());
    let mut page = String::from(
        "# Keys\n\n\
         Made from the program's own table of commands; `?` shows the same. Every command can also be \
         written on the `:` line by its name (`:level 3`, `:goto 120`; `:120` is short for that).\n\n\
         A count before a move repeats it: `5n` goes five steps on. `1`, `2` and `3` are the detail levels, so put a \
         zero in front of a count that begins with one of them: `010n`.\n",
    );
    for group in Group::ALL {
        let _ = write!(
            page,
            "\n## {}\n\n| keys | command | what it does |\n| --- | --- | --- |\n",
            group.title().in_lang(Lang::EN)
        );
        rows(&mut page, &keymap, COMMANDS, group);
        rows(&mut page, &home, HOME_COMMANDS, group);
    }
    page
}

/// The table's rows for the commands of a group.
fn rows<D: Copy + PartialEq, R>(
    page: &mut String,
    keymap: &Keymap<D, R>,
    commands: &[Command<D, R>],
    group: Group,
) {
    for command in commands.iter().filter(|command| command.group == group) {
        let keys = keymap.keys_of(command);
        let keys: Vec<String> = keys
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::model::command::{Deed, HomeDeed};

    fn are_keys_bound_once<D, R>(commands: &[Command<D, R>]) {
        let mut seen = HashMap::new();
        for command in commands {
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
    fn every_key_of_the_tables_is_a_key_and_bound_once() {
        are_keys_bound_once(COMMANDS);
        are_keys_bound_once(HOME_COMMANDS);
    }

    #[test]
    fn a_key_can_be_bound_anew() {
        let own = [("ctrl-n", "level 3"), ("x", "down"), ("R", "record")];
        let own = own.map(|(key, line)| (key.to_owned(), line.to_owned()));
        let (keymap, home) = bound(&own).unwrap();
        let on = |key: &str| keymap.get(key.parse().unwrap());
        let binding = on("ctrl-n").unwrap();
        assert_eq!((binding.command.name, binding.arg.as_str()), ("level", "3"));
        assert_eq!(on("x").unwrap().command.does, Deed::Down);
        assert!(on("R").is_none());
        let at_home = |key: &str| Some(home.get(key.parse().unwrap())?.command.does);
        assert_eq!(at_home("x"), Some(HomeDeed::Down));
        assert_eq!(at_home("R"), Some(HomeDeed::Record));
        assert_eq!(at_home("ctrl-n"), None);
        let error = check_key("hyper-n", "next").unwrap_err();
        assert!(error.contains("`hyper-n` is not a key"), "{error}");
        let error = check_key("n", "nxt").unwrap_err();
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
