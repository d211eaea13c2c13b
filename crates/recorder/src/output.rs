//! The trace files: one for each process that had something to say.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use evscope_trace::{Header, Record, SourceText, Writer};

use crate::spool::Head;
use crate::translate::Sink;

/// The names of a recording's traces: the first process that has something to say gets the one that was asked
/// for, another one with its process id in it.
#[derive(Clone)]
pub(crate) struct Names {
    first: PathBuf,
    taken: Arc<AtomicBool>,
}

impl Names {
    pub(crate) fn new(first: &Path) -> Self {
        Self {
            first: first.to_owned(),
            taken: Arc::default(),
        }
    }

    fn take(&self, pid: u32) -> PathBuf {
        if self.taken.swap(true, Ordering::Relaxed) {
            sibling(&self.first, pid)
        } else {
            self.first.clone()
        }
    }
}

/// A trace that is being written. The file is made with the first step, when the header is known.
pub(crate) struct Output {
    names: Names,
    path: PathBuf,
    header: Header,
    writer: Option<Writer<Box<dyn Write + Send>>>,
    /// Texts that came and are not written yet.
    texts: Vec<SourceText>,
    /// Those that were: a forked process gives again what its parent gave.
    given: HashSet<(String, u32)>,
    steps: u64,
    seen_backend: bool,
}

impl Output {
    pub(crate) fn new(names: Names, head: &Head, pid: u32) -> Self {
        let mut header = Header::new(&head.program, "libevent", "unknown");
        header.pid = pid;
        head.started.clone_into(&mut header.started);
        Self {
            names,
            path: PathBuf::new(),
            header,
            writer: None,
            texts: Vec::new(),
            given: HashSet::new(),
            steps: 0,
            seen_backend: false,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    /// Makes the file, once.
    fn begin(&mut self) -> io::Result<()> {
        if self.writer.is_none() {
            self.path = self.names.take(self.header.pid);
            let output = evscope_trace::create(&self.path)?;
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
        record.seq = self.steps;
        self.steps += 1;
        writer.record(&record)
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

/// The name of another process's trace: `NAME.PID.jsonl` beside `NAME.jsonl`.
fn sibling(path: &Path, pid: u32) -> PathBuf {
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
        assert_eq!(sibling(Path::new("a/t.jsonl"), 7), Path::new("a/t.7.jsonl"));
        assert_eq!(
            sibling(Path::new("t.jsonl.zst"), 7),
            Path::new("t.7.jsonl.zst")
        );
        assert_eq!(sibling(Path::new("t"), 7), Path::new("t.7"));
    }
}
