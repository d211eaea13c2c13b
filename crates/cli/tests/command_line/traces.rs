//! What commands record agrees with itself: see the checker of the trace crate's tests.

use std::path::Path;

use evscope_trace::{Line, Reader, Record};

use crate::length_check;

/// Looks through a trace that a command has made. A part of another begins later or leaves steps out, and what a child
/// goes on with stands in its parent's: these say nothing of what came before.
pub(crate) fn check(file: &Path) {
    let name = file.display().to_string();
    let Ok(input) = evscope_trace::open(file) else {
        return;
    };
    let Ok(mut reader) = Reader::new(input, &name) else {
        return;
    };
    if reader.header().continues.is_some() {
        return;
    }
    let mut records: Vec<Record> = Vec::new();
    while let Ok(Some(line)) = reader.next_line() {
        if let Line::Record(record) = line {
            records.push(*record);
        }
    }
    let is_whole = records
        .iter()
        .zip(0..)
        .all(|(record, seq)| record.seq == seq);
    if is_whole && let Err(what) = length_check::check(&records) {
        panic!("{name}: {what}");
    }
}
