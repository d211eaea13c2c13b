//! What must hold of any bytes that are given to the reader. They come from a property test or from a fuzzer.

#![allow(unreachable_pub, reason = "it is included where it is used")]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use evscope_trace::{Header, Line, Reader, Record, Writer};
use serde_json::Value;

/// Reads `bytes` as a trace. The reader does not panic; it reads a line exactly as the JSON reader does, which takes
/// another way; and what it has read is the same when it was written and read again.
///
/// # Panics
/// If that is not so.
pub fn check(bytes: &[u8]) {
    let raw: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
    let mut reader = match Reader::new(bytes, "any.jsonl") {
        Ok(reader) => reader,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let mut lines = Vec::new();
    let stopped = loop {
        match reader.next_line() {
            Ok(Some(line)) => {
                let raw = raw[reader.line_number() as usize - 1];
                if let Line::Record(record) = &line {
                    assert_eq!(json(raw).as_ref(), Some(&**record));
                }
                lines.push(line);
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    if let Some(error) = stopped {
        let at = reader.line_number();
        assert!(
            error.to_string().starts_with(&format!("any.jsonl:{at}: ")),
            "{error}"
        );
        let next = lines
            .iter()
            .filter(|line| matches!(line, Line::Record(_)))
            .count();
        if let Some(record) = json(raw[at as usize - 1]) {
            assert_ne!(
                record.seq, next as u64,
                "refused, but it is a record: {error}"
            );
        }
    }
    let written = write(reader.header(), &lines);
    let mut again = Reader::new(&*written, "again.jsonl").unwrap();
    assert_eq!(again.header(), reader.header());
    for line in lines {
        assert_eq!(again.next_line().unwrap(), Some(line));
    }
    assert_eq!(again.next_line().unwrap(), None);
}

/// The line as the JSON reader sees it, if it is a record.
fn json(line: &[u8]) -> Option<Record> {
    match serde_json::from_slice(line).ok()? {
        Value::Object(object) => Record::try_from(object).ok(),
        _ => None,
    }
}

fn write(header: &Header, lines: &[Line]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), header).unwrap();
    for line in lines {
        match line {
            Line::Record(record) => writer.record(record),
            Line::Source(source) => writer.source(source),
        }
        .unwrap();
    }
    writer.finish().unwrap()
}
