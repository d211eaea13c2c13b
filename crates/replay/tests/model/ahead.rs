//! What two threads read is what one reads.

use std::fs;
use std::io::{self, BufReader, Cursor, Read};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use evscope_replay::{Again, Coming, Records, Trace, each_line};
use evscope_trace::{Line, ReadError, Reader};
use serde_json::{Value, json};

const TRACE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../traces/hello-world.jsonl"
));

/// So many bytes are at hand at once: a line, some lines, all of them.
const AT_HAND: [usize; 3] = [1, 1_000, 1 << 16];

const COMING: [Coming; 2] = [Coming::There, Coming::LineByLine];

fn reader(text: &str, at_hand: usize) -> Reader<BufReader<Cursor<&str>>> {
    let input = BufReader::with_capacity(at_hand, Cursor::new(text));
    Reader::new(input, "t.jsonl").unwrap()
}

/// The lines that one thread reads, and the error behind them.
fn alone(text: &str) -> (Vec<Line>, Option<String>) {
    let mut reader = reader(text, 1 << 16);
    let mut lines = Vec::new();
    loop {
        match reader.next_line() {
            Ok(Some(line)) => lines.push(line),
            Ok(None) => return (lines, None),
            Err(error) => return (lines, Some(error.to_string())),
        }
    }
}

/// Goes through a trace as far as `most` lines, and tells what was seen.
fn through(text: &str, at_hand: usize, coming: Coming, most: usize) -> (Vec<Line>, Option<String>) {
    let mut lines = Vec::new();
    let end = each_line(&mut reader(text, at_hand), coming, |line| {
        lines.push(line.clone());
        Ok::<_, ReadError>(match lines.len() == most {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        })
    });
    (lines, end.err().map(|error| error.to_string()))
}

#[test]
fn every_line_comes_in_order() {
    let (lines, error) = alone(TRACE);
    assert!(lines.len() > 100 && error.is_none());
    for coming in COMING {
        for at_hand in AT_HAND {
            let told = through(TRACE, at_hand, coming, usize::MAX);
            assert_eq!(told, (lines.clone(), None));
        }
    }
}

#[test]
fn what_comes_before_an_error_is_looked_at() {
    let wrong = TRACE.replacen("\"seq\":90,", "\"seq\":91,", 1);
    let (lines, error) = alone(&wrong);
    assert!(lines.len() > 100 && error.is_some());
    for coming in COMING {
        for at_hand in AT_HAND {
            let told = through(&wrong, at_hand, coming, usize::MAX);
            assert_eq!(told, (lines.clone(), error.clone()));
        }
    }
}

/// What was read ahead in vain may be wrong.
#[test]
fn no_more_is_looked_at_than_is_wanted() {
    let wrong = TRACE.replacen("\"seq\":90,", "\"seq\":91,", 1);
    let (lines, _) = alone(&wrong);
    for coming in COMING {
        for at_hand in AT_HAND {
            for most in [1, 2, 50, lines.len()] {
                let told = through(&wrong, at_hand, coming, most);
                assert_eq!(told, (lines[..most].to_vec(), None));
            }
        }
    }
}

#[test]
fn the_end_of_a_trace_is_known_to_its_reader() {
    let cut = &TRACE[..TRACE.len() - 3];
    for coming in COMING {
        for at_hand in AT_HAND {
            let mut reader = reader(cut, at_hand);
            let each = |_: &mut Line| Ok::<_, ReadError>(ControlFlow::Continue(()));
            each_line(&mut reader, coming, each).unwrap();
            let cut_off = reader.cut_off().unwrap();
            assert_eq!(cut_off.line, TRACE.lines().count() as u64);
        }
    }
}

/// Whoever looks may take records, and leave others there.
#[test]
fn a_record_may_be_taken() {
    let (lines, _) = alone(TRACE);
    for at_hand in AT_HAND {
        let mut taken = Vec::new();
        each_line(&mut reader(TRACE, at_hand), Coming::There, |line| {
            let Line::Source(source) = &lines[0] else {
                panic!("a trace begins with a text");
            };
            taken.push(std::mem::replace(line, Line::Source(source.clone())));
            Ok::<_, ReadError>(ControlFlow::Continue(()))
        })
        .unwrap();
        assert_eq!(taken, lines);
    }
}

