//! Input that is too long, too deep or no trace is refused with its place, and not read on.

#[cfg(feature = "compression")]
use std::io::Write;
use std::io::{self, BufReader, Read};

use evscope_trace::{LONGEST_LINE, ReadError, Reader};

use crate::support::{HEADER, read_lines};

const RECORD: &str =
    r#"{"seq":0,"t":1,"thread":1,"depth":0,"ph":"point","ev":"event_base_free","base":1"#;

/// Counts what is taken from it.
struct Counted<R>(R, u64);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.0.read(buffer)?;
        self.1 += n as u64;
        Ok(n)
    }
}

/// Reads an input that does not end until it is refused: with what, and how much was read.
fn refused(input: impl Read) -> (String, u64) {
    let mut counted = Counted(input, 0);
    let mut read = || -> Result<(), ReadError> {
        let mut reader = Reader::new(BufReader::with_capacity(1 << 16, &mut counted), "t")?;
        while reader.next_line()?.is_some() {}
        Ok(())
    };
    let error = read().expect_err("it is not refused").to_string();
    (error, counted.1)
}

#[test]
fn what_does_not_begin_as_a_trace_is_refused_by_its_first_bytes() {
    for byte in [0, b'a', b'[', b'"', b'7', 0xff] {
        let (error, read) = refused(io::repeat(byte));
        assert_eq!(
            error,
            "t:1: not an evscope trace: the first line is not JSON"
        );
        assert!(read <= 1 << 16, "{read}");
    }
}

#[test]
fn a_line_without_an_end_is_refused() {
    const LONG: &str = "the line is longer than 64 MiB";
    let room = LONGEST_LINE as u64 + (2 << 16);
    for (begin, says) in [
        ("{", format!("t:1: not an evscope trace: {LONG}")),
        (
            "{\"evscope\":1,\"program\":\"",
            format!("t:1: not an evscope trace: {LONG}"),
        ),
        (HEADER, format!("t:2: {LONG}")),
        (&format!("{HEADER}{RECORD}}}\n{{"), format!("t:3: {LONG}")),
    ] {
        for byte in [b' ', b'[', b'x'] {
            let (error, read) = refused(begin.as_bytes().chain(io::repeat(byte)));
            assert_eq!(error, says);
            assert!(read <= room, "{read}");
        }
    }
}

#[test]
fn a_line_of_the_greatest_length_is_read() {
    let line = format!("{RECORD},\"x\":\"");
    let long = "x".repeat(LONGEST_LINE - line.len() - "\"}\n".len());
    assert_eq!(
        read_lines(&[&format!("{line}{long}\"}}")])
            .unwrap()
            .lines
            .len(),
        1
    );
    let error = read_lines(&[&format!("{line}{long}x\"}}")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "t.jsonl:2: the line is longer than 64 MiB"
    );
}

/// In every place a value can stand in, known or not, and in the header.
#[test]
fn deep_nesting_is_refused_and_not_followed() {
    let says = "it is nested deeper than 127 levels";
    for depth in [200, 100_000, 1_000_000] {
        for (open, close) in [
            ("{\"a\":", "}"),
            ("[", "]"),
            ("{\"text\":", "}"),
            ("[{\"cut\":", "}]"),
        ] {
            let deep = open.repeat(depth) + "1" + &close.repeat(depth);
            for line in [
                format!("{RECORD},\"x\":{deep}}}"),
                format!("{RECORD},\"src\":{deep}}}"),
                format!("{{\"source\":{deep}}}"),
                deep.clone(),
                // Cut off within.
                format!("{RECORD},\"x\":{}", open.repeat(depth)),
            ] {
                let error = read_lines(&[&line]).unwrap_err();
                assert_eq!(error.to_string(), format!("t.jsonl:2: {says}"));
            }
            let header = HEADER
                .trim_end()
                .replace("\"unit\"", &format!("\"x\":{deep},\"unit\""));
            let (error, _) = refused(header.as_bytes());
            assert_eq!(error, format!("t:1: not an evscope trace: {says}"));
        }
    }
}

#[test]
fn a_line_of_a_million_values_is_refused() {
    let many = format!("{RECORD},\"x\":[{}0]}}", "[],".repeat(2_000_000));
    let error = read_lines(&[&many]).unwrap_err().to_string();
    assert_eq!(
        error,
        "t.jsonl:2: it has 2000008 values, 1048576 is the most"
    );
}

/// Gigabytes in a few kilobytes: what is unpacked is bounded like what is not packed.
#[cfg(feature = "compression")]
#[test]
fn a_packed_bomb_is_refused_where_its_line_gets_too_long() {
    for ending in ["gz", "zst"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("bomb.jsonl.{ending}"));
        let mut output = evscope_trace::create(&path).unwrap();
        output.write_all(HEADER.as_bytes()).unwrap();
        output.write_all(RECORD.as_bytes()).unwrap();
        // Enough to see where reading stops.
        io::copy(
            &mut io::repeat(b' ').take(2 * LONGEST_LINE as u64),
            &mut output,
        )
        .unwrap();
        drop(output);
        let packed = std::fs::metadata(&path).unwrap().len();
        assert!(packed < 1 << 20, "{packed}");
        let (error, read) = refused(evscope_trace::open(&path).unwrap());
        assert_eq!(error, "t:2: the line is longer than 64 MiB");
        assert!(read <= LONGEST_LINE as u64 + (2 << 16), "{read}");
    }
}
