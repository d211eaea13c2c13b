//! The tree of calls: which step is inside which, and what a view at a level shows.

use std::collections::HashMap;

use evscope_trace::{Event, Level, Phase, Record, ThreadId};

use crate::Trace;

/// Who encloses whom. It grows with the trace.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    /// The lowest level that shows each step, or [`NEVER`]. Asked for every step of a trace when the
    /// level changes, so it lies apart: a million of them are a megabyte.
    shown_from: Vec<u8>,
    /// The calls that are not finished, outermost first.
    open: HashMap<ThreadId, Vec<Open>>,
}

/// A step's place. Step numbers are kept in 32 bits, 4 billion records being more than memory holds.
#[derive(Debug, Clone, Copy)]
struct Node {
    parent: u32,
    /// The other half: an enter's exit, an exit's enter; its own number while there is none.
    partner: u32,
    /// The last step of this thread inside it, for a call; otherwise its own number.
    last: u32,
}

#[derive(Debug, Clone)]
struct Open {
    step: u32,
    depth: u32,
}

const NONE: u32 = u32::MAX;
const NEVER: u8 = u8::MAX;

/// The lowest level that shows a record. What a call does is told by its enter, so exits are left out,
/// save the two that carry a result: that of `poll` and that of `event_base_loop`.
fn shown_from(record: &Record) -> u8 {
    let tells = record.phase != Phase::Exit
        || matches!(
            record.event,
            Event::Poll { .. } | Event::EventBaseLoop { .. }
        );
    if tells {
        record.level().number()
    } else {
        NEVER
    }
}

/// Whether a view at `level` shows a record.
pub(crate) fn is_shown(record: &Record, level: Level) -> bool {
    shown_from(record) <= level.number()
}

impl Tree {
    /// Adds the next record. The depth decides what is still open, so that a trace with lost records
    /// finds its way back by itself: a call whose exit is missing ends where its surroundings end.
    pub(crate) fn push(&mut self, record: &Record) {
        let step = self.nodes.len() as u32;
        let open = self.open.entry(record.thread).or_default();
        let inside = |call: &Open| match record.phase {
            Phase::Exit => call.depth > record.depth,
            Phase::Enter | Phase::Point => call.depth >= record.depth,
        };
        while open.last().is_some_and(inside) {
            open.pop();
        }
        let mut node = Node {
            parent: NONE,
            partner: step,
            last: step,
        };
        match record.phase {
            Phase::Exit => {
                if let Some(call) = open.pop_if(|call| call.depth == record.depth) {
                    node.partner = call.step;
                    self.nodes[call.step as usize].partner = step;
                    self.nodes[call.step as usize].last = step;
                }
            }
            Phase::Enter | Phase::Point => {}
        }
        for call in open.iter() {
            self.nodes[call.step as usize].last = step;
        }
        node.parent = open.last().map_or(NONE, |call| call.step);
        if record.phase == Phase::Enter {
            open.push(Open {
                step,
                depth: record.depth,
            });
        }
        self.nodes.push(node);
        self.shown_from.push(shown_from(record));
    }
}

impl Trace {
    /// The call that encloses a step, on its thread.
    pub fn parent(&self, step: usize) -> Option<usize> {
        let parent = self.tree.nodes.get(step)?.parent;
        (parent != NONE).then_some(parent as usize)
    }

    /// The calls that enclose a step, the nearest first.
    pub fn ancestors(&self, step: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.parent(step), |step| self.parent(*step))
    }

    /// Where a call ends: its exit, or the last step inside it so far while it is not finished. A step
    /// that is no call ends where it is.
    pub fn end(&self, step: usize) -> usize {
        self.tree
            .nodes
            .get(step)
            .map_or(step, |node| node.last as usize)
    }

    /// Where a call begins, given its exit. Any other step begins where it is.
    pub fn begin(&self, step: usize) -> usize {
        match (self.get(step), self.tree.nodes.get(step)) {
            (Some(record), Some(node)) if record.phase == Phase::Exit => node.partner as usize,
            _ => step,
        }
    }

    /// The exit of a call, if it has returned.
    pub fn exit_of(&self, step: usize) -> Option<usize> {
        let partner = self.tree.nodes.get(step)?.partner as usize;
        (partner > step).then_some(partner)
    }

    /// Whether `call` encloses `step`; a call's own exit is not inside it.
    pub fn encloses(&self, call: usize, step: usize) -> bool {
        self.ancestors(step).any(|ancestor| ancestor == call)
    }

    /// Whether a view at `level` shows a step. What a call does is told by its enter, so exits are
    /// left out, save the two that carry a result: that of `poll` and that of `event_base_loop`.
    pub fn is_shown(&self, step: usize, level: Level) -> bool {
        let from = self.tree.shown_from.get(step);
        from.is_some_and(|from| *from <= level.number())
    }

    /// The steps from `from` on that a view at `level` shows, in order.
    pub fn shown(&self, from: usize, level: Level) -> impl Iterator<Item = usize> + '_ {
        let levels = self.tree.shown_from.get(from..).unwrap_or_default();
        let shown = move |(i, least): (usize, &u8)| (*least <= level.number()).then_some(from + i);
        levels.iter().enumerate().filter_map(shown)
    }

    /// How many steps from `from` on a view at `level` shows.
    pub fn count_shown(&self, from: usize, level: Level) -> usize {
        let levels = self.tree.shown_from.get(from..).unwrap_or_default();
        levels
            .iter()
            .filter(|least| **least <= level.number())
            .count()
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
                if is_child && self.record(child).phase != Phase::Exit {
                    return Some(child);
                }
            }
            None
        })
    }
}
