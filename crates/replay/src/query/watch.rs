//! A part of the state to watch.

use super::QueryError;
use super::error::told;
use super::path::{Path, no_part};
use crate::{Replay, State, Value};

/// A part of the state, to stop when it changes: `bev1.output.len`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    text: String,
    path: Path,
}

/// A step that changes what is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchChange {
    /// The step.
    pub step: usize,
    /// The value before it.
    pub from: Value,
    /// The value after it.
    pub to: Value,
}

impl Watch {
    /// Reads the name of a part of the state.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let text = text.trim();
        let path = match Path::parse(text, 1) {
            Some(path) => path?,
            None => {
                return Err(QueryError::new(1, no_part(text)).hint(told!(
                    "a part is like `bev1.output.len` or `event3.pending`",
                    "写法如 `bev1.output.len` 或 `event3.pending`"
                )));
            }
        };
        if !path.is_named() {
            let message = told!(
                "`{text}` is another one at every step",
                "`{text}` 在每一步指的对象都不同"
            );
            return Err(QueryError::new(1, message).hint(told!(
                "name one object by its number, like `bev1.output.len`",
                "请用编号指明一个对象，如 `bev1.output.len`"
            )));
        }
        Ok(Self {
            text: text.to_owned(),
            path,
        })
    }

    /// The name as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its value in a state; absent while there is no such object.
    pub fn value(&self, state: &State) -> Value {
        self.path.named_value(state)
    }

    /// The next step after `step` that changes it.
    pub fn next_change(&self, replay: &Replay, step: usize) -> Option<WatchChange> {
        let mut state = replay.state_at(step);
        let mut from = self.value(&state);
        for step in step + 1..replay.trace().len() {
            state.apply(replay.trace().record(step));
            let to = self.value(&state);
            if to != from {
                return Some(WatchChange { step, from, to });
            }
            from = to;
        }
        None
    }

    /// The last step before `step` that changes it.
    pub fn previous_change(&self, replay: &Replay, step: usize) -> Option<WatchChange> {
        super::search::blocks_back(step.min(replay.trace().len()), |block| {
            let mut state = replay.state_before(block.start);
            let mut from = self.value(&state);
            let mut last = None;
            for step in block {
                state.apply(replay.trace().record(step));
                let to = self.value(&state);
                if to != from {
                    last = Some(WatchChange {
                        step,
                        from: std::mem::replace(&mut from, to.clone()),
                        to,
                    });
                }
            }
            last
        })
    }
}
