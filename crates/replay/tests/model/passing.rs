//! A trace that goes by is told like one that is there as a whole.

use std::fs;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use evscope_replay::{
    Again, CauseKind, Known, Outline, Query, Records, State, Times, Trace, Trail, Walk, each_cause,
    summary, summary_of,
};
use evscope_trace::{Brief, BriefLine, Level, Phase, ReadError, Reader};
use proptest::prelude::*;

use crate::arbitrary;

const LEVELS: [Level; 3] = [Level::Program, Level::Walkthrough, Level::Everything];

/// Every trace that was recorded.
fn files() -> Vec<PathBuf> {
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces");
    let folders = [traces.clone(), traces.join("libevent")];
    let entries = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    assert!(files.len() > 50);
    files
}

fn again(path: &Path) -> Again<'_> {
    Again::new(move || {
        let input = evscope_trace::open(path).unwrap();
        Reader::beside(input, path.display().to_string(), path)
    })
}

fn through<'a>(
    walk: Walk<'a>,
    records: impl Into<Records<'a>>,
    mut each: impl FnMut(&evscope_replay::Passing<'_>),
) {
    walk.run(
        records,
        |_| false,
        |passing| {
            each(passing);
            Ok::<_, ReadError>(ControlFlow::Continue(()))
        },
    )
    .unwrap();
}

/// What the trace says of a call; nothing of what is no enter.
fn times(trace: &Trace, step: usize) -> Option<Times> {
    Some(Times {
        whole: trace.took(step)?,
        own: trace.took_itself(step)?,
        waited: trace.waited(step)?,
    })
}

#[test]
fn every_step_is_told_as_in_the_whole() {
    for path in files() {
        let trace = Trace::open(&path).unwrap();
        let records = again(&path);
        let outline = Records::from(&records).outline(usize::MAX).unwrap();
        assert_eq!(outline.records, trace.len());
        assert_eq!(outline.has_threads(), trace.has_threads());
        assert_eq!(outline.texts.source_files(), trace.source_files());
        let mut steps = 0..;
        through(
            Walk::new(&outline).looking_ahead(true),
            &records,
            |passing| {
                let step = steps.next().unwrap();
                let at = format!("{} {step}", path.display());
                assert_eq!(passing.step, step);
                assert_eq!(*passing.record, *trace.record(step), "{at}");
                assert_eq!(passing.begin, trace.begin(step), "{at}");
                let mut around: Vec<usize> = trace.ancestors(passing.begin).collect();
                around.reverse();
                let calls: Vec<usize> = passing.around.iter().map(|call| call.step).collect();
                assert_eq!(calls, around, "{at}");
                for level in LEVELS {
                    assert_eq!(passing.indent(level), trace.indent(step, level), "{at}");
                    assert_eq!(passing.is_shown(level), trace.is_shown(step, level), "{at}");
                }
                let said = summary_of(passing.known, passing.record);
                assert_eq!(said, summary(&trace, step), "{at}");
                // An exit has the times of its call as well.
                let call = match passing.record.phase {
                    Phase::Exit => passing.begin,
                    Phase::Enter | Phase::Point => step,
                };
                assert_eq!(passing.times, times(&trace, call), "{at}");
            },
        );
        assert_eq!(steps.start, trace.len());
    }
}

#[test]
fn a_query_means_the_same_steps() {
    let queries = [
        "ev=readcb",
        "dur>100us",
        "self>50us && ev!=poll",
        "wait>1ms",
        "bev.output.len>0",
        "bev.input.len>3 && dur>1us",
        "bev1.output.len > 0",
        "\"fd 8\"",
        "level<=2 && !(ph=exit)",
        "seq>20 && caller.fn~*cb*",
        "asked>result",
    ];
    let mut found = 0;
    for path in files() {
        let trace = Trace::open(&path).unwrap();
        let records = again(&path);
        let outline = Records::from(&records).outline(usize::MAX).unwrap();
        for text in queries {
            let query = Query::parse(text).unwrap();
            let walk = Walk::new(&outline)
                .looking_ahead(query.looks_ahead())
                .with_state(query.needs_state());
            let mut state = State::new();
            through(walk, &records, |passing| {
                state.apply(passing.record);
                let means = query.means(&passing.seen());
                let matches = query.matches(&trace, Some(&state), passing.step);
                assert_eq!(
                    means,
                    matches,
                    "{} {}: {text}",
                    path.display(),
                    passing.step
                );
                found += usize::from(means);
            });
        }
    }
    assert!(found > 1000, "{found}");
}

/// The first causes by the trail, as it goes along, and by the trace.
pub(crate) fn first_causes(trace: &Trace) -> Vec<[Option<(usize, CauseKind)>; 2]> {
    let mut trail: Trail<usize> = Trail::default();
    let mut found = Vec::new();
    for (step, record) in trace.records().enumerate() {
        let mut on_the_way = None;
        trail.step(step, &record, |cause| {
            on_the_way = cause;
            step
        });
        if record.phase != Phase::Exit {
            let cause = each_cause(trace, step).next();
            found.push([on_the_way, cause.map(|cause| (cause.step, cause.kind))]);
        }
    }
    found
}

