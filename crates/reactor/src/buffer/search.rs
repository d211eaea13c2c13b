//! Looking for bytes and line ends in a chain.

use memchr::memmem;

use super::chain::Chain;

/// What ends a line (libevent's `evbuffer_eol_style`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EolStyle {
    /// Any run of `\r` and `\n`.
    Any,
    /// `\n`, or `\r\n`.
    Crlf,
    /// `\r\n` only.
    CrlfStrict,
    /// `\n` only.
    Lf,
    /// A zero byte.
    Nul,
}

/// Where `what` begins for the first time at or after `from`, if it ends before `end`.
pub(crate) fn search_range(chain: &Chain, what: &[u8], from: usize, end: usize) -> Option<usize> {
    if what.is_empty() {
        return (from <= chain.len()).then_some(from);
    }
    let finder = memmem::Finder::new(what);
    let mut begin = from;
    let mut pieces = chain.pieces_at(from);
    while let Some(piece) = pieces.next() {
        let left = end.saturating_sub(begin);
        if left <= piece.len() {
            return finder.find(&piece[..left]).map(|at| begin + at);
        }
        if let Some(at) = finder.find(piece) {
            return Some(begin + at);
        }
        // It may begin in the end of this piece and go on in those that follow.
        let tail = piece.len().saturating_sub(what.len() - 1);
        let mut candidates = memchr::memchr_iter(what[0], &piece[tail..]);
        if let Some(at) = candidates.find(|at| goes_on(&piece[tail + at..], pieces.clone(), what)) {
            let found = begin + tail + at;
            return (found + what.len() <= end).then_some(found);
        }
        begin += piece.len();
    }
    None
}

/// Whether `first` and the pieces behind it begin with `what`.
fn goes_on<'a>(first: &'a [u8], rest: impl Iterator<Item = &'a [u8]>, mut what: &[u8]) -> bool {
    for piece in std::iter::once(first).chain(rest) {
        let n = piece.len().min(what.len());
        if piece[..n] != what[..n] {
            return false;
        }
        what = &what[n..];
        if what.is_empty() {
            return true;
        }
    }
    false
}

/// The first end of a line: where it begins and how many bytes it has.
pub(crate) fn search_eol(chain: &Chain, style: EolStyle, from: usize) -> Option<(usize, usize)> {
    match style {
        EolStyle::Lf => find_byte(chain, b'\n', from).map(|at| (at, 1)),
        EolStyle::Nul => find_byte(chain, 0, from).map(|at| (at, 1)),
        EolStyle::CrlfStrict => search_range(chain, b"\r\n", from, usize::MAX).map(|at| (at, 2)),
        EolStyle::Crlf => {
            let at = find_byte(chain, b'\n', from)?;
            let after_cr = at > from && byte_at(chain, at - 1) == Some(b'\r');
            Some(if after_cr { (at - 1, 2) } else { (at, 1) })
        }
        EolStyle::Any => {
            let at = find(chain, from, |byte| byte == b'\n' || byte == b'\r')?;
            let end = find(chain, at, |byte| byte != b'\n' && byte != b'\r');
            Some((at, end.unwrap_or(chain.len()) - at))
        }
    }
}

fn byte_at(chain: &Chain, at: usize) -> Option<u8> {
    let mut byte = [0];
    (chain.copy_out_from(at, &mut byte) == 1).then_some(byte[0])
}

fn find_byte(chain: &Chain, wanted: u8, from: usize) -> Option<usize> {
    find_in_pieces(chain, from, |piece| memchr::memchr(wanted, piece))
}

fn find(chain: &Chain, from: usize, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    find_in_pieces(chain, from, |piece| piece.iter().position(|&b| wanted(b)))
}

fn find_in_pieces(
    chain: &Chain,
    from: usize,
    find: impl Fn(&[u8]) -> Option<usize>,
) -> Option<usize> {
    let mut begin = from;
    for piece in chain.pieces_at(from) {
        if let Some(at) = find(piece) {
            return Some(begin + at);
        }
        begin += piece.len();
    }
    None
}
