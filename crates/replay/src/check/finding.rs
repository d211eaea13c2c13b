//! A finding, as data: which message with which arguments. The words are in `words/`, once for each language.

use std::fmt;
use std::str::FromStr;

use evscope_trace::{Nanos, SourceLine};
use serde::{Serialize, Serializer};

use super::words;
use crate::{Lang, ObjectId};

/// How sure it is that a finding is a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A habit that goes wrong elsewhere.
    Note,
    /// Likely a mistake.
    Warning,
    /// Cannot be meant.
    Error,
}

impl Severity {
    /// Every severity, the gravest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Note];

    /// The name users say.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no severity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no severity; there are `error`, `warning` and `note`")]
pub struct UnknownSeverity(String);

impl FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(text: &str) -> Result<Self, UnknownSeverity> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name() == text)
            .ok_or_else(|| UnknownSeverity(text.to_owned()))
    }
}

/// Something a message says besides its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// An object, by its name.
    Object(ObjectId),
    /// How many there are of something.
    Count(u64),
    /// A time span.
    Span(Nanos),
    /// A name out of the trace: a callback, an errno, a signal.
    Name(String),
}

impl Serialize for Arg {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(object) => object.serialize(serializer),
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Span(span) => serializer.serialize_u64(span.0),
            Self::Name(name) => serializer.serialize_str(name),
        }
    }
}

/// What is said of a finding: a message of the resources, with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which message.
    pub id: &'static str,
    /// Its arguments, by their names in the message.
    pub args: Vec<(&'static str, Arg)>,
}

/// Something that a rule has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// How sure it is.
    pub severity: Severity,
    /// The step to look at.
    pub step: usize,
    /// What it is about, if it is about one thing.
    pub object: Option<ObjectId>,
    /// The line of the program that did it, where the trace tells.
    pub place: Option<SourceLine>,
    /// What is said of it.
    pub message: Message,
}

impl Finding {
    /// A finding about a step; the rule fills in its name and severity.
    pub(super) fn at(step: usize, message: &'static str) -> Self {
        Self {
            rule: "",
            severity: Severity::Note,
            step,
            object: None,
            place: None,
            message: Message {
                id: message,
                args: Vec::new(),
            },
        }
    }

    pub(super) fn about(mut self, object: ObjectId) -> Self {
        self.object = Some(object);
        self.with("object", Arg::Object(object))
    }

    pub(super) fn by(mut self, place: Option<&SourceLine>) -> Self {
        self.place = place.cloned();
        self
    }

    pub(super) fn with(mut self, name: &'static str, arg: Arg) -> Self {
        self.message.args.push((name, arg));
        self
    }

    pub(super) fn count(self, name: &'static str, count: u64) -> Self {
        self.with(name, Arg::Count(count))
    }

    pub(super) fn span(self, name: &'static str, span: Nanos) -> Self {
        self.with(name, Arg::Span(span))
    }

    pub(super) fn name(self, name: &'static str, text: impl Into<String>) -> Self {
        self.with(name, Arg::Name(text.into()))
    }

    /// What is wrong, in a sentence.
    pub fn text(&self, lang: Lang) -> String {
        words::say(lang, self.message.id, None, &self.message.args)
    }

    /// What to do about it, in a sentence.
    pub fn advice(&self, lang: Lang) -> String {
        words::say(lang, self.message.id, Some("advice"), &self.message.args)
    }
}
