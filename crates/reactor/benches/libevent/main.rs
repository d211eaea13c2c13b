//! Our reactor against libevent 2.1, and beside libev, mio, polling and epoll alone: the same workloads in one run.
//!
//! `cargo bench -p evscope-reactor` compiles the peers' programs (`libevent.c`, `libev.c`, `epoll.c`) against the
//! system's libraries, runs all in turn, each run a process of its own, and prints the medians and our ratio to each.
//! A peer that is not there, or has nothing like the workload, is left out.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run stops")]

mod others;
mod workloads;

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs of each side; the median of them counts.
const RUNS: usize = 5;

struct Workload {
    title: &'static str,
    arguments: &'static [&'static str],
    /// The ratio to libevent that it should reach.
    target: f64,
}

const WORKLOADS: &[Workload] = &[
    Workload {
        title: "dispatch, 1,000 pipes, 100 active",
        arguments: &["dispatch", "1000", "100", "300000"],
        target: 0.95,
    },
    Workload {
        title: "dispatch, 1,000 pipes, 1 active",
        arguments: &["dispatch", "1000", "1", "100000"],
        target: 0.95,
    },
    Workload {
        title: "dispatch, 100 pipes, 100 active",
        arguments: &["dispatch", "100", "100", "300000"],
        target: 0.95,
    },
    Workload {
        title: "ping-pong of 64 bytes, 100 connections",
        arguments: &["pingpong", "100", "150000"],
        target: 0.95,
    },
    Workload {
        title: "ping-pong of 64 bytes, 1,000 connections",
        arguments: &["pingpong", "1000", "150000"],
        target: 0.95,
    },
    Workload {
        title: "1 GiB through one bufferevent",
        arguments: &["bulk", "1073741824"],
        target: 0.95,
    },
    Workload {
        title: "evbuffer, 64 MiB in pieces of 1 byte",
        arguments: &["evbuffer", "1", "67108864"],
        target: 0.8,
    },
    Workload {
        title: "evbuffer, 4 GiB in pieces of 4 KiB",
        arguments: &["evbuffer", "4096", "4294967296"],
        target: 0.8,
    },
    Workload {
        title: "1,000,000 timers, added and deleted",
        arguments: &["timers", "1000000"],
        target: 0.6,
    },
    Workload {
        title: "1,000,000 timers, expired",
        arguments: &["expire", "1000000"],
        target: 0.6,
    },
    Workload {
        title: "10,000 connections, accepted",
        arguments: &["accept", "10000"],
        target: 0.95,
    },
];

/// A program that does the workloads on something else.
struct Peer {
    name: &'static str,
    program: PathBuf,
    /// What comes before the workload's name.
    prefix: &'static str,
    /// The workloads that it knows.
    knows: &'static [&'static str],
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // A run: this program calls itself with a workload.
    if let Some(workload) = arguments.first().filter(|first| !first.starts_with("--")) {
        let (took, records) = workloads::run(workload, &arguments[1..]);
        let (processor, passed) = (took.processor.as_secs_f64(), took.passed.as_secs_f64());
        println!("{processor:.9} {passed:.9} {records}");
        return;
    }
    let ours = std::env::current_exe().unwrap();
    compare(&ours, &peers(&ours));
    tracing(&ours);
    growth(&ours);
}

fn peers(ours: &Path) -> Vec<Peer> {
    const WITHOUT_BUFFERS: [&str; 3] = ["dispatch", "pingpong", "accept"];
    let in_c: [(&str, &str, &[&str]); 3] = [
        (
            "libevent",
            "-levent_core",
            &[
                "dispatch", "pingpong", "bulk", "evbuffer", "timers", "expire", "accept",
            ],
        ),
        ("libev", "-lev", &["dispatch", "pingpong", "bulk", "timers", "expire", "accept"]),
        ("epoll", "-lc", &["dispatch", "pingpong", "bulk", "accept"]),
    ];
    let mut peers = Vec::new();
    for (name, library, knows) in in_c {
        match compile(name, library) {
            Some(program) => peers.push(Peer { name, program, prefix: "", knows }),
            None => eprintln!("LEFT OUT without its headers and a C compiler: {name}"),
        }
    }
    for (name, prefix) in [("mio", "mio-"), ("polling", "polling-")] {
        let (program, knows) = (ours.to_owned(), WITHOUT_BUFFERS.as_slice());
        peers.push(Peer { name, program, prefix, knows });
    }
    peers
}

