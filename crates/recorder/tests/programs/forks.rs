//! What a parent did before a fork is told once: the child's trace goes on with its parent's.

use std::collections::BTreeMap;
use std::path::Path;

use evscope_recorder::{Exit, TracedProcess};
use evscope_trace::{Continues, Line, Phase, Reader};

use crate::support::{Trace, alone, program, read, record};

fn enters(trace: &Trace, name: &str) -> usize {
    let enters = trace.all(name).filter(|r| r.phase != Phase::Exit);
    enters.count()
}

/// What stands in the file itself: what it goes on with, its steps, its texts.
fn own(path: &Path) -> (Option<Continues>, u64, usize) {
    let mut reader = Reader::new(evscope_trace::open(path).unwrap(), "own").unwrap();
    let (mut steps, mut texts) = (0, 0);
    while let Some(line) = reader.next_line().unwrap() {
        match line {
            Line::Record(_) => steps += 1,
            Line::Source(_) => texts += 1,
        }
    }
    (reader.header().continues.clone(), steps, texts)
}

fn forks(name: &str) {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("forks", folder.path(), &["-levent_core"]) else {
        return;
    };
    let path = folder.path().join(name);
    let asked = path.clone();
    let (outcome, _) = record(
        folder.path(),
        &[&program],
        |options| options.output = asked,
        |_| {},
    );
    assert_eq!(outcome.exit, Some(Exit::Status(0)), "{:?}", outcome.notes);
    assert_eq!(outcome.traces.len(), 7, "{outcome:?}");
    let parent = read(&path);
    assert_eq!(enters(&parent, "event_callback"), 40);
    let mut children = BTreeMap::new();
    for child in &outcome.traces[1..] {
        let trace = read(&child.path);
        let (continues, steps, texts) = own(&child.path);
        let continues = continues.unwrap();
        // The file has what the child did, and no more; with what came before, it is whole.
        assert_eq!(
            (steps, steps + continues.records),
            (child.own.steps, child.steps)
        );
        assert_eq!(trace.records.len() as u64, child.steps);
        assert!(texts > 0, "its functions have their texts in it");
        // What came before are the ticks until the fork, to the one that it is in.
        let ticks = enters(&trace, "event_callback");
        let made = enters(&trace, "event_free");
        let inherited = &trace.records[..continues.records as usize];
        let last = inherited.last().unwrap();
        if continues.trace == name {
            let last = (last.event.name(), last.phase);
            assert_eq!(last, ("event_callback", Phase::Enter), "{ticks}");
        } else {
            assert_eq!(last.event.name(), "event_free");
        }
        children.insert((ticks, made), continues);
    }
    // How many frees there are says who it is: the third says one first, and its child says thirty.
    let told: Vec<_> = children.keys().copied().collect();
    assert_eq!(told, [(1, 1), (2, 2), (3, 4), (3, 31), (4, 4), (5, 5)]);
    let of_child: Vec<_> = children
        .iter()
        .filter(|(_, continues)| continues.trace != name)
        .collect();
    assert_eq!(of_child.len(), 1, "{children:?}");
    assert_eq!(*of_child[0].0, (3, 31));
}

#[test]
fn a_childs_trace_has_its_own_steps_and_says_what_comes_before() {
    forks("trace.jsonl");
}

#[test]
fn a_packed_trace_goes_on_with_a_packed_one() {
    forks("trace.jsonl.zst");
}

/// Each trace has what its process did itself, however many there are, and each was a worker: its parent waited for it.
#[test]
fn hundreds_of_children_that_speak_late_have_small_traces() {
    const CHILDREN: usize = 300;
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("forked", folder.path(), &["-levent_core"]) else {
        return;
    };
    let count = CHILDREN.to_string();
    let (outcome, path) = record(folder.path(), &[&program, &count], |_| {}, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)), "{:?}", outcome.notes);
    assert_eq!(outcome.traces.len(), 1 + CHILDREN, "{:?}", outcome.notes);
    let parent = read(&path);
    assert_eq!(enters(&parent, "event_free"), CHILDREN + 1);
    let mut told = Vec::new();
    for child in &outcome.traces[1..] {
        assert_eq!(child.process, TracedProcess::Forked);
        let (continues, steps, _) = own(&child.path);
        assert_eq!(steps, child.own.steps);
        let before = &parent.records[..continues.unwrap().records as usize];
        assert_eq!(before.last().unwrap().event.name(), "event_free");
        told.push((before.len(), child.own.steps));
    }
    told.sort_unstable();
    told.dedup_by_key(|child| child.0);
    assert_eq!(told.len(), CHILDREN, "each was forked off at another step");
    let steps = told[0].1;
    assert!(told.iter().all(|child| child.1 == steps), "{told:?}");
}
