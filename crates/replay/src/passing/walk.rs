//! Goes through a trace step by step, with the calls around each.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use evscope_trace::{Brief, Lane, Level, Phase, ReadError, Record};

use super::outline::Outline;
use super::records::Records;
use crate::calls::{Call, Calls, Times};
use crate::known::Owners;
use crate::query::Seen;
use crate::{State, tree};

/// How many steps are looked at ahead, where it matters how long a call takes: nearly all calls return within so many.
pub(super) const WINDOW: usize = 2048;

/// How a trace is gone through.
#[derive(Debug)]
pub struct Walk<'a> {
    outline: &'a Outline,
    /// Whether it is looked ahead for the times of calls.
    ahead: bool,
    state: Option<State>,
}

/// What is kept of a call while it runs.
#[derive(Debug, Clone, Copy)]
pub struct Around {
    /// Its level.
    pub level: Level,
    /// Who acts in it.
    pub lane: Lane,
    /// Whether it was chosen.
    pub is_chosen: bool,
}

/// A step that goes by.
pub struct Passing<'a> {
    /// Its number.
    pub step: usize,
    /// Its record.
    pub record: &'a Record,
    /// Where its call begins, given its exit; any other step begins where it is.
    pub begin: usize,
    /// Whether it is chosen: a call is as a whole.
    pub is_chosen: bool,
    /// Whether another chosen call is running, on any thread.
    pub is_chosen_running: bool,
    /// The calls around it, the outermost first; that which it begins or ends is not among them.
    pub around: &'a [Call<Around>],
    /// Of a call how long it took: at its exit, and at its enter too if it is looked ahead.
    pub times: Option<Times>,
    /// What must be known to say it in words.
    pub known: &'a Owners,
    /// The state after it, if that is asked for.
    pub state: Option<&'a State>,
}

impl Passing<'_> {
    /// How far a view at a level indents it.
    pub fn indent(&self, level: Level) -> usize {
        let shown = self.around.iter().filter(|call| call.of.level <= level);
        shown.count()
    }

    /// Whether a view at a level shows it.
    pub fn is_shown(&self, level: Level) -> bool {
        tree::is_shown(self.record, level)
    }

    /// As a query looks at it.
    pub fn seen(&self) -> Seen<'_> {
        // Of a call it is the enter that has its times.
        let times = self.times.filter(|_| self.record.phase == Phase::Enter);
        Seen::passing(self.record, self.known, self.state, times)
    }
}

/// A record that is looked ahead at.
struct Ahead {
    record: Box<Record>,
    times: Option<Times>,
}

/// What is known at the step that is told.
struct Front<'a> {
    outline: &'a Outline,
    ahead: bool,
    step: usize,
    calls: Calls<Around>,
    known: Owners,
    state: Option<State>,
    /// How many chosen calls are running.
    running: usize,
}

impl<'a> Walk<'a> {
    /// Through the trace of an outline.
    pub fn new(outline: &'a Outline) -> Self {
        Self {
            outline,
            ahead: false,
            state: None,
        }
    }

    /// Tells how long a call takes at its enter.
    #[must_use]
    pub fn looking_ahead(self, ahead: bool) -> Self {
        Self { ahead, ..self }
    }

    /// With the state after each step.
    #[must_use]
    pub fn with_state(self, wanted: bool) -> Self {
        Self {
            state: wanted.then(State::new),
            ..self
        }
    }

    /// Goes through the records. `choose` says of each call, and of each step that is none, whether it is chosen;
    /// `tell` takes every step, until it has seen enough.
    ///
    /// # Errors
    /// Where the trace cannot be read, or that of `tell`.
    pub fn run<E: From<ReadError>>(
        self,
        records: &dyn Records,
        mut choose: impl FnMut(&Passing<'_>) -> bool,
        mut tell: impl FnMut(&Passing<'_>) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let mut front = Front {
            outline: self.outline,
            ahead: self.ahead,
            step: 0,
            calls: Calls::default(),
            known: Owners::default(),
            state: self.state,
            running: 0,
        };
        front.known.has_threads = self.outline.has_threads();
        let mut window: VecDeque<Ahead> = VecDeque::new();
        let mut back = Calls::default();
        let mut read = 0;
        let mut failed = None;
        let mut told = |front: &mut Front<'_>, record: &Record, times| {
            let told = front.tell(record, times, &mut choose, &mut tell);
            told.unwrap_or_else(|error| {
                failed = Some(error);
                ControlFlow::Break(())
            })
        };
        let mut is_over = false;
        records.each(&mut |record| {
            // A trace that grows has more than it had.
            if read == self.outline.records {
                return ControlFlow::Break(());
            }
            if !self.ahead {
                read += 1;
                is_over = told(&mut front, record, None).is_break();
            } else {
                let is_full = window.len() == WINDOW;
                if let Some((call, times)) = back.step(read, &Brief::from(&**record), || ()).ended
                    && let Some(at) = call.step.checked_sub(front.step)
                    && let Some(enter) = window.get_mut(at)
                {
                    enter.times = Some(times);
                }
                read += 1;
                // The new one takes the place of the first, which goes back to where records come from.
                let first = is_full.then(|| window.pop_front()).flatten();
                let place = match first {
                    Some(Ahead { record, times }) => {
                        is_over = told(&mut front, &record, times).is_break();
                        record
                    }
                    None => record.clone(),
                };
                window.push_back(Ahead {
                    record: std::mem::replace(record, place),
                    times: None,
                });
            }
            // Also what comes after the last may be wrong.
            match is_over || read == self.outline.records {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        for Ahead { record, times } in window {
            if is_over {
                break;
            }
            is_over = told(&mut front, &record, times).is_break();
        }
        failed.map_or(Ok(()), Err)
    }
}

impl Front<'_> {
    fn tell<E>(
        &mut self,
        record: &Record,
        times: Option<Times>,
        choose: &mut impl FnMut(&Passing<'_>) -> bool,
        tell: &mut impl FnMut(&Passing<'_>) -> Result<ControlFlow<()>, E>,
    ) -> Result<ControlFlow<()>, E> {
        let step = self.step;
        self.step += 1;
        self.known.note(record);
        if let Some(state) = &mut self.state {
            state.apply(record);
        }
        let done = self.calls.step(step, &Brief::from(record), || Around {
            level: record.level(),
            lane: record.event.lane(),
            is_chosen: false,
        });
        let over = done
            .lost
            .iter()
            .chain(done.ended.as_ref().map(|(call, _)| call));
        self.running -= over.filter(|call| call.of.is_chosen).count();
        let is_enter = record.phase == Phase::Enter;
        let open = self.calls.of(record.thread);
        let mut passing = Passing {
            step,
            record,
            begin: step,
            is_chosen: false,
            is_chosen_running: self.running > 0,
            around: &open[..open.len() - usize::from(is_enter)],
            times: times.or_else(|| self.outline.long.get(&step).filter(|_| self.ahead).copied()),
            known: &self.known,
            state: self.state.as_ref(),
        };
        match &done.ended {
            Some((call, times)) => {
                passing.begin = call.step;
                passing.is_chosen = call.of.is_chosen;
                passing.times = Some(*times);
            }
            None => passing.is_chosen = choose(&passing),
        }
        let told = tell(&passing)?;
        if is_enter && passing.is_chosen {
            self.running += 1;
            if let Some(call) = self.calls.innermost(record.thread) {
                call.is_chosen = true;
            }
        }
        Ok(told)
    }
}
