//! A whole trace in memory.

mod intern;
mod records;
mod stretches;

use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;

use evscope_trace::{
    BevId, BufId, CutOff, EventId, Header, Line, ReadError, Reader, Record, Side, SourceLine,
    SourceText, Text, ThreadId, visible,
};

use crate::ObjectId;
use crate::index::{Late, Reading, Section, Sections, Writing};
use crate::known::owned;
use crate::passing::{Coming, each_line};
use crate::tree::Tree;
use records::Records;
pub use records::{RecordIter, RecordRef};
use stretches::{Events, STEPS, Stretches};

/// A trace: its header, its records (step `n` is the record with `seq` `n`), the tree of calls they
/// form, and the source texts they point into. It can be added to while it is looked at.
///
/// A long trace is packed: a record is unpacked when it is looked at, with some thousand around it, so whoever goes
/// from step to step goes in their order ([`records_in`](Self::records_in)), and whoever looks for something far away
/// asks first where it can be ([`steps_about`](Self::steps_about), [`last_before`](Self::last_before)).
#[derive(Debug, Clone)]
pub struct Trace {
    name: String,
    header: Header,
    records: Records,
    pub(crate) tree: Late<Tree>,
    sources: HashMap<Text, Vec<SourceText>>,
    /// Whose buffer a buffer is, told by the record that made the bufferevent.
    owners: HashMap<BufId, (BevId, Side)>,
    stretches: Late<Stretches>,
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
        let is_stdin = path == Path::new("-");
        let name = match is_stdin {
            true => "standard input".to_owned(),
            false => visible(&path.display().to_string()).into_owned(),
        };
        let input = match evscope_trace::open(path) {
            Ok(input) => input,
            Err(source) => return Err(ReadError::Io { file: name, source }),
        };
        let reader = Reader::beside(input, name, path)?;
        // Of what comes by a pipe no more is read than is wanted: it may never come.
        match path.is_file() && !is_stdin {
            true => Self::read_ahead(reader, most),
            false => Self::read_first(reader, most),
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

    /// The same of a trace that is all there, by two threads.
    fn read_ahead<R: BufRead + Send>(
        mut reader: Reader<R>,
        most: usize,
    ) -> Result<Self, ReadError> {
        let mut trace = Self::of_reader(&reader);
        each_line(&mut reader, Coming::There, |line| {
            let is_record = matches!(line, Line::Record(_));
            trace.append(line.clone());
            Ok::<_, ReadError>(match is_record && trace.len() >= most {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            })
        })?;
        trace.finish(&reader);
        Ok(trace)
    }

    pub(crate) fn of_reader<R: BufRead>(reader: &Reader<R>) -> Self {
        Self::new(reader.file(), reader.header().clone())
    }

    /// Adds the lines that are left; `added` looks at the trace after each record, and says whether to go on.
    pub(crate) fn read_on<R: BufRead>(
        &mut self,
        reader: &mut Reader<R>,
        mut added: impl FnMut(&Self) -> bool,
    ) -> Result<(), ReadError> {
        while let Some(line) = reader.next_line()? {
            let is_record = matches!(line, Line::Record(_));
            self.append(line);
            if is_record && !added(self) {
                break;
            }
        }
        self.finish(reader);
        Ok(())
    }

    /// Takes over what the reader says of the end of what it read.
    pub(crate) fn finish<R: BufRead>(&mut self, reader: &Reader<R>) {
        self.cut_off = reader.cut_off().cloned();
        self.lacking = reader.lacking().map(Into::into);
    }

    /// It could not be read any further.
    pub(crate) fn break_off(&mut self, error: ReadError) {
        self.broken = Some(Arc::new(error));
    }

    /// The records that were added last: those behind the last multiple of [`AT_HAND`](Self::AT_HAND), or as many. To look
    /// at them costs nothing.
    pub(crate) fn at_hand(&self) -> Arc<Vec<Record>> {
        self.records.at_hand()
    }

    pub(crate) const AT_HAND: usize = records::STRETCH;

    /// Writes down what was read and found; false if it is not to be written: it is not whole, or goes on with another one.
    pub(crate) fn save<W: Write>(&self, to: &mut Writing<W>) -> io::Result<bool> {
        let is_alone = self.header.continues.is_none() && self.lacking.is_none();
        if self.cut_off.is_some() || self.broken.is_some() || !is_alone {
            return Ok(false);
        }
        if !self.records.save(to)? {
            return Ok(false);
        }
        let sources: Vec<&SourceText> = self.sources.values().flatten().collect();
        to.bytes(&serde_json::to_vec(&sources)?)?;
        to.number(self.owners.len() as u64)?;
        for (buf, (bev, side)) in &self.owners {
            to.number(buf.0.into())?;
            to.number(u64::from(bev.0) << 1 | u64::from(*side == Side::Output))?;
        }
        let (first, several) = self.threads;
        to.number(first.map_or(0, |thread| u64::from(thread.0) + 1))?;
        to.number(several.into())?;
        to.end(Section::Records)?;
        self.tree.save(to)?;
        to.end(Section::Tree)?;
        self.stretches.save(to)?;
        to.end(Section::Stretches)?;
        Ok(true)
    }

    /// Reads what was written down of a trace; this one is without records.
    pub(crate) fn load(mut self, sections: &Sections) -> Option<Self> {
        let from = &mut sections.read(Section::Records)?;
        self.records = Records::load(from, sections)?;
        let sources: Vec<SourceText> = serde_json::from_slice(&from.bytes()?).ok()?;
        sources.into_iter().for_each(|text| self.push_source(text));
        for _ in 0..from.count()? {
            let buf = BufId(from.narrow()?);
            let bev = from.number()?;
            let side = match bev & 1 {
                0 => Side::Input,
                _ => Side::Output,
            };
            self.owners
                .insert(buf, (BevId((bev >> 1).try_into().ok()?), side));
        }
        let first = from.number()?.checked_sub(1);
        let first = first.map(u32::try_from).transpose().ok()?;
        self.threads = (first.map(ThreadId), from.number()? != 0);
        let len = self.records.len();
        self.tree = late(sections, Section::Tree, move |read| match read {
            Read::Down(from) => Tree::load(from).filter(|tree| tree.len() == len),
            Read::Records(records) => {
                let mut tree = Tree::default();
                records.for_each(|record| tree.push(&record));
                Some(tree)
            }
        });
        self.stretches = late(sections, Section::Stretches, |read| match read {
            Read::Down(from) => Stretches::load(from),
            Read::Records(records) => {
                let mut stretches = Stretches::default();
                records
                    .enumerate()
                    .for_each(|(step, record)| stretches.add(step, &record));
                Some(stretches)
            }
        });
        from.is_done().then_some(self)
    }

    /// A trace without any record yet.
    pub fn new(name: impl Into<String>, header: Header) -> Self {
        Self {
            name: visible(&name.into()).into_owned(),
            header,
            records: Records::default(),
            tree: Late::default(),
            sources: HashMap::new(),
            owners: HashMap::new(),
            stretches: Late::default(),
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
        self.tree.make_mut().push(&record);
        let (first, several) = &mut self.threads;
        *several |= *first.get_or_insert(record.thread) != record.thread;
        self.owners.extend(owned(&record));
        self.stretches.make_mut().add(self.records.len(), &record);
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
        self.len() == 0
    }

    /// The record of a step.
    ///
    /// # Panics
    /// When there is no such step; see [`get`](Self::get).
    pub fn record(&self, step: usize) -> RecordRef<'_> {
        let len = self.len();
        self.get(step)
            .unwrap_or_else(|| panic!("there is no step {step} in a trace of {len}"))
    }

    /// The record of a step, if there is such a step.
    pub fn get(&self, step: usize) -> Option<RecordRef<'_>> {
        self.records.get(step)
    }

