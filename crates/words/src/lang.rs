//! The languages there are: those of the program and those it read when it started.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};

use unic_langid::LanguageIdentifier;

use crate::language::{BUILT_IN, Language};
use crate::messages;
use crate::{Fault, Text, text};

/// A language that evscope speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lang(u16);

/// All of them, English first. What is said has the life of the program, so they have, too.
static SPOKEN: OnceLock<Vec<Language>> = OnceLock::new();

fn spoken() -> &'static [Language] {
    SPOKEN.get_or_init(|| languages(&[]).0)
}

/// Reads the languages in some folders: `xx/*.ftl` in one of them is more of the language `xx`. A later folder
/// has the last word. To be called once, before anything is said; later it changes nothing.
///
/// What is wrong with the files is told; all that can be used is.
pub fn load(folders: &[PathBuf]) -> Vec<Fault> {
    let (languages, faults) = languages(folders);
    // Once something was said in them, the languages stay as they are.
    let _ = SPOKEN.set(languages);
    faults
}

/// The languages of the program with those of the folders.
pub(crate) fn languages(folders: &[PathBuf]) -> (Vec<Language>, Vec<Fault>) {
    let mut languages: Vec<Language> = Vec::new();
    for (code, ..) in BUILT_IN {
        if !languages.iter().any(|language| language.code() == *code) {
            languages.push(Language::new(code));
        }
    }
    let mut faults = Vec::new();
    for folder in folders {
        for (code, files) in files_in(folder, &mut faults) {
            let known = languages
                .iter_mut()
                .find(|language| language.code() == code);
            let language = match known {
                Some(language) => language,
                None => {
                    languages.push(Language::new(&code));
                    languages.last_mut().expect("it was pushed just now")
                }
            };
            for file in files {
                match std::fs::read_to_string(&file) {
                    Ok(text) => {
                        faults.extend(check(&file, &text));
                        language.add(text);
                    }
                    Err(error) => faults.push(Fault {
                        path: file,
                        line: None,
                        message: text!(words_cannot_be_read, error),
                    }),
                }
            }
        }
    }
    (languages, faults)
}

/// The files of texts in a folder, by their language.
fn files_in(folder: &Path, faults: &mut Vec<Fault>) -> BTreeMap<String, Vec<PathBuf>> {
    let mut found = BTreeMap::new();
    let entries = |folder: &Path, faults: &mut Vec<Fault>| match std::fs::read_dir(folder) {
        Ok(entries) => {
            let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            paths.sort();
            paths
        }
        Err(error) => {
            faults.push(Fault {
                path: folder.to_owned(),
                line: None,
                message: text!(words_cannot_be_read, error),
            });
            Vec::new()
        }
    };
    for language in entries(folder, faults) {
        if !language.is_dir() {
            continue;
        }
        let name = language.file_name().unwrap_or_default().to_string_lossy();
        let Some(code) = code_of(&name) else {
            faults.push(Fault {
                message: text!(words_no_language, name = name),
                path: language,
                line: None,
            });
            continue;
        };
        let is_text = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "ftl");
        let files = entries(&language, faults)
            .into_iter()
            .filter(is_text)
            .collect();
        found.insert(code, files);
    }
    found
}

/// A language's code as it is written properly: `zh`, `pt-BR`.
fn code_of(name: &str) -> Option<String> {
    let id: LanguageIdentifier = name.parse().ok()?;
    // The parser takes an empty language for one that is not determined.
    (!id.language.is_empty()).then(|| id.to_string())
}

