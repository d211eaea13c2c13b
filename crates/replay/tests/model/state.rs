//! What each kind of event does to the state.

use evscope_replay::{ObjectId, Segment, State, There, Value, WaitsFor};
use evscope_trace::{BevId, BufId, EvFlags, EventId, Nanos, Side, ThreadId};

use crate::support::{HELLO, number, replay, state, trace, values};

/// The state just after the first step with this event's name.
fn at(name: &str) -> State {
    let replay = replay(HELLO);
    let step = replay
        .trace()
        .records()
        .position(|record| record.event.name() == name)
        .unwrap();
    replay.state_at(step)
}

#[test]
fn an_assigned_event_is_not_yet_pending() {
    let state = at("event_assign");
    let paths = [
        "event1.role",
        "event1.events",
        "event1.callback",
        "event1.pending",
        "event1.listener",
    ];
    assert_eq!(
        values(&state, &paths),
        [
            "listener",
            "READ|PERSIST",
            "listener_read_cb",
            "no",
            "listener1"
        ]
    );
    assert_eq!(
        values(&state, &["listener1.event", "listener1.enabled"]),
        ["event1", "no"]
    );
}

#[test]
fn an_added_event_is_pending_and_the_kernel_watches() {
    let before = at("event_add");
    assert_eq!(values(&before, &["event1.pending", "fd6"]), ["yes", "none"]);
    let after = at("backend_add");
    assert_eq!(values(&after, &["fd6", "base1.fd6"]), ["READ", "READ"]);
    assert_eq!(
        values(&at("backend_del"), &["fd6", "fd8"]),
        ["READ", "none"]
    );
}

#[test]
fn an_active_event_waits_in_the_queue_until_its_callback_begins() {
    let active = at("event_active");
    assert_eq!(active.active_queue(), [EventId(1)]);
    assert_eq!(
        values(&active, &["event1.active", "event1.why"]),
        ["READ", "io"]
    );
    let runs = at("listener_read_cb");
    assert!(runs.active_queue().is_empty());
    // Persistent: pending while its callback runs.
    assert_eq!(
        values(&runs, &["event1.active", "event1.pending"]),
        ["–", "yes"]
    );
}

#[test]
fn a_new_bufferevent_writes_and_does_not_read() {
    let state = at("bufferevent_socket_new");
    let bev = state.bevs.get(BevId(1)).unwrap();
    assert_eq!(bev.enabled, EvFlags::WRITE);
    assert!(bev.writes() && !bev.reads());
    assert_eq!(
        state.buffer(BevId(1), Side::Output),
        state.bufs.get(BufId(2))
    );
    assert_eq!(state.events.get(EventId(3)).unwrap().bev, Some(BevId(1)));
    let frozen = at("bufferevent_setcb");
    assert_eq!(
        values(
            &frozen,
            &[
                "bev1.input.frozen_end",
                "bev1.output.frozen_start",
                "bev1.writecb",
                "bev1.readcb"
            ]
        ),
        ["yes", "yes", "conn_writecb", "–"]
    );
}

#[test]
fn an_event_that_could_not_be_added_is_not_pending() {
    let state = state(
        "
        .event_assign base=1 event=1 fd=7 events=READ callback=cb priority=0
        .event_add base=1 event=1 fd=7 timeout=5000
        .error event=1 call=event_add errno=EPERM action=-
        .event_assign base=1 event=2 fd=8 events=READ callback=cb priority=0
        .event_add base=1 event=2 fd=8
        .error event=2 call=event_del errno=EPERM action=-
        ",
    );
    let wanted = ["event1.pending", "event1.timeout", "event2.pending"];
    assert_eq!(values(&state, &wanted), ["no", "–", "yes"]);
}

