//! The whole vocabulary: every name comes out of a real libevent, or it is said here why not.

use std::collections::BTreeSet;
use std::path::Path;

use evscope_recorder::Exit;
use evscope_trace::{Event, Phase};

use crate::support::{Trace, alone, program, read, record};

/// Names that no program makes appear, and what does.
const NOT_OF_A_PROGRAM: [(&str, &str); 1] = [(
    "lost",
    "the recorder's own, when the ring is full (see the tests of full rings)",
)];

fn names_of(trace: &Trace) -> impl Iterator<Item = String> {
    trace
        .records
        .iter()
        .map(|record| record.event.name().to_owned())
}

#[test]
fn every_name_of_the_vocabulary_comes_out_of_libevent() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("names", folder.path(), &["-levent"]) else {
        return;
    };
    let (outcome, path) = record(folder.path(), &[&program], |_| {}, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let trace = read(&path);
    the_old_calls_are_steps_like_others(&trace);
    let mut seen: BTreeSet<String> = names_of(&trace).collect();
    // The demos' twins, recorded on libevent.
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces/libevent");
    for entry in std::fs::read_dir(recorded).unwrap() {
        seen.extend(names_of(&read(&entry.unwrap().path())));
    }
    for (name, _) in NOT_OF_A_PROGRAM {
        assert!(!seen.contains(name), "{name} can be seen after all");
        seen.insert(name.to_owned());
    }
    let missing: Vec<_> = Event::NAMES
        .iter()
        .filter(|name| !seen.contains(**name))
        .collect();
    assert!(
        missing.is_empty(),
        "no trace of libevent's has these: {missing:?}; a hook, a program above, or a reason is wanting"
    );
}

fn the_old_calls_are_steps_like_others(trace: &Trace) {
    let bases: BTreeSet<_> = trace
        .records
        .iter()
        .filter_map(|record| record.objects.base)
        .collect();
    assert_eq!(bases.len(), 1);
    let assigned: Vec<_> = trace
        .all("event_assign")
        .filter(|record| match &record.event {
            Event::EventAssign { callback, .. } => callback == "old_cb",
            _ => false,
        })
        .collect();
    // Two by event_set; event_base_set gives the second the base that it has.
    assert_eq!(assigned.len(), 2, "{assigned:?}");
    let ran = trace
        .all("event_callback")
        .filter(|record| record.phase == Phase::Enter)
        .count();
    assert!(ran >= 3, "{ran}");
    let caller = |name: &str| {
        let line = trace.all(name).find_map(|record| record.caller.clone());
        line.and_then(|line| line.function).unwrap_or_default()
    };
    for name in [
        "event_base_new",
        "event_base_loop",
        "event_add",
        "event_base_loopexit",
    ] {
        let wanted = if name == "event_base_loopexit" {
            "old_cb"
        } else {
            "main"
        };
        assert_eq!(caller(name), wanted, "{name}");
    }
}
