//! Why a step happened: a case for each arm of the rules.
//!
//! The last line of a trace is what is asked about. The line with `<=` is its cause, and in what way it is one; one with
//! `<+` is what else it took. Without a `<=` there is no cause.

use std::collections::BTreeMap;

use evscope_replay::{Cause, Trace, each_cause};

use crate::passing::first_causes;
use crate::support;

/// What a record must have, and a case need not say.
const USUAL: &[(&str, &[&str])] = &[
    ("accept", &["listener=1"]),
    ("backend_add", &["old=\"\"", "new=READ"]),
    ("backend_del", &["old=READ", "new=\"\""]),
    ("be_socket_enable", &["events=READ"]),
    ("bufferevent_disable", &["events=WRITE"]),
    ("bufferevent_enable", &["events=WRITE"]),
    ("bufferevent_finalize", &["closed=true", "unsent=0"]),
    ("bufferevent_readcb", &["what=READ"]),
    ("bufferevent_setwatermark", &["low=1", "high=9"]),
    ("bufferevent_trigger", &["events=READ"]),
    ("bufferevent_write", &["len=3"]),
    ("bufferevent_writecb", &["what=WRITE"]),
    ("connect", &["progress=connected"]),
    (
        "deferred_cb",
        &["readcb=true", "writecb=false", "events=\"\""],
    ),
    ("error", &["call=x", "errno=EPIPE", "action=x"]),
    ("event_active", &["what=READ", "why=io"]),
    (
        "event_assign",
        &["events=READ", "callback=cb", "priority=0"],
    ),
    ("event_base_loop", &["flags=\"\""]),
    ("event_callback", &["callback=cb", "what=READ"]),
    ("evbuffer_add", &["len=3", "before=0", "after=3"]),
    (
        "evbuffer_cb",
        &["callback=cb", "before=0", "added=3", "deleted=0"],
    ),
    (
        "evbuffer_move",
        &["from=9", "len=3", "before=0", "after=3", "from_after=0"],
    ),
    ("evbuffer_prepend", &["len=3", "before=0", "after=3"]),
    (
        "evbuffer_read",
        &["fd=5", "result=3", "before=0", "after=3"],
    ),
    (
        "evbuffer_write",
        &["fd=5", "asked=3", "result=3", "before=3", "after=0"],
    ),
    ("eventcb", &["callback=cb", "what=EOF"]),
    ("listener_cb", &["callback=cb"]),
    ("listener_errorcb", &["callback=cb"]),
    ("lost", &["count=1"]),
    ("ratelimit", &["side=READ", "change=-3", "left=0"]),
    ("readcb", &["callback=cb"]),
    ("suspend_read", &["reason=WATERMARK", "now=WATERMARK"]),
    ("suspend_write", &["reason=BANDWIDTH", "now=BANDWIDTH"]),
    ("unsuspend_read", &["reason=WATERMARK", "now=\"\""]),
    ("unsuspend_write", &["reason=BANDWIDTH", "now=\"\""]),
    (
        "watermark",
        &[
            "side=input",
            "mark=low",
            "at=1",
            "from=0",
            "to=3",
            "crossed=up",
        ],
    ),
    ("writecb", &["callback=cb"]),
];

/// A case: its trace, and the causes that its lines say.
struct Case {
    trace: Trace,
    cause: Option<(usize, String)>,
    besides: Vec<(usize, String)>,
}

impl Case {
    fn read(text: &str) -> Self {
        let usual: BTreeMap<_, _> = USUAL.iter().copied().collect();
        let mut lines = String::new();
        let (mut cause, mut besides) = (None, Vec::new());
        let written = text.lines().map(str::trim).filter(|line| !line.is_empty());
        for (step, line) in written.enumerate() {
            let mut record = line;
            if let Some((before, kind)) = line.split_once("<=") {
                record = before;
                cause = Some((step, kind.trim().to_owned()));
            } else if let Some((before, kind)) = line.split_once("<+") {
                record = before;
                besides.push((step, kind.trim().to_owned()));
            }
            lines += record;
            let words: Vec<&str> = record.split_whitespace().collect();
            let is_there = |key: &str| words.iter().any(|word| word.split('=').next() == Some(key));
            // An exit has what its enter said.
            let more = usual.get(words[1]).filter(|_| words[0] != "<");
            for word in more.into_iter().copied().flatten() {
                if !is_there(word.split('=').next().unwrap()) {
                    lines += " ";
                    lines += word;
                }
            }
            lines += "\n";
        }
        Self {
            trace: support::trace(&lines),
            cause,
            besides,
        }
    }
}

