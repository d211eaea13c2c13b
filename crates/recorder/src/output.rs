//! The trace files: one for each process that had something to say.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use evscope_trace::{Claim, Header, InTheWay, Over, Record, SourceText, Writer};

use crate::limits::Limits;
use crate::spool::Head;
use crate::sums::Sums;
use crate::translate::Sink;

/// The names of a recording's traces: the first process that has something to say gets the one that was asked
/// for, another one with its process id in it.
#[derive(Clone)]
pub(crate) struct Names {
    first: PathBuf,
    /// Until it is taken.
    claim: Arc<Mutex<Option<Claim<'static>>>>,
    begun: Arc<AtomicBool>,
}

impl Names {
    pub(crate) fn new(first: Claim<'static>) -> Self {
        Self {
            first: first.path().to_owned(),
            claim: Arc::new(Mutex::new(Some(first))),
            begun: Arc::default(),
        }
    }

    /// Becomes true when the file that was asked for is this recording's.
    pub(crate) fn begun(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.begun)
    }

    /// Makes the file of the next trace.
    fn make(&self, pid: u32) -> io::Result<(PathBuf, evscope_trace::Output)> {
        let first = self
            .claim
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(first) = first {
            let output = first.create()?;
            self.begun.store(true, Ordering::Release);
            return Ok((self.first.clone(), output));
        }
        /// So many names are tried where files that are no traces have them.
        const NAMES: u32 = 16;
        let mut taken = None;
        for attempt in 1..=NAMES {
            let path = sibling(&self.first, pid, attempt);
            match Claim::new(&path, Over::Trace) {
                Ok(claim) => return Ok((path, claim.create()?)),
                Err(error) if InTheWay::of(&error).is_some() => taken = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(taken.unwrap_or_else(|| io::ErrorKind::AlreadyExists.into()))
    }
}

/// A trace that is being written. The file is made with the first step, when the header is known.
pub(crate) struct Output {
    names: Names,
    limits: Arc<Limits>,
    path: PathBuf,
    header: Header,
    writer: Option<Writer<evscope_trace::Output>>,
    /// Nothing more comes.
    closed: bool,
    /// How long the file was when it was looked at last.
    size: u64,
    /// Texts that came and are not written yet.
    texts: Vec<SourceText>,
    /// Those that were: a forked process gives again what its parent gave.
    given: HashSet<(String, u32)>,
    sums: Sums,
    seen_backend: bool,
}

impl Output {
    pub(crate) fn new(names: Names, limits: Arc<Limits>, head: &Head, pid: u32) -> Self {
        let mut header = Header::new(&head.program, "libevent", "unknown");
        header.pid = pid;
        head.started.clone_into(&mut header.started);
        Self {
            names,
            limits,
            path: PathBuf::new(),
            header,
            writer: None,
            closed: false,
            size: 0,
            texts: Vec::new(),
            given: HashSet::new(),
            sums: Sums::default(),
            seen_backend: false,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn steps(&self) -> u64 {
        self.sums.steps
    }

    /// What was written so far.
    pub(crate) fn sums(&self) -> Sums {
        self.sums
    }

    /// Makes the file, once.
    fn begin(&mut self) -> io::Result<()> {
        if self.writer.is_none() && !self.closed {
            let (path, output) = self.names.make(self.header.pid)?;
            self.path = path;
            self.writer = Some(Writer::new(output, &self.header)?);
        }
        Ok(())
    }

    fn write(&mut self, mut record: Record) -> io::Result<()> {
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        for text in self.texts.drain(..) {
            writer.source(&text)?;
        }
        record.seq = self.sums.steps;
        self.sums.add(&record);
        writer.record(&record)?;
        /// Steps between two looks at how long the file is.
        const OFTEN: u64 = 4096;
        if self.sums.steps.is_multiple_of(OFTEN) {
            self.measure();
        }
        Ok(())
    }

    fn measure(&mut self) {
        // A device or a pipe has no size, and to open it may take long.
        if self.path.is_file()
            && let Ok(file) = File::open(&self.path)
        {
            let size = file.metadata().map_or(0, |file| file.len());
            self.limits.grown(size.saturating_sub(self.size), &file);
            self.size = size;
        }
    }

    /// Nothing more comes: the file is made whole.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        self.closed = true;
        match self.writer.take() {
            Some(writer) => writer.finish()?.finish(),
            None => Ok(()),
        }
    }

    /// Hands what was written to the operating system.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Some(writer) => writer.flush(),
            None => Ok(()),
        }
    }
}

impl Sink for Output {
    type Error = io::Error;

    fn step(&mut self, record: Record) -> io::Result<()> {
        self.begin()?;
        self.write(record)
    }

    fn text(&mut self, text: SourceText) {
        if self.given.insert((text.file.to_string(), text.first)) {
            self.texts.push(text);
        }
    }

    fn library(&mut self, library: Option<String>, backend: Option<String>) {
        if let Some(library) = library {
            self.header.library = library;
        }
        if let Some(backend) = backend
            && !self.seen_backend
        {
            self.header.backend = backend;
            self.seen_backend = true;
        }
    }
}

/// The name of another process's trace: `NAME.PID.jsonl` beside `NAME.jsonl`, or `NAME.PID-2.jsonl` at the second attempt.
fn sibling(path: &Path, pid: u32, attempt: u32) -> PathBuf {
    let pid = match attempt {
        1 => pid.to_string(),
        _ => format!("{pid}-{attempt}"),
    };
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let name = match name.split_once('.') {
        Some((stem, rest)) => format!("{stem}.{pid}.{rest}"),
        None => format!("{name}.{pid}"),
    };
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_of_other_processes_are_named_by_their_pid() {
        assert_eq!(
            sibling(Path::new("a/t.jsonl"), 7, 1),
            Path::new("a/t.7.jsonl")
        );
        assert_eq!(
            sibling(Path::new("t.jsonl.zst"), 7, 2),
            Path::new("t.7-2.jsonl.zst")
        );
        assert_eq!(sibling(Path::new("t"), 7, 1), Path::new("t.7"));
    }
}
