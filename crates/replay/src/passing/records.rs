//! Where steps come from, as often as they are asked for.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::BufRead;
use std::ops::ControlFlow;

use evscope_trace::{Batch, BriefLine, Line, Nanos, ReadError, Reader, Record, ThreadId};

use super::ahead::{Coming, Look, Write, each_line, go_through_held};
use super::outline::{End, Outline};
use super::work::go_through;
use crate::Trace;

/// So many records of a trace in memory go by together.
const AT_ONCE: usize = 256;

/// A trace that can be gone through several times.
#[derive(Debug, Clone, Copy)]
pub enum Records<'a> {
    /// It is in memory.
    Held(&'a Trace),
    /// It is read each time.
    Read(&'a Again<'a>),
}

impl<'a> From<&'a Trace> for Records<'a> {
    fn from(trace: &'a Trace) -> Self {
        Self::Held(trace)
    }
}

impl<'a, 'b: 'a> From<&'a Again<'b>> for Records<'a> {
    fn from(again: &'a Again<'b>) -> Self {
        Self::Read(again)
    }
}

impl Records<'_> {
    /// What must be known of it before its first step is told; of its first `most` records, if there are more.
    ///
    /// # Errors
    /// Where the trace cannot be read.
    pub fn outline(self, most: usize) -> Result<Outline, ReadError> {
        match self {
            Self::Held(trace) => Ok(Outline::of(trace, most)),
            Self::Read(again) => Outline::read(&mut again.open()?, most),
        }
    }

    /// What is known of it at its very beginning: its header, and nothing of its records. For who goes through it once.
    ///
    /// # Errors
    /// Where the trace cannot be read.
    pub fn beginning(self) -> Result<Outline, ReadError> {
        match self {
            Self::Held(trace) => Ok(Outline::beginning(trace.name(), trace.header())),
            Self::Read(again) => again.beginning(),
        }
    }

    /// Goes through its records in order, until `each` has seen enough.
    ///
    /// # Errors
    /// Where the trace cannot be read.
    pub fn each(self, mut each: impl FnMut(&Record) -> ControlFlow<()>) -> Result<(), ReadError> {
        match self {
            Self::Held(trace) => {
                let _ = trace.records().try_for_each(|record| each(&record));
                Ok(())
            }
            Self::Read(again) => each_line(&mut again.open()?, Coming::There, |line| {
                Ok(match line {
                    Line::Record(record) => each(record),
                    Line::Source(_) => ControlFlow::Continue(()),
                })
            }),
        }
    }

    /// When some steps were, and on which thread.
    ///
    /// # Errors
    /// Where the trace cannot be read.
    pub fn moments(
        self,
        steps: &BTreeSet<usize>,
    ) -> Result<BTreeMap<usize, (Nanos, ThreadId)>, ReadError> {
        match self {
            Self::Held(trace) => {
                let moment = |step: &usize| {
                    let record = trace.get(*step)?;
                    Some((*step, (record.t, record.thread)))
                };
                Ok(steps.iter().filter_map(moment).collect())
            }
            Self::Read(again) => again.moments(steps),
        }
    }

    /// Has its lines looked at and written. Tells how it ends behind those.
    ///
    /// # Errors
    /// That of who looks, or where the trace cannot be read.
    pub(super) fn go_through<K: Look<Line>>(
        self,
        look: &mut K,
        write: &impl Write<Line, K::Notes>,
    ) -> Result<End, K::Error> {
        match self {
            Self::Held(trace) => {
                let mut records = trace.records();
                let batches = std::iter::from_fn(|| {
                    let some = records.by_ref().take(AT_ONCE);
                    let lines: Vec<Line> = some
                        .map(|record| Line::Record(Box::new(record.clone())))
                        .collect();
                    (!lines.is_empty()).then(|| Batch::from(lines))
                });
                go_through_held(batches, look, write)?;
                Ok(trace.into())
            }
            Self::Read(again) => {
                let mut reader = again.open()?;
                go_through(&mut reader, Coming::There, look, write)?;
                Ok(End::from(&reader))
            }
        }
    }
}

type Input = Reader<Box<dyn BufRead + Send>>;

/// A trace that is read again each time it is gone through.
pub struct Again<'a> {
    open: Box<dyn Fn() -> Result<Input, ReadError> + 'a>,
    /// It is open, and nothing was read of it but the header.
    begun: Cell<Option<Box<Input>>>,
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
            begun: Cell::new(None),
        }
    }

    fn open(&self) -> Result<Input, ReadError> {
        self.begun
            .take()
            .map_or_else(&self.open, |begun| Ok(*begun))
    }

    /// Who goes through it next goes on from there: perhaps it can be read only once.
    fn beginning(&self) -> Result<Outline, ReadError> {
        let reader = self.open()?;
        let outline = Outline::beginning(reader.file(), reader.header());
        self.begun.set(Some(Box::new(reader)));
        Ok(outline)
    }

    /// When some steps were, and on which thread.
    fn moments(
        &self,
        steps: &BTreeSet<usize>,
    ) -> Result<BTreeMap<usize, (Nanos, ThreadId)>, ReadError> {
        let mut moments = BTreeMap::new();
        let mut reader = self.open()?;
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
