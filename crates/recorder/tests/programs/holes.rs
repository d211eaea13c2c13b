//! Recordings that do not have all that was done, and processes that were forked off: what each trace has, and what it says
//! of the rest.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evscope_recorder::{
    Children, Exit, Outcome, RecordOptions, Recording, Stdio, TraceFile, TracedProcess, Turn,
    recover,
};
use evscope_trace::Event;

use crate::support::{Trace, alone, example, program, read, record, signal, wait_until};

/// So many find no room for what the program says.
const FEW_SLOTS: u64 = 1 << 13;

fn lost(trace: &Trace) -> Vec<(usize, u64)> {
    let of = |(i, record): (usize, &evscope_trace::Record)| match record.event {
        Event::Lost { count } => Some((i, count)),
        _ => None,
    };
    trace.records.iter().enumerate().filter_map(of).collect()
}

/// The child that a recording has besides the program itself.
fn child(traces: &[TraceFile]) -> &TraceFile {
    assert_eq!(traces.len(), 2, "{traces:?}");
    &traces[1]
}

/// What a process of the recording did itself.
fn frees(file: &TraceFile) -> usize {
    let trace = read(&file.path);
    assert_eq!(trace.records.len() as u64, file.steps);
    let own = &trace.records[(file.steps - file.own.steps) as usize..];
    let frees = own.iter().filter(|r| r.event.name() == "event_free");
    frees.count() / 2
}

/// Runs the program until it waits for room, without taking anything, and then to its end.
fn crowded(folder: &Path, adjust: impl FnOnce(&mut RecordOptions)) -> Option<(Recording, PathBuf)> {
    let program = program("holes", folder, &["-levent_core", "-lpthread"])?;
    Some(run_crowded(folder, &[&program], adjust))
}

fn run_crowded(
    folder: &Path,
    command: &[&str],
    adjust: impl FnOnce(&mut RecordOptions),
) -> (Recording, PathBuf) {
    let trace = folder.join("trace.jsonl");
    let mut options = RecordOptions::new(&trace);
    let said = folder.join("said");
    options.stdio = Stdio::Into(Arc::new(std::fs::File::create(&said).unwrap()));
    options.slots = FEW_SLOTS;
    adjust(&mut options);
    let says = |word: &str| std::fs::read_to_string(&said).unwrap().contains(word);
    let command: Vec<OsString> = command.iter().map(Into::into).collect();
    let mut recording = Recording::start(&options, &command).unwrap();
    let pid = recording.pid();
    wait_until("it has begun", || {
        recording.turn();
        says("begun")
    });
    signal(pid, libc::SIGUSR1);
    wait_until("it has said much", || says("full"));
    recording.turn();
    signal(pid, libc::SIGUSR1);
    wait_until("it ends", || recording.turn() == Turn::Over);
    (recording, trace)
}

fn assert_told(outcome: &Outcome, what: &str) {
    let notes = &outcome.notes;
    assert!(
        notes.iter().any(|note| note.to_string().contains(what)),
        "{notes:?}"
    );
}

/// What is recovered of a recording whose recorder was killed.
fn recovered(folder: &Path, recording: Recording) -> Vec<TraceFile> {
    drop(recording);
    let part = folder.join("trace.jsonl.part");
    let mut traces = Vec::new();
    wait_until("nobody has it any more", || match recover(&part, None) {
        Ok(recovered) => {
            traces = recovered;
            true
        }
        Err(error) => {
            assert!(error.to_string().contains("recording into it"), "{error}");
            false
        }
    });
    traces
}

