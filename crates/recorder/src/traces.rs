//! From the spool to the traces: which process a record belongs to, and the trace of each.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evscope_trace::Event;
use evscope_wire::Kind;

use crate::files::Shared;
use crate::limits::Limits;
use crate::output::{Names, Output};
use crate::ring::Raw;
use crate::spool::{Head, SpoolReader};
use crate::sums::Sums;
use crate::translate::{OwnTranslator, Translator};

/// A trace that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceFile {
    /// Where.
    pub path: PathBuf,
    /// Of which process.
    pub pid: u32,
    /// How many steps.
    pub steps: u64,
    /// What the process did itself: without what its parent did before it was forked off, with which its trace begins.
    pub own: Sums,
    /// What the process is.
    pub process: Process,
    /// How many records it made besides, after there was no more room.
    pub beyond: u64,
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
    /// Processes that were forked off have traces, too.
    forks: bool,
    files: Shared,
    /// Which process a thread belongs to: its place in `processes`.
    threads: HashMap<u16, usize>,
    processes: Vec<OneProcess>,
    /// Those that have not ended, by their ids.
    living: HashMap<u32, usize>,
}

struct OneProcess {
    pid: u32,
    /// Until when its ancestors' records are its own, too: what happened before the fork.
    history: Vec<Ancestor>,
    /// There once it says something itself.
    trace: Option<(Translation, Output)>,
    ended: bool,
    /// What was done before it was forked off.
    inherited: Sums,
    /// Its parent has ended before it.
    survived: bool,
    /// How many of its records came when there was no more room.
    beyond: u64,
}

/// How the records of a process become steps.
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

    fn feed(&mut self, raw: &Raw, output: &mut Output) -> io::Result<()> {
        match self {
            Self::Libevent(translator) => translator.feed(raw, output),
            Self::Own(translator) => translator.feed(raw, output),
        }
    }

    fn lost(&mut self, count: u64, output: &mut Output) -> io::Result<()> {
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
                let how = how.filter(|_| output.steps() > 0 || !translator.is_empty());
                translator.end(how, output)
            }
            Self::Own(translator) => match how.filter(|_| output.steps() > 0) {
                Some(how) => translator.told(how, output),
                None => Ok(()),
            },
        }
    }
}

#[derive(Clone)]
struct Ancestor {
    pid: u32,
    until: u64,
    /// The thread that the next process in the line came from, and the number it has there.
    continues: (u16, u16),
}

impl Traces {
    pub(crate) fn new(
        head: Head,
        reader: SpoolReader,
        names: Names,
        limits: Arc<Limits>,
        forks: bool,
        library: Option<&Path>,
    ) -> Self {
        Self {
            head,
            reader,
            names,
            limits,
            forks,
            files: Shared::new(library),
            threads: HashMap::new(),
            processes: Vec::new(),
            living: HashMap::new(),
        }
    }

