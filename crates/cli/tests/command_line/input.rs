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
