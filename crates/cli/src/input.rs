//! From what a user names to a trace.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::mem::ManuallyDrop;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use evscope_replay::index::IndexFolder;
use evscope_replay::{Coming, End, Follower, Replay, State, Trace, each_line};
use evscope_trace::{Line, ReadError, Reader, Record, visible};
use evscope_words::text;

use crate::builtin::{self, Builtin};
use crate::system::leftover;
use crate::{dirs, language, output, siblings};

/// The argument that every command about a trace takes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Input {
    /// A trace (.jsonl, also packed as .gz or .zst), `-` for the standard input, or the name of a
    /// built-in trace
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) file: PathBuf,
}

/// What the argument names.
#[derive(Debug)]
pub(crate) enum InputPlace {
    /// A file that is there.
    File(PathBuf),
    /// The standard input.
    Stdin,
    /// A trace inside the binary.
    Builtin(&'static Builtin),
}

impl Input {
    /// How messages name it.
    pub(crate) fn name(&self) -> std::path::Display<'_> {
        self.file.display()
    }

    /// Finds what the argument names: a trace file goes before a built-in trace of the same name; another
    /// file (the program that was built from an example, say) does not. Of a trace that is not whole, that is said.
    pub(crate) fn place(&self) -> anyhow::Result<InputPlace> {
        if self.file == Path::new(InputPlace::STDIN) {
            return Ok(InputPlace::Stdin);
        }
        let builtin = self.file.to_str().and_then(Builtin::named);
        match builtin {
            Some(builtin) if !self.file.exists() => Ok(InputPlace::Builtin(builtin)),
            Some(builtin) if is_no_trace(&self.file) => {
                output::tell(&text!(cli_not_a_trace_but_built_in, name = builtin.name));
                Ok(InputPlace::Builtin(builtin))
            }
            _ if self.file.exists() => {
                say_unfinished(&self.file);
                Ok(InputPlace::File(self.file.clone()))
            }
            _ => Err(not_found(&self.file)),
        }
    }

    /// Reads the trace. One that was cut off is read up to there, and that is said.
    pub(crate) fn open(&self) -> anyhow::Result<Trace> {
        self.place()?.open()
    }

    /// The trace up to a step, to be asked of that step: of a big one that was read before its index, or else it is read so
    /// far and no further, for what comes after it may be long.
    pub(crate) fn open_at(&self, last: Option<usize>) -> anyhow::Result<Opened> {
        let place = self.place()?;
        match place.index() {
            Some(replay) => Ok(Opened::Indexed(ManuallyDrop::new(Box::new(replay)))),
            None => Ok(Opened::Read(Box::new(place.open_until(last)?))),
        }
    }
}

/// A trace that is asked of one of its steps.
pub(crate) enum Opened {
    /// All of it, and its states. One question is asked and the program ends, so nobody waits until all of it is freed.
    Indexed(ManuallyDrop<Box<Replay>>),
    /// It was read so far.
    Read(Box<Trace>),
}

impl Opened {
    pub(crate) fn trace(&self) -> &Trace {
        match self {
            Self::Indexed(replay) => replay.trace(),
            Self::Read(trace) => trace,
        }
    }

    /// The state after a step.
    pub(crate) fn state_at(&self, step: usize) -> State {
        match self {
            Self::Indexed(replay) => replay.state_at(step),
            Self::Read(trace) => {
                let mut state = State::new();
                let records = trace.records().take(step.saturating_add(1));
                records.for_each(|record| state.apply(&record));
                state
            }
        }
    }

    pub(crate) fn into_replay(self) -> Replay {
        match self {
            Self::Indexed(replay) => *ManuallyDrop::into_inner(replay),
            Self::Read(trace) => Replay::new(*trace),
        }
    }
}

impl InputPlace {
    /// Names the traces of other processes of the same recording.
    pub(crate) fn say_siblings(&self) {
        let Self::File(path) = self else {
            return;
        };
        let others = siblings::of(path);
        if !others.is_empty() {
            let names: Vec<_> = others
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            output::tell(&text!(
                cli_other_processes,
                file = path.display(),
                files = names.join(", ")
            ));
        }
    }