/// Who begins to speak while there is no room is there as soon as there is some.
#[test]
fn processes_and_threads_that_begin_where_records_are_lost_are_seen() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some((recording, path)) = crowded(folder.path(), |_| {}) else {
        return;
    };
    let outcome = recording.finish();
    assert_eq!(outcome.exit, Some(Exit::Status(0)), "{:?}", outcome.notes);
    assert!(outcome.lost > 0);
    let parent = read(&path);
    let (at, count) = lost(&parent)[0];
    assert_eq!(count, outcome.lost);
    // What came after that is the thread's, and the program's own.
    let after = parent.records[at..]
        .iter()
        .filter(|r| r.event.name() == "event_free")
        .filter(|r| r.phase != evscope_trace::Phase::Exit);
    let threads: Vec<_> = after.map(|r| r.thread.0).collect();
    assert_eq!(threads, [2, 2, 1, 1, 1, 1]);
    let child = child(&outcome.traces);
    assert_eq!(child.process, TracedProcess::Forked);
    assert_eq!(frees(child), 3);
}

/// So it is on our reactor, and what it said with the first step of a place is said again.
#[test]
fn a_thread_on_the_reactor_that_begins_where_records_are_lost_is_seen() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = example("on_reactor") else {
        return;
    };
    let (recording, path) = run_crowded(folder.path(), &[&program, "crowded"], |_| {});
    let outcome = recording.finish();
    assert_eq!(outcome.exit, Some(Exit::Status(0)), "{:?}", outcome.notes);
    let trace = read(&path);
    assert!(trace.library.starts_with("evscope-reactor"));
    let (at, _) = lost(&trace)[0];
    let readcb = trace.records[at..]
        .iter()
        .find(|r| r.thread.0 != 1 && r.event.name() == "readcb");
    let line = readcb.and_then(|r| r.src.clone()).expect("its line");
    assert_eq!(line.function.as_deref(), Some("last_readcb"));
    let has_text = |text: &evscope_trace::SourceText| text.contains(&line.file, line.line);
    assert!(trace.sources.iter().any(has_text), "{line:?}");
}

/// Where records are missing is known also to who makes the traces later.
#[test]
fn what_is_recovered_says_where_records_are_missing_and_who_is_whose_child() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some((recording, path)) = crowded(folder.path(), |_| {}) else {
        return;
    };
    let traces = recovered(folder.path(), recording);
    let parent = read(&path);
    let [(at, count)] = lost(&parent)[..] else {
        panic!("{:?}", lost(&parent));
    };
    assert!(count > 0);
    let after = parent.records[at..]
        .iter()
        .filter(|r| r.event.name() == "event_free")
        .count();
    assert_eq!(after, 12);
    let child = child(&traces);
    assert_eq!(
        child.process,
        TracedProcess::Forked,
        "nobody knows that it is a daemon"
    );
    assert_eq!(frees(child), 3);
}

#[test]
fn without_children_none_is_recovered() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let made = crowded(folder.path(), |options| {
        options.slots = 1 << 19;
        options.children = Children::None;
    });
    let Some((recording, path)) = made else {
        return;
    };
    let recovered = recovered(folder.path(), recording);
    let paths: Vec<_> = recovered.iter().map(|trace| &*trace.path).collect();
    assert_eq!(paths, [&*path]);
}

/// A process that begins when there is no more room has no trace, and what it did is counted.
#[test]
fn processes_beyond_the_size_are_counted() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let made = crowded(folder.path(), |options| {
        options.slots = 1 << 19;
        options.max_size = 100_000;
    });
    let Some((recording, path)) = made else {
        return;
    };
    let outcome = recording.finish();
    assert_eq!(outcome.traces.len(), 1, "{outcome:?}");
    let parent = read(&path);
    let [(_, own)] = lost(&parent)[..] else {
        panic!("{:?}", lost(&parent));
    };
    assert_eq!(outcome.traces[0].beyond, own);
    // One says 33 times what it says of an event, the other 20,027 times.
    let notes: Vec<String> = outcome.notes.iter().map(ToString::to_string).collect();
    let notes = notes.join("\n");
    let all: u64 = notes
        .split_once(", and ")
        .and_then(|(_, rest)| rest.split_once(" more records")?.0.parse().ok())
        .unwrap_or_else(|| panic!("{notes}"));
    assert!(all > own && all < own + 33 * 20, "{all} {own}: {notes}");
    assert_told(&outcome, "all that one process did, which has no trace");
}