#[test]
fn a_bufferevent_stands_on_a_socket_a_pair_another_or_tls() {
    let state = state(
        "
        .bufferevent_socket_new bev=1 fd=7 options= input=1 output=2 ev_read=1 ev_write=2
        .bufferevent_pair_new bev=2 options= input=3 output=4 partner=3
        .bufferevent_filter_new bev=4 options= input=5 output=6 underlying=1
        .bufferevent_filter_new bev=5 options= input=7 output=8 underlying=4 tls=connecting
        .bufferevent_enable bev=6 events=READ
        ",
    );
    let kinds = [
        "bev1.kind",
        "bev2.kind",
        "bev4.kind",
        "bev5.kind",
        "bev6.kind",
    ];
    assert_eq!(
        values(&state, &kinds),
        ["socket", "pair", "filter", "tls", "–"]
    );
    let tls = ["bev1.tls", "bev4.tls", "bev5.tls", "bev6.tls"];
    assert_eq!(values(&state, &tls), ["–", "–", "connecting", "–"]);
}

#[test]
fn a_tls_connection_is_open_when_its_handshake_is_done() {
    const BEGINS: &str = "
        .bufferevent_socket_new bev=1 fd=7 options= input=1 output=2 ev_read=1 ev_write=2 tls=accepting
        .event_assign bev=1 event=1 role=bev.read fd=7 events=READ callback=be_openssl_handshakeeventcb priority=0
        .bufferevent_socket_new bev=2 fd=8 options= input=3 output=4 ev_read=3 ev_write=4
        ";
    assert_eq!(values(&state(BEGINS), &["bev1.tls"]), ["accepting"]);
    // Its events read and write from then on, and the program is told, if it wants to be.
    for done in [
        ".event_assign bev=1 event=1 role=bev.read fd=7 events=READ callback=be_openssl_readeventcb priority=0",
        ">eventcb bev=1 callback=eventcb what=CONNECTED",
    ] {
        let state = state(&format!("{BEGINS}{done}"));
        assert_eq!(
            values(&state, &["bev1.tls", "bev2.tls"]),
            ["open", "–"],
            "{done}"
        );
    }
    let ended = state(&format!(
        "{BEGINS}>eventcb bev=1 callback=eventcb what=READING|EOF"
    ));
    assert_eq!(values(&ended, &["bev1.tls"]), ["accepting"]);
    let plain = state(&format!(
        "{BEGINS}>eventcb bev=2 callback=eventcb what=CONNECTED"
    ));
    assert_eq!(values(&plain, &["bev2.kind", "bev2.tls"]), ["socket", "–"]);
}

#[test]
fn buffers_keep_their_length_and_first_bytes() {
    let added = at("evbuffer_add");
    assert_eq!(
        values(&added, &["bev1.output.len", "bev1.output.content"]),
        ["5", "\"Hello\""]
    );
    assert_eq!(added.bufs.get(BufId(2)).unwrap().head(), b"Hello");
    let written = at("evbuffer_write");
    assert_eq!(
        values(&written, &["buf2.len", "buf2.removed", "buf2.content"]),
        ["0", "5", "–"]
    );
}

#[test]
fn what_is_freed_stays_to_be_seen() {
    let freed = at("bufferevent_free");
    assert_eq!(
        values(&freed, &["bev1.freed", "bev1.writecb", "buf2.freed"]),
        ["yes", "–", "no"]
    );
    let gone = at("bufferevent_finalize");
    assert_eq!(
        values(&gone, &["bev1.fd", "buf2.freed", "event3.freed"]),
        ["8", "yes", "yes"]
    );
    assert_eq!(
        number(&gone, "bev1.freed_at") + 4,
        number(&gone, "bev1.finalized_at")
    );
}

#[test]
fn the_loop_counts_its_waits() {
    let state = state(HELLO);
    assert_eq!(
        values(
            &state,
            &[
                "base1.polls",
                "base1.running",
                "base1.ended",
                "base1.ready",
                "listener1.accepted"
            ]
        ),
        ["2", "no", "exit", "1", "1"]
    );
    // From 12 µs to 1 ms, and one microsecond.
    assert_eq!(
        state.value("base1.waited"),
        Some(Value::Time(Nanos(989_000)))
    );
}

