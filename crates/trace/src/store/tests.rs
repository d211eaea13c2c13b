use super::*;
use crate::{Line, Nanos, Reader, Record};

const TRACES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../traces");

fn records_of(path: &std::path::Path) -> Vec<Record> {
    let mut reader = Reader::new(crate::open(path).unwrap(), "t").unwrap();
    let lines = std::iter::from_fn(|| reader.next_line().unwrap());
    lines
        .filter_map(|line| match line {
            Line::Record(record) => Some(*record),
            Line::Source(_) => None,
        })
        .collect()
}

fn recorded() -> Vec<Vec<Record>> {
    let folders = [TRACES.to_owned(), format!("{TRACES}/libevent")];
    let files = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let paths = files.map(|file| file.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .map(|path| records_of(&path))
        .collect()
}

#[test]
fn every_record_of_the_recorded_traces_comes_back() {
    let traces = recorded();
    assert!(traces.len() > 20);
    let mut packer = Packer::default();
    let mut packed = Vec::new();
    for records in &traces {
        let bytes = packer.pack(0, records).unwrap();
        assert!(
            bytes.len() < 40 * records.len() + 1000,
            "{} bytes",
            bytes.len()
        );
        packed.push(bytes);
    }
    let mut file = Vec::new();
    packer.patterns().save(&mut file);
    let loaded = Patterns::load(&mut file.as_slice()).unwrap();
    for (records, bytes) in traces.iter().zip(&packed) {
        assert_eq!(packer.patterns().unpack(0, bytes).as_ref(), Some(records));
        assert_eq!(
            loaded.unpack(0, bytes).as_ref(),
            Some(records),
            "from a file"
        );
    }
}

/// A server goes on and on: a record takes a few bytes.
#[test]
fn what_repeats_takes_six_bytes_a_record() {
    let once = records_of(std::path::Path::new(&format!("{TRACES}/echo.jsonl")));
    let span = once.last().unwrap().t.0 + 1;
    let mut records = Vec::new();
    for round in 0..2000 / once.len() as u64 + 1 {
        for record in &once {
            let mut record = record.clone();
            record.seq = records.len() as u64;
            record.t = Nanos(record.t.0 + round * span);
            records.push(record);
        }
    }
    let bytes = Packer::default().pack(0, &records).unwrap();
    let each = bytes.len() as f64 / records.len() as f64;
    assert!(each < 6.0, "{each:.1} bytes");
}

#[test]
fn bytes_that_are_no_stretch_are_refused() {
    let mut records = records_of(std::path::Path::new(&format!("{TRACES}/echo.jsonl")));
    records.truncate(60);
    let mut packer = Packer::default();
    let bytes = packer.pack(0, &records).unwrap();
    let patterns = packer.patterns();
    for end in 0..bytes.len() {
        assert_eq!(patterns.unpack(0, &bytes[..end]), None, "cut off at {end}");
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            // It may be another stretch, but nothing worse comes of it.
            let _ = patterns.unpack(0, &damaged);
            let _ = Patterns::default().unpack(0, &damaged);
        }
    }
    let mut file = Vec::new();
    patterns.save(&mut file);
    for end in 0..file.len() {
        assert!(
            Patterns::load(&mut &file[..end]).is_none(),
            "cut off at {end}"
        );
    }
    for at in (0..file.len()).step_by(3) {
        let mut damaged = file.clone();
        damaged[at] ^= 1 << (at % 8);
        if let Some(patterns) = Patterns::load(&mut damaged.as_slice()) {
            let _ = patterns.unpack(0, &bytes);
        }
    }
}

/// Each of so many records is of a line of its own: their patterns are not all remembered.
#[test]
fn records_of_more_patterns_than_are_remembered_come_back() {
    let one = records_of(std::path::Path::new(&format!("{TRACES}/echo.jsonl")))
        .into_iter()
        .find(|record| record.src.is_some())
        .unwrap();
    let line = |n: u32| {
        let mut record = one.clone();
        record.seq = n.into();
        if let Some(src) = &mut record.src {
            src.line = n;
        }
        record
    };
    let mut packer = Packer::default();
    for first in (0..140_000).step_by(2000) {
        let records: Vec<Record> = (first..first + 2000).map(line).collect();
        let bytes = packer.pack(first.into(), &records).unwrap();
        assert_eq!(
            packer.patterns().unpack(first.into(), &bytes),
            Some(records)
        );
    }
    assert_eq!(packer.patterns().all.len(), 1 << 16);
}
