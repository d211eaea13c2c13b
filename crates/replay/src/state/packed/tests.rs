use std::path::Path;

use super::*;
use crate::Trace;

/// Everything of a state, also what two equal ones may differ in.
fn all_of(state: &State) -> String {
    format!("{state:?}")
}

fn recorded() -> Vec<Trace> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces");
    let files = ["", "libevent"].map(|name| std::fs::read_dir(folder.join(name)).unwrap());
    let paths = files.into_iter().flatten().map(|file| file.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .map(|path| Trace::open(&path).unwrap())
        .collect()
}

/// From the beginning, from just before, and from half the way.
#[test]
fn every_state_of_the_recorded_traces_comes_back() {
    let traces = recorded();
    assert!(traces.len() > 20);
    for trace in traces {
        let mut texts = Texts::default();
        let mut olds = vec![State::new()];
        let mut state = State::new();
        for (step, record) in trace.records().enumerate() {
            let before = state.clone();
            state.apply(&record);
            if step == trace.len() / 2 {
                olds.push(state.clone());
            }
            if step % 7 != 0 && step + 1 < trace.len() {
                continue;
            }
            for old in olds.iter().chain([&before]) {
                let bytes = state.pack_since(old, &mut texts);
                let again = State::unpack_since(old, &bytes, &texts).unwrap();
                assert_eq!(all_of(&again), all_of(&state), "{} at {step}", trace.name());
            }
        }
    }
}

#[test]
fn what_is_cut_off_or_damaged_is_no_state() {
    let traces = recorded();
    let trace = traces
        .iter()
        .find(|trace| trace.name().contains("echo"))
        .unwrap();
    let mut state = State::new();
    trace.records().for_each(|record| state.apply(&record));
    let mut texts = Texts::default();
    let bytes = state.pack_since(&State::new(), &mut texts);
    for end in 0..bytes.len() {
        // Whole but for what came last, it may be read as another state; but it must not be read as this one.
        let cut = State::unpack_since(&State::new(), &bytes[..end], &texts);
        assert_ne!(cut.as_ref().map(all_of), Some(all_of(&state)));
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        let _ = State::unpack_since(&State::new(), &damaged, &texts);
    }
}
