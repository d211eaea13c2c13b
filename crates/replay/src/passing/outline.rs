//! What of a trace must be known before its first step can be told.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;
use std::ops::ControlFlow;

use evscope_trace::{BaseId, Brief, BriefLine, CutOff, Event, Header, ReadError, Reader, ThreadId};

use super::ahead::{Coming, each_in};
use super::walk::WINDOW;
use crate::Trace;
use crate::calls::{Calls, Times};
use crate::quick::HashMap;

const LOOP: usize = Event::number_of("event_base_loop");

/// What of a trace must be known before its first step can be told. It grows with the program's text and with its
/// threads; of calls it has only those that return after thousands of steps.
#[derive(Debug)]
pub struct Outline {
    /// The trace without its records: its name, its header and the source texts.
    pub texts: Trace,
    /// How many records there are.
    pub records: usize,
    /// The threads that made records.
    pub threads: Threads,
    /// Which names of the vocabulary occur, by their places in [`Event::NAMES`].
    pub occurs: [bool; Event::NAMES.len()],
    /// How it ends.
    pub end: End,
    /// The times of the calls that return later than [`WINDOW`] steps after their enter.
    pub(super) long: HashMap<usize, Times>,
}

/// How a trace ends.
#[derive(Debug, Clone, Default)]
pub struct End {
    /// Where it was cut off, if it ends in the middle of a line.
    pub cut_off: Option<CutOff>,
    /// What is missing of the steps of the trace that this one goes on with, and what to do.
    pub lacking: Option<String>,
}

impl<R: BufRead> From<&Reader<R>> for End {
    /// As a reader that has come there knows it.
    fn from(reader: &Reader<R>) -> Self {
        Self {
            cut_off: reader.cut_off().cloned(),
            lacking: reader.lacking().map(str::to_owned),
        }
    }
}

impl From<&Trace> for End {
    fn from(trace: &Trace) -> Self {
        Self {
            cut_off: trace.cut_off().cloned(),
            lacking: trace.lacking().map(str::to_owned),
        }
    }
}

/// The threads that made records, and the bases whose loop each has run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Threads {
    bases: BTreeMap<ThreadId, BTreeSet<BaseId>>,
    /// Whose record came last.
    last: Option<ThreadId>,
}

impl Threads {
    /// Takes in the next record.
    pub fn note(&mut self, brief: &Brief) {
        if self.last.replace(brief.thread) != Some(brief.thread) {
            self.bases.entry(brief.thread).or_default();
        }
        if let Some(base) = brief.base
            && brief.number == LOOP
        {
            self.bases.entry(brief.thread).or_default().insert(base);
        }
    }

    /// In the order of their numbers, each with the bases whose loop it has run.
    pub fn iter(&self) -> impl Iterator<Item = (ThreadId, &BTreeSet<BaseId>)> {
        self.bases.iter().map(|(thread, bases)| (*thread, bases))
    }
}

impl Outline {
    /// Of a trace that is read to its end, or up to its first `most` records.
    ///
    /// # Errors
    /// Where it cannot be read; what is wrong in the second half of a line is not seen.
    pub fn read<R: BufRead + Send>(reader: &mut Reader<R>, most: usize) -> Result<Self, ReadError> {
        let mut outline = Self::new(Trace::new(reader.file(), reader.header().clone()));
        let mut calls = Calls::default();
        if most == usize::MAX {
            each_in(reader, Coming::There, |line| {
                outline.add(&mut calls, line);
                Ok::<_, ReadError>(ControlFlow::Continue(()))
            })?;
        } else {
            // No further than is wanted.
            while outline.records < most
                && let Some(mut line) = reader.next_brief()?
            {
                outline.add(&mut calls, &mut line);
            }
        }
        outline.end = End::from(&*reader);
        Ok(outline)
    }

    /// Of a trace that goes by once, for who needs to know nothing beforehand but its header.
    pub(super) fn beginning(name: &str, header: &Header) -> Self {
        Self {
            records: usize::MAX,
            ..Self::new(Trace::new(name, header.clone()))
        }
    }

    fn add(&mut self, calls: &mut Calls<()>, line: &mut BriefLine) {
        match line {
            BriefLine::Record(brief) => self.note(calls, brief),
            BriefLine::Source(source) => self.texts.push_source(source.clone()),
        }
    }

    /// Of a trace that is in memory, up to its first `most` records.
    pub fn of(trace: &Trace, most: usize) -> Self {
        let mut texts = Trace::new(trace.name(), trace.header().clone());
        for file in trace.source_files() {
            for text in trace.source_file(file) {
                texts.push_source(text.clone());
            }
        }
        let mut outline = Self::new(texts);
        outline.end = trace.into();
        let mut calls = Calls::default();
        for record in trace.records().take(most) {
            outline.note(&mut calls, &Brief::from(&*record));
        }
        outline
    }

    fn new(texts: Trace) -> Self {
        Self {
            texts,
            records: 0,
            threads: Threads::default(),
            occurs: [false; Event::NAMES.len()],
            end: End::default(),
            long: HashMap::default(),
        }
    }

    fn note(&mut self, calls: &mut Calls<()>, brief: &Brief) {
        let step = self.records;
        self.records += 1;
        self.threads.note(brief);
        if let Some(occurs) = self.occurs.get_mut(brief.number) {
            *occurs = true;
        }
        if let Some((call, times)) = calls.step(step, brief, || ()).ended
            && step - call.step >= WINDOW
        {
            self.long.insert(call.step, times);
        }
    }

    /// How messages name the trace.
    pub fn name(&self) -> &str {
        self.texts.name()
    }

    /// The trace's header.
    pub fn header(&self) -> &Header {
        self.texts.header()
    }

    /// Whether more than one thread made records, so that a step is to say whose it is.
    pub fn has_threads(&self) -> bool {
        self.threads.bases.len() > 1
    }
}
