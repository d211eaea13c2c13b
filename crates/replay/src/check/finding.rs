//! A finding, as data: which message with which arguments. The words are `crates/words`'.

use std::fmt;
use std::str::FromStr;

use evscope_trace::SourceLine;
use evscope_words::{Text, text};
use serde::Serialize;

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
#[error("{}", self.text())]
pub struct UnknownSeverity(String);

impl UnknownSeverity {
    pub(super) fn text(&self) -> Text {
        text!(severity_none, text = self.0)
    }
}

impl FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(text: &str) -> Result<Self, UnknownSeverity> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name() == text)
            .ok_or_else(|| UnknownSeverity(text.to_owned()))
    }
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
    /// What is wrong.
    pub message: Text,
    /// What to do about it.
    pub advice: Text,
}

impl Finding {
    /// A finding about a step; who takes it fills in the rule's name and severity.
    pub(super) fn at(step: usize, message: impl Into<Text>, advice: impl Into<Text>) -> Self {
        Self {
            rule: "",
            severity: Severity::Note,
            step,
            object: None,
            place: None,
            message: message.into(),
            advice: advice.into(),
        }
    }

    /// What is wrong and what to do about it, in a language of explanations.
    pub fn said(&self, lang: Lang) -> (String, String) {
        (self.message.in_lang(lang), self.advice.in_lang(lang))
    }

    pub(super) fn about(mut self, object: ObjectId) -> Self {
        self.object = Some(object);
        self
    }

    pub(super) fn by(mut self, place: Option<&SourceLine>) -> Self {
        self.place = place.cloned();
        self
    }
}