#[test]
fn each_thread_has_its_stack() {
    let state = state(
        "> event_base_loop base=1 flags=\"\"
         > event_base_loop base=2 flags=\"\" thread=2
         > poll base=1
         > readcb bev=1 callback=a thread=2",
    );
    assert_eq!(
        values(
            &state,
            &[
                "thread1.stack",
                "thread2.stack",
                "thread2.depth",
                "thread3.stack"
            ]
        ),
        [
            "event_base_loop > poll",
            "event_base_loop > readcb",
            "2",
            "none"
        ]
    );
    assert_eq!(state.stack(ThreadId(2))[1].step, 3);
}

#[test]
fn a_stack_survives_lost_exits() {
    let state = state(
        "> event_base_loop base=1 flags=\"\"
         > readcb bev=1 callback=a
         > bufferevent_write bev=1 len=1
         . lost count=7 depth=1
         > writecb bev=1 callback=b depth=1",
    );
    assert_eq!(
        values(&state, &["thread1.stack", "lost"]),
        ["event_base_loop > writecb", "7"]
    );
}

#[test]
fn an_exit_ends_also_the_calls_inside_whose_exits_were_lost() {
    let state = state(
        "> event_base_loop base=1 flags=\"\"
         > readcb bev=1 callback=a
         > bufferevent_write bev=1 len=1
         < readcb depth=1",
    );
    assert_eq!(values(&state, &["thread1.stack"]), ["event_base_loop"]);
}

#[test]
fn a_program_in_another_function_is_in_another_state() {
    let [reads, writes] = ["readcb", "writecb"].map(|name| {
        let text = format!("> {name} bev=1 callback=a");
        state(&text)
    });
    assert_ne!(reads, writes);
    let changes = State::diff(&reads, &writes);
    let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["thread1.stack"]);
}

/// A call whose exit was lost, and then a call of the same function: the stack reads as before, so there is
/// nothing to tell.
#[test]
fn a_call_in_the_place_of_its_like_is_no_change() {
    let replay = replay(
        "> event_base_loop base=1 flags=\"\"
         > readcb bev=1 callback=a
         > readcb bev=1 callback=a depth=1",
    );
    assert_eq!(replay.state_at(2).stack(ThreadId(1))[1].step, 2);
    let told = replay.changes_at(2);
    assert!(
        told.iter().all(|change| change.from != change.to),
        "{told:?}"
    );
    assert!(
        !told.iter().any(|change| change.path == "thread1.stack"),
        "{told:?}"
    );
}

const TIMER: &str = "
    . event_assign base=1 event=1 role=timer events=TIMEOUT|PERSIST callback=tick priority=0
    . event_add base=1 event=1 role=timer timeout=1000000 t=1000
    . event_active base=1 event=1 role=timer what=TIMEOUT why=timeout t=1005000
";

#[test]
fn a_timer_runs_down_and_is_due_from_its_deadline() {
    let pending = state(TIMER.split(". event_active").next().unwrap());
    assert_eq!(pending.timers(), [(EventId(1), Nanos(1_000_000))]);
    let event = pending.events.get(EventId(1)).unwrap();
    assert_eq!(event.remaining(Nanos(401_000)), Some(Nanos(600_000)));
    assert_eq!(event.remaining(Nanos(9_000_000)), Some(Nanos(0)));

    let active = state(TIMER);
    assert_eq!(
        values(&active, &["event1.pending", "event1.deadline"]),
        ["no", "–"]
    );

    // Persistent, and re-armed without a record: from when it was due.
    let runs = state(&format!(
        "{TIMER} > event_callback event=1 callback=tick what=TIMEOUT"
    ));
    assert_eq!(
        runs.value("event1.deadline"),
        Some(Value::Time(Nanos(2_001_000)))
    );
    // The trace tells of the deletion, and runs the callback too late for that.
    let text = TIMER.replace(". event_active", ". event_del event=1\n . event_active");
    let late = state(&format!(
        "{text} > event_callback event=1 callback=tick what=TIMEOUT t=5000000"
    ));
    assert_eq!(
        late.value("event1.deadline"),
        Some(Value::Time(Nanos(6_000_000)))
    );
    // The trace tells of the addition: that counts.
    let told = state(&format!(
        "{TIMER} . event_add event=1 timeout=400000 t=1006000
         > event_callback event=1 callback=tick what=TIMEOUT"
    ));
    assert_eq!(
        told.value("event1.deadline"),
        Some(Value::Time(Nanos(1_406_000)))
    );
}

