//! The state at any step, found at once.

use std::sync::{Mutex, PoisonError};

use evscope_trace::Line;

use crate::{Change, State, Trace};

/// How many steps lie between two checkpoints. Measured by `benches/seek.rs` on a million records of
/// 1,000 connections at once: a jump anywhere takes 0.3 ms (worst 0.6 ms) of a frame's 16 ms, a step
/// forward none, and the checkpoints take some 61 MiB beside the records' 326. Fewer would save memory a
/// jump can pay for; more would buy nothing that is seen. An unoptimised build is some 20 times slower and
/// still within a frame.
const INTERVAL: usize = 2048;

/// A trace with checkpoints of its state. A state is found by folding the few records from the nearest
/// checkpoint on; the state looked at last is kept, so that stepping forward applies one record.
#[derive(Debug)]
pub struct Replay {
    trace: Trace,
    /// The states before steps 0, `INTERVAL`, 2 × `INTERVAL`, …
    checkpoints: Vec<State>,
    /// The state after all records.
    newest: State,
    /// The state handed out last.
    recent: Mutex<Option<State>>,
}

impl Replay {
    /// Folds the whole trace once and keeps checkpoints.
    pub fn new(trace: Trace) -> Self {
        let mut replay = Self {
            trace,
            checkpoints: Vec::new(),
            newest: State::new(),
            recent: Mutex::new(None),
        };
        replay.catch_up();
        replay
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
        let applied = step.min(self.trace.len());
        if applied == self.newest.applied() {
            return self.newest.clone();
        }
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let checkpoint = &self.checkpoints[applied / INTERVAL];
        let mut state = match recent.take() {
            Some(state) if (checkpoint.applied()..=applied).contains(&state.applied()) => state,
            _ => checkpoint.clone(),
        };
        for step in state.applied()..applied {
            state.apply(self.trace.record(step));
        }
        *recent = Some(state.clone());
        state
    }

    /// What a step changed.
    pub fn changes_at(&self, step: usize) -> Vec<Change> {
        let before = self.state_before(step);
        State::diff(&before, &self.state_at(step))
    }

    fn catch_up(&mut self) {
        for step in self.newest.applied()..self.trace.len() {
            if step % INTERVAL == 0 {
                self.checkpoints.push(self.newest.clone());
            }
            self.newest.apply(self.trace.record(step));
        }
    }
}
