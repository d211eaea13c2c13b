//! Any records there can be, in any order: the model never fails and keeps its promises.

use evscope_replay::{Replay, State, Stats, Trace, navigate as go, summary};
use evscope_trace::{Event, FieldInfo, FieldKind, Header, Kind, Level, Phase, Presence, Record};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

/// Makes a record out of random bits: cheaper, for so many records, than a strategy for each field.
struct Bits {
    bits: [u64; 6],
    used: usize,
}

impl Bits {
    fn byte(&mut self) -> usize {
        let byte = self.bits[self.used / 8 % self.bits.len()] >> (8 * (self.used % 8)) & 0xff;
        self.used += 1;
        byte as usize
    }

    /// Few different objects and lengths, so that records meet; and the extremes.
    fn number(&mut self, field: &FieldInfo) -> Value {
        let (min, max) = field.range.unwrap();
        match self.byte() {
            254 => json!(min),
            255 => json!(max),
            byte => json!(min.max(-2) + (byte % 8) as i64),
        }
    }

    fn text(&mut self) -> String {
        "abcab"[..self.byte() % 6].to_owned()
    }

    fn value(&mut self, field: &FieldInfo) -> Value {
        match field.kind {
            FieldKind::Bool => json!(self.byte() % 2 == 1),
            FieldKind::Number | FieldKind::Time | FieldKind::Id => self.number(field),
            FieldKind::Text => json!(self.text()),
            FieldKind::Word(words) => json!(words[self.byte() % words.len()]),
            FieldKind::Flags(flags) => {
                let byte = self.byte();
                let set = flags
                    .iter()
                    .enumerate()
                    .filter(|(i, _)| byte >> (i % 8) & 1 == 1);
                json!(set.map(|(_, flag)| flag.0).collect::<Vec<_>>().join("|"))
            }
            FieldKind::Bytes => json!({"text": self.text()}),
        }
    }

    fn record(&mut self, kind: Option<&'static Kind>) -> Record {
        let mut line = Map::new();
        let own = kind.map_or(&[] as &[FieldInfo], |kind| kind.fields);
        for field in Record::FIELDS.iter().chain(own) {
            if field.presence == Presence::Always || self.byte() < 190 {
                line.insert(field.name.to_owned(), self.value(field));
            }
        }
        line.insert(
            "ev".to_owned(),
            json!(kind.map_or("x_event", |kind| kind.name)),
        );
        Record::try_from(line).unwrap()
    }
}

fn record() -> impl Strategy<Value = Record> {
    (0..=Event::KINDS.len(), any::<[u64; 6]>())
        .prop_map(|(kind, bits)| Bits { bits, used: 0 }.record(Event::KINDS.get(kind)))
}

pub(crate) fn trace() -> impl Strategy<Value = Trace> {
    proptest::collection::vec(record(), 0..60).prop_map(|records| {
        let mut trace = Trace::new("any", Header::new("any", "none", "epoll"));
        records.into_iter().for_each(|record| trace.push(record));
        trace
    })
}

/// Whether the fold does something at a step of this kind: in one of many random states, what follows differs from what follows
/// a step that says the same of the same objects by a name nobody knows.
fn is_folded(kind: &'static Kind) -> bool {
    let strategy = (
        proptest::collection::vec(record(), 0..30),
        any::<[u64; 6]>(),
    );
    let mut runner = TestRunner::deterministic();
    (0..200).any(|_| {
        let (records, bits) = strategy.new_tree(&mut runner).unwrap().current();
        let mut step = Bits { bits, used: 0 }.record(Some(kind));
        // Calls that run know their names.
        step.phase = Phase::Point;
        let mut told = State::new();
        records.iter().for_each(|record| told.apply(record));
        let mut untold = told.clone();
        told.apply(&step);
        let name = "x_event".to_owned();
        step.event = Event::Unknown { name };
        untold.apply(&step);
        told != untold
    })
}

#[test]
fn what_says_how_something_is_now_is_folded() {
    let now = ["after", "new", "now", "left"];
    let says = |kind: &&Kind| {
        kind.name.ends_with("_new")
            || kind.name.ends_with("_free")
            || kind.fields.iter().any(|field| now.contains(&field.name))
    };
    for kind in Event::KINDS.iter().filter(says) {
        let name = kind.name;
        assert!(is_folded(kind), "state/apply.rs has no arm for {name}");
    }
    // Not everything is.
    assert!(Event::KINDS.iter().any(|kind| !is_folded(kind)));
}

fn level() -> impl Strategy<Value = Level> {
    proptest::sample::select(&[Level::Program, Level::Walkthrough, Level::Everything][..])
}

/// A record of a kind with all its fields, the same each time.
pub(crate) fn example(kind: &'static Kind) -> Record {
    example_with(kind, |field| json!(field.name))
}

