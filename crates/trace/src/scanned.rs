//! A record straight from its line: the quick way in, for the lines that traces are made of.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::brief;
use crate::field::Field;
use crate::places::Places;
use crate::scan::{Scanner, Token, once};
use crate::texts::{Texts, mix};
use crate::vocabulary::{Event, place_of};
use crate::words::{Phase, Role};
use crate::{Nanos, Objects, Record};

/// Reads the record of a line; `None` says nothing about the line but that it takes the long way
/// through the JSON reader, which gives the same record or says what is wrong.
pub(crate) fn record<'a>(line: &'a [u8], memory: &mut Memory) -> Option<Box<Record>> {
    let Memory {
        texts,
        places,
        callers,
        spare,
    } = memory;
    let (mut seq, mut t, mut thread, mut depth, mut phase, mut ev) =
        (None, None, None, None, None, None);
    let (mut src, mut caller) = (None, None);
    let mut objects = Objects::default();
    let mut own = Own::default();
    let mut number = Event::NAMES.len();
    let begin = brief::begin(line);
    if let Some((said, brief, _)) = begin {
        (seq, t, thread, depth) = (
            Some(said),
            Some(brief.t.0),
            Some(brief.thread.0),
            Some(brief.depth),
        );
        phase = Some(brief.phase);
        number = brief.number;
        ev = Some(Cow::Borrowed(Event::NAMES[number]));
        objects.base = brief.base;
    }
    let member = |name: &'a str, scan: &mut Scanner<'a>| match name.as_bytes() {
        b"seq" => once(&mut seq, scan.number()?),
        b"t" => once(&mut t, scan.number()?),
        b"thread" => once(&mut thread, scan.number()?),
        b"depth" => once(&mut depth, scan.number()?),
        b"ph" => once(&mut phase, Phase::from_name(&scan.string()?)?),
        b"ev" => {
            let name = scan.string()?;
            number = place_of(name.as_bytes());
            once(&mut ev, name)
        }
        b"base" => once(&mut objects.base, crate::BaseId(scan.number()?)),
        b"event" => once(&mut objects.event, crate::EventId(scan.number()?)),
        b"role" => once(&mut objects.role, Role::from_name(&scan.string()?)?),
        b"bev" => once(&mut objects.bev, crate::BevId(scan.number()?)),
        b"buf" => once(&mut objects.buf, crate::BufId(scan.number()?)),
        b"listener" => once(&mut objects.listener, crate::ListenerId(scan.number()?)),
        b"fd" => once(&mut objects.fd, scan.value()?.number()?),
        b"src" => {
            let like = kind_of(number, phase);
            once(&mut src, places.read(like, scan, texts)?)
        }
        b"caller" => {
            let from = src.as_ref().map_or(0, |src| u64::from(src.line) + 1);
            let like = mix(kind_of(number, phase) | from << 32);
            once(&mut caller, callers.read(like, scan, texts)?)
        }
        _ => own.put(name, scan.value()?),
    };
    let mut scan = Scanner::new(line, begin.map_or(0, |(.., len)| len))?;
    match begin {
        Some(_) => scan.members(member)?,
        None => scan.object(member)?,
    }
    scan.end()?;
    let event = Event::scanned(number, &ev?, &mut own, texts)?;
    let record = Record {
        seq: seq?,
        t: Nanos(t?),
        thread: crate::ThreadId(thread?),
        depth: depth?,
        phase: phase?,
        event,
        objects,
        src,
        caller,
        extra: own.rest()?,
    };
    Some(match spare.pop() {
        Some(mut place) => {
            *place = record;
            place
        }
        None => Box::new(record),
    })
}

/// A number for the records of this name and phase.
fn kind_of(number: usize, phase: Option<Phase>) -> u64 {
    let phase = phase.map_or(0, |phase| phase as u64 + 1);
    (number as u64) << 2 | phase
}

/// What is remembered from line to line.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    texts: Texts,
    places: Places,
    callers: Places,
    /// Records that nobody needs any more: the next ones take their places.
    #[expect(clippy::vec_box, reason = "a box is handed on, and not what is in it")]
    spare: Vec<Box<Record>>,
}

impl Memory {
    /// So many are kept.
    const MOST_SPARE: usize = 4096;

    pub(crate) fn spare(&mut self, record: Box<Record>) {
        if self.spare.len() < Self::MOST_SPARE {
            self.spare.push(record);
        }
    }
}

/// What a line has beside the fields of every record: the event's own fields, which are known once its
/// name is, wherever in the line that stands.
#[derive(Debug, Default)]
pub(crate) struct Own<'a> {
    fields: [Option<(&'a str, Token<'a>)>; Own::MOST],
    len: usize,
    taken: usize,
    /// Where the next field is looked for first: a trace has them in the order of the vocabulary.
    next: usize,
}

impl<'a> Own<'a> {
    /// More than any event has.
    const MOST: usize = 12;

    fn put(&mut self, name: &'a str, value: Token<'a>) -> Option<()> {
        let is_there = |field: &Option<(&str, Token<'_>)>| {
            field.as_ref().is_some_and(|(known, _)| *known == name)
        };
        if self.fields[..self.len].iter().any(is_there) {
            return None;
        }
        *self.fields.get_mut(self.len)? = Some((name, value));
        self.len += 1;
        Some(())
    }

