//! Where a trace is read, and that none of its steps is missing.

use std::io;

use evscope_words::{Text, text};
use log::trace;

use crate::batch::{Batch, End, Ending};
use crate::form::Form;
use crate::parser::{Parser, Wrong};
use crate::reader::{CutOff, ReadError};

/// Holds the lines of a trace in order: it knows the next one's number, and that of the next record. Whatever was read by
/// several threads goes by here, in the order in which it was taken from the input.
#[derive(Debug)]
pub struct Order {
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) next_seq: u64,
    pub(crate) cut_off: Option<CutOff>,
    /// What is missing of what comes first.
    pub(crate) lacking: Option<String>,
}

impl Order {
    /// Takes note of the batch that comes next, in which only those lines are left that are right. Tells whether the trace
    /// [ends](Self::end) behind them.
    pub fn accept<L: Form>(&mut self, batch: &mut Batch<L>) -> Option<Ending> {
        self.learn(batch.lacking.take());
        let mut end = batch.end.take();
        match batch.keep_from(self.next_seq) {
            Ok(records) => self.next_seq += records,
            // It may be wrong in more than its number, where it was not read to its end.
            Err((line, seq)) => {
                let read = Parser::default().line(line);
                let wrong = read.map_or_else(|wrong| wrong, |_| self.out_of_order(seq));
                end = Some(End::Wrong(wrong));
            }
        }
        self.line += batch.count;
        end.map(Ending)
    }

    /// The lines were looked at, behind which the trace ends.
    ///
    /// # Errors
    /// Where it does not end as a trace does.
    pub fn end(&mut self, Ending(end): Ending) -> Result<(), ReadError> {
        match end {
            End::Over => self.at_end(false),
            End::CutShort => self.at_end(true),
            End::Failed(error) => return Err(self.io(error)),
            End::Before(error) => return Err(error),
            End::Wrong(wrong) => self.refuse(wrong)?,
        }
        Ok(())
    }

    /// Something may be missing of what comes first.
    pub(crate) fn learn(&mut self, lacking: Option<String>) {
        if lacking.is_some() {
            self.lacking = lacking;
        }
    }

    /// Holds that a record has the number that comes next.
    #[inline]
    pub(crate) fn follow(&mut self, seq: u64) -> Result<(), ReadError> {
        if seq != self.next_seq {
            let wrong = self.out_of_order(seq);
            return self.refuse(wrong);
        }
        self.next_seq += 1;
        Ok(())
    }

    /// Says of the line that was read last what is wrong with it; one that is cut off ends the trace.
    pub(crate) fn refuse(&mut self, wrong: Wrong) -> Result<(), ReadError> {
        match wrong {
            Wrong::Reason(reason) => Err(self.error(reason)),
            Wrong::CutOff(bytes) => {
                let line = self.line;
                self.cut_off = Some(CutOff { line, bytes });
                Ok(())
            }
        }
    }

    /// There is no further line.
    pub(crate) fn at_end(&mut self, is_cut_short: bool) {
        // Who follows a growing trace comes to its end again and again.
        trace!("{}: read to its end, {} steps", self.file, self.next_seq);
        if is_cut_short && self.cut_off.is_none() {
            self.cut_off = Some(CutOff {
                line: self.line + 1,
                bytes: 0,
            });
        }
    }

    fn out_of_order(&self, seq: u64) -> Wrong {
        Wrong::Reason(out_of_order(seq, self.next_seq))
    }

    pub(crate) fn io(&self, source: io::Error) -> ReadError {
        ReadError::Io {
            file: self.file.clone(),
            source,
        }
    }

    pub(crate) fn error(&self, reason: Text) -> ReadError {
        ReadError::Line {
            file: self.file.clone(),
            line: self.line,
            reason,
        }
    }
}

/// A step is missing, or there twice.
pub(crate) fn out_of_order(seq: u64, expected: u64) -> Text {
    text!(trace_out_of_order, seq, expected)
}
