//! The texts that a trace carries: the library's own, those the program gave, and what is on disk.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::ptr;
use std::sync::{Mutex, TryLockError};

use evscope_trace::{Functions, KnownLine, Phase, SourceLine, SourceText, Text};

use super::mix::Mix;
use super::raw::{Here, Source};
use crate::callback::CallbackName;

macro_rules! own_sources {
    ($($file:literal),* $(,)?) => {
        /// Every file of this crate, by its path in `src/`.
        const OWN_SOURCES: &[(&str, &str)] =
            &[$((concat!("crates/reactor/src/", $file), include_str!(concat!("../", $file)))),*];
    };
}

own_sources! {
    "backend/epoll.rs", "backend/mod.rs", "backend/poll.rs", "backend/select.rs",
    "buffer/add.rs", "buffer/callbacks.rs", "buffer/chain.rs", "buffer/defer.rs", "buffer/file.rs", "buffer/io.rs",
    "buffer/look.rs", "buffer/mod.rs", "buffer/move_bytes.rs", "buffer/pieces.rs", "buffer/reference.rs",
    "buffer/remove.rs", "buffer/search.rs", "buffer/segment.rs", "buffer/space.rs",
    "bufferevent/connect.rs", "bufferevent/deferred.rs", "bufferevent/enable.rs",
    "bufferevent/filter.rs", "bufferevent/free.rs", "bufferevent/hostname.rs", "bufferevent/kind.rs", "bufferevent/mod.rs",
    "bufferevent/pair.rs", "bufferevent/ratelim.rs", "bufferevent/ratelim_group.rs", "bufferevent/run.rs", "bufferevent/slot.rs",
    "bufferevent/socket.rs", "bufferevent/suspend.rs", "bufferevent/timeouts.rs", "bufferevent/watermark.rs",
    "bufferevent/tls/data.rs", "bufferevent/tls/handshake.rs", "bufferevent/tls/mod.rs", "bufferevent/tls/session.rs",
    "bufferevent/tls/transport.rs",
    "callback.rs", "config.rs", "error.rs",
    "event/active.rs", "event/ask.rs", "event/assign.rs", "event/clock.rs", "event/common_timeout.rs", "event/dump.rs",
    "event/exit.rs", "event/finalize.rs", "event/free.rs", "event/mod.rs",
    "event/pending.rs", "event/process.rs", "event/queues.rs", "event/reinit.rs", "event/row.rs", "event/run_loop.rs", "event/slot.rs",
    "event/watch.rs",
    "evmap.rs", "handle.rs", "lib.rs", "listener.rs", "min_heap.rs", "notify.rs",
    "recording/flight.rs", "recording/ids.rs", "recording/into_ring.rs", "recording/kept.rs", "recording/mix.rs", "recording/mod.rs", "recording/no_ring.rs", "recording/process.rs", "recording/raw.rs", "recording/recorder.rs",
    "recording/sites.rs", "recording/sources.rs", "recording/steps.rs", "recording/ticks.rs", "recording/tracer.rs", "recording/writer.rs",
    "signal.rs", "socket.rs", "sys/linux.rs", "sys/mod.rs", "sys/plain.rs", "sys/process.rs", "table.rs",
}

/// Where a record's code stands, and who called it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places {
    pub(crate) src: LineId,
    pub(crate) caller: Option<LineId>,
}

/// A line that was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LineId(u32);

/// By what the places of a record are known again: addresses of what the compiler made of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Spot(usize, usize, usize);

impl Spot {
    pub(super) fn of(phase: Phase, source: Source, caller: Option<&'static Here>) -> Self {
        let at = |here: &'static Here| ptr::from_ref(here) as usize;
        match source {
            Source::Line(here) => Self(at(here), caller.map_or(0, at), phase as usize),
            // The same function may be given in several places, and one place may give several.
            Source::Callback(name, here) => {
                Self(name.short().as_ptr() as usize, at(name.set_at), at(here))
            }
        }
    }
}

/// A file's text, and its functions once something lies in it.
struct File {
    text: Cow<'static, str>,
    functions: Option<Functions>,
}

impl File {
    fn new(text: Cow<'static, str>) -> Self {
        Self { text, functions: None }
    }

    fn functions(&mut self, name: &str) -> (&Functions, &str) {
        let functions = self
            .functions
            .get_or_insert_with(|| Functions::of(name, &self.text));
        (functions, &self.text)
    }
}

