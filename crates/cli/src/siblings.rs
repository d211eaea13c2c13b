//! The other traces of a recording: one for each process, beside each other.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use evscope_trace::{Header, Reader};

use crate::input::is_trace_name;

/// The other traces of the recording that a file is of, by name. They have the program's name in common
/// and the moment at which the recording began.
pub(crate) fn of(path: &Path) -> Vec<PathBuf> {
    let (Some(own), Some(stem)) = (header(path), stem(path)) else {
        return Vec::new();
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut others: Vec<_> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| is_trace_name(name))
        .map(|name| path.with_file_name(name))
        .filter(|other| other.file_name() != path.file_name())
        .filter(|other| self::stem(other).is_some_and(|other| other == stem))
        .filter(|other| {
            header(other).is_some_and(|other| {
                (&other.started, &other.program) == (&own.started, &own.program)
            })
        })
        .collect();
    others.sort();
    others
}

/// What the names of all of them begin with.
fn stem(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()?.split('.').next()
}

/// The header of a trace file.
pub(crate) fn header(path: &Path) -> Option<Header> {
    /// No header is longer.
    const LONGEST: u64 = 1 << 16;
    let file = File::open(path).ok().filter(|_| path.is_file())?;
    let start = evscope_trace::read(file).ok()?.take(LONGEST);
    let reader = Reader::new(start, "").ok()?;
    Some(reader.header().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_traces_of_one_recording_know_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, started: &str| {
            let mut header = Header::new("tmux", "libevent", "epoll");
            header.started = started.to_owned();
            let text = serde_json::to_string(&header).unwrap() + "\n";
            fs::write(folder.path().join(name), text).unwrap();
        };
        for (name, started) in [
            ("t.jsonl", "now"),
            ("t.7.jsonl", "now"),
            ("t.8-2.jsonl", "now"),
            ("t.9.jsonl", "yesterday"),
            ("u.7.jsonl", "now"),
        ] {
            write(name, started);
        }
        fs::write(folder.path().join("t.10.jsonl"), "no trace").unwrap();
        let others = |name: &str| -> Vec<String> {
            let others = of(&folder.path().join(name)).into_iter();
            let names = others.map(|path| path.file_name().unwrap().to_string_lossy().into());
            names.collect()
        };
        assert_eq!(others("t.jsonl"), ["t.7.jsonl", "t.8-2.jsonl"]);
        assert_eq!(others("t.7.jsonl"), ["t.8-2.jsonl", "t.jsonl"]);
        assert!(others("u.7.jsonl").is_empty());
        assert!(others("t.10.jsonl").is_empty());
    }
}
