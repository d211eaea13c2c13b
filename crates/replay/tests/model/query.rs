//! Queries on traces written for each case.

use std::collections::BTreeSet;

use evscope_replay::{Query, Replay, Watch, known_fields};
use evscope_trace::Level;

use crate::support::replay;

/// The steps that a query finds.
fn found(replay: &Replay, query: &str) -> Vec<usize> {
    let query = Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    let all = 0..replay.trace().len();
    query.hits(replay, all, Level::Everything).collect()
}

/// Which query finds which steps.
fn hold(trace: &str, cases: &[(&str, &[usize])]) {
    let replay = replay(trace);
    for (query, steps) in cases {
        assert_eq!(found(&replay, query), *steps, "{query}");
    }
}

fn error(query: &str) -> String {
    match Query::parse(query) {
        Ok(_) => panic!("{query} is taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_sign_compares_in_its_way() {
    hold(
        ". accept listener=1 fd=7 peer=a:1
         . accept listener=1 fd=8 peer=b:1
         . accept listener=1 fd=9 peer=a:2
         . accept listener=1 errno=EAGAIN",
        &[
            ("fd=8", &[1]),
            ("fd==8", &[1]),
            ("fd!=8", &[0, 2]),
            ("fd<8", &[0]),
            ("fd<=8", &[0, 1]),
            ("fd>8", &[2]),
            ("fd>=8", &[1, 2]),
            ("fd~*", &[0, 1, 2]),
            ("peer=a:1", &[0]),
            ("peer!=a:1", &[1, 2]),
            ("peer~a:*", &[0, 2]),
            ("peer!~a:*", &[1]),
        ],
    );
}

#[test]
fn a_set_of_flags_is_compared_as_a_set() {
    // Of the record.
    hold(
        ". event_active event=1 what=READ why=io
         . event_active event=1 what=READ|TIMEOUT why=io
         . event_active event=1 what=\"\" why=manual",
        &[
            ("what=READ", &[0]),
            ("what=READ|READ", &[0]),
            ("what!=READ", &[1, 2]),
            ("what=TIMEOUT|READ", &[1]),
            ("what~READ", &[0, 1]),
            ("what!~TIMEOUT", &[0, 2]),
            ("what~*", &[0, 1, 2]),
            ("what!~*", &[]),
        ],
    );
    // And of the state. The end of a call that tells nothing new is not shown.
    hold(
        "> bufferevent_socket_new bev=1 options=\"\" input=1 output=2 ev_read=1 ev_write=2
         < bufferevent_socket_new
         . bufferevent_enable bev=1 events=READ
         . bufferevent_disable bev=1 events=WRITE
         . bufferevent_disable bev=1 events=READ",
        &[
            ("bev1.enabled=WRITE", &[0]),
            ("bev1.enabled=READ", &[3]),
            ("bev1.enabled!=READ", &[0, 2, 4]),
            ("bev1.enabled=WRITE|READ", &[2]),
            ("bev1.enabled~READ", &[2, 3]),
            ("bev1.enabled!~READ", &[0, 4]),
            ("bev1.enabled~*", &[0, 2, 3, 4]),
            ("bev1.enabled!~*", &[]),
            ("bev1.enabled=''", &[4]),
        ],
    );
}

#[test]
fn a_text_of_the_state_is_compared_as_a_text() {
    hold(
        ". bufferevent_setcb bev=1 readcb=on_read
         . bufferevent_setcb bev=1 readcb=at_read",
        &[
            ("bev1.readcb=on_read", &[0]),
            ("bev1.readcb~on_*", &[0]),
            ("bev1.readcb!~on_*", &[1]),
        ],
    );
}

#[test]
fn a_word_with_a_dot_may_be_a_field_and_another_one_is_a_text() {
    let at = |function: &str| format!("{{\"file\":\"a.c\",\"line\":1,\"fn\":\"{function}\"}}");
    hold(
        &format!(
            ". event_assign event=1 events=READ callback=tick priority=0 caller={}
             . event_assign event=1 events=READ callback=fd fd=3 priority=0 caller={}
             . event_assign event=1 events=READ callback=caller.fn priority=0",
            at("tick"),
            at("main"),
        ),
        &[
            ("callback=caller.fn", &[0]),
            ("callback!=caller.fn", &[1]),
            ("callback='caller.fn'", &[2]),
            ("callback=fd", &[1]),
        ],
    );
}

#[test]
fn flags_of_a_step_are_compared_with_those_of_the_state() {
    hold(
        ". event_assign event=1 events=READ|PERSIST callback=cb priority=0
         . event_active event=1 what=READ why=io
         . event_active event=1 what=TIMEOUT why=timeout",
        &[("event1.events~what", &[1]), ("event1.events!~what", &[2])],
    );
}

#[test]
fn what_an_older_version_does_not_know_can_be_asked_for_by_name() {
    hold(
        ". poll ready=1 colour=red
         . poll ready=1 colour=blue deep=3
         . poll ready=1 deep=4 far=true
         . poll ready=1 far=false",
        &[
            ("extra.colour=red", &[0]),
            ("extra.colour!=red", &[1]),
            ("extra.deep>3", &[2]),
            ("extra.deep=3", &[1]),
            ("extra.far=true", &[2]),
            ("extra.far=false", &[3]),
        ],
    );
}

#[test]
fn a_word_alone_is_a_text_also_where_it_names_a_part_of_the_state() {
    hold(
        ". error call=lost errno=EPIPE action=x
         . error call=active errno=EPIPE action=x
         . error call=fd8 errno=EPIPE action=x",
        &[("lost", &[0]), ("active", &[1]), ("fd8", &[2])],
    );
}

#[test]
fn yes_and_no_are_true_and_false() {
    hold(
        ". bufferevent_finalize bev=1 closed=true unsent=0
         . bufferevent_finalize bev=2 closed=false unsent=0",
        &[("closed=true", &[0]), ("closed!=true", &[1])],
    );
    for query in ["closed=yes", "closed<true", "closed~true", "closed!~false"] {
        assert!(error(query).contains("`closed`"), "{query}");
    }
}

#[test]
fn an_id_is_a_number_or_an_object_of_its_kind() {
    let objects = ["base1", "event1", "bev1", "buf1", "listener1", "fd1"];
    for (field, object) in [
        ("base", "base1"),
        ("event", "event1"),
        ("bev", "bev1"),
        ("buf", "buf1"),
        ("listener", "listener1"),
        ("ev_read", "event1"),
        ("ev_write", "event1"),
        ("input", "buf1"),
        ("output", "buf1"),
        ("partner", "bev1"),
        ("underlying", "bev1"),
        ("event1.listener", "listener1"),
        ("bev1.output.bev", "bev1"),
    ] {
        for other in objects {
            let query = format!("{field}={other}");
            assert_eq!(Query::parse(&query).is_ok(), other == object, "{query}");
        }
        assert!(Query::parse(&format!("{field}=1")).is_ok(), "{field}");
        for wrong in ["1B", "1ms", "one"] {
            let query = format!("{field}={wrong}");
            assert!(error(&query).contains(wrong), "{query}");
        }
    }
    // Of a move it is a buffer, of a mark a length.
    for (value, right) in [
        ("buf1", true),
        ("1KiB", true),
        ("bev1", false),
        ("1ms", false),
    ] {
        assert_eq!(
            Query::parse(&format!("from={value}")).is_ok(),
            right,
            "{value}"
        );
    }
}

/// Not that the two are of different kinds, which is true and helps nobody.
#[test]
fn a_wrong_word_is_told_as_one_also_where_it_names_a_field() {
    assert!(error("ev=len").contains("no event"), "{}", error("ev=len"));
    assert!(error("lane=fd").contains("never"), "{}", error("lane=fd"));
}

#[test]
fn only_how_long_a_call_takes_is_known_later() {
    for (query, later) in [
        ("ev=poll", false),
        ("poll", false),
        ("bev1.output.len>0", false),
        ("dur>1ms", true),
        ("self>1ms", true),
        ("wait>1ms", true),
        ("t<dur", true),
        ("ev=poll && dur>1ms", true),
        ("ev=poll || dur>1ms", true),
        ("!dur>1ms", true),
        ("!ev=poll", false),
    ] {
        assert_eq!(Query::parse(query).unwrap().looks_ahead(), later, "{query}");
    }
}

#[test]
fn every_field_is_listed_once_with_its_sentence() {
    let known = known_fields();
    let names: BTreeSet<_> = known.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), known.len());
    for name in [
        "seq",
        "step",
        "bev",
        "src.fn",
        "len",
        "callback",
        "watermark",
    ] {
        assert_eq!(names.contains(name), name != "watermark", "{name}");
    }
}

