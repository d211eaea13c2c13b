//! Two traces compared.

use evscope_replay::{
    DiffOptions, FieldDifference, Ignore, Query, Replay, Row, Sides, Trace, Verdict, diff,
};
use evscope_trace::Level;
use proptest::prelude::*;

use crate::support::{HELLO, trace, trace_on};

/// The rows of all differences, without what is around them, as text: `- name`, `+ name`, `≠ field`.
fn differences(a: &Trace, b: &Trace, options: &DiffOptions) -> Vec<String> {
    let diff = diff(a, b, options);
    let traces = Sides { a, b };
    let name = |trace: &Trace, step: usize| trace.record(step).event.name().to_owned();
    let rows = (0..diff.hunks().len()).flat_map(|hunk| diff.rows(traces, hunk, 0));
    rows.flat_map(|row| match row {
        Row::Same(at) => vec![format!("  {}", name(a, at.a))],
        Row::OnlyA(step) => vec![format!("- {}", name(a, step))],
        Row::OnlyB(step) => vec![format!("+ {}", name(b, step))],
        Row::Changed(at, fields) => fields
            .into_iter()
            .map(|FieldDifference { field, values }| {
                let text = |value: Option<String>| value.unwrap_or("absent".to_owned());
                format!(
                    "≠ {} {field}: {}, {}",
                    name(a, at.a),
                    text(values.a),
                    text(values.b)
                )
            })
            .collect(),
    })
    .collect()
}

fn at(level: Level) -> DiffOptions {
    DiffOptions {
        level,
        ..DiffOptions::default()
    }
}

fn filtered(query: &str) -> DiffOptions {
    DiffOptions {
        filter: Some(Query::parse(query).unwrap()),
        ..at(Level::Everything)
    }
}

fn ignoring(names: &[&str]) -> DiffOptions {
    let mut ignore = Ignore::default();
    names.iter().for_each(|name| ignore.add(name).unwrap());
    DiffOptions {
        ignore,
        ..at(Level::Everything)
    }
}

/// With something put in front of the first line that begins with `before`.
fn inserted(text: &str, before: &str, lines: &str) -> String {
    let found = text.lines().find(|line| line.trim().starts_with(before));
    text.replacen(found.unwrap(), &format!("{lines}\n{}", found.unwrap()), 1)
}

/// A word of a trace as another run might have it.
fn renumbered(word: &str) -> String {
    let Some((key, value)) = word.split_once('=') else {
        return word.to_owned();
    };
    let value = match (key, value) {
        ("base", "1") => "7",
        ("bev", "1") => "9",
        ("event", "1") => "30",
        ("event" | "ev_read", "2") => "20",
        ("event" | "ev_write", "3") => "10",
        ("input" | "buf", "1") => "4",
        ("output" | "buf", "2") => "3",
        ("fd", "8") => "12",
        ("fd", "6") => "8",
        ("addr" | "peer", _) => "[::1]:39011",
        ("t", _) => "7000000",
        (_, value) => value,
    };
    format!("{key}={value}")
}

#[test]
fn where_any_order_will_do_each_object_is_compared() {
    let steps = |all: &[(u32, u32)]| -> Trace {
        let lines = all.iter().map(|(event, priority)| {
            format!(". event_priority_set base=1 event={event} priority={priority}\n")
        });
        trace(&lines.collect::<String>())
    };
    let any = DiffOptions {
        any_order: true,
        ..at(Level::Everything)
    };
    let a = steps(&[(1, 0), (1, 1), (2, 2)]);
    let mingled = steps(&[(1, 0), (2, 2), (1, 1)]);
    assert_ne!(differences(&a, &mingled, &at(Level::Everything)), [""; 0]);
    assert_eq!(differences(&a, &mingled, &any), [""; 0]);
    let other = steps(&[(1, 1), (2, 2), (1, 0)]);
    assert_ne!(differences(&a, &other, &any), [""; 0]);
}

