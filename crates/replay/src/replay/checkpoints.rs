//! States that are kept, so that others are near one.

use std::io::{self, Read, Write};
use std::sync::Arc;

use crate::State;
use crate::index::{Reading, Writing};
use crate::state::Texts;

/// How many steps lie between two checkpoints. Measured by `benches/seek.rs`: see there and docs/speed.md.
const INTERVAL: usize = 16_384;

/// As many checkpoints make a group. The first of a group is kept whole, the others as what is different from it: a
/// whole one holds each object that has changed since the one before, and in a server that is most of what is alive.
const GROUP: usize = 16;

/// The states before steps 0, [`INTERVAL`], 2 × `INTERVAL`, …
#[derive(Debug, Clone, Default)]
pub(super) struct Checkpoints {
    all: Vec<Checkpoint>,
    texts: Texts,
}

#[derive(Debug, Clone)]
enum Checkpoint {
    Whole(State),
    /// What is different from the whole one of the group.
    Since(Arc<[u8]>),
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

    /// Writes them down, and the newest state with them.
    pub(super) fn save<W: Write>(&self, newest: &State, to: &mut Writing<W>) -> io::Result<()> {
        let mut texts = self.texts.clone();
        let mut last = State::new();
        to.number(self.all.len() as u64)?;
        for checkpoint in &self.all {
            match checkpoint {
                Checkpoint::Whole(whole) => {
                    to.bytes(&whole.pack_since(&last, &mut texts))?;
                    last = whole.clone();
                }
                Checkpoint::Since(bytes) => to.bytes(bytes)?,
            }
        }
        to.bytes(&newest.pack_since(&last, &mut texts))?;
        texts.save(to)
    }

    /// Reads what was written down.
    pub(super) fn load<R: Read>(from: &mut Reading<R>) -> Option<(Self, State)> {
        let count = from.count()?;
        let all: Vec<Vec<u8>> = (0..count).map(|_| from.bytes()).collect::<Option<_>>()?;
        let newest = from.bytes()?;
        let texts = Texts::load(from)?;
        let mut last = State::new();
        let mut checkpoints = Self::default();
        for (at, bytes) in all.into_iter().enumerate() {
            checkpoints.all.push(match at.is_multiple_of(GROUP) {
                true => {
                    last = State::unpack_since(&last, &bytes, &texts)
                        .filter(|whole| whole.applied() == at * INTERVAL)?;
                    Checkpoint::Whole(last.clone())
                }
                false => Checkpoint::Since(bytes.into()),
            });
        }
        let newest = State::unpack_since(&last, &newest, &texts)?;
        checkpoints.texts = texts;
        Some((checkpoints, newest))
    }
}
