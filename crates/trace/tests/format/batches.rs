//! A trace that is read in batches, by whichever thread, is the trace that is read line by line.

use std::io::{self, BufRead, BufReader, Read};

use evscope_trace::{Batch, BriefLine, CutOff, Form, Line, Parser, ReadError, Reader};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use crate::support::HEADER;

const TRACE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../traces/hello-world.jsonl"
));

const RECORD: &str = "{\"seq\":0,\"t\":1,\"thread\":1,\"depth\":0,\"ph\":\"point\",\"ev\":\"event_free\",\"event\":1}\n";

/// So many bytes are at hand at once: less than a line, a few lines, all of them.
const AT_HAND: [usize; 4] = [1, 100, 1_000, 1 << 16];

/// What reading a trace told.
#[derive(Debug, PartialEq)]
pub(crate) struct Told<L> {
    pub(crate) lines: Vec<L>,
    error: Option<String>,
    line: u64,
    cut_off: Option<CutOff>,
    lacking: Option<String>,
}

impl<L> Told<L> {
    fn new<R: BufRead>(lines: Vec<L>, end: Result<(), ReadError>, reader: &Reader<R>) -> Self {
        Self {
            lines,
            error: end.err().map(|error| error.to_string()),
            line: reader.line_number(),
            cut_off: reader.cut_off().cloned(),
            lacking: reader.lacking().map(str::to_owned),
        }
    }
}

/// Reads a trace line by line.
pub(crate) fn by_line<L, R: BufRead>(
    mut reader: Reader<R>,
    next: impl Fn(&mut Reader<R>) -> Result<Option<L>, ReadError>,
) -> Told<L> {
    let mut lines = Vec::new();
    let end = loop {
        match next(&mut reader) {
            Ok(Some(line)) => lines.push(line),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    Told::new(lines, end, &reader)
}

/// Takes a trace in batches, which are read in turn by two parsers, the last one first.
pub(crate) fn in_batches<L: Form + Clone, R: BufRead>(mut reader: Reader<R>) -> Told<L> {
    let (intake, order) = reader.parts();
    let mut batches: Vec<Batch<L>> = Vec::new();
    while !batches.last().is_some_and(Batch::is_last) {
        let mut batch = Batch::default();
        intake.take(&mut batch, &mut Parser::default());
        batches.push(batch);
    }
    let mut parsers = [Parser::default(), Parser::default()];
    for (at, batch) in batches.iter_mut().enumerate().rev() {
        batch.read(&mut parsers[at % 2]);
    }
    let mut lines = Vec::new();
    let mut ends = batches.into_iter().filter_map(|mut batch| {
        let end = order.accept(&mut batch);
        lines.extend_from_slice(batch.lines());
        end
    });
    let end = ends.next().unwrap();
    drop(ends);
    let end = order.end(end);
    Told::new(lines, end, &reader)
}

/// Takes it in one batch that is filled again and again.
fn in_one_batch<R: BufRead>(mut reader: Reader<R>) -> Told<Line> {
    let (intake, order) = reader.parts();
    let (mut batch, mut parser) = (Batch::<Line>::default(), Parser::default());
    let mut lines = Vec::new();
    let end = loop {
        intake.take(&mut batch, &mut parser);
        batch.read(&mut parser);
        let end = order.accept(&mut batch);
        lines.extend_from_slice(batch.lines());
        if let Some(end) = end {
            break order.end(end);
        }
    };
    Told::new(lines, end, &reader)
}

/// Holds all ways of reading against each other.
fn hold<R: BufRead>(reader: impl Fn() -> Reader<R>) -> Told<Line> {
    let told = by_line(reader(), Reader::next_line);
    assert_eq!(in_batches(reader()), told);
    assert_eq!(in_one_batch(reader()), told);
    told
}

/// The same of a text, with so many bytes at hand.
fn hold_text(text: &[u8], at_hand: usize) -> Told<Line> {
    hold(|| Reader::new(BufReader::with_capacity(at_hand, text), "t.jsonl").unwrap())
}

/// The same of the beginnings of its lines. Which of them are read to the end is another matter, so what is wrong there
/// is not in it.
fn hold_briefly(text: &[u8], at_hand: usize) {
    let reader = || Reader::new(BufReader::with_capacity(at_hand, text), "t.jsonl").unwrap();
    let told = by_line(reader(), Reader::next_brief);
    assert_eq!(in_batches::<BriefLine, _>(reader()), told);
}

/// A header and two records.
fn short() -> String {
    let next = RECORD.replace("\"seq\":0", "\"seq\":1");
    format!("{HEADER}{RECORD}{next}")
}

#[test]
fn a_recorded_trace_is_the_same() {
    for at_hand in AT_HAND {
        let told = hold_text(TRACE.as_bytes(), at_hand);
        hold_briefly(TRACE.as_bytes(), at_hand);
        assert_eq!(told.error, None);
        assert!(told.lines.len() > 100);
    }
    // All of it is in memory.
    hold(|| Reader::new(TRACE.as_bytes(), "t.jsonl").unwrap());
}

#[test]
fn an_error_is_told_of_its_line_wherever_it_is() {
    let lines: Vec<&str> = TRACE.split_inclusive('\n').take(12).collect();
    for at in 1..lines.len() {
        let later = RECORD.replace("\"seq\":0", "\"seq\":900");
        for wrong in ["no JSON\n", "[]\n", "{\"seq\":0}\n", &later] {
            let mut lines = lines.clone();
            lines[at] = wrong;
            for at_hand in AT_HAND {
                let text = lines.concat();
                let told = hold_text(text.as_bytes(), at_hand);
                hold_briefly(text.as_bytes(), at_hand);
                assert_eq!(told.line, at as u64 + 1, "{wrong}");
                assert!(told.error.is_some());
            }
        }
    }
}

#[test]
fn a_trace_may_be_cut_off_anywhere() {
    let text = short();
    for end in HEADER.len()..=text.len() {
        for at_hand in AT_HAND {
            let told = hold_text(&text.as_bytes()[..end], at_hand);
            hold_briefly(&text.as_bytes()[..end], at_hand);
            assert_eq!(told.error, None);
        }
    }
}

/// An input that fails behind some bytes, and is interrupted now and then.
struct Fails<'a> {
    text: &'a [u8],
    how: io::ErrorKind,
    reads: usize,
}

impl Read for Fails<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        match self.text {
            _ if self.reads % 3 == 2 => Err(io::ErrorKind::Interrupted.into()),
            [] => Err(self.how.into()),
            _ => self.text.read(buffer),
        }
    }
}

