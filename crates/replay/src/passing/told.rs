//! Steps that were looked at, and how they are written.

use evscope_trace::{Batch, Line, Record};

use super::ahead::Write;
use super::sheet::{self, Sheet};
use super::walk::Passing;
use crate::calls::Times;

/// A step that was looked at: what there is to know of it to write it down.
pub struct Told<'a, T> {
    /// Its number.
    pub step: usize,
    /// Its record.
    pub record: &'a Record,
    /// Where its call begins, given its exit; any other step begins where it is.
    pub begin: usize,
    /// Of a call how long it took: at its exit, and at its enter too if it is looked ahead.
    pub times: Option<Times>,
    /// What was noted of it besides.
    pub of: &'a T,
}

/// What is noted of the steps of a sheet.
pub(super) struct Notes<T> {
    /// The number of its first step.
    pub(super) first: usize,
    /// Of each step, where it begins a call that has ended.
    pub(super) times: Vec<Option<Times>>,
    /// Those that are to be written.
    pub(super) noted: Vec<Noted<T>>,
}

impl<T> Default for Notes<T> {
    fn default() -> Self {
        Self {
            first: 0,
            times: Vec::new(),
            noted: Vec::new(),
        }
    }
}

impl<T: Send> sheet::Notes for Notes<T> {
    fn is_empty(&self) -> bool {
        self.noted.is_empty()
    }

    fn clear(&mut self) {
        self.times.clear();
        self.noted.clear();
    }
}

impl<T> Notes<T> {
    /// The number of the step behind its last one.
    pub(super) fn end(&self) -> usize {
        self.first + self.times.len()
    }

    /// Where the times of a step are to be, if it is one of these.
    pub(super) fn times_of(&mut self, step: usize) -> Option<&mut Option<Times>> {
        let at = step.checked_sub(self.first)?;
        self.times.get_mut(at)
    }
}

/// What is noted of a step that is to be written.
pub(super) struct Noted<T> {
    /// Which of the sheet it is.
    at: usize,
    begin: usize,
    times: Option<Times>,
    of: T,
}

impl<T> Noted<T> {
    pub(super) fn of(at: usize, passing: &Passing<'_>, of: T) -> Self {
        Self {
            at,
            begin: passing.begin,
            times: passing.times,
            of,
        }
    }
}

/// Writes sheets step by step.
pub(super) struct Writer<F>(pub(super) F);

impl<T: Send, W: FnMut(&Told<'_, T>, &mut Vec<u8>), F: Fn() -> W + Sync> Write<Line, Notes<T>>
    for Writer<F>
{
    fn writer(&self) -> impl FnMut(&mut Sheet<Line, Notes<T>>) {
        let mut write = (self.0)();
        move |sheet| {
            let Notes { first, noted, .. } = &sheet.notes;
            let mut records = records(&mut sheet.batch).enumerate();
            for noted in noted {
                let Some((at, record)) = records.find(|(at, _)| *at == noted.at) else {
                    return;
                };
                let told = Told {
                    step: first + at,
                    record,
                    begin: noted.begin,
                    times: noted.times,
                    of: &noted.of,
                };
                write(&told, &mut sheet.text);
            }
        }
    }
}

/// The records among the lines of a batch.
pub(super) fn records(batch: &mut Batch<Line>) -> impl Iterator<Item = &Record> {
    batch.lines().iter().filter_map(|line| match line {
        Line::Record(record) => Some(&**record),
        Line::Source(_) => None,
    })
}
