//! Following a trace that is being written.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use evscope_replay::check::Checker;
use evscope_replay::{FollowError, Follower, Trace, Update};
use evscope_trace::{Continues, Header, LONGEST_LINE, Record, Writer};
use tempfile::TempDir;

use crate::support::{HELLO, trace};

struct Growing {
    _dir: TempDir,
    path: PathBuf,
    bytes: Vec<u8>,
}

/// A whole trace in memory, to be written piece by piece.
fn growing(records: usize) -> Growing {
    let dir = TempDir::new().unwrap();
    let header = Header::new("p", "l", "epoll");
    let mut writer = Writer::new(Vec::new(), &header).unwrap();
    for record in trace(HELLO).records().take(records) {
        writer.record(&record).unwrap();
    }
    Growing {
        path: dir.path().join("t.jsonl"),
        _dir: dir,
        bytes: writer.finish().unwrap(),
    }
}

impl Growing {
    fn append(&self, bytes: &[u8]) {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path);
        file.unwrap().write_all(bytes).unwrap();
    }
}

#[test]
fn nothing_is_lost_or_doubled_wherever_a_write_is_cut() {
    for (size, records) in [(1, 3), (7, 20), (100, 50), (4096, 50), (usize::MAX, 50)] {
        let growing = growing(records);
        let mut follower = Follower::new(&growing.path);
        assert_eq!(follower.poll().unwrap(), Update::Waiting);
        let mut followed: Option<Trace> = None;
        for piece in growing.bytes.chunks(size.min(growing.bytes.len())) {
            growing.append(piece);
            if let Update::Lines(lines) = follower.poll().unwrap() {
                let header = follower.header().unwrap().clone();
                let trace = followed.get_or_insert_with(|| Trace::new("t", header));
                lines.into_iter().for_each(|line| trace.append(line));
            }
        }
        let whole = Trace::open(&growing.path).unwrap();
        let followed = followed.unwrap();
        assert_eq!(followed.header(), whole.header());
        assert!(followed.records().eq(whole.records()), "pieces of {size}");
        assert_eq!(follower.poll().unwrap(), Update::Lines(Vec::new()));
    }
}

/// However much there is when it is read: what was read ahead of a line that is not whole comes later.
#[test]
fn what_is_there_is_read_at_once_and_the_rest_as_it_comes() {
    let growing = growing(50);
    let header = growing
        .bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap()
        + 1;
    for cut in (0..growing.bytes.len()).step_by(97) {
        let _ = fs::remove_file(&growing.path);
        growing.append(&growing.bytes[..cut]);
        let mut follower = Follower::new(&growing.path);
        let read = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&read);
        let there = follower.read_showing(counter, 8, |_| (), |_| (), Checker::default());
        let Some((mut replay, checker)) = there.unwrap() else {
            assert!(cut < header);
            continue;
        };
        assert!(cut >= header);
        assert_eq!(read.load(Ordering::Relaxed), cut as u64);
        assert_eq!(checker.steps(), replay.trace().len());
        growing.append(&growing.bytes[cut..]);
        let Update::Lines(lines) = follower.poll().unwrap() else {
            panic!("it has begun");
        };
        lines.into_iter().for_each(|line| replay.append(line));
        let whole = Trace::open(&growing.path).unwrap();
        assert!(replay.trace().records().eq(whole.records()), "{cut} bytes");
        assert_eq!(follower.poll().unwrap(), Update::Lines(Vec::new()));
    }
}

/// A program may write faster than it is read.
#[test]
fn what_comes_while_it_is_read_is_left_for_later() {
    let growing = growing(2_000);
    let (first, later) = growing.bytes.split_at(growing.bytes.len() / 2);
    growing.append(first);
    let mut follower = Follower::new(&growing.path);
    let mut grows = Some(later);
    let added = |_: &Trace| {
        if let Some(later) = grows.take() {
            growing.append(later);
        }
    };
    let there = follower.read_showing(Arc::default(), 8, |_| (), added, Checker::default());
    let (mut replay, _) = there.unwrap().unwrap();
    let half = replay.trace().len();
    let whole = Trace::open(&growing.path).unwrap();
    assert!(half < whole.len());
    let Update::Lines(lines) = follower.poll().unwrap() else {
        panic!("it has begun");
    };
    lines.into_iter().for_each(|line| replay.append(line));
    assert!(replay.trace().records().eq(whole.records()));
}

#[test]
fn what_is_missing_before_a_trace_that_grows_is_said() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("t.2.jsonl");
    let mut header = Header::new("p", "l", "epoll");
    header.pid = 2;
    header.continues = Some(Continues::new("t.jsonl", 1, 3));
    let written = Writer::new(Vec::new(), &header).unwrap().finish().unwrap();
    fs::write(&path, written).unwrap();
    let mut follower = Follower::new(&path);
    assert!(follower.trace("t").is_none());
    follower.poll().unwrap();
    let lacking = follower.lacking().unwrap();
    assert!(
        lacking.contains("t.jsonl") && lacking.contains("no such file"),
        "{lacking}"
    );
    assert_eq!(follower.trace("t").unwrap().lacking(), Some(lacking));

    // With it beside, nothing is.
    let before = Header {
        pid: 1,
        continues: None,
        ..header
    };
    let mut writer = Writer::new(Vec::new(), &before).unwrap();
    for record in trace(HELLO).records().take(3) {
        writer.record(&record).unwrap();
    }
    fs::write(dir.path().join("t.jsonl"), writer.finish().unwrap()).unwrap();
    let mut follower = Follower::new(&path);
    let Update::Lines(lines) = follower.poll().unwrap() else {
        panic!("no header");
    };
    assert_eq!((lines.len(), follower.lacking()), (3, None));
    assert_eq!(follower.trace("t").unwrap().lacking(), None);
}

