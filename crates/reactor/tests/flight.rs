//! Recordings that stay in memory.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::rc::Rc;
use std::time::Duration;

use common::new_base;
use evscope_reactor::{EventBase, FlightRecorder, Keep, LoopFlags, Recording};
use evscope_trace::{Event, Line, Nanos, Objects, Phase, Reader, Record};

/// Something that is the same each time: buffers, callbacks, a loop.
fn program(turns: usize) {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    base.evbuffer_add_cb(buffer, |_: &mut EventBase, _, _: &_| {})
        .unwrap();
    for _ in 0..turns {
        base.evbuffer_add(buffer, b"some bytes").unwrap();
        base.evbuffer_drain(buffer, 10).unwrap();
        base.event_base_loop(LoopFlags::NONBLOCK).unwrap();
    }
}

fn read(trace: &[u8]) -> Vec<Record> {
    let mut reader = Reader::new(trace, "kept").unwrap();
    let mut records = Vec::new();
    while let Some(line) = reader.next_line().unwrap() {
        if let Line::Record(record) = line {
            records.push(*record);
        }
    }
    records
}

fn kept(flight: &FlightRecorder) -> Vec<Record> {
    let mut trace = Vec::new();
    let summary = flight.write(&mut trace).unwrap();
    let records = read(&trace);
    assert_eq!(summary.records, records.len() as u64);
    records
}

/// Times and the numbers of fds, of which other tests of this process have some, are others each time.
fn without_chance(records: Vec<Record>) -> Vec<Record> {
    records
        .into_iter()
        .map(|record| {
            let objects = Objects { fd: None, ..record.objects };
            Record { t: Nanos(0), objects, ..record }
        })
        .collect()
}

#[test]
fn what_is_kept_is_what_would_have_been_written() {
    let mut trace = Vec::new();
    let ((), summary) = Recording::new("p")
        .payload(4)
        .record(&mut trace, || program(600));
    summary.unwrap();
    let flight = Recording::new("p").payload(4).in_memory(Keep::All);
    flight.record(|| program(600));
    let kept = kept(&flight);
    assert!(kept.len() > 3000, "several chunks: {}", kept.len());
    assert_eq!(flight.records_made(), kept.len() as u64);
    assert!(kept.is_sorted_by_key(|record| record.t));
    assert_eq!(without_chance(kept), without_chance(read(&trace)));
}

#[test]
fn of_the_last_records_there_are_enough_and_what_is_missing_is_said() {
    let flight = Recording::new("p").in_memory(Keep::Last(3000));
    flight.record(|| program(5000));
    let records = kept(&flight);
    let Event::Lost { count } = records[0].event else {
        panic!("nothing is missing? {:?}", records[0]);
    };
    assert!((3000..6000).contains(&records.len()), "{}", records.len());
    // Exits of calls whose beginning is missing say nothing.
    let told = count + records.len() as u64 - 1;
    assert!((told..told + 3).contains(&flight.records_made()));
    assert!(matches!(records.last().unwrap().event, Event::EventBaseFree {}));
}

#[test]
fn it_is_written_while_it_goes_on_also_from_a_callback() {
    let flight = Rc::new(Recording::new("p").in_memory(Keep::Last(100)));
    let written = common::Log::new();
    let mut base = flight.record(new_base);
    // The base is recorded as long as it lives, not only while it was made.
    let (recorder, log) = (Rc::clone(&flight), written.clone());
    base.event_base_once_timeout(move |_, _, _| log.push(kept(&recorder)), Some(Duration::ZERO))
        .unwrap();
    base.event_base_dispatch().unwrap();
    drop(base);
    let in_callback = written.take().remove(0);
    assert!(
        in_callback
            .iter()
            .any(|r| r.event.name() == "event_callback")
    );
    assert!(
        in_callback
            .iter()
            .all(|r| r.event.name() != "event_base_free")
    );
    let after = kept(&flight);
    assert_eq!(without_chance(after[..in_callback.len()].to_vec()), without_chance(in_callback));
    let end = after.last().unwrap();
    assert_eq!((end.event.name(), end.phase), ("event_base_free", Phase::Exit));
}

#[test]
fn times_pass_as_the_clock_says() {
    let flight = Recording::new("p").in_memory(Keep::All);
    flight.record(|| {
        let mut base = new_base();
        for _ in 0..3 {
            base.event_base_once_timeout(|_, _, _| {}, Some(Duration::from_millis(20)))
                .unwrap();
            base.event_base_dispatch().unwrap();
        }
    });
    let polls: Vec<Record> = kept(&flight)
        .into_iter()
        .filter(|record| matches!(record.event, Event::Poll { .. }))
        .collect();
    let mut waits = 0;
    for poll in polls.chunks(2) {
        // On a busy machine a part of the 20 ms may be over when it begins to wait.
        let Event::Poll { timeout: Some(asked), .. } = poll[0].event else {
            continue;
        };
        let span = poll[1].t.0 - poll[0].t.0;
        assert!(span + 2_000_000 > asked.0, "{span} ns for a wait of {asked:?}");
        waits += 1;
    }
    assert!(waits >= 3, "{waits}");
}