    /// Translates what is in the spool by now; how many records it was. `go_on` is asked every now and then, and told
    /// how far it has come.
    pub(crate) fn advance(&mut self, mut go_on: impl FnMut(u64) -> bool) -> io::Result<u64> {
        /// Records between two questions.
        const OFTEN: u64 = 1024;
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
        if raw.tag.kind == Kind::Thread as u8 {
            return self.take_thread(raw);
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
        match &mut self.processes[index].trace {
            Some((translator, output)) => translator.feed(raw, output),
            None => Ok(()),
        }
    }

    fn take_thread(&mut self, raw: &Raw) -> io::Result<()> {
        let [pid, parent, forked, ..] = raw.args;
        let (pid, parent) = (pid as u32, parent as u16);
        if let Some(&index) = self.living.get(&pid) {
            self.threads.insert(raw.tag.thread, index);
            return Ok(());
        }
        if parent != 0 && !self.forks {
            return Ok(());
        }
        let mut history = Vec::new();
        let mut survived = false;
        if parent != 0
            && let Some(&from) = self.threads.get(&parent)
        {
            let process = &self.processes[from];
            survived = process.ended;
            history.clone_from(&process.history);
            history.push(Ancestor {
                pid: process.pid,
                until: forked,
                continues: (raw.tag.thread, parent),
            });
        }
        self.threads.insert(raw.tag.thread, self.processes.len());
        self.living.insert(pid, self.processes.len());
        self.processes.push(OneProcess {
            pid,
            history,
            trace: None,
            ended: false,
            inherited: Sums::default(),
            survived,
            beyond: 0,
        });
        Ok(())
    }

    /// A process says its first word: its trace begins with what its ancestors did until it was forked off,
    /// since their bases, events and buffers are its own.
    fn begin(&mut self, index: usize, first: u8) -> io::Result<()> {
        let pid = self.processes[index].pid;
        let names = self.names.clone();
        let files = Shared::clone(&self.files);
        let limits = Arc::clone(&self.limits);
        let mut output = Output::new(names, limits, &self.head, pid);
        let began = self.head.began;
        let mut translator = match OwnTranslator::is_for(first) {
            true => Translation::Own(OwnTranslator::new(began, files)),
            false => Translation::Libevent(Box::new(Translator::new(began, files))),
        };
        let end = self.reader.position();
        let mut reader = self.reader.another();
        let mut threads = HashMap::new();
        let history = self.processes[index].history.clone();
        let mut past = 0;
        while reader.position() < end
            && let Some(raw) = reader.next()?
        {
            if raw.tag.kind == Kind::Thread as u8 {
                threads.insert(raw.tag.thread, raw.args[0] as u32);
            }
            let Some(&of) = threads.get(&raw.tag.thread) else {
                continue;
            };
            while let Some(ancestor) = history.get(past)
                && raw.time > ancestor.until
            {
                let (child, parent) = ancestor.continues;
                translator.continue_thread(child, parent);
                past += 1;
            }
            let own = match history.get(past) {
                Some(ancestor) => of == ancestor.pid,
                // The rest of its own past comes from the caller.
                None => false,
            };
            // Where the libraries lie is the same for all of the line.
            if own || is_hello(raw.tag.kind) && history.iter().any(|a| a.pid == of) {
                translator.feed(&raw, &mut output)?;
            }
        }
        while let Some(ancestor) = history.get(past) {
            let (child, parent) = ancestor.continues;
            translator.continue_thread(child, parent);
            past += 1;
        }
        self.processes[index].inherited = output.sums();
        self.processes[index].trace = Some((translator, output));
        Ok(())
    }

    /// Records were lost: every trace may have a hole here.
    pub(crate) fn lost(&mut self, count: u64) -> io::Result<()> {
        let full = self.limits.traces_are_full();
        for process in self.processes.iter_mut().filter(|p| !p.ended) {
            if full {
                process.beyond += count;
                continue;
            }
            if let Some((translator, output)) = &mut process.trace {
                translator.lost(count, output)?;
            }
        }
        Ok(())
    }

    /// Records of these threads came when there was no more room even in the spool.
    pub(crate) fn beyond(&mut self, counts: HashMap<u16, u64>) {
        for (thread, count) in counts {
            if let Some(&index) = self.threads.get(&thread) {
                self.processes[index].beyond += count;
            }
        }
    }

    /// A process has ended.
    pub(crate) fn end(&mut self, pid: u32, how: Option<Event>) -> io::Result<()> {
        let ended = self.living.remove(&pid);
        if how.is_some() {
            for &child in self.living.values() {
                let child = &mut self.processes[child];
                let parent = child.history.last();
                child.survived |= parent.is_some_and(|parent| parent.pid == pid);
            }
        }
        if let Some(process) = ended.and_then(|index| self.processes.get_mut(index)) {
            process.ended = true;
            if let Some((translator, output)) = &mut process.trace {
                if process.beyond > 0 {
                    translator.lost(process.beyond, output)?;
                }
                translator.end(how, output)?;
                output.close()?;
            }
        }
        Ok(())
    }

    /// No more records come.
    pub(crate) fn finish(mut self) -> io::Result<Vec<TraceFile>> {
        let open: Vec<u32> = self
            .processes
            .iter()
            .filter(|p| !p.ended)
            .map(|p| p.pid)
            .collect();
        for pid in open {
            self.end(pid, None)?;
        }
        Ok(self
            .processes
            .iter()
            .enumerate()
            .filter_map(|(i, process)| {
                let (_, output) = process.trace.as_ref()?;
                Some(TraceFile {
                    path: output.path().to_owned(),
                    pid: process.pid,
                    steps: output.steps(),
                    own: output.sums().since(process.inherited),
                    process: match (i, process.history.is_empty(), process.survived) {
                        (0, ..) => Process::Main,
                        (_, true, _) => Process::Started,
                        (_, false, true) => Process::Background,
                        (_, false, false) => Process::Forked,
                    },
                    beyond: process.beyond,
                })
            })
            .filter(|trace| trace.steps > 0)
            .collect())
    }
}

/// Whether a process says by a record what it is.
fn is_hello(kind: u8) -> bool {
    kind == Kind::Hello as u8 || kind == Kind::OwnHello as u8
}
