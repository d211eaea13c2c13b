//! What two threads write is what one says, in order.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io::{self, BufReader, Cursor, Write as _};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use evscope_replay::{Again, KnownOf, Passing, Records, Told, Trace, Walk, summary, summary_of};
use evscope_trace::{Phase, ReadError, Reader, Writer};
use proptest::prelude::*;

use crate::arbitrary;

/// A trace of many sheets, with calls that are longer than is looked ahead, and shorter ones.
fn long() -> Trace {
    let mut text = String::from("> event_base_loop base=1 flags=NONBLOCK\n");
    for turn in 0..3_000 {
        text += "> poll base=1 timeout=5\n< poll ready=1\n";
        if turn % 900 == 0 {
            text += "> event_callback event=1 callback=long what=READ\n";
            text += &". error call=accept errno=EMFILE action=none\n".repeat(700);
            text += "< event_callback event=1 callback=long what=READ\n";
        }
    }
    text += "< event_base_loop ended=exit\n";
    crate::support::trace(&text)
}

/// As it stands in a file.
fn lines(trace: &Trace) -> String {
    let mut writer = Writer::new(Vec::new(), trace.header()).unwrap();
    for record in trace.records() {
        writer.record(&record).unwrap();
    }
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

fn again(text: &str) -> Again<'_> {
    Again::new(move || {
        let input: Box<dyn io::BufRead + Send> =
            Box::new(BufReader::new(Cursor::new(text.to_owned())));
        Reader::new(input, "t.jsonl")
    })
}

/// What one who has all of the trace says of some steps.
fn said(trace: &Trace, wanted: impl Fn(usize) -> bool) -> String {
    let mut said = String::new();
    for step in (0..trace.len()).filter(|step| wanted(*step)) {
        let call = match trace.record(step).phase {
            Phase::Exit => trace.begin(step),
            Phase::Enter | Phase::Point => step,
        };
        let (begin, words) = (trace.begin(step), summary(trace, step));
        let took = trace.took(call);
        writeln!(said, "{step} {begin} {took:?} {words} {}", step % 7).unwrap();
    }
    said
}

/// Writes a step as [`said`] does.
fn write(told: &Told<'_, (KnownOf, usize)>, text: &mut Vec<u8>) {
    let words = summary_of(&told.of.0, told.record);
    let took = told.times.map(|times| times.whole);
    let Told {
        step, begin, of, ..
    } = told;
    writeln!(text, "{step} {begin} {took:?} {words} {}", of.1).unwrap();
}

type Of = Option<(KnownOf, usize)>;
type Noted = Result<ControlFlow<Of, Of>, ReadError>;

fn of(passing: &Passing<'_>) -> (KnownOf, usize) {
    (passing.known.of(passing.record), passing.step % 7)
}

/// What is written, and what went wrong; whether the end was reached.
fn written<'a>(
    trace: &Trace,
    records: impl Into<Records<'a>>,
    note: impl FnMut(&Passing<'_>) -> Noted,
) -> (String, Result<bool, String>) {
    let outline = Records::from(trace).outline(usize::MAX).unwrap();
    let mut text = Vec::new();
    let end = Walk::new(&outline).looking_ahead(true).write(
        records,
        |_| true,
        note,
        || write,
        |bytes| {
            text.extend_from_slice(bytes);
            Ok(())
        },
    );
    let end = end.map(|end| end.is_some()).map_err(|e| e.to_string());
    (String::from_utf8(text).unwrap(), end)
}

/// Holds that both are the same, and shows the first line that is not.
fn same(one: &(String, Result<bool, String>), other: &(String, Result<bool, String>)) {
    let mut lines = one.0.lines().zip(other.0.lines());
    assert_eq!(lines.find(|(one, other)| one != other), None);
    assert_eq!((one.0.len(), &one.1), (other.0.len(), &other.1));
}

fn all(passing: &Passing<'_>) -> Noted {
    Ok(ControlFlow::Continue(Some(of(passing))))
}

#[test]
fn every_step_is_written_in_order() {
    let trace = long();
    let text = lines(&trace);
    let expected = (said(&trace, |_| true), Ok(true));
    same(&written(&trace, &again(&text), all), &expected);
    same(&written(&trace, &trace, all), &expected);
}

#[test]
fn only_what_is_noted_is_written() {
    let trace = long();
    let text = lines(&trace);
    // Whole sheets of which nothing is written lie between the others.
    let wanted = |step: usize| step.is_multiple_of(3) && step / 1_000 % 2 == 1;
    let some = |passing: &Passing<'_>| {
        let noted = wanted(passing.step).then(|| of(passing));
        Ok(ControlFlow::Continue(noted))
    };
    let expected = (said(&trace, wanted), Ok(true));
    same(&written(&trace, &again(&text), some), &expected);
    same(&written(&trace, &trace, some), &expected);
}

