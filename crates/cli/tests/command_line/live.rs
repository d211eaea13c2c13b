//! `evscope live --step`: the program waits where it was told to.

use std::path::Path;
use std::process::Command;

use crate::support::Folder;

const TICKS: &str = include_str!("../programs/ticks.c");

/// A program of three ticks; says so where it cannot be made.
fn ticks() -> Option<Folder> {
    let folder = Folder::new();
    let source = folder.write("ticks.c", TICKS);
    if !Path::new("/usr/include/event2/event.h").exists() {
        eprintln!("LEFT OUT: libevent's headers are not installed (Debian's package libevent-dev)");
        return None;
    }
    let program = folder.path().join("ticks");
    let status = Command::new("cc")
        .arg("-o")
        .args([&program, &source])
        .arg("-levent_core")
        .status();
    assert!(status.unwrap().success());
    Some(folder)
}

#[test]
fn the_program_waits_at_the_first_step_that_the_query_matches() {
    let Some(folder) = ticks() else { return };
    let ran = folder.run_with("live --step-at ev=event_callback -- ./ticks", b"q\n");
    // It was held in its first tick when it was asked to end.
    assert_eq!(ran.code, Some(128 + 15), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(
        ran.stdout.matches("event_callback").count(),
        1,
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("SIGTERM"), "{}", ran.stdout);
}

#[test]
fn a_number_passes_stops_and_without_a_user_the_program_runs_on() {
    let Some(folder) = ticks() else { return };
    let ran = folder.run_with("live --step-at ev=event_callback -- ./ticks", b"2\n");
    assert_eq!(ran.code, Some(4), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(
        ran.stdout.matches("event_callback").count(),
        3,
        "{}",
        ran.stdout
    );
}

#[test]
fn a_packed_trace_is_refused_before_anything_is_started() {
    let folder = Folder::new();
    for name in ["x.jsonl.gz", "x.jsonl.zst"] {
        // There is no such program, so nothing was looked at before.
        let said = folder
            .run(&format!("live -o {name} -- ./nothing"))
            .refused();
        assert!(
            said.starts_with(&format!("evscope: {name}: live reads")),
            "{said}"
        );
        assert!(!folder.path().join(name).exists(), "{name}");
    }
}

#[test]
fn a_wrong_query_is_said_before_anything_is_started() {
    let folder = Folder::new();
    let said = folder.run("live --step-at ev= -- ./ticks").refused();
    assert!(said.contains("--step-at"), "{said}");
}
