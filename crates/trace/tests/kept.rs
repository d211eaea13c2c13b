//! Every trace that is kept here agrees with itself.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod lengths;

use std::path::{Path, PathBuf};

use evscope_trace::{Line, Reader};

fn traces(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "jsonl"));
    files
}

#[test]
fn every_trace_that_is_kept_agrees_with_itself() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut all = Vec::new();
    for folder in [
        "traces",
        "traces/libevent",
        "crates/export/tests/data",
        "crates/tui/tests/fixtures",
    ] {
        let found = traces(&root.join(folder));
        assert!(!found.is_empty(), "{folder}");
        all.extend(found);
    }
    let mut wrong = String::new();
    for file in all {
        let name = file.display().to_string();
        let mut reader = Reader::new(evscope_trace::open(&file).unwrap(), &name).unwrap();
        let mut records = Vec::new();
        while let Some(line) = reader.next_line().unwrap() {
            if let Line::Record(record) = line {
                records.push(*record);
            }
        }
        if let Err(what) = lengths::check(&records) {
            wrong += &format!("{name}: {what}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
