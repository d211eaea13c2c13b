//! From the spool to the traces: which process a record belongs to, and the trace of each.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evscope_trace::Event;
use evscope_wire::{Kind, args};
use log::debug;

use crate::files::Shared;
use crate::limits::Limits;
use crate::numbered::Numbered;
use crate::output::{Names, Output, Told};
use crate::pen::Scribes;
use crate::ring::{Raw, parse};
use crate::spool::{Head, SpoolReader};
use crate::sums::Sums;
use crate::translate::{OwnTranslator, Sink, Translator};

mod moments;

use moments::{Moment, Moments, Way};

/// A trace that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceFile {
    /// Where.
    pub path: PathBuf,
    /// Of which process.
    pub pid: u32,
    /// How many steps, with those of its parent before it was forked off, with which its trace goes on.
    pub steps: u64,
    /// What the process did itself, and what is in the file.
    pub own: Sums,
    /// What the process is.
    pub process: Process,
    /// How many records it made besides, after there was no more room.
    pub beyond: u64,
}

/// What came of a recording.
pub(crate) struct Translated {
    /// The traces that were written.
    pub(crate) traces: Vec<TraceFile>,
    /// Records that came when there was no more room.
    pub(crate) beyond: u64,
    /// Processes that have no trace because all they did came then.
    pub(crate) without: usize,
}

/// Records that came when there was no more room even in the spool.
#[derive(Default)]
pub(crate) struct Beyond {
    /// What says who speaks.
    threads: Vec<Raw>,
    /// How many records each of them made.
    counts: Numbered<u16, u64>,
    /// How many are missing besides.
    missing: u64,
}

impl Beyond {
    pub(crate) fn is_empty(&self) -> bool {
        self.threads.is_empty() && self.counts.is_empty() && self.missing == 0
    }

    /// Counts the records in slots.
    pub(crate) fn take(&mut self, slots: &[u8]) {
        let mut at = 0;
        while let Some((raw, n)) = parse(&slots[at..]) {
            at += n;
            let Some(raw) = raw else { continue };
            match Kind::from_number(raw.tag.kind) {
                Some(Kind::Thread) => self.threads.push(raw),
                Some(Kind::Missing) => self.missing += count_of(&raw),
                _ => *self.counts.entry(raw.tag.thread).or_default() += 1,
            }
        }
    }
}

/// What a process of a recording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// The one that was asked for.
    Main,
    /// One that was forked off.
    Forked,
    /// One that was forked off, and runs on after its parent: a daemon.
    Background,
    /// A program that was started by another.
    Started,
}

/// All traces of a recording.
pub(crate) struct Traces {
    head: Head,
    reader: SpoolReader,
    names: Names,
    limits: Arc<Limits>,
    files: Shared,
    /// Which process a thread belongs to: its place in `processes`.
    threads: Numbered<u16, usize>,
    processes: Vec<OneProcess>,
    /// Those that have not ended, by their ids.
    living: Numbered<u32, usize>,
    /// Records that were lost when there was no more room for traces.
    lost_beyond: u64,
    /// Set once there is nothing left to do but to write.
    scribes: Option<Scribes>,
}

struct OneProcess {
    pid: u32,
    /// Where it was forked off.
    fork: Option<Fork>,
    /// Where in the spool it speaks for the first time.
    start: u64,
    /// There once it says something itself.
    trace: Option<(Translation, Output)>,
    /// When the latest of its records was made.
    latest: u64,
    /// Records that were lost before it said something that is not, a number for each time.
    lost_first: Vec<u64>,
    /// How it was at earlier moments, for those that were forked off after that.
    moments: Moments,
    /// Where in the spool it has ended.
    ended: Option<u64>,
    /// Its parent has ended before it.
    survived: bool,
    /// How many of its records came when there was no more room.
    beyond: u64,
    /// How many may have been its that were lost then.
    lost_beyond: u64,
}

/// A moment at which a process was forked off.
#[derive(Clone, Copy)]
struct Fork {
    /// The parent's place in `processes`.
    parent: usize,
    at: u64,
    /// The thread that goes on in the child, and the number it has in the parent.
    continues: (u16, u16),
}

/// What is known of a process, without its trace.
type Past = (Translation, Told);

/// How the records of a process become steps.
#[derive(Clone)]
enum Translation {
    /// What the library in a libevent program says.
    Libevent(Box<Translator>),
    /// What our own reactor says.
    Own(OwnTranslator),
}

