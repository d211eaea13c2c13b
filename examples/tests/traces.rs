//! The traces in `traces/` are recordings of the demos. Each demo is recorded again here and compared with
//! its trace, after what differs from run to run (times, fds, ports, pids) is made the same.
//!
//! When the difference is meant, `UPDATE_TRACES=1 cargo test -p evscope-examples --test traces` records
//! those anew that differ.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../../crates/trace/tests/lengths/mod.rs"]
mod length_check;
mod normal;

use std::fmt::Write as _;
use std::path::PathBuf;

use evscope_examples::demo::{self, DEMOS, Demo, Options};
use normal::Trace;

/// Demos in which one thing must be over before the next is due. On a machine that is held up for so long
/// they go another way; then they are recorded again.
const TIMED: [&str; 11] = [
    "rate-limit-group",
    "tls",
    "high-watermark-stall",
    "timeouts",
    "rate-limit",
    "timers",
    "signals",
    "loop",
    "free-in-callback",
    "edge-trigger",
    "disabled-read",
];
const TRIES: usize = 12;

/// One test for all of them: signals are the process's, so only one demo can run at a time.
#[test]
fn demos_record_their_traces() {
    let update = std::env::var_os("UPDATE_TRACES").is_some();
    let mut differences = String::new();
    for demo in DEMOS {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../traces")
            .join(format!("{}.jsonl", demo.name));
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let kept = Trace::normal(&kept, demo.name);
        let tries = if TIMED.contains(&demo.name) { TRIES } else { 1 };
        let (mut recorded, mut difference) = (String::new(), None);
        for _ in 0..tries {
            recorded = record(demo);
            difference = kept.difference(&Trace::normal(&recorded, demo.name));
            if difference.is_none() {
                break;
            }
        }
        let Some(difference) = difference else {
            continue;
        };
        if update {
            std::fs::write(&path, &recorded).unwrap();
        } else {
            writeln!(differences, "{}: {difference}", demo.name).unwrap();
        }
    }
    assert!(
        differences.is_empty(),
        "{differences}If this is meant: UPDATE_TRACES=1 cargo test -p evscope-examples --test traces"
    );
}

fn record(demo: &Demo) -> String {
    let mut recorded = Vec::new();
    demo::run(demo, &Options::default(), &mut recorded)
        .unwrap_or_else(|error| panic!("{}: {error}", demo.name));
    let trace = evscope_replay::Trace::read(recorded.as_slice(), demo.name).unwrap();
    if let Err(what) = length_check::check(trace.records()) {
        panic!("{}: {what}", demo.name);
    }
    String::from_utf8(recorded).unwrap()
}