#[test]
fn nothing_is_written_behind_what_is_enough() {
    let trace = long();
    let text = lines(&trace);
    for last in [0, 1, 300, 4_321, trace.len() - 1] {
        let first = |passing: &Passing<'_>| {
            let noted = Some(of(passing));
            Ok(match passing.step < last {
                true => ControlFlow::Continue(noted),
                false => ControlFlow::Break(noted),
            })
        };
        let expected = (
            said(&trace, |step| step <= last),
            Ok(last + 1 == trace.len()),
        );
        same(&written(&trace, &again(&text), first), &expected);
        same(&written(&trace, &trace, first), &expected);
    }
}

#[test]
fn what_comes_before_a_wrong_line_is_written() {
    let trace = long();
    let text = lines(&trace);
    for wrong in [0, 1, 200, 2_000, trace.len() - 1] {
        let seq = format!("{{\"seq\":{wrong},");
        let text = text.replacen(&seq, "{\"seq\":wrong,", 1);
        let (written, end) = written(&trace, &again(&text), all);
        assert!(end.is_err(), "{wrong}");
        // Of calls that end behind it the times are not known.
        let steps = written.lines().map(|line| line.split(' ').next().unwrap());
        let expected: Vec<String> = (0..wrong).map(|step| step.to_string()).collect();
        assert!(steps.eq(&expected), "{wrong}");
    }
}

#[test]
fn whoever_notes_or_writes_or_puts_it_out_may_fail() {
    let trace = long();
    let text = lines(&trace);
    let outline = Records::from(&trace).outline(usize::MAX).unwrap();
    let failed = || ReadError::Io {
        file: "out".to_owned(),
        source: io::Error::other("it is full"),
    };
    let at = |wanted: usize| {
        move |passing: &Passing<'_>| match passing.step == wanted {
            true => Err(failed()),
            false => all(passing),
        }
    };
    for step in [0, 1_000, 5_000] {
        let (_, end) = written(&trace, &again(&text), at(step));
        assert!(end.unwrap_err().contains("it is full"));
    }
    for most in [0, 1, 10] {
        let mut puts = 0;
        let end = Walk::new(&outline).write(
            &again(&text),
            |_| true,
            all,
            || write,
            |_| {
                puts += 1;
                if puts > most { Err(failed()) } else { Ok(()) }
            },
        );
        assert!(end.unwrap_err().to_string().contains("it is full"));
    }
    for step in [0, 1_000, 5_000] {
        let panics = |told: &Told<'_, (KnownOf, usize)>, _: &mut Vec<u8>| {
            assert!(told.step != step, "so it is");
        };
        let records = again(&text);
        let walk = || {
            Walk::new(&outline).write(
                &records,
                |_| true,
                all,
                || panics,
                |_| Ok::<_, ReadError>(()),
            )
        };
        let panic = catch_unwind(AssertUnwindSafe(walk)).unwrap_err();
        assert_eq!(*panic.downcast_ref::<&str>().unwrap(), "so it is");
    }
}

/// What comes by a pipe can be read only once.
#[test]
fn whoever_goes_through_it_once_opens_it_once() {
    let trace = long();
    let text = lines(&trace);
    let opened = Cell::new(0);
    let records = Again::new(|| {
        opened.set(opened.get() + 1);
        let input: Box<dyn io::BufRead + Send> =
            Box::new(BufReader::new(Cursor::new(text.clone())));
        Reader::new(input, "t.jsonl")
    });
    let outline = Records::from(&records).beginning().unwrap();
    assert_eq!(outline.header(), trace.header());
    let mut steps = 0;
    let count = |_: &Passing<'_>| {
        steps += 1;
        Ok::<_, ReadError>(ControlFlow::Continue(()))
    };
    Walk::new(&outline).run(&records, |_| true, count).unwrap();
    assert_eq!((steps, opened.get()), (trace.len(), 1));
    assert_eq!(
        Records::from(&records).outline(usize::MAX).unwrap().records,
        trace.len()
    );
    assert_eq!(opened.get(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// A record's writer knows of the others what its words say.
    #[test]
    fn any_step_is_said_as_it_goes_by(trace in arbitrary::trace()) {
        let outline = Records::from(&trace).outline(usize::MAX).unwrap();
        let note = |passing: &Passing<'_>| {
            let (known, record) = (passing.known, passing.record);
            let of = (known.of(record), summary_of(known, record));
            Ok(ControlFlow::Continue(Some(of)))
        };
        let same = |told: &Told<'_, (KnownOf, String)>, text: &mut Vec<u8>| {
            assert_eq!(summary_of(&told.of.0, told.record), told.of.1);
            text.push(b'.');
        };
        let mut steps = 0;
        let walk = Walk::new(&outline);
        let put = |text: &[u8]| {
            steps += text.len();
            Ok::<_, ReadError>(())
        };
        walk.write(&trace, |_| true, note, || same, put).unwrap();
        prop_assert_eq!(steps, trace.len());
    }
}
