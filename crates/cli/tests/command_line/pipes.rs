//! Readers that go away.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::support::{Folder, SMALL};

/// A trace whose print is far larger than a pipe holds.
fn long() -> String {
    let mut trace = format!("{}\n", SMALL.lines().next().unwrap());
    for seq in 0..20_000 {
        trace.push_str(&format!(
            "{{\"seq\":{seq},\"t\":{seq},\"thread\":1,\"depth\":0,\"ph\":\"point\",\"ev\":\"event_base_free\",\"base\":1}}\n"
        ));
    }
    trace
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = Folder::new();
    folder.write("long.jsonl", long());
    for args in [
        &["print", "long.jsonl"][..],
        &["print", "long.jsonl", "--color", "always"],
        &["play", "long.jsonl"],
        &["export", "long.jsonl", "--to", "json"],
        &["export", "long.jsonl", "--to", "jsonl"],
        &["export", "long.jsonl", "--to", "chrome"],
        &["export", "long.jsonl", "--to", "csv"],
    ] {
        let mut child = folder
            .command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert!(!line.is_empty());
        drop(output);
        let ended = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(ended.stderr).unwrap(), "", "{args:?}");
        assert_eq!(ended.status.code(), Some(0), "{args:?}");
    }
}

/// What comes by a pipe can be read only once, and there is more of it than is read at once.
#[test]
fn what_comes_by_a_pipe_is_written_like_a_file() {
    let folder = Folder::new();
    folder.write("long.jsonl", long());
    for args in [
        "print TRACE",
        "stats TRACE",
        "check TRACE",
        "export TRACE --to json",
        "export TRACE --to jsonl",
        "export TRACE --to jsonl --flat",
        "export TRACE --to chrome",
        "export TRACE --to csv",
        "export TRACE --to dot",
        "export TRACE --to mermaid",
    ] {
        let file = folder.run(&args.replace("TRACE", "long.jsonl")).fine();
        let piped = folder.run_with(&args.replace("TRACE", "-"), long().as_bytes());
        let piped = piped.fine().replace("standard input", "long.jsonl");
        assert!(piped == file, "{args}");
    }
}

#[test]
fn an_output_that_cannot_be_written_is_a_failure() {
    let folder = Folder::new();
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else {
        return;
    };
    let ended = folder
        .command(["print", "small.jsonl"])
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(ended.stderr).unwrap(),
        "evscope: No space left on device (os error 28)\n"
    );
}