#[test]
fn an_event_that_is_not_persistent_is_gone_when_its_callback_runs() {
    let text = TIMER.replace("TIMEOUT|PERSIST", "TIMEOUT");
    let runs = state(&format!(
        "{text} > event_callback event=1 callback=tick what=TIMEOUT"
    ));
    assert_eq!(
        values(
            &runs,
            &["event1.pending", "event1.deadline", "event1.active"]
        ),
        ["no", "–", "–"]
    );
}

#[test]
fn adding_without_a_timeout_keeps_the_one_that_runs() {
    let add = "
        . event_assign event=1 fd=3 events=READ callback=a priority=0
        . event_add event=1 timeout=500 t=1000
        . event_add event=1 t=1100";
    assert_eq!(
        state(add).value("event1.deadline"),
        Some(Value::Time(Nanos(1_500)))
    );
    let replaced = state(&format!("{add} timeout=900"));
    assert_eq!(
        replaced.value("event1.deadline"),
        Some(Value::Time(Nanos(2_000)))
    );
    let deleted = state(&format!("{add}\n. event_del event=1\n. event_add event=1"));
    assert_eq!(
        values(&deleted, &["event1.pending", "event1.timeout"]),
        ["yes", "–"]
    );
}

#[test]
fn the_queue_is_in_the_order_of_priorities() {
    let state = state(
        ". event_assign event=1 events=READ callback=a priority=2
         . event_assign event=2 events=READ callback=b priority=0
         . event_assign event=3 events=READ callback=c priority=2
         . event_active event=1 what=READ why=io
         . event_active event=2 what=READ why=io
         . event_active event=3 what=READ why=manual
         . event_active event=1 what=WRITE why=io",
    );
    assert_eq!(state.active_queue(), [EventId(2), EventId(1), EventId(3)]);
    assert_eq!(
        values(&state, &["event1.active", "active"]),
        ["READ|WRITE", "event1, event2, event3"]
    );
}

#[test]
fn sides_are_enabled_suspended_and_marked() {
    let state = state(
        ". bufferevent_enable bev=1 events=READ|WRITE|PERSIST
         . bufferevent_disable bev=1 events=WRITE
         . bufferevent_setwatermark bev=1 events=READ low=4 high=64
         . bufferevent_setwatermark bev=1 events=WRITE low=8 high=0
         . bufferevent_set_timeouts bev=1 read=5000000000
         . suspend_read bev=1 reason=WATERMARK now=WATERMARK
         . suspend_read bev=1 reason=BANDWIDTH now=WATERMARK|BANDWIDTH
         . unsuspend_read bev=1 reason=WATERMARK now=BANDWIDTH
         . ratelimit bev=1 side=READ change=-100 left=28
         . bufferevent_priority_set bev=1 priority=3",
    );
    assert_eq!(
        values(
            &state,
            &[
                "bev1.enabled",
                "bev1.read_low",
                "bev1.read_high",
                "bev1.write_low",
                "bev1.write_high",
                "bev1.read_timeout",
                "bev1.write_timeout",
                "bev1.suspended_read",
                "bev1.suspended_write",
                "bev1.read_limit",
                "bev1.priority",
                "bev1.made_at",
            ]
        ),
        [
            "READ",
            "4",
            "64",
            "8",
            "0",
            "5.0 s",
            "–",
            "BANDWIDTH",
            "–",
            "28",
            "3",
            "–"
        ]
    );
}

#[test]
fn a_connect_is_under_way_until_it_is_done() {
    let started = ". bufferevent_socket_connect bev=1 addr=[::1]:80
                   . connect bev=1 fd=9 progress=started errno=EINPROGRESS";
    assert_eq!(
        values(&state(started), &["bev1.connecting", "bev1.fd"]),
        ["yes", "9"]
    );
    let done = state(&format!(
        "{started}\n. connect bev=1 fd=9 progress=connected"
    ));
    assert_eq!(values(&done, &["bev1.connecting"]), ["no"]);
}

