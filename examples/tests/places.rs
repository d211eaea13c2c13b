//! Where the steps of the reactor's traces stand: on lines that do something, and, inside the walkthrough's functions,
//! in those functions themselves, so that a mark moves down one text.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use evscope_replay::place::{WALKTHROUGH, walkthrough_function};
use evscope_trace::{Level, Line, Phase, Reader, Record, SourceLine, SourceText};

/// Where the reactor's source lies.
const LIBRARY: &str = "crates/reactor/src/";

/// How many lines such a function has at most, so that it is seen at once.
const LINES: usize = 48;

/// Of a hundred lines of the library that a trace carries, at most so many are there for the recording.
const INSTRUMENTATION_PERCENT: f64 = 3.0;

struct Trace {
    name: String,
    texts: Vec<SourceText>,
    records: Vec<Record>,
}

fn traces() -> Vec<Trace> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../traces");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect();
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Trace {
    let text = std::fs::read(path).unwrap();
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let mut trace = Trace {
        name,
        texts: Vec::new(),
        records: Vec::new(),
    };
    let mut reader = Reader::new(&*text, trace.name.clone()).unwrap();
    while let Some(line) = reader.next_line().unwrap() {
        match line {
            Line::Record(record) => trace.records.push(*record),
            Line::Source(text) => trace.texts.push(text),
        }
    }
    trace
}

/// Which lines of a function are there for the recording: the statements and arguments that make a record.
fn instrumentation(text: &SourceText) -> Vec<u32> {
    const BEGINS: [&str; 9] = [
        "self.says",
        "|base, callback|",
        "self.enter_callback(",
        "self.exit_callback(",
        "hand_over_trace",
        "tracer",
        "trace!",
        "#[call",
        "#[point",
    ];
    let mut found = Vec::new();
    let mut until: Option<usize> = None;
    for (number, line) in (text.first..).zip(text.text.lines()) {
        let indent = line.len() - line.trim_start().len();
        if let Some(begin) = until {
            // What stands deeper belongs to it, and so does what closes it.
            if indent > begin || line.trim_start().starts_with(['}', ')']) && indent == begin {
                found.push(number);
                continue;
            }
            until = None;
        }
        if BEGINS.iter().any(|begin| line.contains(begin)) {
            found.push(number);
            until = Some(indent);
        }
    }
    found
}

#[test]
fn steps_stand_on_lines_that_do_something() {
    let (mut lines, mut for_recording, mut steps) = (0, 0, 0);
    let mut wrong = String::new();
    for trace in traces() {
        let library = trace
            .texts
            .iter()
            .filter(|text| text.file.starts_with(LIBRARY));
        let mut marked = BTreeSet::new();
        for text in library {
            lines += text.text.lines().count();
            let found = instrumentation(text);
            for_recording += found.len();
            marked.extend(found.into_iter().map(|line| (text.file.clone(), line)));
        }
        for record in &trace.records {
            let places = [("src", &record.src), ("caller", &record.caller)];
            for (what, place) in places {
                let Some(place) = place
                    .as_ref()
                    .filter(|place| place.file.starts_with(LIBRARY))
                else {
                    continue;
                };
                steps += 1;
                let own = place.file.starts_with("crates/reactor/src/recording/");
                if own || marked.contains(&(place.file.clone(), place.line)) {
                    let (name, event) = (&trace.name, record.event.name());
                    let (seq, file, line) = (record.seq, &place.file, place.line);
                    writeln!(wrong, "{name}:{seq} {event}: {what} {file}:{line}").unwrap();
                }
            }
        }
    }
    let percent = 100.0 * for_recording as f64 / lines as f64;
    println!(
        "{for_recording} of {lines} lines of the library are for the recording: {percent:.1}%"
    );
    println!(
        "{} of {steps} places stand on one of them",
        wrong.lines().count()
    );
    assert!(wrong.is_empty(), "{wrong}");
    assert!(percent <= INSTRUMENTATION_PERCENT, "{percent}");
}

#[test]
fn a_step_inside_a_function_of_the_walkthrough_has_a_place_in_it() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut without = String::new();
    for trace in traces() {
        let mut calls: Vec<&Record> = Vec::new();
        for record in &trace.records {
            if record.phase == Phase::Exit {
                calls.pop();
                continue;
            }
            if let Some(around) = calls.last().and_then(|call| walkthrough(call))
                && record.event.level() <= Level::Walkthrough
            {
                *counts.entry(around.to_owned()).or_default() += 1;
                let in_it = |place: &Option<SourceLine>| {
                    let function = place.as_ref().and_then(|place| place.function.as_deref());
                    function == Some(around)
                };
                if !in_it(&record.src) && !in_it(&record.caller) {
                    let (name, seq, event) = (&trace.name, record.seq, record.event.name());
                    writeln!(without, "{name}:{seq} {event} in {around}").unwrap();
                }
            }
            if record.phase == Phase::Enter {
                calls.push(record);
            }
        }
    }
    let all: usize = counts.values().sum();
    println!(
        "{all} steps inside the walkthrough's functions, {} without a place",
        without.lines().count()
    );
    assert!(without.is_empty(), "{without}");
    assert!(
        counts.contains_key("bufferevent_writecb") && all > 1000,
        "{counts:?}"
    );
}

/// The walkthrough's function that a call is of.
fn walkthrough(call: &Record) -> Option<&str> {
    let src = call.src.as_ref()?;
    let function = src.function.as_deref()?;
    walkthrough_function(function).filter(|_| src.file.starts_with(LIBRARY))?;
    Some(function)
}

#[test]
fn a_function_of_the_walkthrough_is_seen_without_scrolling() {
    let mut longest: BTreeMap<&str, usize> = BTreeMap::new();
    for trace in traces() {
        for text in trace
            .texts
            .iter()
            .filter(|text| text.file.starts_with(LIBRARY))
        {
            if let Some(name) = walkthrough_function(&text.function) {
                let longest = longest.entry(name).or_default();
                *longest = text.text.lines().count().max(*longest);
            }
        }
    }
    println!("{longest:?}");
    assert_eq!(longest.len(), WALKTHROUGH.len(), "{longest:?}");
    assert!(longest.values().all(|&lines| lines <= LINES), "{longest:?}");
}