/// Panics behind the beginning of a trace.
struct Panics(&'static [u8]);

impl Read for Panics {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert!(!self.0.is_empty(), "as was said");
        self.0.read(buffer)
    }
}

#[test]
fn a_panic_is_carried_over() {
    let said = |panic: Box<dyn std::any::Any + Send>| *panic.downcast::<&str>().unwrap();
    for coming in COMING {
        for at_hand in AT_HAND {
            let input = || BufReader::with_capacity(at_hand, Panics(&TRACE.as_bytes()[..20_000]));
            let mut reader = Reader::new(input(), "t.jsonl").unwrap();
            let each = |_: &mut Line| Ok::<_, ReadError>(ControlFlow::Continue(()));
            let read = catch_unwind(AssertUnwindSafe(|| each_line(&mut reader, coming, each)));
            assert_eq!(said(read.unwrap_err()), "as was said");
        }
    }
    for coming in COMING {
        let mut reader = reader(TRACE, 1);
        let each = |_: &mut Line| -> Result<ControlFlow<()>, ReadError> { panic!("so it is") };
        let looked = catch_unwind(AssertUnwindSafe(|| each_line(&mut reader, coming, each)));
        assert_eq!(said(looked.unwrap_err()), "so it is");
    }
}

/// What stands at the beginnings of the lines is gathered by two threads, and of the first ones by one.
#[test]
fn an_outline_is_the_same() {
    let count = TRACE
        .lines()
        .filter(|line| line.starts_with("{\"seq\""))
        .count();
    for at_hand in AT_HAND {
        let again = Again::new(|| {
            let input: Box<dyn io::BufRead + Send> =
                Box::new(BufReader::with_capacity(at_hand, Cursor::new(TRACE)));
            Reader::new(input, "t.jsonl")
        });
        let whole = Records::from(&again).outline(usize::MAX).unwrap();
        let counted = Records::from(&again).outline(count).unwrap();
        assert_eq!(whole.records, count);
        assert_eq!(whole.threads, counted.threads);
        assert_eq!(whole.occurs, counted.occurs);
        assert_eq!(Records::from(&again).outline(10).unwrap().records, 10);
    }
}

/// Of a trace that was read ahead of its last step of interest, what comes behind that is not known.
#[test]
fn a_trace_is_known_as_far_as_it_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("first.jsonl");
    let count = TRACE
        .lines()
        .filter(|line| line.starts_with("{\"seq\""))
        .count();
    fs::write(&path, &TRACE[..TRACE.len() - 3]).unwrap();
    for most in 1..=count {
        let trace = Trace::open_first(&path, most).unwrap();
        let is_whole = most == count;
        assert_eq!(trace.len(), most - usize::from(is_whole));
        assert_eq!(trace.cut_off().is_some(), is_whole);
        assert_eq!(trace.lacking(), None);
    }
    // What comes first has fewer steps than it should.
    let header: Value = serde_json::from_str(TRACE.lines().next().unwrap()).unwrap();
    let mut header = header.as_object().unwrap().clone();
    let pid = header["pid"].clone();
    header.insert(
        "continues".to_owned(),
        json!({"trace": "first.jsonl", "pid": pid, "records": count}),
    );
    let (_, records) = TRACE.split_once('\n').unwrap();
    let path = folder.path().join("second.jsonl");
    fs::write(&path, format!("{}\n{records}", Value::from(header))).unwrap();
    for most in [
        1,
        50,
        count - 1,
        count,
        count + 50,
        2 * count - 1,
        2 * count,
    ] {
        let trace = Trace::open_first(&path, most).unwrap();
        assert_eq!(trace.len(), most.min(2 * count - 1));
        assert_eq!(trace.lacking().is_some(), most >= count, "{most}");
        for (at, record) in trace.records().enumerate() {
            assert_eq!(record.seq, at as u64);
        }
    }
}
