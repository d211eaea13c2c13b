//! Takes lines from the input as they stand there.

use std::io::{self, BufRead, Read};

use crate::ReadError;
use crate::batch::{Batch, End};
use crate::before::Before;
use crate::bounds::LONGEST_LINE;
use crate::form::Form;
use crate::parser::Parser;
use crate::unread::Unread;

/// So many lines are taken at once of what comes first.
const FIRST_AT_ONCE: usize = 256;

/// What lines are taken from. It knows nothing of what they say.
#[derive(Debug)]
pub struct Intake<R> {
    pub(crate) input: Unread<R>,
    /// A packed trace ended where it should go on: there is nothing to read any more.
    pub(crate) cut_short: bool,
    /// What comes first and has not all come yet.
    pub(crate) before: Option<Box<Before>>,
    /// How many steps came first.
    pub(crate) offset: u64,
    /// What turned out to be missing of them, until it is told.
    pub(crate) lacking: Option<String>,
}

impl<R: BufRead> Intake<R> {
    /// Of an input that was not read yet.
    pub(crate) fn new(input: R) -> Self {
        Self {
            input: Unread::new(input),
            cut_short: false,
            before: None,
            offset: 0,
            lacking: None,
        }
    }

    /// Fills a batch with what comes next: the whole lines that are at hand, or one for which it waits. The batch that is
    /// the [last](Batch::is_last) says so. It has room for them from the parser that is to read them.
    pub fn take<L: Form>(&mut self, batch: &mut Batch<L>, parser: &mut Parser) {
        batch.clear();
        if self.before.is_some() {
            batch.lines.clear();
            batch.is_read = self.take_first(batch);
        }
        if !batch.is_read {
            batch.offset = self.offset;
            batch.lacking = self.lacking.take();
            batch.bytes = parser.take_room();
            batch.end = self.take_own::<L>(&mut batch.bytes);
        }
    }

    /// The next line of what comes first; none when all of that came.
    pub(crate) fn first<L: Form>(&mut self) -> Result<Option<L>, ReadError> {
        let Some(before) = &mut self.before else {
            return Ok(None);
        };
        let line = before.next()?;
        if line.is_none() {
            self.offset = before.given();
            self.lacking = before.lacking();
            self.before = None;
        }
        Ok(line)
    }

    /// Takes lines that come first; false when there are none.
    fn take_first<L: Form>(&mut self, batch: &mut Batch<L>) -> bool {
        while batch.lines.len() < FIRST_AT_ONCE {
            match self.first() {
                Ok(Some(line)) => batch.lines.push(line),
                Ok(None) => return !batch.lines.is_empty(),
                Err(error) => {
                    batch.end = Some(End::Before(error));
                    break;
                }
            }
        }
        true
    }

    /// Takes lines of the trace itself; tells how the input ends, if it does. The room has them alone then, whatever it had.
    fn take_own<L: Form>(&mut self, room: &mut Vec<u8>) -> Option<End> {
        let (len, end) = self.read_lines::<L>(room);
        room.truncate(len);
        end
    }

    /// Reads lines straight into the room, and tells how long they are. It is not made empty before, and so what is read
    /// over has rarely to be zero first.
    fn read_lines<L: Form>(&mut self, room: &mut Vec<u8>) -> (usize, Option<End>) {
        if self.cut_short {
            return (0, Some(End::CutShort));
        }
        let mut len = 0;
        loop {
            room.resize(len + L::AT_ONCE, 0);
            let read = match self.input.read(&mut room[len..]) {
                Ok(0) => return (len, Some(End::Over)),
                Ok(read) => read,
                Err(error) => match error.kind() {
                    io::ErrorKind::Interrupted => continue,
                    // What is there before the place where it was cut off counts.
                    io::ErrorKind::UnexpectedEof => {
                        self.cut_short = true;
                        return (len, Some(End::CutShort));
                    }
                    _ => return (0, Some(End::Failed(error))),
                },
            };
            let begin = len;
            len += read;
            if let Some(end) = memchr::memrchr(b'\n', &room[begin..len]) {
                let lines = begin + end + 1;
                self.input.give_back(&room[lines..len]);
                return (lines, None);
            }
            // Of a line that is too long no more is wanted.
            if len > LONGEST_LINE {
                return (len, None);
            }
        }
    }
}

/// Appends what comes up to a line end, and that; or a byte more than a line can have.
pub(crate) fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let bytes = match input.fill_buf() {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let room = LONGEST_LINE + 1 - line.len();
        let bytes = &bytes[..bytes.len().min(room)];
        let end = memchr::memchr(b'\n', bytes);
        let taken = end.map_or(bytes.len(), |end| end + 1);
        line.extend_from_slice(&bytes[..taken]);
        input.consume(taken);
        if end.is_some() || taken == 0 {
            return Ok(());
        }
    }
}
