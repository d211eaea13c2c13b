use evscope_words::{Text, text};
use std::fmt;

use crate::Lang;

/// Why a query could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Where, as the number of a character, from 1. Behind the end: something is missing there.
    pub column: usize,
    /// What is wrong or was expected.
    message: Text,
    /// What may have been meant.
    hint: Option<Text>,
}

impl std::error::Error for QueryError {}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.sentence())
    }
}

impl QueryError {
    /// What is wrong and what may have been meant, without the column.
    pub fn text(&self, lang: Lang) -> String {
        self.whole().in_lang(lang)
    }

    pub(crate) fn whole(&self) -> Text {
        let message = &self.message;
        match &self.hint {
            None => message.clone(),
            Some(hint) => text!(query_hint, message, hint),
        }
    }

    /// All of it as a sentence.
    pub fn in_lang(&self, lang: Lang) -> String {
        self.sentence().in_lang(lang)
    }

    /// The same, in no language yet.
    pub(crate) fn sentence(&self) -> Text {
        let column = self.column;
        text!(query_at, column, text = self.whole())
    }

    pub(super) fn new(column: usize, message: Text) -> Self {
        Self {
            column,
            message,
            hint: None,
        }
    }

    pub(super) fn has_hint(&self) -> bool {
        self.hint.is_some()
    }

    pub(super) fn hint(mut self, hint: Text) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Adds the known name that is nearest to `wrong`, if one is near.
    pub(super) fn meant<'a>(self, wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match super::suggest::nearest(wrong, known) {
            Some(name) => self.hint(text!(query_meant, name)),
            None => self,
        }
    }
}