/// How the bytes of a buffer lie is compared where one library laid them.
#[test]
fn pieces_are_each_librarys_own() {
    const LIBEVENT: &str = "libevent 2.1.12-stable";
    let look = |library, asked: &str, pieces, bytes| {
        let fields = format!("offset=4 {asked} pieces={pieces} bytes={bytes}");
        trace_on(library, &format!(". evbuffer_peek buf=1 {fields}"))
    };
    let all = at(Level::Everything);
    let ours = look("evscope-reactor 0.1.0", "asked=10", 1, 512);
    let theirs = look(LIBEVENT, "asked=10", 2, 4096);
    assert_eq!(differences(&ours, &theirs, &all), [""; 0]);
    // That nothing is there, fewer than were asked for, or of all how many, is no chance.
    for (pieces, bytes) in [(0, 0), (3, 9)] {
        let fewer = look(LIBEVENT, "asked=10", pieces, bytes);
        let expected = [format!("≠ evbuffer_peek bytes: 10, {bytes}")];
        assert_eq!(differences(&ours, &fewer, &all), expected);
    }
    let (ours, theirs) = (look("none", "", 1, 512), look(LIBEVENT, "", 2, 511));
    assert_eq!(
        differences(&ours, &theirs, &all),
        ["≠ evbuffer_peek bytes: 512, 511"]
    );
    // In one library, the pieces are the program's doing.
    let (one, other) = (
        look(LIBEVENT, "asked=10", 1, 512),
        look(LIBEVENT, "asked=10", 2, 4096),
    );
    assert_eq!(
        differences(&one, &other, &all),
        [
            "≠ evbuffer_peek pieces: 1, 2",
            "≠ evbuffer_peek bytes: 512, 4096"
        ]
    );
    assert_eq!(differences(&one, &other, &ignoring(&["lengths"])), [""; 0]);
}

#[test]
fn chance_does_not_count() {
    // Other numbers for everything, another port, another time, another thread.
    let other: String = HELLO
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let words: Vec<String> = line.split_whitespace().map(renumbered).collect();
            format!("{} thread=4\n", words.join(" "))
        })
        .collect();
    // A wait that a signal cut short, and the end of the program.
    let other = inserted(
        &other,
        "> poll",
        "> poll base=7 thread=4\n< poll errno=EINTR ready=0 thread=4",
    ) + ". program_exit status=0 thread=4";
    let (a, b) = (trace(HELLO), trace(&other));
    for level in [Level::Program, Level::Walkthrough, Level::Everything] {
        assert_eq!(differences(&a, &b, &at(level)), [""; 0], "{level:?}");
    }
    let compared = diff(&a, &b, &at(Level::Walkthrough));
    assert!(compared.is_same());
    assert_eq!(compared.steps().a.len(), compared.steps().b.len());
    assert_eq!(compared.steps().b.len(), 31);
}

#[test]
fn a_step_that_only_one_has_stands_alone() {
    let a = trace(HELLO);
    let b = trace(&inserted(
        HELLO,
        "> event_base_loop",
        ". event_assign base=1 event=99 role=timer fd=-1 events=\"\" callback=tick priority=0",
    ));
    // The numbers of the events that follow are not put out of step by it.
    assert_eq!(
        differences(&a, &b, &at(Level::Everything)),
        ["+ event_assign"]
    );
    assert_eq!(
        differences(&b, &a, &at(Level::Everything)),
        ["- event_assign"]
    );
    assert_eq!(differences(&a, &b, &at(Level::Program)), [""; 0]);
}

#[test]
fn the_first_difference_is_where_they_part() {
    let a = trace(". event_base_loopbreak base=1\n. event_base_loopbreak base=1");
    let b = trace(". event_base_loopbreak base=1");
    let diff = diff(&a, &b, &at(Level::Program));
    assert_eq!(diff.hunks()[0].a, 1..2);
    assert_eq!(diff.hunks()[0].b, 1..1);
}

