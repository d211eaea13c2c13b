//! A whole trace in memory.

mod intern;

use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use evscope_trace::{
    BevId, BufId, CutOff, Event, EventId, Header, Line, ReadError, Reader, Record, Side,
    SourceLine, SourceText, Text, ThreadId, visible,
};

use crate::tree::Tree;

/// A trace: its header, its records (step `n` is the record with `seq` `n`), the tree of calls they
/// form, and the source texts they point into. It can be added to while it is looked at.
#[derive(Debug, Clone)]
pub struct Trace {
    name: String,
    header: Header,
    records: Vec<Record>,
    pub(crate) tree: Tree,
    sources: HashMap<Text, Vec<SourceText>>,
    /// Whose buffer a buffer is, told by the record that made the bufferevent.
    owners: HashMap<BufId, (BevId, Side)>,
    /// The steps about each event, in order: what made a listener's event pending lies at the beginning
    /// of a long trace, and is found without looking at all that lies between.
    of_events: HashMap<EventId, Vec<u32>>,
    /// Those about each bufferevent.
    of_bevs: HashMap<BevId, Vec<u32>>,
    /// The thread of the first record, and whether another one has any.
    threads: (Option<ThreadId>, bool),
    cut_off: Option<CutOff>,
    pub(crate) lacking: Option<Arc<str>>,
    broken: Option<Arc<ReadError>>,
}

