//! JSON values in bytes: what a record has that this version does not know. Numbers come back as they were, which
//! text would not promise of fractions.

use serde_json::{Map, Number, Value};

use crate::packed::Pack;

/// Objects and lists that stand in each other deeper than this are no trace's: its reader refuses them.
const DEEPEST: u32 = 512;

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const WHOLE: u8 = 3;
const NEGATIVE: u8 = 4;
const FRACTION: u8 = 5;
const TEXT: u8 = 6;
const LIST: u8 = 7;
const OBJECT: u8 = 8;

/// Appends an object; `None` if it is too deep.
pub(super) fn pack(object: &Map<String, Value>, out: &mut Vec<u8>) -> Option<()> {
    pack_object(object, 0, out)
}

/// The object of some bytes, all of them.
pub(super) fn unpack(mut from: &[u8]) -> Option<Map<String, Value>> {
    let object = unpack_object(&mut from, 0)?;
    from.is_empty().then_some(object)
}

fn pack_object(object: &Map<String, Value>, depth: u32, out: &mut Vec<u8>) -> Option<()> {
    (object.len() as u64).pack(out);
    for (name, value) in object {
        pack_text(name, out);
        pack_value(value, depth, out)?;
    }
    Some(())
}

fn pack_value(value: &Value, depth: u32, out: &mut Vec<u8>) -> Option<()> {
    if depth > DEEPEST {
        return None;
    }
    match value {
        Value::Null => out.push(NULL),
        Value::Bool(false) => out.push(FALSE),
        Value::Bool(true) => out.push(TRUE),
        Value::Number(number) => pack_number(number, out)?,
        Value::String(text) => {
            out.push(TEXT);
            pack_text(text, out);
        }
        Value::Array(values) => {
            out.push(LIST);
            (values.len() as u64).pack(out);
            for value in values {
                pack_value(value, depth + 1, out)?;
            }
        }
        Value::Object(object) => {
            out.push(OBJECT);
            pack_object(object, depth + 1, out)?;
        }
    }
    Some(())
}

fn pack_number(number: &Number, out: &mut Vec<u8>) -> Option<()> {
    if let Some(number) = number.as_u64() {
        out.push(WHOLE);
        number.pack(out);
    } else if let Some(number) = number.as_i64() {
        out.push(NEGATIVE);
        number.pack(out);
    } else {
        out.push(FRACTION);
        out.extend(number.as_f64()?.to_bits().to_le_bytes());
    }
    Some(())
}

fn pack_text(text: &str, out: &mut Vec<u8>) {
    (text.len() as u64).pack(out);
    out.extend_from_slice(text.as_bytes());
}

fn unpack_object(from: &mut &[u8], depth: u32) -> Option<Map<String, Value>> {
    let mut object = Map::new();
    for _ in 0..u64::unpack(from)? {
        let name = unpack_text(from)?;
        object.insert(name, unpack_value(from, depth)?);
    }
    Some(object)
}

fn unpack_value(from: &mut &[u8], depth: u32) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let (&kind, rest) = from.split_first()?;
    *from = rest;
    Some(match kind {
        NULL => Value::Null,
        FALSE => Value::Bool(false),
        TRUE => Value::Bool(true),
        WHOLE => Value::Number(u64::unpack(from)?.into()),
        NEGATIVE => Value::Number(i64::unpack(from)?.into()),
        FRACTION => {
            let (bits, rest) = from.split_first_chunk()?;
            *from = rest;
            Value::Number(Number::from_f64(f64::from_bits(u64::from_le_bytes(*bits)))?)
        }
        TEXT => Value::String(unpack_text(from)?),
        LIST => {
            let mut values = Vec::new();
            for _ in 0..u64::unpack(from)? {
                values.push(unpack_value(from, depth + 1)?);
            }
            Value::Array(values)
        }
        OBJECT => Value::Object(unpack_object(from, depth + 1)?),
        _ => return None,
    })
}

fn unpack_text(from: &mut &[u8]) -> Option<String> {
    let len = usize::try_from(u64::unpack(from)?).ok()?;
    let (text, rest) = from.split_at_checked(len)?;
    *from = rest;
    Some(str::from_utf8(text).ok()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back() {
        let text = r#"{"a":[null,true,false,0,-1,18446744073709551615,-9223372036854775808,0.1,-0.0,1e300,[],{}],
            "":"é\u0000","b":{"c":{"d":[[[1]]]}}}"#;
        let object: Map<String, Value> = serde_json::from_str(text).unwrap();
        let mut bytes = Vec::new();
        pack(&object, &mut bytes).unwrap();
        assert_eq!(unpack(&bytes).as_ref(), Some(&object));
        for end in 0..bytes.len() {
            assert_eq!(unpack(&bytes[..end]), None, "cut off at {end}");
        }
    }

    #[test]
    fn what_is_too_deep_is_refused_both_ways() {
        let mut deep = Value::Null;
        for _ in 0..DEEPEST + 2 {
            deep = Value::Array(vec![deep]);
        }
        let object = Map::from_iter([(String::new(), deep)]);
        assert_eq!(pack(&object, &mut Vec::new()), None);
        let mut bytes = vec![1, 0];
        bytes.extend([LIST, 1].repeat(100_000));
        assert_eq!(unpack(&bytes), None);
    }
}
