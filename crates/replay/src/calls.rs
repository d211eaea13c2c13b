//! The calls that are not finished, and how long those took that are.

use evscope_trace::{Brief, Event, Nanos, Phase, ThreadId};

const POLL: usize = Event::number_of("poll");

/// The calls each thread is in, outermost first, each with what is to be known of it.
#[derive(Debug)]
pub(crate) struct Calls<T> {
    /// By thread, in the order of their numbers.
    threads: Vec<(ThreadId, Vec<Call<T>>)>,
    /// Where that is whose record came last: mostly the next one is of the same.
    last: usize,
}

impl<T> Default for Calls<T> {
    fn default() -> Self {
        Self {
            threads: Vec::new(),
            last: 0,
        }
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
        let open = self.open(brief.thread);
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
                is_wait: brief.number == POLL,
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

    /// The calls of a thread, for its next record.
    fn open(&mut self, thread: ThreadId) -> &mut Vec<Call<T>> {
        self.last = self.place(thread).unwrap_or_else(|free| {
            self.threads.insert(free, (thread, Vec::new()));
            free
        });
        &mut self.threads[self.last].1
    }

    /// Where a thread is, or where it is to be.
    fn place(&self, thread: ThreadId) -> Result<usize, usize> {
        match self.threads.get(self.last) {
            Some((last, _)) if *last == thread => Ok(self.last),
            _ => self.threads.binary_search_by_key(&thread, |(it, _)| *it),
        }
    }

    /// The calls that a thread is in, the outermost first.
    pub(crate) fn of(&self, thread: ThreadId) -> &[Call<T>] {
        self.place(thread).map_or(&[], |at| &self.threads[at].1)
    }

    /// What is to be known of the call that a thread entered last.
    pub(crate) fn innermost(&mut self, thread: ThreadId) -> Option<&mut T> {
        self.nth_innermost(thread, 0)
    }

    /// What is to be known of a call that has so many calls of its thread inside.
    pub(crate) fn nth_innermost(&mut self, thread: ThreadId, above: usize) -> Option<&mut T> {
        let at = self.place(thread).ok()?;
        let call = self.threads[at].1.iter_mut().nth_back(above)?;
        Some(&mut call.of)
    }

    /// Those that are not finished.
    pub(crate) fn left(&mut self) -> Vec<Call<T>> {
        let threads = std::mem::take(self).threads;
        threads.into_iter().flat_map(|(_, calls)| calls).collect()
    }
}
