use std::fmt;

use crate::Lang;

/// Why a query could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Where, as the number of a character, from 1. Behind the end: something is missing there.
    pub column: usize,
    /// What is wrong or was expected.
    message: Told,
    /// What may have been meant.
    hint: Option<Told>,
}

/// A sentence in both languages, side by side where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    en: String,
    zh: String,
}

impl Told {
    pub(super) fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            en: en.into(),
            zh: zh.into(),
        }
    }

    fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// A sentence in English and Chinese; both may name variables, as `format!` does.
macro_rules! told {
    ($en:literal, $zh:literal) => {
        $crate::query::error::Told::new(format!($en), format!($zh))
    };
}
pub(super) use told;

impl std::error::Error for QueryError {}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.text(Lang::En))
    }
}

impl QueryError {
    /// What is wrong and what may have been meant, without the column.
    pub fn text(&self, lang: Lang) -> String {
        let message = self.message.in_lang(lang);
        match (&self.hint, lang) {
            (None, _) => message.to_owned(),
            (Some(hint), Lang::En) => format!("{message}; {}", hint.in_lang(lang)),
            (Some(hint), Lang::Zh) => format!("{message}；{}", hint.in_lang(lang)),
        }
    }

    /// All of it as a sentence.
    pub fn in_lang(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.to_string(),
            Lang::Zh => format!("第 {} 列：{}", self.column, self.text(lang)),
        }
    }

    pub(super) fn new(column: usize, message: Told) -> Self {
        Self {
            column,
            message,
            hint: None,
        }
    }

    pub(super) fn has_hint(&self) -> bool {
        self.hint.is_some()
    }

    pub(super) fn hint(mut self, hint: Told) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Adds the known name that is nearest to `wrong`, if one is near.
    pub(super) fn meant<'a>(self, wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match super::suggest::nearest(wrong, known) {
            Some(name) => self.hint(told!("did you mean `{name}`?", "是不是想写 `{name}`？")),
            None => self,
        }
    }
}
