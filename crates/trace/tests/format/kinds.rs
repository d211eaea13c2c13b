//! Every kind of event in every phase, there and back. The kinds come from the vocabulary itself, so a
//! new one is covered from its first day.

use std::collections::BTreeSet;

use evscope_trace::{Event, FieldInfo, FieldKind, Kind, Line, Phase, Presence, Record};
use serde_json::{Map, Value, json};

use crate::support::{json_lines, read, read_lines, write};

/// Whether a made-up line has the fields that may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    /// Only what must be there.
    Least,
    /// Everything.
    Most,
}

/// Some value of a field.
fn value(field: &FieldInfo) -> Value {
    match field.kind {
        FieldKind::Bool => json!(true),
        FieldKind::Number => {
            let (min, max) = field.range.unwrap();
            if min < 0 { json!(min) } else { json!(max) }
        }
        FieldKind::Time => json!(u64::MAX),
        FieldKind::Id => json!(u32::MAX),
        FieldKind::Text => json!("tab\there, \"quotes\" and 中文"),
        FieldKind::Word(words) => json!(words[words.len() - 1]),
        FieldKind::Flags(flags) => {
            json!(
                flags
                    .iter()
                    .map(|(name, _)| *name)
                    .collect::<Vec<_>>()
                    .join("|")
            )
        }
        FieldKind::Bytes => json!({"hex": "00ff80", "cut": true}),
    }
}

/// A line with a record of `kind`.
pub(crate) fn line(kind: &Kind, phase: Phase, fill: Fill) -> Value {
    let fields = Record::FIELDS.iter().chain(kind.fields);
    let mut line: Map<String, Value> = fields
        .filter(|field| fill == Fill::Most || field.presence == Presence::Always)
        .map(|field| (field.name.to_owned(), value(field)))
        .collect();
    line.insert("seq".to_owned(), json!(0));
    line.insert("ph".to_owned(), json!(phase.name()));
    line.insert("ev".to_owned(), json!(kind.name));
    if fill == Fill::Most {
        line.insert(
            "src".to_owned(),
            json!({"file": "a/b.rs", "line": 1, "fn": "f"}),
        );
        line.insert(
            "caller".to_owned(),
            json!({"file": "c.rs", "line": u32::MAX}),
        );
    }
    Value::Object(line)
}

#[test]
fn every_kind_in_every_phase_comes_back_as_it_was() {
    for kind in Event::KINDS {
        for phase in [Phase::Enter, Phase::Exit, Phase::Point] {
            for fill in [Fill::Least, Fill::Most] {
                let json = line(kind, phase, fill);
                let trace = read_lines(&[&json.to_string()])
                    .unwrap_or_else(|error| panic!("{}: {error}", kind.name));
                let Line::Record(record) = &trace.lines[0] else {
                    panic!("{}: not a record", kind.name)
                };
                assert_eq!(record.event.name(), kind.name);
                assert!(
                    !matches!(record.event, Event::Unknown { .. }),
                    "{}",
                    kind.name
                );
                assert!(record.extra.is_empty(), "{}: {:?}", kind.name, record.extra);
                assert_eq!(record.phase, phase);
                assert_eq!(record.level(), kind.level);
                assert_eq!(record.event.lane(), kind.lane);
                let written = write(&trace);
                assert_eq!(json_lines(&written)[1], json, "{}", kind.name);
                assert_eq!(read(&written).unwrap(), trace, "{}", kind.name);
            }
        }
    }
}

#[test]
fn every_field_that_must_be_there_is_missed_when_it_is_not() {
    for kind in Event::KINDS {
        let fields = Record::FIELDS.iter().chain(kind.fields);
        for field in fields.filter(|field| field.presence == Presence::Always) {
            let mut json = line(kind, Phase::Point, Fill::Most);
            json.as_object_mut().unwrap().remove(field.name);
            let error = read_lines(&[&json.to_string()]).unwrap_err().to_string();
            if field.name == "ev" {
                assert!(error.contains("no `ev`"), "{error}");
            } else {
                assert_eq!(
                    error,
                    format!("t.jsonl:2: field `{}` is missing", field.name)
                );
            }
        }
    }
}

#[test]
fn names_and_fields_are_unambiguous() {
    let names: BTreeSet<&str> = Event::NAMES.iter().copied().collect();
    assert_eq!(names.len(), Event::NAMES.len(), "a name is there twice");
    let kinds: Vec<&str> = Event::KINDS.iter().map(|kind| kind.name).collect();
    assert_eq!(kinds, Event::NAMES);
    let common: BTreeSet<&str> = Record::FIELDS
        .iter()
        .map(|field| field.name)
        .chain(["src", "caller"])
        .collect();
    for kind in Event::KINDS {
        assert!(!kind.about.is_empty(), "{}", kind.name);
        let mut seen = common.clone();
        for field in kind.fields {
            assert!(
                seen.insert(field.name),
                "{}.{}: a record has a field of this name already",
                kind.name,
                field.name
            );
            assert!(!field.about.is_empty(), "{}.{}", kind.name, field.name);
        }
    }
}

#[test]
fn the_fields_of_an_event_are_those_of_its_kind() {
    for kind in Event::KINDS {
        let trace = read_lines(&[&line(kind, Phase::Point, Fill::Most).to_string()]).unwrap();
        let Line::Record(record) = &trace.lines[0] else {
            panic!("{}: not a record", kind.name)
        };
        let found: Vec<&str> = record.event.fields().map(|(name, _)| name).collect();
        let known: Vec<&str> = kind.fields.iter().map(|field| field.name).collect();
        assert_eq!(found, known, "{}", kind.name);
    }
}
