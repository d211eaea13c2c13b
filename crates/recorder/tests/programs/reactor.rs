//! Programs on our own reactor record themselves when they are asked to: nothing that they did is lost, however
//! they end.

use std::collections::BTreeSet;
use std::path::Path;

use evscope_recorder::{
    Children, Exit, Hold, Outcome, RecordError, RecordOptions, Recording, Turn,
};
use evscope_trace::{Event, Level, Phase};

use crate::support::{Trace, alone, example, read, record, signal, wait_until};

fn recorded(
    folder: &Path,
    end: &str,
    adjust: impl FnOnce(&mut RecordOptions),
) -> Option<(Outcome, Trace)> {
    let program = example("on_reactor")?;
    let (outcome, path) = record(folder, &[&program, end], adjust, |_| {});
    assert_eq!(outcome.traces.len(), 1, "{:?}", outcome.notes);
    assert_eq!(outcome.traces[0].path, path);
    let trace = read(&path);
    assert_eq!(outcome.traces[0].steps, trace.records.len() as u64);
    assert!(
        trace.library.starts_with("evscope-reactor"),
        "{}",
        trace.library
    );
    Some((outcome, trace))
}

fn assert_whole(trace: &Trace, status: i32) {
    assert_eq!(trace.count("event_base_new"), 2);
    assert_eq!(trace.count("event_callback"), 3);
    // What was done after the last wait is there, too.
    assert_eq!(trace.count("readcb"), 1);
    let end = trace.records.last().unwrap();
    assert_eq!(
        end.event,
        Event::ProgramExit {
            status: Some(status),
            signal: None
        }
    );
}

#[test]
fn a_program_that_returns_exits_or_panics_loses_nothing() {
    let _alone = alone();
    for (end, status) in [("return", 0), ("exit", 3), ("panic", 101)] {
        let folder = tempfile::tempdir().unwrap();
        let Some((outcome, trace)) = recorded(folder.path(), end, |_| {}) else {
            return;
        };
        assert_eq!(outcome.exit, Some(Exit::Status(status)));
        assert_whole(&trace, status);
        // `exit` leaves the base as it is.
        let freed = if end == "exit" { 1 } else { 2 };
        assert_eq!(trace.count("event_base_free"), freed, "{end}");
    }
}

#[test]
fn a_program_that_is_killed_or_aborts_leaves_all_it_did() {
    let _alone = alone();
    let Some(program) = example("on_reactor") else {
        return;
    };
    for (end, how) in [("busy", libc::SIGKILL), ("abort", libc::SIGABRT)] {
        let folder = tempfile::tempdir().unwrap();
        let trace = folder.path().join("trace.jsonl");
        // It does not wait after that, and hands nothing over.
        let done = || {
            let text = std::fs::read_to_string(&trace).unwrap_or_default();
            let last = text.trim_end().lines().last().unwrap_or_default();
            text.contains("last_readcb") && last.contains("\"event_base_loop\"")
        };
        let (outcome, path) = record(
            folder.path(),
            &[&program, end],
            |_| {},
            |pid| {
                if how == libc::SIGKILL {
                    wait_until("all is in the trace", done);
                    signal(pid, how);
                }
            },
        );
        assert_eq!(outcome.exit, Some(Exit::Signal(how)));
        let trace = read(&path);
        assert_eq!(trace.count("readcb"), 1);
        let [.., loop_exit, end] = &trace.records[..] else {
            panic!("no steps");
        };
        let is = (loop_exit.event.name(), loop_exit.phase, loop_exit.depth);
        assert_eq!(is, ("event_base_loop", Phase::Exit, 0));
        let Event::ProgramExit { status, signal } = &end.event else {
            panic!("{end:?}");
        };
        assert!(status.is_none() && signal.is_some());
        assert!(end.t >= loop_exit.t);
    }
}

#[test]
fn a_full_ring_loses_records_that_are_counted_and_hurts_nobody() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    // No more than the margin: nothing fits.
    let small = |options: &mut RecordOptions| options.slots = 1 << 12;
    let Some(program) = example("on_reactor") else {
        return;
    };
    let (outcome, _) = record(folder.path(), &[&program, "return"], small, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    assert!(outcome.lost > 20, "{}", outcome.lost);
    assert!(
        outcome
            .notes
            .iter()
            .any(|note| note.to_string().contains("lost"))
    );
}

#[test]
fn threads_are_told_apart_and_their_records_are_in_order() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some((_, trace)) = recorded(folder.path(), "threads", |_| {}) else {
        return;
    };
    let threads: BTreeSet<_> = trace.records.iter().map(|r| r.thread).collect();
    assert_eq!(threads.len(), 4);
    let bases: BTreeSet<_> = trace
        .all("event_base_new")
        .map(|r| r.objects.base)
        .collect();
    assert_eq!(bases.len(), 5);
    assert_eq!(trace.count("event_callback"), 12);
}

#[test]
fn a_child_has_a_trace_of_its_own_that_begins_with_its_parents_and_another_run_has_none() {
    let _alone = alone();
    let Some(program) = example("on_reactor") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (outcome, path) = record(folder.path(), &[&program, "children"], |_| {}, |_| {});
    let [parent, child] = &outcome.traces[..] else {
        panic!("{:?}", outcome.traces);
    };
    assert_eq!(parent.path, path);
    assert_ne!(parent.pid, child.pid);
    let (parent, child) = (read(&parent.path), read(&child.path));
    assert_eq!(parent.count("event_base_new"), 3);
    assert_eq!(parent.count("event_callback"), 6);
    assert_eq!(parent.count("readcb"), 1);
    assert_eq!(child.count("event_base_new"), 2);
    assert_eq!(child.count("event_callback"), 6);
    assert_eq!(child.records[0], parent.records[0]);
    assert_eq!(child.library, parent.library);
    assert_eq!(
        std::fs::read_to_string(folder.path().join("said")).unwrap(),
        ""
    );
}