/// Finds the function around a line, and which texts the trace does not have yet.
pub(crate) struct Sources {
    /// Where files lie whose paths are relative; without any, in the current folder.
    roots: Vec<PathBuf>,
    files: HashMap<String, Option<File>>,
    /// All that were found.
    found: Vec<KnownLine>,
    /// Those of the records so far.
    known: HashMap<Spot, Places, Mix>,
    lines: HashMap<(&'static str, u32), LineId>,
    /// The same, moved to the functions' first lines.
    heads: HashMap<(&'static str, u32), LineId>,
    callbacks: HashMap<(&'static str, u32, &'static str), LineId>,
    given: HashSet<(String, u32)>,
    new: Vec<SourceText>,
}

impl Sources {
    /// With the texts the program gave: path and text.
    pub(crate) fn new(texts: Vec<(String, Cow<'static, str>)>) -> Self {
        let own = OWN_SOURCES
            .iter()
            .map(|(file, text)| ((*file).to_owned(), Some(File::new(Cow::Borrowed(*text)))));
        let theirs = texts
            .into_iter()
            .map(|(file, text)| (file, Some(File::new(text))));
        Self {
            roots: Vec::new(),
            files: own.chain(theirs).collect(),
            found: Vec::new(),
            known: HashMap::default(),
            lines: HashMap::new(),
            heads: HashMap::new(),
            callbacks: HashMap::new(),
            given: HashSet::new(),
            new: Vec::new(),
        }
    }

    /// Looks for the program's files from these folders on: a path that the compiler gave is relative to
    /// where it was called.
    pub(crate) fn look_in(self, roots: Vec<PathBuf>) -> Self {
        Self { roots, ..self }
    }

    /// The places of a record.
    pub(crate) fn places(
        &mut self,
        phase: Phase,
        source: Source,
        caller: Option<&'static Here>,
    ) -> Places {
        let spot = Spot::of(phase, source, caller);
        if let Some(known) = self.known.get(&spot) {
            return *known;
        }
        let places = self.find_places(phase, source, caller);
        self.known.insert(spot, places);
        places
    }

    fn find_places(
        &mut self,
        phase: Phase,
        source: Source,
        caller: Option<&'static Here>,
    ) -> Places {
        match source {
            Source::Line(here) => {
                let src = match phase {
                    Phase::Enter => self.head(here.file(), here.line()),
                    Phase::Exit | Phase::Point => self.find_line(here.file(), here.line()),
                };
                // In a function that does not track its caller, the caller is the line itself.
                let caller = caller
                    .filter(|caller| (caller.file(), caller.line()) != (here.file(), here.line()))
                    .map(|caller| self.find_line(caller.file(), caller.line()));
                Places { src, caller }
            }
            Source::Callback(name, here) => Places {
                src: self.callback(name),
                caller: Some(self.find_line(here.file(), here.line())),
            },
        }
    }

    /// A line that was found.
    pub(crate) fn line(&self, id: LineId) -> &KnownLine {
        &self.found[id.0 as usize]
    }

    /// The texts that records began to point into since this was asked before.
    pub(crate) fn take_new(&mut self) -> Vec<SourceText> {
        std::mem::take(&mut self.new)
    }

    fn find_line(&mut self, file: &'static str, line: u32) -> LineId {
        let key = (file, line);
        if let Some(known) = self.lines.get(&key) {
            return *known;
        }
        let found = self.find(file, line);
        self.lines.insert(key, found);
        found
    }

    fn add(&mut self, line: SourceLine) -> LineId {
        let id = LineId(self.found.len() as u32);
        self.found.push(line.into());
        id
    }

    /// A callback's first line: that of the function; or of the closure, where it was given, or in the
    /// function that made it.
    fn callback(&mut self, name: CallbackName) -> LineId {
        let key = (name.set_at.file(), name.set_at.line(), name.short());
        if let Some(known) = self.callbacks.get(&key) {
            return *known;
        }
        let (file, set_at) = (name.set_at.file(), name.set_at.line());
        let line = self.file(file).and_then(|(functions, text)| {
            if name.is_function() {
                functions.named(name.short()).map(|function| function.first)
            } else {
                closure_line(functions, text, name.short(), set_at)
            }
        });
        let found = self.find(file, line.unwrap_or(set_at));
        self.callbacks.insert(key, found);
        found
    }

    fn find(&mut self, file: &str, line: u32) -> LineId {
        let path = trace_path(file);
        let function = self.file(file).and_then(|(functions, text)| {
            let function = functions.around(line)?;
            Some((function.name.clone(), function.first, function.text(text)))
        });
        if let Some((name, first, text)) = &function
            && self.given.insert((path.clone(), *first))
        {
            let text = SourceText::new(path.clone(), name.clone(), *first, text.clone());
            self.new.push(text);
        }
        // A place is named by thousands of records and found once, so its names live as long as the process.
        self.add(SourceLine {
            file: kept(path),
            line,
            function: function.map(|(name, ..)| kept(name)),
        })
    }

    /// The first line of the function around a line.
    fn head(&mut self, file: &'static str, line: u32) -> LineId {
        if let Some(known) = self.heads.get(&(file, line)) {
            return *known;
        }
        let found = self.find_line(file, line);
        let mut found = SourceLine::clone(self.line(found));
        let head = self
            .file(file)
            .and_then(|(functions, _)| functions.around(line));
        if let Some(function) = head {
            found.line = function.first;
        }
        let found = self.add(found);
        self.heads.insert((file, line), found);
        found
    }

    fn file(&mut self, file: &str) -> Option<(&Functions, &str)> {
        let (path, roots) = (trace_path(file), &self.roots);
        let known = self
            .files
            .entry(path)
            .or_insert_with(|| read(file, roots).map(|text| File::new(Cow::Owned(text))));
        Some(known.as_mut()?.functions(file))
    }
}

/// Where a closure begins that `function` made; `None` if that is where it was given.
fn closure_line(functions: &Functions, text: &str, function: &str, given: u32) -> Option<u32> {
    if functions
        .around(given)
        .is_some_and(|around| around.name == function)
    {
        return None;
    }
    let function = functions.named(function)?;
    let (first, last) = (function.first, function.last);
    let mut body = (first + 1..=last).zip(text.lines().skip(first as usize));
    let begins = |line: &str| {
        line.trim_start()
            .trim_start_matches("move ")
            .starts_with('|')
    };
    Some(
        body.find(|(_, line)| begins(line))
            .map_or(first, |(line, _)| line),
    )
}

fn read(file: &str, roots: &[PathBuf]) -> Option<String> {
    if roots.is_empty() {
        return std::fs::read_to_string(file).ok();
    }
    let mut places = roots.iter().map(|root| root.join(file));
    places.find_map(|path| std::fs::read_to_string(path).ok())
}

/// A name, once for all recordings of the process.
fn kept(name: String) -> Text {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    // In a child, it may have been another thread of the parent's that had them, and will never give them back.
    let mut names = match NAMES.try_lock() {
        Ok(names) => Some(names),
        Err(TryLockError::Poisoned(names)) => Some(names.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    };
    if let Some(known) = names.as_ref().and_then(|names| names.get(name.as_str())) {
        return Cow::Borrowed(known);
    }
    let name: &'static str = name.leak();
    if let Some(names) = &mut names {
        names.insert(name);
    }
    Cow::Borrowed(name)
}

/// The path of a file as a trace says it: the compiler's, but for this crate's own files, which are named
/// from the root of the project wherever they were built.
fn trace_path(file: &str) -> String {
    if let Some((before, in_src)) = file.rsplit_once("/src/")
        && (before.ends_with("crates/reactor") || before.contains("evscope-reactor-"))
    {
        return format!("crates/reactor/src/{in_src}");
    }
    file.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_crate_is_in_the_list() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders = vec![root.clone()];
        let mut missing = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
                let name = format!("crates/reactor/src/{name}");
                if !OWN_SOURCES.iter().any(|(file, _)| *file == name) {
                    missing.push(name);
                }
            }
        }
        assert!(missing.is_empty(), "not in OWN_SOURCES: {missing:?}");
    }

    #[test]
    fn a_closure_is_found_in_the_function_that_made_it() {
        let text = "\
fn main() {
    set(count(3));
    set(|| {});
}
fn count(to: u32) -> impl Fn() {
    let left = Cell::new(to);
    move |base, event| {
        left.set(left.get() - 1);
    }
}
";
        let functions = Functions::of("a.rs", text);
        let line = |function, given| closure_line(&functions, text, function, given);
        assert_eq!(line("count", 2), Some(7));
        assert_eq!(line("main", 3), None);
        assert_eq!(line("elsewhere", 2), None);
    }

    #[test]
    fn our_own_files_are_named_from_the_root_wherever_they_were_built() {
        assert_eq!(
            trace_path("/home/a/.cargo/registry/src/x/evscope-reactor-0.1.0/src/event/mod.rs"),
            "crates/reactor/src/event/mod.rs"
        );
        assert_eq!(trace_path("crates/reactor/src/signal.rs"), "crates/reactor/src/signal.rs");
        assert_eq!(trace_path("examples/echo.rs"), "examples/echo.rs");
    }
}
