//! Work on the whole trace that is done in slices, so that keys are heard meanwhile and Esc ends it.

use std::ops::Range;

use evscope_replay::{Query, Replay, State, Trace};
use evscope_trace::Level;

use crate::work::shown::{Row, Shown};
use crate::work::stops::{self, Stop, Watcher};

/// Steps that are looked at in a slice: a few milliseconds' worth, if their words are searched.
pub(crate) const SLICE: usize = 8192;

/// Asks a query of one step after the other. Once the trace has been looked through it goes on with
/// what is added to it.
#[derive(Debug, Clone)]
pub(crate) struct Matcher {
    query: Query,
    /// The state after the last step looked at, if the query needs it.
    state: Option<State>,
}

impl Matcher {
    fn new(query: &Query) -> Self {
        Self {
            query: query.clone(),
            state: query.needs_state().then(State::new),
        }
    }

    /// The calls that return in these steps, begin before them, and are meant now that it is known how long they took.
    pub(crate) fn returned_in(&self, replay: &Replay, steps: Range<usize>) -> Vec<usize> {
        returned_in(&self.query, replay, steps)
    }

    /// Steps are asked for in their order.
    pub(crate) fn matches(&mut self, trace: &Trace, step: usize) -> bool {
        if let Some(state) = &mut self.state {
            for step in state.applied()..=step {
                state.apply(&trace.record(step));
            }
        }
        self.query.matches(trace, self.state.as_ref(), step)
    }
}

/// The calls that return in these steps, begin before them, and are meant by a query that asks how long they took: when
/// they were looked at they may not have returned.
pub(crate) fn returned_in(query: &Query, replay: &Replay, steps: Range<usize>) -> Vec<usize> {
    if !query.looks_ahead() {
        return Vec::new();
    }
    let trace = replay.trace();
    let first = steps.start;
    steps
        .map(|step| trace.begin(step))
        .filter(|begin| *begin < first && query.matches_at(replay, *begin))
        .collect()
}

/// Work under way.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    task: Task,
}

#[derive(Debug, Clone)]
enum Task {
    Filter {
        matcher: Matcher,
        shown: Shown,
    },
    Search {
        matcher: Matcher,
        row: usize,
        hits: Vec<usize>,
    },
    Forward {
        watcher: Watcher,
        next: usize,
        run: Run,
    },
    Backward {
        stops: Vec<Stop>,
        before: usize,
        run: Run,
    },
}

/// How a run goes on.
#[derive(Debug, Clone)]
struct Run {
    /// How many stops further it is to go; at least one.
    times: usize,
    /// The last it has come to.
    reached: Option<(usize, String)>,
}

impl Run {
    fn new(times: usize) -> Self {
        Self {
            times,
            reached: None,
        }
    }

    /// It comes to a stop: whether it is the one to stop at.
    fn reach(&mut self, step: usize, reason: String) -> bool {
        self.reached = Some((step, reason));
        self.times -= 1;
        self.times == 0
    }
}

/// How a slice of work ended.
#[derive(Debug, Clone)]
pub(crate) enum Progress {
    /// There is more to do.
    More(Job),
    /// The rows a filter leaves.
    Filtered(Shown, Matcher),
    /// The steps a search found.
    Found(Vec<usize>, Matcher),
    /// A run stops at a step, for this reason.
    Stopped(usize, String),
    /// A run forward came to the end without a stop.
    AtEnd(Watcher),
    /// A run back came to the start without a stop.
    AtStart,
}

impl Job {
    /// Lists what a query matches.
    pub(crate) fn filter(query: &Query) -> Self {
        let matcher = Matcher::new(query);
        let shown = Shown::default();
        Self {
            task: Task::Filter { matcher, shown },
        }
    }

    /// Searches the rows for what a query matches.
    pub(crate) fn search(query: &Query) -> Self {
        let matcher = Matcher::new(query);
        Self {
            task: Task::Search {
                matcher,
                row: 0,
                hits: Vec::new(),
            },
        }
    }

