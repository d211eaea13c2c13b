//! More callbacks at a time than the preload library has places for.

use std::fs;

use evscope_recorder::Exit;
use evscope_trace::Level;

use crate::support::{alone, program, record};

/// What docs/recording.md says.
const AT_ONCE: usize = 65_536;

#[test]
fn of_more_callbacks_than_can_be_caught_the_rest_run_unrecorded() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("many", folder.path(), &["-levent_core"]) else {
        return;
    };
    let (outcome, path) = record(
        folder.path(),
        &[&program],
        |options| options.level = Level::Program,
        |_| {},
    );
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    assert_eq!(outcome.lost, 0);
    let said = fs::read_to_string(folder.path().join("said")).unwrap();
    assert_eq!(said, "66001\n", "all of them run");
    let trace = fs::read_to_string(path).unwrap();
    let is_run =
        |line: &&str| line.contains(r#""ev":"event_callback""#) && line.contains(r#""ph":"enter""#);
    let runs = trace.lines().filter(is_run);
    // Those freed before they ran hold no place; and with the others done there is a place again.
    assert_eq!(runs.count(), AT_ONCE + 1);
}
