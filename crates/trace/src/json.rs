//! Values as JSON, straight into bytes. Records are written by the million, and of what they say little needs more than
//! to be copied.

/// A text, in quotes.
pub(crate) fn text(text: &str, out: &mut Vec<u8>) {
    // Not to stop at the first lets the compiler look at many at once.
    let plain = text.bytes().fold(true, |plain, byte| {
        plain & (byte >= b' ') & (byte != b'"') & (byte != b'\\')
    });
    if plain {
        word(text, out);
    } else {
        out.extend_from_slice(serde_json::Value::from(text).to_string().as_bytes());
    }
}

/// A text that has nothing in it but what JSON takes as it is.
#[inline]
pub(crate) fn word(word: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(word.as_bytes());
    out.push(b'"');
}

/// A number.
#[inline]
pub(crate) fn number(number: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
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
    fn sets_are_as_people_are_shown_them() {
        use crate::EvFlags;
        for bits in 0..=0xff {
            let set = EvFlags::from_bits_truncate(bits);
            let said = written(|out| flags(set.bits().into(), EvFlags::NAMES, out));
            assert_eq!(said, format!("\"{set}\""));
        }
    }
}