    /// The records in order.
    pub fn records(&self) -> RecordIter<'_> {
        self.records_in(0..self.len())
    }

    /// The records of some steps, as far as there are such steps, in order.
    pub fn records_in(&self, steps: Range<usize>) -> RecordIter<'_> {
        self.records.range(steps)
    }

    /// The same with their steps, the last one first.
    pub fn records_back(
        &self,
        steps: Range<usize>,
    ) -> impl Iterator<Item = (usize, RecordRef<'_>)> {
        let first = steps.start;
        let records = self.records_in(steps).enumerate().rev();
        records.map(move |(at, record)| (first + at, record))
    }

    /// Where the trace was cut off, if it ends in the middle of a line.
    pub fn cut_off(&self) -> Option<&CutOff> {
        self.cut_off.as_ref()
    }

    /// What is missing of the steps of the trace that this one goes on with, and what to do.
    pub fn lacking(&self) -> Option<&str> {
        self.lacking.as_deref()
    }

    /// Why the trace could not be read any further, if it was [read to be looked at](crate::Replay::read_showing).
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

    /// The steps before `end` about an event, the last one first, with their records.
    pub fn steps_of_event(
        &self,
        event: EventId,
        end: usize,
    ) -> impl Iterator<Item = (usize, RecordRef<'_>)> {
        let steps = self.steps_about(ObjectId::Event(event), end);
        steps.filter(move |(_, record)| record.objects.event == Some(event))
    }

    /// All steps before `end` that may be about an object, the last one first, with their records: what lies between is
    /// passed over unseen. That bytes move out of a buffer is about it as well.
    pub fn steps_about(
        &self,
        object: ObjectId,
        end: usize,
    ) -> impl Iterator<Item = (usize, RecordRef<'_>)> {
        let stretches = self.stretches.about(object, end);
        stretches.flat_map(move |stretch| self.in_stretch(stretch, end))
    }

    /// The last step before `end` of one of these names for which `wanted` holds.
    pub fn last_before(
        &self,
        end: usize,
        names: &[&str],
        wanted: impl Fn(&Record) -> bool,
    ) -> Option<usize> {
        let stretches = self.stretches.back(end, Events::named(names));
        self.last_in(stretches, end, names, wanted)
    }

    /// The same of the steps about an object: stretches that do not have both, the object and a name, are passed over.
    pub fn last_about(
        &self,
        object: ObjectId,
        end: usize,
        names: &[&str],
        wanted: impl Fn(&Record) -> bool,
    ) -> Option<usize> {
        let stretches = self.stretches.back_about(object, end, Events::named(names));
        self.last_in(stretches, end, names, |record| {
            ObjectId::all_of(&record.objects).any(|about| about == object) && wanted(record)
        })
    }

    fn last_in(
        &self,
        mut stretches: impl Iterator<Item = usize>,
        end: usize,
        names: &[&str],
        wanted: impl Fn(&Record) -> bool,
    ) -> Option<usize> {
        stretches.find_map(|stretch| {
            let mut steps = self.in_stretch(stretch, end);
            let found =
                steps.find(|(_, record)| names.contains(&record.event.name()) && wanted(record));
            found.map(|(step, _)| step)
        })
    }

    /// The steps of a stretch before `end`, the last one first.
    fn in_stretch(
        &self,
        stretch: usize,
        end: usize,
    ) -> impl Iterator<Item = (usize, RecordRef<'_>)> {
        let first = stretch * STEPS;
        self.records_back(first..end.min(first + STEPS))
    }

    /// How many steps are in a [stretch](Self::may_be_about).
    pub const STRETCH: usize = STEPS;

    /// Whether the stretch of the trace in which a step is has steps about an object: of the first 1,024, of the next, and
    /// so on. If not, there is no need to look.
    pub fn may_be_about(&self, object: ObjectId, step: usize) -> bool {
        let stretch = (step / STEPS) as u32;
        self.stretches.of(object).binary_search(&stretch).is_ok()
    }

    /// The bufferevent a buffer belongs to, and which of its two it is.
    pub fn owner(&self, buf: BufId) -> Option<(BevId, Side)> {
        self.owners.get(&buf).copied()
    }
}

/// What something is made of: what was written down of it, or the records again.
enum Read<'a> {
    Down(&'a mut Reading),
    Records(RecordIter<'a>),
}

/// What was made of the records, from an index when it is asked for; anew, if that is damaged.
fn late<T: Default>(
    sections: &Sections,
    section: Section,
    make: impl Fn(Read<'_>) -> Option<T> + Send + 'static,
) -> Late<T> {
    let sections = sections.clone();
    Late::new(move || {
        let made = sections.read(section).and_then(|mut from| {
            let made = make(Read::Down(&mut from));
            made.filter(|_| from.is_done())
        });
        let anew = || {
            let records = Records::load(&mut sections.read(Section::Records)?, &sections)?;
            make(Read::Records(records.range(0..records.len())))
        };
        made.or_else(anew).unwrap_or_default()
    })
}
