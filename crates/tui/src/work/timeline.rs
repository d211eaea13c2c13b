//! The whole trace, or a part of it, drawn together into the columns of a line. Made once per width,
//! scale and part, not per frame.

use std::ops::Range;

use evscope_replay::{Profile, Trace};
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

impl Scale {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Steps => Self::Time,
            Self::Time => Self::Steps,
        }
    }
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
    /// Whether all of it was looked at for what stands out.
    is_known: bool,
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
                is_known: true,
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
            is_known: facts.percent(trace).is_none(),
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
        Scale::Time => {
            let last = trace.len().checked_sub(1).and_then(|last| trace.get(last));
            last.map_or(1, |last| last.t.0 + 1)
        }
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
    trace.count_while(|t| t < time)
}

/// From so many steps a column on, the trace is drawn from its profile: a part of a column that is so small is not seen.
const COARSE: usize = 256;

/// Where steps are drawn, one after the other in their order.
struct Columns<'a> {
    trace: &'a Trace,
    key: Key,
    /// Of the profile's parts from `first` on: the column that all of its steps are in, if they are in one.
    parts: Vec<Option<usize>>,
    first: usize,
}

impl<'a> Columns<'a> {
    /// The columns of the steps of a range.
    fn new(trace: &'a Trace, key: Key, steps: &Range<usize>) -> Self {
        let mut columns = Self {
            trace,
            key,
            parts: Vec::new(),
            first: steps.start / Trace::PROFILE,
        };
        if key.scale == Scale::Time && columns.are_coarse(steps) {
            let part_of = |t: Nanos| column(key, t.0);
            let profile = trace.profile(steps.start);
            let mut begins: Vec<Nanos> = profile
                .take_while(|part| part.first < steps.end)
                .map(|part| part.t)
                .collect();
            begins.extend(trace.get(steps.end - 1).map(|last| last.t));
            let same = |ends: &[Nanos]| part_of(ends[0]).filter(|at| part_of(ends[1]) == Some(*at));
            columns.parts = begins.windows(2).map(same).collect();
        }
        columns
    }

    fn are_coarse(&self, steps: &Range<usize>) -> bool {
        steps.len() / self.key.width.max(1) >= COARSE
    }

    /// The column of a step.
    fn of(&self, step: usize) -> Option<usize> {
        let part = (step / Trace::PROFILE).checked_sub(self.first);
        let known = part.and_then(|part| *self.parts.get(part)?);
        let at = known.or_else(|| column(self.key, position(self.trace, step, self.key.scale)));
        at.filter(|at| *at < self.key.width)
    }

    /// The column of all steps of a part of the profile, if they are drawn in one.
    fn of_part(&self, part: &Profile) -> Option<usize> {
        match self.key.scale {
            Scale::Steps => column(self.key, (part.first as u64).max(self.key.from)),
            Scale::Time => *self.parts.get(part.first / Trace::PROFILE - self.first)?,
        }
    }
}

/// What is in a column so far.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    steps: u32,
    height: u32,
    lanes: [u32; 4],
}

impl Sum {
    /// Adds steps with the calls that are around them.
    fn add(&mut self, scale: Scale, steps: u32, depth: u32, lanes: [u32; 4]) {
        self.steps += steps;
        self.height = match scale {
            Scale::Steps => self.height.max(depth.saturating_add(1)),
            Scale::Time => self.steps,
        };
        for (sum, lane) in self.lanes.iter_mut().zip(lanes) {
            *sum += lane;
        }
    }
}

fn cells(trace: &Trace, facts: &Facts, key: Key) -> Vec<Cell> {
    let (first, end) = match key.scale {
        Scale::Steps => (key.from as usize, (key.from + key.span) as usize),
        Scale::Time => (
            at_or_after(trace, Nanos(key.from)),
            at_or_after(trace, Nanos(key.from + key.span)),
        ),
    };
    let end = end.min(trace.len());
    let steps = first.min(end)..end;
    let columns = Columns::new(trace, key, &steps);
    let mut sums = vec![Sum::default(); key.width];
    let each = |sums: &mut Vec<Sum>, steps: Range<usize>| {
        for (step, record) in steps.clone().zip(trace.records_in(steps)) {
            let at = match key.scale {
                Scale::Steps => columns.of(step),
                Scale::Time => column(key, record.t.0).filter(|at| *at < key.width),
            };
            if let Some(at) = at {
                let lane = record.event.lane() as usize;
                let lanes = std::array::from_fn(|i| u32::from(i == lane));
                sums[at].add(key.scale, 1, record.depth, lanes);
            }
        }
    };
    if columns.are_coarse(&steps) {
        let profile = trace.profile(steps.start);
        for part in profile.take_while(|part| part.first < steps.end) {
            match columns.of_part(&part).filter(|at| *at < key.width) {
                Some(at) => {
                    let lanes = part.lanes.map(u32::from);
                    sums[at].add(key.scale, part.steps, part.deepest, lanes);
                }
                None => {
                    let inside = part.first..part.first + part.steps as usize;
                    each(
                        &mut sums,
                        inside.start.max(steps.start)..inside.end.min(steps.end),
                    );
                }
            }
        }
    } else {
        each(&mut sums, steps.clone());
    }
    if key.scale == Scale::Steps && key.span < key.width as u64 {
        // There are more columns than steps: each step has several.
        for at in 1..key.width {
            if sums[at].steps == 0 {
                sums[at] = sums[at - 1];
            }
        }
    }
    let highest = sums.iter().map(|sum| sum.height).max().unwrap_or(0).max(1);
    let cell = |sum: &Sum| match sum.steps {
        0 => Cell::default(),
        steps => Cell {
            steps,
            height: (u64::from(sum.height) * 8)
                .div_ceil(u64::from(highest))
                .clamp(1, 8) as u8,
            lane: Lane::ALL
                .into_iter()
                .max_by_key(|lane| sum.lanes[*lane as usize]),
            sight: None,
        },
    };
    let mut cells: Vec<Cell> = sums.iter().map(cell).collect();
    let sights = facts.sights_from(steps.start);
    for (step, sight) in sights.take_while(|(step, _)| *step < steps.end) {
        if let Some(cell) = columns.of(step).and_then(|at| cells.get_mut(at)) {
            cell.sight = cell.sight.max(Some(sight));
        }
    }
    for finding in facts.findings().filter(|found| steps.contains(&found.step)) {
        if let Some(cell) = columns.of(finding.step).and_then(|at| cells.get_mut(at)) {
            cell.sight = Some(Sight::Finding);
        }
    }
    cells
}