/// What is wrong with a file: what is not Fluent, texts that nobody says, arguments that are not given.
fn check(path: &Path, text: &str) -> Vec<Fault> {
    let fault = |line: usize, message: Text| Fault {
        path: path.to_owned(),
        line: Some(line),
        message,
    };
    let messages = match messages::of(text) {
        Ok(messages) => messages,
        Err(faults) => {
            return faults
                .into_iter()
                .map(|(line, message)| fault(line, Text::same(message)))
                .collect();
        }
    };
    let english = english();
    messages
        .into_iter()
        .filter_map(|message| {
            let id = &message.id;
            let Some(known) = english.get(id) else {
                return Some(fault(message.line, text!(words_never_said, id)));
            };
            let strange = message.arguments.difference(known).next()?;
            let given: Vec<String> = known.iter().map(|name| format!("`${name}`")).collect();
            let given = match given.is_empty() {
                true => text!(words_takes_none),
                false => text!(words_takes, given = given.join(", ")),
            };
            Some(fault(
                message.line,
                text!(words_strange, id, strange, given),
            ))
        })
        .collect()
}

/// The English messages and the arguments they take.
pub(crate) fn english() -> BTreeMap<String, std::collections::BTreeSet<String>> {
    BUILT_IN
        .iter()
        .filter(|(code, ..)| *code == "en")
        .flat_map(|(_, _, text)| messages::of(text).unwrap_or_default())
        .map(|message| (message.id, message.arguments))
        .collect()
}

impl Default for Lang {
    fn default() -> Self {
        Self::EN
    }
}

/// The place of the language in which errors tell themselves.
static ERRORS: AtomicU16 = AtomicU16::new(0);

impl Lang {
    /// From now on errors, and whatever else is displayed without a word about the language, are told in this one.
    pub fn speak(self) {
        ERRORS.store(self.0, Ordering::Relaxed);
    }

    /// The language of errors: English until another is spoken.
    pub fn spoken() -> Self {
        Self(ERRORS.load(Ordering::Relaxed))
    }

    /// English, which has all texts.
    pub const EN: Self = Self(0);

    /// Chinese.
    pub const ZH: Self = Self(1);

    /// All that are spoken, English first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..spoken().len()).filter_map(|at| u16::try_from(at).ok().map(Self))
    }

    /// The language of a locale's name (`zh_CN.UTF-8`, `C`); English for one that is not spoken here.
    pub fn from_locale(locale: &str) -> Self {
        let name = locale.split(['.', '@']).next().unwrap_or_default();
        let language = name.split(['_', '-']).next().unwrap_or_default();
        name.parse()
            .or_else(|_| language.parse())
            .unwrap_or_default()
    }

    /// Its code: `en`, `zh`.
    pub fn code(self) -> &'static str {
        self.language().code()
    }

    /// What it calls itself.
    pub fn name(self) -> &'static str {
        crate::word!(language_name).in_lang(self)
    }

    /// The one after it, and after the last the first, for a key that switches.
    #[must_use]
    pub fn next(self) -> Self {
        let next = usize::from(self.0) + 1;
        match next < spoken().len() {
            true => Self(self.0 + 1),
            false => Self(0),
        }
    }

    /// Reads its texts beside what else is done, so that the first word need not wait for that.
    pub fn get_ready(self) {
        std::thread::spawn(move || self.language().get_ready());
    }

    /// Sets the spaces of a text that was put together, where the language has rules for that.
    pub fn set_spaces(self, text: String) -> String {
        self.language().set_spaces(text)
    }

    pub(crate) fn language(self) -> &'static Language {
        // A language is only ever named by its place among those that are spoken.
        &spoken()[usize::from(self.0)]
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A language that is not spoken here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLang(String);

impl std::error::Error for UnknownLang {}

impl fmt::Display for UnknownLang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<String> = Lang::all().map(|lang| format!("`{lang}`")).collect();
        let known = match codes.split_last() {
            Some((last, rest)) if !rest.is_empty() => {
                text!(words_and, rest = rest.join(", "), last)
            }
            _ => Text::same(codes.concat()),
        };
        write!(f, "{}", text!(words_unknown, code = self.0, known))
    }
}

impl FromStr for Lang {
    type Err = UnknownLang;

    fn from_str(text: &str) -> Result<Self, UnknownLang> {
        let code = code_of(text);
        Self::all()
            .find(|lang| Some(lang.code()) == code.as_deref())
            .ok_or_else(|| UnknownLang(text.to_owned()))
    }
}

#[cfg(test)]
mod tests;
