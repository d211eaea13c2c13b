//! The calls that are not finished, and how long those took that are.

use std::collections::HashMap;

use evscope_trace::{Nanos, Phase, Record, ThreadId};

/// The calls each thread is in, outermost first.
#[derive(Debug, Default)]
pub(super) struct Calls(HashMap<ThreadId, Vec<Call>>);

/// A call that was entered.
#[derive(Debug)]
pub(super) struct Call {
    /// The step of its enter.
    pub(super) step: usize,
    pub(super) kind: Kind,
    depth: u32,
    t: Nanos,
    /// How long the calls directly inside it took.
    inside: u64,
}

/// What is to be known of a call when it ends.
#[derive(Debug)]
pub(super) enum Kind {
    /// A callback of the program, by its number.
    Callback(usize),
    /// A wait in the backend.
    Poll { timeout: Option<Nanos> },
    /// Its time alone.
    Other,
}

/// How long a call took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) whole: Nanos,
    /// Without the calls inside it.
    pub(super) own: Nanos,
}

/// What a record ends.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Calls whose exit is missing.
    pub(super) lost: Vec<Call>,
    pub(super) ended: Option<(Call, Times)>,
}

impl Calls {
    /// Takes in the next record. The depth decides what is still open, as in the tree of calls, so that a trace with
    /// lost records finds its way back by itself.
    pub(super) fn step(&mut self, step: usize, record: &Record) -> Done {
        let open = self.0.entry(record.thread).or_default();
        let inside = |call: &mut Call| match record.phase {
            Phase::Exit => call.depth > record.depth,
            Phase::Enter | Phase::Point => call.depth >= record.depth,
        };
        let mut done = Done::default();
        while let Some(call) = open.pop_if(inside) {
            done.lost.push(call);
        }
        match record.phase {
            Phase::Enter => open.push(Call {
                step,
                kind: Kind::Other,
                depth: record.depth,
                t: record.t,
                inside: 0,
            }),
            Phase::Exit => {
                if let Some(call) = open.pop_if(|call| call.depth == record.depth) {
                    let whole = record.t.0.saturating_sub(call.t.0);
                    if let Some(around) = open.last_mut() {
                        around.inside = around.inside.saturating_add(whole);
                    }
                    let times = Times {
                        whole: Nanos(whole),
                        own: Nanos(whole.saturating_sub(call.inside)),
                    };
                    done.ended = Some((call, times));
                }
            }
            Phase::Point => {}
        }
        done
    }

    /// Says what the call is that a thread has just entered.
    pub(super) fn is(&mut self, thread: ThreadId, kind: Kind) {
        if let Some(call) = self.0.get_mut(&thread).and_then(|open| open.last_mut()) {
            call.kind = kind;
        }
    }

    /// Those that are not finished.
    pub(super) fn left(&mut self) -> Vec<Call> {
        self.0.drain().flat_map(|(_, open)| open).collect()
    }
}
