//! Rules of one's own: a file says what must happen and what must not, how often, how soon and in what order.
//! `docs/rules/own.md` describes it.

mod read;
mod run;

use std::collections::BTreeMap;

use evscope_trace::Nanos;
use evscope_words::{Text, text};

use super::Severity;
use crate::{Lang, ObjectId, Query};

/// The rules of a file.
#[derive(Debug, Clone)]
pub struct OwnRules {
    rules: Vec<OwnRule>,
}

/// One of them.
#[derive(Debug, Clone)]
struct OwnRule {
    name: String,
    severity: Severity,
    /// What is said of it, by language.
    words: BTreeMap<String, String>,
    what: What,
    /// Steps belong together only if they are about the same object of this kind.
    same: Option<Same>,
}

/// What a rule asks for.
#[derive(Debug, Clone)]
enum What {
    /// It happens so often.
    Happens {
        query: Asked,
        at_least: u64,
        at_most: Option<u64>,
    },
    /// It does not happen.
    Never { query: Asked },
    /// Each time one thing happens, another follows.
    Follows {
        after: Asked,
        query: Asked,
        within: Window,
    },
    /// Once one thing has happened, another does not.
    NotAfter {
        after: Asked,
        query: Asked,
        within: Window,
        until: Option<Asked>,
    },
    /// Things happen in this order, those that do happen.
    Order { queries: Vec<Asked> },
}

/// How long after something.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    time: Option<Nanos>,
    turns: Option<u64>,
}

/// A query as a rule asks it: of the begins of calls, unless it speaks of phases itself.
#[derive(Debug, Clone)]
struct Asked {
    query: Query,
    of_exits: bool,
}

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Same {
    Base,
    Event,
    Bev,
    Buf,
    Listener,
    Fd,
}

/// What became of a rule in a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The rule's name.
    pub rule: String,
    /// What it is worth.
    pub severity: Severity,
    /// Where it was broken, each time; empty: it holds.
    pub broken: Vec<Broken>,
    words: BTreeMap<String, String>,
}

/// A place where a rule was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The step, unless it is that nothing happened in the whole trace.
    pub step: Option<usize>,
    /// The object, of a rule that asks about the same one.
    pub object: Option<ObjectId>,
    /// What is wrong there.
    pub how: Text,
}

impl Verdict {
    /// The rule's own words in a language, else in English, else in any; what is wrong where it has none.
    pub fn text(&self, broken: &Broken, lang: Lang) -> String {
        let words = &self.words;
        words
            .get(lang.code())
            .or_else(|| words.get("en"))
            .or_else(|| words.values().next())
            .cloned()
            .unwrap_or_else(|| broken.how.in_lang(lang))
    }
}

/// Why a file of rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", text!(own_error, file = self.file, line = self.line, column = self.column, error = self.message))]
pub struct OwnError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: Text,
}

#[cfg(test)]
mod tests;
