use evscope_replay::Trace;
use evscope_trace::Level;

use super::*;
use crate::tests::HELLO_WORLD;

/// The rows as a list of all of them would have them.
fn listed(trace: &Trace, level: Level, besides: &[usize]) -> Vec<(usize, Listed)> {
    (0..trace.len())
        .filter_map(|step| match trace.is_shown(step, level) {
            true => Some((step, Listed::Wanted)),
            false => besides.contains(&step).then_some((step, Listed::Context)),
        })
        .collect()
}

#[test]
fn the_rows_of_a_level_are_as_if_they_were_listed() {
    let trace = Trace::read(HELLO_WORLD.as_bytes(), "hello").unwrap();
    let rest =
        |from: usize, rows: &[(usize, Listed)]| rows.get(from..).unwrap_or_default().to_vec();
    let pairs = |rows: &mut dyn Iterator<Item = Row>| -> Vec<(usize, Listed)> {
        rows.map(|row| (row.step(), row.why)).collect()
    };
    for level in [Level::Program, Level::Walkthrough, Level::Everything] {
        let hidden: Vec<usize> = (0..trace.len())
            .filter(|step| !trace.is_shown(*step, level))
            .collect();
        let middle = hidden[hidden.len() / 2];
        for besides in [
            vec![],
            vec![hidden[0]],
            vec![middle, hidden[0], *hidden.last().unwrap()],
        ] {
            let mut shown = Shown::of_level(&trace, level);
            for step in &besides {
                assert!(shown.insert(&trace, *step, Listed::Context));
                assert!(!shown.insert(&trace, *step, Listed::Context), "twice");
            }
            let all = listed(&trace, level, &besides);
            let rows = shown.rows(&trace);
            assert_eq!(rows.len(), all.len());
            assert_eq!(rows.wanted(), all.len() - besides.len());
            for at in 0..=all.len() {
                let row = rows.get(at).map(|row| (row.step(), row.why));
                assert_eq!(row, all.get(at).copied());
                assert_eq!(pairs(&mut rows.from(at)), rest(at, &all), "from {at}");
                let back: Vec<_> = all[..at].iter().rev().copied().collect();
                assert_eq!(pairs(&mut rows.back(at)), back, "back from {at}");
            }
            for step in 0..=trace.len() {
                let place = all.binary_search_by_key(&step, |(step, _)| *step);
                assert_eq!(rows.position(step), place, "step {step}");
                assert_eq!(rows.partition(step), place.unwrap_or_else(|at| at));
            }
        }
    }
}

#[test]
fn what_a_trace_grows_by_is_listed_when_it_was_looked_at() {
    let whole = Trace::read(HELLO_WORLD.as_bytes(), "hello").unwrap();
    let mut trace = Trace::new("growing", whole.header().clone());
    let mut shown = Shown::of_level(&trace, Level::Everything);
    for record in whole.records() {
        trace.push(record.clone());
    }
    assert!(shown.rows(&trace).is_empty());
    assert_eq!(shown.rows(&trace).from(0).count(), 0);
    shown.extend_all(&trace);
    let all = Shown::of_level(&trace, Level::Everything);
    assert_eq!(shown.rows(&trace).len(), all.rows(&trace).len());
}
