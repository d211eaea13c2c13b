//! What of a trace is in a picture: its rows, the calls around them and the ends of those, as a small trace.

use std::collections::{HashMap, HashSet};

use evscope_replay::{Passing, Span, Trace, spans_of};
use evscope_trace::{Level, Phase, ReadError, Record, ThreadId};

use crate::Part;

/// A row.
pub(super) struct Row {
    /// The step in the small trace, and in the whole one.
    pub(super) at: usize,
    pub(super) step: usize,
    /// The step in words.
    pub(super) words: Vec<Span>,
}

/// A small trace.
pub(crate) struct Excerpt {
    pub(super) trace: Trace,
    pub(super) rows: Vec<Row>,
    /// How many rows there would be if there were room for all.
    pub(super) count: usize,
}

/// Takes what is needed out of a trace that goes by.
struct Taker {
    excerpt: Excerpt,
    level: Level,
    most: usize,
    /// The calls that each thread is in, the outermost first.
    running: HashMap<ThreadId, Vec<Record>>,
    /// The calls that are in the small trace, and how deep those of each thread are that are running.
    taken: HashSet<usize>,
    open: HashMap<ThreadId, Vec<u32>>,
}

impl Excerpt {
    /// What a picture of a part shows at a level, if that is not more than `most` rows.
    pub(super) fn of(part: &Part<'_>, level: Level, most: usize) -> Result<Self, ReadError> {
        let texts = &part.outline()?.texts;
        let mut taker = Taker {
            excerpt: Self {
                trace: Trace::new(texts.name(), texts.header().clone()),
                rows: Vec::new(),
                count: 0,
            },
            level,
            most,
            running: HashMap::new(),
            taken: HashSet::new(),
            open: HashMap::new(),
        };
        part.walk(false, |passing| {
            taker.step(passing);
            Ok::<(), ReadError>(())
        })?;
        Ok(taker.excerpt)
    }
}

impl Taker {
    fn step(&mut self, passing: &Passing<'_>) {
        let record = passing.record;
        let is_row = passing.is_chosen && passing.is_shown(self.level);
        self.excerpt.count += usize::from(is_row);
        if self.excerpt.count > self.most {
            return;
        }
        let around = passing.around.len();
        if is_row {
            self.take_around(passing);
        }
        let running = self.running.entry(record.thread).or_default();
        running.truncate(around);
        if record.phase == Phase::Enter {
            running.push(record.clone());
        }
        // What ends a call that was taken belongs to it, even if that is only lost there.
        if is_row || self.ends(record) {
            self.push(record, passing.step);
        }
        if is_row {
            self.excerpt.rows.push(Row {
                at: self.excerpt.trace.len() - 1,
                step: passing.step,
                words: spans_of(passing.known, record),
            });
        }
    }

    /// Takes the calls around a step, and that which it ends.
    fn take_around(&mut self, passing: &Passing<'_>) {
        let thread = passing.record.thread;
        let ended = (passing.begin != passing.step).then_some(passing.begin);
        let calls = passing.around.iter().map(|call| call.step).chain(ended);
        for (depth, call) in calls.enumerate() {
            let running = self.running.get(&thread);
            if !self.taken.contains(&call)
                && let Some(record) = running.and_then(|calls| calls.get(depth)).cloned()
            {
                self.push(&record, call);
            }
        }
    }

    /// Whether a call that was taken is over with a record.
    fn ends(&self, record: &Record) -> bool {
        let open = self.open.get(&record.thread);
        open.and_then(|open| open.last())
            .is_some_and(|depth| *depth >= record.depth)
    }

    fn push(&mut self, record: &Record, step: usize) {
        let open = self.open.entry(record.thread).or_default();
        while open.pop_if(|depth| *depth >= record.depth).is_some() {}
        if record.phase == Phase::Enter {
            open.push(record.depth);
            self.taken.insert(step);
        }
        self.excerpt.trace.push(record.clone());
    }
}