#[test]
fn fields_that_differ_are_named() {
    let a = trace(HELLO);
    let b = trace(
        &HELLO
            .replace(
                "bufferevent_enable base=1 bev=1 events=WRITE",
                "bufferevent_enable base=1 bev=1 events=READ|WRITE",
            )
            .replace("callback=listener_cb options", "options"),
    );
    assert_eq!(
        differences(&a, &b, &at(Level::Program)),
        [
            "≠ evconnlistener_new callback: listener_cb, absent",
            "≠ bufferevent_enable events: WRITE, READ|WRITE",
        ]
    );
}

#[test]
fn nesting_counts() {
    let a = trace(
        "> event_callback base=1 event=1 callback=f what=READ
           . event_base_loopbreak base=1
         < event_callback",
    );
    let b = trace(
        "> event_callback base=1 event=1 callback=f what=READ
         < event_callback
         . event_base_loopbreak base=1",
    );
    assert_eq!(
        differences(&a, &b, &at(Level::Program)),
        ["≠ event_base_loopbreak depth: 1, 0"]
    );
    assert_eq!(differences(&a, &b, &ignoring(&["depth"])), [""; 0]);
}

const TWO: &str = "
    . event_assign base=1 event=1 role=user fd=5 events=READ callback=f priority=0
    . event_assign base=1 event=2 role=user fd=6 events=READ callback=f priority=0
    > event_add base=1 event=1 role=user fd=5
    < event_add
    > event_add base=1 event=2 role=user fd=6
    < event_add
";

#[test]
fn it_matters_which_object_it_is() {
    let swapped = TWO
        .replace(
            "> event_add base=1 event=1 role=user fd=5",
            "> event_add base=1 event=X",
        )
        .replace(
            "event_add base=1 event=2 role=user fd=6",
            "event_add base=1 event=1 role=user fd=5",
        )
        .replace(
            "event_add base=1 event=X",
            "event_add base=1 event=2 role=user fd=6",
        );
    let found = differences(&trace(TWO), &trace(&swapped), &at(Level::Walkthrough));
    assert!(!found.is_empty());
    assert!(
        found.iter().all(|row| row.ends_with("event_add")),
        "{found:?}"
    );
}

#[test]
fn a_number_of_an_fd_that_is_used_again_is_another_fd() {
    let again = "
        . accept listener=1 fd=8 peer=p
        . backend_add base=1 fd=8 old=\"\" new=READ
        . accept listener=1 fd=8 peer=p
        . backend_add base=1 fd=8 old=\"\" new=READ";
    let another = again
        .replacen("fd=8", "fd=5", 1)
        .replacen("fd=8", "fd=5", 1);
    let mixed = again.replacen("fd=8", "fd=5", 1);
    let options = at(Level::Everything);
    assert_eq!(
        differences(&trace(again), &trace(&another), &options),
        [""; 0]
    );
    assert_ne!(
        differences(&trace(again), &trace(&mixed), &options),
        [""; 0]
    );
}

#[test]
fn a_signal_is_not_an_fd() {
    let signal = |number: i32| {
        trace(&format!(
            "> event_add base=1 event=1 role=signal fd={number}\n< event_add"
        ))
    };
    assert_eq!(
        differences(&signal(2), &signal(15), &DiffOptions::default()),
        ["≠ event_add fd: 2, 15"]
    );
}

#[test]
fn only_what_a_filter_matches_is_compared() {
    let a = trace(HELLO);
    let b = trace(
        &HELLO
            .replace("len=5", "len=6")
            .replace("after=5", "after=6"),
    );
    let everything = differences(&a, &b, &at(Level::Everything));
    assert_eq!(everything.len(), 3, "{everything:?}");
    assert_eq!(differences(&a, &b, &filtered("ev~\"event_*\"")), [""; 0]);
    assert_eq!(
        differences(&a, &b, &filtered("ev=bufferevent_write")),
        ["≠ bufferevent_write len: 5, 6"]
    );
    // A query about the state.
    assert_eq!(
        differences(
            &a,
            &b,
            &filtered("bev1.output.len > 0 && ev=bufferevent_write")
        ),
        [""; 0],
        "the buffer is filled inside the call"
    );
}

