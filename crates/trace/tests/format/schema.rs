//! The schema is the vocabulary's, and it holds for real traces and for every kind of line.

use evscope_trace::{Event, FieldInfo, FieldKind, Phase, Presence, Record};
use serde_json::{Map, Value, json};

use crate::kinds::{Fill, line};
use crate::support::{HEADER, assert_current, recorded_traces, repository};

const PATH: &str = "docs/trace.schema.json";

fn field(field: &FieldInfo) -> Value {
    let mut schema = match field.kind {
        FieldKind::Bool => json!({"type": "boolean"}),
        FieldKind::Number | FieldKind::Time | FieldKind::Id => {
            let (min, max) = field.range.unwrap();
            json!({"type": "integer", "minimum": min, "maximum": max})
        }
        FieldKind::Text => json!({"type": "string"}),
        FieldKind::Word(words) => json!({"enum": words}),
        FieldKind::Flags(flags) => {
            let one = flags
                .iter()
                .map(|(name, _)| *name)
                .collect::<Vec<_>>()
                .join("|");
            json!({"type": "string", "pattern": format!("^(({one})(\\|({one}))*)?$")})
        }
        FieldKind::Bytes => json!({"$ref": "#/$defs/payload"}),
    };
    schema["description"] = match field.presence {
        Presence::OnExit => json!(format!("On exit: {}", field.about)),
        Presence::Always | Presence::Optional => json!(field.about),
    };
    schema
}

/// The members `properties` and `required` for these fields.
fn object(fields: &[FieldInfo]) -> Map<String, Value> {
    let mut object = Map::new();
    if fields.is_empty() {
        return object;
    }
    let properties: Map<String, Value> = fields
        .iter()
        .map(|f| (f.name.to_owned(), field(f)))
        .collect();
    object.insert("properties".to_owned(), Value::Object(properties));
    let required: Vec<&str> = fields
        .iter()
        .filter(|field| field.presence == Presence::Always)
        .map(|field| field.name)
        .collect();
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    object
}

fn record() -> Value {
    let mut record = object(Record::FIELDS);
    record["properties"]["src"] = json!({"$ref": "#/$defs/place"});
    record["properties"]["caller"] = json!({"$ref": "#/$defs/place"});
    let events: Vec<Value> = Event::KINDS
        .iter()
        .filter(|kind| !kind.fields.is_empty())
        .map(|kind| {
            let mut then = object(kind.fields);
            then.insert("description".to_owned(), json!(kind.about));
            json!({"if": {"properties": {"ev": {"const": kind.name}}}, "then": then})
        })
        .collect();
    record.insert("allOf".to_owned(), json!(events));
    record.insert("type".to_owned(), json!("object"));
    record.insert(
        "description".to_owned(),
        json!("A step. Names and fields that are not described here are allowed."),
    );
    Value::Object(record)
}

fn schema() -> Value {
    let text = json!({"type": "string"});
    let number = |min: u32| json!({"type": "integer", "minimum": min, "maximum": u32::MAX});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of an evscope trace, format version 1",
        "type": "object",
        "if": {"required": ["evscope"]},
        "then": {"$ref": "#/$defs/header"},
        "else": {
            "if": {"required": ["ev"]},
            "then": {"$ref": "#/$defs/record"},
            "else": {"$ref": "#/$defs/source"}
        },
        "$defs": {
            "header": {
                "description": "The first line.",
                "type": "object",
                "properties": {
                    "evscope": {"const": 1, "description": "The format's version."},
                    "program": text,
                    "library": text,
                    "backend": text,
                    "pid": number(0),
                    "started": {
                        "type": "string",
                        "description": "RFC 3339.",
                        "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$"
                    },
                    "clock": text,
                    "unit": {"const": "ns"},
                    "continues": {
                        "description": "What comes first: steps of another trace in the same folder.",
                        "type": "object",
                        "properties": {
                            "trace": text,
                            "pid": number(0),
                            "records": {"type": "integer", "minimum": 0}
                        },
                        "required": ["trace", "pid", "records"]
                    }
                },
                "required": ["evscope", "program", "library", "backend", "pid", "started", "clock", "unit"]
            },
            "source": {
                "description": "The text of a function that records point to.",
                "type": "object",
                "properties": {
                    "source": {
                        "type": "object",
                        "properties": {
                            "file": text,
                            "fn": text,
                            "first": number(1),
                            "text": text
                        },
                        "required": ["file", "fn", "first", "text"]
                    }
                },
                "required": ["source"]
            },
            "place": {
                "description": "A line of a source file.",
                "type": "object",
                "properties": {"file": text, "line": number(1), "fn": text},
                "required": ["file", "line"]
            },
            "payload": {
                "description": "Bytes: `text` where they are UTF-8, `hex` where not.",
                "type": "object",
                "properties": {
                    "text": text,
                    "hex": {"type": "string", "pattern": "^([0-9a-fA-F]{2})*$"},
                    "cut": {"type": "boolean", "description": "There were more."}
                },
                "oneOf": [{"required": ["text"]}, {"required": ["hex"]}]
            },
            "record": record()
        }
    })
}

