//! Programs that forbid themselves system calls, and surroundings where something is missing.

use std::process::Command;

use evscope_recorder::{Exit, Libevent, RecordOptions};

use crate::support::{alone, program, read, record, signal};

#[test]
fn a_program_that_has_forbidden_itself_system_calls_behaves_as_without() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("sandbox", folder.path(), &["-levent", "-lpthread"]) else {
        return;
    };
    for way in ["strict", "prctl", "seccomp", "kill", "fail", "thread"] {
        let alone = Command::new(&program).arg(way).status().unwrap();
        assert_eq!(alone.code(), Some(7), "{way}: alone");
        let (outcome, trace) = record(folder.path(), &[&program, way], |_| {}, |_| {});
        assert_eq!(outcome.exit, Some(Exit::Status(7)), "{way}");
        assert_eq!(outcome.lost, 0, "{way}");
        let trace = read(&trace);
        assert!(trace.count("bufferevent_disable") > 0, "{way}");
        if matches!(way, "kill" | "fail" | "thread") {
            assert_eq!(trace.count("readcb"), 1, "{way}");
        }
    }
}

#[test]
fn what_went_past_the_recorder_or_ended_before_it_is_said() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let (Some(host), Some(_)) = (
        program("deepbind", folder.path(), &["-ldl"]),
        program("plugin", folder.path(), &["-shared", "-fPIC", "-levent"]),
    ) else {
        return;
    };
    let plugin = folder.path().join("plugin").display().to_string();
    let noted = |command: &[&str], act: fn(i32)| {
        let late = |options: &mut RecordOptions| options.libevent = Libevent::Late;
        let (outcome, trace) = record(folder.path(), command, late, act);
        assert!(outcome.traces.is_empty() && !trace.exists(), "{outcome:?}");
        let notes: Vec<String> = outcome.notes.iter().map(ToString::to_string).collect();
        notes.join("; ")
    };
    let said = noted(&[&host, &plugin], |_| {});
    assert!(said.contains("RTLD_DEEPBIND"), "{said}");
    let said = noted(&["/bin/sleep", "60"], |pid| signal(pid, libc::SIGKILL));
    assert!(said.contains("SIGKILL ended the program before"), "{said}");
}
