//! The language of explanations: what was asked for, or the environment's.

use std::path::PathBuf;
use std::sync::Once;

use evscope_replay::{Lang, UnknownLang};
use evscope_words::word;

use crate::args::Wishes;
use crate::{dirs, output};

/// The language that the command line names, if it does.
pub(crate) fn asked(wishes: &Wishes) -> Result<Option<Lang>, UnknownLang> {
    let Some(lang) = &wishes.lang else {
        return Ok(None);
    };
    load(wishes);
    lang.parse().map(Some)
}

/// Reads the languages in the user's folders: that of the configuration, if there is one, and the one that is
/// wished for, which has the last word. What is wrong with them is told, and all that can be used is.
pub(crate) fn load(wishes: &Wishes) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let configured = dirs::config().map(|folder| folder.join("lang"));
        let mut folders: Vec<PathBuf> = configured
            .filter(|folder| folder.is_dir())
            .into_iter()
            .collect();
        folders.extend(wishes.lang_dir.clone());
        // Without any, nothing is to be read before it is needed.
        if folders.is_empty() {
            return;
        }
        for fault in evscope_words::load(&folders) {
            output::say(&fault.to_string());
        }
    });
}

/// Says why what follows is not in the language that was asked for.
pub(crate) fn say_what_stays(asked: Option<Lang>) {
    if let Some(lang) = asked.filter(|lang| *lang != Lang::EN) {
        output::say(word!(message_own_words).in_lang(lang));
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
