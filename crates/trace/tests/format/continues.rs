//! A trace that goes on with another one.

use std::fs;
use std::path::Path;

use evscope_trace::{BriefLine, Continues, Header, Line, Reader, open};

use crate::batches::{by_line, in_batches};

/// Steps with these numbers of a program's callbacks, after a header.
fn write(folder: &Path, name: &str, pid: u32, continues: Option<Continues>, fds: &[i32]) {
    let mut header = Header::new("p", "libevent", "epoll");
    "2026-01-02T03:04:05.678Z".clone_into(&mut header.started);
    header.pid = pid;
    header.continues = continues;
    let mut text = serde_json::to_string(&header).unwrap() + "\n";
    for (seq, fd) in fds.iter().enumerate() {
        text += &format!(
            "{{\"seq\":{seq},\"t\":{seq},\"thread\":1,\"depth\":0,\"ph\":\"point\",\"ev\":\"event_free\",\"event\":1,\"fd\":{fd}}}\n"
        );
    }
    fs::write(folder.join(name), text).unwrap();
}

/// The fds of all steps, which are numbered without gaps; the header's reference; what is missing.
fn read(folder: &Path, name: &str) -> (Vec<i32>, Option<Continues>, Option<String>) {
    let path = folder.join(name);
    let mut reader = Reader::beside(open(&path).unwrap(), name, &path).unwrap();
    let mut fds = Vec::new();
    while let Some(line) = reader.next_line().unwrap() {
        if let Line::Record(record) = line {
            assert_eq!(record.seq, fds.len() as u64);
            fds.push(record.objects.fd.unwrap());
        }
    }
    let lacking = reader.lacking().map(str::to_owned);
    hold(&path);
    (fds, reader.header().continues.clone(), lacking)
}

/// Holds that it is the same in batches.
fn hold(path: &Path) {
    let reader = || Reader::beside(open(path).unwrap(), "t", path).unwrap();
    let told = by_line(reader(), Reader::next_line);
    assert_eq!(in_batches::<Line, _>(reader()), told);
    let briefly = by_line(reader(), Reader::next_brief);
    assert_eq!(in_batches::<BriefLine, _>(reader()), briefly);
}

fn after(name: &str, pid: u32, records: u64) -> Option<Continues> {
    Some(Continues::new(name, pid, records))
}

#[test]
fn the_steps_before_come_first_and_those_before_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.jsonl", 1, None, &[10, 11, 12]);
    write(folder, "b.jsonl", 2, after("a.jsonl", 1, 2), &[20, 21, 22]);
    // Two of its grandparent's, and one of its parent's.
    write(folder, "c.jsonl", 3, after("b.jsonl", 2, 3), &[30]);
    assert_eq!(
        read(folder, "b.jsonl"),
        (vec![10, 11, 20, 21, 22], None, None)
    );
    assert_eq!(read(folder, "c.jsonl"), (vec![10, 11, 20, 30], None, None));
    // None at all.
    write(folder, "d.jsonl", 4, after("a.jsonl", 1, 0), &[40]);
    assert_eq!(read(folder, "d.jsonl"), (vec![40], None, None));
}

