//! How fast a state is found, and what the checkpoints cost. Run with
//! `cargo bench -p evscope-replay --bench seek -- [RECORDS [CONNECTIONS]]`.
//!
//! The trace is made up: see `made_up`. With a file's name (`-- made.jsonl 10000000`) it is only written there.

mod made_up;

use std::time::{Duration, Instant};

use evscope_replay::check::{CheckOptions, Checker};
use evscope_replay::{Replay, State, Stats, Trace};
use evscope_trace::{Line, Reader, Writer};
use made_up::Echo;

fn main() {
    let mut write = None;
    let mut numbers: Vec<usize> = Vec::new();
    for arg in std::env::args().skip(1) {
        match arg.parse() {
            Ok(number) => numbers.push(number),
            Err(_) if arg.starts_with("--") => {}
            Err(_) => write = Some(arg),
        }
    }
    let records = numbers.first().copied().unwrap_or(1_000_000);
    let connections = numbers.get(1).copied().unwrap_or(1_000);
    if let Some(path) = write {
        return write_to(&path, records, connections);
    }

    let before = resident();
    let mut trace = Trace::new("made up", made_up::header());
    Echo::new(connections).each(records, |record| trace.push(record));
    let loaded = resident();
    println!(
        "{records} records, {connections} connections at once: {} in memory",
        mib(loaded - before)
    );

    let start = Instant::now();
    let replay = Replay::new(trace);
    let folded = start.elapsed();
    println!(
        "fold with checkpoints: {folded:.0?}, {} ns a record; checkpoints take {}",
        folded.as_nanos() / records as u128,
        mib(resident().saturating_sub(loaded))
    );
    let objects = replay.state_at(records);
    println!(
        "at the end: {} bufferevents, {} events, {} buffers",
        objects.bevs.len(),
        objects.events.len(),
        objects.bufs.len()
    );

    // Far jumps, in an order that is the same each time.
    let mut step = 1;
    let jumps = (0..2_000).map(|_| {
        step = (step * 48_271) % 2_147_483_647;
        step % records
    });
    report("jump anywhere", jumps, |step| drop(replay.state_at(step)));
    report("step forward", records / 2..records / 2 + 2_000, |step| {
        drop(replay.state_at(step));
    });
    report(
        "step backward",
        (records / 2 - 2_000..records / 2).rev(),
        |step| {
            drop(replay.state_at(step));
        },
    );
    report(
        "what a step changed",
        records / 2..records / 2 + 2_000,
        |step| {
            drop(replay.changes_at(step));
        },
    );
    let far = replay.state_at(records / 3);
    report(
        "what differs from far away",
        (0..20).map(|i| i * records / 20),
        |step| {
            drop(State::diff(&far, &replay.state_at(step)));
        },
    );

    // Last, because what it frees would hide what the checkpoints take.
    read(replay.trace());
}

/// Writes such a trace to a file.
fn write_to(path: &str, records: usize, connections: usize) {
    let file = std::fs::File::create(path).expect("the file can be made");
    let file = std::io::BufWriter::new(file);
    let mut file = Writer::new(file, &made_up::header()).expect("there is room");
    Echo::new(connections).each(records, |record| {
        file.record(&record).expect("there is room");
    });
    file.finish().expect("there is room");
}

/// How long it takes to get a trace into memory.
fn read(trace: &Trace) {
    let mut file = Writer::new(Vec::new(), trace.header()).expect("memory takes it");
    for record in trace.records() {
        file.record(&record).expect("memory takes it");
    }
    let file = file.finish().expect("memory takes it");
    let start = Instant::now();
    let read = Trace::read(file.as_slice(), "made up").expect("it was just written");
    let took = start.elapsed();
    println!(
        "read from {} of JSON: {took:.1?}, {} ns a record",
        mib(file.len()),
        took.as_nanos() / read.len() as u128
    );
    let start = Instant::now();
    let stats = Stats::of(&read);
    let summed = took + start.elapsed();
    assert_eq!(stats.records, read.len() as u64);
    drop(read);
    check(&file, summed);
}

/// How long it takes to check a trace that is read and not kept, beside to read it and sum it up.
fn check(file: &[u8], stats: Duration) {
    let before = resident();
    let mut checker = Checker::new(&CheckOptions::default(), |_| true);
    let mut most = before;
    let start = Instant::now();
    let mut reader = Reader::new(file, "made up").expect("it was just written");
    while let Some(line) = reader.next_line().expect("it was just written") {
        if let Line::Record(record) = line {
            checker.step(&record);
        }
        if checker.steps().is_multiple_of(100_000) {
            most = most.max(resident());
        }
    }
    let found = checker.finish().len();
    let took = start.elapsed();
    println!(
        "check: {took:.1?}, {} ns a record, {:.2} times the {stats:.1?} of stats; {found} findings, {} more memory",
        took.as_nanos() / checker.steps() as u128,
        took.as_secs_f64() / stats.as_secs_f64(),
        mib(most.saturating_sub(before))
    );
}

fn report(what: &str, steps: impl Iterator<Item = usize>, mut work: impl FnMut(usize)) {
    let mut times: Vec<Duration> = steps
        .map(|step| {
            let start = Instant::now();
            work(step);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!(
        "{what:<28} median {:>10.1?}   one in a hundred {:>10.1?}   worst {:>10.1?}",
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        times[times.len() - 1]
    );
}

fn mib(bytes: usize) -> String {
    format!("{:.0} MiB", bytes as f64 / f64::from(1 << 20))
}

/// The memory this process holds, in bytes.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .unwrap_or(0);
    pages * 4096
}
