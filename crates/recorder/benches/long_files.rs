//! What debug information costs: a program of a file of 5,000 lines makes a million records, with it and without, on
//! one processor. Printed are the processor times from the program's end to the finished trace, which a busy machine
//! does not change; the lines of the traces with debug information are longer.
//!
//!     cargo bench -p evscope-recorder --bench long_files

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run stops")]

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use evscope_recorder::{RecordOptions, Recording, Stdio, Turn};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Runs of each; the median counts.
const RUNS: usize = 5;
const FUNCTIONS: u32 = 1000;
/// An enter and an exit of each function's call in each.
const ROUNDS: u32 = 500;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("long.c");
    std::fs::write(&source, long_file()).unwrap();
    let mut programs = Vec::new();
    for flag in ["-g0", "-g"] {
        let program = folder.path().join(format!("long{flag}"));
        let built = Command::new("cc")
            .args([flag, "-O1", "-o"])
            .args([&program, &source])
            .arg("-levent")
            .status();
        if !built.is_ok_and(|status| status.success()) {
            eprintln!("LEFT OUT without libevent-dev and a C compiler: all of it");
            return;
        }
        programs.push((program, Vec::new()));
    }
    on_one_processor();
    for _ in 0..RUNS {
        for (program, runs) in &mut programs {
            runs.push(after_the_end(program, folder.path()));
        }
    }
    println!("from the program's end to the finished trace, processor time, median of {RUNS}:");
    let mut medians = Vec::new();
    for ((_, mut runs), title) in programs
        .into_iter()
        .zip(["without debug information", "with it"])
    {
        runs.sort();
        let (took, records) = runs[RUNS / 2];
        let each = took.as_nanos() as f64 / records as f64;
        println!("  {title:<28} {took:>8.2?} for {records} records, {each:.0} ns each");
        medians.push(each);
    }
    println!(
        "  that is {:.2} times as long; at most 1.2 and 2000 ns are asked for",
        medians[1] / medians[0]
    );
}

/// Calls in a thousand functions, made again and again.
fn long_file() -> String {
    let mut text = String::from("#include <event2/buffer.h>\nstatic struct evbuffer *b;\n");
    for i in 0..FUNCTIONS {
        let _ = write!(
            text,
            "static void\nf{i}(void)\n{{\n\tevbuffer_add(b, \"x\", 1);\n}}\n"
        );
    }
    let calls: String = (0..FUNCTIONS).map(|i| format!("f{i}();")).collect();
    let _ = writeln!(
        text,
        "int main(void) {{ b = evbuffer_new(); for (int i = 0; i < {ROUNDS}; i++) {{ {calls} }} evbuffer_free(b); return 0; }}"
    );
    text
}

fn on_one_processor() {
    let all = sched_getaffinity(None).unwrap();
    let mut one = CpuSet::new();
    one.set((0..CpuSet::MAX_CPU).find(|cpu| all.is_set(*cpu)).unwrap());
    sched_setaffinity(None, &one).unwrap();
}

/// How long it took, and the records.
fn after_the_end(program: &Path, folder: &Path) -> (Duration, u64) {
    let mut options = RecordOptions::new(&folder.join("trace.jsonl"));
    // Everything finds room while the program has the processor.
    options.slots = 1 << 21;
    let said = std::fs::File::create(folder.join("said")).unwrap();
    options.stdio = Stdio::Into(std::sync::Arc::new(said));
    let mut recording = Recording::start(&options, &[program.into()]).unwrap();
    while recording.turn() != Turn::Over {
        std::thread::sleep(Duration::from_millis(1));
    }
    let before = used();
    let outcome = recording.finish();
    assert_eq!(outcome.lost, 0);
    (used() - before, outcome.traces[0].steps)
}

/// The processor time of this thread, which is the one that finishes.
fn used() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split_whitespace().next().unwrap().parse().unwrap())
}
