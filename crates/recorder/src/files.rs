//! The files that addresses and lines lead to, read once for all processes of a recording: programs and libraries,
//! source texts, and a folder of libevent's source.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use evscope_trace::{
    Function, FunctionFolder, Functions, KnownLine, SourceLine, SourceText, Text, closing_line,
};
use log::debug;

use crate::object_file::{ObjectFile, Spot};

/// As the translations of all processes share them. They are all done by one thread at a time.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Files>>);

impl Shared {
    /// With a folder of libevent's source, in which its functions are looked up by name.
    pub(crate) fn new(library: Option<&Path>) -> Self {
        Self(Arc::new(Mutex::new(Files {
            library: library.map(FunctionFolder::scan).unwrap_or_default(),
            ..Files::default()
        })))
    }

    pub(crate) fn get(&self) -> MutexGuard<'_, Files> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of files.
#[derive(Default)]
pub(crate) struct Files {
    objects: HashMap<PathBuf, Arc<ObjectFile>>,
    sources: HashMap<String, Option<Arc<Source>>>,
    /// libevent's functions, where its source was given.
    library: FunctionFolder,
    /// Names and places that records borrow: thousands of records have the same, and a recording ends with its process.
    names: HashSet<&'static str>,
    lines: HashMap<&'static SourceLine, Place>,
}

/// A line that records point to.
pub(crate) type Place = &'static KnownLine;

/// What a line stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Points {
    /// The function it is in, which begins somewhat earlier: compilers name the line of its first
    /// instruction.
    ToFunction,
    /// Itself.
    ToLine,
}

/// A line as the trace names it, and the text of the function around it.
pub(crate) struct Placed {
    pub(crate) line: SourceLine,
    pub(crate) text: Option<SourceText>,
}

struct Source {
    /// The file's name in the trace.
    name: String,
    text: String,
    /// Where its lines begin, and its end.
    starts: Vec<usize>,
    functions: Functions,
}

impl Files {
    /// What a program's or library's file says.
    pub(crate) fn object(&mut self, path: &Path) -> Arc<ObjectFile> {
        let object = self.objects.entry(path.to_owned());
        Arc::clone(object.or_insert_with(|| Arc::new(ObjectFile::read(path))))
    }

    /// A function of libevent's in the folder that was given.
    pub(crate) fn library(&mut self, name: &str) -> Option<Placed> {
        let (path, function) = self.library.find(name)?;
        let spot = Spot {
            file: path.to_string_lossy().into_owned(),
            line: function.open,
            function: Some(name.to_owned()),
            extent: None,
        };
        Some(self.place(&spot, Points::ToFunction))
    }

    /// Names the file as the trace does, and finds the function around the line. Of a file that cannot be read the
    /// line stays as it is.
    pub(crate) fn place(&mut self, spot: &Spot, what: Points) -> Placed {
        let function = spot.function.as_deref().map(|name| self.keep(name));
        let Some(source) = self.source(&spot.file) else {
            let line = SourceLine {
                file: self.keep(&spot.file),
                line: spot.line,
                function,
            };
            return Placed { line, text: None };
        };
        let file = self.keep(&source.name);
        let Some((name, first, last)) = source.around(spot) else {
            let line = SourceLine {
                file,
                line: spot.line,
                function,
            };
            return Placed { line, text: None };
        };
        let function = function.unwrap_or_else(|| self.keep(&name));
        let text = source.part(first, last);
        let text = SourceText::new(file.clone(), function.clone(), first, text);
        let line = match what {
            Points::ToFunction => first,
            Points::ToLine => spot.line,
        };
        let function = Some(function);
        Placed {
            line: SourceLine {
                file,
                line,
                function,
            },
            text: Some(text),
        }
    }

