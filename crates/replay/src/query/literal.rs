//! Values as a query writes them.

use evscope_trace::Nanos;

use crate::ObjectId;

/// A value, understood in every way in which it makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) text: String,
    /// As a number, in its smallest unit.
    pub(super) number: Option<Number>,
    /// As an object's name: `bev1`.
    pub(super) object: Option<ObjectId>,
    /// As flags.
    pub(super) flags: Vec<String>,
}

/// A number and what kind of unit it had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) value: i128,
    pub(super) unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    None,
    Bytes,
    /// The value is in nanoseconds.
    Time,
}

/// The units there are, with their size in the smallest of their kind.
const UNITS: &[(&str, Unit, i128)] = &[
    ("B", Unit::Bytes, 1),
    ("kB", Unit::Bytes, 1_000),
    ("KB", Unit::Bytes, 1_000),
    ("MB", Unit::Bytes, 1_000_000),
    ("GB", Unit::Bytes, 1_000_000_000),
    ("KiB", Unit::Bytes, 1 << 10),
    ("MiB", Unit::Bytes, 1 << 20),
    ("GiB", Unit::Bytes, 1 << 30),
    ("ns", Unit::Time, 1),
    ("us", Unit::Time, 1_000),
    ("µs", Unit::Time, 1_000),
    ("ms", Unit::Time, 1_000_000),
    ("s", Unit::Time, 1_000_000_000),
    ("min", Unit::Time, 60_000_000_000),
    ("h", Unit::Time, 3_600_000_000_000),
];

impl Literal {
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            number: number(text),
            object: text.parse().ok(),
            flags: text
                .split('|')
                .filter(|f| !f.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    }
}

/// A time span as queries write it: `100ms`, `1.5s`, a number of nanoseconds. Also for options and rules.
pub fn parse_span(text: &str) -> Option<Nanos> {
    let number = number(text).filter(|number| number.unit != Unit::Bytes)?;
    u64::try_from(number.value).ok().map(Nanos)
}

/// A number of bytes as queries write it: `4096`, `8MiB`.
pub fn parse_bytes(text: &str) -> Option<u64> {
    let number = number(text).filter(|number| number.unit != Unit::Time)?;
    u64::try_from(number.value).ok()
}

/// `14`, `-1`, `4KiB`, `1.5ms`, `10_000`; none when it is no number, has an unknown unit, or is not whole
/// in the smallest unit.
fn number(text: &str) -> Option<Number> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_')
        .unwrap_or(rest.len());
    let (digits, unit) = rest.split_at(end);
    let (unit, size) = match unit {
        "" => (Unit::None, 1),
        unit => {
            let (_, unit, size) = UNITS.iter().find(|(name, ..)| *name == unit)?;
            (*unit, *size)
        }
    };
    let digits = digits.replace('_', "");
    let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut value = whole.parse::<i128>().ok()?.checked_mul(size)?;
    if !part.is_empty() {
        let scale = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
        let scaled = part.parse::<i128>().ok()?.checked_mul(size)?;
        if scaled % scale != 0 {
            return None;
        }
        value = value.checked_add(scaled / scale)?;
    }
    Some(Number {
        value: if negative { -value } else { value },
        unit,
    })
}

/// A pattern: `*` is any text, `?` any one character; everything else is itself.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` was, and how much of the text it has taken so far.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(b'?') => {
                p += 1;
                t += 1;
                // One character may be several bytes.
                while text.get(t).is_some_and(|byte| byte & 0xc0 == 0x80) {
                    t += 1;
                }
            }
            Some(byte) if *byte == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, taken)) = star else {
                    return false;
                };
                // It takes a byte more. In the middle of a character nothing fits that did not fit at its beginning.
                (p, t) = (at, taken + 1);
            }
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: i128, unit: Unit) -> Option<Number> {
        Some(Number { value, unit })
    }

    #[test]
    fn numbers_have_units() {
        assert_eq!(number("14"), of(14, Unit::None));
        assert_eq!(number("-1"), of(-1, Unit::None));
        assert_eq!(number("10_000"), of(10_000, Unit::None));
        assert_eq!(number("4KiB"), of(4096, Unit::Bytes));
        assert_eq!(number("1.5KiB"), of(1536, Unit::Bytes));
        assert_eq!(number("8MiB"), of(8_388_608, Unit::Bytes));
        assert_eq!(number("2GiB"), of(2_147_483_648, Unit::Bytes));
        assert_eq!(number("2GB"), of(2_000_000_000, Unit::Bytes));
        assert_eq!(number("5ms"), of(5_000_000, Unit::Time));
        assert_eq!(number("0.25s"), of(250_000_000, Unit::Time));
        assert_eq!(number("2µs"), of(2_000, Unit::Time));
    }

    #[test]
    fn what_is_no_whole_number_is_none() {
        for text in [
            "", "-", "x", "1.5", "0.1B", "5 ms", "5m", "1.2.3", "9e9", "1.5ns",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(number("999999999999999999999999999999999999999GiB"), None);
    }

    #[test]
    fn a_span_has_no_bytes_and_a_length_no_time() {
        for (text, span, bytes) in [
            ("12", Some(12), Some(12)),
            ("5us", Some(5_000), None),
            ("8KiB", None, Some(8192)),
            ("-1", None, None),
            ("x", None, None),
        ] {
            assert_eq!(parse_span(text), span.map(Nanos), "{text}");
            assert_eq!(parse_bytes(text), bytes, "{text}");
        }
    }

    #[test]
    fn patterns() {
        for (pattern, text) in [
            ("event_*", "event_add"),
            ("*cb", "bufferevent_writecb"),
            ("*event*cb", "bufferevent_writecb"),
            ("?", "中"),
            ("a?c", "aéc"),
            ("*", ""),
            ("", ""),
            ("**a**", "bab"),
            ("*ab", "aaab"),
            ("*a?c*c", "éaécéc"),
            ("*中?", "中中文"),
        ] {
            assert!(glob(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("event_*", "bufferevent_new"),
            ("?", ""),
            ("a", "ab"),
            ("a*b", "a"),
            ("", "a"),
            ("*??", "é"),
            ("*???b", "éab"),
            ("*ab*ab", "aab"),
        ] {
            assert!(!glob(pattern, text), "{pattern} {text}");
        }
    }
}
