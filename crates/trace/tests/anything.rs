//! The reader is given traces that somebody has damaged, and bytes that never were one.

mod reader_check;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use reader_check::check;

const TRACE: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../traces/hello-world.jsonl"
));

/// Something a file may suffer.
#[derive(Debug, Clone)]
enum Damage {
    Byte(Index, u8),
    Cut(Index),
    Insert(Index, &'static str),
    /// What is between two places is there twice.
    Twice(Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    // What the grammar is made of.
    let bits = vec![
        "\"", "\\", "{", "}", "[", "]", ",", ":", "\n", "\r\n", " ", "-", "0", "1e5", "1.5",
        "true", "null", "\\u00e9", "\\ud800", "\"seq\":", "\"ev\":", "\u{feff}", "é",
    ];
    prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        1 => at().prop_map(Damage::Cut),
        4 => (at(), select(bits)).prop_map(|(at, bit)| Damage::Insert(at, bit)),
        1 => (at(), at()).prop_map(|(from, to)| Damage::Twice(from, to)),
    ]
}

fn suffer(bytes: &mut Vec<u8>, damage: &Damage) {
    if bytes.is_empty() {
        return;
    }
    let len = bytes.len();
    match damage {
        Damage::Byte(at, byte) => bytes[at.index(len)] = *byte,
        Damage::Cut(at) => bytes.truncate(at.index(len)),
        Damage::Insert(at, bit) => {
            let at = at.index(len);
            bytes.splice(at..at, bit.bytes());
        }
        Damage::Twice(from, to) => {
            let (from, to) = (from.index(len), to.index(len));
            let part = bytes[from.min(to)..from.max(to)].to_vec();
            bytes.splice(from..from, part);
        }
    }
}

/// The header and some lines of a real trace.
fn lines(first: Index, count: usize) -> Vec<u8> {
    let lines: Vec<&[u8]> = TRACE.split_inclusive(|&byte| byte == b'\n').collect();
    let first = first.index(2);
    [&lines[..1], &lines[1 + first..][..count]]
        .concat()
        .concat()
}

#[test]
fn a_real_trace_is_read_whole() {
    check(TRACE);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_trace(
        first in any::<Index>(),
        count in 1..12usize,
        damages in vec(damage(), 0..6),
    ) {
        let mut bytes = lines(first, count);
        for damage in &damages {
            suffer(&mut bytes, damage);
        }
        check(&bytes);
    }

    #[test]
    fn bytes_that_never_were_a_trace(bytes in vec(any::<u8>(), 0..300)) {
        check(&bytes);
    }
}
