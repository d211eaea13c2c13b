//! From a file to rules.

use std::collections::BTreeMap;
use std::ops::Range;

use evscope_words::{Text, text};
use serde::Deserialize;
use toml::Spanned;

use super::{Asked, OwnError, OwnRule, OwnRules, Same, What, Window};
use crate::check::{Severity, UnknownSeverity};
use crate::{Query, parse_span};

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    rule: Spanned<Vec<Spanned<WrittenRule>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    name: Spanned<String>,
    severity: Option<Spanned<String>>,
    words: Option<WrittenWords>,
    must: Option<Spanned<String>>,
    must_not: Option<Spanned<String>>,
    after: Option<Spanned<String>>,
    until: Option<Spanned<String>>,
    order: Option<Spanned<Vec<Spanned<String>>>>,
    within: Option<Spanned<String>>,
    within_turns: Option<u64>,
    at_least: Option<u64>,
    at_most: Option<u64>,
    same: Option<Spanned<String>>,
}

/// Words for all languages, or for each its own.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum WrittenWords {
    One(String),
    Each(BTreeMap<String, String>),
}

type Mistake = (Range<usize>, Text);

impl OwnRules {
    /// Reads a file of rules; `file` is how messages name it.
    ///
    /// # Errors
    /// The first mistake in it, with line and column.
    pub fn parse(file: &str, text: &str) -> Result<Self, OwnError> {
        let wrong = |(span, message): Mistake| {
            let before = text.get(..span.start).unwrap_or("");
            let begin = before.rfind('\n').map_or(0, |at| at + 1);
            OwnError {
                file: file.to_owned(),
                line: before.matches('\n').count() + 1,
                column: before[begin..].chars().count() + 1,
                message,
            }
        };
        let written: Written = toml::from_str(text).map_err(|error| {
            wrong((
                error.span().unwrap_or(0..0),
                Text::same(error.message().trim_end()),
            ))
        })?;
        if written.rule.get_ref().is_empty() {
            return Err(wrong((written.rule.span(), text!(own_no_rule))));
        }
        let rules = written.rule.into_inner();
        let mut read: Vec<OwnRule> = Vec::new();
        for rule in rules {
            let name = rule.get_ref().name.clone();
            if read.iter().any(|known| known.name == *name.get_ref()) {
                let message = text!(own_twice, name = name.get_ref());
                return Err(wrong((name.span(), message)));
            }
            let rule = one(rule, |at| {
                // The text of a query begins behind its quotes.
                let quotes = text.get(at.start..).unwrap_or("");
                quotes.len() - quotes.trim_start_matches(['"', '\'']).len()
            });
            read.push(rule.map_err(wrong)?);
        }
        Ok(Self { rules: read })
    }

    /// The names of the rules, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.name.as_str())
    }
}

fn one(
    written: Spanned<WrittenRule>,
    quotes: impl Fn(&Range<usize>) -> usize,
) -> Result<OwnRule, Mistake> {
    let span = written.span();
    let rule = written.into_inner();
    let ask = |written: &Spanned<String>| asked(written, quotes(&written.span()));
    let wrong = |message: Text| Err((span.clone(), message));
    let window = Window {
        time: rule
            .within
            .map(|within| {
                parse_span(within.get_ref()).ok_or_else(|| (within.span(), text!(own_time)))
            })
            .transpose()?,
        turns: rule.within_turns,
    };
    let has_window = window.time.is_some() || window.turns.is_some();
    let counts = rule.at_least.is_some() || rule.at_most.is_some();
    let what = match (&rule.must, &rule.must_not, &rule.after, &rule.order) {
        (Some(query), None, None, None) if !has_window => What::Happens {
            query: ask(query)?,
            at_least: rule.at_least.unwrap_or(u64::from(rule.at_most.is_none())),
            at_most: rule.at_most,
        },
        (None, Some(query), None, None) if !has_window && !counts => {
            What::Never { query: ask(query)? }
        }
        (Some(query), None, Some(after), None) if !counts => What::Follows {
            after: ask(after)?,
            query: ask(query)?,
            within: window,
        },
        (None, Some(query), Some(after), None) if !counts => What::NotAfter {
            after: ask(after)?,
            query: ask(query)?,
            within: window,
            until: rule.until.as_ref().map(ask).transpose()?,
        },
        (None, None, None, Some(order)) if order.get_ref().len() >= 2 && !has_window && !counts => {
            What::Order {
                queries: order.get_ref().iter().map(ask).collect::<Result<_, _>>()?,
            }
        }
        (None, None, None, Some(order)) if order.get_ref().len() < 2 => {
            return Err((order.span(), text!(own_order_short)));
        }
        (None, None, _, None) => return wrong(text!(own_lacks_what)),
        _ if has_window && rule.after.is_none() => {
            return wrong(text!(own_window_alone));
        }
        _ if counts => return wrong(text!(own_counts_alone)),
        _ => return wrong(text!(own_not_together)),
    };
    if rule.until.is_some() && !matches!(what, What::NotAfter { .. }) {
        return wrong(text!(own_until_alone));
    }
    Ok(OwnRule {
        name: rule.name.into_inner(),
        severity: match rule.severity {
            None => Severity::Error,
            Some(severity) => severity
                .get_ref()
                .parse()
                .map_err(|error: UnknownSeverity| (severity.span(), error.text()))?,
        },
        words: match rule.words {
            None => BTreeMap::new(),
            Some(WrittenWords::One(words)) => BTreeMap::from([("en".to_owned(), words)]),
            Some(WrittenWords::Each(words)) => words,
        },
        what,
        same: rule.same.map(|same| kind(&same)).transpose()?,
    })
}

fn asked(written: &Spanned<String>, quotes: usize) -> Result<Asked, Mistake> {
    let text = written.get_ref();
    let query = Query::parse(text).map_err(|error| {
        let begin: usize = text
            .chars()
            .take(error.column - 1)
            .map(char::len_utf8)
            .sum();
        let at = written.span().start + quotes + begin;
        (at..at, error.whole())
    })?;
    Ok(Asked {
        of_exits: text.contains("ph"),
        query,
    })
}

fn kind(written: &Spanned<String>) -> Result<Same, Mistake> {
    Ok(match written.get_ref().as_str() {
        "base" => Same::Base,
        "event" => Same::Event,
        "bev" => Same::Bev,
        "buf" => Same::Buf,
        "listener" => Same::Listener,
        "fd" => Same::Fd,
        other => {
            let message = text!(own_no_kind, kind = other);
            return Err((written.span(), message));
        }
    })
}
