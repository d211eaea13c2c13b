//! Where steps come from, as often as they are asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::BufRead;
use std::ops::ControlFlow;

use evscope_trace::{BriefLine, Line, Nanos, ReadError, Reader, Record, ThreadId};

use super::ahead::{Coming, each_line};
use super::outline::Outline;
use crate::Trace;

/// What is done with each record.
pub type Each<'a> = &'a mut dyn FnMut(&mut Box<Record>) -> ControlFlow<()>;

/// A trace that can be gone through several times.
pub trait Records {
    /// What must be known of it before its first step is told; of its first `most` records, if there are more.
    ///
    /// # Errors
    /// Where the trace cannot be read.
    fn outline(&self, most: usize) -> Result<Outline, ReadError>;

    /// Goes through its records in order, until `each` has seen enough. It may take the box and leave another one there.
    ///
    /// # Errors
    /// Where the trace cannot be read.
    fn each(&self, each: Each<'_>) -> Result<(), ReadError>;

    /// When some steps were, and on which thread.
    ///
    /// # Errors
    /// Where the trace cannot be read.
    fn moments(
        &self,
        steps: &BTreeSet<usize>,
    ) -> Result<BTreeMap<usize, (Nanos, ThreadId)>, ReadError>;
}

impl Records for Trace {
    fn outline(&self, most: usize) -> Result<Outline, ReadError> {
        Ok(Outline::of(self, most))
    }

    fn each(&self, each: Each<'_>) -> Result<(), ReadError> {
        for record in self.records() {
            if each(&mut Box::new(record.clone())).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn moments(
        &self,
        steps: &BTreeSet<usize>,
    ) -> Result<BTreeMap<usize, (Nanos, ThreadId)>, ReadError> {
        let moment = |step: &usize| {
            let record = self.get(*step)?;
            Some((*step, (record.t, record.thread)))
        };
        Ok(steps.iter().filter_map(moment).collect())
    }
}

type Input = Reader<Box<dyn BufRead + Send>>;

/// A trace that is read again each time it is gone through.
pub struct Again<'a> {
    open: Box<dyn Fn() -> Result<Input, ReadError> + 'a>,
}

impl fmt::Debug for Again<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Again").finish_non_exhaustive()
    }
}

impl<'a> Again<'a> {
    /// One that `open` opens.
    pub fn new(open: impl Fn() -> Result<Input, ReadError> + 'a) -> Self {
        Self {
            open: Box::new(open),
        }
    }
}

impl Records for Again<'_> {
    fn outline(&self, most: usize) -> Result<Outline, ReadError> {
        Outline::read(&mut (self.open)()?, most)
    }

    fn each(&self, each: Each<'_>) -> Result<(), ReadError> {
        each_line(&mut (self.open)()?, Coming::There, |line| {
            Ok(match line {
                Line::Record(record) => each(record),
                Line::Source(_) => ControlFlow::Continue(()),
            })
        })
    }

    fn moments(
        &self,
        steps: &BTreeSet<usize>,
    ) -> Result<BTreeMap<usize, (Nanos, ThreadId)>, ReadError> {
        let mut moments = BTreeMap::new();
        let mut reader = (self.open)()?;
        let mut step = 0;
        while moments.len() < steps.len()
            && let Some(line) = reader.next_brief()?
        {
            let BriefLine::Record(brief) = line else {
                continue;
            };
            if steps.contains(&step) {
                moments.insert(step, (brief.t, brief.thread));
            }
            step += 1;
        }
        Ok(moments)
    }
}
