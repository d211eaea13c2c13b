//! Buffers beside plain bytes: the same operations are done to both, and both must give, tell, hold and refuse the
//! same. What the operations are comes from a property test or from a fuzzer.

#![allow(dead_code, reason = "not everybody uses everything")]
#![allow(unreachable_pub, reason = "it is included where it is used")]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod op;
mod plain;
mod real;

use evscope_reactor::EvbufferCbInfo;

pub use op::Op;
use plain::Plain;
use real::Real;

/// Which buffer's callback, which one of its two, and what it was told.
type Told = (usize, u8, EvbufferCbInfo);

/// What a call gave, in a form in which both sides can give it.
#[derive(Debug, PartialEq)]
enum Gave {
    Nothing,
    Bytes(Option<Vec<u8>>),
    Count(usize),
    Place(Option<usize>),
    Eol(Option<(usize, usize)>),
    Frozen,
    /// The call makes no sense.
    Invalid,
    /// The socket was empty or ended, or full.
    NoBytes,
}

/// References can double a buffer each time; one with so many bytes is not doubled any more.
const MANY: usize = 200_000;

/// Does all of it to both, each operation to one of two buffers.
///
/// # Panics
/// If they differ.
pub fn check(ops: &[(usize, Op)]) {
    let mut plain = Plain::default();
    let mut real = Real::new();
    for (at, op) in ops {
        let grows = matches!(op, Op::AddBufferReference | Op::AddFile(..));
        if grows && plain.bytes.iter().any(|bytes| bytes.len() > MANY) {
            continue;
        }
        let gave = real.apply(*at, op);
        // Parts of files cannot be in two buffers, and what one has of another's not in a third. Whether there is such a
        // thing still is not for plain bytes to know.
        let may_be_refused = plain.may_have_files || plain.may_have_references;
        let is_refused = *op == Op::AddBufferReference && gave == Gave::Invalid && may_be_refused;
        let mut expected = if is_refused {
            Gave::Invalid
        } else {
            plain.apply(*at, op)
        };
        // How much a socket takes at once is the system's business, and a write ends where a file begins.
        if let (Op::Write(limit), Gave::Count(n)) = (op, &gave)
            && let Gave::Count(all) = expected
            && *n < all
        {
            assert!(*n > 0 || *limit == Some(0), "the socket took nothing");
            plain.take_back(*at, all, *n);
            expected = Gave::Count(*n);
        }
        if let (Op::Write(_), Gave::NoBytes, Gave::Count(all)) = (op, &gave, &expected) {
            assert!(plain.in_socket() > *all, "a socket is full that nothing is in");
            plain.take_back(*at, *all, 0);
            expected = Gave::NoBytes;
        }
        assert_eq!(gave, expected, "{op:?}");
        assert_eq!(real.told.take(), std::mem::take(&mut plain.told), "{op:?}");
        for at in [0, 1] {
            assert_eq!(real.len(at), plain.bytes[at].len(), "{op:?}");
            // To look at a file's bytes reads them; they shall also be sent without being read.
            if !plain.may_have_files {
                assert!(real.bytes(at) == plain.bytes[at], "other bytes after {op:?}");
            }
        }
    }
    for at in [0, 1] {
        assert!(real.bytes(at) == plain.bytes[at], "other bytes at the end");
    }
}
