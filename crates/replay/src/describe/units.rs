//! Numbers as people read them.

use std::borrow::Cow;

use evscope_trace::{Nanos, Payload};

/// A time span without needless digits: `5 s`, `1.5 ms`, `42 µs`.
pub fn span(span: Nanos) -> String {
    let text = span.to_string();
    match text.split_once(".0 ") {
        Some((number, unit)) => format!("{number} {unit}"),
        None => text,
    }
}

/// A number of bytes: `1 byte`, `14 bytes`.
pub fn bytes(count: u64) -> String {
    match count {
        1 => "1 byte".to_owned(),
        _ => format!("{count} bytes"),
    }
}

/// A signal's name, or its number where it has no name everybody knows.
pub fn signal(number: i32) -> Cow<'static, str> {
    // The numbers are the same on every Linux this runs on.
    Cow::Borrowed(match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ => return Cow::Owned(format!("signal {number}")),
    })
}

/// How many bytes of a payload a line shows.
const SHOWN: usize = 24;

/// Bytes in quotes: text as it is with its control characters escaped, other bytes as `\x..`. `…` says
/// that there are more.
pub(super) fn quoted(payload: &Payload) -> String {
    let mut quoted = String::from("\"");
    let mut shown = 0;
    let mut cut = payload.cut;
    'chunks: for chunk in payload.bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            if shown == SHOWN {
                cut = true;
                break 'chunks;
            }
            shown += 1;
            match char {
                '"' | '\\' | '\n' | '\r' | '\t' | '\0' => quoted.extend(char.escape_default()),
                char if char.is_control() => quoted.extend(char.escape_unicode()),
                char => quoted.push(char),
            }
        }
        for byte in chunk.invalid() {
            if shown == SHOWN {
                cut = true;
                break 'chunks;
            }
            shown += 1;
            quoted.push_str(&format!("\\x{byte:02x}"));
        }
    }
    quoted.push('"');
    if cut {
        quoted.push('…');
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_no_needless_digits() {
        assert_eq!(span(Nanos(5_000_000_000)), "5 s");
        assert_eq!(span(Nanos(1_500_000)), "1.5 ms");
        assert_eq!(span(Nanos(10)), "10 ns");
    }

    #[test]
    fn bytes_are_quoted_so_that_a_terminal_is_safe() {
        let quote = |bytes: &[u8]| quoted(&Payload::new(bytes, 64));
        assert_eq!(quote(b"Hello\n"), r#""Hello\n""#);
        assert_eq!(quote("中文".as_bytes()), "\"中文\"");
        assert_eq!(quote(b"\x1b[31m"), r#""\u{1b}[31m""#);
        assert_eq!(quote(b"\xff\"\0"), r#""\xff\"\u{0}""#);
        assert_eq!(quote(&[b'a'; 40]), format!("\"{}\"…", "a".repeat(24)));
    }
}
