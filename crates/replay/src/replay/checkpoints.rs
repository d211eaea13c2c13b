//! States that are kept, so that others are near one.

use crate::State;
use crate::state::Texts;

/// How many steps lie between two checkpoints. Measured by `benches/seek.rs`: see there and docs/speed.md.
const INTERVAL: usize = 16_384;

/// As many checkpoints make a group. The first of a group is kept whole, the others as what is different from it: a
/// whole one holds each object that has changed since the one before, and in a server that is most of what is alive.
const GROUP: usize = 16;

/// The states before steps 0, [`INTERVAL`], 2 × `INTERVAL`, …
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    all: Vec<Checkpoint>,
    texts: Texts,
}

#[derive(Debug)]
enum Checkpoint {
    Whole(State),
    /// What is different from the whole one of the group.
    Since(Box<[u8]>),
}

impl Checkpoints {
    /// The step of the nearest checkpoint at or before a step.
    pub(super) fn nearest(step: usize) -> usize {
        step / INTERVAL * INTERVAL
    }

    /// Is told each state, one step after the other, and keeps those that it wants.
    pub(super) fn pass(&mut self, state: &State) {
        let step = state.applied();
        if !step.is_multiple_of(INTERVAL) || step / INTERVAL != self.all.len() {
            return;
        }
        let checkpoint = match self.all.get(self.all.len() / GROUP * GROUP) {
            Some(Checkpoint::Whole(whole)) => {
                Checkpoint::Since(state.pack_since(whole, &mut self.texts).into())
            }
            _ => Checkpoint::Whole(state.clone()),
        };
        self.all.push(checkpoint);
    }

    /// The state of the checkpoint at a step that [`nearest`](Self::nearest) gave; the empty one if there is none.
    pub(super) fn state(&self, step: usize) -> State {
        let at = step / INTERVAL;
        let whole = match self.all.get(at / GROUP * GROUP) {
            Some(Checkpoint::Whole(whole)) => whole,
            _ => return State::new(),
        };
        match self.all.get(at) {
            Some(Checkpoint::Since(bytes)) => {
                let state = State::unpack_since(whole, bytes, &self.texts);
                // What was packed is unpacked; if it were not, the fold goes on from further back.
                state.unwrap_or_else(|| whole.clone())
            }
            _ => whole.clone(),
        }
    }
}
