use evscope_trace::Level;

use super::*;
use crate::{Stats, Trace};

fn recorded(name: &str) -> Trace {
    let file = format!("{}/../../traces/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    Trace::open(std::path::Path::new(&file)).unwrap()
}

fn names() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../traces");
    let files = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = files
        .filter_map(|file| {
            let name = file.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".jsonl").map(str::to_owned)
        })
        .collect();
    names.sort();
    names
}

#[test]
fn each_accepted_connection_is_a_row() {
    for name in names() {
        let trace = recorded(&name);
        let rows = Connections::of(trace.records());
        let stats = Stats::of(&trace);
        let accepted = rows.iter().filter(|row| row.origin == Origin::Accepted);
        assert_eq!(accepted.count() as u64, stats.accepted, "{name}");
        assert!(rows.is_sorted_by_key(|row| row.step), "{name}");
    }
}

#[test]
fn bytes_are_those_of_the_sums() {
    let mut compared = 0;
    for name in names() {
        let trace = recorded(&name);
        let rows = Connections::of(trace.records());
        let stats = Stats::of(&trace);
        for row in rows {
            let Some(sum) = stats.bevs.iter().find(|sum| Some(sum.bev) == row.bev) else {
                continue;
            };
            assert_eq!(
                (row.read, row.written, row.unsent),
                (sum.read, sum.written, sum.unsent),
                "{name}: {row:?}"
            );
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn times_are_parts_of_the_connection_s_own() {
    for name in names() {
        let trace = recorded(&name);
        for row in Connections::of(trace.records()) {
            let all = row.lasted().0;
            let parts = row.waiting.0 + row.blocked.0;
            assert!(parts <= all && row.suspended.0 <= all, "{name}: {row:?}");
        }
    }
}

#[test]
fn callbacks_and_findings_are_those_of_the_connection() {
    let trace = recorded("disabled-read");
    let rows = Connections::of(trace.records());
    assert_eq!(rows.iter().map(|row| row.findings).sum::<u64>(), 1);
    let trace = recorded("chat");
    let rows = Connections::of(trace.records());
    let callbacks: u64 = rows.iter().map(|row| row.callbacks).sum();
    let by_hand = (0..trace.len()).filter(|step| {
        let record = trace.record(*step);
        trace.is_shown(*step, Level::Everything)
            && record.phase == Phase::Enter
            && record.objects.bev.is_some()
            && program_callback(&record.event).is_some()
    });
    assert_eq!(callbacks, by_hand.count() as u64);
    assert!(callbacks > 2);
    for row in &rows {
        let longest = row.longest_step.map(|step| trace.took(step).unwrap());
        assert_eq!(longest.unwrap_or_default(), row.longest, "{row:?}");
    }
}

/// A loop, two connections, and a callback of the first that takes 300 of its time units.
#[test]
fn who_waits_for_the_peer_and_who_for_another_s_callback() {
    let made = |seq: u32, t: u64, bev: u32| {
        format!(
            r#"{{"seq":{seq},"t":{t},"thread":1,"depth":0,"ph":"point","ev":"bufferevent_socket_new","base":1,"bev":{bev},"fd":{fd},"options":"","input":{a},"output":{b},"ev_read":{a},"ev_write":{b}}}"#,
            fd = bev + 6,
            a = bev * 2,
            b = bev * 2 + 1,
        )
    };
    let of = |seq: u32, t: u64, ph: &str, rest: &str| {
        format!(r#"{{"seq":{seq},"t":{t},"thread":1,"depth":0,"ph":"{ph}","base":1,{rest}}}"#)
    };
    let poll = r#""ev":"poll""#;
    let readcb = r#""ev":"readcb","bev":1,"callback":"slow""#;
    let suspend = r#""ev":"suspend_read","bev":2,"reason":"WATERMARK","now":"WATERMARK""#;
    let resume = r#""ev":"unsuspend_read","bev":2,"reason":"WATERMARK","now":"""#;
    let lines = [
        made(0, 0, 1),
        made(1, 0, 2),
        of(2, 100, "enter", poll),
        of(3, 200, "exit", poll),
        of(4, 200, "enter", readcb),
        of(5, 500, "exit", readcb),
        of(6, 500, "enter", suspend),
        of(7, 500, "exit", suspend),
        of(8, 500, "enter", poll),
        of(9, 900, "exit", poll),
        of(10, 900, "enter", resume),
        of(11, 900, "exit", resume),
        of(
            12,
            1000,
            "point",
            r#""ev":"bufferevent_finalize","bev":2,"closed":true,"unsent":7"#,
        ),
    ];
    let header = include_str!("../../../../traces/chat.jsonl")
        .lines()
        .next()
        .unwrap();
    let text = format!("{header}\n{}\n", lines.join("\n"));
    let trace = Trace::read(text.as_bytes(), "t").unwrap();
    let rows = Connections::of(trace.records());
    let [one, two] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    let times = |row: &Connection| [row.waiting.0, row.suspended.0, row.blocked.0, row.longest.0];
    assert_eq!(times(one), [500, 0, 0, 300]);
    assert_eq!(times(two), [100, 400, 300, 0]);
    assert_eq!((two.unsent, two.lasted().0), (7, 1000));
}

/// What is kept besides the rows is of what is open.
#[test]
fn connections_that_are_over_leave_nothing_but_their_rows() {
    let mut connections = Connections::default();
    let mut seq = 0;
    let mut record = |bev: u32, event: Event| {
        seq += 1;
        Record {
            seq,
            t: Nanos(seq),
            thread: ThreadId(1),
            depth: 0,
            phase: Phase::Point,
            event,
            objects: evscope_trace::Objects {
                base: Some(BaseId(1)),
                bev: Some(BevId(bev)),
                fd: Some(8),
                ..Default::default()
            },
            src: None,
            caller: None,
            extra: serde_json::Map::new(),
        }
    };
    for bev in 1..=20_000 {
        let ids = |n: u32| evscope_trace::BufId(bev * 2 + n);
        let events = |n: u32| evscope_trace::EventId(bev * 2 + n);
        let made = Event::BuffereventSocketNew {
            options: evscope_trace::BevOptions::empty(),
            input: ids(0),
            output: ids(1),
            ev_read: events(0),
            ev_write: events(1),
            tls: None,
        };
        let over = Event::BuffereventFinalize {
            closed: true,
            unsent: 0,
        };
        for event in [made, Event::BuffereventFree {}, over] {
            connections.step(&record(bev, event));
        }
        assert!(connections.open.len() <= 1);
    }
    assert_eq!(connections.finish().len(), 20_000);
}
