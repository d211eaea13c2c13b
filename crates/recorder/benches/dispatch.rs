//! What recording costs a program, and what other tracers cost it, in one run.
//!
//! `cargo bench -p evscope-recorder` first measures one record, at which rates some are lost, and what it costs to
//! record messages. Then it compiles the dispatch workload of the reactor's benchmark against the
//! system's libevent, runs it alone, recorded, and under uftrace and ltrace where they are installed, in turn, and
//! prints the medians: the time that the workload took, and the processor time of the whole process with its
//! set-up and all that a tracer does in it, which says more on a busy machine.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run stops")]

#[path = "messages.rs"]
mod messages;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use evscope_recorder::{Outcome, RecordOptions, Stdio, record};
use evscope_trace::Level;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Runs of each; the median counts.
const RUNS: usize = 5;
/// 1,000 pipes, 100 of them active, and so many writes.
const WRITES: u32 = 200_000;
/// ltrace stops the program at every call: with as many writes it would take minutes.
const WRITES_UNDER_LTRACE: u32 = 1_000;

/// One way of running the workload.
struct Way<'a> {
    title: &'static str,
    writes: u32,
    run: Box<dyn Fn(u32) -> Run + 'a>,
    runs: Vec<Run>,
    kind: Kind,
}

enum Kind {
    Alone,
    /// By evscope; it should take at most so many times the time alone.
    Recorded(f64),
    /// By another tracer.
    Peer,
}

/// What a run took, in seconds, and the steps that were recorded of it.
struct Run {
    seconds: f64,
    processor: f64,
    steps: Option<u64>,
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = compile(folder.path()) else {
        eprintln!("LEFT OUT without libevent-dev and a C compiler: all of it");
        return;
    };
    let (program, at) = (program.as_path(), folder.path());
    if let Some(program) = built(
        at,
        "record",
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/record.c"),
    ) {
        one_record(at, &program);
        rates(at, &program);
    }
    messages::messages(at, program);
    let alone = |writes| plain(Command::new(program).args(arguments(writes)));
    let mut ways = vec![
        way("alone", Kind::Alone, WRITES, alone),
        way(
            "recorded, level 2",
            Kind::Recorded(1.25),
            WRITES,
            |writes| recorded(program, at, Level::Walkthrough, writes),
        ),
        way(
            "recorded, level 3",
            Kind::Recorded(f64::INFINITY),
            WRITES,
            |writes| recorded(program, at, Level::Everything, writes),
        ),
    ];
    if is_there("uftrace") {
        ways.push(way(
            "uftrace, with calls inside libevent",
            Kind::Peer,
            WRITES,
            |writes| {
                let mut uftrace = Command::new("uftrace");
                uftrace
                    .args(["record", "--force", "--nest-libcall", "-d"])
                    .arg(at.join("uftrace"));
                plain(uftrace.arg(program).args(arguments(writes)))
            },
        ));
    }
    if is_there("ltrace") {
        ways.push(way(
            "alone, fewer writes",
            Kind::Alone,
            WRITES_UNDER_LTRACE,
            alone,
        ));
        ways.push(way(
            "ltrace, calls of libevent and to it",
            Kind::Peer,
            WRITES_UNDER_LTRACE,
            |writes| {
                let mut ltrace = Command::new("ltrace");
                ltrace
                    .args(["-l", "libevent*", "-o"])
                    .arg(at.join("ltrace"));
                plain(ltrace.arg(program).args(arguments(writes)))
            },
        ));
    }
    for _ in 0..RUNS {
        for way in &mut ways {
            let run = (way.run)(way.writes);
            way.runs.push(run);
        }
    }
    print(&ways);
}

