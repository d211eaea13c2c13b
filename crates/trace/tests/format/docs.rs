//! The specification says what the code does.

use std::collections::HashMap;
use std::fmt::Write as _;

use evscope_trace::{
    Event, FieldInfo, FieldKind, Kind, Line, Phase, Presence, Reader, Record, Shape,
};

use crate::support::{assert_current, read, recorded_traces, repository};

const PATH: &str = "docs/trace-format.md";
const TABLE_BEGIN: &str = "<!-- events: made from the vocabulary -->\n";
const TABLE_END: &str = "<!-- end of events -->\n";

fn text() -> String {
    std::fs::read_to_string(repository(PATH)).unwrap()
}

fn shape(kind: &Kind) -> &'static str {
    match kind.shape {
        Shape::Call => "call",
        Shape::Point => "point",
    }
}

fn form(field: &FieldInfo) -> String {
    let of = |names: Vec<&str>| format!("`{}`", names.join("` `"));
    match field.kind {
        FieldKind::Bool => "true or false".to_owned(),
        FieldKind::Number => "number".to_owned(),
        FieldKind::Time => "ns".to_owned(),
        FieldKind::Id => "id".to_owned(),
        FieldKind::Text => "text".to_owned(),
        FieldKind::Word(words) => format!("one of {}", of(words.to_vec())),
        FieldKind::Flags(flags) => {
            format!(
                "flags {}",
                of(flags.iter().map(|(name, _)| *name).collect())
            )
        }
        FieldKind::Bytes => "payload".to_owned(),
    }
}

fn table() -> String {
    let mut table = String::new();
    for kind in Event::KINDS {
        writeln!(
            table,
            "\n**`{}`** · level {} · {} · {}  \n{}",
            kind.name,
            kind.level.number(),
            kind.lane.name(),
            shape(kind),
            kind.about,
        )
        .unwrap();
        if !kind.fields.is_empty() {
            table.push('\n');
        }
        for field in kind.fields {
            let optional = match field.presence {
                Presence::Always => "",
                Presence::Optional => ", optional",
                Presence::OnExit => ", on exit",
            };
            writeln!(
                table,
                "- `{}` ({}{optional}): {}",
                field.name,
                form(field),
                field.about
            )
            .unwrap();
        }
    }
    table.push('\n');
    table
}

#[test]
fn the_table_of_events_is_the_vocabulary() {
    let text = text();
    let (before, rest) = text.split_once(TABLE_BEGIN).expect(TABLE_BEGIN);
    let (_, after) = rest.split_once(TABLE_END).expect(TABLE_END);
    assert_current(
        PATH,
        &format!("{before}{TABLE_BEGIN}{}{TABLE_END}{after}", table()),
    );
}

/// The examples, in their order, are a trace.
#[test]
fn the_examples_are_a_trace_with_every_kind_of_line() {
    let text = text();
    let examples: String = text
        .split("```jsonl\n")
        .skip(1)
        .map(|block| block.split_once("```").unwrap().0)
        .collect();
    let trace = read(&examples).unwrap_or_else(|error| panic!("{error}\nin\n{examples}"));
    let records = || {
        trace.lines.iter().filter_map(|line| match line {
            Line::Record(record) => Some(record),
            Line::Source(_) => None,
        })
    };
    assert!(
        trace
            .lines
            .iter()
            .any(|line| matches!(line, Line::Source(_)))
    );
    for phase in ["enter", "exit", "point"] {
        assert!(
            records().any(|record| record.phase.name() == phase),
            "{phase}"
        );
    }
    assert!(records().any(|record| matches!(record.event, Event::Lost { .. })));
    assert!(records().any(|record| matches!(record.event, Event::Unknown { .. })));
}

/// An exit says what its enter said, and what it adds no enter says.
#[test]
fn an_exit_adds_what_the_table_says() {
    let fields = |record: &Record, which: fn(Presence) -> bool| -> Vec<String> {
        let kind = Kind::named(record.event.name());
        let fields = kind.into_iter().flat_map(|kind| kind.fields).enumerate();
        let of = fields.filter(|(_, field)| which(field.presence));
        of.filter_map(|(at, field)| Some(format!("{}={}", field.name, record.event.field_at(at)?)))
            .collect()
    };
    let added = |presence| presence == Presence::OnExit;
    let repeated = |presence| presence != Presence::OnExit;
    let mut adds = 0;
    for path in recorded_traces() {
        let name = path.display().to_string();
        let mut reader = Reader::new(evscope_trace::open(&path).unwrap(), &name).unwrap();
        let mut open: HashMap<_, Vec<Box<Record>>> = HashMap::new();
        while let Some(line) = reader.next_line().unwrap() {
            let Line::Record(record) = line else { continue };
            let calls = open.entry(record.thread).or_default();
            if record.phase != Phase::Exit {
                assert!(
                    fields(&record, added).is_empty(),
                    "{name}: step {}",
                    record.seq
                );
            }
            match record.phase {
                Phase::Enter => calls.push(record),
                Phase::Exit => {
                    let (exit, enter) = (record, calls.pop().unwrap());
                    let (enter_says, exit_says) =
                        (fields(&enter, repeated), fields(&exit, repeated));
                    assert_eq!(
                        exit_says, enter_says,
                        "{name}: steps {} and {}",
                        enter.seq, exit.seq
                    );
                    adds += fields(&exit, added).len();
                }
                Phase::Point => {}
            }
        }
    }
    assert!(adds > 100, "{adds}");
}

/// What the specification says of phases holds in the traces that were recorded.
#[test]
fn calls_and_points_are_what_the_table_says() {
    for path in recorded_traces() {
        let name = path.display().to_string();
        let mut reader = Reader::new(evscope_trace::open(&path).unwrap(), &name).unwrap();
        while let Some(line) = reader.next_line().unwrap() {
            let Line::Record(record) = line else { continue };
            let Some(kind) = Kind::named(record.event.name()) else {
                continue;
            };
            let found = match record.phase {
                Phase::Enter | Phase::Exit => "call",
                Phase::Point => "point",
            };
            assert_eq!(
                found,
                shape(kind),
                "{name}: step {}: {}",
                record.seq,
                kind.name
            );
        }
    }
}