#[test]
fn where_what_comes_before_is_not_there_the_trace_stands_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.jsonl", 1, None, &[10]);
    fs::create_dir(folder.join("dir")).unwrap();
    write(&folder.join("dir"), "a.jsonl", 1, None, &[10]);
    fs::write(folder.join("text"), "no trace\n").unwrap();
    let absolute = folder.join("a.jsonl").display().to_string();
    for (name, pid, why) in [
        ("gone.jsonl", 1, "no such file"),
        ("a.jsonl", 5, "process 1 from"),
        ("dir/a.jsonl", 1, "not the name of a file"),
        ("../a.jsonl", 1, "not the name of a file"),
        ("..", 1, "not the name of a file"),
        ("", 1, "not the name of a file"),
        (&absolute, 1, "not the name of a file"),
        ("dir", 1, "no such file"),
        ("text", 1, "not an evscope trace"),
    ] {
        let continues = after(name, pid, 1);
        write(folder, "b.jsonl", 2, continues.clone(), &[20, 21]);
        let (fds, kept, lacking) = read(folder, "b.jsonl");
        assert_eq!(fds, [20, 21], "{name}");
        assert_eq!(kept, continues, "a copy of it still says what comes before");
        let lacking = lacking.unwrap();
        assert!(
            lacking.starts_with("b.jsonl: goes on after 1 step"),
            "{lacking}"
        );
        assert!(lacking.contains(why), "{name}: {lacking}");
    }
    // Nobody knows what lies beside the standard input.
    let file = open(&folder.join("b.jsonl")).unwrap();
    let reader = Reader::new(file, "standard input").unwrap();
    assert!(reader.lacking().unwrap().contains("where this trace lies"));
    // Nor does the standard input lie in the working folder.
    let input = open(&folder.join("b.jsonl")).unwrap();
    let reader = Reader::beside(input, "standard input", Path::new("-")).unwrap();
    assert!(reader.lacking().unwrap().contains("where this trace lies"));
}

#[test]
fn what_comes_before_may_be_packed_or_unpacked_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.jsonl", 1, None, &[10, 11]);
    let text = fs::read(folder.join("a.jsonl")).unwrap();
    for (named, there) in [
        ("a.jsonl", "a.jsonl"),
        ("a.jsonl", "a.jsonl.gz"),
        ("a.jsonl", "a.jsonl.zst"),
        ("a.jsonl.zst", "a.jsonl"),
        ("a.jsonl.zst", "a.jsonl.gz"),
    ] {
        for old in ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"] {
            let _ = fs::remove_file(folder.join(old));
        }
        // What is in it, its content says.
        fs::write(folder.join(there), &text).unwrap();
        write(folder, "b.jsonl", 2, after(named, 1, 2), &[20]);
        let (fds, _, lacking) = read(folder, "b.jsonl");
        assert_eq!((fds, lacking), (vec![10, 11, 20], None), "{named} {there}");
    }
    // A name that only ends so is none of another trace.
    write(folder, "b.jsonl", 2, after(".zst", 1, 2), &[20]);
    assert!(read(folder, "b.jsonl").2.unwrap().contains("packed or not"));
}

#[test]
fn what_is_missing_at_the_end_of_what_comes_before_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.jsonl", 1, None, &[10, 11]);
    write(folder, "b.jsonl", 2, after("a.jsonl", 1, 5), &[20]);
    write(folder, "c.jsonl", 3, after("b.jsonl", 2, 6), &[30]);
    let (fds, _, lacking) = read(folder, "b.jsonl");
    assert_eq!(fds, [10, 11, 20]);
    assert!(lacking.unwrap().contains("a.jsonl: ends after 2 steps, 5"));
    let (fds, _, lacking) = read(folder, "c.jsonl");
    assert_eq!(fds, [10, 11, 20, 30]);
    assert!(lacking.unwrap().contains("ends after 2 steps, 5"));
    // A wrong line is named in the file it stands in.
    fs::write(folder.join("a.jsonl"), {
        let text = fs::read_to_string(folder.join("a.jsonl")).unwrap();
        text.replace("\"seq\":1", "\"seq\":7")
    })
    .unwrap();
    let path = folder.join("b.jsonl");
    let mut reader = Reader::beside(open(&path).unwrap(), "b.jsonl", &path).unwrap();
    let error = loop {
        match reader.next_line() {
            Ok(line) => assert!(line.is_some()),
            Err(error) => break error.to_string(),
        }
    };
    assert!(error.contains("a.jsonl:3: `seq` is 7"), "{error}");
    hold(&path);
}

#[test]
fn a_circle_ends() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.jsonl", 1, after("b.jsonl", 2, u64::MAX), &[10]);
    write(folder, "b.jsonl", 2, after("a.jsonl", 1, u64::MAX), &[20]);
    let (fds, _, lacking) = read(folder, "a.jsonl");
    assert!((2..=101).contains(&fds.len()), "{}", fds.len());
    assert!(lacking.unwrap().contains("more than 100 traces"));
}