/// What a record costs the thread that makes it, and what a call costs under other tracers: the least of many
/// batches, so that what else the machine does hardly shows.
fn one_record(folder: &Path, program: &Path) {
    const CALLS: &str = "5000";
    /// Of them there are 90 batches.
    const CALLS_UNDER_LTRACE: &str = "20";
    let each = |said: &str| -> [f64; 2] {
        let mut numbers = said
            .split_whitespace()
            .map(|number| number.parse().unwrap());
        [numbers.next().unwrap(), numbers.next().unwrap()]
    };
    let plain = |command: &mut Command| {
        let output = command.output().unwrap();
        each(&String::from_utf8_lossy(&output.stdout))
    };
    let alone = plain(Command::new(program).arg(CALLS));
    println!(
        "{:38}{:>10}{:>10}",
        "a call of event_priority_set", "least ns", "median"
    );
    let line = |title: &str, [least, median]: [f64; 2]| {
        println!("{title:38}{least:>10.1}{median:>10.1}");
    };
    line("alone", alone);
    let command = [program.into(), CALLS.into()];
    let (outcome, said) = record_saying(folder, Level::Everything, &command);
    let recorded = each(&said);
    line("recorded", recorded);
    let ours = recorded[0] - alone[0];
    println!(
        "a record takes {ours:.1} ns of the thread that makes it (60 are wanted{}); {} were lost",
        if ours > 60.0 { ": missed" } else { "" },
        outcome.lost
    );
    let peers = [
        (
            "uftrace",
            vec!["record", "--force", "--nest-libcall", "-d"],
            CALLS,
        ),
        ("ltrace", vec!["-l", "libevent*", "-o"], CALLS_UNDER_LTRACE),
    ];
    for (peer, options, calls) in peers.into_iter().filter(|(peer, ..)| is_there(peer)) {
        let mut command = Command::new(peer);
        command
            .args(options)
            .arg(folder.join(peer))
            .arg(program)
            .arg(calls);
        let theirs = plain(&mut command);
        line(peer, theirs);
        println!(
            "{peer} takes {:.1} times as much",
            (theirs[0] - alone[0]) / ours
        );
    }
    println!();
}

/// How many records a second get through, for a second, with a processor for the recorder and with one for both.
fn rates(folder: &Path, program: &Path) {
    /// Here none may be lost: what docs/recording.md says.
    const SAFE: u64 = 1_000_000;
    const RATES: [u64; 4] = [SAFE, 2_000_000, 4_000_000, 8_000_000];
    println!(
        "{:38}{:>18}{:>18}",
        "records a second", "lost", "lost, 1 processor"
    );
    for rate in RATES {
        let lost = || {
            let command = [program.into(), "0".into(), rate.to_string().into()];
            let (outcome, said) = record_saying(folder, Level::Everything, &command);
            let steps = outcome.traces[0].steps;
            assert!(
                steps + outcome.lost >= rate,
                "of {rate} calls there are {steps} steps"
            );
            let took: f64 = said.trim().parse().unwrap();
            // A machine that cannot make them as fast has another rate.
            let late = if took > 1.1 { " (late)" } else { "" };
            (outcome.lost, format!("{}{late}", outcome.lost))
        };
        let (free, shared) = (lost(), on_one_processor(lost));
        let missed = rate <= SAFE && free.0 + shared.0 > 0;
        let missed = if missed { "  missed" } else { "" };
        println!("{rate:38}{:>18}{:>18}{missed}", free.1, shared.1);
    }
    println!();
}

/// What is started meanwhile shares the processor with this thread.
fn on_one_processor<T>(run: impl FnOnce() -> T) -> T {
    let all = sched_getaffinity(None).unwrap();
    let first = (0..CpuSet::MAX_CPU).find(|at| all.is_set(*at)).unwrap();
    let mut one = CpuSet::new();
    one.set(first);
    sched_setaffinity(None, &one).unwrap();
    let result = run();
    sched_setaffinity(None, &all).unwrap();
    result
}

fn way<'a>(title: &'static str, kind: Kind, writes: u32, run: impl Fn(u32) -> Run + 'a) -> Way<'a> {
    Way {
        title,
        kind,
        writes,
        run: Box::new(run),
        runs: Vec::new(),
    }
}

fn arguments(writes: u32) -> [String; 4] {
    [
        "dispatch".into(),
        "1000".into(),
        "100".into(),
        writes.to_string(),
    ]
}

fn plain(command: &mut Command) -> Run {
    let before = processor();
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    Run {
        seconds: seconds(&said).unwrap_or_else(|| panic!("{command:?}: {errors}")),
        processor: processor() - before,
        steps: None,
    }
}

