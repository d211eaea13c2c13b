//! Which steps a view lists: those of the level, or those a filter lets through with the calls around
//! them. Made once per level and filter, and extended as the trace grows.

use evscope_replay::Trace;
use evscope_trace::Level;

/// A line of the list of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    step: u32,
    /// What the row is there for.
    pub(crate) why: Listed,
}

/// Why a step is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// For itself.
    Wanted,
    /// As a call around a wanted step, or because somebody went there although the filter hides it.
    Context,
}

impl Row {
    /// The step, as the trace numbers it.
    pub(crate) fn step(self) -> usize {
        self.step as usize
    }

    /// A row of a step. Steps are kept in 32 bits, as in the trace's tree.
    pub(crate) fn new(step: usize, why: Listed) -> Self {
        Self {
            step: step as u32,
            why,
        }
    }
}

/// The rows, in the order of the steps.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    rows: Vec<Row>,
    /// The steps before this one have been looked at.
    seen: usize,
}

impl Shown {
    /// All steps of a level.
    pub(crate) fn of_level(trace: &Trace, level: Level) -> Self {
        let mut shown = Self::default();
        shown.extend_all(trace, level);
        shown
    }

    /// Lists the steps of a level that are new.
    pub(crate) fn extend_all(&mut self, trace: &Trace, level: Level) {
        // The calls around a step are listed for themselves: there is nothing to look for.
        // Room for all at once: that a list of a million rows grows takes longer than to fill it.
        self.rows.reserve(trace.count_shown(self.seen, level));
        let new = trace.shown(self.seen, level);
        self.rows
            .extend(new.map(|step| Row::new(step, Listed::Wanted)));
        self.seen = trace.len();
    }

    /// Looks at the steps up to `end` that were not looked at yet, and lists those that are wanted.
    pub(crate) fn extend(
        &mut self,
        trace: &Trace,
        level: Level,
        end: usize,
        mut wanted: impl FnMut(usize) -> bool,
    ) {
        for step in self.seen..end {
            // The filter hears of every step, so that one with a state can keep it up to date.
            if wanted(step) && trace.is_shown(step, level) {
                self.want(trace, level, step);
            }
        }
        self.seen = self.seen.max(end);
    }

    /// Lists a step for itself, with the calls around it.
    pub(crate) fn want(&mut self, trace: &Trace, level: Level, step: usize) {
        for call in trace.ancestors(step) {
            if trace.is_shown(call, level) && !self.insert(call, Listed::Context) {
                break;
            }
        }
        if !self.insert(step, Listed::Wanted)
            && let Ok(row) = self.position(step)
        {
            self.rows[row].why = Listed::Wanted;
        }
    }

    /// The steps before this one have been looked at.
    pub(crate) fn seen(&self) -> usize {
        self.seen
    }

    /// Lists a step, unless it is listed: then false.
    pub(crate) fn insert(&mut self, step: usize, why: Listed) -> bool {
        // Nearly always the step is behind all others.
        let at = match self.rows.last() {
            Some(last) if last.step() >= step => self.position(step),
            _ => Err(self.rows.len()),
        };
        match at {
            Ok(_) => false,
            Err(at) => {
                self.rows.insert(at, Row::new(step, why));
                true
            }
        }
    }

    /// The rows.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of a step, or the row it would be before.
    pub(crate) fn position(&self, step: usize) -> Result<usize, usize> {
        self.rows.binary_search_by_key(&step, |row| row.step())
    }

    /// The row of a step, or else of the nearest step: an earlier one, if there is one.
    pub(crate) fn nearest(&self, step: usize) -> Option<usize> {
        match self.position(step) {
            Ok(row) => Some(row),
            Err(0) if self.rows.is_empty() => None,
            Err(row) => Some(row.saturating_sub(1)),
        }
    }

    /// How many rows are there for themselves.
    pub(crate) fn wanted(&self) -> usize {
        self.rows
            .iter()
            .filter(|row| row.why == Listed::Wanted)
            .count()
    }
}
