//! The C twins of the demos do on real libevent what the demos do on the reactor, step for step: each is
//! recorded with the demo's own other side, and compared with the demo's trace. The recordings are kept in
//! `traces/libevent/`; `UPDATE_TRACES=1` writes those anew that differ.
//!
//! With `EVENT_NOEPOLL=1` in the environment both loops wait by poll, with `EVENT_NOPOLL=1` besides by select; then the demo is
//! recorded anew as well, and nothing is kept.
//!
//! So are the programs that are there on libevent alone, but for the comparison with a demo.
//!
//! Without libevent's headers (Debian's package libevent-dev) the test says so and is left out.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../../crates/trace/tests/lengths/mod.rs"]
mod length_check;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::File;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use evscope_examples::demo::{DEMOS, Demo, Options, OtherSide};
use evscope_recorder::{Children, Exit, RecordOptions, Recording, Stdio, Turn};
use evscope_replay::{Diff, DiffOptions, Row, Sides, Trace, allowed, diff, summary};
use evscope_trace::Level;

/// Demos that have no twin in `examples/c/`, and why.
const WITHOUT: [(&str, &str); 3] = [
    (
        "connect-hostname",
        "libevent looks names up in the loop's thread, or with a resolver of its own",
    ),
    (
        "rate-limit-group",
        "libevent goes on with a random one of a group's members",
    ),
    (
        "tls",
        "libevent's TLS is OpenSSL's, which reads and writes in other pieces",
    ),
];
/// Programs that are there on libevent alone, in `examples/libevent/`: of what the reactor has not, or does otherwise. With
/// the libraries that they need besides.
const ALONE: [(&str, &[&str]); 2] = [
    ("fork", &[]),
    ("threads", &["-levent_pthreads", "-pthread"]),
];
/// Demos that need epoll.
const EPOLL_ONLY: [&str; 1] = ["edge-trigger"];
/// In some demos one thing must be over before another is due. On a machine that is held up for so long they go
/// another way; then they are recorded again.
const TRIES: usize = 12;
/// How long anything may take on a busy machine.
const LONG: Duration = Duration::from_secs(120);