fn said(cause: &Cause) -> (usize, String) {
    let kind = serde_json::to_value(cause.kind).unwrap();
    (cause.step, kind.as_str().unwrap().to_owned())
}

/// Each case is what its name says, also for who sees the trace only once.
fn hold(cases: &[(&str, &str)]) {
    for (fact, text) in cases {
        let case = Case::read(text);
        let found = each_cause(&case.trace, case.trace.len() - 1).next();
        assert_eq!(found.as_ref().map(said), case.cause, "{fact}");
        let besides = found.iter().flat_map(|cause| &cause.besides);
        assert_eq!(
            besides.map(said).collect::<Vec<_>>(),
            case.besides,
            "{fact}"
        );
        for [on_the_way, whole] in first_causes(&case.trace) {
            assert_eq!(on_the_way, whole, "{fact}");
        }
    }
}

/// The steps and the kinds of a whole chain.
fn chain(text: &str) -> Vec<(usize, String)> {
    let trace = Case::read(text).trace;
    each_cause(&trace, trace.len() - 1)
        .map(|cause| said(&cause))
        .collect()
}

fn links(expected: &[(usize, &str)]) -> Vec<(usize, String)> {
    expected
        .iter()
        .map(|(step, kind)| (*step, (*kind).to_owned()))
        .collect()
}

#[test]
fn an_end_goes_back_to_its_beginning() {
    hold(&[
        (
            "of a call",
            "> bufferevent_write bev=1      <= begin
               . evbuffer_add buf=2
             < bufferevent_write",
        ),
        (
            "of a wait that nobody asks about",
            "> event_base_loop
               > poll                       <= begin
               < poll ready=1",
        ),
        (
            "or, where it is not there, to the call around it",
            "> writecb bev=1                <= callback
               < evbuffer_drain len=1 before=1 after=0 depth=1",
        ),
        (
            "a wait that is told at once has the loop around it",
            "> event_base_loop              <= loop
               . poll ready=1",
        ),
    ]);
}

#[test]
fn what_has_no_rule_of_its_own_was_done_by_the_call_around_it() {
    hold(&[
        ("the program, at the top", ". bufferevent_enable bev=1"),
        (
            "a call of the library",
            "> bufferevent_write bev=1      <= call
               . evbuffer_add bev=1 buf=2",
        ),
        (
            "a callback of the program",
            "> readcb bev=1                 <= callback
               . bufferevent_write bev=1",
        ),
        (
            "calls that only everything shows are passed over",
            "> bufferevent_enable bev=1     <= call
               > be_socket_enable bev=1
                 > event_add event=2",
        ),
        (
            "what is finished is not around it",
            "> bufferevent_enable bev=1
             < bufferevent_enable
             . bufferevent_write bev=1",
        ),
        (
            "nor what another thread is in",
            "> bufferevent_enable bev=1 thread=2
             . bufferevent_write bev=1",
        ),
    ]);
}

#[test]
fn a_callback_of_the_library_runs_because_its_event_is_active() {
    hold(&[
        (
            "of an event of the program",
            "> event_base_loop
               . event_active event=1       <= active
               . event_active event=2
               > event_callback event=1",
        ),
        (
            "the last time counts",
            "> event_base_loop
               . event_active event=1
               . event_active event=1       <= active
               > event_callback event=1",
        ),
        (
            "of an event that is used once",
            "> event_base_loop
               . event_active event=1       <= active
               > event_once_cb event=1",
        ),
        (
            "of the program, through that",
            "> event_base_loop
               . event_active event=1       <= active
               > event_once_cb event=1
                 > event_callback event=1",
        ),
        (
            "of the signal pipe",
            "> event_base_loop
               . event_active event=1       <= active
               > evsig_cb event=1",
        ),
        (
            "of a listener",
            "> event_base_loop
               . event_active event=1       <= active
               > listener_read_cb event=1",
        ),
        (
            "of a bufferevent that reads",
            "> event_base_loop
               . event_active event=1       <= active
               > bufferevent_readcb event=1",
        ),
        (
            "of one that writes",
            "> event_base_loop
               . event_active event=1       <= active
               > bufferevent_writecb event=1",
        ),
        (
            "of one that has put callbacks off",
            "> event_base_loop
               . event_active event=1       <= active
               > deferred_cb event=1",
        ),
        (
            "also in a trace without a loop",
            ". event_active event=1         <= active
             > event_callback event=1",
        ),
        (
            "the loop, where the trace does not tell that",
            "> event_base_loop              <= loop
               . event_active event=2
               > event_callback event=1",
        ),
        (
            "a call of the program, where that runs it",
            "> event_base_loop
               . event_active event=1
               > readcb bev=1               <= callback
                 > event_callback event=1",
        ),
    ]);
}

