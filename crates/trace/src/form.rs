//! How much is made of a line.

use std::io::BufRead;

use crate::parser::{Parser, Wrong};
use crate::{Brief, BriefLine, Line, ReadError, Reader, brief};

/// How much is made of a line: all that it says ([`Line`]), or of a record only its beginning ([`BriefLine`]).
pub trait Form: Made {}

impl Form for Line {}
impl Form for BriefLine {}

/// A line as somebody wants it.
pub trait Made: Sized + Send {
    /// So many bytes of lines are taken at once, or a line.
    const AT_ONCE: usize;

    /// The next one that a reader has.
    fn next<R: BufRead>(reader: &mut Reader<R>) -> Result<Option<Self>, ReadError>;

    /// What a line says, and the number of its record, if it is one. Where another number than that is `expected`, the
    /// line was read whole.
    fn read(
        line: &[u8],
        expected: Option<u64>,
        parser: &mut Parser,
    ) -> Result<(Option<u64>, Self), Wrong>;

    /// Whether it is a record.
    fn is_record(&self) -> bool;

    /// So many records come before the first of its trace.
    fn come_after(&mut self, records: u64);

    /// Nobody needs it any more.
    fn spare(self, parser: &mut Parser);
}

impl Made for Line {
    const AT_ONCE: usize = 1 << 16;

    fn next<R: BufRead>(reader: &mut Reader<R>) -> Result<Option<Self>, ReadError> {
        reader.next_line()
    }

    #[inline]
    fn read(
        line: &[u8],
        _: Option<u64>,
        parser: &mut Parser,
    ) -> Result<(Option<u64>, Self), Wrong> {
        let line = parser.line(line)?;
        let seq = match &line {
            Self::Record(record) => Some(record.seq),
            Self::Source(_) => None,
        };
        Ok((seq, line))
    }

    fn is_record(&self) -> bool {
        matches!(self, Self::Record(_))
    }

    #[inline]
    fn come_after(&mut self, records: u64) {
        if let Self::Record(record) = self {
            record.seq += records;
        }
    }

    #[inline]
    fn spare(self, parser: &mut Parser) {
        if let Self::Record(record) = self {
            parser.spare(record);
        }
    }
}

impl Made for BriefLine {
    /// Little is made of them, and so the threads that take them would meet more often.
    const AT_ONCE: usize = 1 << 18;

    fn next<R: BufRead>(reader: &mut Reader<R>) -> Result<Option<Self>, ReadError> {
        reader.next_brief()
    }

    #[inline]
    fn read(
        line: &[u8],
        expected: Option<u64>,
        parser: &mut Parser,
    ) -> Result<(Option<u64>, Self), Wrong> {
        if let Some((seq, brief)) = brief::scan(line)
            && expected.is_none_or(|expected| expected == seq)
        {
            return Ok((Some(seq), Self::Record(brief)));
        }
        let (seq, line) = Line::read(line, expected, parser)?;
        Ok((seq, line.into()))
    }

    fn is_record(&self) -> bool {
        matches!(self, Self::Record(_))
    }

    /// It does not say its number.
    fn come_after(&mut self, _: u64) {}

    fn spare(self, _: &mut Parser) {}
}

impl From<Line> for BriefLine {
    fn from(line: Line) -> Self {
        match line {
            Line::Record(record) => Self::Record(Brief::from(&*record)),
            Line::Source(source) => Self::Source(source),
        }
    }
}
