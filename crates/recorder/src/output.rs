//! The trace files: one for each process that had something to say.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use evscope_trace::{Header, Record, Writer};

use crate::source::{Points, Sources};
use crate::translate::Sink;

/// A trace that is being written. The file is made with the first step, when the header is known.
pub(crate) struct Output {
    path: PathBuf,
    header: Header,
    writer: Option<Writer<Box<dyn Write + Send>>>,
    sources: Sources,
    steps: u64,
    seen_backend: bool,
}

impl Output {
    pub(crate) fn new(path: &Path, program: &str, pid: u32, started: &str) -> Self {
        let mut header = Header::new(program, "libevent", "unknown");
        header.pid = pid;
        started.clone_into(&mut header.started);
        Self {
            path: path.to_owned(),
            header,
            writer: None,
            sources: Sources::default(),
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

    fn step(&mut self, mut record: Record) -> io::Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let output = evscope_trace::create(&self.path)?;
                self.writer.insert(Writer::new(output, &self.header)?)
            }
        };
        let places = [
            (&mut record.src, Points::ToFunction),
            (&mut record.caller, Points::ToLine),
        ];
        for (place, what) in places {
            if let Some(place) = place
                && let Some(text) = self.sources.place(place, what)
            {
                writer.source(&text)?;
            }
        }
        record.seq = self.steps;
        self.steps += 1;
        writer.record(&record)
    }

    fn library(&mut self, version: Option<String>, backend: Option<String>) {
        if let Some(version) = version {
            self.header.library = format!("libevent {version}");
        }
        if let Some(backend) = backend
            && !self.seen_backend
        {
            self.header.backend = backend;
            self.seen_backend = true;
        }
    }
}
