//! Programs on evhttp: what it makes by itself is set up, and of which base, before it becomes active.

use std::collections::BTreeSet;
use std::process::Command;

use evscope_recorder::Exit;
use evscope_trace::Event;

use crate::support::{alone, program, read, record};

#[test]
fn all_that_evhttp_makes_active_has_an_origin() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("evhttp", folder.path(), &["-levent"]) else {
        return;
    };
    let plain = Command::new(&program).output().unwrap();
    let wanted = "200, 11 bytes\n200, 12 bytes\n200, 20007 bytes\n200, 160 bytes\n200, 10 bytes\nnone\nnone\none is left\n";
    assert_eq!(String::from_utf8_lossy(&plain.stdout), wanted);
    let (outcome, path) = record(folder.path(), &[&program], |_| {}, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
    assert_eq!(said, wanted);
    // That each was assigned, and for which base, is held for every trace that is read here.
    let trace = read(&path);
    let callbacks: BTreeSet<&str> = trace
        .all("event_assign")
        .filter_map(|record| match &record.event {
            Event::EventAssign { callback, .. } => Some(callback.as_ref()),
            _ => None,
        })
        .collect();
    assert!(trace.count("event_active") > 50, "{callbacks:?}");
    // Its listener, its connections, those that wait for a second try, callbacks that it puts off, and the program's own.
    for wanted in [
        "listener_read_cb",
        "bufferevent_readcb",
        "tick",
        "event_once_cb",
    ] {
        assert!(callbacks.contains(wanted), "{wanted}: {callbacks:?}");
    }
}