    /// A text that records may have without having their own.
    pub(crate) fn keep(&mut self, name: &str) -> Text {
        let kept = match self.names.get(name) {
            Some(kept) => kept,
            None => {
                let kept: &'static str = Box::leak(name.into());
                self.names.insert(kept);
                kept
            }
        };
        Text::Borrowed(kept)
    }

    /// A line that records may have without having their own.
    pub(crate) fn keep_line(&mut self, line: &SourceLine) -> Place {
        if let Some(kept) = self.lines.get(line) {
            return kept;
        }
        let kept = SourceLine {
            file: self.keep(&line.file),
            line: line.line,
            function: line.function.as_deref().map(|name| self.keep(name)),
        };
        let kept: Place = Box::leak(Box::new(kept.into()));
        self.lines.insert(kept, kept);
        kept
    }

    fn source(&mut self, path: &str) -> Option<Arc<Source>> {
        if let Some(known) = self.sources.get(path) {
            return known.clone();
        }
        let source = Source::read(path).map(Arc::new);
        self.sources.insert(path.to_owned(), source.clone());
        source
    }
}

impl Source {
    fn read(path: &str) -> Option<Self> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                debug!("no source text of {path}: {error}");
                return None;
            }
        };
        debug!("source text of {path}: {} bytes", bytes.len());
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Some(Self {
            name: relative(Path::new(path)),
            functions: Functions::of(path, &text),
            starts: text
                .split_inclusive('\n')
                .scan(0, |end, line| {
                    Some(std::mem::replace(end, *end + line.len()))
                })
                .chain([text.len()])
                .collect(),
            text,
        })
    }

    fn lines(&self) -> u32 {
        self.starts.len() as u32 - 1
    }

    /// Where a line begins.
    fn start(&self, line: u32) -> usize {
        let line = line.clamp(1, self.lines() + 1);
        self.starts[line as usize - 1]
    }

    /// Lines of it.
    fn part(&self, first: u32, last: u32) -> String {
        let lines = self.text[self.start(first)..self.start(last + 1)].lines();
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The function a spot is in: its name, first and last line. Where the debug information says which lines it has,
    /// that counts. Its code does not say the line of its type and, sometimes, not that of its closing brace; a
    /// function in the text that is the same one does.
    fn around(&self, spot: &Spot) -> Option<(String, u32, u32)> {
        let found = |f: &Function| (f.name.clone(), f.first, f.last);
        let Some((first, last)) = spot.extent else {
            return self.functions.around(spot.line).map(found);
        };
        if last > self.lines() {
            // The file is another one by now.
            return None;
        }
        let is_same = |f: &&Function| first <= f.open || is_called(spot, &f.name);
        match self.functions.around(first).filter(is_same) {
            Some(function) if function.last >= last => Some(found(function)),
            same => {
                let name = same.map_or(spot.function.as_ref(), |same| Some(&same.name))?;
                let head = same.map_or(first, |same| same.first);
                Some((
                    name.clone(),
                    head,
                    closing_line(&self.text[self.start(first)..], first, last),
                ))
            }
        }
    }
}

/// Whether a spot's function has this name, whatever either is qualified by.
fn is_called(spot: &Spot, name: &str) -> bool {
    let short = |name: &str| name.rsplit("::").next().unwrap_or_default().to_owned();
    spot.function.as_deref().map(short) == Some(short(name))
}

/// The path relative to the root of its project: the closest folder above that looks like one, else the
/// folder it lies in.
fn relative(path: &Path) -> String {
    const ROOTS: [&str; 6] = [
        ".git",
        "Cargo.lock",
        "configure.ac",
        "configure",
        "CMakeLists.txt",
        "meson.build",
    ];
    let path: PathBuf = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let root = path
        .ancestors()
        .skip(1)
        .find(|folder| ROOTS.iter().any(|mark| folder.join(mark).exists()))
        .or_else(|| path.parent());
    let name = root
        .and_then(|root| path.strip_prefix(root).ok())
        .unwrap_or(&path);
    name.to_string_lossy().into_owned()
}
