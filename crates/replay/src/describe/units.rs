//! Numbers as people read them.

use std::borrow::Cow;
use std::fmt::Write as _;

use evscope_trace::{Nanos, Payload};

/// A time span without needless digits: `5 s`, `1.5 ms`, `42 µs`.
pub fn span(span: Nanos) -> String {
    // Most timeouts are whole numbers of their unit.
    let (size, unit) = match span.0 {
        0..1_000 => (1, "ns"),
        1_000..1_000_000 => (1_000, "µs"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    if span.0.is_multiple_of(size) {
        return format!("{} {unit}", span.0 / size);
    }
    let text = span.to_string();
    match text.split_once(".0 ") {
        Some((number, unit)) => format!("{number} {unit}"),
        None => text,
    }
}

/// A number of bytes: `1 byte`, `14 bytes`.
pub fn bytes(count: u64) -> String {
    format!("{count}{}", of_bytes(count))
}

/// What stands behind a number of bytes.
pub(super) fn of_bytes(count: u64) -> &'static str {
    match count {
        1 => " byte",
        _ => " bytes",
    }
}

/// The names of the standard signals, from 1 on, by the numbers they have on x86 and ARM Linux. On MIPS,
/// SPARC, Alpha and PA-RISC some of them have others.
const SIGNALS: [&str; 31] = [
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGSTKFLT",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGSYS",
];

/// A signal's name, or its number where it has none, as a real-time signal.
pub fn signal(number: i32) -> Cow<'static, str> {
    let name = usize::try_from(number)
        .ok()
        .and_then(|number| SIGNALS.get(number.checked_sub(1)?));
    match name {
        Some(name) => Cow::Borrowed(name),
        None => Cow::Owned(format!("signal {number}")),
    }
}

/// How many bytes of a payload a line shows.
const SHOWN: usize = 24;

/// Bytes in quotes: text as it is with its control characters escaped, other bytes as `\x..`. `…` says
/// that there are more.
pub(super) fn quoted(payload: &Payload) -> String {
    let mut quoted = String::with_capacity(SHOWN + 2);
    quoted.push('"');
    // Most of what is sent is plain.
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    let start = &payload.bytes[..payload.bytes.len().min(SHOWN)];
    let plain = start.iter().take_while(|byte| is_plain(byte)).count();
    let (plain, rest) = payload.bytes.split_at(plain);
    quoted.push_str(str::from_utf8(plain).unwrap_or_default());
    let mut shown = plain.len();
    let mut cut = payload.cut;
    'chunks: for chunk in rest.utf8_chunks() {
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
            // Writing into a string cannot fail.
            let _ = write!(quoted, "\\x{byte:02x}");
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
    fn a_span_is_what_the_trace_says_without_the_zero() {
        let units = [1, 1_000, 1_000_000, 1_000_000_000, u64::MAX / 1_000];
        for unit in units {
            for count in [0, 1, 2, 10, 42, 100, 999] {
                for around in [-1, 0, 1, 40, 60] {
                    let ns = Nanos((unit * count).saturating_add_signed(around));
                    assert_eq!(span(ns), ns.to_string().replace(".0 ", " "));
                }
            }
        }
    }

    #[test]
    fn standard_signals_have_names() {
        let names: Vec<_> = [1, 2, 9, 10, 12, 15, 17, 28, 31].map(signal).to_vec();
        assert_eq!(
            names,
            [
                "SIGHUP", "SIGINT", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGTERM", "SIGCHLD",
                "SIGWINCH", "SIGSYS"
            ]
        );
        assert_eq!(signal(0), "signal 0");
        assert_eq!(signal(-1), "signal -1");
        assert_eq!(signal(32), "signal 32");
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