#[test]
fn a_script_that_starts_programs_on_the_reactor_gives_a_trace_of_each() {
    let _alone = alone();
    let Some(program) = example("on_reactor") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let script = format!("{program} return; {program} exit; exit 7");
    let command = ["/bin/sh", "-c", &script];
    let exec = |options: &mut RecordOptions| options.children = Children::Exec;
    let (outcome, _) = record(folder.path(), &command, exec, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(7)));
    let traces: Vec<Trace> = outcome
        .traces
        .iter()
        .map(|trace| read(&trace.path))
        .collect();
    assert_eq!(traces.len(), 2, "{:?}", outcome.notes);
    for trace in traces {
        assert_eq!(trace.count("event_base_new"), 2);
        assert_eq!(trace.count("readcb"), 1);
    }
}

#[test]
fn a_daemon_is_recorded_until_it_ends() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some((outcome, trace)) = recorded(folder.path(), "daemon", |options| options.sole = true)
    else {
        return;
    };
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    assert_whole(&trace, 0);
}

#[test]
fn the_programs_own_lines_are_in_the_trace_with_their_text() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some((_, trace)) = recorded(folder.path(), "return", |_| {}) else {
        return;
    };
    let readcb = trace.all("readcb").next().unwrap();
    let src = readcb.src.as_ref().unwrap();
    assert_eq!(src.function.as_deref(), Some("last_readcb"));
    let text = trace
        .sources
        .iter()
        .find(|text| text.function == "last_readcb")
        .unwrap();
    assert!(
        text.file.ends_with("examples/on_reactor.rs"),
        "{}",
        text.file
    );
    assert!(
        text.text.contains("evbuffer_drain(input, length)"),
        "{}",
        text.text
    );
}

#[test]
fn level_payload_and_compression_are_as_asked() {
    let _alone = alone();
    let Some(program) = example("on_reactor") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let adjust = |options: &mut RecordOptions| {
        options.level = Level::Walkthrough;
        options.payload = 3;
    };
    let Some((_, trace)) = recorded(folder.path(), "return", adjust) else {
        return;
    };
    assert!(
        trace
            .records
            .iter()
            .all(|r| r.event.level() <= Level::Walkthrough)
    );
    assert_whole(&trace, 0);
    let packed = folder.path().join("trace.jsonl.gz");
    let options = RecordOptions::new(&packed);
    match evscope_recorder::record(&options, &[program.into(), "return".into()]) {
        Ok(outcome) if outcome.notes.is_empty() => assert_whole(&read(&packed), 0),
        // Without the feature that packs, what was recorded stays.
        Ok(outcome) => {
            assert!(
                outcome.notes[0].to_string().contains("compressed"),
                "{:?}",
                outcome.notes
            );
            assert!(folder.path().join("trace.jsonl.gz.part").exists());
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn an_earlier_trace_is_replaced_and_one_that_cannot_be_made_is_named() {
    let _alone = alone();
    let Some(program) = example("on_reactor") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.jsonl");
    let yesterdays = "{\"evscope\":1,\"program\":\"of yesterday\"}\n";
    std::fs::write(&trace, yesterdays.repeat(1000)).unwrap();
    recorded(folder.path(), "return", |_| {});
    std::fs::write(&trace, "a letter").unwrap();
    for path in [trace.clone(), folder.path().join("no-folder/trace.jsonl")] {
        let options = RecordOptions::new(&path);
        match Recording::start(&options, &[(&program).into(), "return".into()]) {
            Err(error @ RecordError::Output { .. }) => {
                assert!(
                    error.to_string().contains(&*path.to_string_lossy()),
                    "{error}"
                );
            }
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("started"),
        }
    }
    assert_eq!(std::fs::read_to_string(&trace).unwrap(), "a letter");
}

#[test]
fn it_is_held_at_each_step_and_its_clock_stands_still() {
    let _alone = alone();
    let Some(program) = example("on_reactor") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut options = RecordOptions::new(&folder.path().join("trace.jsonl"));
    options.hold = Some(Hold::at(Level::Program));
    let mut recording = Recording::start(&options, &[program.into(), "return".into()]).unwrap();
    let mut stops = 0;
    while recording.turn() != Turn::Over {
        if recording.is_held() {
            stops += 1;
            // At each step the timer of 30 ms would run out.
            std::thread::sleep(std::time::Duration::from_millis(40));
            recording.release();
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let outcome = recording.finish();
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let trace = read(&outcome.traces[0].path);
    assert_whole(&trace, 0);
    let steps = |r: &&evscope_trace::Record| r.event.level() == Level::Program;
    let steps = trace.records.iter().filter(steps).count();
    assert!(stops >= steps - 3, "{stops} stops, {steps} steps");
    // The loop has something to wait for each time: the timer has not run out meanwhile.
    let waits = trace.all("poll").filter(|r| r.phase == Phase::Enter);
    let spans: Vec<u64> = waits
        .filter_map(|r| match r.event {
            Event::Poll { timeout, .. } => Some(timeout?.0 / 1_000_000),
            _ => None,
        })
        .collect();
    let waited = spans.iter().filter(|span| (1..=30).contains(*span)).count();
    // With a clock that runs on it would be none; a busy machine may be late.
    assert!(waited >= 1, "{spans:?}");
}
