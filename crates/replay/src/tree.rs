//! The tree of calls: which step is inside which, and what a view at a level shows.
//!
//! It takes four bytes a step, in blocks: most steps are related to others that are near.

mod block;

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use evscope_trace::{Event, Lane, Level, Nanos, Phase, Record, ThreadId};

use crate::Trace;
use crate::index::{Reading, Writing};
use block::{BLOCK, Block, NONE, Relation, StepKind};

/// Who encloses whom. It grows with the trace. Step numbers are kept in 32 bits: 4 billion records are more than memory
/// holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    /// Shared with copies of the trace.
    blocks: Vec<Arc<Block>>,
    len: usize,
    /// What has no room in its block: a trace of many threads that take turns has some.
    odd: HashMap<(u32, bool), u32>,
    threads: HashMap<ThreadId, Thread>,
    /// The last steps in calls that have no exit.
    unfinished: HashMap<u32, u32>,
}

/// What a thread is in.
#[derive(Debug, Clone, Default)]
struct Thread {
    /// The calls that are not finished, outermost first.
    open: Vec<Open>,
    /// Its last step.
    last: u32,
}

#[derive(Debug, Clone)]
struct Open {
    step: u32,
    depth: u32,
}

/// Some steps in a row, of which it is known what they have in common without a look at their records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The first of them.
    pub first: usize,
    /// How many they are.
    pub steps: u32,
    /// When the first one is.
    pub t: Nanos,
    /// The most calls that are around one.
    pub deepest: u32,
    /// How many there are of each lane, in the order of [`Lane::ALL`].
    pub lanes: [u8; 4],
}

/// The lowest level that shows a record. What a call does is told by its enter, so exits are left out,
/// save the two that carry a result: that of `poll` and that of `event_base_loop`.
fn shown_from(record: &Record) -> Option<Level> {
    let tells = record.phase != Phase::Exit
        || matches!(
            record.event,
            Event::Poll { .. } | Event::EventBaseLoop { .. }
        );
    tells.then(|| record.level())
}

/// Whether a view at `level` shows a record.
pub(crate) fn is_shown(record: &Record, level: Level) -> bool {
    shown_from(record).is_some_and(|from| from <= level)
}

impl Tree {
    /// Adds the next record. The depth decides what is still open, so that a trace with lost records
    /// finds its way back by itself: a call whose exit is missing ends where its surroundings end.
    pub(crate) fn push(&mut self, record: &Record) {
        let step = self.len as u32;
        let thread = self.threads.entry(record.thread).or_default();
        let inside = |call: &Open| match record.phase {
            Phase::Exit => call.depth > record.depth,
            Phase::Enter | Phase::Point => call.depth >= record.depth,
        };
        while let Some(call) = thread.open.pop_if(|call| inside(call)) {
            self.unfinished.insert(call.step, thread.last);
        }
        let ends = match record.phase {
            Phase::Exit => thread.open.pop_if(|call| call.depth == record.depth),
            Phase::Enter | Phase::Point => None,
        };
        let parent = thread.open.last().map_or(NONE, |call| call.step);
        thread.last = step;
        if record.phase == Phase::Enter {
            thread.open.push(Open {
                step,
                depth: record.depth,
            });
        }
        if self.len.is_multiple_of(BLOCK) {
            self.add_block(record.t);
        }
        self.len += 1;
        let kind = StepKind::of(record, shown_from(record));
        let partner = ends.as_ref().map_or(step, |call| call.step);
        let (block, at) = (step as usize / BLOCK, step as usize % BLOCK);
        let first = (block * BLOCK) as u32;
        let block = Arc::make_mut(&mut self.blocks[block]);
        block.put(at, kind, record.depth);
        for (relation, to) in [(Relation::Parent, parent), (Relation::Partner, partner)] {
            if !block.set(relation, at, first, to) {
                self.odd.insert(key_of(relation, step), to);
            }
        }
        if let Some(call) = ends {
            self.set(Relation::Partner, call.step, step);
        }
    }

