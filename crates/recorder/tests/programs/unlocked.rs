//! Deferred callbacks that run without the bufferevent's lock, in a program with threads.

use evscope_recorder::Exit;

use crate::support::{alone, program, read, record};

#[test]
fn callbacks_that_unlock_are_seen_and_nobody_sees_ours() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let libraries = ["-levent", "-levent_pthreads", "-lpthread"];
    let Some(program) = program("unlocked", folder.path(), &libraries) else {
        return;
    };
    let (outcome, path) = record(folder.path(), &[&program], |_| {}, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
    let (runs, rest) = said.split_once(' ').unwrap();
    assert_eq!(rest, "runs, 200000 bytes, 0 wrong\n");
    let readcbs = read(&path).count("readcb");
    assert_eq!(readcbs, runs.parse::<usize>().unwrap());
}
