//! What a change of a buffer adds or takes away is told, also where a callback takes it away within the call.

use evscope_recorder::Exit;
use evscope_trace::Event;

use crate::support::{alone, program, read, record};

#[test]
fn what_is_added_is_told_though_a_callback_takes_it_away() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("lengths", folder.path(), &["-levent"]) else {
        return;
    };
    let (outcome, path) = record(folder.path(), &[&program], |_| {}, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
    assert_eq!(said, "74\n148\n");
    // That they fit each other is looked at when the trace is read.
    let trace = read(&path);
    let added: Vec<u64> = trace
        .records
        .iter()
        .filter(|record| record.phase == evscope_trace::Phase::Enter && record.depth == 0)
        .filter_map(|record| match record.event {
            Event::EvbufferAdd { len, .. } | Event::EvbufferPrepend { len, .. } => Some(len),
            _ => None,
        })
        .collect();
    let once = [1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 11, 0, 0];
    assert_eq!(added, [once, once].concat());
}
