//! States in any order are the fold.

use evscope_replay::{Replay, State};
use evscope_trace::Line;

use crate::support::{HELLO, trace};

/// A trace longer than several checkpoints.
fn long() -> evscope_replay::Trace {
    trace(&HELLO.repeat(150))
}

#[test]
fn any_step_in_any_order_is_the_fold() {
    let replay = Replay::new(long());
    let len = replay.trace().len();
    assert!(len > 6_000, "{len}");
    let mut folded = State::new();
    let mut states = Vec::new();
    for record in replay.trace().records() {
        folded.apply(&record);
        states.push(folded.clone());
    }
    let mut step = 1;
    for _ in 0..40 {
        step = (step * 48_271) % 2_147_483_647;
        let near = (step % len).saturating_sub(2)..(step % len + 2).min(len);
        for step in near.clone().chain(near.rev()) {
            let state = replay.state_at(step);
            assert_eq!(state, states[step], "{step}");
            assert_eq!(state.step(), Some(step));
            assert_eq!(state.now, replay.trace().record(step).t);
        }
    }
    assert_eq!(replay.state_at(usize::MAX), states[len - 1]);
    assert_eq!(replay.state_before(0), State::new());
}

#[test]
fn a_growing_trace_is_the_same_as_a_whole_one() {
    let whole = Replay::new(long());
    let mut growing = Replay::new(trace(""));
    assert_eq!(growing.state_at(0), State::new());
    for record in whole.trace().records() {
        growing.append(Line::Record(Box::new(record.clone())));
    }
    for step in (0..whole.trace().len()).step_by(997) {
        assert_eq!(growing.state_at(step), whole.state_at(step));
        assert_eq!(growing.trace().end(step), whole.trace().end(step));
    }
}
