//! What every record says first, without the rest of it: enough to know which call lies in which, and how long they
//! took. To read that much of a line takes a fraction of the time that the whole record takes.

use crate::scan::plain;
use crate::vocabulary::place_of;
use crate::{BaseId, Event, Nanos, Phase, Record, SourceText, ThreadId};

/// The beginning of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brief {
    /// When.
    pub t: Nanos,
    /// On which thread.
    pub thread: ThreadId,
    /// How many calls are around it.
    pub depth: u32,
    /// Begin, end or whole.
    pub phase: Phase,
    /// What happened, as [`Event::number`] says it.
    pub number: usize,
    /// The event base.
    pub base: Option<BaseId>,
}

impl From<&Record> for Brief {
    fn from(record: &Record) -> Self {
        Self {
            t: record.t,
            thread: record.thread,
            depth: record.depth,
            phase: record.phase,
            number: record.event.number(),
            base: record.objects.base,
        }
    }
}

/// A line after the header, as far as it was looked at.
#[derive(Debug, Clone, PartialEq)]
pub enum BriefLine {
    /// A step.
    Record(Brief),
    /// The text of a function.
    Source(SourceText),
}

/// Reads the beginning of a record and its number, where a line is as evscope writes it: the members in their usual
/// order, without white space. `None` says nothing about any other line but that it is to be read whole.
pub(crate) fn scan(line: &[u8]) -> Option<(u64, Brief)> {
    // A line that is cut off is nothing to be brief about.
    if !line.ends_with(b"}\n") {
        return None;
    }
    let (seq, brief, _) = begin(line)?;
    Some((seq, brief))
}

/// The same of a line that may end anywhere behind it, and how long that is.
pub(crate) fn begin(line: &[u8]) -> Option<(u64, Brief, usize)> {
    let mut head = Head(line);
    let seq = head.number(b"{\"seq\":")?;
    let t = head.number(b",\"t\":")?;
    let thread = head.number(b",\"thread\":")?.try_into().ok()?;
    let depth = head.number(b",\"depth\":")?.try_into().ok()?;
    let phase = Phase::from_bytes(head.word(b",\"ph\":\"")?)?;
    let number = place_of(head.word(b",\"ev\":\"")?);
    // A name that is none of the vocabulary may have escapes.
    Event::NAMES.get(number)?;
    let base = match head.number(b",\"base\":") {
        Some(base) => Some(BaseId(base.try_into().ok()?)),
        None if head.0.starts_with(b",\"base\"") => return None,
        None => None,
    };
    let brief = Brief {
        t: Nanos(t),
        thread: ThreadId(thread),
        depth,
        phase,
        number,
        base,
    };
    Some((seq, brief, line.len() - head.0.len()))
}

/// What is left of a line.
struct Head<'a>(&'a [u8]);

impl<'a> Head<'a> {
    /// Numbers of so many digits fit, whatever they are.
    const DIGITS: usize = 19;

    /// What follows `name`.
    #[inline]
    fn behind<const N: usize>(&self, name: &[u8; N]) -> Option<&'a [u8]> {
        let (start, rest) = self.0.split_first_chunk::<N>()?;
        (start == name).then_some(rest)
    }

    /// Takes a whole number behind `name`; nothing else can follow its digits.
    #[inline]
    fn number<const N: usize>(&mut self, name: &[u8; N]) -> Option<u64> {
        let digits = self.behind(name)?;
        let mut number = 0_u64;
        let mut len = 0;
        while let Some(digit @ b'0'..=b'9') = digits.get(len) {
            number = number
                .wrapping_mul(10)
                .wrapping_add(u64::from(digit - b'0'));
            len += 1;
        }
        let is_one = len == 1 || matches!(len, 2..=Self::DIGITS) && digits[0] != b'0';
        if !is_one || !matches!(digits.get(len), Some(b',' | b'}')) {
            return None;
        }
        self.0 = &digits[len..];
        Some(number)
    }

    /// Takes what stands behind `name`, which ends with a quote, up to the next quote; none with an escape.
    #[inline]
    fn word<const N: usize>(&mut self, name: &[u8; N]) -> Option<&'a [u8]> {
        let rest = self.behind(name)?;
        let (word, behind) = rest.split_at(plain(rest));
        self.0 = behind.strip_prefix(b"\"")?;
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_far_as_it_is_wanted() {
        let line = b"{\"seq\":7,\"t\":5,\"thread\":2,\"depth\":3,\"ph\":\"exit\",\"ev\":\"poll\",\"base\":4,\"ready\":1}\n";
        let (seq, brief) = scan(line).unwrap();
        assert_eq!((seq, brief.t, brief.thread), (7, Nanos(5), ThreadId(2)));
        assert_eq!((brief.depth, brief.phase), (3, Phase::Exit));
        assert_eq!(Event::NAMES.get(brief.number), Some(&"poll"));
        assert_eq!(brief.base, Some(BaseId(4)));
    }

    #[test]
    fn another_line_is_left_to_the_reader() {
        for line in [
            // Without its end, with another order, with white space, with an escape, with what is no number, and no
            // record.
            &b"{\"seq\":7,\"t\":5,\"thread\":2,\"depth\":3,\"ph\":\"exit\",\"ev\":\"poll\"}"[..],
            b"{\"t\":5,\"seq\":7,\"thread\":2,\"depth\":3,\"ph\":\"exit\",\"ev\":\"poll\"}\n",
            b"{\"seq\":7, \"t\":5,\"thread\":2,\"depth\":3,\"ph\":\"exit\",\"ev\":\"poll\"}\n",
            b"{\"seq\":7,\"t\":5,\"thread\":2,\"depth\":3,\"ph\":\"exit\",\"ev\":\"\\u0070oll\"}\n",
            b"{\"seq\":07,\"t\":5,\"thread\":2,\"depth\":3,\"ph\":\"exit\",\"ev\":\"poll\"}\n",
            b"{\"seq\":7,\"t\":5.0,\"thread\":2,\"depth\":3,\"ph\":\"exit\",\"ev\":\"poll\"}\n",
            b"{\"seq\":7,\"t\":5,\"thread\":2,\"depth\":3,\"ph\":\"exit\",\"ev\":\"poll\",\"base\":4294967296}\n",
            b"{\"source\":{\"file\":\"a\"}}\n",
        ] {
            assert_eq!(scan(line), None);
        }
    }
}
