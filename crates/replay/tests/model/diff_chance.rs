//! What is chance in one comparison and counts in another: early waits, times left, pieces, leaks.

use evscope_replay::{Allow, DiffOptions, Trace, diff};
use evscope_trace::Level;

use crate::support::trace;

fn same(a: &Trace, b: &Trace, options: &DiffOptions) -> bool {
    diff(a, b, options).is_same() && diff(b, a, options).is_same()
}

fn everything() -> DiffOptions {
    DiffOptions {
        level: Level::Everything,
        ..DiffOptions::default()
    }
}

fn allowing(what: Allow) -> DiffOptions {
    let mut options = everything();
    options.allow(what);
    options
}

/// In which time passes as a scenario says.
fn exact() -> DiffOptions {
    DiffOptions {
        exact_times: true,
        ..everything()
    }
}

/// A loop around some steps.
fn looping(steps: &str) -> Trace {
    trace(&format!(
        "> event_base_loop base=1 flags=\"\"\n{steps}< event_base_loop"
    ))
}

/// A wait of so long, in which so many fds become ready.
fn wait(timeout: u64, ready: u32) -> String {
    format!("> poll base=1 timeout={timeout}\n< poll base=1 timeout={timeout} ready={ready}\n")
}

const DUE: &str = ". event_active base=1 event=1 role=timer what=TIMEOUT why=timeout\n";

#[test]
fn a_wait_that_ends_before_anything_is_due_is_chance_unless_time_is_a_scenarios() {
    let once = looping(&(wait(2_000_000, 0) + DUE));
    let early = looping(&(wait(2_000_000, 0) + &wait(1_000_000, 0) + DUE));
    assert!(same(&once, &early, &everything()));
    assert!(!same(&once, &early, &exact()));
    // One that something comes of is no chance, and neither is the last.
    let busy = looping(&(wait(2_000_000, 1) + &wait(1_000_000, 0) + DUE));
    assert!(!same(&once, &busy, &everything()));
    let never = looping(DUE);
    assert!(!same(&once, &never, &everything()));
}

#[test]
fn another_threads_steps_stand_between_two_waits() {
    let once = looping(&(wait(2_000_000, 0) + DUE));
    let between = ". event_base_loopbreak base=2 thread=2\n";
    let of_two = |steps: &str| looping(&format!("{steps}{DUE}"));
    let early = of_two(&(wait(2_000_000, 0) + between + &wait(1_000_000, 0)));
    let alone = looping(&(wait(2_000_000, 0) + between + DUE));
    assert!(same(&alone, &early, &everything()));
    assert!(!same(&once, &early, &everything()));
}

#[test]
fn what_is_left_is_a_time_and_what_an_event_is_added_with_is_not() {
    let add = |timeout: u64| format!(". event_add base=1 event=1 role=timer timeout={timeout}\n");
    let (left, less) = (looping(&add(25_000_000)), looping(&add(24_600_000)));
    assert!(same(&left, &less, &everything()));
    assert!(!same(&left, &less, &exact()));
    assert!(!same(&left, &looping(&add(0)), &everything()));
    // Within a callback, or outside of the loop, the program says it.
    let within = |steps: String| {
        looping(&format!(
            "> event_callback base=1 event=1 role=timer callback=f what=TIMEOUT\n{steps}< event_callback\n"
        ))
    };
    assert!(!same(&within(add(25)), &within(add(24)), &everything()));
    assert!(!same(&trace(&add(25)), &trace(&add(24)), &everything()));
}

/// A turn in which so many bytes of those that wait are written.
fn write(result: i64, before: u64) -> String {
    let after = before as i64 - result.max(0);
    wait(1, 1)
        + &format!(
            ". event_active base=1 event=2 role=bev.write bev=1 fd=8 what=WRITE why=io\n\
             . evbuffer_write buf=1 bev=1 fd=8 asked={before} result={result} before={before} after={after}\n"
        )
}

#[test]
fn bytes_come_in_pieces_where_that_is_allowed() {
    let two = looping(&(write(3, 9) + &write(6, 6)));
    let three = looping(&(write(4, 9) + &write(3, 5) + &write(2, 2)));
    assert!(!same(&two, &three, &everything()));
    assert!(same(&two, &three, &allowing(Allow::Pieces)));
    // But to fail is no piece, nor is what is not written in the end.
    let fails = looping(&(write(4, 9) + &write(-1, 5) + &write(5, 5)));
    assert!(!same(&two, &fails, &allowing(Allow::Pieces)));
    let rest = looping(&(write(4, 9) + &write(3, 5)));
    assert!(!same(&two, &rest, &allowing(Allow::Pieces)));
    assert!(!same(&two, &three, &allowing(Allow::Leaks)));
}

#[test]
fn what_nobody_frees_goes_with_its_base_where_that_is_allowed() {
    let free = "> bufferevent_free base=1 bev=1\n< bufferevent_free\n";
    let goes = ". bufferevent_finalize base=1 bev=1 closed=true unsent=0\n";
    let end = |steps: &str| {
        trace(&format!(
            "{steps}> event_base_free base=1\n< event_base_free"
        ))
    };
    let (left, leaks) = (end(goes), end(""));
    assert!(!same(&left, &leaks, &everything()));
    assert!(same(&left, &leaks, &allowing(Allow::Leaks)));
    // What was freed must go.
    let freed = |steps: &str| end(&format!("{free}{steps}"));
    assert!(!same(&freed(goes), &freed(""), &allowing(Allow::Leaks)));
}
