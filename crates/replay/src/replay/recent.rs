//! States near the one that was looked at last.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use crate::State;

/// So many are kept; they share what they have in common.
const MOST: usize = 40;

/// On the way from a checkpoint a state is kept at every multiple of so many steps, so that who steps backward does not
/// go all the way again each time. Whatever changes after one is copied, so further away they are fewer.
const EVERY: usize = 512;
const NEAR: usize = 4 * EVERY;
const EVERY_FAR: usize = 4096;

/// The states, the last one used behind.
#[derive(Debug, Default)]
pub(super) struct Recent {
    states: VecDeque<State>,
}

impl Recent {
    /// The state in a range of steps that is nearest to its end.
    pub(super) fn take(&mut self, steps: RangeInclusive<usize>) -> Option<State> {
        let states = self.states.iter().enumerate();
        let near = states.filter(|(_, state)| steps.contains(&state.applied()));
        let (at, _) = near.max_by_key(|(_, state)| state.applied())?;
        let state = self.states.get(at)?;
        // One that is a waymark stays.
        if state.applied().is_multiple_of(EVERY) {
            return Some(state.clone());
        }
        self.states.remove(at)
    }

    /// Is told each state on the way to a step.
    pub(super) fn pass(&mut self, state: &State, to: usize) {
        let is_near = to - state.applied() < NEAR;
        let every = if is_near { EVERY } else { EVERY_FAR };
        if state.applied().is_multiple_of(every) {
            self.put(state.clone());
        }
    }

    /// Keeps a state.
    pub(super) fn put(&mut self, state: State) {
        if self
            .states
            .iter()
            .any(|kept| kept.applied() == state.applied())
        {
            return;
        }
        if self.states.len() == MOST {
            self.states.pop_front();
        }
        self.states.push_back(state);
    }
}
