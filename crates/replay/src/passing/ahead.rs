//! Two threads go through a trace: to read it takes long, and to write down what is read takes as long again.
//!
//! A trace goes by in sheets. Lines are taken from the input in order; a sheet of them is read by whichever thread has
//! time. The sheets are looked at in order, by the thread that wants to know, which notes what only the order tells. With
//! that a sheet is written by whichever thread has time, and what was written is put out in order again. So both are busy
//! to the end, whatever takes longest, and no more sheets are under way than are needed for that.

use std::io::BufRead;
use std::ops::ControlFlow;

use evscope_trace::{Batch, Form, Line, ReadError, Reader};

use super::sheet::{Notes, Sheet};
use super::work::go_through;

/// How a trace comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coming {
    /// It is all there.
    There,
    /// Whoever writes it has it come line by line, and somebody waits for each.
    LineByLine,
}

/// Who looks at the sheets of a trace, in order.
pub(super) trait Look<L> {
    /// What is noted of a sheet.
    type Notes: Notes;
    /// Why it cannot go on.
    type Error: From<ReadError>;

    /// Looks at the next sheet. Those that there is nothing to note of any more go into `done`, in order: all of them, if
    /// enough was seen.
    fn look(
        &mut self,
        sheet: Sheet<L, Self::Notes>,
        done: &mut Vec<Sheet<L, Self::Notes>>,
    ) -> Result<ControlFlow<()>, Self::Error>;

    /// There are no more; those that are left go into `done`.
    fn finish(&mut self, done: &mut Vec<Sheet<L, Self::Notes>>) -> Result<(), Self::Error>;

    /// Puts out what was written, in order.
    fn put(&mut self, text: &[u8]) -> Result<(), Self::Error>;
}

/// Writes sheets that were looked at: each thread by a writer of its own.
pub(super) trait Write<L, N>: Sync {
    /// One that writes a sheet as its text.
    fn writer(&self) -> impl FnMut(&mut Sheet<L, N>);
}

/// Nothing is written by who only looks.
struct Nothing;

impl<L> Write<L, ()> for Nothing {
    fn writer(&self) -> impl FnMut(&mut Sheet<L, ()>) {
        |_| ()
    }
}

/// Reads the lines that are left, and has `each` look at them until it has seen enough. What comes before a line that
/// cannot be read is looked at all the same. Whoever wants to keep a record takes its box, and leaves one there that is
/// used up.
///
/// # Errors
/// That of `each`, or else that of the reader, unless enough was seen before.
pub fn each_line<R: BufRead + Send, E: From<ReadError>>(
    reader: &mut Reader<R>,
    coming: Coming,
    each: impl FnMut(&mut Line) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    each_in(reader, coming, each)
}

/// The same of lines in whichever form.
pub(super) fn each_in<L: Form, R: BufRead + Send, E: From<ReadError>>(
    reader: &mut Reader<R>,
    coming: Coming,
    each: impl FnMut(&mut L) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    go_through(reader, coming, &mut Each(each), &Nothing)
}

/// Has one thing done with each line.
struct Each<F>(F);

impl<L: Form, E: From<ReadError>, F: FnMut(&mut L) -> Result<ControlFlow<()>, E>> Look<L>
    for Each<F>
{
    type Notes = ();
    type Error = E;

    fn look(
        &mut self,
        mut sheet: Sheet<L, ()>,
        done: &mut Vec<Sheet<L, ()>>,
    ) -> Result<ControlFlow<()>, E> {
        for line in sheet.batch.lines() {
            if (self.0)(line)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        done.push(sheet);
        Ok(ControlFlow::Continue(()))
    }

    fn finish(&mut self, _: &mut Vec<Sheet<L, ()>>) -> Result<(), E> {
        Ok(())
    }

    fn put(&mut self, _: &[u8]) -> Result<(), E> {
        Ok(())
    }
}

/// Has lines that are at hand looked at and written, in one thread.
///
/// # Errors
/// That of who looks.
pub(super) fn go_through_held<L: Form, K: Look<L>>(
    batches: impl Iterator<Item = Batch<L>>,
    look: &mut K,
    write: &impl Write<L, K::Notes>,
) -> Result<(), K::Error> {
    let mut writer = write.writer();
    let mut done = Vec::new();
    let mut put = |look: &mut K, done: &mut Vec<Sheet<L, K::Notes>>| {
        done.drain(..)
            .filter(|sheet| !sheet.notes.is_empty())
            .try_for_each(|mut sheet| {
                writer(&mut sheet);
                look.put(&sheet.text)
            })
    };
    for batch in batches {
        let seen = look.look(batch.into(), &mut done)?;
        put(look, &mut done)?;
        if seen.is_break() {
            return Ok(());
        }
    }
    look.finish(&mut done)?;
    put(look, &mut done)
}