#[test]
fn a_callback_that_names_no_event_is_of_the_event_of_its_object() {
    hold(&[
        (
            "the bufferevent's for reading",
            "> event_base_loop
               . event_active event=1 bev=1 role=bev.read      <= active
               . event_active event=2 bev=1 role=bev.write
               . event_active event=3 bev=1 role=bev.deferred
               . event_active event=4 bev=2 role=bev.read
               > bufferevent_readcb bev=1",
        ),
        (
            "the bufferevent's for writing",
            "> event_base_loop
               . event_active event=2 bev=1 role=bev.write     <= active
               . event_active event=1 bev=1 role=bev.read
               . event_active event=3 bev=1 role=bev.deferred
               . event_active event=4 bev=2 role=bev.write
               > bufferevent_writecb bev=1",
        ),
        (
            "the bufferevent's for callbacks that were put off",
            "> event_base_loop
               . event_active event=3 bev=1 role=bev.deferred  <= active
               . event_active event=1 bev=1 role=bev.read
               . event_active event=2 bev=1 role=bev.write
               . event_active event=4 bev=2 role=bev.deferred
               > deferred_cb bev=1",
        ),
        (
            "the listener's",
            "> event_base_loop
               . event_active event=1 listener=1               <= active
               . event_active event=2 listener=2
               > listener_read_cb listener=1",
        ),
        (
            "of no object it is nobody's",
            "> event_base_loop                                 <= loop
               . event_active event=1 role=bev.read
               . event_active event=2 role=listener
               > bufferevent_readcb",
        ),
        (
            "nor of no listener",
            "> event_base_loop                                 <= loop
               . event_active event=2 role=listener
               > listener_read_cb",
        ),
        (
            "a callback of the program is of no object's event",
            "> event_base_loop                                 <= loop
               . event_active event=1 bev=1 role=bev.read
               > event_callback bev=1",
        ),
    ]);
}

#[test]
fn an_event_is_active_because_of_what_its_record_says() {
    hold(&[
        (
            "its fd was ready",
            "> event_base_loop
               > poll
               < poll ready=1               <= ready
               . event_active event=1 why=io",
        ),
        (
            "as the last wait of its own thread told",
            "> event_base_loop
               . poll ready=1               <= ready
               . poll ready=1 thread=2
               . event_active event=1 why=io",
        ),
        (
            "or, where no wait is told, it was pending",
            "> event_add event=1            <= pending
             < event_add
             > event_base_loop
               . event_active event=1 why=io",
        ),
        (
            "a wait that is not over has told nothing",
            "> event_add event=1            <= pending
             < event_add
             > event_base_loop
               > poll
                 . event_active event=1 why=io",
        ),
        (
            "of no event nothing is known",
            "> event_base_loop
               . event_active why=io",
        ),
        (
            "its time was up: the program gave it one",
            "> event_add event=1 timeout=5  <= pending
             < event_add
             > event_add event=2 timeout=5
             < event_add
             > event_base_loop
               . event_active event=1 why=timeout",
        ),
        (
            "the last time that it was given counts, not the last add",
            ". event_add event=1 timeout=5
             . event_add event=1 timeout=9  <= pending
             . event_add event=1
             > event_base_loop
               . event_active event=1 why=timeout",
        ),
        (
            "what the loop does when it fires does not count",
            ". event_add event=1 timeout=5  <= pending
             > event_base_loop
               . event_active event=1 why=timeout
               . event_add event=1 timeout=5
               . event_active event=1 why=timeout",
        ),
        (
            "where no time is told, that it was made pending",
            ". event_add event=1            <= pending
             > event_base_loop
               . event_active event=1 why=timeout",
        ),
        (
            "where not even that is, the loop",
            "> event_base_loop              <= loop
               . event_active event=1 why=timeout",
        ),
        (
            "a signal came through the pipe",
            ". event_add event=1
             > event_base_loop
               . event_active event=2 why=io
               > evsig_cb event=2           <= call
                 . event_active event=1 why=signal",
        ),
        (
            "or not through it, and it was pending",
            ". event_add event=1            <= pending
             > event_base_loop
               . event_active event=1 why=signal",
        ),
        (
            "callbacks were put off at a mark",
            "> bufferevent_readcb bev=1
               . connect bev=1
               . watermark bev=1            <= watermark
               . evbuffer_peek bev=1 offset=0 pieces=1 bytes=3
               . event_active event=3 bev=1 why=deferred",
        ),
        (
            "or when a connect came to its end",
            "> bufferevent_writecb bev=1
               . watermark bev=1
               . connect bev=1              <= connect
               . event_active event=3 bev=1 why=deferred",
        ),
        (
            "or because of the call around it",
            "> bufferevent_trigger bev=1    <= call
               . event_active event=3 bev=1 why=deferred",
        ),
        (
            "the program asked for it",
            "> readcb bev=1                 <= callback
               . watermark bev=1
               . event_active event=1 why=manual",
        ),
        (
            "the event is to be taken apart",
            "> bufferevent_free bev=1       <= call
               . event_active event=1 why=finalize",
        ),
    ]);
}

