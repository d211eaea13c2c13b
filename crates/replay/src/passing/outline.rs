//! What of a trace must be known before its first step can be told.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::BufRead;
use std::ops::ControlFlow;

use evscope_trace::{BaseId, Brief, BriefLine, CutOff, Event, Header, ReadError, Reader, ThreadId};

use super::ahead::{Coming, each_in};
use super::walk::WINDOW;
use crate::Trace;
use crate::calls::{Calls, Times};

const LOOP: usize = Event::number_of("event_base_loop");

/// What of a trace must be known before its first step can be told. It grows with the program's text and with its
/// threads; of calls it has only those that return after thousands of steps.
#[derive(Debug)]
pub struct Outline {
    /// The trace without its records: its name, its header and the source texts.
    pub texts: Trace,
    /// How many records there are.
    pub records: usize,
    /// The threads that made records, and the bases whose loop each has run.
    pub threads: BTreeMap<ThreadId, BTreeSet<BaseId>>,
    /// Which names of the vocabulary occur, by their places in [`Event::NAMES`].
    pub occurs: [bool; Event::NAMES.len()],
    /// Where the trace was cut off, if it ends in the middle of a line.
    pub cut_off: Option<CutOff>,
    /// What is missing of the steps of the trace that this one goes on with, and what to do.
    pub lacking: Option<String>,
    /// The times of the calls that return later than [`WINDOW`] steps after their enter.
    pub(super) long: HashMap<usize, Times>,
    /// Whose record came last.
    last: Option<ThreadId>,
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
        outline.cut_off = reader.cut_off().cloned();
        outline.lacking = reader.lacking().map(str::to_owned);
        Ok(outline)
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
        outline.cut_off = trace.cut_off().cloned();
        outline.lacking = trace.lacking().map(str::to_owned);
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
            threads: BTreeMap::new(),
            occurs: [false; Event::NAMES.len()],
            cut_off: None,
            lacking: None,
            long: HashMap::new(),
            last: None,
        }
    }

    fn note(&mut self, calls: &mut Calls<()>, brief: &Brief) {
        let step = self.records;
        self.records += 1;
        if self.last.replace(brief.thread) != Some(brief.thread) {
            self.threads.entry(brief.thread).or_default();
        }
        if let Some(occurs) = self.occurs.get_mut(brief.number) {
            *occurs = true;
        }
        if let Some(base) = brief.base
            && brief.number == LOOP
        {
            self.threads.entry(brief.thread).or_default().insert(base);
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
        self.threads.len() > 1
    }
}
