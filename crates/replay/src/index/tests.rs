use std::fs::{self, File};
use std::io::Cursor;
use std::path::{Path, PathBuf};

use evscope_trace::{Nanos, Writer};

use super::*;
use crate::ObjectId;

const ECHO: &str = include_str!("../../../../traces/echo.jsonl");

/// A trace of some stretches, as a file.
fn made(folder: &Path, rounds: usize) -> PathBuf {
    let once = Trace::read(ECHO.as_bytes(), "echo").unwrap();
    let span = once.record(once.len() - 1).t.0 + 1;
    let path = folder.join("long.jsonl");
    let mut writer = Writer::new(File::create(&path).unwrap(), once.header()).unwrap();
    for file in once.source_files() {
        for text in once.source_file(file) {
            writer.source(text).unwrap();
        }
    }
    let mut seq = 0;
    for round in 0..rounds {
        for record in once.records() {
            let mut record = record.clone();
            record.seq = seq;
            record.t = Nanos(record.t.0 + round as u64 * span);
            seq += 1;
            writer.record(&record).unwrap();
        }
    }
    writer.finish().unwrap();
    path
}

fn read_whole(path: &Path) -> Replay {
    Replay::new(Trace::open(path).unwrap())
}

fn empty(of: &Replay) -> Trace {
    Trace::new(of.trace().name(), of.trace().header().clone())
}

fn assert_same(one: &Replay, other: &Replay) {
    let (a, b) = (one.trace(), other.trace());
    assert_eq!(a.len(), b.len());
    assert_eq!((a.name(), a.header()), (b.name(), b.header()));
    assert!(a.records().eq(b.records()));
    assert_eq!(a.source_files(), b.source_files());
    for file in a.source_files() {
        assert_eq!(a.source_file(file), b.source_file(file));
    }
    assert_eq!(a.has_threads(), b.has_threads());
    for step in (0..a.len()).step_by(997) {
        assert_eq!(a.parent(step), b.parent(step), "{step}");
        assert_eq!(
            (a.end(step), a.begin(step)),
            (b.end(step), b.begin(step)),
            "{step}"
        );
        assert_eq!((a.lane(step), a.phase(step)), (b.lane(step), b.phase(step)));
        let record = a.record(step);
        for object in ObjectId::all_of(&record.objects) {
            assert!(b.may_be_about(object, step), "{object} at {step}");
        }
        if let Some(buf) = record.objects.buf {
            assert_eq!(a.owner(buf), b.owner(buf));
        }
        let (before, after) = (one.state_at(step), other.state_at(step));
        assert_eq!(format!("{before:?}"), format!("{after:?}"), "{step}");
        assert_eq!(crate::causes(a, step), crate::causes(b, step), "{step}");
    }
    use evscope_trace::Level;
    for level in [Level::Program, Level::Walkthrough, Level::Everything] {
        assert_eq!(a.count_shown(0, level), b.count_shown(0, level));
        assert_eq!(a.nth_shown(40_000, level), b.nth_shown(40_000, level));
    }
}

#[test]
fn what_comes_out_of_an_index_is_what_was_read() {
    let dir = tempfile::tempdir().unwrap();
    for rounds in [1, 300] {
        let path = made(dir.path(), rounds);
        let folder = IndexFolder::new(dir.path().join("cache/evscope"));
        assert!(folder.open(&path).is_none(), "there is none");
        let source = IndexFolder::source(&path).unwrap();
        let replay = read_whole(&path);
        folder.keep(&path, &source, &replay).unwrap();
        let opened = folder.open(&path).unwrap();
        assert_same(&replay, &opened);
        // It can grow.
        let mut longer = opened.clone();
        let last = replay.trace().record(0).clone();
        longer.append(evscope_trace::Line::Record(Box::new(last)));
        assert_eq!(longer.trace().len(), opened.trace().len() + 1);
    }
}

#[test]
fn a_file_that_was_changed_has_no_index() {
    let dir = tempfile::tempdir().unwrap();
    let path = made(dir.path(), 20);
    let folder = IndexFolder::new(dir.path().join("cache"));
    let source = IndexFolder::source(&path).unwrap();
    let replay = read_whole(&path);
    let keep = || folder.keep(&path, &source, &replay).unwrap();
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    let set_back = || File::open(&path).unwrap().set_modified(written).unwrap();
    keep();
    // Longer.
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}\n")).unwrap();
    set_back();
    assert!(folder.open(&path).is_none());
    // Written again, and the same.
    fs::write(&path, &text).unwrap();
    set_back();
    keep();
    assert!(folder.open(&path).is_some());
    File::open(&path)
        .unwrap()
        .set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    assert!(folder.open(&path).is_none());
    // As long, and written at the same time.
    set_back();
    keep();
    fs::write(&path, text.replacen("\"t\":", "\"T\":", 1)).unwrap();
    set_back();
    assert!(folder.open(&path).is_none());
    // While it was read: none is made.
    keep();
    assert!(folder.open(&path).is_none());
}

/// The sums of an index anew, of its sections and of the table at its end.
fn make_sums_fit(index: &mut [u8]) {
    let rows: Vec<usize> = (0..7).map(|row| index.len() - 4 - 12 * (7 - row)).collect();
    let mut first = 0;
    for row in rows {
        let len = u64::from_le_bytes(index[row..row + 8].try_into().unwrap());
        let Some(section) = index.get(first..).and_then(|rest| rest.get(..len as usize)) else {
            break;
        };
        first += section.len();
        let sum = crc32fast::hash(section).to_le_bytes();
        index[row + 8..row + 12].copy_from_slice(&sum);
    }
    let end = index.len() - 4;
    let sum = crc32fast::hash(&index[end - 84..end]).to_le_bytes();
    index[end..].copy_from_slice(&sum);
}

