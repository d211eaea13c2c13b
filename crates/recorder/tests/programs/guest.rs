//! A good guest: a program that does all that servers do at their start does not notice the recorder.

use std::process::Command;

use evscope_recorder::{Exit, recover};
use evscope_trace::Event;

use crate::support::{alone, program, read, record};

#[test]
fn a_program_that_locks_itself_in_behaves_as_before() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("guest", folder.path(), &["-levent_core"]) else {
        return;
    };
    let plain = Command::new(&program).output().unwrap();
    let plain = String::from_utf8(plain.stdout).unwrap();
    assert!(plain.contains("worker ended with 13"), "{plain}");
    let (outcome, path) = record(folder.path(), &[&program], |_| {}, |_| {});
    assert_eq!(
        outcome.exit,
        Some(Exit::Signal(libc::SIGTERM)),
        "{:?}",
        outcome.notes
    );
    let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
    assert_eq!(said, plain);

    let trace = read(&path);
    assert_eq!(trace.count("event_callback"), 6);
    assert_eq!(
        trace.records.last().unwrap().event,
        Event::ProgramExit {
            status: None,
            signal: Some("SIGTERM".into())
        }
    );
    // The worker: what its parent did before, then its own. Its parent waited for it, and kept how it ended.
    assert_eq!(outcome.traces.len(), 2, "{:?}", outcome.traces);
    let worker = read(&outcome.traces[1].path);
    assert_eq!(worker.count("event_base_new"), 2);
    assert_eq!(worker.count("event_callback"), 6);
}

#[test]
fn a_full_disk_does_not_hurt_the_program() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("small");
    std::fs::create_dir(&place).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=64k", "none"])
        .arg(&place)
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        eprintln!("LEFT OUT: only root can make a small disk");
        return;
    }
    let program = program("branches", folder.path(), &["-levent_core"]);
    let outcome = program.map(|program| {
        record(
            folder.path(),
            &[&program],
            |options| options.output = place.join("trace.jsonl"),
            |_| {},
        )
        .0
    });
    // What fitted is not lost: with room elsewhere it becomes a trace.
    let elsewhere = folder.path().join("elsewhere.jsonl");
    let recovered = recover(&place.join("trace.jsonl.part"), Some(&elsewhere));
    let unmounted = Command::new("umount").arg(&place).status();
    assert!(unmounted.is_ok_and(|status| status.success()));
    let Some(outcome) = outcome else { return };
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
    assert!(said.ends_with("end\n"), "{said}");
    assert!(
        outcome
            .notes
            .iter()
            .any(|note| note.to_string().contains("No space left")),
        "{:?}",
        outcome.notes
    );
    assert_eq!(recovered.unwrap().len(), 1);
    let trace = read(&elsewhere);
    // How many fit depends on how much of the disk the trace has taken by then: a step of it is as long as five records.
    assert!(trace.records.len() > 20, "{}", trace.records.len());
    assert_eq!(trace.records[0].event.name(), "event_base_new");
}