#[test]
fn an_event_is_pending_since_it_was_first_added_and_not_deleted() {
    hold(&[
        (
            "of two adds the first",
            ". event_add event=1            <= pending
             . event_add event=1
             > event_base_loop
               . event_active event=1 why=io",
        ),
        (
            "after a delete the next",
            ". event_add event=1
             . event_del event=1
             . event_add event=1            <= pending
             > event_base_loop
               . event_active event=1 why=io",
        ),
        (
            "after it was set up the next",
            ". event_add event=1
             . event_assign event=1
             . event_add event=1            <= pending
             > event_base_loop
               . event_active event=1 why=io",
        ),
        (
            "what the loop deletes was pending all the same",
            ". event_add event=1            <= pending
             > event_base_loop
               . event_del event=1
               . event_active event=1 why=io",
        ),
        (
            "where only the loop adds it, its last add",
            ". event_assign event=1
             > event_base_loop
               . event_add event=1
               . event_add event=1          <= pending
               . event_active event=1 why=io",
        ),
        (
            "the program's add, whatever the loop adds after it",
            ". event_add event=1            <= pending
             > event_base_loop
               . event_add event=1
               . event_active event=1 why=io",
        ),
    ]);
}

#[test]
fn of_all_that_was_ready_the_event_that_is_asked_about_counts() {
    let found = chain(
        "> event_add event=1
         < event_add
         > event_add event=2
         < event_add
         > event_base_loop
           > poll
           < poll ready=2
           . event_active event=1
           . event_active event=2
           > event_callback event=1",
    );
    assert_eq!(found, links(&[(7, "active"), (6, "ready"), (0, "pending")]));
}

/// What is made active within a wait was not what the wait waited for.
#[test]
fn a_wait_that_is_not_over_goes_back_to_the_loop() {
    let found = chain(
        "> event_add event=1
         < event_add
         > event_base_loop
           > poll
             . event_active event=1 why=manual",
    );
    assert_eq!(found, links(&[(3, "call"), (2, "loop")]));
}

#[test]
fn the_loop_adds_and_deletes_an_event_because_it_fires() {
    hold(&[
        (
            "it adds it again",
            "> event_base_loop
               . event_active event=1       <= active
               . event_add event=1",
        ),
        (
            "it deletes it",
            "> event_base_loop
               . event_active event=1       <= active
               . event_del event=1",
        ),
        (
            "a callback that adds it is the cause itself",
            "> event_base_loop
               . event_active event=1
               > event_callback event=1     <= callback
                 . event_add event=1",
        ),
        (
            "and one that deletes it",
            "> event_base_loop
               . event_active event=1
               > event_callback event=1     <= callback
                 . event_del event=1",
        ),
    ]);
}

