//! A trace without what differs from run to run.

use std::collections::HashMap;

use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// Demos in which the kernel decides how much a write takes, and so how many writes there are.
const KERNELS_SIZES: [&str; 3] = ["partial-write", "timeouts", "reset"];

/// The lines of a trace: what is not a record (the header, the sources), and the records.
pub(crate) struct Trace {
    others: Vec<Object>,
    records: Vec<Object>,
}

impl Trace {
    pub(crate) fn normal(trace: &str, name: &str) -> Self {
        let lines = trace
            .lines()
            .map(|line| serde_json::from_str::<Object>(line).unwrap());
        let (mut records, mut others): (Vec<_>, Vec<_>) =
            lines.partition(|line| line.contains_key("ev"));
        drop_interrupted_waits(&mut records);
        let mut names = Names::default();
        for line in &mut others {
            for key in ["pid", "started"] {
                line.remove(key);
            }
            // Without its version: that a release is made is no reason to record a trace again.
            if let Some(Value::String(library)) = line.get_mut("library") {
                library.truncate(library.find(' ').unwrap_or(library.len()));
            }
        }
        for record in &mut records {
            normalise(record, &mut names);
        }
        if name == "tls" {
            records.iter_mut().for_each(forget_ciphertext);
        }
        if KERNELS_SIZES.contains(&name) {
            records.iter_mut().for_each(forget_sizes);
            records = without_repeated_turns(records);
        }
        Self { others, records }
    }

    /// What is different first, in words.
    pub(crate) fn difference(&self, recorded: &Self) -> Option<String> {
        let (before, now) = (
            without_places(&self.records),
            without_places(&recorded.records),
        );
        let steps = first_difference(&before, &now);
        steps.or_else(|| {
            let moved = self.records != recorded.records || self.others != recorded.others;
            moved.then(|| "the same steps, at other places of the source".to_owned())
        })
    }
}

/// Where in the source a step was, which moves with every line that is added above it.
fn without_places(records: &[Object]) -> Vec<Object> {
    let mut records = records.to_vec();
    for record in &mut records {
        for place in ["src", "caller"] {
            record.remove(place);
        }
    }
    records
}

fn first_difference(kept: &[Object], recorded: &[Object]) -> Option<String> {
    let at = (0..kept.len().max(recorded.len())).find(|&i| kept.get(i) != recorded.get(i))?;
    let text = |lines: &[Object]| match lines.get(at) {
        Some(line) => Value::from(line.clone()).to_string(),
        None => "nothing".to_owned(),
    };
    Some(format!(
        "step {at} (not counting what is left out) was\n  {}\nand is now\n  {}",
        text(kept),
        text(recorded)
    ))
}

fn normalise(record: &mut Object, names: &mut Names) {
    for key in ["t", "seq"] {
        record.remove(key);
    }
    for key in ["addr", "peer"] {
        if let Some(addr) = record.get_mut(key) {
            *addr = without_numbers(addr);
        }
    }
    // How long a wait may take depends on how long everything before it took.
    let since_due = record["ev"] == "event_add" && record["caller"]["fn"] == "event_base_loop";
    let varies = record["ev"] == "poll" || since_due;
    if let Some(timeout) = record.get_mut("timeout")
        && varies
        && *timeout != 0
    {
        *timeout = "some".into();
    }
    // A signal's number is not an fd, and is the same everywhere.
    let is_signal = record.get("role").is_some_and(|role| role == "signal");
    if let Some(fd) = record.get_mut("fd").filter(|_| !is_signal) {
        *fd = names.of(fd.as_i64().unwrap()).into();
    }
}

/// A signal that comes while the loop waits ends the wait early; one that comes just before does not.
fn drop_interrupted_waits(records: &mut Vec<Object>) {
    let interrupted: Vec<usize> = (1..records.len())
        .filter(|&i| records[i]["ev"] == "poll" && records[i].get("errno") == Some(&"EINTR".into()))
        .collect();
    for &exit in interrupted.iter().rev() {
        assert_eq!(records[exit - 1]["ev"], "poll");
        records.drain(exit - 1..=exit);
    }
}

/// Without the port, and without the pid in the name of a Unix socket.
fn without_numbers(addr: &Value) -> Value {
    let addr = addr.as_str().unwrap();
    match addr.rsplit_once([':', '/']) {
        Some((host, rest)) => {
            let rest: String = rest.chars().filter(|c| !c.is_ascii_digit()).collect();
            format!("{host} {rest}").into()
        }
        None => addr.into(),
    }
}

/// Of a length, only whether it is 0 is kept; of a result, also whether it is a failure.
fn forget_sizes(record: &mut Object) {
    for key in [
        "len", "before", "after", "asked", "result", "from", "to", "added", "deleted", "unsent",
    ] {
        if let Some(size) = record.get_mut(key).filter(|size| size.is_number()) {
            *size = size.as_i64().unwrap().signum().into();
        }
    }
    record.remove("data");
}

/// Ciphertext, in the buffers that are no bufferevent's, is another every time.
fn forget_ciphertext(record: &mut Object) {
    if !record.contains_key("bev") {
        record.remove("data");
    }
}

/// A turn (from one wait to the next) that is like the one before it is left out.
fn without_repeated_turns(records: Vec<Object>) -> Vec<Object> {
    let mut turns: Vec<Vec<Object>> = vec![Vec::new()];
    for record in records {
        if record["ev"] == "poll" && record["ph"] == "enter" {
            turns.push(Vec::new());
        }
        turns.last_mut().unwrap().push(record);
    }
    turns.dedup();
    turns.concat()
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