/// The same, with other texts.
pub(crate) fn example_with(kind: &'static Kind, text: impl Fn(&FieldInfo) -> Value) -> Record {
    let mut line = Map::new();
    for field in Record::FIELDS.iter().chain(kind.fields) {
        let value = match field.kind {
            FieldKind::Bool => json!(true),
            FieldKind::Number => json!(7),
            FieldKind::Time => json!(1_500_000),
            FieldKind::Id => json!(1),
            FieldKind::Text => text(field),
            FieldKind::Word(words) => json!(words[0]),
            FieldKind::Flags(flags) => json!(flags[0].0),
            FieldKind::Bytes => json!({"text": "bytes\n"}),
        };
        line.insert(field.name.to_owned(), value);
    }
    line.insert("ev".to_owned(), json!(kind.name));
    line.insert("ph".to_owned(), json!("point"));
    Record::try_from(line).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_state_is_the_fold_of_the_records_so_far(trace in trace(), at in 0..60_usize) {
        let mut folded = State::new();
        trace.records().take(at + 1).for_each(|record| folded.apply(&record));
        let replay = Replay::new(trace);
        prop_assert_eq!(&replay.state_at(at), &folded);
        let changes = replay.changes_at(at);
        prop_assert_eq!(changes.is_empty(), replay.state_before(at) == folded);
        for change in changes {
            prop_assert_ne!(&change.from, &change.to, "{}", change.path);
        }
    }

    #[test]
    fn states_differ_exactly_where_a_difference_is_told(
        (trace, a, b) in (trace(), 0..60_usize, 0..60_usize),
    ) {
        let replay = Replay::new(trace);
        let (a, b) = (replay.state_at(a), replay.state_at(b));
        let (there, back) = (State::diff(&a, &b), State::diff(&b, &a));
        prop_assert_eq!(there.is_empty(), a == b);
        prop_assert_eq!(there.len(), back.len());
        prop_assert!(State::diff(&a, &a.clone()).is_empty());
    }

    #[test]
    fn what_is_known_of_a_buffer_fits_its_length(trace in trace()) {
        let state = Replay::new(trace).state_at(usize::MAX);
        for (id, buf) in state.bufs.iter() {
            prop_assert_eq!(buf.content.len(), buf.len, "{}", id);
        }
        for id in &state.active {
            prop_assert!(state.events.get(*id).is_some_and(|event| event.active.is_some()));
        }
    }

    #[test]
    fn calls_form_a_tree(trace in trace()) {
        for step in 0..trace.len() {
            prop_assert!(trace.begin(step) <= step && step <= trace.end(step));
            if let Some(parent) = trace.parent(step) {
                prop_assert!(parent < step && step <= trace.end(parent));
                prop_assert_eq!(trace.record(parent).phase, Phase::Enter);
                prop_assert_eq!(trace.record(parent).thread, trace.record(step).thread);
                let inside = trace.record(step).phase != Phase::Exit;
                prop_assert_eq!(trace.children(parent).any(|child| child == step), inside);
            }
            if let Some(exit) = trace.exit_of(step) {
                prop_assert_eq!(trace.begin(exit), step);
                prop_assert_eq!(trace.end(step), exit);
            }
        }
    }

    #[test]
    fn next_and_previous_are_inverse(trace in trace(), level in level(), step in 0..60_usize) {
        if trace.is_shown(step, level) {
            if let Some(next) = go::next(&trace, step, level) {
                prop_assert_eq!(go::previous(&trace, next, level), Some(step));
            }
            if let Some(previous) = go::previous(&trace, step, level) {
                prop_assert_eq!(go::next(&trace, previous, level), Some(step));
            }
        }
    }

    #[test]
    fn over_never_enters_and_out_always_leaves(trace in trace(), level in level(), step in 0..60_usize) {
        if let Some(over) = go::over(&trace, step, level) {
            prop_assert!(over > step && trace.is_shown(over, level));
            prop_assert!(!trace.encloses(step, over));
        }
        if let Some(back) = go::over_back(&trace, step, level) {
            prop_assert!(back < step && trace.is_shown(back, level));
        }
        if let (Some(call), Some(out)) = (go::out_back(&trace, step, level), go::out(&trace, step, level)) {
            prop_assert!(trace.encloses(call, step) && !trace.encloses(call, out) && out > step);
        }
    }

    #[test]
    fn every_record_has_words_that_fit_a_line(trace in trace()) {
        for step in 0..trace.len() {
            let line = summary(&trace, step);
            let record = trace.record(step);
            let thread = match trace.has_threads() {
                true => format!("T{} ", record.thread.0),
                false => String::new(),
            };
            let begin = format!("{thread}{}", record.event.name());
            prop_assert!(line.starts_with(&begin), "{line:?}");
            prop_assert!(!line.contains(char::is_control), "{line:?}");
        }
        prop_assert_eq!(Stats::of(&trace).records, trace.len() as u64);
    }
}
