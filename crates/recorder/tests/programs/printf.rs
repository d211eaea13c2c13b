//! Texts formatted into a buffer come out as without the recorder, and say who added them.

use std::fs;

use evscope_recorder::Exit;
use evscope_trace::{Event, Phase};

use crate::support::{alone, program, read, record};

#[test]
fn what_is_formatted_is_added_as_it_is_and_from_its_line() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("printf", folder.path(), &["-levent_core"]) else {
        return;
    };
    let file = folder.path().join("file");
    fs::write(&file, "bytes and more").unwrap();
    let file = file.display().to_string();
    let (outcome, path) = record(folder.path(), &[&program, &file], |_| {}, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let said = fs::read_to_string(folder.path().join("said")).unwrap();
    assert_eq!(
        said,
        "55 1 two 3 4 5 6 7.1.0 2.0 3.0 4.0 5.0 6.0 7.0 8.0 9.5 10.bytes\n"
    );
    let records = read(&path).records;
    let added: Vec<(u64, u32)> = records
        .iter()
        .filter(|record| record.phase != Phase::Exit)
        .filter_map(|record| match record.event {
            Event::EvbufferAdd { len, .. } => Some((len, record.caller.as_ref()?.line)),
            _ => None,
        })
        .collect();
    assert_eq!(added, [(16, 11), (39, 16), (5, 17)]);
}