impl Translation {
    fn continue_thread(&mut self, child: u16, parent: u16) {
        match self {
            Self::Libevent(translator) => translator.continue_thread(child, parent),
            Self::Own(translator) => translator.continue_thread(child, parent),
        }
    }

    fn feed<S: Sink<Error = io::Error>>(&mut self, raw: &Raw, output: &mut S) -> io::Result<()> {
        match self {
            Self::Libevent(translator) => translator.feed(raw, output),
            Self::Own(translator) => translator.feed(raw, output),
        }
    }

    fn lost<S: Sink<Error = io::Error>>(&mut self, count: u64, output: &mut S) -> io::Result<()> {
        match self {
            Self::Libevent(translator) => translator.lost(count, output),
            Self::Own(translator) => translator.told(Event::Lost { count }, output),
        }
    }

    /// The process has ended, in this way if it has done anything.
    fn end(&mut self, how: Option<Event>, output: &mut Output) -> io::Result<()> {
        match self {
            Self::Libevent(translator) => {
                // Of one that did nothing there is nothing to tell, not even the end.
                let how = how.filter(|_| output.own().steps > 0 || !translator.is_empty());
                translator.end(how, output)
            }
            Self::Own(translator) => match how.filter(|_| output.own().steps > 0) {
                Some(how) => translator.told(how, output),
                None => Ok(()),
            },
        }
    }
}

impl Traces {
    pub(crate) fn new(
        head: Head,
        reader: SpoolReader,
        names: Names,
        limits: Arc<Limits>,
        library: Option<&Path>,
    ) -> Self {
        Self {
            head,
            reader,
            names,
            limits,
            files: Shared::new(library),
            threads: Numbered::default(),
            processes: Vec::new(),
            living: Numbered::default(),
            lost_beyond: 0,
            scribes: None,
        }
    }

    /// From now on other threads write, so that this one can go on.
    pub(crate) fn hurry(&mut self) {
        let scribes = self.scribes.insert(Scribes::default());
        let traces = self.processes.iter_mut().filter_map(|p| p.trace.as_mut());
        for (_, output) in traces {
            output.write_by(scribes);
        }
    }

    /// Translates what is in the spool by now; how many records it was. `go_on` is asked every now and then, and told
    /// how far it has come.
    pub(crate) fn advance(&mut self, mut go_on: impl FnMut(u64) -> bool) -> io::Result<u64> {
        /// Records between two questions.
        const OFTEN: u64 = 256;
        let mut n = 0_u64;
        while !n.is_multiple_of(OFTEN) || go_on(self.reader.position()) {
            let Some(raw) = self.reader.next()? else {
                break;
            };
            n += 1;
            self.take(&raw)?;
        }
        Ok(n)
    }

    /// How far into the spool it has come.
    pub(crate) fn position(&self) -> u64 {
        self.reader.position()
    }

