//! Steps as users name them.

use std::ops::RangeInclusive;

use anyhow::{anyhow, bail};
use evscope_replay::{Query, State, Trace};

/// A step of the trace, or an error that says which there are.
pub(crate) fn step(trace: &Trace, step: usize) -> anyhow::Result<usize> {
    let Some(last) = trace.len().checked_sub(1) else {
        bail!("{}: no step {step}; the trace has no steps", trace.name());
    };
    if step > last {
        return Err(anyhow!(
            "{}: no step {step}; its steps are 0 to {last}",
            trace.name()
        ));
    }
    Ok(step)
}

/// The last step of the trace.
pub(crate) fn last(trace: &Trace) -> anyhow::Result<usize> {
    trace
        .len()
        .checked_sub(1)
        .ok_or_else(|| anyhow!("{}: the trace has no steps", trace.name()))
}

/// The steps from `from` to `to`, both included; a missing one is the trace's own end.
pub(crate) fn range(
    trace: &Trace,
    from: Option<usize>,
    to: Option<usize>,
) -> anyhow::Result<RangeInclusive<usize>> {
    let from = from.map_or(Ok(0), |from| step(trace, from))?;
    let to = match to {
        Some(to) => step(trace, to)?,
        None => trace.len().saturating_sub(1),
    };
    if from > to {
        bail!("there are no steps from {from} to {to}: the first is after the last");
    }
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

/// Looks through the trace for what a query matches; without one, all is wanted.
pub(crate) fn filter(trace: &Trace, query: Option<&str>) -> anyhow::Result<Wanted> {
    let Some(text) = query else {
        return Ok(Wanted(None));
    };
    let query = Query::parse(text).map_err(|error| anyhow!("--filter: {error}"))?;
    let mut state = query.needs_state().then(State::new);
    let matched = trace.records().enumerate().map(|(step, record)| {
        if let Some(state) = &mut state {
            state.apply(record);
        }
        query.matches(trace, state.as_ref(), step)
    });
    Ok(Wanted(Some(matched.collect())))
}