#[test]
fn a_bufferevent_s_event_is_deleted_for_a_reason() {
    hold(&[
        (
            "all was written",
            "> bufferevent_writecb bev=1
               . evbuffer_write bev=1       <= transfer
               . event_del event=2 role=bev.write bev=1",
        ),
        (
            "what left bytes behind is no reason",
            "> bufferevent_writecb bev=1    <= call
               . evbuffer_write bev=1 result=2 after=1
               . event_del event=2 role=bev.write bev=1",
        ),
        (
            "it was freed",
            "> bufferevent_free bev=1       <= free
             < bufferevent_free
             > bufferevent_writecb bev=1
               . evbuffer_write bev=1
               . event_del event=2 role=bev.write bev=1",
        ),
        (
            "another one was freed",
            "> bufferevent_free bev=2
             < bufferevent_free
             > bufferevent_disable bev=1 events=READ   <= call
               . event_del event=2 role=bev.write bev=1",
        ),
        (
            "for reading: it was freed",
            "> bufferevent_free bev=1       <= free
             < bufferevent_free
             > bufferevent_readcb bev=1
               . event_del event=1 role=bev.read bev=1",
        ),
        (
            "for reading: the call around it",
            "> bufferevent_writecb bev=1    <= call
               . evbuffer_write bev=1
               . event_del event=1 role=bev.read bev=1",
        ),
        (
            "an event of the program: the call around it",
            "> bufferevent_free bev=1
             < bufferevent_free
             > writecb bev=1                <= callback
               . evbuffer_write bev=1
               . event_del event=7 role=user bev=1",
        ),
    ]);
}

#[test]
fn readcb_and_writecb_run_at_their_low_mark() {
    hold(&[
        (
            "the input's",
            "> bufferevent_readcb bev=1
               . evbuffer_read bev=1
               . watermark bev=1 side=input mark=low      <= watermark
               > readcb bev=1",
        ),
        (
            "not the high one, nor the output's",
            "> bufferevent_readcb bev=1
               . evbuffer_read bev=1                      <= transfer
               . watermark bev=1 side=input mark=high
               . watermark bev=1 side=output mark=low
               . evbuffer_write bev=1
               > readcb bev=1",
        ),
        (
            "the output's",
            "> bufferevent_writecb bev=1
               . evbuffer_write bev=1
               . watermark bev=1 side=output mark=low     <= watermark
               > writecb bev=1",
        ),
        (
            "not the input's",
            "> bufferevent_writecb bev=1
               . evbuffer_write bev=1                     <= transfer
               . watermark bev=1 side=output mark=high
               . watermark bev=1 side=input mark=low
               . evbuffer_read bev=1
               > writecb bev=1",
        ),
        (
            "or because a call runs it",
            "> bufferevent_trigger bev=1                  <= call
               > readcb bev=1",
        ),
        (
            "and that runs the other one",
            "> bufferevent_trigger bev=1                  <= call
               > writecb bev=1",
        ),
    ]);
}

#[test]
fn eventcb_tells_of_an_end() {
    hold(&[
        (
            "of a connect",
            "> bufferevent_writecb bev=1
               . connect bev=1              <= connect
               > eventcb bev=1",
        ),
        (
            "of the file, when reading",
            "> bufferevent_readcb bev=1
               . evbuffer_read bev=1 result=0 after=0     <= transfer
               > eventcb bev=1",
        ),
        (
            "of the connection, when writing",
            "> bufferevent_writecb bev=1
               . evbuffer_write bev=1 result=-1 errno=EPIPE after=3   <= transfer
               > eventcb bev=1",
        ),
        (
            "bytes that moved are no end",
            "> bufferevent_readcb bev=1     <= call
               . evbuffer_read bev=1 result=1
               . evbuffer_write bev=1 result=1
               . watermark bev=1
               > eventcb bev=1",
        ),
    ]);
}

#[test]
fn a_listener_s_callbacks_run_because_of_an_accept() {
    hold(&[
        (
            "of the connection that it is told of",
            "> listener_read_cb listener=1
               . accept fd=8                <= accept
               . accept fd=9
               > listener_cb listener=1 fd=8",
        ),
        (
            "not of one that failed",
            "> listener_read_cb listener=1  <= call
               . accept fd=8 errno=EMFILE
               > listener_cb listener=1 fd=8",
        ),
        (
            "the one for errors, of the one that failed",
            "> listener_read_cb listener=1
               . accept errno=EMFILE        <= accept
               . accept fd=8
               > listener_errorcb listener=1",
        ),
        (
            "or of the call around it",
            "> listener_read_cb listener=1  <= call
               . accept fd=8
               > listener_errorcb listener=1",
        ),
    ]);
}

