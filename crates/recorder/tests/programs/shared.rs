//! Buffers that threads share: a step's lengths are those between which it happened.

use evscope_recorder::Exit;

use crate::support::{alone, program, read, record};

#[test]
fn what_threads_do_to_a_shared_buffer_contradicts_nothing() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let libraries = ["-levent", "-levent_pthreads", "-lpthread"];
    let Some(program) = program("shared", folder.path(), &libraries) else {
        return;
    };
    let (outcome, path) = record(folder.path(), &[&program], |_| {}, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let trace = read(&path);
    for (call, times) in [
        ("evbuffer_prepend", 1600),
        ("evbuffer_move", 3200),
        ("evbuffer_remove", 1600),
    ] {
        assert_eq!(trace.count(call), times, "{call}");
    }
}
