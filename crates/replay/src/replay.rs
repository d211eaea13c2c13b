//! The state at any step, found at once.

mod checkpoints;
mod recent;

use std::io::{self, BufRead, Write};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use evscope_trace::{Line, ReadError, Reader, Record};

use crate::check::Checker;
use crate::index::{Late, Sections, Writing};
use crate::{Change, State, Trace};
use checkpoints::Checkpoints;
use recent::Recent;

/// So many stretches of records are kept before the first of them is folded.
const AHEAD: usize = 4;

/// So many records are folded to come nearer to a state: some milliseconds' worth.
const SLICE: usize = 4096;

/// A trace with checkpoints of its state. A state is found by folding the records from the nearest
/// checkpoint on; the states looked at last are kept, so that stepping forward applies one record and stepping back some.
#[derive(Debug)]
pub struct Replay {
    trace: Trace,
    checkpoints: Late<Checkpoints>,
    /// The state after all records.
    newest: Late<State>,
    /// The states handed out last, and some on the way to them.
    recent: Mutex<Recent>,
}

impl Clone for Replay {
    /// The copy shares what is packed, and nearly all else.
    fn clone(&self) -> Self {
        Self {
            trace: self.trace.clone(),
            checkpoints: self.checkpoints.clone(),
            newest: self.newest.clone(),
            recent: Mutex::default(),
        }
    }
}

impl Replay {
    /// Folds the whole trace once and keeps checkpoints.
    pub fn new(trace: Trace) -> Self {
        let mut replay = Self {
            trace,
            checkpoints: Late::default(),
            newest: Late::default(),
            recent: Mutex::default(),
        };
        replay.catch_up();
        replay
    }

    /// Reads a trace to be looked at. What there is of it is shown once it has `first` records: the beginning
    /// of a big one can be looked at long before its end. If it cannot be read to its end, what is before
    /// the [broken](Trace::broken) line is the trace. `added` is called now and then, and at the end, with what has come
    /// so far: who has to look at every record does it while they are at hand. `checker` looks at each as well, and its
    /// state is the replay's.
    pub fn read_showing<R: BufRead + Send>(
        reader: &mut Reader<R>,
        first: usize,
        show: impl FnOnce(&Trace),
        mut added: impl FnMut(&Trace),
        checker: Checker,
    ) -> Result<(Self, Checker), ReadError> {
        let mut trace = Trace::of_reader(reader);
        let mut show = Some(show);
        // To fold takes as long as to read and to keep the records. A third thread would not help: what goes from one
        // processor to the other has to be fetched there.
        thread::scope(|scope| {
            let (to, from) = mpsc::sync_channel(AHEAD);
            let folding = scope.spawn(move || fold(from, checker));
            // If nobody takes them the fold has panicked, which is told when it is joined.
            let send = |trace: &Trace| drop(to.send(trace.at_hand()));
            let read = trace.read_on(reader, |trace| {
                if trace.len() == first
                    && let Some(show) = show.take()
                {
                    show(trace);
                }
                if trace.len().is_multiple_of(Trace::AT_HAND) {
                    send(trace);
                    added(trace);
                }
                true
            });
            if !trace.len().is_multiple_of(Trace::AT_HAND) {
                send(&trace);
            }
            drop(to);
            added(&trace);
            match read {
                Err(error) if trace.is_empty() => return Err(error),
                Err(error) => trace.break_off(error),
                Ok(()) => {}
            }
            let (checkpoints, checker) = match folding.join() {
                Ok(folded) => folded,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            let replay = Self {
                trace,
                checkpoints: Late::Here(checkpoints),
                newest: Late::Here(checker.state().clone()),
                recent: Mutex::default(),
            };
            Ok((replay, checker))
        })
    }

    /// The trace.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Adds the next line of a growing trace.
    pub fn append(&mut self, line: Line) {
        self.trace.append(line);
        self.catch_up();
    }

    /// The state after a step. After the last step it stays as it is, so any number is fine. Copies of
    /// a state share what they have in common: taking one is cheap.
    pub fn state_at(&self, step: usize) -> State {
        self.state_before(step.saturating_add(1))
    }

    /// The state before a step: what [`state_at`](Self::state_at) says of the step before it, or the
    /// empty state.
    pub fn state_before(&self, step: usize) -> State {
        loop {
            if let Some(state) = self.come_near(step, usize::MAX) {
                return state;
            }
        }
    }

    /// Does a part of what [`state_at`](Self::state_at) does, some milliseconds' worth, so that the next one has less to
    /// do; whether the state is at hand now.
    pub fn approach(&self, step: usize) -> bool {
        self.come_near(step.saturating_add(1), SLICE).is_some()
    }

    /// The state before a step, if no more than so many records are to be folded; if not, a state on the way is kept. To
    /// unpack one is as much as to fold them.
    fn come_near(&self, step: usize, most: usize) -> Option<State> {
        let applied = step.min(self.trace.len());
        if applied == self.trace.len() && applied == self.newest.applied() {
            return Some(State::clone(&self.newest));
        }
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let from = Checkpoints::nearest(applied);
        let mut state = match recent.take(from..=applied) {
            Some(state) => state,
            None => {
                let state = self.checkpoints.state(from);
                if most < usize::MAX && self.checkpoints.is_packed(from) {
                    recent.put(state);
                    return None;
                }
                state
            }
        };
        let first = state.applied();
        let end = applied.min(first.saturating_add(most));
        for record in self.trace.records_in(first..end) {
            recent.pass(&state, applied);
            state.apply(&record);
        }
        recent.put(state.clone());
        (end == applied).then_some(state)
    }

    /// Writes it down; false if it is not to be written.
    pub(crate) fn save<W: Write>(&self, to: &mut Writing<W>) -> io::Result<bool> {
        if !self.trace.save(to)? {
            return Ok(false);
        }
        self.checkpoints.save(&self.newest, to)?;
        Ok(true)
    }

    /// Reads what was written down; `empty` is the trace without records.
    pub(crate) fn load(sections: &Sections, empty: Trace) -> Option<Self> {
        let trace = empty.load(sections)?;
        let sections = sections.clone();
        let checkpoints = Late::new(move || {
            // Without any, each state is found from the beginning on.
            Checkpoints::load(&sections).unwrap_or_default()
        });
        let newest = checkpoints.clone();
        Some(Self {
            trace,
            checkpoints,
            newest: Late::new(move || newest.newest()),
            recent: Mutex::default(),
        })
    }

    /// Takes what states are found by out of an index, if it comes from one and nobody has asked for a state yet. Its
    /// copies have it then, too.
    pub fn get_ready(&self) {
        let _ = self.newest.applied();
    }

    /// What a step changed.
    pub fn changes_at(&self, step: usize) -> Vec<Change> {
        let before = self.state_before(step);
        State::diff(&before, &self.state_at(step))
    }

    fn catch_up(&mut self) {
        let newest = self.newest.make_mut();
        let checkpoints = self.checkpoints.make_mut();
        for record in self.trace.records_in(newest.applied()..self.trace.len()) {
            checkpoints.pass(newest);
            newest.apply(&record);
        }
    }
}

/// Folds the records of a trace as they come.
fn fold(records: Receiver<Arc<Vec<Record>>>, checker: Checker) -> (Checkpoints, Checker) {
    let mut checker = checker.keeping();
    let mut checkpoints = Checkpoints::default();
    for some in records {
        for record in some.iter() {
            checkpoints.pass(checker.state());
            checker.step(record);
        }
    }
    (checkpoints, checker)
}

#[cfg(test)]
mod tests;