/// Prints our seconds, those of libevent, and our ratio to each of the peers.
fn compare(ours: &Path, peers: &[Peer]) {
    print!("{:<42} {:>9} {:>9}  ours to", "", "ours", "libevent");
    for peer in peers {
        print!(" {:>8}", peer.name);
    }
    println!(" {:>7}", "target");
    for Workload { title, arguments, target } in WORKLOADS {
        let mut times = vec![Vec::new(); peers.len() + 1];
        for _ in 0..RUNS {
            times[0].push(time(ours, arguments));
            for (peer, times) in peers.iter().zip(&mut times[1..]) {
                if peer.knows.contains(&arguments[0]) {
                    let name = format!("{}{}", peer.prefix, arguments[0]);
                    let arguments = [&[name.as_str()], &arguments[1..]].concat();
                    times.push(time(&peer.program, &arguments));
                }
            }
        }
        let medians: Vec<Option<f64>> = times.into_iter().map(median_of).collect();
        let took = medians[0].unwrap();
        let libevent = peers.iter().position(|peer| peer.name == "libevent");
        let libevent = libevent.and_then(|at| medians[at + 1]);
        print!("{title:<42} {took:>8.3}s");
        match libevent {
            Some(theirs) => print!(" {theirs:>8.3}s        "),
            None => print!(" {:>9}         ", "-"),
        }
        for theirs in &medians[1..] {
            match theirs {
                Some(theirs) => print!(" {:>8.2}", took / theirs),
                None => print!(" {:>8}", "-"),
            }
        }
        let missed = libevent.is_some_and(|theirs| took / theirs > *target);
        println!(" {target:>7.2}{}", if missed { "  missed" } else { "" });
    }
}

/// What a recording costs.
fn tracing(ours: &Path) {
    const NOT: [&str; 3] = ["pingpong", "100", "100000"];
    println!();
    println!(
        "{:<44} {:>9} {:>9} {:>7} {:>7}  a record",
        "ping-pong of 64 bytes, 100 connections", "traced", "not", "ratio", "target"
    );
    for (title, workload, target) in [
        ("all levels, the last records in memory", "pingpong-kept", 1.3),
        ("all levels, all records in memory", "pingpong-kept-all", 1.3),
        ("all levels, written as JSON", "pingpong-traced", f64::INFINITY),
    ] {
        let mut times = (Vec::new(), Vec::new());
        let mut records = 0;
        for _ in 0..RUNS {
            let (seconds, made) = time_and_records(ours, &[workload, NOT[1], NOT[2]]);
            times.0.push(seconds);
            records = made;
            times.1.push(time_and_records(ours, &NOT).0);
        }
        let (traced, not) = (median(times.0), median(times.1));
        let (ratio, each) = (traced / not, (traced - not) * 1e9 / records as f64);
        let target_text = if target.is_finite() {
            format!("{target:.2}")
        } else {
            "-".to_owned()
        };
        let miss = if ratio > target { "  missed" } else { "" };
        println!(
            "{title:<44} {traced:>8.3}s {not:>8.3}s {ratio:>7.2} {target_text:>7}  {each:.0} ns{miss}"
        );
    }
}

/// Whether a buffer takes time in proportion to its bytes.
fn growth(ours: &Path) {
    println!();
    println!("{:<44} {:>9} {:>9} {:>7} {:>7}", "", "1 GiB", "128 MiB", "ratio", "target");
    for (title, piece) in [
        ("evbuffer, filled and drained by 1 byte", "1"),
        ("evbuffer, filled and drained by 4 KiB", "4096"),
        ("evbuffer, filled and drained by 1 MiB", "1048576"),
    ] {
        let mut times = (Vec::new(), Vec::new());
        for _ in 0..3 {
            times
                .0
                .push(time(ours, &["evbuffer-whole", piece, "1073741824"]));
            times
                .1
                .push(time(ours, &["evbuffer-whole", piece, "134217728"]));
        }
        print_row(title, times, 10.0);
    }
}

fn print_row(title: &str, times: (Vec<f64>, Vec<f64>), target: f64) {
    let ours = median(times.0);
    if times.1.is_empty() {
        println!("{title:<44} {ours:>8.3}s");
        return;
    }
    let theirs = median(times.1);
    let ratio = ours / theirs;
    let miss = if ratio > target { "  missed" } else { "" };
    println!("{title:<44} {ours:>8.3}s {theirs:>8.3}s {ratio:>7.2} {target:>7.2}{miss}");
}

/// The seconds that a workload took on a processor.
fn time(program: &Path, arguments: &[&str]) -> f64 {
    run(program, arguments)[0]
}

/// The seconds that passed, and how many records were made.
fn time_and_records(ours: &Path, arguments: &[&str]) -> (f64, u64) {
    let numbers = run(ours, arguments);
    (numbers[1], numbers[2] as u64)
}

/// Runs a workload; returns the numbers that it prints.
fn run(program: &Path, arguments: &[&str]) -> Vec<f64> {
    let output = Command::new(program).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<f64> = text
        .split_whitespace()
        .map_while(|number| number.parse().ok())
        .collect();
    if numbers.is_empty() {
        let errors = String::from_utf8_lossy(&output.stderr);
        panic!("{} {arguments:?}: {errors}", program.display())
    }
    numbers
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn median_of(times: Vec<f64>) -> Option<f64> {
    (!times.is_empty()).then(|| median(times))
}

/// Compiles the program of a peer.
fn compile(name: &str, library: &str) -> Option<PathBuf> {
    let source = format!("{}/benches/libevent/{name}.c", env!("CARGO_MANIFEST_DIR"));
    let program = std::env::temp_dir().join(format!("evscope-bench-{name}-{}", std::process::id()));
    let compiled = Command::new("cc")
        .args(["-O2", "-o"])
        .arg(&program)
        .args([&source, library])
        .output()
        .ok()?;
    compiled.status.success().then_some(program)
}