    /// How many steps there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    fn add_block(&mut self, t: Nanos) {
        let block = Block::new(self.shown(), t);
        self.blocks.push(Arc::new(block));
    }

    /// How many steps each level shows of the blocks so far.
    fn shown(&self) -> [u32; 3] {
        let Some(last) = self.blocks.last() else {
            return [0; 3];
        };
        [Level::Program, Level::Walkthrough, Level::Everything].map(|level| {
            let before = last.shown[place(level)];
            before + count(last.kinds(), level) as u32
        })
    }

    /// Writes the tree down.
    pub(crate) fn save<W: Write>(&self, to: &mut Writing<W>) -> io::Result<()> {
        to.number(self.len as u64)?;
        for block in &self.blocks {
            block.save(to)?;
        }
        to.number(self.odd.len() as u64)?;
        for ((step, is_partner), odd) in &self.odd {
            to.number(u64::from(*step) << 1 | u64::from(*is_partner))?;
            to.number((*odd).into())?;
        }
        to.number(self.unfinished.len() as u64)?;
        for (step, last) in &self.unfinished {
            to.number((*step).into())?;
            to.number((*last).into())?;
        }
        to.number(self.threads.len() as u64)?;
        for (id, thread) in &self.threads {
            to.number(id.0.into())?;
            to.number(thread.last.into())?;
            to.number(thread.open.len() as u64)?;
            for call in &thread.open {
                to.number(call.step.into())?;
                to.number(call.depth.into())?;
            }
        }
        Ok(())
    }

    /// Reads a tree that was written down.
    pub(crate) fn load(from: &mut Reading) -> Option<Self> {
        let len = from.count()?;
        let blocks = (0..len.div_ceil(BLOCK)).map(|_| Block::load(from).map(Arc::new));
        let mut tree = Self {
            blocks: blocks.collect::<Option<_>>()?,
            len,
            ..Self::default()
        };
        for _ in 0..from.count()? {
            let key = from.number()?;
            let key = (u32::try_from(key >> 1).ok()?, key & 1 != 0);
            tree.odd.insert(key, from.narrow()?);
        }
        for _ in 0..from.count()? {
            let step = from.narrow()?;
            tree.unfinished.insert(step, from.narrow()?);
        }
        for _ in 0..from.count()? {
            let id = ThreadId(from.narrow()?);
            let mut thread = Thread {
                last: from.narrow()?,
                open: Vec::new(),
            };
            for _ in 0..from.count()? {
                let (step, depth) = (from.narrow()?, from.narrow()?);
                thread.open.push(Open { step, depth });
            }
            tree.threads.insert(id, thread);
        }
        Some(tree)
    }

    fn set(&mut self, relation: Relation, step: u32, to: u32) {
        let (block, at) = (step as usize / BLOCK, step as usize % BLOCK);
        let first = (block * BLOCK) as u32;
        if !Arc::make_mut(&mut self.blocks[block]).set(relation, at, first, to) {
            self.odd.insert(key_of(relation, step), to);
        }
    }

    fn get(&self, relation: Relation, step: usize) -> Option<u32> {
        if step >= self.len {
            return None;
        }
        let first = step / BLOCK * BLOCK;
        let near = self.blocks[step / BLOCK].get(relation, step % BLOCK, first as u32);
        near.or_else(|| {
            let odd = self.odd.get(&key_of(relation, step as u32));
            odd.copied()
        })
    }

    fn kind(&self, step: usize) -> Option<StepKind> {
        let block = self.blocks.get(step / BLOCK).filter(|_| step < self.len)?;
        Some(block.kinds()[step % BLOCK])
    }

    /// The kinds of the steps of a block that are there.
    fn kinds(&self, block: usize) -> &[StepKind] {
        let there = self.len.saturating_sub(block * BLOCK).min(BLOCK);
        let block = self.blocks.get(block);
        block.map_or(&[], |block| &block.kinds()[..there])
    }

    /// The last step in a call that has no exit; that of any other step is its own.
    fn last_in(&self, step: u32) -> u32 {
        if let Some(last) = self.unfinished.get(&step) {
            return *last;
        }
        let of = |thread: &&Thread| {
            let open = &thread.open;
            open.binary_search_by_key(&step, |call| call.step).is_ok()
        };
        self.threads
            .values()
            .find(of)
            .map_or(step, |thread| thread.last)
    }
}

/// What is told elsewhere is found by this.
fn key_of(relation: Relation, step: u32) -> (u32, bool) {
    (step, matches!(relation, Relation::Partner))
}

/// The place of a level's count.
fn place(level: Level) -> usize {
    usize::from(level.number()) - 1
}

fn count(kinds: &[StepKind], level: Level) -> usize {
    kinds.iter().filter(|kind| kind.is_shown(level)).count()
}

impl Trace {
    /// So many steps are in a part of the [profile](Self::profile): each begins at a multiple of it.
    pub const PROFILE: usize = BLOCK;

    /// The call that encloses a step, on its thread.
    pub fn parent(&self, step: usize) -> Option<usize> {
        // None is a number beyond all steps.
        let parent = self.tree.get(Relation::Parent, step)? as usize;
        (parent < step).then_some(parent)
    }

