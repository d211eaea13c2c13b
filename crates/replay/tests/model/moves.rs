//! Moves through a trace.

use evscope_replay::{ObjectId, Trace, navigate as go};
use evscope_trace::{BevId, Level, Nanos};

use crate::support::{HELLO, trace};

fn step(trace: &Trace, name: &str, nth: usize) -> usize {
    trace
        .records()
        .enumerate()
        .filter(|(_, record)| record.event.name() == name)
        .nth(nth)
        .map(|(step, _)| step)
        .unwrap()
}

fn names(trace: &Trace, steps: impl IntoIterator<Item = usize>) -> Vec<String> {
    steps
        .into_iter()
        .map(|step| trace.record(step).event.name().to_owned())
        .collect()
}

fn shown(trace: &Trace, level: Level) -> Vec<usize> {
    std::iter::successors(go::first(trace, level), |step| {
        go::next(trace, *step, level)
    })
    .collect()
}

#[test]
fn a_level_shows_its_events_and_no_exits_but_two() {
    let trace = trace(HELLO);
    assert_eq!(
        names(&trace, shown(&trace, Level::Program)),
        [
            "event_base_new",
            "evconnlistener_new",
            "event_base_loop",
            "listener_cb",
            "bufferevent_socket_new",
            "bufferevent_setcb",
            "bufferevent_enable",
            "bufferevent_write",
            "writecb",
            "bufferevent_free",
            "event_base_loop",
        ]
    );
    let everything = shown(&trace, Level::Everything);
    let polls = names(&trace, everything)
        .iter()
        .filter(|name| *name == "poll")
        .count();
    assert_eq!(polls, 4);
}

#[test]
fn indentation_counts_the_calls_that_are_shown() {
    let trace = trace(HELLO);
    let add = step(&trace, "evbuffer_add", 0);
    assert_eq!(trace.indent(add, Level::Everything), 4);
    let write = step(&trace, "bufferevent_write", 0);
    assert_eq!(trace.indent(write, Level::Walkthrough), 3);
    assert_eq!(trace.indent(write, Level::Program), 2);
    assert_eq!(
        trace.indent(step(&trace, "event_base_loop", 1), Level::Program),
        0
    );
}

#[test]
fn calls_know_their_ends_and_what_is_in_them() {
    let trace = trace(HELLO);
    let new = step(&trace, "bufferevent_socket_new", 0);
    let exit = step(&trace, "bufferevent_socket_new", 1);
    assert_eq!(
        (trace.end(new), trace.begin(exit), trace.exit_of(new)),
        (exit, new, Some(exit))
    );
    assert_eq!(trace.parent(exit), trace.parent(new));
    assert_eq!(
        names(&trace, trace.children(new)),
        [
            "event_assign",
            "event_assign",
            "evbuffer_freeze",
            "evbuffer_freeze"
        ]
    );
    assert_eq!(
        names(&trace, trace.ancestors(new)),
        ["listener_cb", "listener_read_cb", "event_base_loop"]
    );
}

#[test]
fn over_and_out_leave_calls_in_both_directions() {
    let trace = trace(HELLO);
    let level = Level::Everything;
    let new = step(&trace, "bufferevent_socket_new", 0);
    let setcb = step(&trace, "bufferevent_setcb", 0);
    assert_eq!(go::over(&trace, new, level), Some(setcb));
    assert_eq!(go::over_back(&trace, setcb, level), Some(new));
    let freeze = step(&trace, "evbuffer_freeze", 0);
    assert_eq!(go::out(&trace, freeze, level), Some(setcb));
    assert_eq!(go::out_back(&trace, freeze, level), Some(new));
    // The first thing in a call: backward over it is the call.
    assert_eq!(
        go::over_back(&trace, new, level),
        Some(step(&trace, "listener_cb", 0))
    );
    // Over the wait is its result.
    let poll = step(&trace, "poll", 0);
    assert_eq!(go::over(&trace, poll, level), Some(poll + 1));
    assert_eq!(go::over_back(&trace, poll + 1, level), Some(poll));
    let looped = step(&trace, "event_base_loop", 0);
    assert_eq!(
        go::over(&trace, looped, level),
        Some(step(&trace, "event_base_loop", 1))
    );
    assert_eq!(go::out(&trace, looped, level), None);
}