fn recorded(program: &Path, folder: &Path, level: Level, writes: u32) -> Run {
    let mut command: Vec<OsString> = vec![program.into()];
    command.extend(arguments(writes).map(Into::into));
    let before = processor();
    let (outcome, said) = record_saying(folder, level, &command);
    assert_eq!(outcome.lost, 0, "records were lost");
    Run {
        seconds: seconds(&said).unwrap(),
        processor: processor() - before,
        steps: Some(outcome.traces[0].steps),
    }
}

/// Records a command; also what it said.
fn record_saying(folder: &Path, level: Level, command: &[OsString]) -> (Outcome, String) {
    let said = folder.join("said");
    let mut options = RecordOptions::new(&folder.join("trace.jsonl"));
    options.level = level;
    options.stdio = Stdio::Into(std::sync::Arc::new(std::fs::File::create(&said).unwrap()));
    let outcome = record(&options, command).unwrap();
    (outcome, std::fs::read_to_string(said).unwrap())
}

/// The processor time of all that has been waited for, in seconds.
fn processor() -> f64 {
    used_by(libc::RUSAGE_CHILDREN)
}

/// The processor time of this process, or of its children, in seconds.
fn used_by(whom: libc::c_int) -> f64 {
    // SAFETY: all-zero is a valid rusage, and the pointer is to a local.
    let used = unsafe {
        let mut used: libc::rusage = std::mem::zeroed();
        libc::getrusage(whom, &raw mut used);
        used
    };
    let time = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    time(used.ru_utime) + time(used.ru_stime)
}

/// The workload prints its time last.
fn seconds(said: &str) -> Option<f64> {
    said.lines().rev().find_map(|line| line.trim().parse().ok())
}

fn print(ways: &[Way<'_>]) {
    println!("{:38}{:>18}{:>18}", "", "time", "processor");
    println!(
        "{:38}{:>10}{:>8}{:>10}{:>8}{:>10}{:>9}",
        "", "ns/write", "ratio", "ns/write", "ratio", "steps", "ns/step"
    );
    let mut added = Vec::new();
    for way in ways {
        let alone = ways
            .iter()
            .find(|alone| alone.writes == way.writes)
            .unwrap_or(way);
        let (time, usual) = (median(way, |r| r.seconds), median(alone, |r| r.seconds));
        let (used, usually) = (median(way, |r| r.processor), median(alone, |r| r.processor));
        let each = 1e9 / f64::from(way.writes);
        print!("{:38}{:>10.0}{:>8.2}", way.title, time * each, time / usual);
        print!("{:>10.0}{:>8.2}", used * each, used / usually);
        if let Some(steps) = way.runs[0].steps {
            print!("{steps:>10}{:>9.1}", (used - usually) * 1e9 / steps as f64);
        }
        let missed = matches!(way.kind, Kind::Recorded(limit) if time / usual > limit);
        println!("{}", if missed { "  missed" } else { "" });
        added.push((way, (time - usual) * each, (used - usually) * each));
    }
    let (_, time, processor) = added[2];
    for (way, other, other_processor) in added
        .iter()
        .filter(|(way, ..)| matches!(way.kind, Kind::Peer))
    {
        println!(
            "{} adds {:.1} times the time, and {:.1} times the processor time, that recording everything does",
            way.title,
            other / time,
            other_processor / processor
        );
    }
}

fn median(way: &Way<'_>, of: impl Fn(&Run) -> f64) -> f64 {
    let mut times: Vec<f64> = way.runs.iter().map(of).collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn is_there(tool: &str) -> bool {
    let there = Command::new(tool).arg("--version").output().is_ok();
    if !there {
        eprintln!("LEFT OUT: {tool} is not installed (Debian's package {tool})");
    }
    there
}

fn compile(folder: &Path) -> Option<PathBuf> {
    let source =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../reactor/benches/libevent/libevent.c");
    built(folder, "workload", &source)
}

fn built(folder: &Path, name: &str, source: &Path) -> Option<PathBuf> {
    let program = folder.join(name);
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-o"])
        .arg(&program)
        .arg(source)
        .arg("-levent_core");
    cc.status().ok()?.success().then_some(program)
}
