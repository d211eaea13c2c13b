//! The mistakes in a trace: each with the step where it was made, the object, what is wrong and what to do.
//!
//! A [`Checker`] is given the records of a trace one after the other and holds what is alive, not the trace: it
//! checks one that is larger than the memory, and one that grows. Every rule is a type of its own under
//! `check/rules/`, and stands in one table ([`RULES`]) with its name and what it is worth.
//!
//! A rule sees each step twice, with the state before it and with the state after it, and is asked at the end. It
//! must be silent about what it cannot know: objects that were there before the trace began, or that a loss of
//! records may have touched (`Facts::knows`).

mod checker;
mod facts;
mod finding;
mod own;
mod rule;
mod rules;
mod table;

pub use checker::{CheckOptions, Checker, More};
pub use finding::{Finding, Severity, UnknownSeverity};
pub use own::{Broken, OwnError, OwnRules, Verdict};
pub use table::{RULES, RuleInfo};
