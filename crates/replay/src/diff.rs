//! Whether two traces tell of the same, and where they part if not.
//!
//! What is chance is not compared: times, process ids, addresses, places in the source, and the numbers of
//! objects and fds (an object of one trace stands for one of the other, in the order in which they come).
//! `docs/compared-with-libevent.md` says it in full, for users.

mod align;
mod allow;
mod ciphertext;
mod ignore;
mod lines;
mod parts;
mod rows;
mod states;

use std::ops::Range;

use evscope_trace::Level;

use crate::{Query, Trace};

use align::Twins;
pub use allow::{Allow, Allowed, allowed};
use ciphertext::Ciphertext;
pub use ignore::{Ignore, UnknownField};
use lines::{Known, Lines};
use parts::Rules;
pub use rows::{FieldDifference, Row};
pub use states::{StateRow, Verdict};

/// The same thing of both traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sides<T> {
    /// Of the first trace.
    pub a: T,
    /// Of the second.
    pub b: T,
}

/// What to compare.
#[derive(Debug, Clone)]
pub struct DiffOptions {
    /// Only steps that a view at this level shows.
    pub level: Level,
    /// Only steps that it matches.
    pub filter: Option<Query>,
    /// What not to compare besides what is chance.
    pub ignore: Ignore,
    /// The order in which steps of different objects come is chance, too: what each object does is compared.
    pub any_order: bool,
    /// Time passes in both as a scenario says: how long something has left is no chance.
    pub exact_times: bool,
}

impl Default for DiffOptions {
    /// The walkthrough's level, all of it.
    fn default() -> Self {
        Self {
            level: Level::Walkthrough,
            filter: None,
            ignore: Ignore::default(),
            any_order: false,
            exact_times: false,
        }
    }
}

/// What two traces have in common, and what not.
#[derive(Debug, Clone)]
pub struct Diff {
    rules: Rules,
    lines: Sides<Lines>,
    hunks: Vec<Hunk>,
    twins: Twins,
}

/// A place where the traces differ: these of the compared steps stand where the other trace has those.
/// One of the two may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// Places among the compared steps of the first trace ([`Diff::steps`]).
    pub a: Range<usize>,
    /// The same of the second.
    pub b: Range<usize>,
}

/// Compares two traces.
pub fn diff(a: &Trace, b: &Trace, options: &DiffOptions) -> Diff {
    let rules = Rules::new(a, b, options);
    let ciphertext = Ciphertext::of(a, b);
    let mut known = Known::default();
    let lines = Sides {
        a: Lines::new(a, &rules, options, &ciphertext.a, &mut known),
        b: Lines::new(b, &rules, options, &ciphertext.b, &mut known),
    };
    let (hunks, twins) = align::align(&lines.a, &lines.b);
    Diff {
        rules,
        lines,
        hunks,
        twins,
    }
}

impl Diff {
    /// Whether no difference was found.
    pub fn is_same(&self) -> bool {
        self.hunks.is_empty()
    }

    /// The steps that were compared, in the order in which they were: as they happened, one thread after
    /// the other, and where any order will do, one object after the other.
    pub fn steps(&self) -> Sides<&[usize]> {
        Sides {
            a: &self.lines.a.steps,
            b: &self.lines.b.steps,
        }
    }

    /// The differences in their order.
    pub fn hunks(&self) -> &[Hunk] {
        &self.hunks
    }
}
