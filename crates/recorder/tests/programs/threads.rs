//! Threads that share a base: the recorder exchanges callbacks under libevent's locks or not at all.

use std::fs;

use evscope_recorder::Exit;
use evscope_trace::Level;

use crate::support::{alone, program, record};

#[test]
fn events_and_callbacks_that_another_thread_changes_are_its_own() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let options = ["-pthread", "-levent", "-levent_pthreads"];
    let Some(program) = program("threads", folder.path(), &options) else {
        return;
    };
    let (outcome, path) = record(
        folder.path(),
        &[&program, "12000"],
        |options| options.level = Level::Program,
        |_| {},
    );
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let said = fs::read_to_string(folder.path().join("said")).unwrap();
    assert_eq!(said, "wrong: 0\n");
    let trace = fs::read_to_string(path).unwrap();
    for callback in ["once", "persistent", "on_signal", "take", "take_too"] {
        let run = format!(r#""callback":"{callback}""#);
        assert!(trace.contains(&run), "{callback} is recorded");
    }
}
