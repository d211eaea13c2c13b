//! The keys of the table of commands: what a user may change of them, and `docs/keys.md`.

use std::fmt::Write as _;

use evscope_replay::Lang;

use crate::model::command::Group;
use crate::model::keys::Keymap;
use crate::update::commands::COMMANDS;

/// Which key does what, unless the user has changed it.
pub(crate) fn keymap() -> Keymap {
    Keymap::of(COMMANDS)
}

/// Whether a key of the user's own (`ctrl-n`) can be bound to a command line (`level 3`); says what is
/// wrong with it.
pub fn check_key(key: &str, line: &str) -> Result<(), String> {
    keymap().bind(key, line)
}

/// The page of keys, `docs/keys.md`.
pub fn keys_page() -> String {
    let keymap = keymap();
    let mut page = String::from(
        "# Keys\n\n\
         Made from the program's own table of commands; `?` shows the same. Every command can also be \
         written on the `:` line by its name (`:level 3`, `:goto 120`; `:120` is short for that).\n\n\
         A count before a move repeats it: `10n` goes ten steps on. `1`, `2` and `3` alone are the detail \
         levels, so put a zero in front of a count below four: `03n`.\n",
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
    use std::collections::HashMap;

    use super::*;
    use crate::model::keys::Key;

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
    fn a_key_can_be_bound_anew() {
        let mut keymap = keymap();
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