/// The depth is of what is nested, not of what stands side by side.
#[test]
fn any_number_of_conditions_may_stand_side_by_side() {
    let many = ["(fd=8)"; 200].join(" || ");
    hold(". accept listener=1 fd=8", &[(many.as_str(), &[0])]);
}

#[test]
fn each_part_of_the_state_has_its_kind() {
    hold(
        "> event_base_new base=1 backend=epoll priorities=2
         < event_base_new
         > evconnlistener_new base=1 listener=1 fd=6 callback=cb options=\"\" backlog=5
           . event_assign base=1 event=1 listener=1 fd=6 events=READ callback=l priority=0
           . backend_add base=1 fd=6 old=\"\" new=READ
         < evconnlistener_new
         > bufferevent_socket_new base=1 bev=1 fd=8 options=\"\" input=1 output=2 ev_read=2 ev_write=3
         < bufferevent_socket_new
         . event_active base=1 event=2 bev=1 what=READ why=io
         . lost count=3",
        &[
            ("base1.priorities=2 && step=0", &[0]),
            ("base1.fd6=READ && step<6", &[4]),
            ("base1.fd6~READ && lost>0", &[9]),
            ("fd6=READ && lost=3", &[9]),
            ("thread1.depth=1 && thread1.stack~evconn*", &[2, 3, 4]),
            ("active=event2", &[8, 9]),
            ("active~event*", &[8, 9]),
            ("base.priorities=2 && base=1 && step<2", &[0]),
            ("event.callback=l", &[3]),
            ("listener.backlog=5 && ph=enter", &[2]),
            ("listener.event.callback=l && step=3", &[3]),
            ("listener1.base.backend=epoll && step=2", &[2]),
            ("bev1.ev_read.active=READ", &[8, 9]),
            ("bev1.ev_write.bev.fd=8 && step=6", &[6]),
            ("bev1.input.bev.base.priorities=2 && step=6", &[6]),
            ("event1.listener.fd=6 && step=3", &[3]),
            ("buf1.side=input && step=6", &[6]),
            ("bev1.freed=false && step=6", &[6]),
        ],
    );
    for (query, said) in [
        ("base1=1", "base1"),
        ("thread1.x=1", "thread1.x"),
        ("bev1.fd.x=1", "fd"),
        ("listener1.nothing=1", "nothing"),
        ("base1.priorities~READ", "priorities"),
    ] {
        assert!(error(query).contains(said), "{query}: {}", error(query));
    }
}