    /// Runs on from a step, so many stops far.
    pub(crate) fn forward(replay: &Replay, stops: &[Stop], step: usize, times: usize) -> Self {
        let watcher = Watcher::from(replay, stops, step + 1);
        Self {
            task: Task::Forward {
                watcher,
                next: step + 1,
                run: Run::new(times),
            },
        }
    }

    /// Runs back from a step, so many stops far.
    pub(crate) fn backward(stops: &[Stop], step: usize, times: usize) -> Self {
        Self {
            task: Task::Backward {
                stops: stops.to_vec(),
                before: step,
                run: Run::new(times),
            },
        }
    }

    /// How much of it is done, in percent.
    pub(crate) fn percent(&self, trace: &Trace, rows: usize) -> usize {
        let (done, all) = match &self.task {
            Task::Filter { shown, .. } => (shown.seen(), trace.len()),
            Task::Search { row, .. } => (*row, rows),
            Task::Forward { next, .. } => (*next, trace.len()),
            Task::Backward { before, .. } => (trace.len() - before.min(&trace.len()), trace.len()),
        };
        done * 100 / all.max(1)
    }

    /// Does a slice of it.
    pub(crate) fn advance(self, replay: &Replay, level: Level, shown: &Shown) -> Progress {
        let trace = replay.trace();
        match self.task {
            Task::Filter {
                mut matcher,
                shown: mut kept,
            } => {
                let begin = kept.seen();
                let end = trace.len().min(begin + SLICE);
                kept.extend(trace, level, end, |step| matcher.matches(trace, step));
                for call in matcher.returned_in(replay, begin..end) {
                    if trace.is_shown(call, level) {
                        kept.want(trace, level, call);
                    }
                }
                if end == trace.len() {
                    return Progress::Filtered(kept, matcher);
                }
                Progress::More(Self {
                    task: Task::Filter {
                        matcher,
                        shown: kept,
                    },
                })
            }
            Task::Search {
                mut matcher,
                row,
                mut hits,
            } => {
                let rows = shown.rows(trace);
                let end = rows.len().min(row + SLICE);
                let slice = rows.from(row).take(end.saturating_sub(row));
                hits.extend(
                    slice
                        .map(Row::step)
                        .filter(|step| matcher.matches(trace, *step)),
                );
                if end == rows.len() {
                    return Progress::Found(hits, matcher);
                }
                Progress::More(Self {
                    task: Task::Search {
                        matcher,
                        row: end,
                        hits,
                    },
                })
            }
            Task::Forward {
                mut watcher,
                next,
                mut run,
            } => {
                let end = trace.len().min(next + SLICE);
                for step in next..end {
                    if let Some(reason) = watcher.look(trace, step)
                        && stops::is_shown(trace, step)
                        && run.reach(step, reason)
                    {
                        break;
                    }
                }
                let is_over = run.times == 0 || end == trace.len();
                match run.reached {
                    Some((step, reason)) if is_over => Progress::Stopped(step, reason),
                    None if is_over => Progress::AtEnd(watcher),
                    _ => Progress::More(Self {
                        task: Task::Forward {
                            watcher,
                            next: end,
                            run,
                        },
                    }),
                }
            }
            Task::Backward {
                stops,
                mut before,
                mut run,
            } => {
                let from = before.saturating_sub(SLICE);
                while let Some((step, reason)) = last_stop(replay, &stops, from..before) {
                    before = step;
                    if run.reach(step, reason) {
                        break;
                    }
                }
                let is_over = run.times == 0 || from == 0;
                match run.reached {
                    Some((step, reason)) if is_over => Progress::Stopped(step, reason),
                    None if is_over => Progress::AtStart,
                    _ => Progress::More(Self {
                        task: Task::Backward {
                            stops,
                            before: from,
                            run,
                        },
                    }),
                }
            }
        }
    }
}

/// The last step of a range at which a run forward would stop. States are made forward only.
fn last_stop(replay: &Replay, stops: &[Stop], steps: Range<usize>) -> Option<(usize, String)> {
    let mut watcher = Watcher::from(replay, stops, steps.start);
    let mut last = None;
    for step in steps {
        if let Some(reason) = watcher.look(replay.trace(), step)
            && stops::is_shown(replay.trace(), step)
        {
            last = Some((step, reason));
        }
    }
    last
}
