//! Lines on their way from the input to whoever looks at them.

use std::io;

use crate::ReadError;
use crate::form::Form;
use crate::order::out_of_order;
use crate::parser::{self, Parser, Wrong};

/// Whole lines that follow each other. They are taken from the input in order ([`Intake::take`](crate::Intake::take)), read
/// by whichever thread has time ([`read`](Self::read)), and looked at in order again
/// ([`Order::accept`](crate::Order::accept)). One that is used up may be filled again: its memory is used again.
#[derive(Debug)]
pub struct Batch<L> {
    /// The lines as they stand in the input, until they are read.
    pub(crate) bytes: Vec<u8>,
    /// What they say.
    pub(crate) lines: Vec<L>,
    /// Whether that was known as they were taken.
    pub(crate) is_read: bool,
    /// How many records come before the first of its trace.
    pub(crate) offset: u64,
    /// How many lines were read, blank ones and a wrong one too.
    pub(crate) count: u64,
    /// Its first record.
    first: Option<First>,
    /// The number of the record that comes next.
    next: u64,
    /// What turned out to be missing of what comes first, as its end was there.
    pub(crate) lacking: Option<String>,
    /// How the trace ends behind it; else it goes on.
    pub(crate) end: Option<End>,
}

/// A record that is the first of its batch: whether it is its turn, only those before can tell.
#[derive(Debug)]
struct First {
    seq: u64,
    /// Among the lines that say something.
    at: usize,
    /// Among all lines, from 1.
    line: u64,
    /// As it stands in the input.
    bytes: Vec<u8>,
}

/// How a trace ends behind the lines of a batch. What that means, [`Order::end`](crate::Order::end) knows.
#[derive(Debug)]
pub struct Ending(pub(crate) End);

/// How a trace ends.
#[derive(Debug)]
pub(crate) enum End {
    /// There is no more of the input.
    Over,
    /// The input is packed, and ends where it should go on.
    CutShort,
    /// The input cannot be read.
    Failed(io::Error),
    /// What comes first cannot be read.
    Before(ReadError),
    /// A line is wrong.
    Wrong(Wrong),
}

impl<L> Default for Batch<L> {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            lines: Vec::new(),
            is_read: false,
            offset: 0,
            count: 0,
            first: None,
            next: 0,
            lacking: None,
            end: None,
        }
    }
}

impl<L> From<Vec<L>> for Batch<L> {
    /// Of lines that were read elsewhere.
    fn from(lines: Vec<L>) -> Self {
        Self {
            lines,
            is_read: true,
            ..Self::default()
        }
    }
}

impl<L: Form> Batch<L> {
    /// What its lines say.
    pub fn lines(&mut self) -> &mut [L] {
        &mut self.lines
    }

    /// Whether no other one comes behind it that counts.
    pub fn is_last(&self) -> bool {
        self.end.is_some()
    }

    /// Nothing of it is taken yet. What its lines said is there still, to be used up by what they say next.
    pub(crate) fn clear(&mut self) {
        self.is_read = false;
        self.count = 0;
        self.first = None;
        self.lacking = None;
        self.end = None;
    }

    /// Reads its lines, up to one that is wrong.
    pub fn read(&mut self, parser: &mut Parser) {
        if self.is_read {
            return;
        }
        for used in self.lines.drain(..) {
            used.spare(parser);
        }
        let bytes = std::mem::take(&mut self.bytes);
        if let Err(wrong) = self.read_all(&bytes, parser) {
            self.end = Some(End::Wrong(wrong));
        }
        parser.give_room(bytes);
    }

    fn read_all(&mut self, bytes: &[u8], parser: &mut Parser) -> Result<(), Wrong> {
        for line in lines(bytes) {
            self.count += 1;
            parser::check_length(line).map_err(Wrong::Reason)?;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let expected = self.first.as_ref().map(|_| self.next);
            let (seq, mut said) = L::read(line, expected, parser)?;
            if let Some(seq) = seq {
                self.follow(seq, expected, line)?;
            }
            said.come_after(self.offset);
            self.lines.push(said);
        }
        Ok(())
    }

    /// Holds that no step is missing in the batch.
    fn follow(&mut self, seq: u64, expected: Option<u64>, line: &[u8]) -> Result<(), Wrong> {
        match expected {
            Some(expected) if expected == seq => {}
            Some(expected) => return Err(Wrong::Reason(out_of_order(seq, expected))),
            None => {
                self.first = Some(First {
                    seq,
                    at: self.lines.len(),
                    line: self.count,
                    bytes: line.to_vec(),
                });
            }
        }
        self.next = seq.wrapping_add(1);
        Ok(())
    }

    /// How many records it has, if its first one is the `expected` one. Else nothing is left from there on, and that line
    /// is the last, with the number it says.
    pub(crate) fn keep_from(&mut self, expected: u64) -> Result<u64, (&[u8], u64)> {
        match &self.first {
            None => Ok(0),
            Some(first) if first.seq == expected => Ok(self.next - first.seq),
            Some(first) => {
                self.lines.truncate(first.at);
                self.count = first.line;
                Err((&first.bytes, first.seq))
            }
        }
    }
}

/// The lines of some bytes, with their ends.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let (line, behind) = rest.split_at(end);
        rest = behind;
        (!line.is_empty()).then_some(line)
    })
}
