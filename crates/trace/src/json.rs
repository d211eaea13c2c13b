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

/// The numbers below 100, two digits each.
const PAIRS: [u8; 200] = {
    let mut pairs = [0; 200];
    let mut n = 0;
    while n < 100 {
        pairs[2 * n] = b'0' + (n / 10) as u8;
        pairs[2 * n + 1] = b'0' + (n % 10) as u8;
        n += 1;
    }
    pairs
};

/// A number that counts.
#[inline]
pub(crate) fn unsigned(mut number: u64, out: &mut Vec<u8>) {
    /// The digits of the greatest number.
    const MOST: usize = 20;
    if number < 10 {
        return out.push(b'0' + number as u8);
    }
    let mut digits = [0; 2 * MOST];
    let mut at = MOST;
    while number >= 10 {
        let pair = (number % 100) as usize * 2;
        number /= 100;
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if number > 0 {
        at -= 1;
        digits[at] = b'0' + number as u8;
    }
    // The last pair may have begun with a zero that is none of its digits.
    at += usize::from(digits[at] == b'0');
    // To copy always as many is quicker than to copy as many as there are.
    let end = out.len() + MOST - at;
    out.extend_from_slice(&digits[at..at + MOST]);
    out.truncate(end);
}

/// Any number.
#[inline]
pub(crate) fn signed(number: i64, out: &mut Vec<u8>) {
    if number < 0 {
        out.push(b'-');
    }
    unsigned(number.unsigned_abs(), out);
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
    fn numbers_of_all_lengths_have_their_digits() {
        let mut number = 1_u64;
        loop {
            for n in [number - 1, number, number + 7, number.saturating_mul(9)] {
                assert_eq!(written(|out| unsigned(n, out)), n.to_string());
                let n = n as i64;
                assert_eq!(written(|out| signed(n, out)), n.to_string());
                let n = n.wrapping_neg();
                assert_eq!(written(|out| signed(n, out)), n.to_string());
            }
            let Some(next) = number.checked_mul(10) else {
                break;
            };
            number = next;
        }
        for n in [u64::MAX, i64::MIN as u64] {
            assert_eq!(written(|out| unsigned(n, out)), n.to_string());
            assert_eq!(written(|out| signed(n as i64, out)), (n as i64).to_string());
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
