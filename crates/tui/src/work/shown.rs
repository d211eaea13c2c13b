//! Which steps a view lists: those of the level, or those a filter lets through with the calls around
//! them. Made once per level and filter, and extended as the trace grows.
//!
//! The steps of a level are not listed one by one: the trace itself knows how many there are before each, so that
//! a change of level takes no longer on ten million steps than on ten.

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

/// What is listed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    /// The level of which all steps are listed; none: only those of `rows`.
    level: Option<Level>,
    /// In the order of the steps: all rows, or those besides the level's.
    rows: Vec<Row>,
    /// The steps before this one have been looked at.
    seen: usize,
}

impl Shown {
    /// All steps of a level.
    pub(crate) fn of_level(trace: &Trace, level: Level) -> Self {
        Self {
            level: Some(level),
            rows: Vec::new(),
            seen: trace.len(),
        }
    }

    /// Lists the steps of its level that are new.
    pub(crate) fn extend_all(&mut self, trace: &Trace) {
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
            if trace.is_shown(call, level) && !self.insert(trace, call, Listed::Context) {
                break;
            }
        }
        if !self.insert(trace, step, Listed::Wanted)
            && let Ok(row) = self.place(step)
        {
            self.rows[row].why = Listed::Wanted;
        }
    }

    /// The steps before this one have been looked at.
    pub(crate) fn seen(&self) -> usize {
        self.seen
    }

    /// Lists a step, unless it is listed: then false.
    pub(crate) fn insert(&mut self, trace: &Trace, step: usize, why: Listed) -> bool {
        if self.is_of_level(trace, step) {
            return false;
        }
        // Nearly always the step is behind all others.
        let at = match self.rows.last() {
            Some(last) if last.step() >= step => self.place(step),
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

    fn is_of_level(&self, trace: &Trace, step: usize) -> bool {
        step < self.seen && self.level.is_some_and(|level| trace.is_shown(step, level))
    }

    /// Where a step is among `rows`, or would be.
    fn place(&self, step: usize) -> Result<usize, usize> {
        self.rows.binary_search_by_key(&step, |row| row.step())
    }

    /// The rows, of the trace that this lists.
    pub(crate) fn rows<'a>(&'a self, trace: &'a Trace) -> Rows<'a> {
        Rows { shown: self, trace }
    }
}

/// The rows, in the order of the steps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'a> {
    shown: &'a Shown,
    trace: &'a Trace,
}

impl<'a> Rows<'a> {
    /// How many there are.
    pub(crate) fn len(self) -> usize {
        self.before(self.shown.seen) + self.beyond()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// How many rows were put in that are behind all that was looked at.
    fn beyond(self) -> usize {
        let rows = &self.shown.rows;
        rows.len() - rows.partition_point(|row| row.step() < self.shown.seen)
    }

    /// How many rows come before a step that was looked at.
    fn before(self, step: usize) -> usize {
        let rows = &self.shown.rows;
        let of_level = self.shown.level.map_or(0, |level| {
            self.trace.shown_before(step.min(self.shown.seen), level)
        });
        of_level + rows.partition_point(|row| row.step() < step)
    }

    /// How many rows are before a step.
    pub(crate) fn partition(self, step: usize) -> usize {
        self.before(step)
    }

    /// The row of a place in the list.
    pub(crate) fn get(self, at: usize) -> Option<Row> {
        let Some(level) = self.shown.level else {
            return self.shown.rows.get(at).copied();
        };
        // Of the rows besides the level's, those before this place: each stands where so many of the level's and so many
        // of its own kind are before it.
        let rows = &self.shown.rows;
        let besides = |n: usize| {
            self.trace
                .shown_before(rows[n].step().min(self.shown.seen), level)
                + n
        };
        let (mut low, mut high) = (0, rows.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match besides(middle) < at {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        if low < rows.len() && besides(low) == at {
            return Some(rows[low]);
        }
        let step = self.trace.nth_shown(at - low, level)?;
        (step < self.shown.seen).then(|| Row::new(step, Listed::Wanted))
    }

    /// The first row.
    pub(crate) fn first(self) -> Option<Row> {
        self.get(0)
    }

    /// The last row.
    pub(crate) fn last(self) -> Option<Row> {
        self.get(self.len().checked_sub(1)?)
    }

    /// The rows from a place on.
    pub(crate) fn from(self, at: usize) -> impl Iterator<Item = Row> + 'a {
        let first = self.get(at).map_or(usize::MAX, Row::step);
        let Self { shown, trace } = self;
        let of_level = shown
            .level
            .into_iter()
            .flat_map(move |level| trace.shown(first, level));
        let of_level = of_level
            .take_while(move |step| *step < shown.seen)
            .map(|step| Row::new(step, Listed::Wanted));
        let besides = shown.rows[shown.rows.partition_point(|row| row.step() < first)..].iter();
        merged(of_level, besides.copied(), |a, b| a.step() < b.step())
    }

    /// The rows before a place, the last one first.
    pub(crate) fn back(self, at: usize) -> impl Iterator<Item = Row> + 'a {
        let end = at.checked_sub(1).and_then(|last| self.get(last));
        let end = end.map_or(0, |row| row.step() + 1);
        let Self { shown, trace } = self;
        let of_level = shown
            .level
            .into_iter()
            .flat_map(move |level| trace.shown_back(end.min(shown.seen), level))
            .map(|step| Row::new(step, Listed::Wanted));
        let besides = shown.rows[..shown.rows.partition_point(|row| row.step() < end)].iter();
        merged(of_level, besides.rev().copied(), |a, b| a.step() > b.step())
    }

    /// The row of a step, or the row it would be before.
    pub(crate) fn position(self, step: usize) -> Result<usize, usize> {
        let at = self.before(step);
        let is_there = self.shown.is_of_level(self.trace, step) || self.shown.place(step).is_ok();
        match is_there {
            true => Ok(at),
            false => Err(at),
        }
    }

    /// The row of a step, or else of the nearest step: an earlier one, if there is one.
    pub(crate) fn nearest(self, step: usize) -> Option<usize> {
        match self.position(step) {
            Ok(row) => Some(row),
            Err(0) if self.is_empty() => None,
            Err(row) => Some(row.saturating_sub(1)),
        }
    }

    /// How many rows are there for themselves.
    pub(crate) fn wanted(self) -> usize {
        let rows = &self.shown.rows;
        let of_level = self
            .shown
            .level
            .map_or(0, |level| self.trace.shown_before(self.shown.seen, level));
        of_level + rows.iter().filter(|row| row.why == Listed::Wanted).count()
    }
}

/// Two lists in one, each of which is in the same order.
fn merged<T>(
    one: impl Iterator<Item = T>,
    other: impl Iterator<Item = T>,
    goes_first: impl Fn(&T, &T) -> bool,
) -> impl Iterator<Item = T> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || {
        let first = match (one.peek(), other.peek()) {
            (Some(a), Some(b)) => goes_first(a, b),
            (a, _) => a.is_some(),
        };
        if first { one.next() } else { other.next() }
    })
}

