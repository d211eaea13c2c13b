//! Steps as users name them.

use std::ops::RangeInclusive;

use anyhow::anyhow;
use evscope_replay::{Query, State, Trace};
use evscope_words::text;

use crate::language;

/// A step of the trace, or an error that says which there are.
pub(crate) fn step(trace: &Trace, step: usize) -> anyhow::Result<usize> {
    let Some(last) = trace.len().checked_sub(1) else {
        return Err(language::wrong(&text!(
            cli_no_step_of_none,
            file = trace.name(),
            step
        )));
    };
    if step > last {
        return Err(language::wrong(&text!(
            cli_no_step,
            file = trace.name(),
            step,
            last
        )));
    }
    Ok(step)
}

/// The last step of the trace.
pub(crate) fn last(trace: &Trace) -> anyhow::Result<usize> {
    trace
        .len()
        .checked_sub(1)
        .ok_or_else(|| language::wrong(&text!(cli_no_steps, file = trace.name())))
}

/// The steps from `from` to `to`, both included; a missing one is the trace's own end.
pub(crate) fn range(
    trace: &Trace,
    from: Option<usize>,
    to: Option<usize>,
) -> anyhow::Result<RangeInclusive<usize>> {
    // Before either is looked up: up to the last of them is all that was read.
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(language::wrong(&text!(cli_first_after_last, from, to)));
    }
    let from = from.map_or(Ok(0), |from| step(trace, from))?;
    let to = match to {
        Some(to) => step(trace, to)?,
        None => trace.len().saturating_sub(1),
    };
    Ok(from..=to)
}

/// The steps a query matches, or all.
pub(crate) struct Wanted(Option<Vec<bool>>);

impl Wanted {
    pub(crate) fn has(&self, step: usize) -> bool {
        match &self.0 {
            None => true,
            Some(matched) => matched.get(step).copied().unwrap_or(false),
        }
    }
}

/// The query of a filter.
pub(crate) fn query(text: &str) -> anyhow::Result<Query> {
    Query::parse(text).map_err(|error| anyhow!("--filter: {}", error.in_lang(language::spoken())))
}

/// Looks through the trace for what a query matches; without one, all is wanted.
pub(crate) fn filter(trace: &Trace, query: Option<&Query>) -> Wanted {
    let Some(query) = query else {
        return Wanted(None);
    };
    let mut state = query.needs_state().then(State::new);
    let matched = trace.records().enumerate().map(|(step, record)| {
        if let Some(state) = &mut state {
            state.apply(&record);
        }
        query.matches(trace, state.as_ref(), step)
    });
    Wanted(Some(matched.collect()))
}