    /// Takes the field `name`; `None` when it is there and not right, or not there and must be.
    pub(crate) fn take<T: Field>(&mut self, name: &'static str, texts: &mut Texts) -> Option<T> {
        for i in (self.next..self.len).chain(0..self.next) {
            if let Some((_, value)) = self.fields[i].take_if(|(known, _)| *known == name) {
                self.next = i + 1;
                self.taken += 1;
                return T::scanned(value, texts);
            }
        }
        T::absent()
    }

    /// What nobody took.
    fn rest(self) -> Option<Map<String, Value>> {
        let mut rest = Map::new();
        if self.taken == self.len {
            return Some(rest);
        }
        for (name, value) in self.fields.into_iter().flatten() {
            let value = match value {
                Token::Bool(value) => Value::from(value),
                Token::Unsigned(value) => Value::from(value),
                Token::Negative(value) => Value::from(value),
                Token::Text(value) => Value::from(value),
                // Only the JSON reader keeps an unknown object as it is.
                Token::Payload(_) => return None,
            };
            rest.insert(name.to_owned(), value);
        }
        Some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The record by the quick way, which is also what the long way gives.
    fn quick(line: &str) -> Option<Box<Record>> {
        quick_after(line, &mut Memory::default())
    }

    fn quick_after(line: &str, memory: &mut Memory) -> Option<Box<Record>> {
        let record = record(line.as_bytes(), memory)?;
        let object: Map<String, Value> = serde_json::from_str(line).unwrap();
        assert_eq!(*record, Record::try_from(object).unwrap(), "{line}");
        Some(record)
    }

    const ADD: &str = r#"{"seq":0,"t":1,"thread":1,"depth":0,"ph":"enter","ev":"evbuffer_add","buf":1,"len":3,"before":0,"after":3,"data":{"text":"a\n\"é"},"src":{"file":"a.rs","line":3,"fn":"f"}}"#;

    #[test]
    fn the_lines_of_recorded_traces_take_the_quick_way() {
        let mut memory = Memory::default();
        let traces = concat!(env!("CARGO_MANIFEST_DIR"), "/../../traces");
        for name in ["hello-world", "echo", "libevent/hello-world"] {
            let text = std::fs::read_to_string(format!("{traces}/{name}.jsonl")).unwrap();
            for line in text.lines().filter(|line| line.starts_with("{\"seq\"")) {
                assert!(quick_after(line, &mut memory).is_some(), "{line}");
            }
        }
    }

    #[test]
    fn the_order_of_fields_and_white_space_do_not_matter() {
        assert!(quick(ADD).is_some());
        let turned = r#" { "after" : 3 , "before":0,"len":3,"ev":"evbuffer_add","data":{ "cut":true,"hex":"ff00" },
            "buf":1,"src":{"line":3,"file":"a.rs"},"ph":"enter","depth":0,"thread":1,"t":1,"seq":0} "#;
        assert!(quick(turned).is_some());
    }

    #[test]
    fn unknown_plain_fields_are_kept() {
        let line = ADD.replace("\"t\":1", r#""t":1,"cpu":-3,"host":"a\tb","up":true"#);
        let record = quick(&line).unwrap();
        assert_eq!(record.extra["cpu"], -3);
        assert_eq!(record.extra["host"], "a\tb");
        assert_eq!(record.extra.len(), 3);
    }

    #[test]
    fn what_is_rare_or_wrong_is_left_to_the_json_reader() {
        for (from, to) in [
            // Rare.
            ("\"t\":1", "\"t\":1,\"tags\":[1]"),
            ("\"t\":1", "\"t\":1,\"x\":{\"text\":\"a\"}"),
            ("\"t\":1", "\"t\":1,\"t\":2"),
            ("\"len\":3", "\"len\":2,\"len\":3"),
            ("\"fn\":\"f\"", "\"fn\":\"f\",\"column\":1"),
            ("\"buf\":1", "\"buf\":null"),
            ("\"seq\"", "\"s\\u0065q\""),
            // Wrong.
            ("\"t\":1", "\"t\":01"),
            ("\"t\":1", "\"t\":-1"),
            ("\"t\":1", "\"t\":1.0"),
            ("\"t\":1", "\"t\":18446744073709551616"),
            ("\"t\":1", "\"t\":1,\"x\":-0"),
            ("\"t\":1", "\"t\":1,"),
            ("\"depth\":0,", ""),
            ("\"after\":3,", ""),
            ("\"enter\"", "\"begin\""),
            ("a.rs", "a\u{1}rs"),
            ("\"seq\"", "\"seq\t\""),
            ("a.rs", "a\\xrs"),
            ("}}", "}"),
            ("}}", "}} x"),
        ] {
            assert!(ADD.contains(from), "{from}");
            let line = ADD.replacen(from, to, 1);
            assert!(
                record(line.as_bytes(), &mut Memory::default()).is_none(),
                "{line}"
            );
        }
        let not_utf8 = ADD.replace("a.rs", "a?rs").into_bytes();
        let not_utf8: Vec<u8> = not_utf8
            .into_iter()
            .map(|byte| if byte == b'?' { 0xff } else { byte })
            .collect();
        assert!(record(&not_utf8, &mut Memory::default()).is_none());
    }
}
