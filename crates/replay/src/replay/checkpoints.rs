//! States that are kept, so that others are near one.

use std::io::{self, Read, Write};
use std::sync::Arc;

use crate::State;
use crate::index::{Reading, Writing};
use crate::state::Texts;

/// How many steps lie between two checkpoints. Measured by `benches/seek.rs`: see there and docs/speed.md.
const INTERVAL: usize = 16_384;

/// What a living object takes in a checkpoint that is kept whole: each changes, and then there are two of it. The others
/// are kept as what is different from the last whole one, which takes a tenth of that; but it takes more from one to the
/// next, for it tells of all objects that were made meanwhile. Once they take as much together as another whole one
/// would, there is another one.
const OF_OBJECT: usize = 300;

/// The states before steps 0, [`INTERVAL`], 2 × `INTERVAL`, …
#[derive(Debug, Clone, Default)]
pub(super) struct Checkpoints {
    all: Vec<Checkpoint>,
    /// The last whole one.
    whole: usize,
    /// How many bytes those since then take.
    since: usize,
    texts: Texts,
}

#[derive(Debug, Clone)]
enum Checkpoint {
    Whole(Box<State>),
    /// What is different from the whole one at a place among them.
    Since(usize, Arc<[u8]>),
}

/// How they are told apart where they are written down.
const WHOLE: u64 = 0;
const SINCE: u64 = 1;

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
        let checkpoint = match self.all.get(self.whole) {
            Some(Checkpoint::Whole(whole)) if self.since < state.living() * OF_OBJECT => {
                let bytes = state.pack_since(whole, &mut self.texts);
                self.since += bytes.len();
                Checkpoint::Since(self.whole, bytes.into())
            }
            _ => {
                (self.whole, self.since) = (self.all.len(), 0);
                Checkpoint::Whole(Box::new(state.clone()))
            }
        };
        self.all.push(checkpoint);
    }

    /// The state of the checkpoint at a step that [`nearest`](Self::nearest) gave; the empty one if there is none.
    pub(super) fn state(&self, step: usize) -> State {
        let (at, bytes) = match self.all.get(step / INTERVAL) {
            Some(Checkpoint::Whole(whole)) => return (**whole).clone(),
            Some(Checkpoint::Since(at, bytes)) => (*at, bytes),
            None => return State::new(),
        };
        let Some(Checkpoint::Whole(whole)) = self.all.get(at) else {
            return State::new();
        };
        // What was packed is unpacked; if it were not, the fold would go on from further back.
        State::unpack_since(whole, bytes, &self.texts).unwrap_or_else(|| (**whole).clone())
    }

    /// Writes them down, and the newest state with them.
    pub(super) fn save<W: Write>(&self, newest: &State, to: &mut Writing<W>) -> io::Result<()> {
        let mut texts = self.texts.clone();
        let mut last = State::new();
        to.number(self.all.len() as u64)?;
        for checkpoint in &self.all {
            match checkpoint {
                Checkpoint::Whole(whole) => {
                    to.number(WHOLE)?;
                    to.bytes(&whole.pack_since(&last, &mut texts))?;
                    last = (**whole).clone();
                }
                Checkpoint::Since(_, bytes) => {
                    to.number(SINCE)?;
                    to.bytes(bytes)?;
                }
            }
        }
        to.bytes(&newest.pack_since(&last, &mut texts))?;
        texts.save(to)
    }

    /// Reads what was written down.
    pub(super) fn load<R: Read>(from: &mut Reading<R>) -> Option<(Self, State)> {
        let count = from.count()?;
        let all: Vec<(u64, Vec<u8>)> = (0..count)
            .map(|_| Some((from.number()?, from.bytes()?)))
            .collect::<Option<_>>()?;
        let newest = from.bytes()?;
        let texts = Texts::load(from)?;
        let mut last = State::new();
        let mut checkpoints = Self::default();
        for (at, (kind, bytes)) in all.into_iter().enumerate() {
            let checkpoint = match (kind, at) {
                (WHOLE, _) => {
                    last = State::unpack_since(&last, &bytes, &texts)
                        .filter(|whole| whole.applied() == at * INTERVAL)?;
                    checkpoints.whole = at;
                    Checkpoint::Whole(Box::new(last.clone()))
                }
                (SINCE, 1..) => Checkpoint::Since(checkpoints.whole, bytes.into()),
                _ => return None,
            };
            checkpoints.all.push(checkpoint);
        }
        let newest = State::unpack_since(&last, &newest, &texts)?;
        checkpoints.texts = texts;
        Some((checkpoints, newest))
    }
}
