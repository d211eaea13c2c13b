//! The query language: one small way to say which steps are meant, for filters, breakpoints, searches
//! and, as [`Watch`], for parts of the state. `docs/query.md` describes it.
//!
//! A query is read once ([`Query::parse`]); names, flags, units and patterns are settled then, so a
//! wrong query says where and why at once, and asking a step is cheap. Only a query that names a part
//! of the state looks at the state.

mod compare;
mod error;
mod field;
mod lexer;
mod literal;
mod parser;
mod path;
mod search;
mod seen;
mod suggest;
mod target;
mod watch;

pub use error::QueryError;
pub use field::known_fields;
pub use literal::{parse_bytes, parse_span};
pub use seen::Seen;
pub(crate) use suggest::nearest;
pub use watch::{Watch, WatchChange};

use crate::{Replay, State, Trace, describe};
use compare::Comparison;

/// A query, ready to be asked of any step.
#[derive(Debug, Clone)]
pub struct Query {
    text: String,
    root: Node,
    needs_state: bool,
}

/// A part of a query.
#[derive(Debug, Clone)]
enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Compare(Box<Comparison>),
    /// The step's summary has this text in it, in lower case.
    Text(String),
}

impl Query {
    /// Reads a query.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let root = parser::parse(text)?;
        Ok(Self {
            text: text.to_owned(),
            needs_state: root.needs_state(),
            root,
        })
    }

    /// The query as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it names a part of the state, so that [`matches`](Self::matches) wants one.
    pub fn needs_state(&self) -> bool {
        self.needs_state
    }

    /// Whether it asks for what is known only when a call has returned (`dur`, `self`, `wait`): in a trace that grows a
    /// call may be meant once its end is there.
    pub fn looks_ahead(&self) -> bool {
        self.root.looks_ahead()
    }

    /// Whether a step is meant. `state` is the state after the step; a query that needs none does not
    /// look at it, and one that does need it finds nothing without.
    pub fn matches(&self, trace: &Trace, state: Option<&State>, step: usize) -> bool {
        trace.get(step).is_some_and(|record| {
            let seen = Seen::of(trace, &record, step, state);
            self.means(&seen)
        })
    }

    /// Whether a step is meant that goes by.
    pub fn means(&self, seen: &Seen<'_>) -> bool {
        self.root.matches(seen)
    }

    /// Whether a step is meant, with the state looked up where it is needed.
    pub fn matches_at(&self, replay: &Replay, step: usize) -> bool {
        if self.needs_state {
            self.matches(replay.trace(), Some(&replay.state_at(step)), step)
        } else {
            self.matches(replay.trace(), None, step)
        }
    }
}

impl Node {
    fn matches(&self, seen: &Seen<'_>) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches(seen)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(seen)),
            Self::Not(part) => !part.matches(seen),
            Self::Compare(comparison) => comparison.matches(seen),
            Self::Text(text) => describe::summary_of(seen.known, seen.record)
                .to_lowercase()
                .contains(text.as_str()),
        }
    }

    fn needs_state(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::needs_state),
            Self::Not(part) => part.needs_state(),
            Self::Compare(comparison) => comparison.needs_state(),
            Self::Text(_) => false,
        }
    }

    fn looks_ahead(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::looks_ahead),
            Self::Not(part) => part.looks_ahead(),
            Self::Compare(comparison) => comparison.looks_ahead(),
            Self::Text(_) => false,
        }
    }
}

#[cfg(test)]
mod tests;
