//! Goes through a trace step by step, with the calls around each.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use evscope_trace::{Brief, Lane, Level, Line, Phase, ReadError, Record};

use super::ahead::Look;
use super::outline::{End, Outline};
use super::records::Records;
use super::sheet;
use super::told::{self, Noted, Notes, Told};
use crate::calls::{Call, Calls, Times};
use crate::known::Owners;
use crate::query::Seen;
use crate::{State, tree};

/// So many steps are looked at ahead, or a few more, where it matters how long a call takes: nearly all calls return within so
/// many. They stay in a processor's memory.
pub(super) const WINDOW: usize = 256;

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
    pub fn run<'r, E: From<ReadError>>(
        self,
        records: impl Into<Records<'r>>,
        choose: impl FnMut(&Passing<'_>) -> bool,
        mut tell: impl FnMut(&Passing<'_>) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let note = |passing: &Passing<'_>| {
            tell(passing).map(|seen| match seen {
                ControlFlow::Continue(()) => ControlFlow::Continue(None),
                ControlFlow::Break(()) => ControlFlow::Break(None),
            })
        };
        let writer = || |_: &Told<'_, ()>, _: &mut Vec<u8>| ();
        self.write(records, choose, note, writer, |_| Ok(()))?;
        Ok(())
    }

    /// As [`run`](Self::run) where steps are written down, which takes most of the time and is done by two threads. `note`
    /// takes every step in place of `tell`, and notes what only the steps before it tell; of a step that it says nothing of
    /// nothing is written. `writer` makes what writes a step from its record and that note, and it may know no other steps:
    /// each thread has its own. `put` takes the bytes of many steps at a time, in order. Tells how the trace ends, if all of it
    /// was told.
    ///
    /// # Errors
    /// Where the trace cannot be read, or that of `note` or `put`. What comes before is written.
    pub fn write<'r, T: Send, E: From<ReadError>, W: FnMut(&Told<'_, T>, &mut Vec<u8>)>(
        self,
        records: impl Into<Records<'r>>,
        choose: impl FnMut(&Passing<'_>) -> bool,
        note: impl FnMut(&Passing<'_>) -> Result<ControlFlow<Option<T>, Option<T>>, E>,
        writer: impl Fn() -> W + Sync,
        put: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<Option<End>, E> {
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
        let mut walking = Walking {
            front,
            back: Calls::default(),
            read: 0,
            window: VecDeque::new(),
            is_enough: false,
            choose,
            note,
            put,
        };
        let end = records
            .into()
            .go_through(&mut walking, &told::Writer(writer))?;
        let is_whole = !walking.is_enough || walking.front.step == walking.front.outline.records;
        Ok(is_whole.then_some(end))
    }
}

/// A trace that is gone through.
struct Walking<'a, T, C, N, P> {
    front: Front<'a>,
    /// The calls as far as the trace is read.
    back: Calls<()>,
    /// How many records were read.
    read: usize,
    /// What is not told yet.
    window: VecDeque<Sheet<T>>,
    /// Whether enough was seen of it.
    is_enough: bool,
    choose: C,
    note: N,
    put: P,
}

type Sheet<T> = sheet::Sheet<Line, Notes<T>>;

impl<T, E, C, N, P> Look<Line> for Walking<'_, T, C, N, P>
where
    T: Send,
    E: From<ReadError>,
    C: FnMut(&Passing<'_>) -> bool,
    N: FnMut(&Passing<'_>) -> Result<ControlFlow<Option<T>, Option<T>>, E>,
    P: FnMut(&[u8]) -> Result<(), E>,
{
    type Notes = Notes<T>;
    type Error = E;

    fn look(
        &mut self,
        mut sheet: Sheet<T>,
        done: &mut Vec<Sheet<T>>,
    ) -> Result<ControlFlow<()>, E> {
        self.take_in(&mut sheet);
        self.window.push_back(sheet);
        // Also what comes after the last may be wrong.
        let is_last = self.read == self.front.outline.records;
        let seen = self.tell(if is_last { 0 } else { WINDOW }, done)?;
        Ok(match is_last {
            true => ControlFlow::Break(()),
            false => seen,
        })
    }

    fn finish(&mut self, done: &mut Vec<Sheet<T>>) -> Result<(), E> {
        self.tell(0, done).map(|_| ())
    }

    fn put(&mut self, text: &[u8]) -> Result<(), E> {
        (self.put)(text)
    }
}

impl<T, E, C, N, P> Walking<'_, T, C, N, P>
where
    C: FnMut(&Passing<'_>) -> bool,
    N: FnMut(&Passing<'_>) -> Result<ControlFlow<Option<T>, Option<T>>, E>,
{
    /// Takes in what was read: how long the calls took that end there. A trace that grows has more than it had.
    fn take_in(&mut self, sheet: &mut Sheet<T>) {
        let left = self.front.outline.records - self.read;
        let notes = &mut sheet.notes;
        notes.first = self.read;
        for record in told::records(&mut sheet.batch).take(left) {
            let step = self.read;
            self.read += 1;
            notes.times.push(None);
            if self.front.ahead
                && let Some((call, times)) = self.back.step(step, &Brief::from(record), || ()).ended
                && let Some(place) = notes.times_of(call.step).or_else(|| {
                    let mut before = self.window.iter_mut().rev();
                    before.find_map(|sheet| sheet.notes.times_of(call.step))
                })
            {
                *place = Some(times);
            }
        }
    }

    /// Tells the sheets behind which so many records were read.
    fn tell(&mut self, behind: usize, done: &mut Vec<Sheet<T>>) -> Result<ControlFlow<()>, E> {
        let behind = if self.front.ahead { behind } else { 0 };
        while let Some(mut sheet) = self.window.pop_front() {
            if self.read - sheet.notes.end() < behind {
                self.window.push_front(sheet);
                break;
            }
            let seen = self.tell_one(&mut sheet)?;
            done.push(sheet);
            if seen.is_break() {
                self.is_enough = true;
                return Ok(seen);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn tell_one(&mut self, sheet: &mut Sheet<T>) -> Result<ControlFlow<()>, E> {
        let notes = &mut sheet.notes;
        let records = told::records(&mut sheet.batch).zip(&notes.times);
        for (at, (record, times)) in records.enumerate() {
            let noted = &mut notes.noted;
            let told = self
                .front
                .tell(record, *times, &mut self.choose, |passing| {
                    let (seen, of) = match (self.note)(passing)? {
                        ControlFlow::Continue(of) => (ControlFlow::Continue(()), of),
                        ControlFlow::Break(of) => (ControlFlow::Break(()), of),
                    };
                    noted.extend(of.map(|of| Noted::of(at, passing, of)));
                    Ok(seen)
                })?;
            if told.is_break() {
                return Ok(told);
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl Front<'_> {
    fn tell<E>(
        &mut self,
        record: &Record,
        times: Option<Times>,
        choose: &mut impl FnMut(&Passing<'_>) -> bool,
        tell: impl FnOnce(&Passing<'_>) -> Result<ControlFlow<()>, E>,
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