/// A child that fills what is allowed has its beginning, and both traces say what is missing.
#[test]
fn a_childs_trace_that_hits_the_size_goes_on_with_its_parents() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("holes", folder.path(), &["-levent_core", "-lpthread"]) else {
        return;
    };
    let said = folder.path().join("said");
    let (outcome, path) = record(
        folder.path(),
        &[&program, "child"],
        |options| options.max_size = 1 << 20,
        |pid| {
            wait_until("it has begun", || {
                std::fs::read_to_string(&said).unwrap().contains("begun")
            });
            signal(pid, libc::SIGUSR1);
        },
    );
    assert_eq!(outcome.exit, Some(Exit::Status(0)), "{:?}", outcome.notes);
    let child = child(&outcome.traces);
    let parent = read(&path);
    let (of_parent, of_child) = (lost(&parent), lost(&read(&child.path)));
    assert_eq!((of_parent.len(), of_child.len()), (1, 1));
    assert!(child.beyond > 0 && of_child[0].1 == child.beyond);
    let told = frees(child);
    assert!(told > 100 && told < 20000, "{told}");
    let beyond = of_parent[0].1 + of_child[0].1;
    assert_told(&outcome, &format!("{beyond} more records were counted"));
    let size = std::fs::metadata(&child.path).unwrap().len();
    assert!(size < 2 << 20, "{size}");
}

/// Traces that are short count, too.
#[test]
fn many_small_traces_are_no_way_past_the_size() {
    const MOST: u64 = 400_000;
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("forked", folder.path(), &["-levent_core"]) else {
        return;
    };
    let (outcome, _) = record(
        folder.path(),
        &[&program, "900"],
        |options| options.max_size = MOST,
        |_| {},
    );
    let of = |trace: &TraceFile| std::fs::metadata(&trace.path).unwrap().len();
    let all: u64 = outcome.traces.iter().map(of).sum();
    assert!(
        all > MOST / 2 && all < MOST * 2,
        "{all} in {}",
        outcome.traces.len()
    );
    assert_told(&outcome, "which have no trace");
}

/// A child of one that said nothing knows what was done when that was forked off, and no more.
#[test]
fn the_past_of_a_silent_child_is_that_of_its_child() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("holes", folder.path(), &["-levent_core", "-lpthread"]) else {
        return;
    };
    let (outcome, _) = record(folder.path(), &[&program, "silent"], |_| {}, |_| {});
    let child = child(&outcome.traces);
    assert_eq!(frees(child), 2);
    let frees = read(&child.path).count("event_free");
    assert_eq!(
        frees,
        1 + 2,
        "what its grandparent did later is not its past"
    );
}

/// Two that are seen to have ended at one look did so one after the other.
#[test]
fn only_who_goes_on_after_its_parent_is_a_daemon() {
    let _alone = alone();
    for (how, is) in [
        ("unwaited", TracedProcess::Forked),
        ("daemon", TracedProcess::Background),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let Some(program) = program("holes", folder.path(), &["-levent_core", "-lpthread"]) else {
            return;
        };
        let options = RecordOptions::new(&folder.path().join("trace.jsonl"));
        let command = [program.into(), OsString::from(how)];
        let mut recording = Recording::start(&options, &command).unwrap();
        let stat = format!("/proc/{}/stat", recording.pid());
        wait_until("all have ended", || {
            let ended = std::fs::read_to_string(&stat).unwrap().contains(") Z ");
            let left = std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
                std::fs::read(entry.path().join("cmdline"))
                    .is_ok_and(|line| line.ends_with(&[how.as_bytes(), b"\0"].concat()))
            });
            ended && !left
        });
        wait_until("that is seen", || recording.turn() == Turn::Over);
        let outcome = recording.finish();
        assert_eq!(child(&outcome.traces).process, is, "{how}");
    }
}
