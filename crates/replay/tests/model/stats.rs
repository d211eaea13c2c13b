//! Sums over a trace.

use evscope_replay::Stats;
use evscope_trace::Nanos;

use crate::support::{HELLO, trace};

#[test]
fn a_trace_is_summed_up() {
    let stats = Stats::of(&trace(HELLO));
    assert_eq!(stats.records, trace(HELLO).len() as u64);
    assert_eq!(
        (stats.loops, stats.turns, stats.accepted, stats.watermarks),
        (1, 2, 1, 1)
    );
    assert_eq!(stats.waited, Nanos(989_000));
    assert_eq!(stats.bevs.len(), 1);
    assert_eq!(
        (
            stats.bevs[0].read,
            stats.bevs[0].written,
            stats.bevs[0].unsent
        ),
        (0, 5, 0)
    );
    assert!(stats.errors.is_empty());
    let add = stats
        .names
        .iter()
        .find(|name| name.name == "event_add")
        .unwrap();
    assert_eq!(add.count, 2);
}

#[test]
fn callbacks_are_timed() {
    let stats = Stats::of(&trace(
        "> readcb bev=1 callback=slow t=1000
         < readcb t=3000
         > readcb bev=1 callback=slow t=4000
         < readcb t=9000
         > writecb bev=1 callback=quick t=10000",
    ));
    let slow = &stats.callbacks[0];
    assert_eq!(
        (slow.name.as_ref(), slow.count, slow.total),
        ("slow", 2, Nanos(7_000))
    );
    assert_eq!((slow.longest, slow.longest_step), (Nanos(5_000), Some(2)));
    let quick = &stats.callbacks[1];
    assert_eq!(
        (quick.count, quick.unfinished, quick.longest_step),
        (1, 1, None)
    );
}

#[test]
fn the_end_of_the_program_is_no_callback() {
    let stats = Stats::of(&trace(
        "> readcb bev=1 callback=mine t=1000
         < readcb t=3000
         . program_exit status=0",
    ));
    let names: Vec<&str> = stats.callbacks.iter().map(|c| c.name.as_ref()).collect();
    assert_eq!(names, ["mine"]);
}

#[test]
fn trouble_is_counted() {
    let stats = Stats::of(&trace(
        ". suspend_read bev=1 reason=WATERMARK now=WATERMARK
         . suspend_read bev=2 reason=WATERMARK now=WATERMARK
         . suspend_write bev=1 reason=BANDWIDTH now=BANDWIDTH
         . accept listener=1 errno=EMFILE
         . accept listener=1 errno=EAGAIN
         . evbuffer_read bev=1 buf=1 result=-1 errno=ECONNRESET before=0 after=0
         . lost count=12
         . bufferevent_finalize bev=1 closed=true unsent=99",
    ));
    assert_eq!(stats.suspends["read WATERMARK"], 2);
    assert_eq!(stats.suspends["write BANDWIDTH"], 1);
    assert_eq!(
        stats.errors.keys().collect::<Vec<_>>(),
        ["ECONNRESET", "EMFILE", "unsent"]
    );
    assert_eq!(stats.lost, 12);
    assert_eq!(stats.bevs[0].unsent, 99);
    let json = serde_json::to_value(&stats).unwrap();
    assert_eq!(json["errors"]["EMFILE"], 1);
}

/// What a bufferevent has read and written is what went between its buffers and its own fd: the program may write what
/// is in an output to another, and read into an input from another.
#[test]
fn bytes_are_counted_at_a_bufferevents_own_fd() {
    let stats = Stats::of(&trace(
        "> bufferevent_socket_new bev=1 fd=7 options= input=1 output=2 ev_read=1 ev_write=2
         < bufferevent_socket_new
         > evbuffer_read bev=1 buf=1 fd=7 result=3 before=0 after=3
         < evbuffer_read
         > evbuffer_read bev=1 buf=1 fd=9 result=30 before=3 after=33
         < evbuffer_read
         > evbuffer_write bev=1 buf=2 fd=7 asked=5 result=5 before=5 after=0
         < evbuffer_write
         > evbuffer_write bev=1 buf=2 fd=8 asked=50 result=50 before=50 after=0
         < evbuffer_write
         > evbuffer_write bev=1 buf=1 fd=7 asked=500 result=500 before=500 after=0
         < evbuffer_write",
    ));
    assert_eq!((stats.bevs[0].read, stats.bevs[0].written), (3, 5));
}