#[test]
fn of_lengths_it_can_be_enough_whether_there_are_any() {
    let a = trace(HELLO);
    let more = HELLO
        .replace("len=5", "len=6")
        .replace("after=5", "after=6")
        .replace("asked=5 result=5 before=5", "asked=6 result=6 before=6")
        .replace("from=5", "from=6");
    assert_eq!(
        differences(&a, &trace(&more), &ignoring(&["lengths"])),
        [""; 0]
    );
    let none = HELLO.replace("result=5", "result=0");
    assert_eq!(
        differences(&a, &trace(&none), &ignoring(&["lengths"])),
        ["≠ evbuffer_write result: more than 0, 0"]
    );
}

#[test]
fn whether_a_wait_has_an_end_counts_and_not_when_it_is() {
    let wait = |timeout: &str| trace(&format!("> poll base=1 {timeout}\n< poll ready=0"));
    let compare = |a: &str, b: &str| differences(&wait(a), &wait(b), &DiffOptions::default());
    assert_eq!(compare("timeout=5000", "timeout=70000"), [""; 0]);
    assert_eq!(
        compare("timeout=5000", "timeout=0"),
        [
            "≠ poll timeout: more than 0, 0",
            "≠ poll timeout: more than 0, 0"
        ],
        "its enter and its exit"
    );
    assert_ne!(compare("timeout=5000", ""), [""; 0]);
}