#[test]
fn over_stays_on_its_thread() {
    let trace = trace(
        "> event_base_loop base=1 flags=\"\"
         > readcb bev=1 callback=a
         . accept listener=1 thread=2
         . bufferevent_setcb bev=1
         < readcb
         . accept listener=1 thread=2
         > readcb bev=1 callback=a",
    );
    let level = Level::Everything;
    assert_eq!(go::next(&trace, 1, level), Some(2));
    assert_eq!(go::over(&trace, 1, level), Some(6));
    assert_eq!(go::over_back(&trace, 6, level), Some(1));
    assert_eq!(trace.children(1).collect::<Vec<_>>(), [3]);
}

#[test]
fn the_next_of_a_kind_is_found_both_ways() {
    let trace = trace(HELLO);
    let level = Level::Walkthrough;
    let (cb, write) = (step(&trace, "listener_cb", 0), step(&trace, "writecb", 0));
    assert_eq!(go::next_callback(&trace, 0, level), Some(cb));
    assert_eq!(go::next_callback(&trace, cb, level), Some(write));
    assert_eq!(go::next_callback(&trace, write, level), None);
    assert_eq!(go::previous_callback(&trace, write, level), Some(cb));
    let mark = step(&trace, "watermark", 0);
    assert_eq!(go::next_watermark(&trace, 0, level), Some(mark));
    assert_eq!(go::next_watermark(&trace, 0, Level::Program), None);
    let bev = ObjectId::Bev(BevId(1));
    let new = step(&trace, "bufferevent_socket_new", 0);
    assert_eq!(go::next_of_object(&trace, 0, level, bev), Some(new));
    assert_eq!(go::previous_of_object(&trace, new, level, bev), None);
}

#[test]
fn errors_are_failures_and_not_waits() {
    let trace = trace(
        ". accept listener=1 errno=EAGAIN
         . accept listener=1 errno=EMFILE
         . eventcb bev=1 callback=e what=READING|EOF
         . eventcb bev=1 callback=e what=READING|ERROR errno=ECONNRESET
         . connect bev=1 progress=started errno=EINPROGRESS
         . connect bev=1 progress=failed errno=ECONNREFUSED
         . evbuffer_write buf=1 asked=1 result=-1 errno=EPIPE before=1 after=1
         . error call=accept errno=EMFILE action=none",
    );
    let level = Level::Everything;
    let errors: Vec<usize> = std::iter::successors(go::next_error(&trace, 0, level), |step| {
        go::next_error(&trace, *step, level)
    })
    .collect();
    assert_eq!(errors, [1, 3, 5, 6, 7]);
    assert_eq!(go::previous_error(&trace, 5, level), Some(3));
}

#[test]
fn a_time_finds_the_step_that_was_current() {
    let trace = trace(HELLO);
    let poll = step(&trace, "poll", 0);
    let at = |time| go::at_time(&trace, Nanos(time), Level::Everything);
    assert_eq!(at(500_000), Some(poll));
    assert_eq!(at(1_000_000), Some(poll + 1));
    assert_eq!(at(0), Some(0));
    assert_eq!(at(u64::MAX), go::last(&trace, Level::Everything));
}

#[test]
fn nowhere_is_nowhere() {
    let empty = trace("");
    for level in [Level::Program, Level::Everything] {
        assert_eq!(go::first(&empty, level), None);
        assert_eq!(go::next(&empty, 0, level), None);
        assert_eq!(go::over(&empty, 3, level), None);
        assert_eq!(go::over_back(&empty, 3, level), None);
        assert_eq!(go::out(&empty, 3, level), None);
        assert_eq!(go::at_time(&empty, Nanos(1), level), None);
    }
    let hello = trace(HELLO);
    assert_eq!(go::next(&hello, usize::MAX, Level::Everything), None);
    assert_eq!(
        go::previous(&hello, usize::MAX, Level::Program),
        Some(hello.len() - 1)
    );
}
