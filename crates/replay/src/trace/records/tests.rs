use evscope_trace::{BevId, EvFlags, Event, EventId, Text};

use super::*;

/// A record that is like others, and like none.
fn record(n: u64) -> Record {
    Record {
        seq: n,
        t: Nanos(n * 700 + n % 7),
        thread: ThreadId(1 + n.is_multiple_of(3) as u32),
        depth: (n % 4) as u32,
        phase: [Phase::Enter, Phase::Exit, Phase::Point][n as usize % 3],
        event: match n % 5 {
            0 => Event::BuffereventWrite { len: n },
            1 => Event::Readcb {
                callback: Text::Owned(format!("callback_{}", n % 11)),
            },
            _ => Event::BuffereventEnable {
                events: EvFlags::READ,
            },
        },
        objects: Objects {
            bev: Some(BevId((n / 50) as u32)),
            event: n.is_multiple_of(2).then_some(EventId((n / 50) as u32 * 2)),
            ..Objects::default()
        },
        src: None,
        caller: None,
        extra: match n % 1000 {
            0 => [("cpu".to_owned(), serde_json::json!(n))]
                .into_iter()
                .collect(),
            _ => serde_json::Map::new(),
        },
    }
}

fn records(count: usize) -> Records {
    let mut records = Records::default();
    (0..count as u64).for_each(|n| records.push(record(n)));
    records
}

const LONG: usize = UNPACKED + 40 * STRETCH + 17;

#[test]
fn every_record_of_a_long_trace_comes_back() {
    let records = records(LONG);
    assert_eq!(records.len(), LONG);
    assert_eq!(records.packed.len(), 40);
    for (n, kept) in records.range(0..usize::MAX).enumerate() {
        assert_eq!(*kept, record(n as u64), "{n}");
    }
    assert_eq!(records.range(0..LONG).len(), LONG);
    let backward = records.range(UNPACKED - 5..LONG).rev();
    for (n, kept) in (UNPACKED - 5..LONG).rev().zip(backward) {
        assert_eq!(*kept, record(n as u64), "{n}");
    }
    assert_eq!(records.get(LONG), None);
    assert_eq!(records.range(LONG..LONG + 1).count(), 0);
    assert_eq!(
        *records.range(5..LONG).nth(UNPACKED).unwrap(),
        record(UNPACKED as u64 + 5)
    );
}

#[test]
fn a_record_stays_at_hand_whatever_is_looked_at_meanwhile() {
    let records = records(LONG);
    let held = records.get(UNPACKED + 3).unwrap();
    for step in (UNPACKED..LONG).step_by(STRETCH) {
        assert_eq!(records.get(step).unwrap().seq, step as u64);
    }
    assert_eq!(*held, record(UNPACKED as u64 + 3));
    assert!(records.kept.lock().unwrap().stretches.len() <= KEPT);
}

#[test]
fn few_stretches_are_kept_if_they_are_big() {
    let mut kept = Kept::default();
    let big = KEPT_BYTES / 3;
    for stretch in 0..10 {
        kept.put(stretch, Arc::default(), big);
        assert!(kept.get(stretch).is_some());
    }
    assert_eq!(kept.stretches.len(), 3);
    kept.put(10, Arc::default(), KEPT_BYTES * 2);
    assert_eq!(kept.stretches.len(), 1, "the one that is looked at");
}

#[test]
fn what_cannot_be_packed_stays_as_it_is() {
    let mut deep = serde_json::Value::Null;
    for _ in 0..1000 {
        deep = serde_json::Value::Array(vec![deep]);
    }
    let mut records = Records::default();
    let odd = UNPACKED as u64 + 5;
    let like = |n: u64| {
        let mut record = record(n);
        if n == odd {
            record.extra.insert("deep".to_owned(), deep.clone());
        }
        record
    };
    (0..(UNPACKED + STRETCH) as u64 + 1).for_each(|n| records.push(like(n)));
    assert!(matches!(records.packed[..], [Stretch::Plain(_)]));
    assert_eq!(*records.get(odd as usize).unwrap(), like(odd));
}

#[test]
fn a_damaged_stretch_is_steps_that_are_lost() {
    let mut records = records(UNPACKED + STRETCH);
    records.packed[0] = Stretch::Packed(Bytes::from_static(&[1, 2, 3]));
    let clone = records.clone();
    let lost = clone.get(UNPACKED + 7).unwrap();
    assert_eq!(
        (lost.seq, &lost.event),
        (UNPACKED as u64 + 7, &Event::Lost { count: 1 })
    );
}