#[cfg(test)]
mod tests {
    use evscope_replay::Trace;
    use evscope_trace::Level;

    use super::*;
    use crate::tests::HELLO_WORLD;

    /// The rows as a list of all of them would have them.
    fn listed(trace: &Trace, level: Level, besides: &[usize]) -> Vec<(usize, Listed)> {
        (0..trace.len())
            .filter_map(|step| match trace.is_shown(step, level) {
                true => Some((step, Listed::Wanted)),
                false => besides.contains(&step).then_some((step, Listed::Context)),
            })
            .collect()
    }

    #[test]
    fn the_rows_of_a_level_are_as_if_they_were_listed() {
        let trace = Trace::read(HELLO_WORLD.as_bytes(), "hello").unwrap();
        let rest =
            |from: usize, rows: &[(usize, Listed)]| rows.get(from..).unwrap_or_default().to_vec();
        let pairs = |rows: &mut dyn Iterator<Item = Row>| -> Vec<(usize, Listed)> {
            rows.map(|row| (row.step(), row.why)).collect()
        };
        for level in [Level::Program, Level::Walkthrough, Level::Everything] {
            let hidden: Vec<usize> = (0..trace.len())
                .filter(|step| !trace.is_shown(*step, level))
                .collect();
            let middle = hidden[hidden.len() / 2];
            for besides in [
                vec![],
                vec![hidden[0]],
                vec![middle, hidden[0], *hidden.last().unwrap()],
            ] {
                let mut shown = Shown::of_level(&trace, level);
                for step in &besides {
                    assert!(shown.insert(&trace, *step, Listed::Context));
                    assert!(!shown.insert(&trace, *step, Listed::Context), "twice");
                }
                let all = listed(&trace, level, &besides);
                let rows = shown.rows(&trace);
                assert_eq!(rows.len(), all.len());
                assert_eq!(rows.wanted(), all.len() - besides.len());
                for at in 0..=all.len() {
                    let row = rows.get(at).map(|row| (row.step(), row.why));
                    assert_eq!(row, all.get(at).copied());
                    assert_eq!(pairs(&mut rows.from(at)), rest(at, &all), "from {at}");
                    let back: Vec<_> = all[..at].iter().rev().copied().collect();
                    assert_eq!(pairs(&mut rows.back(at)), back, "back from {at}");
                }
                for step in 0..=trace.len() {
                    let place = all.binary_search_by_key(&step, |(step, _)| *step);
                    assert_eq!(rows.position(step), place, "step {step}");
                    assert_eq!(rows.partition(step), place.unwrap_or_else(|at| at));
                }
            }
        }
    }

    #[test]
    fn what_a_trace_grows_by_is_listed_when_it_was_looked_at() {
        let whole = Trace::read(HELLO_WORLD.as_bytes(), "hello").unwrap();
        let mut trace = Trace::new("growing", whole.header().clone());
        let mut shown = Shown::of_level(&trace, Level::Everything);
        for record in whole.records() {
            trace.push(record.clone());
        }
        assert!(shown.rows(&trace).is_empty());
        assert_eq!(shown.rows(&trace).from(0).count(), 0);
        shown.extend_all(&trace);
        let all = Shown::of_level(&trace, Level::Everything);
        assert_eq!(shown.rows(&trace).len(), all.rows(&trace).len());
    }
}