#[test]
fn an_input_may_fail_anywhere() {
    let text = short();
    for how in [io::ErrorKind::UnexpectedEof, io::ErrorKind::Other] {
        for end in HEADER.len()..=text.len() {
            for at_hand in [1, 100] {
                let told = hold(|| {
                    let input = Fails {
                        text: &text.as_bytes()[..end],
                        how,
                        reads: 0,
                    };
                    Reader::new(BufReader::with_capacity(at_hand, input), "t.jsonl").unwrap()
                });
                let is_cut_short = how == io::ErrorKind::UnexpectedEof;
                assert_eq!(told.error.is_none(), is_cut_short);
                assert_eq!(told.cut_off.is_some(), is_cut_short);
            }
        }
    }
}

/// What somebody writes piece by piece, and when all of it was read, does not go on.
struct Written<'a>(std::slice::Iter<'a, String>);

impl Read for Written<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let piece = self.0.next().expect("nobody waits for more than a line");
        buffer[..piece.len()].copy_from_slice(piece.as_bytes());
        Ok(piece.len())
    }
}

#[test]
fn a_batch_waits_for_no_more_than_a_line() {
    let text = short();
    for end in HEADER.len() + 1..text.len() {
        let (begin, rest) = text.split_at(end);
        let pieces = [begin.to_owned(), rest.to_owned()];
        let input = BufReader::with_capacity(1 << 16, Written(pieces.iter()));
        let mut reader = Reader::new(input, "t.jsonl").unwrap();
        let (intake, _) = reader.parts();
        let (mut batch, mut parser) = (Batch::<Line>::default(), Parser::default());
        let mut lines = 0;
        while lines < 2 {
            intake.take(&mut batch, &mut parser);
            batch.read(&mut parser);
            assert!(!batch.lines().is_empty());
            lines += batch.lines().len();
        }
    }
}

#[test]
fn behind_a_batch_it_goes_on_line_by_line() {
    for at_hand in AT_HAND {
        let input = || BufReader::with_capacity(at_hand, TRACE.as_bytes());
        let told = by_line(Reader::new(input(), "t.jsonl").unwrap(), Reader::next_line);
        let mut reader = Reader::new(input(), "t.jsonl").unwrap();
        let (mut batch, mut parser) = (Batch::<Line>::default(), Parser::default());
        let mut lines = Vec::new();
        loop {
            let (intake, order) = reader.parts();
            intake.take(&mut batch, &mut parser);
            batch.read(&mut parser);
            let end = order.accept(&mut batch);
            lines.extend_from_slice(batch.lines());
            if let Some(end) = end {
                order.end(end).unwrap();
                break;
            }
            lines.extend(reader.next_line().unwrap());
        }
        assert_eq!(Told::new(lines, Ok(()), &reader), told);
    }
}