#[test]
fn a_mark_is_passed_because_bytes_moved() {
    hold(&[
        (
            "into the input",
            "> bufferevent_readcb bev=1
               . evbuffer_read bev=1        <= transfer
               . watermark bev=1",
        ),
        (
            "out of the output",
            "> bufferevent_writecb bev=1
               . evbuffer_write bev=1       <= transfer
               . watermark bev=1 side=output",
        ),
        (
            "no byte that is read moves nothing",
            "> bufferevent_readcb bev=1     <= call
               . evbuffer_read bev=1 result=0 after=0
               . watermark bev=1",
        ),
        (
            "nor one that is written",
            "> bufferevent_writecb bev=1    <= call
               . evbuffer_write bev=1 result=0 after=3
               . ratelimit bev=1
               . watermark bev=1 side=output",
        ),
    ]);
}

#[test]
fn a_side_is_suspended_and_set_free_by_a_mark_or_a_limit() {
    for event in [
        "suspend_read",
        "unsuspend_read",
        "suspend_write",
        "unsuspend_write",
    ] {
        for (cause, kind) in [("watermark", "watermark"), ("ratelimit", "ratelimit")] {
            hold(&[(
                event,
                &format!(
                    "> bufferevent_readcb bev=1
                       . {cause} bev=1          <= {kind}
                       . evbuffer_read bev=1
                       . {event} bev=1"
                ),
            )]);
        }
        hold(&[(
            event,
            &format!(
                "> bufferevent_readcb bev=1     <= call
                   . evbuffer_read bev=1
                   . {event} bev=1"
            ),
        )]);
    }
}

#[test]
fn a_limit_is_used_up_by_what_is_read_and_written() {
    hold(&[
        (
            "read",
            "> bufferevent_readcb bev=1
               . evbuffer_read bev=1 result=0 after=0     <= transfer
               . watermark bev=1
               . ratelimit bev=1",
        ),
        (
            "written",
            "> bufferevent_writecb bev=1
               . evbuffer_write bev=1       <= transfer
               . watermark bev=1
               . ratelimit bev=1",
        ),
        (
            "and filled by a timer",
            "> event_callback event=1       <= callback
               . ratelimit bev=1",
        ),
    ]);
}

#[test]
fn the_kernel_is_told_because_of_an_event() {
    hold(&[
        (
            "that is added beside it",
            "> bufferevent_enable bev=1
               . event_add event=1 fd=5     <= call
               . event_add event=2 fd=6
               . event_del event=1 fd=5
               . backend_add fd=5",
        ),
        (
            "or by the call around it, whatever shows that",
            "> bufferevent_enable bev=1
               > be_socket_enable bev=1     <= call
                 . event_add event=1 fd=6
                 . backend_add fd=5",
        ),
        (
            "that is deleted beside it",
            "> bufferevent_disable bev=1
               . event_del event=1 fd=5     <= call
               . event_del event=2 fd=6
               . event_add event=1 fd=5
               . backend_del fd=5",
        ),
        (
            "or by the call around it",
            "> bufferevent_enable bev=1
               > be_socket_enable bev=1     <= call
                 . event_del event=1 fd=6
                 . backend_del fd=5",
        ),
    ]);
}

#[test]
fn an_error_is_of_what_failed() {
    hold(&[
        (
            "beside it",
            "> bufferevent_writecb bev=1
               . evbuffer_write bev=1 result=-1 errno=EPIPE after=3   <= transfer
               . evbuffer_read bev=1 result=-1 errno=EAGAIN after=0
               . error bev=1",
        ),
        (
            "or around it",
            "> bufferevent_writecb bev=1    <= call
               . evbuffer_write bev=1
               . error bev=1",
        ),
    ]);
}

#[test]
fn a_bufferevent_is_taken_apart_because_it_was_freed() {
    hold(&[
        (
            "by the program",
            "> writecb bev=1
               . bufferevent_free bev=1     <= free
             < writecb
             > event_base_loop
               . bufferevent_finalize bev=1",
        ),
        (
            "or in a call, where the trace does not tell who freed it",
            "> event_base_loop              <= loop
               . bufferevent_free bev=2
               . bufferevent_finalize bev=1",
        ),
    ]);
}

