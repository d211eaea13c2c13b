//! Any record there can be, through JSON and back.

use evscope_trace::{
    Event, FieldInfo, FieldKind, Line, Packer, Payload, Presence, Reader, Record, SourceText, Step,
    Writer,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::{Read, read, read_lines, write};

fn text() -> impl Strategy<Value = Value> {
    ".{0,12}".prop_map(Value::from)
}

fn bytes() -> impl Strategy<Value = Value> {
    (proptest::collection::vec(any::<u8>(), 0..80), 0..80_usize)
        .prop_map(|(bytes, limit)| serde_json::to_value(Payload::new(&bytes, limit)).unwrap())
}

fn value(field: &FieldInfo) -> BoxedStrategy<Value> {
    match field.kind {
        FieldKind::Bool => any::<bool>().prop_map(Value::from).boxed(),
        FieldKind::Number | FieldKind::Time | FieldKind::Id => {
            let (min, max) = field.range.unwrap();
            (i128::from(min)..=i128::from(max))
                .prop_map(|number| match u64::try_from(number) {
                    Ok(number) => json!(number),
                    Err(_) => json!(i64::try_from(number).unwrap()),
                })
                .boxed()
        }
        FieldKind::Text => text().boxed(),
        FieldKind::Word(words) => proptest::sample::select(words)
            .prop_map(Value::from)
            .boxed(),
        FieldKind::Flags(flags) => proptest::sample::subsequence(flags, 0..=flags.len())
            .prop_map(|flags| json!(flags.iter().map(|f| f.0).collect::<Vec<_>>().join("|")))
            .boxed(),
        FieldKind::Bytes => bytes().boxed(),
    }
}

/// The field, or nothing where it may be left out.
fn entry(field: &'static FieldInfo) -> BoxedStrategy<Option<(String, Value)>> {
    let entry = value(field).prop_map(|value| (field.name.to_owned(), value));
    match field.presence {
        Presence::Always => entry.prop_map(Some).boxed(),
        Presence::Optional | Presence::OnExit => proptest::option::of(entry).boxed(),
    }
}

fn place(name: &'static str) -> impl Strategy<Value = Option<(String, Value)>> {
    let place = (text(), 1..u32::MAX, proptest::option::of(text())).prop_map(
        move |(file, line, function)| {
            let mut place = json!({"file": file, "line": line});
            if let Some(function) = function {
                place["fn"] = function;
            }
            (name.to_owned(), place)
        },
    );
    proptest::option::of(place)
}

/// What no version knows: names with a prefix that the vocabulary never uses.
fn unknown() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text(),
        Just(json!({"a": [1, {"b": null}]})),
    ];
    proptest::collection::btree_map("x_[a-z]{1,6}", value, 0..3)
        .prop_map(|entries| entries.into_iter().collect())
}

/// A line with a record of any kind, known or not.
fn record_line() -> impl Strategy<Value = Value> {
    (0..=Event::KINDS.len()).prop_flat_map(|kind| {
        let kind = Event::KINDS.get(kind);
        let fields: Vec<_> = Record::FIELDS
            .iter()
            .chain(kind.map_or(&[] as &[FieldInfo], |kind| kind.fields))
            .map(entry)
            .collect();
        (fields, place("src"), place("caller"), unknown()).prop_map(
            move |(fields, src, caller, mut line)| {
                line.extend(fields.into_iter().chain([src, caller]).flatten());
                line.insert("seq".to_owned(), json!(0));
                line.insert(
                    "ev".to_owned(),
                    json!(kind.map_or("x_event", |kind| kind.name)),
                );
                Value::Object(line)
            },
        )
    })
}

/// Reads a trace of one line.
fn read_bytes(line: &[u8]) -> Result<Read, evscope_trace::ReadError> {
    read([crate::support::HEADER.as_bytes(), line, b"\n"].concat())
}

