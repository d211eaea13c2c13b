//! The calls that are not finished, and how long those took that are.

use std::collections::BTreeMap;

use evscope_trace::{Brief, Nanos, Phase, ThreadId};

/// The calls each thread is in, outermost first, each with what is to be known of it.
#[derive(Debug)]
pub(crate) struct Calls<T>(BTreeMap<ThreadId, Vec<Call<T>>>);

impl<T> Default for Calls<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

/// A call that was entered.
#[derive(Debug)]
pub struct Call<T> {
    /// The step of its enter.
    pub step: usize,
    /// What is to be known of it.
    pub of: T,
    depth: u32,
    t: Nanos,
    is_wait: bool,
    /// How long the calls directly inside it took.
    inside: u64,
    /// How long the waits in the backend took, however deep inside it.
    waited: u64,
}

/// How long a call took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// From its enter to its exit.
    pub whole: Nanos,
    /// Without the calls inside it.
    pub own: Nanos,
    /// Waiting in the backend.
    pub waited: Nanos,
}

/// What a record ends.
#[derive(Debug)]
pub(crate) struct Done<T> {
    /// Calls whose exit is missing.
    pub(crate) lost: Vec<Call<T>>,
    pub(crate) ended: Option<(Call<T>, Times)>,
}

impl<T> Calls<T> {
    /// Takes in the next record; a call that begins with it is `of`. The depth decides what is still open, as in the
    /// tree of calls, so that a trace with lost records finds its way back by itself.
    pub(crate) fn step(&mut self, step: usize, brief: &Brief, of: impl FnOnce() -> T) -> Done<T> {
        let open = self.0.entry(brief.thread).or_default();
        let inside = |call: &mut Call<T>| match brief.phase {
            Phase::Exit => call.depth > brief.depth,
            Phase::Enter | Phase::Point => call.depth >= brief.depth,
        };
        let mut done = Done {
            lost: Vec::new(),
            ended: None,
        };
        while let Some(call) = open.pop_if(inside) {
            if let Some(around) = open.last_mut() {
                around.waited = around.waited.saturating_add(call.waited);
            }
            done.lost.push(call);
        }
        match brief.phase {
            Phase::Enter => open.push(Call {
                step,
                of: of(),
                depth: brief.depth,
                t: brief.t,
                is_wait: brief.kind.is_some_and(|kind| kind.name == "poll"),
                inside: 0,
                waited: 0,
            }),
            Phase::Exit => {
                if let Some(call) = open.pop_if(|call| call.depth == brief.depth) {
                    let whole = brief.t.0.saturating_sub(call.t.0);
                    if let Some(around) = open.last_mut() {
                        around.inside = around.inside.saturating_add(whole);
                        let own_wait = if call.is_wait { whole } else { 0 };
                        around.waited = around
                            .waited
                            .saturating_add(call.waited)
                            .saturating_add(own_wait);
                    }
                    let waited = if call.is_wait { whole } else { call.waited };
                    let times = Times {
                        whole: Nanos(whole),
                        own: Nanos(whole.saturating_sub(call.inside)),
                        waited: Nanos(waited),
                    };
                    done.ended = Some((call, times));
                }
            }
            Phase::Point => {}
        }
        done
    }

    /// The calls that a thread is in, the outermost first.
    pub(crate) fn of(&self, thread: ThreadId) -> &[Call<T>] {
        self.0.get(&thread).map_or(&[], Vec::as_slice)
    }

    /// What is to be known of the call that a thread entered last.
    pub(crate) fn innermost(&mut self, thread: ThreadId) -> Option<&mut T> {
        self.nth_innermost(thread, 0)
    }

    /// What is to be known of a call that has so many calls of its thread inside.
    pub(crate) fn nth_innermost(&mut self, thread: ThreadId, above: usize) -> Option<&mut T> {
        let call = self.0.get_mut(&thread)?.iter_mut().nth_back(above)?;
        Some(&mut call.of)
    }

    /// Those that are not finished.
    pub(crate) fn left(&mut self) -> Vec<Call<T>> {
        std::mem::take(&mut self.0)
            .into_values()
            .flatten()
            .collect()
    }
}
