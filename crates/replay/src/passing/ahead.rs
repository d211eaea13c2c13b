//! Two threads go through a trace: to read it takes long, and to do something with what is read takes as long again.
//!
//! Lines are taken from the input in order, a [`Batch`] at a time, and each batch is read by a thread that has time. One
//! thread does nothing else; the other one looks at the batches in order, and reads one itself where the next is not ready.
//! So both are busy to the end, whichever of the two takes longer.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};

use evscope_trace::{Batch, Form, Intake, Line, Order, Parser, ReadError, Reader};

/// So many batches wait to be looked at, and no more are read meanwhile.
const AHEAD: usize = 8;

/// How a trace comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coming {
    /// It is all there.
    There,
    /// Whoever writes it has it come line by line, and somebody waits for each.
    LineByLine,
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
    let (intake, order) = reader.parts();
    let work = Work::new(intake);
    let looking = thread::current();
    thread::scope(|scope| {
        let helper = scope.spawn(|| work.help(&looking));
        let looked = {
            let _over = Over(&work, helper.thread());
            work.look(coming, order, helper.thread(), each)
        };
        match helper.join() {
            Ok(()) => looked,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// What both threads have to do.
struct Work<'a, R, L> {
    input: Mutex<Input<'a, R>>,
    made: Mutex<Made<L>>,
}

/// What batches are taken from.
struct Input<'a, R> {
    intake: &'a mut Intake<R>,
    /// The number of the next batch; none behind the last.
    next: Option<u64>,
}

/// What was read.
struct Made<L> {
    ready: BTreeMap<u64, (By, Batch<L>)>,
    /// Batches of the helper that are used up. They go back to it: no thread frees what another one has allocated.
    used: Vec<Batch<L>>,
    /// Nobody looks any more.
    is_over: bool,
    /// The helper has panicked.
    is_broken: bool,
}

/// Who read a batch.
#[derive(Debug, Clone, Copy)]
enum By {
    /// The thread that looks.
    Looking,
    /// The other one.
    Helper,
}

/// What a thread reads with.
struct Hand<L> {
    parser: Parser,
    used: Vec<Batch<L>>,
}

impl<L> Default for Hand<L> {
    fn default() -> Self {
        Self {
            parser: Parser::default(),
            used: Vec::new(),
        }
    }
}

impl<'a, R: BufRead + Send, L: Form> Work<'a, R, L> {
    fn new(intake: &'a mut Intake<R>) -> Self {
        Self {
            input: Mutex::new(Input {
                intake,
                next: Some(0),
            }),
            made: Mutex::new(Made {
                ready: BTreeMap::new(),
                used: Vec::new(),
                is_over: false,
                is_broken: false,
            }),
        }
    }

    /// Nothing that is done with it can panic.
    fn made(&self) -> MutexGuard<'_, Made<L>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at all batches in order.
    fn look<E: From<ReadError>>(
        &self,
        coming: Coming,
        order: &mut Order,
        helper: &Thread,
        mut each: impl FnMut(&mut L) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let mut hand = Hand::default();
        for number in 0.. {
            let Some((by, mut batch)) = self.wait_for(number, coming, &mut hand, helper) else {
                break;
            };
            let end = order.accept(&mut batch);
            for line in batch.lines() {
                if each(line)?.is_break() {
                    return Ok(());
                }
            }
            if let Some(end) = end {
                return Ok(order.end(end)?);
            }
            match by {
                By::Looking => hand.used.push(batch),
                By::Helper => self.made().used.push(batch),
            }
        }
        Ok(())
    }

    /// Reads batches until there are no more, or nobody looks at them.
    fn help(&self, looking: &Thread) {
        let _broken = Broken(self, looking);
        let mut hand = Hand::default();
        loop {
            let mut made = self.made();
            if made.is_over {
                return;
            }
            hand.used.append(&mut made.used);
            let is_far_ahead = made.ready.len() >= AHEAD;
            drop(made);
            if is_far_ahead {
                thread::park();
            } else if self.make(By::Helper, &mut hand) {
                looking.unpark();
            } else {
                return;
            }
        }
    }

    /// Takes a batch and reads it; false when there is none.
    fn make(&self, by: By, hand: &mut Hand<L>) -> bool {
        let mut batch = hand.used.pop().unwrap_or_default();
        let Some(number) = self.take(&mut batch, &mut hand.parser) else {
            return false;
        };
        batch.read(&mut hand.parser);
        self.made().ready.insert(number, (by, batch));
        true
    }

    /// Takes a batch from the input, and tells which one it is.
    fn take(&self, batch: &mut Batch<L>, parser: &mut Parser) -> Option<u64> {
        // Where the other thread has panicked there is nothing more to take.
        let mut input = self.input.lock().ok()?;
        let number = input.next?;
        input.intake.take(batch, parser);
        input.next = (!batch.is_last()).then_some(number + 1);
        Some(number)
    }

    /// The batch of this number. As long as it is not ready another one is read, if that does not take waiting. None when
    /// the helper has panicked.
    fn wait_for(
        &self,
        number: u64,
        coming: Coming,
        hand: &mut Hand<L>,
        helper: &Thread,
    ) -> Option<(By, Batch<L>)> {
        loop {
            let mut made = self.made();
            if let Some(found) = made.ready.remove(&number) {
                // It sleeps until there is something to do again for a while.
                if made.ready.len() == AHEAD / 2 {
                    helper.unpark();
                }
                return Some(found);
            }
            if made.is_broken {
                return None;
            }
            let has_room = made.ready.len() < AHEAD;
            drop(made);
            if !(coming == Coming::There && has_room && self.make(By::Looking, hand)) {
                thread::park();
            }
        }
    }
}

/// Whoever looks has seen enough, or has panicked.
struct Over<'a, 'b, R: BufRead + Send, L: Form>(&'a Work<'b, R, L>, &'a Thread);

impl<R: BufRead + Send, L: Form> Drop for Over<'_, '_, R, L> {
    fn drop(&mut self) {
        self.0.made().is_over = true;
        self.1.unpark();
    }
}

/// Tells whoever waits for the helper that it has panicked.
struct Broken<'a, 'b, R: BufRead + Send, L: Form>(&'a Work<'b, R, L>, &'a Thread);

impl<R: BufRead + Send, L: Form> Drop for Broken<'_, '_, R, L> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.made().is_broken = true;
            self.1.unpark();
        }
    }
}