#[test]
fn the_cause_of_every_step_is_the_same_on_the_way() {
    for path in files() {
        let trace = Trace::open(&path).unwrap();
        for (at, [on_the_way, whole]) in first_causes(&trace).into_iter().enumerate() {
            assert_eq!(on_the_way, whole, "{}: the {at}th", path.display());
        }
    }
}

/// A call that returns after more steps than are looked ahead has its times all the same.
#[test]
fn a_long_call_has_its_times() {
    const STEPS: usize = 20_000;
    let mut text = String::from("> event_base_loop base=1 flags=NONBLOCK\n");
    for _ in 0..STEPS / 2 {
        text += "> poll base=1 timeout=5\n< poll ready=1\n";
    }
    text += "< event_base_loop ended=exit\n. event_base_free base=1\n";
    let trace = crate::support::trace(&text);
    let outline = Records::from(&trace).outline(usize::MAX).unwrap();
    let mut told = 0;
    through(Walk::new(&outline).looking_ahead(true), &trace, |passing| {
        if passing.record.phase == Phase::Enter {
            assert_eq!(passing.times, times(&trace, passing.step));
            told += 1;
        }
    });
    assert_eq!(told, STEPS / 2 + 1);
    // Without looking ahead nothing is known yet at an enter.
    through(Walk::new(&outline), &trace, |passing| {
        assert_eq!(passing.times.is_some(), passing.record.phase == Phase::Exit);
    });
}

/// What is chosen is chosen with its end, and it is known whether that is still to come.
#[test]
fn a_call_is_chosen_as_a_whole() {
    let trace = crate::support::trace(crate::support::HELLO);
    let outline = Records::from(&trace).outline(usize::MAX).unwrap();
    let chosen = |step: usize| trace.record(step).event.name() == "writecb";
    let mut told = Vec::new();
    Walk::new(&outline)
        .run(
            &trace,
            |passing| chosen(passing.step),
            |passing| {
                assert_eq!(passing.is_chosen, chosen(passing.step));
                let inside = trace.ancestors(passing.step).any(chosen);
                assert_eq!(passing.is_chosen_running, inside, "{}", passing.step);
                told.push(passing.step);
                Ok::<_, ReadError>(match passing.step < 30 {
                    true => ControlFlow::Continue(()),
                    false => ControlFlow::Break(()),
                })
            },
        )
        .unwrap();
    assert_eq!(told.last(), Some(&30), "no further than was wanted");
}

/// What a line says first is what its record says.
#[test]
fn a_line_is_read_briefly_as_it_is_read_whole() {
    for path in files() {
        let reader = || {
            let input = BufReader::new(fs::File::open(&path).unwrap());
            Reader::beside(input, "trace", &path).unwrap()
        };
        let mut brief = reader();
        let mut lines = 0;
        let mut whole = reader();
        while let Some(line) = whole.next_line().unwrap() {
            let said = match line {
                evscope_trace::Line::Record(record) => BriefLine::Record(Brief::from(&*record)),
                evscope_trace::Line::Source(source) => BriefLine::Source(source),
            };
            assert_eq!(
                brief.next_brief().unwrap(),
                Some(said),
                "{}",
                path.display()
            );
            lines += 1;
        }
        assert_eq!(brief.next_brief().unwrap(), None);
        assert!(lines > 10);
    }
}

/// An error in the middle of a trace is told after what comes before it.
#[test]
fn what_comes_before_a_wrong_line_is_told() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces/hello-world.jsonl");
    let text = fs::read_to_string(path).unwrap();
    // Its beginning is right, so that only who reads all of the line sees it.
    let wrong = text.replacen("\"ev\":\"poll\",", "\"ev\":\"poll\",\"bev\":\"none\",", 1);
    assert_ne!(text, wrong);
    let records = Again::new(|| {
        let input: Box<dyn std::io::BufRead + Send> = Box::new(std::io::Cursor::new(wrong.clone()));
        Reader::new(input, "wrong")
    });
    let outline = Outline::of(&Trace::read(text.as_bytes(), "right").unwrap(), usize::MAX);
    let mut told = 0;
    let error = Walk::new(&outline)
        .run(
            &records,
            |_| true,
            |passing| {
                told += 1;
                assert!(passing.known.owner(evscope_trace::BufId(999)).is_none());
                Ok::<_, ReadError>(ControlFlow::Continue(()))
            },
        )
        .unwrap_err();
    assert!(error.to_string().contains("bev"), "{error}");
    assert!(told > 10 && told < outline.records);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_trace_has_the_same_calls_and_causes_on_the_way(trace in arbitrary::trace()) {
        let outline = Records::from(&trace).outline(usize::MAX).unwrap();
        through(Walk::new(&outline).looking_ahead(true), &trace, |passing| {
            let step = passing.step;
            assert_eq!(passing.begin, trace.begin(step));
            let mut around: Vec<usize> = trace.ancestors(step).collect();
            around.reverse();
            let calls: Vec<usize> = passing.around.iter().map(|call| call.step).collect();
            assert_eq!(calls, around);
            if passing.record.phase == Phase::Enter {
                assert_eq!(passing.times.map(|times| times.whole), trace.took(step));
                assert_eq!(passing.times.map(|times| times.own), trace.took_itself(step));
            }
        });
        for [on_the_way, whole] in first_causes(&trace) {
            prop_assert_eq!(on_the_way, whole);
        }
    }
}