#[test]
fn bytes_are_compared_as_far_as_both_have_them() {
    let write = |data: &str| {
        trace(&format!(
            "> evbuffer_add buf=1 len=9 before=0 after=9 {data}\n< evbuffer_add"
        ))
    };
    let compare = |a: &str, b: &str| differences(&write(a), &write(b), &at(Level::Everything));
    let whole = r#"data={"text":"123456789"}"#;
    assert_eq!(compare(whole, ""), [""; 0], "one trace has none at all");
    assert_eq!(
        compare(whole, r#"data={"text":"1234","cut":true}"#),
        [""; 0]
    );
    assert_eq!(
        compare(whole, r#"data={"text":"12345678X"}"#),
        [r#"≠ evbuffer_add data: "123456789", "12345678X""#]
    );
}

#[test]
fn how_threads_mingle_is_chance() {
    let a = trace(
        ". event_base_loopbreak base=1 thread=1
         . event_base_loopcontinue base=2 thread=2
         . event_base_loopbreak base=1 thread=1
         . event_base_loopcontinue base=2 thread=2",
    );
    let b = trace(
        ". event_base_loopbreak base=1 thread=8
         . event_base_loopbreak base=1 thread=8
         . event_base_loopcontinue base=2 thread=3
         . event_base_loopcontinue base=2 thread=3",
    );
    assert_eq!(differences(&a, &b, &DiffOptions::default()), [""; 0]);
}

#[test]
fn the_ends_of_programs_are_compared_where_both_are_known() {
    let with = |end: &str| trace(&format!(". event_base_loopbreak base=1\n{end}"));
    let compare = |a: &str, b: &str| differences(&with(a), &with(b), &DiffOptions::default());
    assert_eq!(compare("", ". program_exit status=3"), [""; 0]);
    assert_eq!(
        compare(". program_exit status=0", ". program_exit status=3"),
        ["≠ program_exit status: 0, 3"]
    );
}

#[test]
fn the_state_of_both_sides_before_the_difference() {
    let a = HELLO;
    // The other one has enabled reading, too, and its event is not deleted.
    let b = HELLO
        .replace("bev=1 events=WRITE", "bev=1 events=READ|WRITE")
        .replace("fd=8", "fd=9");
    let without: String = b
        .lines()
        .filter(|line| !line.contains("event_del"))
        .map(|line| format!("{line}\n"))
        .collect();
    let replays = Sides {
        a: Replay::new(trace(a)),
        b: Replay::new(trace(&without)),
    };
    let traces = Sides {
        a: replays.a.trace(),
        b: replays.b.trace(),
    };
    let mut options = at(Level::Walkthrough);
    options.ignore.add("events").unwrap();
    let diff = diff(traces.a, traces.b, &options);
    let hunk = &diff.hunks()[0];
    let before = diff.before(traces, hunk);
    assert_eq!(traces.a.record(before.a).event.name(), "event_del");
    let states = Sides {
        a: replays.a.state_before(before.a),
        b: replays.b.state_before(before.b),
    };
    let rows = diff.states(
        traces,
        hunk,
        Sides {
            a: &states.a,
            b: &states.b,
        },
    );
    let row = |path: &str| {
        let mut rows = rows.iter();
        let row = rows.find(|row| row.path.a.as_deref() == Some(path))?;
        Some((
            row.values.a.to_string(),
            row.values.b.to_string(),
            row.verdict,
        ))
    };
    let text = str::to_owned;
    assert_eq!(
        row("bev1.enabled"),
        Some((text("WRITE"), text("READ|WRITE"), Verdict::Different))
    );
    // What the step is about is told in full, and the rest is not.
    assert_eq!(
        row("event3.pending"),
        Some((text("yes"), text("yes"), Verdict::Same))
    );
    assert_eq!(row("listener1.enabled"), None);
    assert!(
        rows.iter()
            .all(|row| !row.path.a.as_deref().unwrap_or("").ends_with(".fd"))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every compared step is in the rows once, in its order, and what is said to be the same is.
    #[test]
    fn rows_make_up_both_traces(
        a in prop::collection::vec((0..6usize, 1..4u32), 0..60),
        b in prop::collection::vec((0..6usize, 1..4u32), 0..60),
    ) {
        let make = |steps: &[(usize, u32)]| {
            let lines: Vec<String> = steps.iter().map(|(kind, id)| match kind {
                0 => format!(". event_base_loopbreak base={id}"),
                1 => format!(". event_active base=1 event={id} role=user fd=5 what=READ why=io"),
                2 => format!(". event_active base=1 event={id} role=user fd=5 what=WRITE why=io"),
                3 => format!(". event_priority_set base=1 event={id} priority=1"),
                4 => format!(". bufferevent_setcb base=1 bev={id} readcb=f"),
                _ => format!(". accept listener=1 fd={id} peer=p"),
            }).collect();
            trace(&lines.join("\n"))
        };
        let (a, b) = (make(&a), make(&b));
        let traces = Sides { a: &a, b: &b };
        let options = DiffOptions::default();
        prop_assert!(diff(&a, &a, &options).is_same());
        let diff = diff(&a, &b, &options);
        let steps = diff.steps();
        let (mut at_a, mut at_b) = (0, 0);
        for (place, hunk) in diff.hunks().iter().enumerate() {
            // Between differences, the same number of steps.
            prop_assert!(hunk.a.start >= at_a);
            prop_assert_eq!(hunk.a.start - at_a, hunk.b.start - at_b);
            prop_assert!(!hunk.a.is_empty() || !hunk.b.is_empty());
            (at_a, at_b) = (hunk.a.start, hunk.b.start);
            for row in diff.rows(traces, place, 0) {
                let (is_a, is_b) = match row {
                    Row::Same(at) | Row::Changed(at, _) => (Some(at.a), Some(at.b)),
                    Row::OnlyA(step) => (Some(step), None),
                    Row::OnlyB(step) => (None, Some(step)),
                };
                if let Some(step) = is_a {
                    prop_assert_eq!(step, steps.a[at_a]);
                    at_a += 1;
                }
                if let Some(step) = is_b {
                    prop_assert_eq!(step, steps.b[at_b]);
                    at_b += 1;
                }
            }
            prop_assert_eq!((at_a, at_b), (hunk.a.end, hunk.b.end));
        }
        prop_assert_eq!(steps.a.len() - at_a, steps.b.len() - at_b);
        // And the other way round.
        let back = evscope_replay::diff(&b, &a, &options);
        prop_assert_eq!(back.is_same(), diff.is_same());
    }
}
