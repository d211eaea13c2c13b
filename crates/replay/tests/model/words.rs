//! How steps read.

use std::fmt::Write;

use evscope_replay::{Part, Trace, describe, spans, summary};
use evscope_trace::{Event, Header, Lane, Level, is_hidden};

use crate::arbitrary::{example, example_with};
use crate::support::{HELLO, trace};

/// A trace as the command line prints it.
fn print(trace: &Trace, level: Level) -> String {
    let mut text = String::new();
    for step in (0..trace.len()).filter(|step| trace.is_shown(*step, level)) {
        let time = describe::clock(trace.record(step).t);
        let indent = "  ".repeat(trace.indent(step, level));
        writeln!(text, "{time}  {indent}{}", summary(trace, step)).unwrap();
    }
    text
}

#[test]
fn the_hello_world_reads_like_the_walkthrough() {
    insta::assert_snapshot!(print(&trace(HELLO), Level::Everything));
}

/// Whoever wants the line as a whole gets what others get in parts.
#[test]
fn the_parts_of_a_line_are_the_line() {
    let mut all = Trace::new("test", Header::new("test", "none", "epoll"));
    for kind in Event::KINDS {
        all.push(example(kind));
    }
    for trace in [trace(HELLO), all] {
        for step in 0..trace.len() {
            let parts: String = spans(&trace, step)
                .into_iter()
                .map(|span| span.text)
                .collect();
            assert_eq!(parts, summary(&trace, step));
        }
    }
}

/// One record of every kind the vocabulary has, with all its fields.
#[test]
fn every_kind_of_event_has_its_words() {
    let mut trace = Trace::new("test", Header::new("test", "none", "epoll"));
    for kind in Event::KINDS {
        trace.push(example(kind));
    }
    let text: String = (0..trace.len())
        .map(|step| summary(&trace, step) + "\n")
        .collect();
    insta::assert_snapshot!(text);
}

#[test]
fn partial_writes_failures_and_ends_read_differently() {
    let trace = trace(
        ". evbuffer_write bev=1 buf=2 fd=8 asked=100 result=60 before=100 after=40
         . evbuffer_write bev=1 buf=2 fd=8 asked=40 result=-1 errno=EAGAIN before=40 after=40
         . evbuffer_write bev=1 buf=2 fd=8 asked=40 result=-1 errno=EPIPE before=40 after=40
         . evbuffer_read bev=1 buf=1 fd=8 result=0 before=0 after=0
         . poll timeout=0 ready=3
         . accept listener=1 errno=EMFILE
         . event_add event=1 role=signal fd=15
         . event_add event=1 role=timer fd=-1 timeout=1500000
         . x_new_event bev=1 x_size=3",
    );
    let text: String = (0..trace.len())
        .map(|step| summary(&trace, step) + "\n")
        .collect();
    insta::assert_snapshot!(text);
}

#[test]
fn the_parts_make_the_line_and_say_what_they_are() {
    let trace = trace(HELLO);
    for step in 0..trace.len() {
        let parts = spans(&trace, step);
        assert_eq!(parts[0].part, Part::Name(trace.record(step).event.lane()));
        let line: String = parts.iter().map(|span| span.text.as_str()).collect();
        assert_eq!(line, summary(&trace, step));
        assert!(!line.contains("  ") && line.trim() == line, "{line:?}");
    }
    let writecb = trace
        .records()
        .position(|r| r.event.name() == "writecb")
        .unwrap();
    assert_eq!(spans(&trace, writecb)[0].part, Part::Name(Lane::Program));
    assert_eq!(spans(&trace, writecb)[2].part, Part::Callback);
    assert!(spans(&trace, trace.len()).is_empty());
}

#[test]
fn names_in_a_trace_cannot_command_the_terminal() {
    let trace = trace(r#". readcb bev=1 callback="\u001b[2J""#);
    assert_eq!(summary(&trace, 0), "readcb \\u{1b}[2J bev1");
    // Whatever kind it is that has the text, and whatever field.
    let mut trace = Trace::new("test", Header::new("test", "none", "epoll"));
    for kind in Event::KINDS {
        trace.push(example_with(kind, |_| "a\u{1b}[2J\u{202e}b\n".into()));
    }
    for step in 0..trace.len() {
        let line = summary(&trace, step);
        assert!(!line.contains(is_hidden), "{line:?}");
    }
}
