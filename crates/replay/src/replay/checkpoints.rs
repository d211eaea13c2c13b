//! States that are kept, so that others are near one.

use std::io::{self, Read, Write};
use std::sync::Arc;

use crate::State;
use crate::index::{Reading, Writing};
use crate::state::Texts;

/// How many steps lie between two checkpoints. Measured by `benches/seek.rs`: see there and docs/speed.md.
const INTERVAL: usize = 8_192;

/// What a living object takes in a checkpoint that is kept whole: each changes, and then there are two of it. The others
/// are kept as what is different from the last whole one, which takes a tenth of that; but it takes more from one to the
/// next, for it tells of all objects that were made meanwhile. Once they take as much together as another whole one
/// would, there is another one. Every second one is kept as what is different from the one before it: that is less.
const OF_OBJECT: usize = 300;

/// The states before steps 0, [`INTERVAL`], 2 × `INTERVAL`, …
#[derive(Debug, Clone, Default)]
pub(super) struct Checkpoints {
    all: Vec<Checkpoint>,
    /// The last whole one.
    whole: usize,
    /// How many bytes those since then take.
    since: usize,
    /// The state of the last one.
    last: State,
    texts: Texts,
}

#[derive(Debug, Clone)]
enum Checkpoint {
    Whole(Box<State>),
    /// What is different from the one at a place among them.
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
        let at = self.all.len();
        let is_second = at % 2 == 1 && at > self.whole + 1;
        let checkpoint = match self.all.get(self.whole) {
            Some(Checkpoint::Whole(whole)) if self.since < state.living() * OF_OBJECT => {
                let (since, old) = match is_second {
                    true => (at - 1, &self.last),
                    false => (self.whole, &**whole),
                };
                let bytes = state.pack_since(old, &mut self.texts);
                self.since += bytes.len();
                Checkpoint::Since(since, bytes.into())
            }
            _ => {
                (self.whole, self.since) = (at, 0);
                Checkpoint::Whole(Box::new(state.clone()))
            }
        };
        self.all.push(checkpoint);
        self.last = state.clone();
    }

    /// The state of the checkpoint at a step that [`nearest`](Self::nearest) gave; the empty one if there is none.
    pub(super) fn state(&self, step: usize) -> State {
        self.state_of(step / INTERVAL)
    }

    fn state_of(&self, at: usize) -> State {
        match self.all.get(at) {
            Some(Checkpoint::Whole(whole)) => (**whole).clone(),
            Some(Checkpoint::Since(before, bytes)) => {
                let old = self.state_of(*before);
                // What was packed is unpacked; if it were not, the fold would go on from further back.
                State::unpack_since(&old, bytes, &self.texts).unwrap_or(old)
            }
            _ => State::new(),
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
                    to.number(WHOLE)?;
                    to.bytes(&whole.pack_since(&last, &mut texts))?;
                    last = (**whole).clone();
                }
                Checkpoint::Since(before, bytes) => {
                    to.number(SINCE)?;
                    to.number(*before as u64)?;
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
        let mut packed: Vec<(Option<usize>, Vec<u8>)> = Vec::new();
        for _ in 0..count {
            let since = match from.number()? {
                WHOLE => None,
                // However damaged this is, a state is found by way of two others at most.
                _ => {
                    let before = from.count()?;
                    match packed.get(before)?.0 {
                        Some(whole) if packed.get(whole)?.0.is_some() => return None,
                        _ => Some(before),
                    }
                }
            };
            packed.push((since, from.bytes()?));
        }
        let newest = from.bytes()?;
        let texts = Texts::load(from)?;
        let mut whole = State::new();
        let mut checkpoints = Self::default();
        for (at, (since, bytes)) in packed.into_iter().enumerate() {
            let checkpoint = match since {
                None => {
                    whole = State::unpack_since(&whole, &bytes, &texts)
                        .filter(|whole| whole.applied() == at * INTERVAL)?;
                    checkpoints.whole = at;
                    Checkpoint::Whole(Box::new(whole.clone()))
                }
                Some(before) => Checkpoint::Since(before, bytes.into()),
            };
            checkpoints.all.push(checkpoint);
        }
        let newest = State::unpack_since(&whole, &newest, &texts)?;
        checkpoints.texts = texts;
        if let Some(last) = checkpoints.all.len().checked_sub(1) {
            checkpoints.last = checkpoints.state_of(last);
        }
        Some((checkpoints, newest))
    }
}