#[test]
fn a_trace_that_becomes_shorter_or_is_replaced_is_said() {
    let growing = growing(50);
    growing.append(&growing.bytes);
    let mut follower = Follower::new(&growing.path);
    follower.poll().unwrap();
    OpenOptions::new()
        .write(true)
        .open(&growing.path)
        .unwrap()
        .set_len(10)
        .unwrap();
    let error = follower.poll().unwrap_err();
    assert!(matches!(error, FollowError::Truncated { .. }), "{error}");
    assert!(
        error.to_string().contains("t.jsonl: became shorter"),
        "{error}"
    );

    let mut follower = Follower::new(&growing.path);
    fs::write(&growing.path, &growing.bytes).unwrap();
    follower.poll().unwrap();
    let other = growing.path.with_extension("other");
    File::create(&other).unwrap();
    fs::rename(&other, &growing.path).unwrap();
    assert!(matches!(follower.poll(), Err(FollowError::Replaced { .. })));
}

#[test]
fn what_is_no_trace_is_refused() {
    let growing = growing(50);
    growing.append(b"\x28\xb5\x2f\xfd\0\n");
    let error = Follower::new(&growing.path).poll().unwrap_err();
    assert!(matches!(error, FollowError::Compressed { .. }), "{error}");

    fs::write(&growing.path, "hello\n").unwrap();
    let error = Follower::new(&growing.path).poll().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("t.jsonl:1: not an evscope trace"),
        "{error}"
    );

    fs::write(&growing.path, &growing.bytes).unwrap();
    let mut follower = Follower::new(&growing.path);
    follower.poll().unwrap();
    growing.append(b"{\"nothing\":1}\n");
    assert!(matches!(follower.poll(), Err(FollowError::Read(_))));
}

/// A follower that is far behind goes on bit by bit.
#[test]
fn a_poll_gives_so_many_lines_and_the_next_one_the_rest() {
    let growing = growing(0);
    let mut writer = Writer::new(Vec::new(), &Header::new("p", "l", "epoll")).unwrap();
    let one = trace(". poll ready=1").record(0).clone();
    for seq in 0..=Follower::AT_ONCE as u64 {
        writer.record(&Record { seq, ..one.clone() }).unwrap();
    }
    growing.append(&writer.finish().unwrap());
    let mut follower = Follower::new(&growing.path);
    for expected in [Follower::AT_ONCE, 1, 0] {
        let Update::Lines(lines) = follower.poll().unwrap() else {
            panic!("it has begun");
        };
        assert_eq!(lines.len(), expected);
    }
}

/// Elsewhere a path through a file is only not there.
#[cfg(unix)]
#[test]
fn a_file_that_is_removed_or_out_of_reach_is_told() {
    let growing = growing(3);
    let folder = growing.path.parent().unwrap().join("folder");
    let path = folder.join("t.jsonl");
    // What is not there may come; what cannot be there is a mistake.
    fs::write(&folder, "").unwrap();
    assert!(matches!(
        Follower::new(&path).poll(),
        Err(FollowError::Read(_))
    ));
    fs::remove_file(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    fs::write(&path, &growing.bytes).unwrap();
    let followers = || {
        let mut follower = Follower::new(&path);
        follower.poll().unwrap();
        follower
    };
    let (mut one, mut other) = (followers(), followers());
    fs::remove_file(&path).unwrap();
    assert!(matches!(one.poll(), Err(FollowError::Replaced { .. })));
    fs::remove_dir(&folder).unwrap();
    fs::write(&folder, "").unwrap();
    assert!(matches!(other.poll(), Err(FollowError::Read(_))));
}

#[test]
fn a_mistake_is_told_with_its_line_however_the_lines_came() {
    let growing = growing(3);
    let mut follower = Follower::new(&growing.path);
    for line in growing.bytes.split_inclusive(|byte| *byte == b'\n') {
        growing.append(line);
        follower.poll().unwrap();
    }
    let lines = growing.bytes.iter().filter(|byte| **byte == b'\n').count();
    growing.append(b"{\"nothing\":1}\n");
    let error = follower.poll().unwrap_err().to_string();
    assert!(
        error.contains(&format!("t.jsonl:{}:", lines + 1)),
        "{error}"
    );
}

/// It is not waited for its end for ever, nor is a line taken for whole that may have its end yet.
#[test]
fn a_line_without_an_end_is_refused_once_it_is_too_long() {
    let growing = growing(1);
    growing.append(&growing.bytes);
    let mut follower = Follower::new(&growing.path);
    follower.poll().unwrap();
    let file = OpenOptions::new().write(true).open(&growing.path).unwrap();
    let longest = growing.bytes.len() as u64 + LONGEST_LINE as u64;
    file.set_len(longest).unwrap();
    assert_eq!(follower.poll().unwrap(), Update::Lines(Vec::new()));
    file.set_len(longest + 1).unwrap();
    let error = follower.poll().unwrap_err().to_string();
    assert!(error.contains("64 MiB"), "{error}");
}
