//! What a reader must forgive, and what it must say about the rest.

use evscope_trace::{CutOff, Event, Line, Reader};

use crate::support::{HEADER, json_lines, read, read_lines, write};

fn error_of(trace: impl AsRef<[u8]>) -> String {
    read(trace).unwrap_err().to_string()
}

/// The message for a trace whose third line is `line`; the second is good.
fn error_of_line(line: &str) -> String {
    read_lines(&[POINT, line]).unwrap_err().to_string()
}

const POINT: &str =
    r#"{"seq":0,"t":1,"thread":1,"depth":0,"ph":"point","ev":"event_base_free","base":1}"#;

// ---- what is not known survives ----------------------------------------------------------------------

/// Reads and writes `trace`, and holds that nothing was lost.
fn survives(trace: &str) {
    let first = read(trace).unwrap();
    let written = write(&first);
    assert_eq!(json_lines(&written), json_lines(trace));
    assert_eq!(read(&written).unwrap(), first);
}

#[test]
fn unknown_header_fields_survive() {
    survives(&HEADER.replace(r#""pid":7"#, r#""pid":7,"host":"lab","args":["-p","1"]"#));
}

#[test]
fn unknown_record_fields_survive() {
    survives(&format!(
        "{HEADER}{}\n",
        POINT.replace("}", r#","cpu":3,"tags":{"a":[1,null]}}"#)
    ));
}

#[test]
fn an_unknown_event_survives_with_all_its_fields() {
    let line = r#"{"seq":0,"t":1,"thread":1,"depth":0,"ph":"enter","ev":"evdns_resolve","bev":2,"host":"a.example","tries":2}"#;
    survives(&format!("{HEADER}{line}\n"));
    let trace = read_lines(&[line]).unwrap();
    let Line::Record(record) = &trace.lines[0] else {
        panic!("not a record: {trace:?}")
    };
    assert_eq!(
        record.event,
        Event::Unknown {
            name: "evdns_resolve".to_owned()
        }
    );
    assert_eq!(record.extra["host"], "a.example");
}

#[test]
fn a_record_may_have_an_unknown_field_called_source() {
    survives(&format!(
        "{HEADER}{}\n",
        POINT.replace("}", r#","source":"eth0"}"#)
    ));
}

#[test]
fn unknown_fields_inside_places_and_payloads_survive() {
    survives(&format!(
        "{HEADER}{}\n",
        r#"{"seq":0,"t":1,"thread":1,"depth":0,"ph":"enter","ev":"evbuffer_add","buf":1,"len":1,"before":0,"after":1,"data":{"text":"a","tls":true},"src":{"file":"a.rs","line":1,"column":9},"caller":{"file":"a.rs","line":2,"fn":"f","inlined":["g"]}}"#
    ));
}

#[test]
fn unknown_fields_of_source_lines_survive() {
    survives(&format!(
        "{HEADER}{}\n",
        r#"{"source":{"file":"a.c","fn":"f","first":3,"text":"int f(void)\n{\n}\n","language":"c"}}"#
    ));
}

// ---- a trace that ends too early ----------------------------------------------------------------------

#[test]
fn a_trace_cut_off_at_any_byte_is_valid_up_to_its_last_whole_line() {
    let trace = format!(
        "{HEADER}{}\n{}\n{}\n",
        r#"{"source":{"file":"examples/h.rs","fn":"main","first":1,"text":"fn main() {\n    // é 中 \u0001\n}"}}"#,
        r#"{"seq":0,"t":12,"thread":1,"depth":0,"ph":"enter","ev":"evbuffer_add","buf":1,"len":3,"before":0,"after":3,"data":{"text":"中\ud83d\ude00"},"x":[true,false,null,-1.5e3]}"#,
        r#"{"seq":1,"t":34,"thread":1,"depth":0,"ph":"exit","ev":"evbuffer_add","buf":1,"len":3,"before":0,"after":3}"#
    );
    let whole = read(&trace).unwrap();
    assert_eq!(whole.lines.len(), 3);
    assert_eq!(whole.cut_off, None);
    for end in HEADER.trim_end().len()..trace.len() {
        let cut = read(&trace.as_bytes()[..end]).unwrap_or_else(|e| panic!("cut at {end}: {e}"));
        assert_eq!(cut.header, whole.header);
        let start = trace.as_bytes()[..end]
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |n| n + 1);
        let whole_lines = trace.as_bytes()[..start]
            .iter()
            .filter(|b| **b == b'\n')
            .count();
        // A last line that lacks nothing but its line end is whole.
        let only_end_missing = trace.as_bytes()[end] == b'\n';
        let lines = (whole_lines + usize::from(only_end_missing)).saturating_sub(1);
        assert_eq!(cut.lines, whole.lines[..lines], "cut at {end}");
        let expected = (end > start && !only_end_missing).then(|| CutOff {
            line: whole_lines as u64 + 1,
            bytes: end - start,
        });
        assert_eq!(cut.cut_off, expected, "cut at {end}");
    }
}

#[test]
fn a_trace_cut_off_in_its_header_says_so() {
    for end in 1..HEADER.trim_end().len() {
        let bytes = if end == 1 { "byte" } else { "bytes" };
        assert_eq!(
            error_of(&HEADER[..end]),
            format!(
                "t.jsonl:1: not an evscope trace: the header is cut off after {end} {bytes}; \
                 nothing else was recorded"
            )
        );
    }
}

#[test]
fn a_broken_line_with_a_line_end_is_an_error_even_at_the_end() {
    assert_eq!(
        error_of(format!("{HEADER}{{\"seq\":0,\n")),
        "t.jsonl:2: not JSON: it ends in the middle"
    );
}

#[test]
fn blank_lines_are_passed_over() {
    let trace = read(format!("{HEADER}\n{POINT}\n  \n")).unwrap();
    assert_eq!(trace.lines.len(), 1);
    assert_eq!(trace.cut_off, None);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_are_read() {
    let trace = format!("\u{feff}{HEADER}{POINT}\n").replace('\n', "\r\n");
    assert_eq!(read(trace).unwrap().lines.len(), 1);
}

// ---- errors ---------------------------------------------------------------------------------------------

#[test]
fn an_empty_file_says_how_a_trace_begins() {
    assert_eq!(
        error_of(""),
        r#"t.jsonl: empty; a trace begins with a header line like {"evscope":1,…}"#
    );
}

#[test]
fn a_file_that_is_no_trace_is_named_with_the_reason() {
    for (content, reason) in [
        ("hello\n", "the first line is not JSON"),
        ("[1]\n", "the first line is not a JSON object"),
        ("{\"name\":\"x\"}\n", "the first line has no `evscope`"),
        (
            "{\"evscope\":\"1\"}\n",
            "`evscope` is \"1\", not a version number",
        ),
        ("{\"evscope\":0}\n", "`evscope` is 0, not a version number"),
        ("{\"evscope\":1}\n", "header: field `program` is missing"),
        ("\u{1}\u{2}\n", "the first line is not JSON"),
    ] {
        assert_eq!(
            error_of(content),
            format!("t.jsonl:1: not an evscope trace: {reason}")
        );
    }
    assert_eq!(
        error_of(HEADER.replace("\"pid\":7", "\"pid\":\"seven\"")),
        "t.jsonl:1: not an evscope trace: header: field `pid`: invalid type: string \"seven\", \
         expected u32"
    );
}

#[test]
fn another_unit_is_refused_rather_than_misread() {
    assert_eq!(
        error_of(HEADER.replace("\"ns\"", "\"us\"")),
        "t.jsonl:1: not an evscope trace: header: times are in `us`, not in `ns`"
    );
}

#[test]
fn a_newer_version_asks_for_a_newer_evscope() {
    assert_eq!(
        error_of("{\"evscope\":2,\"shape\":\"another\"}\n"),
        "t.jsonl:1: format version 2, this evscope reads up to version 1; use a newer evscope"
    );
}

#[test]
fn a_wrong_line_is_named_with_its_number_and_the_reason() {
    for (line, reason) in [
        ("{\"seq\":1,}", "not JSON: trailing comma at column 10"),
        (
            "{\"seq\":1} x",
            "not JSON: trailing characters at column 11",
        ),
        ("7", "not a JSON object"),
        (
            "{\"seq\":1}",
            "neither a record (no `ev`) nor a source text (no `source`)",
        ),
        (
            "{\"source\":{\"file\":\"a.rs\",\"fn\":\"f\",\"first\":1}}",
            "source text: missing field `text`",
        ),
    ] {
        assert_eq!(error_of_line(line), format!("t.jsonl:3: {reason}"));
    }
}

#[test]
fn a_wrong_field_is_named() {
    let add = r#"{"seq":1,"t":1,"thread":1,"depth":0,"ph":"enter","ev":"evbuffer_add","buf":1,"len":1,"before":0,"after":1}"#;
    for (from, to, reason) in [
        ("\"t\":1,", "", "field `t` is missing"),
        (
            "\"t\":1,",
            "\"t\":-1,",
            "field `t`: invalid value: integer `-1`, expected u64",
        ),
        (
            "\"depth\":0",
            "\"depth\":\"0\"",
            "field `depth`: invalid type: string \"0\", expected u32",
        ),
        (
            "\"enter\"",
            "\"begin\"",
            "field `ph`: unknown variant `begin`, expected one of `enter`, `exit`, `point`",
        ),
        (
            "\"evbuffer_add\"",
            "7",
            "field `ev`: invalid type: integer `7`, expected a string",
        ),
        (",\"after\":1", "", "field `after` is missing"),
        (
            "\"buf\":1",
            "\"buf\":4294967296",
            "field `buf`: invalid value: integer `4294967296`, expected u32",
        ),
        (
            "\"len\":1",
            "\"len\":1.5",
            "field `len`: invalid type: floating point `1.5`, expected u64",
        ),
        (
            "\"after\":1",
            "\"after\":1,\"data\":{}",
            "field `data`: bytes are either `text` or `hex`",
        ),
        (
            "\"after\":1",
            "\"after\":1,\"data\":{\"text\":\"a\",\"hex\":\"61\"}",
            "field `data`: bytes are either `text` or `hex`",
        ),
        (
            "\"after\":1",
            "\"after\":1,\"data\":{\"hex\":\"6\"}",
            "field `data`: `hex` is not pairs of hexadecimal digits",
        ),
        (
            "\"after\":1",
            "\"after\":1,\"src\":{\"file\":\"a.rs\"}",
            "field `src`: missing field `line`",
        ),
    ] {
        assert!(add.contains(from), "{from}");
        assert_eq!(
            error_of_line(&add.replacen(from, to, 1)),
            format!("t.jsonl:3: {reason}")
        );
    }
    assert_eq!(
        error_of_line(
            r#"{"seq":1,"t":1,"thread":1,"depth":0,"ph":"point","ev":"event_assign","events":"READ|LATER","callback":"f","priority":0}"#
        ),
        "t.jsonl:3: field `events`: `LATER` is not a flag of EvFlags"
    );
}

#[test]
fn steps_that_are_missing_or_out_of_order_are_an_error() {
    assert_eq!(
        error_of_line(&POINT.replace("\"seq\":0", "\"seq\":5")),
        "t.jsonl:3: `seq` is 5, 1 was expected: lines are missing or out of order"
    );
    assert_eq!(
        error_of_line(POINT),
        "t.jsonl:3: `seq` is 0, 1 was expected: lines are missing or out of order"
    );
}

#[test]
fn bytes_that_are_not_utf8_are_an_error_with_the_line() {
    let mut trace = format!("{HEADER}{}\n", POINT.replace('}', ",\"x\":\"\u{7f}\"}")).into_bytes();
    *trace.iter_mut().find(|b| **b == 0x7f).unwrap() = 0xff;
    let message = error_of(trace);
    assert!(
        message.starts_with("t.jsonl:2: not JSON: invalid unicode code point"),
        "{message}"
    );
}

#[test]
fn an_input_that_fails_is_named() {
    #[derive(Debug)]
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is on fire"))
        }
    }
    let error = Reader::new(std::io::BufReader::new(Broken), "t.jsonl").unwrap_err();
    assert_eq!(error.to_string(), "t.jsonl: the disk is on fire");
}