    /// How the standard input is written.
    pub(crate) const STDIN: &'static str = "-";

    /// Reads the trace that is there line by line, without keeping it, and first what it goes on with.
    pub(crate) fn reader(&self) -> Result<Reader<Box<dyn BufRead + Send>>, ReadError> {
        let failed = |file: String| move |source| ReadError::Io { file, source };
        let (name, path) = (self.name(), self.path());
        let input = match self {
            Self::File(_) | Self::Stdin => evscope_trace::open(path),
            Self::Builtin(builtin) => builtin.unpacked(),
        };
        Reader::beside(input.map_err(failed(name.clone()))?, name, path)
    }

    /// How messages name it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stdin => "standard input".to_owned(),
            Self::Builtin(builtin) => builtin.name.to_owned(),
        }
    }

    /// Where it lies, and what it may go on with beside it.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Stdin | Self::Builtin(_) => Path::new(Self::STDIN),
        }
    }

    /// Reads the trace that is there to its end, and keeps none of it: `each` looks at the records.
    pub(crate) fn each_record(&self, mut each: impl FnMut(&Record)) -> anyhow::Result<()> {
        let mut reader = self.reader()?;
        each_line(&mut reader, self.coming(), |line| {
            if let Line::Record(record) = line {
                each(record);
            }
            Ok::<_, ReadError>(ControlFlow::Continue(()))
        })?;
        say_end(reader.file(), &End::from(&reader));
        Ok(())
    }

    /// How it comes. What comes by a pipe is looked at line by line, for whoever waits for it.
    pub(crate) fn coming(&self) -> Coming {
        match self {
            Self::Builtin(_) => Coming::There,
            Self::File(path) if path.is_file() => Coming::There,
            Self::File(_) | Self::Stdin => Coming::LineByLine,
        }
    }

    /// Reads the trace that is there.
    pub(crate) fn open(&self) -> anyhow::Result<Trace> {
        self.open_until(None)
    }

    /// The trace by its index, if there is one that is right.
    fn index(&self) -> Option<Replay> {
        match self {
            Self::File(path) if IndexFolder::is_for(path) => dirs::indexes()?.open(path),
            Self::File(_) | Self::Stdin | Self::Builtin(_) => None,
        }
    }

    /// Reads the trace that is there, up to a step if there is one that is the last of interest.
    pub(crate) fn open_until(&self, last: Option<usize>) -> anyhow::Result<Trace> {
        let trace = self.read_until(last)?;
        say_end(trace.name(), &End::from(&trace));
        Ok(trace)
    }

    /// The same without a word about what of it is not there.
    pub(crate) fn read_until(&self, last: Option<usize>) -> anyhow::Result<Trace> {
        let most = last.map_or(usize::MAX, |last| last.saturating_add(1));
        Ok(match self {
            Self::File(path) => Trace::open_first(path, most)?,
            Self::Stdin => Trace::open_first(Path::new(Self::STDIN), most)?,
            Self::Builtin(builtin) => builtin.open()?,
        })
    }
}

/// Says what of a trace is not there.
pub(crate) fn say_end(name: &str, end: &End) {
    if let Some(lacking) = &end.lacking {
        output::say(lacking);
    }
    if let Some(cut) = &end.cut_off {
        output::tell(&text!(
            cli_cut_off,
            file = name,
            line = cut.line.to_string(),
            bytes = cut.bytes
        ));
    }
}

/// Says, once, what is missing before a trace that is followed. It may be known only later.
#[derive(Debug, Default)]
pub(crate) struct Lacking {
    said: bool,
}

impl Lacking {
    pub(crate) fn say(&mut self, of: &Follower) {
        if let Some(lacking) = of.lacking().filter(|_| !self.said) {
            output::say(lacking);
            self.said = true;
        }
    }
}

