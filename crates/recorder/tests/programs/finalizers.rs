//! Finalizers are steps, and every event was set up before it becomes active.

use std::collections::HashSet;
use std::process::Command;

use evscope_recorder::Exit;
use evscope_trace::{EvFlags, Event, Phase, Role};

use crate::support::{alone, program, read, record};

#[test]
fn finalizers_run_as_steps_and_get_what_is_theirs() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("finalizers", folder.path(), &["-levent"]) else {
        return;
    };
    let plain = Command::new(&program).output().unwrap();
    let (outcome, path) = record(folder.path(), &[&program], |_| {}, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
    assert_eq!(said, String::from_utf8_lossy(&plain.stdout));
    let records = read(&path).records;
    let steps: Vec<String> = records
        .iter()
        .filter(|record| record.phase == Phase::Enter)
        .filter_map(|record| {
            let event = record.objects.event?.0;
            match &record.event {
                Event::EventCallback { callback, what } if *what == EvFlags::FINALIZE => {
                    Some(format!("{callback} event{event}"))
                }
                Event::EventFree {} => Some(format!("event_free event{event}")),
                _ => None,
            }
        })
        .collect();
    assert_eq!(
        steps,
        [
            "kept event2",
            "freed event3",
            "event_free event3",
            "last event4",
            // `ends` ran, and finalized itself.
            "freed event5",
            "event_free event5",
        ]
    );
    // A bufferevent's deferred callbacks come with it; all others were assigned, with a base.
    let mut assigned = HashSet::new();
    for record in records.iter().filter(|record| record.phase != Phase::Exit) {
        let of_bev = record.objects.role == Some(Role::BevDeferred);
        match record.event {
            Event::EventAssign { .. } => {
                assert!(record.objects.base.is_some());
                assigned.insert(record.objects.event);
            }
            Event::EventActive { .. } => {
                assert!(
                    of_bev || assigned.contains(&record.objects.event),
                    "{record:?}"
                );
            }
            _ => {}
        }
    }
}
