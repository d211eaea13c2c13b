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

/// A packed trace that is cut off, wherever, gives what is before the cut and says that it was, as a plain
/// one does.
#[test]
fn a_packed_trace_that_is_cut_off_shows_what_is_before_the_cut() {
    const RECORDS: usize = 20_000;
    let folder = tempfile::tempdir().unwrap();
    for ending in ["gz", "zst"] {
        let path = folder.path().join(format!("t.jsonl.{ending}"));
        let mut output = create(&path).unwrap();
        output.write_all(HEADER.as_bytes()).unwrap();
        // Times that no packer can guess, so that there is something to cut.
        let mut time = 1_u64;
        for seq in 0..RECORDS {
            time = time.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let record = RECORD
                .replace("\"seq\":0", &format!("\"seq\":{seq}"))
                .replace("\"t\":1", &format!("\"t\":{time}"));
            output.write_all(record.as_bytes()).unwrap();
        }
        drop(output);
        let bytes = std::fs::read(&path).unwrap();
        let mut most = 0;
        for part in [1, 10, 25, 50, 75, 90, 99] {
            std::fs::write(&path, &bytes[..bytes.len() * part / 100]).unwrap();
            let mut reader = match Reader::new(open(&path).unwrap(), "t") {
                Ok(reader) => reader,
                // zstd packs blocks of 128 KiB, and the first of them is not whole.
                Err(error) => {
                    assert!(part <= 10, "{ending} {part} %: {error}");
                    continue;
                }
            };
            let mut records = 0;
            while reader.next_line().unwrap().is_some() {
                records += 1;
            }
            let cut = reader.cut_off().expect("it is cut off");
            assert_eq!(cut.line, records as u64 + 2, "{ending} {part} %");
            assert!(records >= most, "{ending} {part} %");
            assert!(
                records * 100 + 2_500 * 100 > RECORDS * part,
                "{ending} {part} %: {records} records"
            );
            most = records;
            // And it stays at its end.
            assert!(reader.next_line().unwrap().is_none());
        }
    }
}