impl Trace {
    /// Reads the trace file `path`; `-` is the standard input.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        Self::open_first(path, usize::MAX)
    }

    /// Reads the trace file `path` up to its first `most` records, and no further.
    pub fn open_first(path: &Path, most: usize) -> Result<Self, ReadError> {
        let name = if path == Path::new("-") {
            "standard input".to_owned()
        } else {
            visible(&path.display().to_string()).into_owned()
        };
        match evscope_trace::open(path) {
            Ok(input) => Self::read_first(Reader::beside(input, name, path)?, most),
            Err(source) => Err(ReadError::Io { file: name, source }),
        }
    }

    /// Reads a trace to its end; `name` is how messages name it.
    pub fn read(input: impl BufRead, name: impl Into<String>) -> Result<Self, ReadError> {
        Self::read_first(Reader::new(input, name)?, usize::MAX)
    }

    fn read_first<R: BufRead>(mut reader: Reader<R>, most: usize) -> Result<Self, ReadError> {
        let mut trace = Self::of_reader(&reader);
        trace.read_on(&mut reader, |trace| trace.len() < most)?;
        Ok(trace)
    }

    /// Reads a trace to be looked at. What there is of it is shown once it has `first` records: the beginning
    /// of a big one can be looked at long before its end. If it cannot be read to its end, what is before
    /// the [broken](Self::broken) line is the trace.
    pub fn read_showing<R: BufRead>(
        mut reader: Reader<R>,
        first: usize,
        show: impl FnOnce(&Self),
    ) -> Result<Self, ReadError> {
        let mut trace = Self::of_reader(&reader);
        let mut show = Some(show);
        let read = trace.read_on(&mut reader, |trace| {
            if trace.len() == first
                && let Some(show) = show.take()
            {
                show(trace);
            }
            true
        });
        match read {
            Err(error) if trace.is_empty() => return Err(error),
            Err(error) => trace.broken = Some(Arc::new(error)),
            Ok(()) => {}
        }
        Ok(trace)
    }

    fn of_reader<R: BufRead>(reader: &Reader<R>) -> Self {
        Self::new(reader.file(), reader.header().clone())
    }

    /// Adds the lines that are left; `added` looks at the trace after each, and says whether to go on.
    fn read_on<R: BufRead>(
        &mut self,
        reader: &mut Reader<R>,
        mut added: impl FnMut(&Self) -> bool,
    ) -> Result<(), ReadError> {
        while let Some(line) = reader.next_line()? {
            self.append(line);
            if !added(self) {
                break;
            }
        }
        self.cut_off = reader.cut_off().cloned();
        self.lacking = reader.lacking().map(Into::into);
        Ok(())
    }

    /// A trace without any record yet.
    pub fn new(name: impl Into<String>, header: Header) -> Self {
        Self {
            name: visible(&name.into()).into_owned(),
            header,
            records: Vec::new(),
            tree: Tree::default(),
            sources: HashMap::new(),
            owners: HashMap::new(),
            of_events: HashMap::new(),
            of_bevs: HashMap::new(),
            threads: (None, false),
            cut_off: None,
            lacking: None,
            broken: None,
        }
    }

    /// Adds the next line. Records come in the order of their `seq`, as [`Reader`] makes sure.
    pub fn append(&mut self, line: Line) {
        match line {
            Line::Record(record) => self.push(*record),
            Line::Source(source) => self.push_source(source),
        }
    }

    /// Adds the next record.
    pub fn push(&mut self, mut record: Record) {
        intern::texts(&mut record);
        self.tree.push(&record);
        let (first, several) = &mut self.threads;
        *several |= *first.get_or_insert(record.thread) != record.thread;
        self.note_owner(&record);
        // Kept in 32 bits, as in the tree of calls.
        let step = self.records.len() as u32;
        if let Some(event) = record.objects.event {
            self.of_events.entry(event).or_default().push(step);
        }
        if let Some(bev) = record.objects.bev {
            self.of_bevs.entry(bev).or_default().push(step);
        }
        self.records.push(record);
    }

    /// Adds the text of a function.
    pub fn push_source(&mut self, source: SourceText) {
        let texts = self.sources.entry(source.file.clone()).or_default();
        let at = texts.partition_point(|text| text.first <= source.first);
        // A trace that goes on with another one gives the texts that it needs again.
        if texts[..at].last() == Some(&source) {
            return;
        }
        texts.insert(at, source);
    }

    /// How messages name it: the path it was read from.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The record of a step.
    ///
    /// # Panics
    /// When there is no such step; see [`get`](Self::get).
    pub fn record(&self, step: usize) -> &Record {
        &self.records[step]
    }

    /// The record of a step, if there is such a step.
    pub fn get(&self, step: usize) -> Option<&Record> {
        self.records.get(step)
    }

    /// The records in order.
    pub fn records(&self) -> std::slice::Iter<'_, Record> {
        self.records.iter()
    }

    /// Where the trace was cut off, if it ends in the middle of a line.
    pub fn cut_off(&self) -> Option<&CutOff> {
        self.cut_off.as_ref()
    }

    /// What is missing of the steps of the trace that this one goes on with, and what to do.
    pub fn lacking(&self) -> Option<&str> {
        self.lacking.as_deref()
    }

    /// Why the trace could not be read any further, if it was [read to be looked at](Self::read_showing).
    pub fn broken(&self) -> Option<&ReadError> {
        self.broken.as_deref()
    }

    /// Whether more than one thread made records, so that a step is to say whose it is.
    pub fn has_threads(&self) -> bool {
        self.threads.1
    }

    /// Whether there is any source text.
    pub fn has_sources(&self) -> bool {
        !self.sources.is_empty()
    }

    /// The text of the function that holds a line: the innermost one where functions are nested.
    pub fn source_of(&self, line: &SourceLine) -> Option<&SourceText> {
        self.source_file(&line.file)
            .iter()
            .filter(|text| text.contains(&line.file, line.line))
            .min_by_key(|text| text.last() - text.first)
    }

    /// All texts of a file, in the order of their first lines.
    pub fn source_file(&self, file: &str) -> &[SourceText] {
        self.sources.get(file).map_or(&[], Vec::as_slice)
    }

    /// The files of which there are texts, in alphabetical order.
    pub fn source_files(&self) -> Vec<&str> {
        let mut files: Vec<&str> = self.sources.keys().map(AsRef::as_ref).collect();
        files.sort_unstable();
        files
    }

    /// The steps before `end` about an event, in order.
    pub fn steps_of_event(
        &self,
        event: EventId,
        end: usize,
    ) -> impl DoubleEndedIterator<Item = usize> + '_ {
        before(self.of_events.get(&event), end)
    }

    /// The steps before `end` about a bufferevent, in order.
    pub fn steps_of_bev(
        &self,
        bev: BevId,
        end: usize,
    ) -> impl DoubleEndedIterator<Item = usize> + '_ {
        before(self.of_bevs.get(&bev), end)
    }

    /// The bufferevent a buffer belongs to, and which of its two it is.
    pub fn owner(&self, buf: BufId) -> Option<(BevId, Side)> {
        self.owners.get(&buf).copied()
    }

    fn note_owner(&mut self, record: &Record) {
        let (Event::BuffereventSocketNew { input, output, .. }
        | Event::BuffereventPairNew { input, output, .. }
        | Event::BuffereventFilterNew { input, output, .. }) = &record.event
        else {
            return;
        };
        if let Some(bev) = record.objects.bev {
            self.owners.insert(*input, (bev, Side::Input));
            self.owners.insert(*output, (bev, Side::Output));
        }
    }
}

/// Those of some steps that lie before `end`.
fn before(steps: Option<&Vec<u32>>, end: usize) -> impl DoubleEndedIterator<Item = usize> + '_ {
    let steps = steps.map_or(&[][..], Vec::as_slice);
    let before = steps.partition_point(|step| (*step as usize) < end);
    steps[..before].iter().map(|step| *step as usize)
}