#[test]
fn a_damaged_index_is_none_or_harmless() {
    let dir = tempfile::tempdir().unwrap();
    let path = made(dir.path(), 3);
    let source = IndexFolder::source(&path).unwrap();
    let replay = read_whole(&path);
    let mut whole = Vec::new();
    assert!(write(&replay, &source, &mut whole).unwrap());
    let open = |bytes: &[u8]| read(Cursor::new(bytes.to_vec()), &source, empty(&replay));
    assert!(open(&whole).is_some());
    for end in (0..whole.len()).step_by(whole.len() / 50) {
        assert!(open(&whole[..end]).is_none(), "cut off at {end}");
    }
    let mut without = 0;
    for at in (0..whole.len()).step_by(whole.len() / 200) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 8);
        // Most is read when it is asked for, and can be found without what was written down of it.
        match open(&damaged) {
            Some(opened) => assert_same(&replay, &opened),
            None => without += 1,
        }
        // Somebody may have made the sums fit.
        make_sums_fit(&mut damaged);
        if let Some(odd) = open(&damaged) {
            let trace = odd.trace();
            for step in (0..trace.len()).step_by(23) {
                let _ = (trace.record(step), trace.end(step), trace.begin(step));
                let _ = (trace.ancestors(step).count(), odd.state_at(step));
                let _ = crate::causes(trace, step);
            }
        }
    }
    assert!(without > 100, "{without}");
    let mut longer = whole.clone();
    longer.push(0);
    assert!(open(&longer).is_none());
}

#[test]
fn damaged_records_are_no_index() {
    let dir = tempfile::tempdir().unwrap();
    let path = made(dir.path(), 400);
    let source = IndexFolder::source(&path).unwrap();
    let replay = read_whole(&path);
    let mut whole = Vec::new();
    assert!(write(&replay, &source, &mut whole).unwrap());
    // Behind what it is an index of come the packed records.
    let rows = whole.len() - 4 - 12 * 7;
    let len_of = |row: usize| {
        let at = rows + 12 * row;
        u64::from_le_bytes(whole[at..at + 8].try_into().unwrap()) as usize
    };
    let (first, len) = (len_of(0), len_of(1));
    assert!(len > 10_000, "{len}");
    let open = |bytes: Vec<u8>| read(Cursor::new(bytes), &source, empty(&replay));
    assert!(open(whole.clone()).is_some());
    for at in (first..first + len).step_by(len / 20) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(open(damaged).is_none(), "damaged at {at}");
    }
}

#[test]
fn what_is_not_whole_has_no_index() {
    let dir = tempfile::tempdir().unwrap();
    let path = made(dir.path(), 2);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, &text[..text.len() - 9]).unwrap();
    let source = IndexFolder::source(&path).unwrap();
    let replay = read_whole(&path);
    assert!(replay.trace().cut_off().is_some());
    assert!(!write(&replay, &source, Vec::new()).unwrap());
    let folder = IndexFolder::new(dir.path().join("cache"));
    folder.keep(&path, &source, &replay).unwrap();
    assert_eq!(fs::read_dir(dir.path().join("cache")).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn only_its_user_reads_an_index() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = made(dir.path(), 1);
    let source = IndexFolder::source(&path).unwrap();
    let cache = dir.path().join("cache");
    IndexFolder::new(&cache)
        .keep(&path, &source, &read_whole(&path))
        .unwrap();
    let file = fs::read_dir(&cache).unwrap().next().unwrap().unwrap();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(
        fs::metadata(&cache).unwrap().permissions().mode() & 0o777,
        0o700
    );
}

#[test]
fn the_oldest_go_when_there_are_too_many() {
    let dir = tempfile::tempdir().unwrap();
    let cache = dir.path().join("cache");
    fs::create_dir(&cache).unwrap();
    let old = |name: &str, seconds: u64| {
        let file = File::create(cache.join(name)).unwrap();
        let at = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        file.set_modified(at).unwrap();
    };
    for n in 0..MOST_FILES as u64 + 5 {
        old(&format!("{n}.index"), n);
    }
    old("1.7.part", 1);
    old("a-file-of-others", 1);
    let path = made(dir.path(), 1);
    let source = IndexFolder::source(&path).unwrap();
    IndexFolder::new(&cache)
        .keep(&path, &source, &read_whole(&path))
        .unwrap();
    let names = fs::read_dir(&cache)
        .unwrap()
        .map(|file| file.unwrap().file_name());
    let names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    let indexes = names.iter().filter(|name| name.ends_with(".index")).count();
    assert_eq!(indexes, MOST_FILES);
    assert!(!names.contains(&"0.index".to_owned()) && !names.contains(&"1.7.part".to_owned()));
    assert!(names.contains(&"a-file-of-others".to_owned()));
}

#[test]
fn who_leaves_takes_along_what_it_has_not_written_to_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let own = format!("0123.{}.part", std::process::id());
    let others = ["0123.index", "0123.0.part", "a.part"];
    for name in others.iter().copied().chain([own.as_str()]) {
        File::create(dir.path().join(name)).unwrap();
    }
    IndexFolder::new(dir.path()).leave();
    assert!(!dir.path().join(own).exists());
    assert!(others.iter().all(|name| dir.path().join(name).exists()));
    // Nor does it need one.
    IndexFolder::new(dir.path().join("none")).leave();
}
