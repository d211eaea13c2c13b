//! Our reactor against libevent 2.1, the same workloads in one run.
//!
//! `cargo bench -p evscope-reactor` compiles the peer's program (`libevent.c`) against the system's libevent,
//! runs the two in turn, each run a process of its own, and prints the medians and their ratio. Without
//! libevent's headers only our own times are printed.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run stops")]

#[path = "workloads.rs"]
mod workloads;

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs of each side; the median of them counts.
const RUNS: usize = 5;

struct Workload {
    title: &'static str,
    arguments: &'static [&'static str],
    /// The ratio it should reach.
    target: f64,
}

const WORKLOADS: &[Workload] = &[
    Workload {
        title: "dispatch, 1,000 pipes, 100 active",
        arguments: &["dispatch", "1000", "100", "1000000"],
        target: 0.9,
    },
    Workload {
        title: "dispatch, 9,000 pipes, 100 active",
        arguments: &["dispatch", "9000", "100", "1000000"],
        target: 0.9,
    },
    Workload {
        title: "ping-pong of 64 bytes, 100 connections",
        arguments: &["pingpong", "100", "500000"],
        target: 0.9,
    },
    Workload {
        title: "ping-pong of 64 bytes, 1,000 connections",
        arguments: &["pingpong", "1000", "500000"],
        target: 0.9,
    },
    Workload {
        title: "1 GiB through one bufferevent",
        arguments: &["bulk", "1073741824"],
        target: 1.0,
    },
    Workload {
        title: "evbuffer, 256 MiB in pieces of 1 byte",
        arguments: &["evbuffer", "1", "268435456"],
        target: 0.8,
    },
    Workload {
        title: "evbuffer, 4 GiB in pieces of 4 KiB",
        arguments: &["evbuffer", "4096", "4294967296"],
        target: 0.8,
    },
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // A run: this program calls itself with a workload.
    if let Some(workload) = arguments.first().filter(|first| !first.starts_with("--")) {
        println!("{:.9}", workloads::run(workload, &arguments[1..]));
        return;
    }
    let ours = std::env::current_exe().unwrap();
    let peer = compile_peer();
    if peer.is_none() {
        eprintln!("LEFT OUT without libevent-dev and a C compiler: the comparison with libevent");
    }
    println!("{:<44} {:>9} {:>9} {:>7} {:>7}", "", "ours", "libevent", "ratio", "target");
    for workload in WORKLOADS {
        let mut times = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            times.0.push(time(&ours, workload.arguments));
            times
                .1
                .extend(peer.as_ref().map(|peer| time(peer, workload.arguments)));
        }
        print_row(workload.title, times, workload.target);
    }
    println!();
    println!("{:<44} {:>9} {:>9} {:>7} {:>7}", "", "traced", "not", "ratio", "target");
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        times
            .0
            .push(time(&ours, &["pingpong-traced", "100", "100000"]));
        times.1.push(time(&ours, &["pingpong", "100", "100000"]));
    }
    print_row("ping-pong of 64 bytes, 100 connections", times, 1.5);
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

fn time(program: &Path, arguments: &[&str]) -> f64 {
    let output = Command::new(program).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.trim().parse().unwrap_or_else(|_| {
        let errors = String::from_utf8_lossy(&output.stderr);
        panic!("{} {arguments:?}: {errors}", program.display())
    })
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn compile_peer() -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/libevent.c");
    let program = std::env::temp_dir().join(format!("evscope-bench-{}", std::process::id()));
    let compiled = Command::new("cc")
        .args(["-O2", "-o"])
        .args([&program, &source])
        .arg("-levent_core")
        .output()
        .ok()?;
    compiled.status.success().then_some(program)
}