#[test]
fn bytes_of_a_tls_connection_are_the_programs() {
    let stats = Stats::of(&trace(
        "> bufferevent_socket_new bev=1 fd=7 options= input=1 output=2 ev_read=1 ev_write=2 tls=accepting
         < bufferevent_socket_new
         > evbuffer_read buf=3 fd=7 result=236 before=0 after=236
         < evbuffer_read
         > evbuffer_add bev=1 buf=1 len=19 before=0 after=19
         < evbuffer_add
         > evbuffer_add bev=1 buf=2 len=35 before=0 after=35
         < evbuffer_add
         > evbuffer_drain bev=1 buf=2 len=35 before=35 after=0
         < evbuffer_drain
         > evbuffer_drain bev=1 buf=1 len=19 before=19 after=0
         < evbuffer_drain",
    ));
    assert_eq!((stats.bevs[0].read, stats.bevs[0].written), (19, 35));
}

/// What is told of a callback's times, against all of them in order.
#[test]
fn times_are_spread_as_they_are() {
    let mut lines = String::new();
    let mut t = 0;
    for run in 1..=1000 {
        let inside = run * 250;
        lines += &format!("> readcb bev=1 callback=cb t={t}\n");
        lines += &format!("> bufferevent_write bev=1 len=1 t={t}\n");
        lines += &format!("< bufferevent_write t={}\n", t + inside);
        t += run * 1000;
        lines += &format!("< readcb t={t}\n");
    }
    let stats = Stats::of(&trace(&lines));
    let cb = &stats.callbacks[0];
    let near = |told: Nanos, right: u64| {
        assert!(told.0.abs_diff(right) * 1000 <= right, "{told} {right}");
    };
    near(cb.p50, 500_000);
    near(cb.p90, 900_000);
    near(cb.p99, 990_000);
    assert_eq!(cb.longest, Nanos(1_000_000));
    assert_eq!(cb.total, Nanos(500_500_000));
    assert_eq!(cb.own, Nanos(500_500_000 / 4 * 3));
    assert_eq!(cb.spread.iter().map(|runs| runs.count).sum::<u64>(), 1000);
    assert_eq!(cb.spread[0].under, Nanos(1024));
    assert!(cb.spread.is_sorted_by(|a, b| b.under.0 == 2 * a.under.0));
    // From 524,288 ns on lie nearly half.
    assert_eq!(cb.spread.last().unwrap().count, 1000 - 524);
}

#[test]
fn turns_by_what_ended_the_wait() {
    let stats = Stats::of(&trace(
        "> poll base=1 t=0
         < poll ready=2 t=10
         > poll base=1 timeout=0 t=20
         < poll ready=0 t=21
         > poll base=1 timeout=100 t=30
         < poll ready=0 t=130
         > poll base=1 t=140
         < poll errno=EINTR t=150
         > poll base=1 t=160",
    ));
    let turns: Vec<(&str, u64, u64)> = stats
        .turns_by
        .iter()
        .map(|(what, turns)| (what.as_str(), turns.count, turns.waited.0))
        .collect();
    assert_eq!(
        turns,
        [
            ("fds", 1, 10),
            ("nothing", 1, 1),
            ("signal", 1, 10),
            ("timeout", 1, 100),
            ("unfinished", 1, 0)
        ]
    );
    assert_eq!(stats.turns, 5);
}
