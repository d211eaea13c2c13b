//! Why something did not happen, on recorded traces: the first closed gate is the cause.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::path::Path;

use evscope_replay::{Expected, Gates, Lang, Replay, Trace, explain, gates, unheard};

fn replay(name: &str) -> Replay {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../traces/{name}.jsonl"));
    Replay::new(Trace::open(&path).unwrap())
}

fn ask(replay: &Replay, question: &str, step: usize) -> Gates {
    let expected: Expected = question.parse().unwrap();
    gates(replay, &expected, step).unwrap()
}

/// The answer to a question, with the step that left the gate so.
fn answer(name: &str, question: &str, step: usize) -> (&'static str, Option<usize>) {
    let gates = ask(&replay(name), question, step);
    let closed = gates.closed().unwrap();
    assert!(closed.opens.is_some());
    (closed.name, closed.step)
}

#[test]
fn the_first_closed_gate_is_the_cause() {
    for (name, question, step, gate, left_so) in [
        // Reading was never enabled: the bufferevent is so since it was made.
        ("disabled-read", "readcb bev=1", 34, "enabled", 24),
        ("disabled-read", "eventcb bev=1", 34, "enabled", 24),
        ("disabled-read", "writecb bev=1", 34, "callback", 30),
        // The input is full.
        (
            "high-watermark-stall",
            "readcb bev=1",
            71,
            "not_suspended",
            60,
        ),
        ("high-watermark-stall", "readcb bev=1", 56, "bytes", 0),
        ("high-watermark-stall", "readcb bev=1", 95, "alive", 80),
        // Before anybody has come.
        ("hello-world", "accept", 18, "connection", 0),
        ("hello-world", "event=3", 18, "signal", 0),
    ] {
        let (found, step_left) = answer(name, question, step);
        assert_eq!(found, gate, "{name}: {question} at {step}");
        assert_eq!(
            step_left.unwrap_or(0),
            left_so,
            "{name}: {question} at {step}"
        );
    }
}

#[test]
fn gates_come_in_the_order_in_which_they_depend_on_each_other() {
    let gates = ask(&replay("disabled-read"), "readcb", 34);
    let names: Vec<&str> = gates.list.iter().map(|gate| gate.name).collect();
    assert_eq!(
        names,
        [
            "alive",
            "callback",
            "loop",
            "enabled",
            "not_suspended",
            "pending",
            "bytes"
        ]
    );
}

#[test]
fn a_question_about_nothing_says_what_there_is() {
    let replay = replay("disabled-read");
    let expected: Expected = "readcb bev=7".parse().unwrap();
    let error = gates(&replay, &expected, 34).unwrap_err().to_string();
    assert_eq!(error, "there is no bev7 at this step; there are bev1");
    let expected: Expected = "readcb".parse().unwrap();
    assert!(
        gates(&replay, &expected, 10).is_err(),
        "nothing is made yet"
    );
}

#[test]
fn where_a_server_stands_still_the_explanation_names_who_is_not_waited_for() {
    let replay = replay("disabled-read");
    let (found, count) = unheard(&replay.state_at(34), None, 3);
    assert_eq!((found.len(), count), (1, 1));
    let said = explain(&replay, 34, Lang::EN).watch.unwrap();
    assert!(said.contains("Nothing wakes it for bev1"), "{said}");
    let said = explain(&replay, 34, Lang::ZH).watch.unwrap();
    assert!(said.contains("bev1"), "{said}");
    // At the first wait there is nobody yet.
    let said = explain(&replay, 18, Lang::EN).watch.unwrap();
    assert!(said.contains("whatever becomes ready wakes it"), "{said}");
}

#[test]
fn an_input_that_is_full_is_not_waited_for() {
    let replay = replay("high-watermark-stall");
    let said = explain(&replay, 71, Lang::EN).watch.unwrap();
    assert!(
        said.contains("bev1 (reading is suspended by WATERMARK)"),
        "{said}"
    );
}
