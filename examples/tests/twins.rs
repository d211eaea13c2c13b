//! The C twins of the demos do on real libevent what the demos do on the reactor, step for step: each is
//! recorded while the demo's own client talks to it, and compared with the demo's trace. The recordings are
//! kept in `traces/libevent/`; `UPDATE_TRACES=1` writes those anew that differ.
//!
//! Without libevent's headers (Debian's package libevent-dev) the test says so and is left out.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use evscope_examples::demo::{self, Demo};
use evscope_recorder::{Exit, RecordOptions, Recording, Stdio, Turn};
use evscope_replay::{Diff, DiffOptions, Row, Sides, Trace, diff, summary};
use evscope_trace::Level;

/// The demos that have a twin in `examples/c/`.
const TWINS: [&str; 2] = ["hello-world", "echo"];
/// As the demo's client leaves its server alone before it ends it.
const PAUSE: Duration = Duration::from_millis(20);
/// How long anything may take on a busy machine.
const LONG: Duration = Duration::from_secs(30);

/// One test for all of them: a recording takes care of the whole process's children and signals.
#[test]
fn twins_do_what_the_demos_do() {
    let update = std::env::var_os("UPDATE_TRACES").is_some();
    let folder = tempfile::tempdir().unwrap();
    for name in TWINS {
        let demo = demo::find(name).unwrap();
        let Some(program) = compile(name, folder.path()) else {
            return;
        };
        let recorded = record(demo, &program);
        let libevent = Trace::open(&recorded).unwrap();
        assert!(libevent.header().library.starts_with("libevent 2.1."));

        let ours = Trace::open(&root().join(format!("traces/{name}.jsonl"))).unwrap();
        if let Some(differences) = compare(&ours, &libevent) {
            panic!("{name}: the reactor (-) and libevent (+) differ:\n{differences}");
        }
        let path = root().join(format!("traces/libevent/{name}.jsonl"));
        let kept = Trace::open(&path).unwrap();
        if let Some(differences) = compare(&kept, &libevent) {
            assert!(
                update,
                "{name}: the trace that is kept (-) and the new one (+) differ:\n{differences}\
                 If this is meant: UPDATE_TRACES=1 cargo test -p evscope-examples --test twins"
            );
            std::fs::copy(&recorded, &path).unwrap();
        }
    }
}

/// What differs at any level, if anything does.
fn compare(a: &Trace, b: &Trace) -> Option<String> {
    let options = DiffOptions {
        level: Level::Everything,
        ..DiffOptions::default()
    };
    let diff = diff(a, b, &options);
    assert!(diff.steps().b.len() > 50, "{}", b.name());
    (!diff.is_same()).then(|| differences(Sides { a, b }, &diff))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// `None`, and a word about it, where there is nothing to compile against.
fn compile(name: &str, folder: &Path) -> Option<PathBuf> {
    if !Path::new("/usr/include/event2/event.h").exists() {
        eprintln!("LEFT OUT: libevent's headers are not installed (Debian's package libevent-dev)");
        return None;
    }
    let program = folder.join(name);
    let output = Command::new("cc")
        .args(["-g", "-O1", "-o"])
        .arg(&program)
        .arg(root().join(format!("examples/c/{name}.c")))
        .arg("-levent")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
    Some(program)
}

/// Records the program while the demo's client talks to it.
fn record(demo: &Demo, program: &Path) -> PathBuf {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let addr = free.local_addr().unwrap();
    drop(free);
    let path = program.with_extension("jsonl");
    let mut options = RecordOptions::new(&path);
    options.payload = 64;
    options.stdio = Stdio::File(program.with_extension("said"));
    let command: [OsString; 2] = [program.into(), addr.port().to_string().into()];
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
        talk(demo, addr);
        std::thread::sleep(PAUSE);
        // SAFETY: the process is a child of this test's that has not been waited for: it runs until then.
        unsafe { libc::kill(pid, libc::SIGINT) };
        recorder.join().unwrap()
    });
    assert_eq!(outcome.exit, Some(Exit::Status(0)), "{}", demo.name);
    assert_eq!(outcome.lost, 0);
    path
}

/// Talks to the program as soon as it listens.
fn talk(demo: &Demo, addr: SocketAddr) {
    let began = Instant::now();
    loop {
        match demo.talk_to(addr).unwrap() {
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
