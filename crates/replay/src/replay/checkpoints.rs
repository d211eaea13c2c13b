//! States that are kept, so that others are near one.

use std::io::{self, Write};
use std::sync::OnceLock;

use bytes::Bytes;

use crate::State;
use crate::index::{Part, Section, Sections, Writing};
use crate::state::Texts;

/// How many steps lie between two checkpoints. Measured by `benches/seek.rs`: see there and docs/speed.md.
pub(super) const INTERVAL: usize = 6_144;

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
    /// The state of the last one, once another one was kept.
    last: Option<State>,
    texts: Texts,
    /// What is different in the newest state from the last whole one, where they were written down.
    newest: Option<Bytes>,
}

#[derive(Debug, Clone)]
enum Checkpoint {
    Whole(Whole),
    /// What is different from the one at a place among them.
    Since(usize, Packed),
}

#[derive(Debug, Clone)]
enum Packed {
    Here(Bytes),
    InIndex(Part),
}

impl Packed {
    /// `None` if the index is damaged.
    fn bytes(&self) -> Option<Bytes> {
        match self {
            Self::Here(bytes) => Some(bytes.clone()),
            Self::InIndex(part) => part.read(),
        }
    }
}

#[derive(Debug, Clone)]
struct Whole {
    state: OnceLock<Box<State>>,
    /// What is different from the whole one before it, and where that is, where they were written down.
    packed: Option<(Option<usize>, Bytes)>,
}

impl From<State> for Whole {
    fn from(state: State) -> Self {
        Self {
            state: OnceLock::from(Box::new(state)),
            packed: None,
        }
    }
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
        let checkpoint = if at > 0 && self.since < state.living() * OF_OBJECT {
            let (since, old) = match is_second {
                true => (at - 1, self.last.take()),
                false => (self.whole, None),
            };
            let old = old.unwrap_or_else(|| self.state_of(since));
            let bytes = state.pack_since(&old, &mut self.texts);
            self.since += bytes.len();
            Checkpoint::Since(since, Packed::Here(bytes.into_boxed_slice().into()))
        } else {
            (self.whole, self.since) = (at, 0);
            Checkpoint::Whole(state.clone().into())
        };
        self.all.push(checkpoint);
        self.last = Some(state.clone());
    }

    /// The state of the checkpoint at a step that [`nearest`](Self::nearest) gave; the empty one if there is none.
    pub(super) fn state(&self, step: usize) -> State {
        self.state_of(step / INTERVAL)
    }

    /// The newest state, of those that were written down.
    pub(super) fn newest(&self) -> State {
        let last = self.whole(Some(self.whole));
        let newest = self.newest.as_ref();
        newest.map_or_else(State::new, |bytes| self.unpack(last, bytes))
    }

    /// Whether the checkpoint at such a step has to be unpacked.
    pub(super) fn is_packed(&self, step: usize) -> bool {
        matches!(self.all.get(step / INTERVAL), Some(Checkpoint::Since(..)))
    }

    fn state_of(&self, at: usize) -> State {
        match self.all.get(at) {
            Some(Checkpoint::Whole(_)) => self.whole(Some(at)),
            Some(Checkpoint::Since(before, packed)) => {
                let old = self.state_of(*before);
                match packed.bytes() {
                    Some(bytes) => self.unpack(old, &bytes),
                    None => old,
                }
            }
            None => State::new(),
        }
    }

    /// The state of a whole one; the empty one before the first of them.
    fn whole(&self, at: Option<usize>) -> State {
        // Each is told by the one before it. A long trace has many, so they are gone through one after the other.
        let mut packed = Vec::new();
        let mut place = at;
        let mut state = loop {
            let Some(Checkpoint::Whole(whole)) = place.and_then(|at| self.all.get(at)) else {
                break State::new();
            };
            match (whole.state.get(), &whole.packed) {
                (Some(state), _) => break State::clone(state),
                (None, Some((before, bytes))) => {
                    packed.push((whole, bytes));
                    place = *before;
                }
                (None, None) => break State::new(),
            }
        };
        for (whole, bytes) in packed.into_iter().rev() {
            state = self.unpack(state, bytes);
            whole.state.get_or_init(|| Box::new(state.clone()));
        }
        state
    }

    /// What was packed is unpacked; if it were not, the fold would go on from further back.
    fn unpack(&self, old: State, bytes: &[u8]) -> State {
        State::unpack_since(&old, bytes, &self.texts).unwrap_or(old)
    }

    /// Writes them down, and the newest state with them.
    pub(super) fn save<W: Write>(&self, newest: &State, to: &mut Writing<W>) -> io::Result<()> {
        let lost = || io::Error::new(io::ErrorKind::InvalidData, "the index is damaged");
        let mut sums = Vec::new();
        for checkpoint in &self.all {
            if let Checkpoint::Since(_, packed) = checkpoint {
                let bytes = packed.bytes().ok_or_else(lost)?;
                to.raw(&bytes)?;
                sums.push((bytes.len() as u64, crc32fast::hash(&bytes)));
            }
        }
        to.end(Section::Differences)?;
        let mut sums = sums.into_iter();
        let mut texts = self.texts.clone();
        let mut last = State::new();
        to.number(self.all.len() as u64)?;
        for (at, checkpoint) in self.all.iter().enumerate() {
            match checkpoint {
                Checkpoint::Whole(_) => {
                    let whole = self.whole(Some(at));
                    to.number(WHOLE)?;
                    to.bytes(&whole.pack_since(&last, &mut texts))?;
                    last = whole;
                }
                Checkpoint::Since(before, _) => {
                    let (len, sum) = sums.next().unwrap_or_default();
                    to.number(SINCE)?;
                    to.number(*before as u64)?;
                    to.number(len)?;
                    to.number(sum.into())?;
                }
            }
        }
        to.bytes(&newest.pack_since(&last, &mut texts))?;
        texts.save(to)?;
        to.end(Section::States)
    }

    /// Takes over what was written down. Nothing of it is unpacked yet.
    pub(super) fn load(sections: &Sections) -> Option<Self> {
        let mut from = sections.read(Section::States)?;
        let mut checkpoints = Self::default();
        let mut before = None;
        let mut first = 0_u64;
        for at in 0..from.count()? {
            let checkpoint = match from.number()? {
                WHOLE => {
                    checkpoints.whole = at;
                    Checkpoint::Whole(Whole {
                        state: OnceLock::new(),
                        packed: Some((before.replace(at), from.bytes()?)),
                    })
                }
                // However damaged this is, a state is found by way of two others at most.
                _ => {
                    let since: usize = from.narrow()?;
                    let is_near = match checkpoints.all.get(since)? {
                        Checkpoint::Whole(_) => true,
                        Checkpoint::Since(whole, _) => {
                            matches!(checkpoints.all.get(*whole)?, Checkpoint::Whole(_))
                        }
                    };
                    if !is_near {
                        return None;
                    }
                    let (len, sum) = (from.number()?, from.narrow()?);
                    let part = sections.part(Section::Differences, first, len, sum)?;
                    first += len;
                    Checkpoint::Since(since, Packed::InIndex(part))
                }
            };
            checkpoints.all.push(checkpoint);
        }
        checkpoints.newest = Some(from.bytes()?);
        checkpoints.texts = Texts::load(&mut from)?;
        from.is_done().then_some(checkpoints)
    }
}
