//! A part of the state to watch.

use super::QueryError;
use super::path::{Path, no_part};
use crate::{Replay, State, Value};
use evscope_words::text;

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
                return Err(QueryError::new(1, no_part(text)).hint(text!(query_watch_hint)));
            }
        };
        if !path.is_named() {
            let message = text!(query_watch_unnamed, text);
            return Err(QueryError::new(1, message).hint(text!(query_watch_unnamed_hint)));
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
            state.apply(&replay.trace().record(step));
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
                state.apply(&replay.trace().record(step));
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
