//! A hundred steps of the tree in a few bytes each.

use std::io::{self, Write};

use evscope_trace::{Lane, Level, Nanos, Phase, Record};

use crate::index::{Reading, Writing};

/// How many steps are in a block.
pub(super) const BLOCK: usize = 128;

/// No step.
pub(super) const NONE: u32 = u32::MAX;

/// Codes from here on are places in the block's list of far steps; before, steps of the block.
const FAR: u8 = BLOCK as u8;
/// The step is told elsewhere: the list is full.
const ODD: u8 = u8::MAX;
/// As many far steps have a place.
const MOST_FAR: usize = (ODD - FAR) as usize;

/// The steps from a multiple of [`BLOCK`] on.
#[derive(Debug, Clone)]
pub(super) struct Block {
    parents: [u8; BLOCK],
    partners: [u8; BLOCK],
    kinds: [StepKind; BLOCK],
    /// The steps of other blocks that are named here.
    far: Vec<u32>,
    /// How many steps are shown before this block at each level.
    pub(super) shown: [u32; 3],
    /// When its first step is.
    pub(super) t: Nanos,
    /// The most calls that are around a step.
    pub(super) deepest: u32,
    /// How many steps there are of each lane.
    pub(super) lanes: [u8; 4],
}

/// What a step is related to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Relation {
    /// The call around it.
    Parent,
    /// The other half: an enter's exit, an exit's enter; its own number while there is none.
    Partner,
}

/// What is asked of many steps at once, so that their records are not looked at: the lowest level that shows it, its
/// phase, and who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StepKind(u8);

/// In place of a level: no view shows it.
const NEVER: u8 = 0;

impl StepKind {
    pub(super) fn of(record: &Record, shown_from: Option<Level>) -> Self {
        let level = shown_from.map_or(NEVER, Level::number);
        Self(level | (record.phase as u8) << 2 | (record.event.lane() as u8) << 4)
    }

    pub(super) fn is_shown(self, level: Level) -> bool {
        let from = self.0 & 3;
        from != NEVER && from <= level.number()
    }

    pub(super) fn phase(self) -> Phase {
        match self.0 >> 2 & 3 {
            0 => Phase::Enter,
            1 => Phase::Exit,
            _ => Phase::Point,
        }
    }

    pub(super) fn lane(self) -> Lane {
        Lane::ALL[usize::from(self.0 >> 4 & 3)]
    }
}

impl Block {
    /// A block whose first step is at this time, with so many steps shown before it.
    pub(super) fn new(shown: [u32; 3], t: Nanos) -> Self {
        Self {
            parents: [0; BLOCK],
            partners: [0; BLOCK],
            kinds: [StepKind(NEVER); BLOCK],
            far: Vec::new(),
            shown,
            t,
            deepest: 0,
            lanes: [0; 4],
        }
    }

    /// Notes what the step at a place is.
    pub(super) fn put(&mut self, at: usize, kind: StepKind, depth: u32) {
        self.kinds[at] = kind;
        self.deepest = self.deepest.max(depth);
        self.lanes[kind.lane() as usize] += 1;
    }

    pub(super) fn kinds(&self) -> &[StepKind; BLOCK] {
        &self.kinds
    }

    /// What the step at a place is related to; `None` if that is told elsewhere. `first` is the block's first step.
    pub(super) fn get(&self, relation: Relation, at: usize, first: u32) -> Option<u32> {
        let code = match relation {
            Relation::Parent => self.parents[at],
            Relation::Partner => self.partners[at],
        };
        match code {
            ODD => None,
            FAR.. => self.far.get(usize::from(code - FAR)).copied(),
            near => Some(first + u32::from(near)),
        }
    }

    /// Notes what the step at a place is related to; false if that is to be told elsewhere.
    pub(super) fn set(&mut self, relation: Relation, at: usize, first: u32, step: u32) -> bool {
        let code = match step.checked_sub(first) {
            Some(near) if near < BLOCK as u32 => near as u8,
            _ => self.far(step),
        };
        match relation {
            Relation::Parent => self.parents[at] = code,
            Relation::Partner => self.partners[at] = code,
        }
        code != ODD
    }

    /// Writes it down.
    pub(super) fn save<W: Write>(&self, to: &mut Writing<W>) -> io::Result<()> {
        to.raw(&self.parents)?;
        to.raw(&self.partners)?;
        to.raw(&self.kinds.map(|kind| kind.0))?;
        to.number(self.far.len() as u64)?;
        for far in &self.far {
            to.number(u64::from(*far))?;
        }
        for shown in self.shown {
            to.number(shown.into())?;
        }
        to.raw(&self.lanes)?;
        to.number(self.t.0)?;
        to.number(self.deepest.into())
    }

    /// Reads one that was written down.
    pub(super) fn load(from: &mut Reading) -> Option<Self> {
        Some(Self {
            parents: from.raw()?,
            partners: from.raw()?,
            kinds: from.raw()?.map(StepKind),
            far: {
                let far = from.count().filter(|far| *far <= MOST_FAR)?;
                (0..far).map(|_| from.narrow()).collect::<Option<_>>()?
            },
            shown: [from.narrow()?, from.narrow()?, from.narrow()?],
            lanes: from.raw()?,
            t: Nanos(from.number()?),
            deepest: from.narrow()?,
        })
    }

    fn far(&mut self, step: u32) -> u8 {
        // What was named last is named again.
        let at = match self.far.iter().rposition(|far| *far == step) {
            Some(at) => at,
            None if self.far.len() < MOST_FAR => {
                self.far.push(step);
                self.far.len() - 1
            }
            None => return ODD,
        };
        FAR + at as u8
    }
}
