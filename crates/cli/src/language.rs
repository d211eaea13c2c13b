//! The language of explanations: what was asked for, or the environment's.

use std::path::{Path, PathBuf};

use evscope_replay::{Lang, UnknownLang};

use crate::args::Wishes;
use crate::{dirs, output};

/// The language that the command line names, if it does; the user's own languages are read for that.
pub(crate) fn asked(wishes: &Wishes) -> Result<Option<Lang>, UnknownLang> {
    load(wishes.lang_dir.as_deref());
    wishes.lang.as_deref().map(str::parse).transpose()
}

/// Reads the languages in the user's folders: that of the configuration, if there is one, and `asked`, which has
/// the last word. What is wrong with them is told, and all that can be used is.
fn load(asked: Option<&Path>) {
    let configured = dirs::config().map(|folder| folder.join("lang"));
    let mut folders: Vec<PathBuf> = configured
        .filter(|folder| folder.is_dir())
        .into_iter()
        .collect();
    folders.extend(asked.map(Path::to_owned));
    // Without any, nothing is to be read before it is needed.
    if folders.is_empty() {
        return;
    }
    for fault in evscope_words::load(&folders) {
        output::say(&fault.to_string());
    }
}

/// The language to use: `asked`, else the first of the locale's variables that is set, in POSIX's order.
pub(crate) fn chosen(asked: Option<Lang>) -> Lang {
    asked.unwrap_or_else(|| of_environment(|name| std::env::var(name).ok()))
}

fn of_environment(get: impl Fn(&str) -> Option<String>) -> Lang {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(get)
        .find(|locale| !locale.is_empty())
        .map_or(Lang::default(), |locale| Lang::from_locale(&locale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_variable_that_is_set_decides() {
        let lang = |set: &[(&str, &str)]| {
            of_environment(|name| {
                let found = set.iter().find(|(n, _)| *n == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(lang(&[]), Lang::EN);
        assert_eq!(lang(&[("LANG", "zh_CN.UTF-8")]), Lang::ZH);
        assert_eq!(lang(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]), Lang::EN);
        assert_eq!(lang(&[("LC_ALL", ""), ("LANG", "zh_TW")]), Lang::ZH);
        assert_eq!(lang(&[("LC_MESSAGES", "zh"), ("LANG", "de_DE")]), Lang::ZH);
    }
}
