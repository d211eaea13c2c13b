//! Running scenarios on both libraries and laying their traces side by side.

#[path = "../../../trace/tests/lengths/mod.rs"]
mod length_check;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use evscope_reactor::Method;
use evscope_replay::{Diff, DiffOptions, Row, Sides, Trace, diff, summary};
use evscope_scenario::{Driver, DriverError, Scenario, record};
use evscope_trace::{Event, Level, Phase, Record};

/// The driver for libevent; `None`, and a word about it, where it cannot be compiled.
pub(crate) fn driver() -> Option<Driver> {
    match Driver::build(Path::new(env!("CARGO_TARGET_TMPDIR"))) {
        Ok(driver) => Some(driver),
        Err(error @ (DriverError::NoCompiler | DriverError::NoHeaders)) => {
            eprintln!("LEFT OUT: {error}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// Whether it can do TLS; a word about it where it cannot.
pub(crate) fn has_tls(driver: &Driver) -> bool {
    match driver.with_tls() {
        Ok(_) => true,
        Err(error @ DriverError::NoTls) => {
            eprintln!("LEFT OUT: {error}");
            false
        }
        Err(error) => panic!("{error}"),
    }
}

/// The traces of scenarios on both libraries.
pub(crate) fn both(
    driver: &Driver,
    scenarios: &[&Scenario],
    backend: Method,
) -> Result<Sides<Trace>, String> {
    // First libevent's, and alone: what this process has open while it starts another would be open there, too.
    let mut theirs = Vec::new();
    driver
        .record(scenarios, backend, 64, &mut theirs)
        .map_err(|error| error.to_string())?;
    std::thread::scope(|scope| {
        let b = scope.spawn(|| Trace::read(theirs.as_slice(), "libevent").unwrap());
        let mut ours = Vec::new();
        record(scenarios, backend, Some(64), &mut ours).map_err(|error| error.to_string())?;
        let sides = Sides {
            a: Trace::read(ours.as_slice(), "reactor").unwrap(),
            b: b.join().unwrap(),
        };
        for trace in [&sides.a, &sides.b] {
            length_check::check(trace.records())
                .or_else(|what| {
                    // What libevent moves twice is there twice.
                    let twice = trace.records().any(|record| counts_below_zero(&record));
                    twice.then_some(()).ok_or(what)
                })
                .map_err(|what| format!("{}: {what}", trace.name()))?;
        }
        Ok(sides)
    })
}

/// Whether a buffer's callback is told of less than no bytes.
pub(crate) fn counts_below_zero(record: &Record) -> bool {
    let wrapped = |count: u64| count > u64::MAX / 2;
    matches!(record.event, Event::EvbufferCb { added, deleted, .. } if wrapped(added) || wrapped(deleted))
}

/// Where two traces part.
pub(crate) struct Difference {
    /// The first steps that differ; beyond the end of a trace that has no more.
    #[allow(dead_code, reason = "not every test asks")]
    pub(crate) at: Sides<usize>,
    /// For people.
    pub(crate) text: String,
}

/// What differs, if anything does: in the order in which it happened, or what each object does. Nothing is left out.
pub(crate) fn compare(a: &Trace, b: &Trace, any_order: bool) -> Option<Difference> {
    let options = DiffOptions {
        level: Level::Everything,
        any_order,
        exact_times: true,
        ..DiffOptions::default()
    };
    let diff = diff(a, b, &options);
    let hunk = diff.hunks().first()?;
    let step =
        |trace: &Trace, steps: &[usize], at: usize| steps.get(at).copied().unwrap_or(trace.len());
    Some(Difference {
        at: Sides {
            a: step(a, diff.steps().a, hunk.a.start),
            b: step(b, diff.steps().b, hunk.b.start),
        },
        text: first(Sides { a, b }, &diff),
    })
}

/// What sort of difference it is: the names of the steps in the first place where they part.
#[allow(dead_code, reason = "not every test counts them")]
pub(crate) fn kind(differences: &str) -> String {
    let rows = differences.lines().skip_while(|row| row.starts_with("  "));
    let rows = rows.take_while(|row| !row.starts_with("  ")).take(2);
    let names = rows.map(|row| row.split_whitespace().take(2).collect::<Vec<_>>().join(" "));
    names.collect::<Vec<_>>().join(" ")
}

/// A trace of several bases, one after the other, as one trace for each.
#[allow(dead_code, reason = "not every test has such traces")]
pub(crate) fn split(trace: &Trace) -> Vec<Trace> {
    let mut traces: Vec<Trace> = Vec::new();
    for record in trace.records() {
        if record.phase == Phase::Enter && matches!(record.event, Event::EventBaseNew { .. }) {
            traces.push(Trace::new(trace.name(), trace.header().clone()));
        }
        if let Some(last) = traces.last_mut() {
            let mut record = record.clone();
            record.seq = last.len() as u64;
            last.push(record);
        }
    }
    traces
}

/// The first difference, with what is around it.
fn first(traces: Sides<&Trace>, diff: &Diff) -> String {
    let mut text = String::new();
    for row in diff.rows(traces, 0, 12).iter().take(60) {
        match row {
            Row::Same(at) => writeln!(text, "  {}", line(traces.a, at.a)),
            Row::OnlyA(a) => writeln!(text, "- {}", line(traces.a, *a)),
            Row::OnlyB(b) => writeln!(text, "+ {}", line(traces.b, *b)),
            Row::Changed(at, fields) => {
                writeln!(
                    text,
                    "- {}\n+ {}\n≠ {fields:?}",
                    line(traces.a, at.a),
                    line(traces.b, at.b)
                )
            }
        }
        .unwrap();
    }
    text
}

fn line(trace: &Trace, step: usize) -> String {
    format!(
        "{}{}",
        "  ".repeat(trace.record(step).depth as usize),
        summary(trace, step)
    )
}

/// The folder of the suite.
#[allow(dead_code, reason = "not every test looks at it")]
pub(crate) fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/scenarios")
}