/// One test for all of them: a recording takes care of the whole process's children and signals.
#[test]
fn twins_do_what_the_demos_do() {
    if !Path::new("/usr/include/event2/event.h").exists() {
        eprintln!("LEFT OUT: libevent's headers are not installed (Debian's package libevent-dev)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut differences = String::new();
    let here =
        |demo: &&Demo| !is_without(demo.name) && (is_usual() || !EPOLL_ONLY.contains(&demo.name));
    let mut note = |name: &str, difference: Option<String>| {
        if let Some(difference) = difference {
            writeln!(differences, "{name}: {difference}").unwrap();
        }
    };
    for demo in DEMOS.iter().filter(here) {
        let program = compile("examples/c", demo.name, &[], folder.path());
        note(demo.name, tried(|| differs(demo, &program)));
    }
    for (name, libraries) in ALONE.iter().filter(|_| is_usual()) {
        let program = compile("examples/libevent", name, libraries, folder.path());
        let differs = || differs_from_kept(name, &record_alone(&program));
        note(name, tried(differs));
    }
    assert!(
        differences.is_empty(),
        "{differences}If this is meant: UPDATE_TRACES=1 cargo test -p evscope-examples --test twins"
    );
}

#[test]
fn every_demo_has_a_twin_or_a_reason() {
    let twins: BTreeSet<String> = std::fs::read_dir(root().join("examples/c"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let expected: BTreeSet<String> = DEMOS
        .iter()
        .map(|demo| demo.name)
        .filter(|name| !is_without(name))
        .map(str::to_owned)
        .collect();
    assert_eq!(twins, expected);
    for (name, reason) in WITHOUT {
        assert!(
            DEMOS.iter().any(|demo| demo.name == name),
            "{name}: {reason}"
        );
    }
}

/// A difference that stays however often it is tried.
fn tried(differs: impl Fn() -> Option<String>) -> Option<String> {
    let mut difference = None;
    for _ in 0..TRIES {
        difference = differs();
        if difference.is_none() {
            break;
        }
    }
    difference
}

/// Whether the loops wait by epoll.
fn is_usual() -> bool {
    std::env::var_os("EVENT_NOEPOLL").is_none()
}

fn is_without(name: &str) -> bool {
    WITHOUT.iter().any(|(without, _)| *without == name)
}

/// Records the twin; what it did differently from the demo, and from its trace that is kept.
fn differs(demo: &Demo, program: &Path) -> Option<String> {
    let recorded = record(demo, program);
    let libevent = Trace::open(&recorded).unwrap();
    assert!(libevent.header().library.starts_with("libevent 2.1."));
    if let Err(what) = length_check::check(libevent.records()) {
        panic!("{}: {what}", demo.name);
    }

    let ours = if is_usual() {
        Trace::open(&root().join(format!("traces/{}.jsonl", demo.name))).unwrap()
    } else {
        record_here(demo)
    };
    if let Some(differences) = compare(&ours, &libevent) {
        return Some(format!(
            "the reactor (-) and libevent (+) differ:\n{differences}"
        ));
    }
    if !is_usual() {
        return None;
    }
    differs_from_kept(demo.name, &recorded)
}

/// What a new recording does differently from the one that is kept.
fn differs_from_kept(name: &str, recorded: &Path) -> Option<String> {
    let path = root().join(format!("traces/libevent/{name}.jsonl"));
    let kept = Trace::open(&path).ok();
    let differences = match kept {
        Some(kept) => compare(&kept, &Trace::open(recorded).unwrap())?,
        None => "no trace is kept\n".to_owned(),
    };
    if std::env::var_os("UPDATE_TRACES").is_some() {
        std::fs::copy(recorded, &path).unwrap();
        return None;
    }
    Some(format!(
        "the trace that is kept (-) and the new one (+) differ:\n{differences}"
    ))
}

/// The demo itself, recorded now.
fn record_here(demo: &Demo) -> Trace {
    let mut recorded = Vec::new();
    evscope_examples::demo::run(demo, &Options::default(), &mut recorded).unwrap();
    Trace::read(recorded.as_slice(), demo.name).unwrap()
}

/// What differs at any level, if anything does: as `evscope diff --level 3` says it, with nothing left out but what the
/// demo's source allows.
fn compare(a: &Trace, b: &Trace) -> Option<String> {
    let mut options = DiffOptions {
        level: Level::Everything,
        ..DiffOptions::default()
    };
    for allowed in allowed(a).into_iter().chain(allowed(b)) {
        options.allow(allowed.what);
    }
    let diff = diff(a, b, &options);
    assert!(diff.steps().b.len() > 30, "{}", b.name());
    (!diff.is_same()).then(|| differences(Sides { a, b }, &diff))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn compile(source: &str, name: &str, libraries: &[&str], folder: &Path) -> PathBuf {
    let program = folder.join(name);
    let output = Command::new("cc")
        .args(["-Wall", "-Wextra", "-Werror", "-g", "-O1", "-o"])
        .arg(&program)
        .arg(root().join(format!("{source}/{name}.c")))
        .arg("-levent")
        .args(libraries)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
    program
}

/// Records a program that needs nobody; other processes of it are left alone.
fn record_alone(program: &Path) -> PathBuf {
    let path = program.with_extension("jsonl");
    let mut options = RecordOptions::new(&path);
    options.payload = 64;
    options.children = Children::None;
    let said = File::create(program.with_extension("said")).unwrap();
    options.stdio = Stdio::Into(Arc::new(said));
    let mut recording = Recording::start(&options, &[program.into()]).unwrap();
    let began = Instant::now();
    while recording.turn() != Turn::Over {
        assert!(began.elapsed() < LONG, "the program does not end");
        std::thread::sleep(Duration::from_millis(1));
    }
    let outcome = recording.finish();
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    assert_eq!(outcome.lost, 0);
    path
}

/// Records the program while the demo's other side plays its part.
fn record(demo: &Demo, program: &Path) -> PathBuf {
    let other_side = demo.other_side().unwrap();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let addr = free.local_addr().unwrap();
    drop(free);
    let mut command: Vec<OsString> = vec![program.into()];
    if other_side.calls() {
        command.push(addr.port().to_string().into());
    }
    command.extend(other_side.upstream().map(|port| port.to_string().into()));

    let path = program.with_extension("jsonl");
    let mut options = RecordOptions::new(&path);
    options.payload = 64;
    let said = File::create(program.with_extension("said")).unwrap();
    options.stdio = Stdio::Into(Arc::new(said));
    let mut recording = Recording::start(&options, &command).unwrap();
    let pid = recording.pid();
    let began = Instant::now();
    let outcome = std::thread::scope(|scope| {
        let recorder = scope.spawn(move || {
            while recording.turn() != Turn::Over {
                assert!(began.elapsed() < LONG, "the program does not end");
                std::thread::sleep(Duration::from_millis(1));
            }
            recording.finish()
        });
        play(&other_side, pid as u32, addr);
        if other_side.calls() {
            // SAFETY: the process is a child of this test's that has not been waited for: it runs until then.
            unsafe { libc::kill(pid, libc::SIGINT) };
        }
        recorder.join().unwrap()
    });
    assert_eq!(outcome.exit, Some(Exit::Status(0)), "{}", demo.name);
    assert_eq!(outcome.lost, 0);
    path
}

/// Plays the part, as soon as the program listens.
fn play(other_side: &OtherSide, pid: u32, addr: SocketAddr) {
    let began = Instant::now();
    loop {
        match other_side.play(pid, addr) {
            Err(error)
                if error.kind() == ErrorKind::ConnectionRefused && began.elapsed() < LONG => {}
            outcome => return outcome.unwrap(),
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The differences, each with what is around it.
fn differences(traces: Sides<&Trace>, diff: &Diff) -> String {
    let mut text = String::new();
    for hunk in 0..diff.hunks().len() {
        for row in diff.rows(traces, hunk, 3) {
            match row {
                Row::Same(at) => writeln!(text, "  {}", summary(traces.a, at.a)),
                Row::OnlyA(a) => writeln!(text, "- {}", summary(traces.a, a)),
                Row::OnlyB(b) => writeln!(text, "+ {}", summary(traces.b, b)),
                Row::Changed(at, fields) => writeln!(
                    text,
                    "- {}\n+ {}\n≠ {fields:?}",
                    summary(traces.a, at.a),
                    summary(traces.b, at.b)
                ),
            }
            .unwrap();
        }
        text.push_str("…\n");
    }
    text
}