/// Whether something that is there is certainly not a trace. What cannot be read twice (a pipe) may be one.
fn is_no_trace(file: &Path) -> bool {
    if file.is_dir() {
        return true;
    }
    let header = || Reader::new(evscope_trace::open(file).ok()?, "").err();
    file.is_file()
        && matches!(
            header(),
            Some(ReadError::NotATrace { .. } | ReadError::Empty { .. })
        )
}

/// The recorder of this trace was killed, and there may be more in what it left.
fn say_unfinished(file: &Path) {
    if let Some(part) = leftover(file) {
        output::tell(&text!(
            cli_unfinished,
            file = file.display(),
            part = part.display()
        ));
    }
}

fn not_found(file: &Path) -> anyhow::Error {
    let name = file.display();
    if let Some(part) = leftover(file) {
        return language::wrong(&text!(
            cli_no_file_but_unfinished,
            file = name,
            part = part.display()
        ));
    }
    let near = near_names(file);
    language::wrong(&if near.is_empty() {
        let names = builtin::ALL.iter().map(|b| b.name);
        let names = list(names.filter(|name| !name.contains('/')));
        text!(cli_no_file_built_in, file = name, names)
    } else {
        text!(
            cli_no_file_near,
            file = name,
            names = language::one_of(near)
        )
    })
}

/// The longest text that is read whole: a configuration, a scenario, a lesson.
const LONGEST_TEXT: u64 = 16 << 20;

/// Reads a text that is taken whole, but not one without an end.
pub(crate) fn read_text(input: impl Read) -> io::Result<String> {
    let mut text = String::new();
    let read = input.take(LONGEST_TEXT + 1).read_to_string(&mut text)?;
    if read as u64 > LONGEST_TEXT {
        let why = language::told(&text!(cli_too_long, mib = LONGEST_TEXT >> 20));
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    Ok(text)
}

/// The text of a file.
pub(crate) fn text_of(file: &Path) -> io::Result<String> {
    read_text(File::open(file)?)
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        language::told(&text!(cli_none))
    } else {
        names.join(", ")
    }
}

/// Names a user may have meant: files beside the one that is not there, and built-in traces.
fn near_names(file: &Path) -> Vec<String> {
    let Some(wanted) = file.file_name().and_then(|name| name.to_str()) else {
        return Vec::new();
    };
    let folder = file.parent().unwrap_or(Path::new(""));
    let listed = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let files = std::fs::read_dir(listed)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| is_trace_name(name))
        .map(|name| (name.clone(), folder.join(name).display().to_string()));
    let builtin = builtin::ALL
        .iter()
        .map(|builtin| (builtin.name.to_owned(), builtin.name.to_owned()));
    let mut near: Vec<(usize, String)> = files
        .chain(builtin)
        .map(|(name, shown)| (distance(wanted, &name), shown))
        .filter(|(distance, _)| *distance <= stem(wanted).len().div_ceil(3))
        .collect();
    near.sort();
    near.dedup();
    let shown = |(_, name): (usize, String)| visible(&name).into_owned();
    near.into_iter().map(shown).take(3).collect()
}

/// Whether a file's name is that of a trace.
pub(crate) fn is_trace_name(name: &str) -> bool {
    [".jsonl", ".jsonl.gz", ".jsonl.zst"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// How many letters must be changed, added or dropped to make one name of the other. The ending of a
/// trace's name does not count when it is missing.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (stem(a), stem(b));
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = replaced.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// The letters of a name without the ending of a trace's name.
fn stem(name: &str) -> Vec<char> {
    let end = name.find(".jsonl").unwrap_or(name.len());
    name[..end].to_lowercase().chars().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_is_the_number_of_changes() {
        for (a, b, changes) in [
            ("hello", "hello", 0),
            ("hello", "hello.jsonl", 0),
            ("hello", "helo", 1),
            ("hello", "jello", 1),
            ("hello", "hellos", 1),
            ("", "abc", 3),
            ("中文", "中", 1),
        ] {
            assert_eq!(distance(a, b), changes, "{a} {b}");
            assert_eq!(distance(b, a), changes, "{b} {a}");
        }
    }
}
