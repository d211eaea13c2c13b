//! The trace files: one for each process that had something to say.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use evscope_trace::{
    Claim, Continues, Header, InTheWay, Over, SourceLine, SourceText, Text, Writer,
};

use crate::limits::Limits;
use crate::pen::{Line, Pen, Scribes};
use crate::spool::Head;
use crate::sums::Sums;
use crate::translate::{Said, Sink};

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
    pen: Option<Pen>,
    /// Where a thread to write comes from, if there is one.
    scribes: Option<Scribes>,
    /// Nothing more comes.
    closed: bool,
    /// How long the file was when it was looked at last.
    size: u64,
    /// Texts that came and are not written yet.
    texts: Vec<Arc<SourceText>>,
    /// Those that were, by file and first line.
    given: Texts,
    /// Those that an ancestor gave and this trace did not, by file.
    of_ancestors: HashMap<Text, Vec<Arc<SourceText>>>,
    /// With the steps that it goes on with.
    sums: Sums,
    /// What of that it goes on with.
    inherited: Sums,
    seen_backend: bool,
}

type Texts = HashMap<(Text, u32), Arc<SourceText>>;

/// What a process has told by some moment, for one that is forked off then. It takes steps, too, which are counted and
/// not written.
#[derive(Clone)]
pub(crate) struct Told {
    path: PathBuf,
    header: Header,
    texts: Vec<Arc<SourceText>>,
    sums: Sums,
    inherited: Sums,
    seen_backend: bool,
}

impl Told {
    /// The trace of the process `pid`, which goes on with this.
    pub(crate) fn go_on(self, names: Names, limits: Arc<Limits>, pid: u32) -> Output {
        let mut header = self.header;
        if self.sums.steps > self.inherited.steps {
            let name = self.path.file_name().unwrap_or_default();
            let continues = Continues::new(name.to_string_lossy(), header.pid, self.sums.steps);
            header.continues = Some(continues);
        }
        header.pid = pid;
        let mut of_ancestors = HashMap::<_, Vec<_>>::new();
        for text in self.texts {
            of_ancestors
                .entry(text.file.clone())
                .or_default()
                .push(text);
        }
        Output {
            of_ancestors,
            sums: self.sums,
            inherited: self.sums,
            seen_backend: self.seen_backend,
            ..Output::under(names, limits, header)
        }
    }
}

impl Output {
    pub(crate) fn new(names: Names, limits: Arc<Limits>, head: &Head, pid: u32) -> Self {
        let mut header = Header::new(&head.program, "libevent", "unknown");
        header.pid = pid;
        head.started.clone_into(&mut header.started);
        Self::under(names, limits, header)
    }

    /// One with a header of its own, and nothing in it.
    fn under(names: Names, limits: Arc<Limits>, header: Header) -> Self {
        Self {
            names,
            limits,
            path: PathBuf::new(),
            header,
            pen: None,
            scribes: None,
            closed: false,
            size: 0,
            texts: Vec::new(),
            given: Texts::new(),
            of_ancestors: HashMap::new(),
            sums: Sums::default(),
            inherited: Sums::default(),
            seen_backend: false,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How many steps there are, with those that it goes on with.
    pub(crate) fn steps(&self) -> u64 {
        self.sums.steps
    }

    /// What the process did itself.
    pub(crate) fn own(&self) -> Sums {
        self.sums.since(self.inherited)
    }

    /// All that was told by now.
    pub(crate) fn told(&self) -> Told {
        let of_ancestors = self.of_ancestors.values().flatten();
        Told {
            texts: self.given.values().chain(of_ancestors).cloned().collect(),
            sums: self.sums,
            ..self.told_first()
        }
    }

    /// What was told before the first step of its own.
    pub(crate) fn told_first(&self) -> Told {
        Told {
            path: self.path.clone(),
            header: self.header.clone(),
            texts: self.of_ancestors.values().flatten().cloned().collect(),
            sums: self.inherited,
            inherited: self.inherited,
            seen_backend: self.seen_backend,
        }
    }

    /// Makes the file, once.
    fn begin(&mut self) -> io::Result<()> {
        if self.pen.is_none() && !self.closed {
            let (path, output) = self.names.make(self.header.pid)?;
            self.path = path;
            let writer = Writer::new(output, &self.header)?;
            self.pen = Some(match &self.scribes {
                Some(scribes) => scribes.pen(writer),
                None => Pen::Here(writer),
            });
        }
        Ok(())
    }

    /// From now on a thread writes, as soon as there is something to write.
    pub(crate) fn write_by(&mut self, scribes: &Scribes) {
        self.scribes = Some(scribes.clone());
        self.pen = self.pen.take().map(|pen| match pen {
            Pen::Here(writer) => scribes.pen(writer),
            pen @ Pen::There(_) => pen,
        });
    }

    fn write(&mut self, said: Said) -> io::Result<()> {
        let Some(pen) = &mut self.pen else {
            return Ok(());
        };
        for line in [said.src, said.caller].into_iter().flatten() {
            if let Some(text) = take(&mut self.of_ancestors, line) {
                self.texts.push(Arc::clone(&text));
                self.given.insert((text.file.clone(), text.first), text);
            }
        }
        for text in self.texts.drain(..) {
            pen.write(Line::Text(text))?;
        }
        let seq = self.sums.steps - self.inherited.steps;
        self.sums.add(&said);
        pen.write(Line::Step(seq, said))?;
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
        match self.pen.take() {
            Some(pen) => pen.finish()?,
            None => return Ok(()),
        }
        self.measure();
        Ok(())
    }

    /// Hands what was written to the operating system.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match &mut self.pen {
            Some(pen) => pen.flush(),
            None => Ok(()),
        }
    }
}

impl Sink for Output {
    type Error = io::Error;

    fn step(&mut self, said: Said) -> io::Result<()> {
        self.begin()?;
        self.write(said)
    }

    fn text(&mut self, text: SourceText) {
        if let Entry::Vacant(place) = self.given.entry((text.file.clone(), text.first)) {
            self.texts.push(Arc::clone(place.insert(Arc::new(text))));
        }
    }

    fn library(&mut self, library: Option<String>, backend: Option<String>) {
        tell_library(&mut self.header, &mut self.seen_backend, library, backend);
    }
}

impl Sink for Told {
    type Error = io::Error;

    fn step(&mut self, said: Said) -> io::Result<()> {
        self.sums.add(&said);
        Ok(())
    }

    fn text(&mut self, text: SourceText) {
        self.texts.push(Arc::new(text));
    }

    fn library(&mut self, library: Option<String>, backend: Option<String>) {
        tell_library(&mut self.header, &mut self.seen_backend, library, backend);
    }
}

/// The library with its version goes into the header, and the first backend.
fn tell_library(
    header: &mut Header,
    seen_backend: &mut bool,
    library: Option<String>,
    backend: Option<String>,
) {
    if let Some(library) = library {
        header.library = library;
    }
    if let Some(backend) = backend
        && !*seen_backend
    {
        header.backend = backend;
        *seen_backend = true;
    }
}

/// Takes the text that a line lies in.
fn take(
    texts: &mut HashMap<Text, Vec<Arc<SourceText>>>,
    line: &SourceLine,
) -> Option<Arc<SourceText>> {
    if texts.is_empty() {
        return None;
    }
    let of_file = texts.get_mut(&line.file)?;
    let at = of_file
        .iter()
        .position(|text| text.contains(&line.file, line.line))?;
    Some(of_file.swap_remove(at))
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