#[test]
fn deferred_callbacks_wait_until_the_loop_delivers_them() {
    let waits = ". event_active bev=1 event=4 role=bev.deferred what=\"\" why=deferred";
    assert_eq!(values(&state(waits), &["bev1.deferred"]), ["yes"]);
    let run = state(&format!(
        "{waits}\n> deferred_cb bev=1 event=4 readcb=true writecb=false events=\"\""
    ));
    assert_eq!(values(&run, &["bev1.deferred", "active"]), ["no", "–"]);
}

#[test]
fn bytes_are_followed_through_moves_and_gaps() {
    let state = state(
        ". evbuffer_new buf=1
         . evbuffer_new buf=2
         . evbuffer_add buf=1 len=8 before=0 after=8 data={\"text\":\"abcd\",\"cut\":true}
         . evbuffer_prepend buf=1 len=2 before=8 after=10 data={\"hex\":\"ff0a\"}
         . evbuffer_move buf=2 from=1 len=4 before=0 after=4 from_after=6
         . evbuffer_drain buf=1 len=1 before=6 after=5",
    );
    assert_eq!(
        values(&state, &["buf2.content", "buf1.content"]),
        ["\"\\xff\\nab\"", "\"d\" (4 bytes)"]
    );
    let known: Vec<_> = state
        .bufs
        .get(BufId(1))
        .unwrap()
        .content
        .segments()
        .collect();
    assert_eq!(
        known,
        [&Segment::Known(b"d".to_vec()), &Segment::Unknown(4)]
    );
}

#[test]
fn bytes_are_unknown_where_something_happened_unseen() {
    let state = state(
        ". evbuffer_add buf=1 len=2 before=0 after=2 data={\"text\":\"ab\"}
         . evbuffer_drain buf=1 len=1 before=9 after=8
         . evbuffer_add buf=1 len=2 before=8 after=10 data={\"text\":\"cd\"}",
    );
    assert_eq!(
        values(&state, &["buf1.len", "buf1.content"]),
        ["10", "(8 bytes) \"cd\""]
    );
    assert_eq!(state.bufs.get(BufId(1)).unwrap().head(), b"");
}

#[test]
fn what_was_never_seen_made_is_partly_known() {
    let state = state("> bufferevent_writecb base=1 event=7 role=bev.write bev=4 fd=9 what=WRITE");
    assert_eq!(
        values(
            &state,
            &[
                "bev4.fd",
                "bev4.made_at",
                "bev4.output",
                "event7.bev",
                "event7.role"
            ]
        ),
        ["9", "–", "–", "bev4", "bev.write"]
    );
}

/// By the record that makes it: no later one has to say it again.
#[test]
fn what_is_made_knows_its_objects_at_once() {
    for (made, known) in [
        (
            "> evconnlistener_new base=1 listener=1 event=7 fd=6 addr=a callback=cb options=CLOSE_ON_FREE backlog=9",
            &[
                ("listener1.base", "base1"),
                ("listener1.fd", "6"),
                ("listener1.event", "event7"),
                ("listener1.addr", "a"),
                ("listener1.options", "CLOSE_ON_FREE"),
                ("listener1.made_at", "0"),
            ][..],
        ),
        (
            "> bufferevent_socket_new base=1 bev=1 fd=8 options=CLOSE_ON_FREE input=1 output=2 ev_read=2 ev_write=3",
            &[
                ("bev1.base", "base1"),
                ("bev1.fd", "8"),
                ("bev1.options", "CLOSE_ON_FREE"),
                ("bev1.made_at", "0"),
                ("buf1.made_at", "0"),
                ("buf2.bev", "bev1"),
                ("event2.bev", "bev1"),
            ],
        ),
        (
            ". event_assign base=1 event=2 role=bev.read bev=1 listener=4 fd=8 events=READ callback=r priority=0",
            &[
                ("event2.base", "base1"),
                ("event2.role", "bev.read"),
                ("event2.bev", "bev1"),
                ("event2.listener", "listener4"),
                ("event2.fd", "8"),
                ("event2.made_at", "0"),
                ("listener4.event", "event2"),
            ],
        ),
    ] {
        let state = state(made);
        for (path, value) in known {
            assert_eq!(values(&state, &[path]), [*value], "{path}");
        }
    }
}

#[test]
fn whom_an_event_belongs_to_outlives_that_it_is_set_up_again() {
    let assign = "events=READ callback=c priority=0";
    let state = state(&format!(
        ". event_assign event=1 base=1 bev=1 listener=1 role=user {assign}
         . event_assign event=1 {assign}"
    ));
    assert_eq!(
        values(
            &state,
            &[
                "event1.base",
                "event1.bev",
                "event1.listener",
                "event1.role"
            ]
        ),
        ["base1", "bev1", "listener1", "user"]
    );
}

#[test]
fn a_loop_is_asked_to_break_and_to_go_on() {
    let run = "> event_base_loop base=1 flags=\"\"";
    let base = ". event_base_new base=1 backend=epoll priorities=1";
    let paths = ["base1.break_asked", "base1.continue_asked"];
    let asked = |text: &str| values(&state(&format!("{base}\n{run}\n{text}")), &paths);
    assert_eq!(asked(". event_base_loopbreak base=1"), ["yes", "no"]);
    assert_eq!(asked(". event_base_loopcontinue base=1"), ["no", "yes"]);
    assert_eq!(
        asked(". event_base_loopcontinue base=1\n> poll base=1"),
        ["no", "no"]
    );
    assert_eq!(
        asked(&format!(". event_base_loopbreak base=1\n{run}")),
        ["no", "no"]
    );
}

/// Not every trace says whose loop it is, and most programs have one.
#[test]
fn a_record_without_a_base_is_about_the_only_one() {
    let base = |id: u8| format!(". event_base_new base={id} backend=epoll priorities=1\n");
    let polls = |bases: String| values(&state(&format!("{bases}> poll")), &["base1.polls"]);
    assert_eq!(polls(base(1)), ["1"]);
    assert_eq!(polls(base(1) + &base(2)), ["0"]);
}

#[test]
fn an_event_is_active_for_all_that_it_was_made_active_for() {
    let active = |what: &str| format!(". event_active event=1 what={what} why=io\n");
    for (first, then, both) in [
        ("READ", "READ", EvFlags::READ),
        ("READ", "TIMEOUT", EvFlags::READ | EvFlags::TIMEOUT),
    ] {
        let state = state(&(active(first) + &active(then)));
        assert_eq!(state.events.get(EventId(1)).unwrap().active, Some(both));
        assert_eq!(state.active_queue(), [EventId(1)]);
    }
}

/// As libevent counts it: only what is past is counted from now.
#[test]
fn a_timer_that_is_late_by_its_whole_period_is_due_at_once() {
    for (t, deadline) in [
        (2_000_999, 2_001_000),
        (2_001_000, 2_001_000),
        (2_001_001, 3_001_001),
    ] {
        let run = format!("> event_callback event=1 callback=tick what=TIMEOUT t={t}");
        let state = state(&format!("{TIMER}{run}"));
        assert_eq!(
            state.value("event1.deadline"),
            Some(Value::Time(Nanos(deadline))),
            "{t}"
        );
    }
}

#[test]
fn a_side_works_when_it_is_enabled_and_not_suspended() {
    let made = "> bufferevent_socket_new bev=1 options=\"\" input=1 output=2 ev_read=2 ev_write=3\n< bufferevent_socket_new\n";
    for (then, reads, writes) in [
        ("", false, true),
        (". bufferevent_enable bev=1 events=READ", true, true),
        (". bufferevent_disable bev=1 events=WRITE", false, false),
        (
            ". suspend_write bev=1 reason=BANDWIDTH now=BANDWIDTH",
            false,
            false,
        ),
        (
            ". suspend_read bev=1 reason=WATERMARK now=WATERMARK\n. bufferevent_enable bev=1 events=READ",
            false,
            true,
        ),
    ] {
        let state = state(&format!("{made}{then}"));
        let bev = state.bevs.get(BevId(1)).unwrap();
        assert_eq!((bev.reads(), bev.writes()), (reads, writes), "{then}");
    }
}

#[test]
fn an_object_is_there_once_a_record_names_it() {
    let state = state(". poll base=3\n . event_del event=4 bev=5 buf=6 listener=7");
    for path in ["base3", "event4", "bev5", "buf6", "listener7"] {
        assert!(state.value(path).is_some(), "{path}");
    }
}

/// Whatever a record says that was not known of an object is learnt, and what is known stays.
#[test]
fn each_record_may_tell_something_of_an_object() {
    for (path, first, then, known) in [
        ("event1.base", "event=1", "event=1 base=2", "base2"),
        ("event1.role", "event=1", "event=1 role=timer", "timer"),
        ("event1.fd", "event=1", "event=1 fd=9", "9"),
        ("event1.bev", "event=1", "event=1 bev=2", "bev2"),
        (
            "event1.listener",
            "event=1",
            "event=1 listener=2",
            "listener2",
        ),
        ("event1.base", "event=1 base=2", "event=1 base=3", "base2"),
        (
            "event1.role",
            "event=1 role=timer",
            "event=1 role=user",
            "timer",
        ),
        ("bev1.base", "bev=1", "bev=1 base=2", "base2"),
        ("bev1.fd", "bev=1", "bev=1 fd=9", "9"),
        ("bev1.fd", "bev=1 fd=9", "bev=1 fd=8", "9"),
        ("listener1.base", "listener=1", "listener=1 base=2", "base2"),
    ] {
        let state = state(&format!(". event_del {first}\n . event_del {then}"));
        assert_eq!(values(&state, &[path]), [known], "{path}: {first}, {then}");
    }
    // An fd may be another's by the time that a bufferevent is taken apart.
    let freed = ". bufferevent_free bev=1\n . event_del bev=1 fd=9";
    assert_eq!(values(&state(freed), &["bev1.fd"]), ["–"]);
}

/// Copies of a state are cheap only as long as they share what did not change.
#[test]
fn what_learns_nothing_is_shared_with_the_state_before() {
    fn shared<'a, V: 'a>(
        before: impl Iterator<Item = &'a V>,
        after: impl Iterator<Item = &'a V>,
    ) -> bool {
        before.zip(after).all(|(a, b)| std::ptr::eq(a, b))
    }
    for objects in [
        "base=1 event=1 role=user bev=1 buf=1 listener=1 fd=5",
        "event=2 bev=2 buf=2 listener=2",
    ] {
        let looks = format!(". evbuffer_peek {objects} offset=0 pieces=0 bytes=0\n");
        let trace = trace(&looks.repeat(2));
        let mut after = State::new();
        after.apply(&trace.record(0));
        let before = after.clone();
        after.apply(&trace.record(1));
        let tables = [
            shared(before.bases.values(), after.bases.values()),
            shared(before.events.values(), after.events.values()),
            shared(before.bevs.values(), after.bevs.values()),
            shared(before.bufs.values(), after.bufs.values()),
            shared(before.listeners.values(), after.listeners.values()),
        ];
        assert_eq!(tables, [true; 5], "{objects}");
    }
}

#[test]
fn paths_go_through_objects() {
    let state = state(HELLO);
    assert_eq!(
        values(
            &state,
            &[
                "bev1.ev_write.callback",
                "event3.bev.output.side",
                "bev1.output.bev.fd"
            ]
        ),
        ["bufferevent_writecb", "output", "8"]
    );
    assert_eq!(
        state.value("bev1"),
        Some(Value::Object(ObjectId::Bev(BevId(1))))
    );
    for path in [
        "",
        "bev9",
        "bev1.nothing",
        "bev1.fd.more",
        "lost.x",
        "thread1",
        "base1.fd77",
        ".",
        "bev1.",
    ] {
        assert_eq!(state.value(path), None, "{path}");
    }
}

#[test]
fn changes_name_what_a_step_changed() {
    let replay = replay(HELLO);
    let step = trace(HELLO)
        .records()
        .position(|record| record.event.name() == "evbuffer_write")
        .unwrap();
    let changes: Vec<String> = replay
        .changes_at(step)
        .iter()
        .filter(|change| !change.is_bookkeeping())
        .map(|change| format!("{}: {} → {}", change.path, change.from, change.to))
        .collect();
    assert_eq!(
        changes,
        [
            "bev1.output.len: 5 → 0",
            "bev1.output.removed: 0 → 5",
            "bev1.output.content: \"Hello\" → –",
        ]
    );
    for change in replay.changes_at(step) {
        let value = replay.state_at(step).value(&change.path).unwrap();
        assert_eq!(value, change.to, "{}", change.path);
    }
}

#[test]
fn a_state_is_json() {
    let json = serde_json::to_value(at("evbuffer_add")).unwrap();
    assert_eq!(json["bevs"]["bev1"]["enabled"], "WRITE");
    assert_eq!(json["bufs"]["buf2"]["content"][0]["text"], "Hello");
    assert_eq!(json["interest"]["base1.fd8"], "WRITE");
    assert_eq!(json["stacks"]["1"][0]["name"], "event_base_loop");
}

#[test]
fn a_side_has_a_high_mark_only_where_one_is_set() {
    for (read, write, marks) in [
        (1, 0, [(3, Some(1)), (4, None)]),
        (0, 2, [(3, None), (4, Some(2))]),
    ] {
        let state = state(&format!(
            "> bufferevent_socket_new bev=1 options=\"\" input=1 output=2 ev_read=2 ev_write=3
             < bufferevent_socket_new
             . bufferevent_setwatermark bev=1 events=READ low=3 high={read}
             . bufferevent_setwatermark bev=1 events=WRITE low=4 high={write}"
        ));
        let sides = state.sides(state.bevs.get(BevId(1)).unwrap());
        assert_eq!(sides.map(|side| (side.low, side.high)), marks);
        assert_eq!(
            sides.map(|side| side.buffer),
            [1, 2].map(|id| Some(BufId(id)))
        );
    }
}

#[test]
fn an_event_waits_for_an_fd_a_signal_or_neither() {
    for (fd, events, waits) in [
        ("fd=0", "READ", WaitsFor::Fd(0)),
        ("fd=2", "SIGNAL", WaitsFor::Signal(2)),
        ("fd=-1", "TIMEOUT", WaitsFor::Nothing),
        ("", "TIMEOUT", WaitsFor::Nothing),
    ] {
        let assign = format!(". event_assign event=1 {fd} events={events} callback=c priority=0");
        let state = state(&assign);
        assert_eq!(
            state.events.get(EventId(1)).unwrap().waits_for(),
            waits,
            "{fd} {events}"
        );
    }
}

/// With what the step has freed, once more.
#[test]
fn a_view_lists_what_is_there_and_what_has_just_gone() {
    let replay = replay(
        "> bufferevent_socket_new base=1 bev=1 options=\"\" input=1 output=2 ev_read=2 ev_write=3
         < bufferevent_socket_new
         . evbuffer_new buf=3
         . evconnlistener_free listener=1
         . poll",
    );
    let there = |step: usize| There::of(&replay.state_at(step), &replay.state_before(step));
    let freed = there(3);
    assert_eq!((freed.bases.len(), freed.bevs), (1, vec![BevId(1)]));
    assert_eq!(freed.events, [EventId(2), EventId(3)]);
    assert_eq!(freed.bufs, [BufId(3)], "those of bufferevents stand there");
    assert_eq!(freed.listeners.len(), 1);
    assert_eq!(there(4).listeners, []);
}

#[test]
fn a_value_reads_as_a_person_would_say_it() {
    for (value, said) in [
        (Value::Absent, "–"),
        (Value::Bool(true), "yes"),
        (Value::Bool(false), "no"),
        (Value::Number(7), "7"),
        (Value::Text("".into()), "–"),
        (Value::Text("a".into()), "a"),
        (Value::Object(ObjectId::Bev(BevId(1))), "bev1"),
    ] {
        assert_eq!(value.to_string(), said);
    }
}
