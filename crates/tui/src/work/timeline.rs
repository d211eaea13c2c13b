//! The whole trace, or a part of it, drawn together into the columns of a line. Made once per width,
//! scale and part, not per frame.

use evscope_replay::Trace;
use evscope_trace::{Lane, Nanos};

use crate::work::facts::{Facts, Sight};

/// What a column stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// As many steps in each; the height says how deep the calls are.
    Steps,
    /// As much time in each; the height says how many steps there are.
    Time,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cell {
    /// Steps in it.
    pub(crate) steps: u32,
    /// How high, in eighths of the line; at least one where there are steps.
    pub(crate) height: u8,
    /// Who acts most of all.
    pub(crate) lane: Option<Lane>,
    /// The most telling thing in it.
    pub(crate) sight: Option<Sight>,
}

/// The columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timeline {
    pub(crate) cells: Vec<Cell>,
    key: Key,
}

/// What the columns are made from; other columns are needed once one of these differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    scale: Scale,
    width: usize,
    /// The first value of the axis (a step or a time), and how many there are.
    from: u64,
    span: u64,
    len: usize,
    /// How many mistakes are found in it.
    found: usize,
}

impl Timeline {
    /// A timeline without columns.
    pub(crate) fn empty() -> Self {
        Self {
            cells: Vec::new(),
            key: Key {
                scale: Scale::Steps,
                width: 0,
                from: 0,
                span: 1,
                len: 0,
                found: 0,
            },
        }
    }

    /// Makes the columns, if they are not the same still. `magnified` halves the part that is shown so
    /// many times; it is a part around `step`.
    pub(crate) fn refresh(
        &mut self,
        trace: &Trace,
        facts: &Facts,
        step: usize,
        scale: Scale,
        width: usize,
        magnified: u32,
    ) {
        let total = axis_len(trace, scale);
        let span = (total >> magnified).max(1);
        let here = position(trace, step, scale);
        let mut from = self.key.from;
        let same = self.key.span == span && self.key.scale == scale;
        // The part stays where it is while the step is well inside it.
        let inside = same && (from..from + span).contains(&here);
        if !inside {
            from = here.saturating_sub(span / 2);
        }
        from = from.min(total.saturating_sub(span));
        let key = Key {
            scale,
            width,
            from,
            span,
            len: trace.len(),
            found: facts.findings().count(),
        };
        if key != self.key {
            *self = Self {
                cells: cells(trace, facts, key),
                key,
            };
        }
    }

    /// The column of a step, if it is in the part shown.
    pub(crate) fn column(&self, trace: &Trace, step: usize) -> Option<usize> {
        column(self.key, position(trace, step, self.key.scale))
    }

    /// The step in the middle of what a column stands for: the first at or after it.
    pub(crate) fn step_at(&self, trace: &Trace, column: usize) -> usize {
        let Key {
            from, span, width, ..
        } = self.key;
        let at = from + (span as u128 * column as u128).div_ceil(width.max(1) as u128) as u64;
        let step = match self.key.scale {
            Scale::Steps => usize::try_from(at).unwrap_or(usize::MAX),
            Scale::Time => at_or_after(trace, Nanos(at)),
        };
        step.min(trace.len().saturating_sub(1))
    }

    /// The part shown: its first and last time or step, in words.
    pub(crate) fn part(&self) -> (String, String) {
        let Key { from, span, .. } = self.key;
        match self.key.scale {
            Scale::Steps => (from.to_string(), (from + span - 1).to_string()),
            Scale::Time => (Nanos(from).to_string(), Nanos(from + span - 1).to_string()),
        }
    }
}

fn axis_len(trace: &Trace, scale: Scale) -> u64 {
    match scale {
        Scale::Steps => (trace.len() as u64).max(1),
        Scale::Time => trace.records().next_back().map_or(1, |last| last.t.0 + 1),
    }
}

fn position(trace: &Trace, step: usize, scale: Scale) -> u64 {
    match scale {
        Scale::Steps => step as u64,
        Scale::Time => trace.get(step).map_or(0, |record| record.t.0),
    }
}

fn column(key: Key, position: u64) -> Option<usize> {
    let offset = position.checked_sub(key.from)?;
    (offset < key.span)
        .then(|| (u128::from(offset) * key.width as u128 / u128::from(key.span)) as usize)
}

fn at_or_after(trace: &Trace, time: Nanos) -> usize {
    let (mut low, mut high) = (0, trace.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if trace.record(middle).t < time {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn cells(trace: &Trace, facts: &Facts, key: Key) -> Vec<Cell> {
    const LANES: [Lane; 4] = [Lane::Kernel, Lane::Loop, Lane::Bufferevent, Lane::Program];
    let mut cells = vec![Cell::default(); key.width];
    let mut heights = vec![0_u32; key.width];
    let mut lanes = vec![[0_u32; LANES.len()]; key.width];
    let (first, end) = match key.scale {
        Scale::Steps => (key.from as usize, (key.from + key.span) as usize),
        Scale::Time => (
            at_or_after(trace, Nanos(key.from)),
            at_or_after(trace, Nanos(key.from + key.span)),
        ),
    };
    let steps = first..end.min(trace.len());
    for step in steps.clone() {
        let Some(at) = column(key, position(trace, step, key.scale)).filter(|at| *at < key.width)
        else {
            continue;
        };
        let record = trace.record(step);
        cells[at].steps += 1;
        heights[at] = match key.scale {
            Scale::Steps => heights[at].max(record.depth + 1),
            Scale::Time => cells[at].steps,
        };
        lanes[at][record.event.lane() as usize] += 1;
    }
    if key.scale == Scale::Steps && key.span < key.width as u64 {
        // There are more columns than steps: each step has several.
        for at in 1..key.width {
            if cells[at].steps == 0 {
                (cells[at].steps, heights[at], lanes[at]) =
                    (cells[at - 1].steps, heights[at - 1], lanes[at - 1]);
            }
        }
    }
    let highest = heights.iter().copied().max().unwrap_or(0).max(1);
    for ((cell, height), lanes) in cells.iter_mut().zip(&heights).zip(&lanes) {
        if cell.steps > 0 {
            cell.height = (height * 8).div_ceil(highest).clamp(1, 8) as u8;
            cell.lane = LANES.into_iter().max_by_key(|lane| lanes[*lane as usize]);
        }
    }
    let sights = facts.sights();
    let begin = sights.partition_point(|(step, _)| *step < steps.start);
    for (step, sight) in sights[begin..]
        .iter()
        .take_while(|(step, _)| *step < steps.end)
    {
        if let Some(cell) =
            column(key, position(trace, *step, key.scale)).and_then(|at| cells.get_mut(at))
        {
            cell.sight = cell.sight.max(Some(*sight));
        }
    }
    for finding in facts.findings().filter(|found| steps.contains(&found.step)) {
        if let Some(cell) =
            column(key, position(trace, finding.step, key.scale)).and_then(|at| cells.get_mut(at))
        {
            cell.sight = Some(Sight::Finding);
        }
    }
    cells
}
