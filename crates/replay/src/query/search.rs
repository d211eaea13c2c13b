//! Finding the steps of a query.

use std::ops::Range;

use evscope_trace::Level;

use super::Query;
use crate::{Replay, navigate};

/// How many steps are folded at a time when going backward with the state.
const BLOCK: usize = 1024;

impl Query {
    /// The next step after `step` that a view at `level` shows and that is meant.
    pub fn next(&self, replay: &Replay, step: usize, level: Level) -> Option<usize> {
        let trace = replay.trace();
        if !self.needs_state() {
            return navigate::next_where(trace, step, level, |step| {
                self.matches(trace, None, step)
            });
        }
        self.hits(replay, step.saturating_add(1)..trace.len(), level)
            .next()
    }

    /// The nearest step before `step` that a view at `level` shows and that is meant.
    pub fn previous(&self, replay: &Replay, step: usize, level: Level) -> Option<usize> {
        let trace = replay.trace();
        if !self.needs_state() {
            return navigate::previous_where(trace, step, level, |step| {
                self.matches(trace, None, step)
            });
        }
        blocks_back(step.min(trace.len()), |block| {
            self.hits(replay, block, level).last()
        })
    }

    /// All steps in `range` that a view at `level` shows and that are meant, in order.
    pub fn hits<'a>(
        &'a self,
        replay: &'a Replay,
        range: Range<usize>,
        level: Level,
    ) -> impl Iterator<Item = usize> + 'a {
        let trace = replay.trace();
        let range = range.start..range.end.min(trace.len());
        let needs_state = self.needs_state();
        let mut state = needs_state.then(|| replay.state_before(range.start));
        range.filter(move |step| {
            if let Some(state) = &mut state {
                state.apply(&trace.record(*step));
            }
            trace.is_shown(*step, level) && self.matches(trace, state.as_ref(), *step)
        })
    }
}

/// Looks at the steps before `end` in blocks, the last block first, until `find` finds something.
pub(super) fn blocks_back<T>(
    end: usize,
    mut find: impl FnMut(Range<usize>) -> Option<T>,
) -> Option<T> {
    let mut end = end;
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        if let Some(found) = find(start..end) {
            return Some(found);
        }
        end = start;
    }
    None
}
