//! The traces in `traces/` are recordings of the demos. Each demo is recorded again here and compared with
//! its trace, after what differs from run to run (times, fds, ports, pids) is made the same.
//!
//! When the difference is meant, `UPDATE_TRACES=1 cargo test -p evscope-examples --test traces` records
//! them anew.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::HashMap;
use std::path::PathBuf;

use evscope_examples::demo::{self, DEMOS, Options};
use serde_json::Value;

#[test]
fn demos_record_their_traces() {
    let update = std::env::var_os("UPDATE_TRACES").is_some();
    for demo in DEMOS {
        let mut recorded = Vec::new();
        demo::run(demo, &Options::default(), &mut recorded).unwrap();
        let recorded = String::from_utf8(recorded).unwrap();
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../traces")
            .join(format!("{}.jsonl", demo.name));
        if update {
            std::fs::write(&path, &recorded).unwrap();
        }
        let kept = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (recorded, kept) = (normalise(&recorded), normalise(&kept));
        for (line, (recorded, kept)) in recorded.iter().zip(&kept).enumerate() {
            assert_eq!(recorded, kept, "{}: line {} differs", demo.name, line + 1);
        }
        assert_eq!(recorded.len(), kept.len(), "{}: other length", demo.name);
    }
}

/// A trace's lines, without what differs from run to run.
fn normalise(trace: &str) -> Vec<Value> {
    let mut lines: Vec<Value> = trace
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    drop_interrupted_waits(&mut lines);
    let mut names = Names::default();
    for (seq, line) in lines.iter_mut().enumerate() {
        let object = line.as_object_mut().unwrap();
        for (key, value) in object.iter_mut() {
            match key.as_str() {
                "t" | "pid" | "started" => *value = Value::Null,
                "seq" => *value = seq.into(),
                "addr" | "peer" => *value = without_port(value),
                _ => {}
            }
        }
        // A signal's number is not an fd, and is the same everywhere.
        let is_signal = object.get("role").is_some_and(|role| role == "signal");
        if let Some(fd) = object.get_mut("fd").filter(|_| !is_signal) {
            *fd = names.of(fd.as_i64().unwrap()).into();
        }
    }
    lines
}

/// A signal that comes while the loop waits ends the wait early; one that comes just before does not.
fn drop_interrupted_waits(lines: &mut Vec<Value>) {
    let interrupted: Vec<usize> = (1..lines.len())
        .filter(|&i| lines[i]["ev"] == "poll" && lines[i]["errno"] == "EINTR")
        .collect();
    for &exit in interrupted.iter().rev() {
        assert_eq!(lines[exit - 1]["ev"], "poll");
        lines.drain(exit - 1..=exit);
    }
}

fn without_port(addr: &Value) -> Value {
    match addr.as_str().and_then(|addr| addr.rsplit_once(':')) {
        Some((host, _)) => format!("{host}:PORT").into(),
        None => addr.clone(),
    }
}

/// Names fds by the order in which they first appear. A number that is used again after a close keeps its
/// name, as it would in any run.
#[derive(Default)]
struct Names(HashMap<i64, usize>);

impl Names {
    fn of(&mut self, fd: i64) -> usize {
        let next = self.0.len();
        *self.0.entry(fd).or_insert(next)
    }
}