#[test]
fn of_a_loss_and_of_the_program_s_end_nothing_is_the_cause() {
    hold(&[
        ("a loss", "> event_base_loop\n . lost"),
        ("the end", "> event_base_loop\n . program_exit status=0"),
    ]);
}

#[test]
fn what_lies_beside_a_step_is_in_the_same_call_and_of_the_same_bufferevent() {
    hold(&[
        (
            "the nearest counts",
            "> bufferevent_readcb bev=1
               . evbuffer_read bev=1
               . evbuffer_read bev=1        <= transfer
               . watermark bev=1",
        ),
        (
            "another bufferevent's does not",
            "> bufferevent_readcb bev=1
               . evbuffer_read bev=1        <= transfer
               . evbuffer_read bev=2
               . watermark bev=1",
        ),
        (
            "one that names no bufferevent does",
            "> bufferevent_readcb bev=1
               . evbuffer_read bev=1
               . evbuffer_read buf=1        <= transfer
               . watermark bev=1",
        ),
        (
            "for one that names none each does",
            "> bufferevent_readcb bev=1
               . evbuffer_read bev=2        <= transfer
               . watermark buf=1",
        ),
        (
            "where a call begins counts, and not its end",
            "> bufferevent_readcb bev=1
               > evbuffer_read bev=1        <= transfer
               < evbuffer_read
               . watermark bev=1",
        ),
        (
            "what lies deeper does not",
            "> bufferevent_readcb bev=1     <= call
               > bufferevent_trigger bev=1
                 . evbuffer_read bev=1
               < bufferevent_trigger
               . watermark bev=1",
        ),
        (
            "nor what lies in the call before",
            "> bufferevent_readcb bev=1
               . evbuffer_read bev=1
             < bufferevent_readcb
             > bufferevent_readcb bev=1     <= call
               . watermark bev=1",
        ),
        (
            "in the loop it means nothing",
            "> event_base_loop              <= loop
               . evbuffer_read bev=1
               . watermark bev=1",
        ),
        (
            "nor in no call at all",
            ". evbuffer_read bev=1
             . watermark bev=1",
        ),
    ]);
}

/// What lies between that cannot be a cause does not count, however much it is.
#[test]
fn a_cause_beside_a_step_is_found_behind_much_else() {
    let between = ". evbuffer_peek offset=0 pieces=1 bytes=3\n".repeat(300);
    let text = format!(
        "> bufferevent_readcb bev=1
           . evbuffer_read bev=1        <= transfer
           {between}
           . watermark bev=1"
    );
    hold(&[("behind 300 steps", &text)]);
}

