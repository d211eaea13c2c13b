//! What a long trace costs: every command, the replay's screen, and the tools that are used for the same elsewhere, in
//! one run. `cargo bench -p evscope-replay --bench long -- [RECORDS …] [PART …]`; without any: a million and ten,
//! all parts.
//!
//! It builds evscope as a release, and keeps the traces that it makes up in the target folder: 325 bytes a record. A tool
//! that is not installed is left out with a word.

mod cost;
#[path = "../made_up/mod.rs"]
mod made_up;
mod peers;
mod screen;

use std::fs::File;
use std::io::{BufRead, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use cost::{cost, mib};
use evscope_trace::{Reader, Writer};
use made_up::Echo;

/// What can be asked for by its name; without any it is all.
const PARTS: [&str; 5] = ["reading", "screen", "commands", "peers", "following"];

/// Connections that live at once.
const CONNECTIONS: usize = 1_000;
const SIZES: [usize; 2] = [1_000_000, 10_000_000];

fn main() {
    let asked: Vec<usize> = std::env::args()
        .filter_map(|arg| arg.parse().ok())
        .collect();
    let sizes = if asked.is_empty() { &SIZES[..] } else { &asked };
    let parts: Vec<String> = std::env::args().skip(1).collect();
    let all = !parts.iter().any(|part| PARTS.contains(&part.as_str()));
    let wanted = |part: &str| all || parts.iter().any(|wanted| wanted == part);
    let evscope = evscope();
    for &records in sizes {
        let trace = trace(records);
        println!("\n{records} records, {}", mib(size(&trace)));
        if wanted("reading") {
            reading(&trace);
            serde_json_alone(&trace);
        }
        if wanted("screen") {
            screen::report(&evscope, &trace, records);
        }
        if wanted("commands") {
            commands(&evscope, &trace, records);
        }
        if wanted("peers") {
            peers::report(&trace, records);
        }
    }
    if wanted("following") {
        println!();
        screen::report_following(&evscope);
    }
}

/// Builds the release that is measured.
fn evscope() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "-q", "-p", "evscope"])
        .status();
    assert!(
        built.is_ok_and(|status| status.success()),
        "evscope is built"
    );
    target().join("release/evscope")
}

/// The folder of what is built.
fn target() -> &'static Path {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    folder.expect("it lies in the target folder")
}

/// The made-up trace of so many records, which is kept for the next time.
fn trace(records: usize) -> PathBuf {
    let path = target().join(format!("tmp/long-{records}.jsonl"));
    if path.is_file() {
        return path;
    }
    println!("making {records} records up");
    let part = path.with_extension("part");
    let file = BufWriter::new(File::create(&part).expect("the target folder takes it"));
    let mut writer = Writer::new(file, &made_up::header()).expect("it can be written");
    Echo::new(CONNECTIONS).each(records, |record| {
        writer.record(&record).expect("there is room for it");
    });
    let mut file = writer.finish().expect("there is room for it");
    file.flush().expect("there is room for it");
    std::fs::rename(&part, &path).expect("it is our own");
    path
}

fn size(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}

/// A pass over it that keeps nothing.
fn reading(trace: &Path) {
    let start = Instant::now();
    let input = evscope_trace::open(trace).expect("it was just written");
    let mut reader = Reader::new(input, "made up").expect("it was just written");
    let mut lines = 0_u128;
    while reader.next_line().expect("it was just written").is_some() {
        lines += 1;
    }
    let took = start.elapsed();
    let each = took.as_nanos() / lines.max(1);
    println!("{:<34} {took:>9.2?}   {each} ns a record", "reading alone");
}

/// What serde_json takes to read each line as any value and to write it again.
fn serde_json_alone(trace: &Path) {
    let start = Instant::now();
    let input = evscope_trace::open(trace).expect("it was just written");
    let mut out = BufWriter::new(std::io::sink());
    let mut written = Vec::new();
    for line in input.lines() {
        let line = line.expect("it was just written");
        let value: serde_json::Value = serde_json::from_str(&line).expect("it is JSON");
        written.clear();
        serde_json::to_writer(&mut written, &value).expect("it was read");
        out.write_all(&written).expect("nobody keeps it");
    }
    let took = start.elapsed();
    println!("{:<34} {took:>9.2?}", "serde_json reads and writes it");
}

/// Every command, with what it says thrown away.
fn commands(evscope: &Path, trace: &Path, records: usize) {
    let last = (records - 1).to_string();
    let middle = (records / 2).to_string();
    let lines: [&[&str]; 18] = [
        &["print", "--to", "100"],
        &["print"],
        &["stats"],
        &["stats", "--by", "connection"],
        &["check"],
        &["why", &middle],
        &["why", &last],
        &["state", "--at", &middle],
        &["state", "--at", &last],
        &["export", "--to", "jsonl"],
        &["export", "--to", "json"],
        &["export", "--to", "csv"],
        &["export", "--to", "chrome"],
        &["export", "--to", "dot"],
        &["export", "--to", "mermaid"],
        &["export", "--to", "svg", "--steps", "100-300"],
        &["export", "--to", "jsonl", "--flat"],
        &["diff"],
    ];
    for line in lines {
        let mut command = Command::new(evscope);
        command.arg(line[0]).arg(trace);
        if line[0] == "diff" {
            command.arg(trace);
        }
        command.args(&line[1..]);
        // An index that the screen has left is used, as it would be by hand.
        command.env("XDG_CACHE_HOME", target().join("tmp/cache"));
        if line[0] == "export" {
            command.args(["-o", "-"]);
        }
        cost(&line.join(" "), &mut command);
    }
}