    /// Hands what was written to the operating system, for those who watch.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        for process in &mut self.processes {
            if let Some((_, output)) = &mut process.trace {
                output.flush()?;
            }
        }
        Ok(())
    }

    fn take(&mut self, raw: &Raw) -> io::Result<()> {
        match Kind::from_number(raw.tag.kind) {
            Some(Kind::Thread) => {
                self.take_thread(raw);
                return Ok(());
            }
            Some(Kind::Missing) => return self.lost(count_of(raw)),
            _ => {}
        }
        let Some(&index) = self.threads.get(&raw.tag.thread) else {
            return Ok(());
        };
        if self.limits.traces_are_full() {
            self.processes[index].beyond += 1;
            return Ok(());
        }
        if self.processes[index].trace.is_none() {
            self.begin(index, raw.tag.kind)?;
        }
        let process = &mut self.processes[index];
        process.latest = process.latest.max(raw.time);
        match &mut process.trace {
            Some((translator, output)) => translator.feed(raw, output),
            None => Ok(()),
        }
    }

    fn take_thread(&mut self, raw: &Raw) {
        let args::Thread {
            pid,
            parent,
            forked,
        } = raw.args();
        if let Some(&index) = self.living.get(&pid) {
            self.threads.insert(raw.tag.thread, index);
            return;
        }
        if parent != 0 && !self.head.forks {
            return;
        }
        let fork = self.threads.get(&parent).map(|&from| Fork {
            parent: from,
            at: forked,
            continues: (raw.tag.thread, parent),
        });
        let fork = fork.filter(|_| parent != 0);
        self.threads.insert(raw.tag.thread, self.processes.len());
        self.living.insert(pid, self.processes.len());
        self.processes.push(OneProcess {
            pid,
            fork,
            start: self.reader.position(),
            trace: None,
            latest: 0,
            lost_first: Vec::new(),
            moments: Moments::default(),
            ended: None,
            survived: fork.is_some_and(|fork| self.processes[fork.parent].ended.is_some()),
            beyond: 0,
            lost_beyond: 0,
        });
    }

    /// A process says its first word. What its ancestors did until it was forked off is told in their traces, with which
    /// its own goes on, since their bases, events and buffers are its own.
    fn begin(&mut self, index: usize, first: u8) -> io::Result<()> {
        let OneProcess { pid, fork, .. } = self.processes[index];
        debug!("the trace of process {pid} begins");
        let (names, limits) = (self.names.clone(), Arc::clone(&self.limits));
        let past = match fork {
            Some(fork) => self.before(fork)?,
            None => None,
        };
        let (mut translation, mut output) = match past {
            Some((translation, told)) => (translation, told.go_on(names, limits, pid)),
            None => {
                let translation = self.translation(OwnTranslator::is_for(first));
                (translation, Output::new(names, limits, &self.head, pid))
            }
        };
        if let Some(scribes) = &self.scribes {
            output.write_by(scribes);
        }
        let process = &mut self.processes[index];
        for count in std::mem::take(&mut process.lost_first) {
            translation.lost(count, &mut output)?;
        }
        process.trace = Some((translation, output));
        Ok(())
    }

    /// What a child knows when it is forked off; `None`: nothing.
    fn before(&mut self, fork: Fork) -> io::Result<Option<Past>> {
        let mut past = self.past(fork.parent, fork.at)?;
        if let Some((translation, _)) = &mut past {
            let (child, parent) = fork.continues;
            translation.continue_thread(child, parent);
        }
        Ok(past)
    }

    /// How a process was at a moment.
    fn past(&mut self, index: usize, at: u64) -> io::Result<Option<Past>> {
        let process = &mut self.processes[index];
        let fork = process.fork;
        let Some((translation, output)) = &mut process.trace else {
            // It has not said anything itself.
            return fork.map_or(Ok(None), |fork| self.before(fork));
        };
        // Who reads the child's trace as it grows finds what comes first.
        output.flush()?;
        if process.latest <= at && process.ended.is_none() {
            return Ok(Some((translation.clone(), output.told())));
        }
        let told = output.told_first();
        let is_own = matches!(translation, Translation::Own(_));
        let start = match process.moments.nearest(at) {
            Some(known) => known,
            None => {
                let position = process.start;
                let inherited = match fork {
                    Some(fork) => self.before(fork)?,
                    None => None,
                };
                let translation = inherited
                    .map_or_else(|| self.translation(is_own), |(translation, _)| translation);
                Moment {
                    at: 0,
                    position,
                    past: (translation, told),
                }
            }
        };
        let met = self.go_through(index, start, at)?;
        let past = met.last().map(|moment| moment.past.clone());
        self.processes[index].moments.keep(met);
        Ok(past)
    }

    /// Goes on in the spool as far as a process was at a moment, as its translation went before. That moment, and some on
    /// the way there.
    fn go_through(&self, index: usize, mut now: Moment, at: u64) -> io::Result<Vec<Moment>> {
        let process = &self.processes[index];
        let mut reader = self.reader.another_from(now.position);
        let end = process.ended.unwrap_or(self.reader.position());
        let mut way = Way::from(now.position);
        while now.position < end {
            let Some(raw) = reader.next()? else { break };
            if raw.tag.kind == Kind::Missing as u8 {
                now.past.0.lost(count_of(&raw), &mut now.past.1)?;
            }
            let is_its = raw.tag.kind != Kind::Thread as u8
                && self.threads.get(&raw.tag.thread) == Some(&index);
            if is_its && raw.time > at {
                break;
            }
            now.position = reader.position();
            if is_its {
                now.past.0.feed(&raw, &mut now.past.1)?;
                now.at = now.at.max(raw.time);
                way.pass(&now);
            }
        }
        now.at = at;
        Ok(way.end(now))
    }

    fn translation(&self, is_own: bool) -> Translation {
        let (files, began) = (Shared::clone(&self.files), self.head.began);
        if is_own {
            Translation::Own(OwnTranslator::new(began, files))
        } else {
            Translation::Libevent(Box::new(Translator::new(began, files)))
        }
    }

    /// Records were lost: every trace may have a hole here.
    fn lost(&mut self, count: u64) -> io::Result<()> {
        if self.limits.traces_are_full() {
            self.lose_beyond(count);
            return Ok(());
        }
        for process in self.processes.iter_mut().filter(|p| p.ended.is_none()) {
            match &mut process.trace {
                Some((translator, output)) => translator.lost(count, output)?,
                None => process.lost_first.push(count),
            }
        }
        Ok(())
    }

    fn lose_beyond(&mut self, count: u64) {
        self.lost_beyond += count;
        for process in self.processes.iter_mut().filter(|p| p.ended.is_none()) {
            process.lost_beyond += count;
        }
    }

    /// There was no more room even in the spool.
    pub(crate) fn beyond(&mut self, beyond: &Beyond) {
        for raw in &beyond.threads {
            self.take_thread(raw);
        }
        for (thread, count) in &beyond.counts {
            if let Some(&index) = self.threads.get(thread) {
                self.processes[index].beyond += count;
            }
        }
        if beyond.missing > 0 {
            self.lose_beyond(beyond.missing);
        }
    }

    /// These processes were seen to have ended at one look.
    pub(crate) fn ended(&mut self, ended: Vec<(u32, Event)>) -> io::Result<()> {
        let known = ended.iter().filter_map(|(pid, _)| self.living.get(pid));
        let together: Vec<usize> = known.copied().collect();
        for (pid, how) in ended {
            if let Some(&index) = self.living.get(&pid) {
                self.note_survivors(index, &together);
            }
            self.end(pid, Some(how))?;
        }
        Ok(())
    }

    /// Notes which children of a process that has ended run on. One that was seen to have ended together with it may have ended
    /// before; it counts if it was at work later.
    fn note_survivors(&mut self, parent: usize, together: &[usize]) {
        let latest = self.processes[parent].latest;
        for &child in self.living.values() {
            let process = &mut self.processes[child];
            let is_its = process.fork.is_some_and(|fork| fork.parent == parent);
            let runs_on = !together.contains(&child) || process.latest > latest;
            process.survived |= is_its && runs_on;
        }
    }

    /// A process has ended.
    fn end(&mut self, pid: u32, how: Option<Event>) -> io::Result<()> {
        let ended = self.living.remove(&pid);
        if let Some(process) = ended.and_then(|index| self.processes.get_mut(index)) {
            process.ended = Some(self.reader.position());
            if let Some((translator, output)) = &mut process.trace {
                let beyond = process.beyond + process.lost_beyond;
                if beyond > 0 {
                    translator.lost(beyond, output)?;
                }
                translator.end(how, output)?;
                output.close()?;
            }
        }
        Ok(())
    }

    /// No more records come.
    pub(crate) fn finish(mut self) -> io::Result<Translated> {
        let open: Vec<u32> = self
            .processes
            .iter()
            .filter(|p| p.ended.is_none())
            .map(|p| p.pid)
            .collect();
        for pid in open {
            self.end(pid, None)?;
        }
        let processes = self.processes.iter();
        let of_all: u64 = processes.clone().map(|process| process.beyond).sum();
        let without = processes
            .clone()
            .filter(|process| process.trace.is_none() && process.beyond > 0)
            .count();
        let traces = processes
            .enumerate()
            .filter_map(|(i, process)| {
                let (_, output) = process.trace.as_ref()?;
                Some(TraceFile {
                    path: output.path().to_owned(),
                    pid: process.pid,
                    steps: output.steps(),
                    own: output.own(),
                    process: match (i, process.fork.is_none(), process.survived) {
                        (0, ..) => Process::Main,
                        (_, true, _) => Process::Started,
                        (_, false, true) => Process::Background,
                        (_, false, false) => Process::Forked,
                    },
                    beyond: process.beyond,
                })
            })
            .filter(|trace| trace.own.steps > 0)
            .collect();
        Ok(Translated {
            traces,
            beyond: of_all + self.lost_beyond,
            without,
        })
    }
}

/// How many records are missing where a record says so.
fn count_of(missing: &Raw) -> u64 {
    let args::Missing { lost, abandoned } = missing.args();
    lost + abandoned
}
