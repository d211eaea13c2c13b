//! Values as JSON, straight into bytes. Records are written by the million, and of what they say little needs more than
//! to be copied.

use std::io::Write;

use crate::visible::{all_are, is_plain};
use crate::{FieldValue, Filter, Nanos};

/// A text, in quotes.
pub fn text(text: &str, out: &mut Vec<u8>) {
    let is_plain = |byte| (byte >= b' ') & (byte != b'"') & (byte != b'\\');
    if all_are(text.as_bytes(), is_plain) {
        word(text, out);
    } else {
        // Writing into memory does not fail.
        let _ = serde_json::to_writer(out, text);
    }
}

/// A text, in quotes, in which what is hidden is an escape, as a [`Filter`] makes it.
pub fn shown(shown: &str, out: &mut Vec<u8>) {
    let start = out.len();
    text(shown, out);
    show(start, out);
}

/// Makes an escape of what is hidden in the JSON from `start` on, as a [`Filter`] does.
pub fn show(start: usize, out: &mut Vec<u8>) {
    if all_are(&out[start..], is_plain) {
        return;
    }
    let json = out.split_off(start);
    // Writing into memory does not fail.
    let _ = Filter::json(out).write_all(&json);
}

/// A text that has nothing in it but what JSON takes as it is.
#[inline]
pub fn word(word: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(word.as_bytes());
    out.push(b'"');
}

/// A number.
#[inline]
pub fn number(number: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// A field as a trace has it, but bytes as text, what of them is none replaced.
pub fn value(value: &FieldValue<'_>, out: &mut Vec<u8>) {
    match value {
        FieldValue::Bool(value) => truth(*value, out),
        // Numbers of 128 bits take long to write, and nearly none needs them.
        FieldValue::Number(value) => match i64::try_from(*value) {
            Ok(value) => number(value, out),
            Err(_) => number(*value, out),
        },
        FieldValue::Time(Nanos(ns)) => number(*ns, out),
        FieldValue::Id(id) => number(*id, out),
        FieldValue::Text(value) => text(value, out),
        FieldValue::Word(value) => word(value, out),
        FieldValue::Flags(set) => flags(set.bits, set.names, out),
        FieldValue::Bytes(payload) => text(&String::from_utf8_lossy(&payload.bytes), out),
    }
}

/// `true` or `false`.
pub(crate) fn truth(value: bool, out: &mut Vec<u8>) {
    let word: &[u8] = if value { b"true" } else { b"false" };
    out.extend_from_slice(word);
}

/// The names of the flags that are set, joined by `|`.
pub(crate) fn flags(bits: u64, names: &[(&str, u64)], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = bits;
    for (name, bit) in names {
        if rest & bit == 0 {
            continue;
        }
        if rest != bits {
            out.push(b'|');
        }
        rest &= !bit;
        out.extend_from_slice(name.as_bytes());
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn texts_are_as_serde_writes_them() {
        let every: String = (0..=0x2fff).filter_map(char::from_u32).collect();
        for said in [
            "",
            "event_add",
            "a\"b",
            "a\\b",
            "tab\tand\u{1}",
            "µs",
            every.as_str(),
        ] {
            let expected = serde_json::to_string(said).unwrap();
            assert_eq!(written(|out| text(said, out)), expected);
        }
    }

    #[test]
    fn what_is_hidden_in_a_text_is_an_escape() {
        let every: String = (0..=0x2fff).filter_map(char::from_u32).collect();
        for said in [
            "",
            "event_add",
            "a\"b\\",
            "µs → 中",
            "\u{1b}[31m\u{202e}",
            "می\u{200c}خ\u{200c}",
            every.as_str(),
        ] {
            let mut expected = Vec::new();
            let json = serde_json::to_vec(said).unwrap();
            Filter::json(&mut expected).write_all(&json).unwrap();
            assert_eq!(
                written(|out| shown(said, out)),
                String::from_utf8(expected).unwrap()
            );
        }
    }

    #[test]
    fn the_members_of_an_event_are_its_fields() {
        let bytes = |bytes: &[u8]| Some(crate::Payload::new(bytes, 64));
        for data in [None, bytes(b"a\"b"), bytes(b"a\xff")] {
            let event = crate::Event::EvbufferRead {
                asked: None,
                result: -1,
                errno: Some("EAGAIN".into()),
                before: u64::MAX,
                after: 0,
                data,
            };
            let mut expected = Vec::new();
            for (name, field) in event.fields() {
                expected.extend_from_slice(format!(",\"{name}\":").as_bytes());
                value(&field, &mut expected);
            }
            let expected = String::from_utf8(expected).unwrap();
            assert_eq!(written(|out| event.members(out)), expected);
        }
    }

    #[test]
    fn sets_are_as_people_are_shown_them() {
        use crate::EvFlags;
        for bits in 0..=0xff {
            let set = EvFlags::from_bits_truncate(bits);
            let said = written(|out| flags(set.bits().into(), EvFlags::NAMES, out));
            assert_eq!(said, format!("\"{set}\""));
        }
    }
}