fn validator() -> jsonschema::Validator {
    let text = std::fs::read_to_string(repository(PATH)).unwrap();
    let schema = serde_json::from_str(&text).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

#[test]
fn the_schema_is_that_of_the_vocabulary() {
    assert_current(PATH, &format!("{:#}\n", schema()));
    let valid = jsonschema::draft202012::meta::is_valid(&schema());
    assert!(valid, "not a schema");
}

#[test]
fn every_kind_of_line_is_valid() {
    let validator = validator();
    let mut lines = vec![
        serde_json::from_str(HEADER).unwrap(),
        json!({"source": {"file": "a.rs", "fn": "f", "first": 1, "text": ""}}),
        json!({"source": {"file": "a.rs", "fn": "f", "first": 1, "text": "", "language": "rust"}}),
        json!({"seq": 0, "t": 0, "thread": 1, "depth": 0, "ph": "point", "ev": "evdns_resolve", "host": "a"}),
    ];
    for kind in Event::KINDS {
        for phase in [Phase::Enter, Phase::Exit, Phase::Point] {
            for fill in [Fill::Least, Fill::Most] {
                lines.push(line(kind, phase, fill));
            }
        }
    }
    for line in lines {
        if let Err(error) = validator.validate(&line) {
            panic!("{line}: {error}");
        }
    }
}

#[test]
fn recorded_traces_are_valid() {
    let validator = validator();
    for path in recorded_traces() {
        let text = std::fs::read_to_string(&path).unwrap();
        for (i, line) in text.lines().enumerate() {
            let value = serde_json::from_str(line).unwrap();
            if let Err(error) = validator.validate(&value) {
                panic!("{}:{}: {error}", path.display(), i + 1);
            }
        }
    }
}

#[test]
fn wrong_lines_are_not_valid() {
    let validator = validator();
    let add = || {
        let kind = evscope_trace::Kind::named("evbuffer_add").unwrap();
        line(kind, Phase::Enter, Fill::Most)
    };
    let with = |mut line: Value, name: &str, value: Value| {
        line[name] = value;
        line
    };
    let without = |mut line: Value, name: &str| {
        line.as_object_mut().unwrap().remove(name).unwrap();
        line
    };
    let header = || serde_json::from_str::<Value>(HEADER).unwrap();
    for wrong in [
        json!([]),
        json!(1),
        json!({}),
        json!({"seq": 0}),
        with(header(), "evscope", json!(2)),
        with(header(), "evscope", json!("1")),
        with(header(), "unit", json!("us")),
        with(header(), "started", json!("yesterday")),
        without(header(), "program"),
        with(header(), "continues", json!("a.jsonl")),
        with(header(), "continues", json!({"trace": "a.jsonl", "pid": 1})),
        json!({"source": "fn main() {}"}),
        json!({"source": {"file": "a.rs", "fn": "f", "first": 0, "text": ""}}),
        json!({"source": {"file": "a.rs", "fn": "f", "first": 1}}),
        without(add(), "seq"),
        without(add(), "t"),
        without(add(), "thread"),
        without(add(), "depth"),
        without(add(), "ph"),
        without(add(), "len"),
        with(add(), "seq", json!(-1)),
        with(add(), "t", json!(0.5)),
        with(add(), "ph", json!("begin")),
        with(add(), "ev", json!(7)),
        with(add(), "role", json!("bev")),
        with(add(), "buf", json!("buf1")),
        with(add(), "fd", json!("8")),
        with(add(), "len", json!("1")),
        with(add(), "data", json!({})),
        with(add(), "data", json!({"text": "a", "hex": "61"})),
        with(add(), "data", json!({"hex": "6"})),
        with(add(), "src", json!({"line": 1})),
        with(add(), "src", json!({"file": "a.rs", "line": 0})),
        json!({"seq": 0, "t": 0, "thread": 1, "depth": 0, "ph": "point", "ev": "event_assign", "events": "READ,WRITE", "callback": "f", "priority": 0}),
        json!({"seq": 0, "t": 0, "thread": 1, "depth": 0, "ph": "point", "ev": "event_active", "what": "READ", "why": "boredom"}),
    ] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
}
