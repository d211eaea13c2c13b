//! What two threads have to do while a trace goes by, and which of them does what next.

use std::collections::{BTreeMap, VecDeque};
use std::io::BufRead;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};

use evscope_trace::{Batch, Form, Intake, Order, Parser, Reader};

use super::ahead::{Coming, Look, Write};
use super::sheet::{By, Notes, Sheet};

/// So many sheets wait to be looked at or to be written, and no more are read meanwhile.
const AHEAD: usize = 8;

/// Reads the lines that are left, has them looked at until enough was seen, and what was looked at written. What comes
/// before a line that cannot be read is written all the same.
///
/// # Errors
/// That of who looks, or else that of the reader, unless enough was seen before.
pub(super) fn go_through<L: Form, R: BufRead + Send, K: Look<L>>(
    reader: &mut Reader<R>,
    coming: Coming,
    look: &mut K,
    write: &impl Write<L, K::Notes>,
) -> Result<(), K::Error> {
    let (intake, order) = reader.parts();
    let work = Work::new(intake);
    let looking = thread::current();
    thread::scope(|scope| {
        let helper = scope.spawn(|| work.help(&looking, write.writer()));
        let looked = {
            let _over = Over(&work, helper.thread());
            work.look(coming, order, helper.thread(), look, write.writer())
        };
        match helper.join() {
            Ok(()) => looked,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// What both threads have to do.
struct Work<'a, R, L, N> {
    input: Mutex<Input<'a, R>>,
    desk: Mutex<Desk<L, N>>,
}

/// What sheets are taken from.
struct Input<'a, R> {
    intake: &'a mut Intake<R>,
    /// The number of the next sheet; none behind the last.
    next: Option<u64>,
}

/// The sheets that are under way and in nobody's hand.
struct Desk<L, N> {
    /// Those that were read, by number.
    read: BTreeMap<u64, Sheet<L, N>>,
    /// Those that were looked at, in order: what is to be written of them is numbered anew.
    looked: VecDeque<(u64, Sheet<L, N>)>,
    /// Those that were written.
    written: BTreeMap<u64, Sheet<L, N>>,
    /// Those of the helper that are used up. They go back to it: no thread frees what another one has allocated.
    used: Vec<Sheet<L, N>>,
    /// The helper sleeps until there is something to do for a while.
    is_idle: bool,
    /// Nothing more is read.
    is_read: bool,
    /// Nobody looks any more.
    is_over: bool,
    /// The helper has panicked.
    is_broken: bool,
}

/// What a thread reads with.
struct Hand<L, N> {
    parser: Parser,
    used: Vec<Sheet<L, N>>,
}

impl<L, N> Default for Hand<L, N> {
    fn default() -> Self {
        Self {
            parser: Parser::default(),
            used: Vec::new(),
        }
    }
}

/// How far the thread that looks has come.
#[derive(Default)]
struct Place {
    /// The number of the sheet that it looks at next.
    look: u64,
    /// How many were handed on to be written.
    noted: u64,
    /// The number of the one whose text is put out next.
    put: u64,
    /// Nothing more is looked at.
    is_seen: bool,
}

/// What the thread that looks does next.
enum Task<L, N> {
    Put(Sheet<L, N>),
    Look(Sheet<L, N>),
    Write(u64, Sheet<L, N>),
    Read,
    Wait,
    /// All is done, or the helper has panicked.
    End,
}

impl<'a, R: BufRead + Send, L: Form, N: Notes> Work<'a, R, L, N> {
    fn new(intake: &'a mut Intake<R>) -> Self {
        Self {
            input: Mutex::new(Input {
                intake,
                next: Some(0),
            }),
            desk: Mutex::new(Desk {
                read: BTreeMap::new(),
                looked: VecDeque::new(),
                written: BTreeMap::new(),
                used: Vec::new(),
                is_idle: false,
                is_read: false,
                is_over: false,
                is_broken: false,
            }),
        }
    }

    /// Nothing that is done with it can panic.
    fn desk(&self) -> MutexGuard<'_, Desk<L, N>> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at all sheets in order, and puts out what is written of them.
    fn look<K: Look<L, Notes = N>>(
        &self,
        coming: Coming,
        order: &mut Order,
        helper: &Thread,
        look: &mut K,
        mut write: impl FnMut(&mut Sheet<L, N>),
    ) -> Result<(), K::Error> {
        let mut hand = Hand::default();
        let mut place = Place::default();
        let mut done = Vec::new();
        let mut ended = Ok(());
        loop {
            match self.next(&place, coming, helper) {
                Task::Put(sheet) => {
                    look.put(&sheet.text)?;
                    place.put += 1;
                    self.give_back(sheet, &mut self.desk(), &mut hand);
                }
                Task::Look(mut sheet) => {
                    place.look += 1;
                    let end = order.accept(&mut sheet.batch);
                    let is_enough = look.look(sheet, &mut done)?.is_break();
                    place.is_seen = is_enough || end.is_some();
                    if !is_enough && let Some(end) = end {
                        look.finish(&mut done)?;
                        ended = order.end(end);
                    }
                    self.hand_on(&mut done, &mut place, &mut hand, helper);
                }
                Task::Write(number, mut sheet) => {
                    write(&mut sheet);
                    self.desk().written.insert(number, sheet);
                }
                Task::Read => self.read(By::Looking, &mut hand),
                Task::Wait => thread::park(),
                Task::End => return Ok(ended?),
            }
        }
    }

    /// What to do next: what frees most first. Another sheet is read only if that does not take waiting.
    fn next(&self, place: &Place, coming: Coming, helper: &Thread) -> Task<L, N> {
        let mut desk = self.desk();
        if let Some(sheet) = desk.written.remove(&place.put) {
            return Task::Put(sheet);
        }
        if desk.is_broken || place.is_seen && place.put == place.noted {
            return Task::End;
        }
        if !place.is_seen
            && desk.looked.len() < AHEAD
            && let Some(sheet) = desk.read.remove(&place.look)
        {
            desk.wake(helper);
            return Task::Look(sheet);
        }
        if let Some((number, sheet)) = desk.looked.pop_front() {
            return Task::Write(number, sheet);
        }
        match !place.is_seen && coming == Coming::There && desk.has_room() {
            true => Task::Read,
            false => Task::Wait,
        }
    }

    /// Hands on what was looked at.
    fn hand_on(
        &self,
        done: &mut Vec<Sheet<L, N>>,
        place: &mut Place,
        hand: &mut Hand<L, N>,
        helper: &Thread,
    ) {
        let mut desk = self.desk();
        desk.is_read |= place.is_seen;
        for sheet in done.drain(..) {
            if sheet.notes.is_empty() {
                self.give_back(sheet, &mut desk, hand);
            } else {
                desk.looked.push_back((place.noted, sheet));
                place.noted += 1;
            }
        }
        desk.wake(helper);
    }

    /// A sheet that is used up goes back to who has read it.
    fn give_back(&self, mut sheet: Sheet<L, N>, desk: &mut Desk<L, N>, hand: &mut Hand<L, N>) {
        sheet.notes.clear();
        sheet.text.clear();
        match sheet.by {
            By::Looking => hand.used.push(sheet),
            By::Helper => desk.used.push(sheet),
        }
    }

    /// Reads and writes sheets until nobody looks at them.
    fn help(&self, looking: &Thread, mut write: impl FnMut(&mut Sheet<L, N>)) {
        let _broken = Broken(self, looking);
        let mut hand = Hand::default();
        loop {
            let mut desk = self.desk();
            if desk.is_over {
                return;
            }
            hand.used.append(&mut desk.used);
            desk.is_idle = false;
            let is_short = desk.has_room() && desk.read.len() < AHEAD / 2;
            let looked = match is_short {
                true => None,
                false => desk.looked.pop_front(),
            };
            if let Some((number, mut sheet)) = looked {
                drop(desk);
                write(&mut sheet);
                self.desk().written.insert(number, sheet);
                looking.unpark();
            } else if desk.has_room() {
                drop(desk);
                self.read(By::Helper, &mut hand);
                looking.unpark();
            } else {
                desk.is_idle = true;
                drop(desk);
                thread::park();
            }
        }
    }

    /// Takes a sheet and reads it, if there is one.
    fn read(&self, by: By, hand: &mut Hand<L, N>) {
        let mut sheet = hand.used.pop().unwrap_or_default();
        sheet.by = by;
        let Some(number) = self.take(&mut sheet.batch, &mut hand.parser) else {
            self.desk().is_read = true;
            return;
        };
        sheet.batch.read(&mut hand.parser);
        self.desk().read.insert(number, sheet);
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
}

impl<L, N> Desk<L, N> {
    /// Whether another sheet may be read.
    fn has_room(&self) -> bool {
        !self.is_read && self.read.len() < AHEAD
    }

    /// Wakes the helper where there is something to do for a while.
    fn wake(&mut self, helper: &Thread) {
        let is_short = self.has_room() && self.read.len() <= AHEAD / 2;
        if self.is_idle && (is_short || !self.looked.is_empty()) {
            self.is_idle = false;
            helper.unpark();
        }
    }
}

/// Whoever looks has seen enough, or has panicked.
struct Over<'a, 'b, R: BufRead + Send, L: Form, N: Notes>(&'a Work<'b, R, L, N>, &'a Thread);

impl<R: BufRead + Send, L: Form, N: Notes> Drop for Over<'_, '_, R, L, N> {
    fn drop(&mut self) {
        self.0.desk().is_over = true;
        self.1.unpark();
    }
}

/// Tells whoever waits for the helper that it has panicked.
struct Broken<'a, 'b, R: BufRead + Send, L: Form, N: Notes>(&'a Work<'b, R, L, N>, &'a Thread);

impl<R: BufRead + Send, L: Form, N: Notes> Drop for Broken<'_, '_, R, L, N> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.desk().is_broken = true;
            self.1.unpark();
        }
    }
}
