//! How fast a trace is read. Run with `cargo bench -p evscope-trace --bench read -- [RECORDS]`.
//!
//! The recorded traces of the repository, one after the other until there are enough records, are read
//! in three ways in turn: by the reader, by serde_json into a plain struct of the fields every record
//! has (which does less: no fields of events, texts only borrowed), and by way of serde_json's tree,
//! which the reader keeps for lines that are out of the ordinary.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use evscope_trace::{Header, Line, Reader, Record, Writer};
use serde::Deserialize;
use serde_json::{Map, Value};

const ROUNDS: usize = 7;

/// What serde_json is measured with.
#[derive(Deserialize)]
#[expect(dead_code, reason = "they are only read from JSON")]
struct Plain<'a> {
    seq: u64,
    t: u64,
    thread: u32,
    depth: u32,
    ph: &'a str,
    ev: &'a str,
    base: Option<u32>,
    event: Option<u32>,
    role: Option<&'a str>,
    listener: Option<u32>,
    bev: Option<u32>,
    buf: Option<u32>,
    fd: Option<i32>,
    #[serde(borrow)]
    src: Option<PlainPlace<'a>>,
    #[serde(borrow)]
    caller: Option<PlainPlace<'a>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "they are only read from JSON")]
struct PlainPlace<'a> {
    file: &'a str,
    line: u32,
    #[serde(rename = "fn")]
    function: Option<&'a str>,
}

fn main() {
    let records = std::env::args()
        .find_map(|arg| arg.parse().ok())
        .unwrap_or(200_000);
    let trace = trace(records);
    let lines: Vec<&[u8]> = trace
        .split_inclusive(|byte| *byte == b'\n')
        .skip(1)
        .collect();
    println!(
        "{} records, {} bytes each",
        lines.len(),
        trace.len() / lines.len()
    );

    let reader = || {
        let mut reader = Reader::new(trace.as_slice(), "made up").expect("it was just written");
        while let Some(line) = reader.next_line().expect("it was just written") {
            black_box(line);
        }
    };
    let plain = || {
        for line in &lines {
            black_box(serde_json::from_slice::<Plain<'_>>(line).expect("it was just written"));
        }
    };
    let tree = || {
        for line in &lines {
            let object: Map<String, Value> =
                serde_json::from_slice(line).expect("it was just written");
            black_box(Record::try_from(object).expect("it was just written"));
        }
    };
    let ways: [(&str, &dyn Fn()); 3] = [
        ("the reader", &reader),
        ("serde_json, a plain struct", &plain),
        ("serde_json, a tree", &tree),
    ];
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        for ((_, work), times) in ways.iter().zip(&mut times) {
            let start = used();
            work();
            times.push(used() - start);
        }
    }
    let medians = times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2].as_secs_f64()
    });
    for ((name, _), median) in ways.iter().zip(medians) {
        println!(
            "{name:<28} {:>6.0} ns a record   {:.2}x the reader's time",
            median * 1e9 / lines.len() as f64,
            median / medians[0]
        );
    }
}

/// The processor time this process has used, so that others on the machine do not count.
fn used() -> Duration {
    let text = fs::read_to_string("/proc/self/schedstat").expect("Linux tells");
    let spent = text.split(' ').next().and_then(|ns| ns.parse().ok());
    Duration::from_nanos(spent.expect("Linux tells"))
}

/// A trace of so many records.
fn trace(records: usize) -> Vec<u8> {
    let traces = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../traces"));
    let mut recorded = Vec::new();
    for name in [
        "hello-world.jsonl",
        "echo.jsonl",
        "libevent/hello-world.jsonl",
    ] {
        let text = fs::read(traces.join(name)).expect("the repository's traces are there");
        let mut reader = Reader::new(text.as_slice(), name).expect("the traces are right");
        while let Some(line) = reader.next_line().expect("the traces are right") {
            if let Line::Record(record) = line {
                recorded.push(*record);
            }
        }
    }
    let mut out = Writer::new(Vec::new(), &Header::new("all", "", "")).expect("memory takes it");
    for (seq, record) in recorded.iter().cycle().take(records).enumerate() {
        let record = Record {
            seq: seq as u64,
            ..record.clone()
        };
        out.record(&record).expect("memory takes it");
    }
    out.finish().expect("memory takes it")
}