proptest! {
    #[test]
    fn any_record_comes_back_as_it_was(line in record_line()) {
        let trace = read_lines(&[&line.to_string()]).unwrap();
        let written = write(&trace);
        let again: Value = serde_json::from_str(written.lines().nth(1).unwrap()).unwrap();
        prop_assert_eq!(again, line);
        prop_assert_eq!(read(&written).unwrap(), trace.clone());
        // And so does its compact form, which has no names, and so none that are not known.
        for line in &trace.lines {
            let Line::Record(record) = line else { continue };
            let mut packed = Vec::new();
            record.event.pack(&mut packed);
            let known = !matches!(record.event, Event::Unknown { .. });
            prop_assert_eq!(Event::unpack(&packed), known.then(|| record.event.clone()));
            // And its short form, if it has one: it may have texts that were seen before, and so are kept.
            let mut texts = Vec::new();
            let short = record.event.short(|text| {
                texts.push(text);
                texts.len() as u64 - 1
            });
            if let Some(short) = short {
                let mut words = short.words().iter().copied();
                let text = |number: u64| texts.get(number as usize).copied();
                let again = Event::of_short(record.event.number(), &mut words, &text);
                prop_assert_eq!(again.as_ref(), Some(&record.event));
            }
        }
    }

    /// A stretch of any records is packed and unpacked, with texts that are seen again and such that are not.
    #[test]
    fn any_records_come_back_from_a_few_bytes(
        lines in proptest::collection::vec(record_line(), 1..20),
        again in proptest::collection::vec(any::<proptest::sample::Index>(), 0..20),
        first in any::<u64>(),
    ) {
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        let more = again.iter().map(|at| at.get(&lines));
        let mut records = Vec::new();
        for line in lines.iter().chain(more) {
            for line in read_bytes(line.as_bytes()).unwrap().lines {
                let Line::Record(mut record) = line else { continue };
                record.seq = first.wrapping_add(records.len() as u64);
                records.push(*record);
            }
        }
        let mut packer = Packer::default();
        let bytes = packer.pack(first, &records).unwrap();
        prop_assert_eq!(packer.patterns().unpack(first, &bytes), Some(records.clone()));
        // The numbers of the steps need not be those that are expected.
        let bytes = packer.pack(0, &records).unwrap();
        prop_assert_eq!(packer.patterns().unpack(0, &bytes), Some(records));
    }

    /// The reader has two ways into a line, a quick one for the usual and the JSON reader for the rest;
    /// a list among the unknown fields asks for the second. Both give the same record, also when a byte
    /// is damaged.
    #[test]
    fn both_ways_of_reading_agree(
        line in record_line(),
        damage in proptest::option::of((any::<proptest::sample::Index>(), any::<u8>())),
    ) {
        let mut line = line.to_string().into_bytes();
        if let Some((at, byte)) = damage {
            let at = at.index(line.len() - 1);
            line[at] = byte;
        }
        let mut rare = line[..line.len() - 1].to_vec();
        rare.extend(b",\"x\":[]}");
        if let Ok(usual) = read_bytes(&line) {
            let mut rare = read_bytes(&rare).unwrap();
            if let [Line::Record(record), ..] = rare.lines.as_mut_slice() {
                prop_assert_eq!(record.extra.remove("x"), Some(json!([])));
            }
            prop_assert_eq!(usual, rare);
        }
    }

    #[test]
    fn any_source_text_comes_back_as_it_was(
        (file, function) in (".{0,12}", ".{0,12}"),
        first in 1..u32::MAX,
        lines in proptest::collection::vec(".{0,20}", 0..5),
        extra in unknown(),
    ) {
        let mut source = SourceText::new(file, function, first, lines.join("\n"));
        source.extra = extra;
        let header = read(crate::support::HEADER).unwrap().header;
        let trace = Read { header, lines: vec![Line::Source(source)], cut_off: None };
        prop_assert_eq!(read(write(&trace)).unwrap(), trace);
    }

    /// Whatever the bytes are, reading ends, and every error names the trace.
    #[test]
    fn any_bytes_are_read_or_refused(
        header in any::<bool>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut input = if header { crate::support::HEADER.as_bytes().to_vec() } else { Vec::new() };
        input.extend(bytes);
        if let Err(error) = read(&input) {
            prop_assert!(error.to_string().starts_with("t.jsonl:"), "{}", error);
        }
    }

    /// A damaged line is refused, or it still means something; nothing else.
    #[test]
    fn a_damaged_byte_is_read_or_refused(
        line in record_line(),
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut line = line.to_string().into_bytes();
        let at = at.index(line.len());
        line[at] = byte;
        let mut writer = Writer::new(Vec::new(), &read(crate::support::HEADER).unwrap().header).unwrap();
        writer.flush().unwrap();
        let mut input = writer.finish().unwrap();
        input.extend(line);
        input.push(b'\n');
        let mut reader = Reader::new(input.as_slice(), "t.jsonl").unwrap();
        while let Ok(Some(_)) = reader.next_line() {}
    }
}
