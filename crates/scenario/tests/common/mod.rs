//! Running scenarios on both libraries and laying their traces side by side.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use evscope_reactor::Method;
use evscope_replay::{Diff, DiffOptions, Row, Sides, Trace, diff, summary};
use evscope_scenario::{Driver, DriverError, Scenario, record};
use evscope_trace::Level;

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

/// The traces of scenarios on both libraries.
pub(crate) fn both(
    driver: &Driver,
    scenarios: &[&Scenario],
    backend: Method,
) -> Result<Sides<Trace>, String> {
    let folder = tempfile::tempdir().unwrap();
    let theirs = folder.path().join("libevent.jsonl");
    driver
        .record(scenarios, backend, 64, &theirs)
        .map_err(|error| error.to_string())?;
    let mut ours = Vec::new();
    record(scenarios, backend, Some(64), &mut ours).map_err(|error| error.to_string())?;
    Ok(Sides {
        a: Trace::read(ours.as_slice(), "reactor").unwrap(),
        b: Trace::open(&theirs).unwrap(),
    })
}

/// What differs, if anything does.
pub(crate) fn compare(traces: &Sides<Trace>, level: Level) -> Option<String> {
    let options = DiffOptions {
        level,
        ..DiffOptions::default()
    };
    let sides = Sides {
        a: &traces.a,
        b: &traces.b,
    };
    let diff = diff(&traces.a, &traces.b, &options);
    (!diff.is_same()).then(|| first(sides, &diff))
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
pub(crate) fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/scenarios")
}
