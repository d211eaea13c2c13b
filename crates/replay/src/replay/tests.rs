use evscope_trace::Nanos;

use super::checkpoints::INTERVAL;
use super::*;

const ECHO: &str = include_str!("../../../../traces/echo.jsonl");

/// The same steps again and again: longer than some groups of checkpoints, and packed.
fn long(steps: usize) -> Trace {
    let once = Trace::read(ECHO.as_bytes(), "echo").unwrap();
    let span = once.record(once.len() - 1).t.0 + 1;
    let mut trace = Trace::new("long", once.header().clone());
    while trace.len() < steps {
        let round = (trace.len() / once.len()) as u64;
        for record in once.records() {
            let mut record = record.clone();
            record.seq = trace.len() as u64;
            record.t = Nanos(record.t.0 + round * span);
            // Some generations of objects, so that there are more than one of each.
            let new = |id: u32| id + 100 * (round % 7) as u32;
            record.objects.bev = record.objects.bev.map(|id| evscope_trace::BevId(new(id.0)));
            record.objects.event = record
                .objects
                .event
                .map(|id| evscope_trace::EventId(new(id.0)));
            record.objects.buf = record.objects.buf.map(|id| evscope_trace::BufId(new(id.0)));
            trace.push(record);
        }
    }
    trace
}

/// All of a state, also what two equal ones may differ in.
fn all_of(state: &State) -> String {
    format!("{state:?}")
}

#[test]
fn a_state_far_away_is_the_fold_up_to_it() {
    const LAST: usize = INTERVAL - 1;
    let replay = Replay::new(long(280_000));
    let len = replay.trace().len();
    // Around checkpoints, around the stretches that are packed, and anywhere.
    let mut steps: Vec<usize> = (0..len)
        .filter(|step| matches!(step % INTERVAL, 0 | 1 | LAST) || step % 8101 == 0)
        .chain([len - 1])
        .collect();
    let mut expected = Vec::new();
    let mut state = State::new();
    for (step, record) in replay.trace().records().enumerate() {
        state.apply(&record);
        if steps.binary_search(&step).is_ok() {
            expected.push(state.clone());
        }
    }
    // In an order that jumps, and then backward step by step.
    let mut order: Vec<usize> = (0..steps.len()).collect();
    order.sort_by_key(|at| at * 7919 % steps.len());
    for at in order {
        let state = replay.state_at(steps[at]);
        assert_eq!(state, expected[at], "step {}", steps[at]);
        assert_eq!(
            (state.applied(), state.now),
            (expected[at].applied(), expected[at].now)
        );
    }
    let last = steps.pop().unwrap();
    let mut newer = all_of(&replay.state_at(last));
    for step in (last - 600..last).rev() {
        let mut state = replay.state_at(step);
        let older = all_of(&state);
        state.apply(&replay.trace().record(step + 1));
        assert_eq!(all_of(&state), newer, "step {step}");
        newer = older;
    }
}

#[test]
fn a_state_that_is_approached_is_the_same() {
    let replay = Replay::new(long(100_000));
    for step in [0, 5_000, 61_234, 99_999, 40_000, 39_999, usize::MAX] {
        let mut parts = 1;
        while !replay.approach(step) {
            parts += 1;
        }
        assert!(parts <= 2 + INTERVAL.div_ceil(SLICE), "{step}: {parts}");
        let approached = all_of(&replay.state_at(step));
        assert_eq!(approached, all_of(&replay.clone().state_at(step)), "{step}");
    }
    // One that is packed and far from its checkpoint takes several.
    assert!(!replay.clone().approach(8 * INTERVAL + SLICE + 9));
}

/// Each from its checkpoint alone, without a fold.
#[test]
fn the_states_of_an_index_come_out_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("long.jsonl");
    let trace = long(5 * INTERVAL);
    let mut writer = evscope_trace::Writer::new(Vec::new(), trace.header()).unwrap();
    for record in trace.records() {
        writer.record(&record).unwrap();
    }
    std::fs::write(&path, writer.finish().unwrap()).unwrap();
    let replay = Replay::new(Trace::open(&path).unwrap());
    let folder = crate::index::IndexFolder::new(dir.path().join("cache"));
    let source = crate::index::IndexFolder::source(&path).unwrap();
    folder.keep(&path, &source, &replay).unwrap();
    let opened = folder.open(&path).unwrap();
    for step in (0..replay.trace().len()).step_by(INTERVAL) {
        let state = opened.checkpoints.state(step);
        assert_eq!(all_of(&state), all_of(&replay.state_before(step)), "{step}");
    }
}