    /// The calls that enclose a step, the nearest first.
    pub fn ancestors(&self, step: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.parent(step), |step| self.parent(*step))
    }

    /// Where a call ends: its exit, or the last step inside it so far while it is not finished. A step
    /// that is no call ends where it is.
    pub fn end(&self, step: usize) -> usize {
        match (self.exit_of(step), self.phase(step)) {
            (Some(exit), _) => exit,
            (None, Some(Phase::Enter)) => {
                let last = self.tree.last_in(step as u32) as usize;
                last.clamp(step, self.tree.len - 1)
            }
            (None, _) => step,
        }
    }

    /// Where a call begins, given its exit. Any other step begins where it is.
    pub fn begin(&self, step: usize) -> usize {
        match (self.phase(step), self.tree.get(Relation::Partner, step)) {
            (Some(Phase::Exit), Some(partner)) => step.min(partner as usize),
            _ => step,
        }
    }

    /// The exit of a call, if it has returned.
    pub fn exit_of(&self, step: usize) -> Option<usize> {
        let partner = self.tree.get(Relation::Partner, step)? as usize;
        (partner > step && partner < self.tree.len).then_some(partner)
    }

    /// Whether `call` encloses `step`; a call's own exit is not inside it.
    pub fn encloses(&self, call: usize, step: usize) -> bool {
        self.ancestors(step).any(|ancestor| ancestor == call)
    }

    /// Whether a step begins a call, ends one, or is whole; its record is not looked at for it.
    pub fn phase(&self, step: usize) -> Option<Phase> {
        self.tree.kind(step).map(StepKind::phase)
    }

    /// Who acts in a step; its record is not looked at for it.
    pub fn lane(&self, step: usize) -> Option<Lane> {
        self.tree.kind(step).map(StepKind::lane)
    }

    /// Whether a view at `level` shows a step. What a call does is told by its enter, so exits are
    /// left out, save the two that carry a result: that of `poll` and that of `event_base_loop`.
    pub fn is_shown(&self, step: usize, level: Level) -> bool {
        self.tree
            .kind(step)
            .is_some_and(|kind| kind.is_shown(level))
    }

    /// The steps from `from` on that a view at `level` shows, in order.
    pub fn shown(&self, from: usize, level: Level) -> impl Iterator<Item = usize> + '_ {
        (from / BLOCK..self.tree.blocks.len()).flat_map(move |block| {
            let first = block * BLOCK;
            let kinds = self.tree.kinds(block);
            (from.saturating_sub(first).min(kinds.len())..kinds.len())
                .filter(move |at| kinds[*at].is_shown(level))
                .map(move |at| first + at)
        })
    }

    /// The steps before `end` that a view at `level` shows, the last one first.
    pub fn shown_back(&self, end: usize, level: Level) -> impl Iterator<Item = usize> + '_ {
        let end = end.min(self.tree.len);
        (0..end.div_ceil(BLOCK)).rev().flat_map(move |block| {
            let first = block * BLOCK;
            let kinds = self.tree.kinds(block);
            (0..kinds.len().min(end - first))
                .rev()
                .filter(move |at| kinds[*at].is_shown(level))
                .map(move |at| first + at)
        })
    }

    /// How many steps from `from` on a view at `level` shows.
    pub fn count_shown(&self, from: usize, level: Level) -> usize {
        let before = self.shown_before(from, level);
        self.shown_before(self.tree.len, level)
            .saturating_sub(before)
    }

    /// How many of the steps before `end` a view at `level` shows. That takes no longer at the end of a long trace.
    pub fn shown_before(&self, end: usize, level: Level) -> usize {
        let end = end.min(self.tree.len);
        let Some(at) = end.checked_sub(1).map(|last| last / BLOCK) else {
            return 0;
        };
        let before = self.tree.blocks[at].shown[place(level)] as usize;
        before + count(&self.tree.kinds(at)[..end - at * BLOCK], level)
    }

    /// The step that a view at `level` shows after so many others, found as quickly.
    pub fn nth_shown(&self, n: usize, level: Level) -> Option<usize> {
        let blocks = &self.tree.blocks;
        let behind = blocks.partition_point(|block| block.shown[place(level)] as usize <= n);
        let at = behind.checked_sub(1)?;
        let left = n.checked_sub(blocks[at].shown[place(level)] as usize)?;
        let kinds = self.tree.kinds(at).iter().enumerate();
        let mut shown = kinds.filter(|(_, kind)| kind.is_shown(level));
        shown.nth(left).map(|(within, _)| at * BLOCK + within)
    }

    /// The profile of the trace, from the steps around `from` on.
    pub fn profile(&self, from: usize) -> impl Iterator<Item = Profile> + '_ {
        let blocks = self.tree.blocks.iter().enumerate().skip(from / BLOCK);
        blocks.map(|(at, block)| Profile {
            first: at * BLOCK,
            steps: self.tree.kinds(at).len() as u32,
            t: block.t,
            deepest: block.deepest,
            lanes: block.lanes,
        })
    }

    /// How many steps come before the first whose time is not `before`; later times are not either.
    pub fn count_while(&self, before: impl Fn(Nanos) -> bool) -> usize {
        let blocks = &self.tree.blocks;
        let Some(at) = blocks
            .partition_point(|block| before(block.t))
            .checked_sub(1)
        else {
            return 0;
        };
        let (mut low, mut high) = (at * BLOCK, self.tree.len.min((at + 1) * BLOCK));
        while low < high {
            let middle = low + (high - low) / 2;
            match before(self.record(middle).t) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        low
    }

    /// How far a view at `level` indents a step: how many of the calls around it are shown.
    pub fn indent(&self, step: usize, level: Level) -> usize {
        self.ancestors(step)
            .filter(|call| self.is_shown(*call, level))
            .count()
    }

    /// The steps directly inside a call, without the exits.
    pub fn children(&self, step: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.end(step);
        let mut next = step + 1;
        std::iter::from_fn(move || {
            while next <= end {
                let child = next;
                let is_child = self.parent(child) == Some(step);
                next = if is_child { self.end(child) } else { child } + 1;
                if is_child && self.phase(child) != Some(Phase::Exit) {
                    return Some(child);
                }
            }
            None
        })
    }
}