/// Backward too, over more steps than are folded at a time.
#[test]
fn every_step_of_a_long_trace_is_found_in_both_directions() {
    for steps in [1022, 1023, 1024, 1025, 3000] {
        let mut text = String::from(". event_assign event=1 events=READ callback=cb priority=0\n");
        text += &". event_add event=1\n. event_del event=1\n".repeat(steps / 2);
        let replay = replay(&text);
        let query = Query::parse("event1.pending=true").unwrap();
        let hits = found(&replay, "event1.pending=true");
        assert_eq!(hits.len(), steps / 2);
        let before = |step: &usize| query.previous(&replay, *step, Level::Everything);
        let mut backward: Vec<usize> = std::iter::successors(before(&usize::MAX), before).collect();
        backward.reverse();
        assert_eq!(backward, hits);
        let watch = Watch::parse("event1.pending").unwrap();
        let last = watch.previous_change(&replay, usize::MAX).unwrap();
        assert_eq!(last.step, replay.trace().len() - 1);
        assert_eq!(watch.previous_change(&replay, 0), None);
    }
}

#[test]
fn a_watch_stops_after_the_step_and_not_at_it() {
    let replay = replay(
        ". accept listener=1 fd=7
         . accept listener=1 fd=8
         . accept listener=1 errno=EAGAIN
         . accept listener=1 fd=9",
    );
    let watch = Watch::parse("listener1.accepted").unwrap();
    let changes = |step| watch.next_change(&replay, step).map(|change| change.step);
    assert_eq!([0, 1, 2, 3].map(changes), [Some(1), Some(3), Some(3), None]);
}