#[test]
fn a_long_line_takes_as_much_as_it_needs() {
    let member = format!("{{\"x_long\":\"{}\",", "é".repeat(150_000));
    let long = RECORD.replacen('{', &member, 1);
    let next = RECORD.replace("\"seq\":0", "\"seq\":1");
    for at_hand in [1_000, 1 << 16, 1 << 20] {
        let text = format!("{HEADER}{long}{next}");
        let told = hold_text(text.as_bytes(), at_hand);
        assert_eq!((told.lines.len(), told.error), (2, None));
    }
}

#[test]
fn a_line_without_an_end_is_refused() {
    let endless = || {
        let input = HEADER.as_bytes().chain(io::repeat(b' '));
        Reader::new(BufReader::with_capacity(1 << 16, input), "t.jsonl").unwrap()
    };
    let mut reader = endless();
    let (intake, order) = reader.parts();
    let mut batch = Batch::<Line>::default();
    let mut parser = Parser::default();
    intake.take(&mut batch, &mut parser);
    batch.read(&mut parser);
    let end = order.accept(&mut batch).unwrap();
    let error = order.end(end).unwrap_err().to_string();
    assert_eq!(error, endless().next_line().unwrap_err().to_string());
}

/// A line of a made-up trace.
#[derive(Debug, Clone)]
enum Piece {
    /// One of these records, numbered on.
    Record(Index),
    /// The same with its members in another order.
    Foreign(Index),
    /// Its beginning is right.
    WrongBehind(Index),
    /// One whose turn it is not, that far off, and whether it is wrong besides.
    OutOfOrder(Index, u64, bool),
    /// As it stands there.
    Other(&'static str),
}

fn piece() -> impl Strategy<Value = Piece> {
    let source = r#"{"source":{"file":"a.c","fn":"f","first":1,"text":"int f;"}}"#;
    let at = any::<Index>;
    prop_oneof![
        60 => at().prop_map(Piece::Record),
        20 => at().prop_map(Piece::Foreign),
        1 => at().prop_map(Piece::WrongBehind),
        1 => (at(), 1..64_u64, any::<bool>())
            .prop_map(|(at, off, is_wrong)| Piece::OutOfOrder(at, off, is_wrong)),
        10 => select(vec!["", "  ", "\r", source]).prop_map(Piece::Other),
        1 => select(vec!["{}", "null", "{\"source\":1}", "{\"seq\":"]).prop_map(Piece::Other),
    ]
}

fn text(pieces: &[Piece]) -> String {
    let records: Vec<&str> = TRACE
        .lines()
        .filter(|line| line.starts_with("{\"seq\":"))
        .collect();
    let numbered = |at: &Index, seq: u64| {
        let (_, rest) = at.get(&records).split_once(',').unwrap();
        format!("{{\"seq\":{seq},{rest}")
    };
    // Whoever reads only its beginning does not see it.
    let wrong = |line: String| line.strip_suffix('}').unwrap().to_owned() + ",}";
    let mut text = HEADER.to_owned();
    let mut next = 0;
    for piece in pieces {
        let mut record = |at| {
            next += 1;
            numbered(at, next - 1)
        };
        text += &match piece {
            Piece::Record(at) => record(at),
            Piece::Foreign(at) => {
                let value: Value = serde_json::from_str(&record(at)).unwrap();
                value.to_string()
            }
            Piece::WrongBehind(at) => wrong(record(at)),
            // Up to 40 are made.
            Piece::OutOfOrder(at, off, false) => numbered(at, (next + off) % 64),
            Piece::OutOfOrder(at, off, true) => wrong(numbered(at, (next + off) % 64)),
            Piece::Other(line) => (*line).to_owned(),
        };
        text.push('\n');
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_trace_is_the_same(
        pieces in vec(piece(), 0..40),
        end in proptest::option::of(any::<Index>()),
        at_hand in 1..2_000_usize,
    ) {
        let text = text(&pieces);
        let end = end.map_or(text.len(), |end| HEADER.len() + end.index(text.len() - HEADER.len() + 1));
        hold_text(&text.as_bytes()[..end], at_hand);
        if !pieces.iter().any(|piece| matches!(piece, Piece::WrongBehind(_))) {
            hold_briefly(&text.as_bytes()[..end], at_hand);
        }
    }
}