#[test]
fn it_took_more_than_the_cause() {
    hold(&[
        (
            "bytes that are written were put there by the program",
            "> bufferevent_write bev=1      <+ bytes
               . evbuffer_add bev=1 buf=2
             < bufferevent_write
             > bufferevent_writecb bev=1    <= call
               . evbuffer_write bev=1 buf=2",
        ),
        (
            "the last of them",
            ". bufferevent_write bev=1
             . bufferevent_write bev=1      <+ bytes
             . bufferevent_write bev=2
             > bufferevent_writecb bev=1    <= call
               . evbuffer_write bev=1 buf=2",
        ),
        (
            "or put into the buffer itself",
            "> readcb bev=1
               . evbuffer_add buf=2         <+ bytes
               . evbuffer_add buf=3
             < readcb
             > bufferevent_writecb bev=1    <= call
               . evbuffer_write bev=1 buf=2",
        ),
        (
            "in front of others",
            ". evbuffer_prepend buf=2       <+ bytes
             > bufferevent_writecb bev=1    <= call
               . evbuffer_write bev=1 buf=2",
        ),
        (
            "or moved there",
            ". evbuffer_move buf=2          <+ bytes
             > bufferevent_writecb bev=1    <= call
               . evbuffer_write bev=1 buf=2",
        ),
        (
            "nobody knows who filled a buffer that is not named",
            ". evbuffer_add len=3 before=0 after=3
             . bufferevent_write len=3
             > bufferevent_writecb bev=1    <= call
               . evbuffer_write",
        ),
        (
            "the marks were set, of this side",
            ". bufferevent_setwatermark bev=1 events=READ      <+ marks
             . bufferevent_setwatermark bev=1 events=WRITE
             . bufferevent_setwatermark bev=2 events=READ
             > bufferevent_readcb bev=1     <= call
               . watermark bev=1 side=input",
        ),
        (
            "and of the other",
            ". bufferevent_setwatermark bev=1 events=WRITE     <+ marks
             . bufferevent_setwatermark bev=1 events=READ
             > bufferevent_writecb bev=1    <= call
               . watermark bev=1 side=output",
        ),
        (
            "an event with a timeout got it from its bufferevent",
            ". bufferevent_set_timeouts bev=1 read=5   <+ timeouts
             > bufferevent_enable bev=1     <= call
               . event_add event=1 bev=1 timeout=5",
        ),
        (
            "one without did not",
            ". bufferevent_set_timeouts bev=1 write=5
             > bufferevent_enable bev=1     <= call
               . event_add event=1 bev=1",
        ),
        (
            "writing goes on no further because it was disabled",
            ". bufferevent_disable bev=1 events=WRITE  <+ disabled
             . bufferevent_enable bev=1 events=READ
             > bufferevent_writecb bev=1    <= call
               . event_del event=2 role=bev.write bev=1",
        ),
        (
            "but not if it was enabled again",
            ". bufferevent_disable bev=1 events=WRITE
             . bufferevent_enable bev=1 events=WRITE
             > bufferevent_writecb bev=1    <= call
               . event_del event=2 role=bev.write bev=1",
        ),
        (
            "nor if only reading was",
            ". bufferevent_disable bev=1 events=READ
             > bufferevent_writecb bev=1    <= call
               . event_del event=2 role=bev.write bev=1",
        ),
        (
            "a call that is the cause is not named twice",
            "> bufferevent_disable bev=1 events=WRITE  <= call
               . event_del event=2 role=bev.write bev=1",
        ),
        (
            "for reading it is not asked",
            ". bufferevent_disable bev=1 events=WRITE
             > bufferevent_readcb bev=1     <= call
               . event_del event=1 role=bev.read bev=1",
        ),
        (
            "readcb was set",
            ". bufferevent_setcb bev=1 readcb=cb       <+ callbacks
             . bufferevent_setcb bev=2 readcb=cb
             > bufferevent_readcb bev=1     <= call
               > readcb bev=1",
        ),
        (
            "and writecb",
            ". bufferevent_setcb bev=1 writecb=cb      <+ callbacks
             > bufferevent_writecb bev=1    <= call
               > writecb bev=1",
        ),
        (
            "and eventcb",
            ". bufferevent_setcb bev=1 eventcb=cb      <+ callbacks
             . bufferevent_socket_connect bev=1 addr=host:80
             > bufferevent_readcb bev=1     <= call
               > eventcb bev=1 errno=ECONNRESET",
        ),
        (
            "a name was looked up in vain: the connect by name",
            ". bufferevent_setcb bev=1 eventcb=cb
             . bufferevent_socket_connect bev=1 addr=host:80   <+ connect
             . bufferevent_socket_connect bev=1
             > bufferevent_readcb bev=1     <= call
               > eventcb bev=1 what=ERROR errno=EAI_NONAME",
        ),
        (
            "a connect failed: the read was told first that it was refused",
            ". evbuffer_read bev=1 result=-1 errno=ECONNREFUSED after=0   <+ transfer
             > bufferevent_writecb bev=1    <= call
               . connect bev=1 progress=failed errno=ECONNREFUSED",
        ),
        (
            "not for another connect",
            ". evbuffer_read bev=1 result=-1 errno=ECONNREFUSED after=0
             . connect bev=1 progress=started
             > bufferevent_writecb bev=1    <= call
               . connect bev=1 progress=failed errno=ECONNREFUSED",
        ),
        (
            "nor one that was told something else",
            ". evbuffer_read bev=1 result=-1 errno=ECONNRESET after=0
             > bufferevent_writecb bev=1    <= call
               . connect bev=1 progress=failed errno=ECONNREFUSED",
        ),
        (
            "nor for a connect that did not fail",
            ". evbuffer_read bev=1 result=-1 errno=ECONNREFUSED after=0
             > bufferevent_writecb bev=1    <= call
               . connect bev=1 progress=connected",
        ),
    ]);
}
