//! Packed traces: told by their name when written, by their content when read.

use std::io::{Read as _, Write as _};
use std::path::Path;

use evscope_trace::{Compression, Reader, create, open};

use crate::support::HEADER;

const RECORD: &str = "{\"seq\":0,\"t\":1,\"thread\":1,\"depth\":0,\"ph\":\"point\",\"ev\":\"event_base_free\",\"base\":1}\n";

fn round_trip(name: &str, magic: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let mut output = create(&path).unwrap();
    output.write_all(HEADER.as_bytes()).unwrap();
    output.write_all(RECORD.as_bytes()).unwrap();
    drop(output);
    let bytes = std::fs::read(&path).unwrap();
    assert!(bytes.starts_with(magic), "{name}: {bytes:?}");

    let mut reader = Reader::new(open(&path).unwrap(), name).unwrap();
    assert_eq!(reader.header().program, "demo");
    assert!(reader.next_line().unwrap().is_some());
    assert!(reader.next_line().unwrap().is_none());
    assert_eq!(reader.cut_off(), None);

    // The content counts, not the name.
    let renamed = folder.path().join("renamed.txt");
    std::fs::rename(&path, &renamed).unwrap();
    let mut text = String::new();
    open(&renamed).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, format!("{HEADER}{RECORD}"));
}

#[test]
fn plain() {
    round_trip("t.jsonl", b"{\"evscope\"");
}

#[test]
fn gzip() {
    round_trip("t.jsonl.gz", &[0x1f, 0x8b]);
}

#[test]
fn zstd() {
    round_trip("t.jsonl.zst", &[0x28, 0xb5, 0x2f, 0xfd]);
}

#[test]
fn the_name_chooses() {
    for (name, compression) in [
        ("t.jsonl", Compression::None),
        ("t.jsonl.gz", Compression::Gzip),
        ("t.gz", Compression::Gzip),
        ("t.jsonl.zst", Compression::Zstd),
        ("zst", Compression::None),
        ("-", Compression::None),
    ] {
        assert_eq!(Compression::of_name(Path::new(name)), compression, "{name}");
    }
}

/// Packed traces that were put one behind the other are one trace, as with `cat`.
#[test]
fn parts_packed_one_by_one_are_read_as_one() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["gz", "zst"] {
        let whole = folder.path().join("whole");
        let part = folder.path().join(format!("part.{ending}"));
        let mut bytes = Vec::new();
        for text in [HEADER, RECORD] {
            create(&part).unwrap().write_all(text.as_bytes()).unwrap();
            bytes.extend(std::fs::read(&part).unwrap());
        }
        std::fs::write(&whole, bytes).unwrap();
        let mut text = String::new();
        open(&whole).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, format!("{HEADER}{RECORD}"), "{ending}");
    }
}

/// A packed trace that was cut off gives its whole lines, and then says what is wrong.
#[test]
fn a_packed_trace_that_is_cut_off_says_so() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["gz", "zst"] {
        let path = folder.path().join(format!("t.jsonl.{ending}"));
        create(&path)
            .unwrap()
            .write_all(format!("{HEADER}{RECORD}").as_bytes())
            .unwrap();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 6]).unwrap();
        let mut reader = match Reader::new(open(&path).unwrap(), "t") {
            Ok(reader) => reader,
            Err(error) => {
                assert!(error.to_string().starts_with("t: "), "{error}");
                continue;
            }
        };
        let error = loop {
            match reader.next_line() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("{ending}: the cut went unseen"),
                Err(error) => break error.to_string(),
            }
        };
        assert!(error.starts_with("t: "), "{error}");
    }
}
