//! Which calls are drawn as bars, from which row to which.

use std::collections::HashMap;

use evscope_replay::Trace;
use evscope_trace::{Lane, Level, Phase, ThreadId};

/// A call, and the rows it takes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) lane: Lane,
    /// How far it is moved aside: for the calls of its lane around it, and for its thread.
    pub(super) aside: i64,
    pub(super) first: usize,
    pub(super) last: usize,
    /// Whether its begin is among the rows, and whether it has come to its end.
    pub(super) begins: bool,
    pub(super) ends: bool,
}

/// A call inside one of its own lane, and the calls of the next thread, are moved so far.
const INSIDE: i64 = 6;
const THREAD: i64 = 30;
/// More calls inside each other than this are drawn at one place.
const DEEPEST: usize = 4;

/// The bars, the outer ones first.
#[derive(Debug)]
pub(super) struct Bars {
    level: Level,
    bars: Vec<Bar>,
    of_calls: HashMap<usize, usize>,
}

impl Bars {
    pub(super) fn new(trace: &Trace, level: Level, steps: &[usize]) -> Self {
        let mut found = Self {
            level,
            bars: Vec::new(),
            of_calls: HashMap::new(),
        };
        let mut threads: Vec<ThreadId> = Vec::new();
        for (row, step) in steps.iter().enumerate() {
            let record = trace.record(*step);
            let thread = match threads.iter().position(|thread| *thread == record.thread) {
                Some(known) => known,
                None => {
                    threads.push(record.thread);
                    threads.len() - 1
                }
            };
            let begin = trace.begin(*step);
            let own = (trace.record(begin).phase == Phase::Enter).then_some(begin);
            let mut calls: Vec<usize> = own.into_iter().chain(trace.ancestors(begin)).collect();
            calls.reverse();
            for call in calls {
                found.reach(trace, call, row, thread, *step == call);
            }
        }
        found
    }

    /// A call is running at a row.
    fn reach(&mut self, trace: &Trace, call: usize, row: usize, thread: usize, begins: bool) {
        let record = trace.record(call);
        if record.level() > self.level {
            return;
        }
        if let Some(known) = self.of_calls.get(&call) {
            self.bars[*known].last = row;
            return;
        }
        let lane = record.event.lane();
        let around = trace.ancestors(call).map(|call| trace.record(call));
        let inside = around.filter(|call| call.level() <= self.level && call.event.lane() == lane);
        self.of_calls.insert(call, self.bars.len());
        self.bars.push(Bar {
            lane,
            aside: inside.count().min(DEEPEST) as i64 * INSIDE + thread as i64 * THREAD,
            first: row,
            last: row,
            begins,
            ends: begins && trace.exit_of(call).is_some(),
        });
    }

    pub(super) fn all(&self) -> &[Bar] {
        &self.bars
    }

    /// The bar of a call.
    pub(super) fn of(&self, call: usize) -> Option<&Bar> {
        Some(&self.bars[*self.of_calls.get(&call)?])
    }

    /// The innermost bar around a step that stands in a lane.
    pub(super) fn around(&self, trace: &Trace, step: usize, lane: Lane) -> Option<&Bar> {
        trace
            .ancestors(step)
            .filter_map(|call| self.of(call))
            .find(|bar| bar.lane == lane)
    }
}
