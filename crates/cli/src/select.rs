//! Steps as users name them.

use std::ops::RangeInclusive;

use anyhow::anyhow;
use evscope_replay::{Outline, Query, Trace};
use evscope_words::text;

use crate::language;

/// How many steps there are, and what messages call the trace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Length<'a> {
    pub(crate) name: &'a str,
    pub(crate) steps: usize,
}

impl<'a> From<&'a Trace> for Length<'a> {
    fn from(trace: &'a Trace) -> Self {
        Self {
            name: trace.name(),
            steps: trace.len(),
        }
    }
}

impl<'a> From<&'a Outline> for Length<'a> {
    fn from(outline: &'a Outline) -> Self {
        Self {
            name: outline.name(),
            steps: outline.records,
        }
    }
}

/// A step of the trace, or an error that says which there are.
pub(crate) fn step<'a>(of: impl Into<Length<'a>>, step: usize) -> anyhow::Result<usize> {
    let Length { name, steps } = of.into();
    let Some(last) = steps.checked_sub(1) else {
        return Err(language::wrong(&text!(
            cli_no_step_of_none,
            file = name,
            step
        )));
    };
    if step > last {
        return Err(language::wrong(&text!(
            cli_no_step,
            file = name,
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
pub(crate) fn range<'a>(
    of: impl Into<Length<'a>>,
    from: Option<usize>,
    to: Option<usize>,
) -> anyhow::Result<RangeInclusive<usize>> {
    let of = of.into();
    // Before either is looked up: up to the last of them is all that was read.
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(language::wrong(&text!(cli_first_after_last, from, to)));
    }
    let from = from.map_or(Ok(0), |from| step(of, from))?;
    let to = match to {
        Some(to) => step(of, to)?,
        None => of.steps.saturating_sub(1),
    };
    Ok(from..=to)
}

/// The query of a filter.
pub(crate) fn query(text: &str) -> anyhow::Result<Query> {
    Query::parse(text).map_err(|error| anyhow!("--filter: {}", error.in_lang(language::spoken())))
}
