//! The language of explanations: what was asked for, or the environment's.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Once;

use evscope_replay::{Lang, UnknownLang};
use evscope_words::{Arg, Text, ToArg, text, word};

use crate::args::Wishes;
use crate::{dirs, output, system};

/// The language that the command line names, if it does.
pub(crate) fn asked(wishes: &Wishes) -> Result<Option<Lang>, UnknownLang> {
    let Some(lang) = &wishes.lang else {
        return Ok(None);
    };
    load(wishes);
    let lang: Lang = lang.parse()?;
    lang.speak();
    Ok(Some(lang))
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
        let faults = evscope_words::load(&folders);
        let asked = wishes.lang.as_ref().and_then(|lang| lang.parse().ok());
        chosen(asked).speak();
        for fault in faults {
            output::say(&fault.to_string());
        }
    });
}

/// The language of messages.
pub(crate) fn spoken() -> Lang {
    Lang::spoken()
}

/// A message in words.
pub(crate) fn told(text: &Text) -> String {
    text.to_string()
}

/// One of some: `a, b or c`.
pub(crate) fn one_of(names: impl IntoIterator<Item = String>) -> Arg {
    let mut names: Vec<Arg> = names
        .into_iter()
        .map(|name| Arg::Same(name.into()))
        .collect();
    let last = names.pop();
    let before = names
        .into_iter()
        .reduce(|list, next| text!(cli_list, list, next).to_arg());
    match (before, last) {
        (Some(a), Some(b)) => text!(cli_or, a, b).to_arg(),
        (_, last) => last.unwrap_or_else(|| word!(cli_none).to_arg()),
    }
}

/// What went wrong, in words.
pub(crate) fn wrong(text: &Text) -> anyhow::Error {
    anyhow::Error::msg(told(text))
}

/// Speaks what the words of a command line ask for, before they are read: they may be wrong, which is to be told.
pub(crate) fn begin(words: impl Iterator<Item = OsString>) {
    let words = words.take_while(|word| word != "--");
    let words: Vec<String> = words
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let value = |option: &str| {
        words
            .iter()
            .enumerate()
            .find_map(|(at, word)| match word.strip_prefix(option)? {
                "" => words.get(at + 1).cloned(),
                rest => rest.strip_prefix('=').map(str::to_owned),
            })
    };
    let wishes = Wishes {
        lang: value("--lang"),
        lang_dir: value("--lang-dir").map(PathBuf::from),
        ..Wishes::default()
    };
    load(&wishes);
    let asked = wishes.lang.and_then(|lang| lang.parse().ok());
    chosen(asked).speak();
}

/// Says why what follows is not in the language that was asked for.
pub(crate) fn say_what_stays(asked: Option<Lang>) {
    if let Some(lang) = asked.filter(|lang| *lang != Lang::EN) {
        output::say(word!(message_own_words).in_lang(lang));
    }
}

/// The language to use: `asked`, else the first of the locale's variables that is set, in POSIX's order, else the
/// system's.
pub(crate) fn chosen(asked: Option<Lang>) -> Lang {
    let said = || of_environment(|name| std::env::var(name).ok()).or_else(system::locale);
    let of_locale = |locale: String| Lang::from_locale(&locale);
    asked.unwrap_or_else(|| said().map_or(Lang::default(), of_locale))
}

fn of_environment(get: impl Fn(&str) -> Option<String>) -> Option<String> {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(get)
        .find(|locale| !locale.is_empty())
}
