//! Where a trace comes from: a file, packed or not, a pipe, the binary itself.

use std::process::{Command, Stdio};

use crate::support::{Folder, SMALL};

#[test]
fn a_dash_is_the_standard_input() {
    let folder = Folder::new();
    let from_file = folder.run("print small.jsonl").fine();
    assert_eq!(
        folder.run_with("print -", SMALL.as_bytes()).fine(),
        from_file
    );
    assert_eq!(
        folder.run_with("play -", SMALL.as_bytes()).fine(),
        from_file
    );
}

#[test]
fn packed_traces_are_read_whatever_their_name() {
    let folder = Folder::new();
    let plain = folder.run("stats small.jsonl").fine();
    for ending in ["gz", "zst"] {
        folder
            .run(&format!("export small.jsonl --to jsonl -o packed.{ending}"))
            .fine();
        let bytes = std::fs::read(folder.path().join(format!("packed.{ending}"))).unwrap();
        folder.write("no-ending", &bytes);
        assert_eq!(folder.run("stats no-ending").fine(), plain);
        assert_eq!(folder.run_with("stats -", &bytes).fine(), plain);
    }
}

#[test]
fn what_one_evscope_writes_another_reads() {
    let folder = Folder::new();
    let mut first = folder
        .command(["export", "small.jsonl", "--to", "jsonl"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut second: Command = folder.command(["print", "-"]);
    second.stdin(first.stdout.take().unwrap());
    let printed = crate::support::run(&mut second).fine();
    assert!(first.wait().unwrap().success());
    assert_eq!(printed, folder.run("print small.jsonl").fine());
}

/// The traces of the repository are inside the binary, and a file of the same name goes first.
#[test]
fn built_in_traces_are_opened_by_name() {
    let folder = Folder::new();
    let traces = concat!(env!("CARGO_MANIFEST_DIR"), "/../../traces");
    for entry in std::fs::read_dir(traces).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let Some(name) = name.strip_suffix(".jsonl") else {
            continue;
        };
        let built_in = folder.run(&format!("export {name} --to jsonl")).fine();
        let file = folder
            .run(&format!("export {} --to jsonl", path.display()))
            .fine();
        assert_eq!(built_in, file, "{name}");
        assert!(
            folder.run("").fine().contains(name),
            "the home screen lists it"
        );
        folder.write(name, SMALL);
        assert_eq!(
            folder.run(&format!("stats {name}")).fine(),
            folder.run("stats small.jsonl").fine()
        );
    }
}

/// Who compiles hello-world.c gets a program of that name, and still means the trace.
#[test]
fn a_file_that_is_no_trace_hides_no_built_in_trace() {
    let folder = Folder::new();
    let built_in = folder.run("stats hello-world").fine();
    let says = "evscope: hello-world: the file of this name is not a trace; \
                this is the built-in trace (./hello-world names the file)\n";
    folder.write("hello-world", b"\x7fELF\x02\x01\0\0");
    let ran = folder.run("stats hello-world");
    assert_eq!(
        (ran.code, ran.stdout, ran.stderr.as_str()),
        (Some(0), built_in.clone(), says)
    );
    let message = folder.run("stats ./hello-world").refused();
    assert!(message.contains("not an evscope trace"), "{message}");
    std::fs::remove_file(folder.path().join("hello-world")).unwrap();
    std::fs::create_dir(folder.path().join("hello-world")).unwrap();
    let ran = folder.run("stats hello-world");
    assert_eq!(
        (ran.code, ran.stdout, ran.stderr.as_str()),
        (Some(0), built_in, says)
    );
}
