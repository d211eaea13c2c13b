//! `docs/branches.md` names a step for every branch of the walkthrough's functions. Every one of them must be
//! in its trace, and every demo must be good for something.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use evscope_examples::demo::DEMOS;
use evscope_replay::Trace;
use evscope_replay::place::{place, stands};
use evscope_trace::Level;
use serde_json::Value;

/// Where the reactor's source lies.
const LIBRARY: &str = "crates/reactor/src/";

#[test]
fn every_branch_is_shown_by_a_step_of_a_trace() {
    let text = std::fs::read_to_string(root().join("docs/branches.md")).unwrap();
    let traces: BTreeMap<&str, Vec<Value>> = DEMOS
        .iter()
        .map(|demo| (demo.name, records(demo.name)))
        .collect();
    let mut wrong = Vec::new();
    let mut shown = BTreeSet::new();
    let mut branches = 0;
    for row in text.lines().filter(|line| is_branch(line)) {
        branches += 1;
        let steps: Vec<Step> = row
            .split('`')
            .skip(1)
            .step_by(2)
            .filter_map(Step::parse)
            .collect();
        if steps.is_empty() {
            wrong.push(format!("no step shows it: {row}"));
        }
        for step in &steps {
            shown.insert(step.demo.to_owned());
            let found = match traces.get(step.demo) {
                Some(records) => step.check(records),
                None => Err("there is no such demo".to_owned()),
            };
            if let Err(reason) = found {
                wrong.push(format!("`{}`: {reason}", step.text));
            }
        }
    }
    assert!(branches > 100, "the table has only {branches} rows");
    for demo in DEMOS {
        if !shown.contains(demo.name) {
            wrong.push(format!("{} shows no branch", demo.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The last column says for each step where it stands; the Chinese page has the same rows.
#[test]
fn rows_say_where_their_steps_stand() {
    let traces: BTreeMap<&str, Trace> = DEMOS
        .iter()
        .map(|demo| (demo.name, Trace::open(&file(demo.name)).unwrap()))
        .collect();
    let page = |name: &str| {
        let path = root().join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        (path, text)
    };
    let (en, zh) = (page("docs/branches.md"), page("docs/zh/branches.md"));
    let rows: Vec<String> =
        en.1.lines()
            .filter(|line| is_branch(line))
            .map(str::to_owned)
            .collect();
    for (path, text) in [en, zh] {
        let mut steps = rows.iter().map(|row| row.split(" | ").nth(1).unwrap());
        let mut now = String::new();
        for line in text.lines() {
            match is_branch(line) {
                true => {
                    // A bar within a value has a backslash before it.
                    let says = line.split(" | ").next().unwrap();
                    let steps = steps.next().expect("a row of the English page for each");
                    now += &format!("{says} | {steps} | {} |", places(&traces, steps));
                }
                false => now += line,
            }
            now.push('\n');
        }
        assert_eq!(steps.next(), None, "{} lacks rows", path.display());
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &now).unwrap();
            continue;
        }
        let differs = text.lines().zip(now.lines()).find(|(was, is)| was != is);
        assert!(
            differs.is_none(),
            "{} has\n{}\nand should have\n{}\n\
             UPDATE_DOCS=1 cargo test -p evscope-examples --test branches writes it anew",
            path.display(),
            differs.unwrap().0,
            differs.unwrap().1
        );
    }
}

/// For each step of a cell where it stands.
fn places(traces: &BTreeMap<&str, Trace>, steps: &str) -> String {
    let steps = steps.split('`').skip(1).step_by(2);
    let places = steps.filter_map(Step::parse).map(|step| {
        let place = traces
            .get(step.demo)
            .and_then(|trace| line_of(trace, step.number));
        format!("`{}`", place.unwrap_or_else(|| "-".to_owned()))
    });
    places.collect::<Vec<_>>().join(", ")
}

/// The function and line of a step in the library, as `bufferevent_writecb:118`: where the replay stands, else what did it.
fn line_of(trace: &Trace, step: usize) -> Option<String> {
    let level = Level::Walkthrough;
    let stood = place(trace, step, level, stands(trace, step, level));
    let record = trace.record(step);
    let places = [
        stood.as_ref().map(|place| &place.line),
        record.src.as_ref(),
        record.caller.as_ref(),
    ];
    places.into_iter().flatten().find_map(|line| {
        let function = line
            .function
            .as_deref()
            .filter(|_| line.file.starts_with(LIBRARY))?;
        Some(format!("{function}:{}", line.line))
    })
}

/// A row of a table, but not its head.
fn is_branch(line: &str) -> bool {
    line.starts_with("| ")
        && !line.starts_with("| branch |")
        && !line.starts_with("| 分支 |")
        && !line.starts_with("| ---")
}

/// `demo:12 name key=value !other`: step 12 has this name and these values, and no `other` inside.
struct Step<'a> {
    text: &'a str,
    demo: &'a str,
    number: usize,
    name: &'a str,
    conditions: Vec<&'a str>,
}

impl<'a> Step<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut words = text.split(' ');
        let (demo, number) = words.next()?.split_once(':')?;
        Some(Self {
            text,
            demo,
            number: number.parse().ok()?,
            name: words.next()?,
            conditions: words.collect(),
        })
    }

    fn check(&self, records: &[Value]) -> Result<(), String> {
        let record = records.get(self.number).ok_or("the trace is shorter")?;
        let wanted = |record: &Value| {
            record["ev"] == self.name
                && self
                    .conditions
                    .iter()
                    .all(|condition| match condition.split_once('=') {
                        Some((key, value)) => is(&record[key], value),
                        None => true,
                    })
        };
        if !wanted(record) {
            let nearest = (0..records.len())
                .filter(|&i| records[i]["ph"] != "exit" && wanted(&records[i]))
                .min_by_key(|i| i.abs_diff(self.number));
            let hint = nearest.map_or("there is none".to_owned(), |i| {
                format!("the nearest is {i}")
            });
            return Err(format!("that step is {}; {hint}", record["ev"]));
        }
        let inside = records[self.number + 1..]
            .iter()
            .take_while(|other| other["depth"].as_u64() > record["depth"].as_u64());
        for other in inside {
            let never = |condition: &&&str| condition.strip_prefix('!') == other["ev"].as_str();
            if let Some(never) = self.conditions.iter().find(never) {
                return Err(format!("it is not so that {never}: step {}", other["seq"]));
            }
        }
        Ok(())
    }
}

/// Whether a value of a record is written so. In a table a bar has a backslash before it.
fn is(value: &Value, written: &str) -> bool {
    let written = written.replace("\\|", "|");
    match value {
        Value::String(text) => *text == written,
        other => serde_json::from_str(&written).is_ok_and(|written: Value| written == *other),
    }
}

fn records(demo: &str) -> Vec<Value> {
    let trace = std::fs::read_to_string(file(demo)).unwrap();
    trace
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line.get("ev").is_some())
        .collect()
}

fn file(demo: &str) -> PathBuf {
    root().join("traces").join(format!("{demo}.jsonl"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
