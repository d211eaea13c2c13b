//! One language: its texts, and how it puts them together.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::text::{Arg, Text, Word};
use crate::{Lang, word};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Above this a number is no longer exact as Fluent keeps it.
const EXACT: i128 = 1 << f64::MANTISSA_DIGITS;

/// A language and its texts.
pub(crate) struct Language {
    code: String,
    /// Texts that were read when the program started; they come after those of the program.
    added: Vec<String>,
    /// Read at the first word: most runs of the program speak one language.
    texts: OnceLock<FluentBundle<FluentResource>>,
    /// The words that are not written in one piece, put together once.
    words: Mutex<HashMap<Word, &'static str>>,
    spaces: OnceLock<bool>,
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Language").field(&self.code).finish()
    }
}

impl Language {
    pub(crate) fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            added: Vec::new(),
            texts: OnceLock::new(),
            words: Mutex::default(),
            spaces: OnceLock::new(),
        }
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// Adds a file's texts to it.
    pub(crate) fn add(&mut self, text: String) {
        self.added.push(text);
    }

    /// Reads its texts, if that was not done yet.
    pub(crate) fn get_ready(&self) {
        self.texts();
    }

    fn texts(&self) -> &FluentBundle<FluentResource> {
        self.texts.get_or_init(|| {
            let id: LanguageIdentifier = self.code.parse().unwrap_or_default();
            let mut texts = FluentBundle::new_concurrent(vec![id]);
            // They are for text in both directions, and a terminal shows them as blanks.
            texts.set_use_isolating(false);
            let built_in = BUILT_IN.iter().filter(|(code, ..)| *code == self.code);
            let built_in = built_in.map(|(_, _, text)| (*text).to_owned());
            for text in built_in.chain(self.added.iter().cloned()) {
                // What cannot be read was told when the file was; the rest of it can be used.
                let resource = FluentResource::try_new(text).unwrap_or_else(|(rest, _)| rest);
                texts.add_resource_overriding(resource);
            }
            texts
        })
    }

    /// A message in this language; nothing if it lacks it or cannot say it.
    fn try_say<'a>(&'a self, id: &str, args: Option<&'a FluentArgs<'_>>) -> Option<Cow<'a, str>> {
        let texts = self.texts();
        let pattern = texts.get_message(id)?.value()?;
        let mut errors = Vec::new();
        let said = texts.format_pattern(pattern, args, &mut errors);
        errors.is_empty().then_some(said)
    }

    /// A text in this language, or in English where it has none. English has all: that is what their names are
    /// made from.
    pub(crate) fn say(&self, text: &Text) -> String {
        let english = Lang::EN.language();
        let said = |language: &Self| language.by_name(text.id, &text.args);
        let said = said(self).or_else(|| said(english));
        said.unwrap_or_else(|| text.id.to_owned())
    }

    pub(crate) fn by_name(&self, id: &str, given: &[(&'static str, Arg)]) -> Option<String> {
        let mut args = FluentArgs::with_capacity(given.len());
        for (name, arg) in given {
            let value = match arg {
                Arg::Same(same) => FluentValue::String(Cow::Borrowed(same)),
                Arg::Number(number) if number.abs() <= EXACT => FluentValue::from(*number as f64),
                Arg::Number(number) => FluentValue::String(number.to_string().into()),
                Arg::Text(text) => FluentValue::String(self.say(text).into()),
            };
            args.set(*name, value);
        }
        self.try_say(id, Some(&args)).map(Cow::into_owned)
    }

    pub(crate) fn word(&'static self, word: Word) -> &'static str {
        match self.try_say(word.id(), None) {
            Some(Cow::Borrowed(word)) => word,
            said => {
                let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(known) = words.get(&word) {
                    return known;
                }
                let said = match said {
                    Some(said) => said.into_owned(),
                    None => self.say(&word.into()),
                };
                // As many as there are messages at most, and the language lives as long.
                let said: &'static str = Box::leak(said.into_boxed_str());
                words.insert(word, said);
                said
            }
        }
    }

    /// One space between Chinese and Latin text, none between Chinese and Chinese, whatever was put in
    /// between; for languages whose `language_spacing` says so.
    pub(crate) fn set_spaces(&'static self, text: String) -> String {
        let sets = *self
            .spaces
            .get_or_init(|| self.word(word!(language_spacing)) == "cjk");
        match sets {
            true => between_scripts(&text),
            false => text,
        }
    }
}

fn between_scripts(text: &str) -> String {
    let mut finished = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = None;
    while let Some(char) = chars.next() {
        let next = chars.peek().copied();
        let (left, right) = (before.map(script), next.map(script));
        let between = char == ' ' && left.is_some() && right.is_some();
        if between && left != Some(Script::Latin) && right != Some(Script::Latin) {
            continue;
        }
        finished.push(char);
        let joins = matches!(
            (script(char), right),
            (Script::Chinese, Some(Script::Latin)) | (Script::Latin, Some(Script::Chinese))
        );
        if joins && char != ' ' && next != Some(' ') {
            finished.push(' ');
        }
        before = Some(char);
    }
    finished
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Chinese,
    /// Chinese punctuation brings its own room.
    Punctuation,
    Latin,
}

fn script(char: char) -> Script {
    match char {
        '\u{4e00}'..='\u{9fff}' => Script::Chinese,
        '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}' | '\u{2010}'..='\u{2027}' => {
            Script::Punctuation
        }
        _ => Script::Latin,
    }
}
