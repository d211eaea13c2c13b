//! What commands record agrees with itself: see the checker of the trace crate's tests.

use std::path::Path;

use evscope_trace::{Line, Reader, Record};

use crate::length_check;

/// Whether a file is a trace by its name, a compressed one too.
pub(crate) fn is_trace(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    [".jsonl", ".jsonl.gz", ".jsonl.zst"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// Looks through a trace that a command has made, with the steps of its parent's before those of a child's that goes on
/// with it. A part of another begins later or leaves steps out, and a child's whose parent's was taken away stands alone:
/// these say nothing of what came before.
pub(crate) fn check(file: &Path) {
    let name = file.display().to_string();
    let Ok(input) = evscope_trace::open(file) else {
        return;
    };
    let Ok(mut reader) = Reader::beside(input, &name, file) else {
        return;
    };
    let mut records: Vec<Record> = Vec::new();
    while let Ok(Some(line)) = reader.next_line() {
        if let Line::Record(record) = line {
            records.push(*record);
        }
    }
    if reader.lacking().is_some() {
        return;
    }
    let is_whole = records
        .iter()
        .zip(0..)
        .all(|(record, seq)| record.seq == seq);
    if is_whole && let Err(what) = length_check::check(&records) {
        panic!("{name}: {what}");
    }
}
