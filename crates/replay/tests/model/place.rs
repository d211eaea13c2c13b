//! Where one stands in a function of the walkthrough when not every line in it is known, as in a recorded libevent.

use std::path::Path;

use evscope_replay::Trace;
use evscope_replay::place::{StepLine, place, stands, walkthrough_function};
use evscope_trace::{Level, Record};

use crate::support::trace;

#[test]
fn one_stays_in_the_function_where_a_line_is_not_known() {
    let trace = trace(
        r#"
        > event_base_loop base=1 flags="" caller={"file":"main.c","line":88,"fn":"main"}
          > bufferevent_writecb bev=1 fd=7 what=WRITE src={"file":"sock.c","line":229,"fn":"bufferevent_writecb"}
            . watermark bev=1 side=output mark=low at=0 from=14 to=0 crossed=down
            > event_del event=5 caller={"file":"sock.c","line":316,"fn":"bufferevent_writecb"} src={"file":"event.c","line":2786,"fn":"event_del"}
              . backend_del fd=7 old=WRITE new=""
            < event_del
            . watermark bev=1 side=output mark=low at=0 from=14 to=0 crossed=down
            . event_assign event=4 role=timer fd=-1 events="" callback=x priority=0 src={"file":"event.c","line":2112,"fn":"other"} caller={"file":"event.c","line":3076,"fn":"helper"}
          < bufferevent_writecb
        < event_base_loop
        "#,
    );
    let line = |step| {
        let level = Level::Walkthrough;
        let place = place(&trace, step, level, stands(&trace, step, level)).unwrap();
        (place.line.file.to_string(), place.line.line)
    };
    let at = |number| ("sock.c".to_owned(), number);
    assert_eq!(line(1), at(229), "it is entered");
    assert_eq!(line(2), at(229), "nothing is known yet");
    assert_eq!(
        line(3),
        at(316),
        "what it calls, called from a line of its own"
    );
    assert_eq!(line(6), at(316), "of no known line");
    assert_eq!(
        line(7),
        at(316),
        "by a helper, which was called from a line nobody knows"
    );
    let program = place(&trace, 6, Level::Program, stands(&trace, 6, Level::Program));
    assert_eq!(program.unwrap().line.line, 88, "the program's own");
}

/// The hello-world program, recorded on libevents with debug information: one as it is debugged (`-O0`), one as
/// distributions build it (`-O2`). Their texts are left out.
fn recorded_with_lines() -> impl Iterator<Item = (&'static str, Trace)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/model/with-lines");
    ["hello-world-O0.jsonl", "hello-world-O2.jsonl"]
        .map(|name| (name, Trace::open(&folder.join(name)).unwrap()))
        .into_iter()
}

fn stood_at(trace: &Trace, step: usize) -> StepLine {
    let level = Level::Walkthrough;
    place(trace, step, level, stands(trace, step, level)).unwrap()
}

/// The walkthrough's function that a call is, by its place.
fn function_of(record: &Record) -> Option<&'static str> {
    walkthrough_function(record.src.as_ref()?.function.as_deref()?)
}

#[test]
fn in_a_recorded_libevent_every_step_in_a_function_of_the_walkthrough_is_stood_at_there() {
    for (name, trace) in recorded_with_lines() {
        let mut inside = 0;
        for step in (0..trace.len()).filter(|step| trace.is_shown(*step, Level::Walkthrough)) {
            let call = trace.ancestors(step).next();
            // What the program does is the program's own.
            let Some(around) = call.and_then(|call| function_of(&trace.record(call))) else {
                continue;
            };
            inside += 1;
            let stood = stood_at(&trace, step).line;
            let function = stood.function.as_deref().and_then(walkthrough_function);
            let own = function_of(&trace.record(step));
            assert!(
                function == Some(around) || function.is_some() && function == own,
                "{name}, step {step} in {around}: {stood:?}"
            );
        }
        assert!(inside > 30, "{name}: {inside}");
    }
}

#[test]
fn the_mark_moves_down_a_recorded_bufferevent_writecb() {
    for (name, trace) in recorded_with_lines() {
        let steps = [
            "bufferevent_writecb",
            "evbuffer_write",
            "event_del",
            "watermark",
            "writecb",
        ];
        let begin = (0..trace.len()).find(|step| trace.record(*step).event.name() == steps[0]);
        let begin = begin.unwrap();
        let lines = steps.map(|event| {
            let mut all = begin..trace.len();
            let step = all
                .find(|step| trace.record(*step).event.name() == event)
                .unwrap();
            let line = stood_at(&trace, step).line;
            assert_eq!(
                line.function.as_deref(),
                Some("bufferevent_writecb"),
                "{name}, step {step}"
            );
            line.line
        });
        assert!(
            lines.is_sorted() && lines[0] < lines[1] && lines[1] < lines[2],
            "{name}: {lines:?}"
        );
        // The callback's own place is not lost.
        let writecb =
            (begin..trace.len()).find(|step| trace.record(*step).event.name() == "writecb");
        let own = trace.record(writecb.unwrap()).src.clone().unwrap();
        assert_eq!(own.function.as_deref(), Some("conn_writecb"));
    }
}
