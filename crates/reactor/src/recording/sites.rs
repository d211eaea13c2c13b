//! What many records have in common: the places of the code that they come from, of which there are some hundreds, and texts
//! that are part of the program. A record names them by their numbers.

use std::collections::HashMap;
use std::ptr;

use evscope_trace::Phase;

use super::mix::Mix;
use super::raw::{Here, Source};
use crate::callback::CallbackName;

/// By what a thing is known again: addresses, mostly of what the compiler made of it. Nothing is at 0.
type Address = [usize; 3];

/// What is numbered.
pub(super) trait Numbered: Copy {
    fn address(self) -> Address;
}

/// What records have in common that come from one place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site {
    pub(super) phase: Phase,
    /// The line of the library.
    pub(super) here: &'static Here,
    pub(super) who: Who,
    pub(super) says: Says,
    /// Which objects it names, as they say it themselves.
    pub(super) objects: u16,
}

/// Whom a record names beside the line of the library.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who {
    Nobody,
    /// The line that called.
    Caller(&'static Here),
    /// The number of the callback that is called.
    Callback(u32),
}

/// In which form a record says what happened. The number is that of the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// It is an exit that says no more than its enter did.
    Nothing,
    /// In the long form.
    Long,
    /// In the short form.
    Short(u16),
    /// In the wide form.
    Wide(u16),
}

#[inline(always)]
fn address(here: &'static Here) -> usize {
    ptr::from_ref(here) as usize
}

impl Numbered for Site {
    #[inline(always)]
    fn address(self) -> Address {
        let (who, kind) = match self.who {
            Who::Nobody => (0, 0),
            Who::Caller(caller) => (address(caller), 0),
            Who::Callback(number) => (number as usize, 1),
        };
        let (form, event) = match self.says {
            Says::Nothing => (0, 0),
            Says::Long => (1, 0),
            Says::Short(event) => (2, event),
            Says::Wide(event) => (3, event),
        };
        let rest = u32::from(event) << 5 | form << 3 | (self.phase as u32) << 1 | kind;
        [
            address(self.here),
            who,
            (rest << 16 | u32::from(self.objects)) as usize,
        ]
    }
}

/// The same function may be given in several places, and one place may give several.
impl Numbered for CallbackName {
    #[inline(always)]
    fn address(self) -> Address {
        [
            self.path.as_ptr() as usize,
            self.path.len(),
            address(self.set_at),
        ]
    }
}

/// A text that is part of the program.
impl Numbered for &'static str {
    #[inline(always)]
    fn address(self) -> Address {
        [self.as_ptr() as usize, self.len(), 0]
    }
}

/// Things and their numbers.
#[derive(Debug)]
pub(super) struct Numbers<S: Numbered> {
    all: Vec<S>,
    known: HashMap<Address, u32, Mix>,
    /// The address and number of nearly all. Who finds both seats taken that it may have, has none.
    seats: Box<[(Address, usize); SEATS]>,
    /// How many the writer knows.
    told: usize,
}

/// With so many, nearly all of some hundred have their own.
const SEATS: usize = 1 << SEAT_BITS;
const SEAT_BITS: u32 = 12;

impl<S: Numbered> Numbers<S> {
    /// What has a seat has a number that is less.
    pub(super) const LIMIT: u32 = u16::MAX as u32 - 8;

    fn new() -> Self {
        // By way of a list, which is zeroed where it lies.
        let seats = vec![([0; 3], 0); SEATS].into_boxed_slice().try_into();
        Self {
            all: Vec::new(),
            known: HashMap::default(),
            seats: seats.expect("as many as there are"),
            told: 0,
        }
    }

    /// The number of what has a seat.
    #[inline(always)]
    pub(super) fn seated(&self, thing: S) -> Option<u32> {
        let address = thing.address();
        Self::seats(address).into_iter().find_map(|seat| {
            let (there, number) = &self.seats[seat];
            // To compare them as a whole, or one after the other, takes more instructions.
            let parts = there.iter().zip(address);
            let different = parts.fold(0, |all, (there, it)| all | (there ^ it));
            (different == 0).then_some(*number as u32)
        })
    }

    /// The number of anything.
    #[inline(never)]
    pub(super) fn of(&mut self, thing: S) -> u32 {
        if let Some(number) = self.seated(thing) {
            return number;
        }
        let (address, next) = (thing.address(), self.all.len() as u32);
        let number = *self.known.entry(address).or_insert(next);
        if number == next {
            self.all.push(thing);
            let seats = Self::seats(address);
            let free = seats.into_iter().find(|seat| self.seats[*seat].0 == [0; 3]);
            if let Some(seat) = free
                && number < Self::LIMIT
            {
                self.seats[seat] = (address, number as usize);
            }
        }
        number
    }

    /// The two seats that an address may have.
    #[inline(always)]
    fn seats([first, second, third]: Address) -> [usize; 2] {
        let mixed = first ^ second.rotate_left(20) ^ third << 3;
        let mixed = (mixed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let seat = (mixed >> (64 - SEAT_BITS)) as usize;
        [seat, seat ^ 1]
    }

    fn take_new(&mut self) -> Vec<S> {
        let new = self.all[self.told..].to_vec();
        self.told = self.all.len();
        new
    }
}

/// All that records of a recording name by a number.
#[derive(Debug)]
pub(super) struct Sites {
    pub(super) sites: Numbers<Site>,
    pub(super) texts: Numbers<&'static str>,
    callbacks: Numbers<CallbackName>,
    /// The callbacks' names as a trace says them.
    names: Vec<&'static str>,
}

impl Sites {
    pub(super) fn new() -> Self {
        Self {
            sites: Numbers::new(),
            texts: Numbers::new(),
            callbacks: Numbers::new(),
            names: Vec::new(),
        }
    }

    /// The number of a callback, and its name as a trace says it.
    #[inline]
    pub(super) fn callback(&mut self, name: CallbackName) -> (u32, &'static str) {
        let known = self.callbacks.seated(name);
        let number = known.unwrap_or_else(|| self.callbacks.of(name));
        if number as usize == self.names.len() {
            self.names.push(name.short());
        }
        (number, self.names[number as usize])
    }

    /// What a site says of these.
    #[inline(always)]
    pub(super) fn parts(
        &mut self,
        source: Source,
        caller: Option<&'static Here>,
    ) -> (&'static Here, Who) {
        match source {
            Source::Line(here) => (here, caller.map_or(Who::Nobody, Who::Caller)),
            Source::Callback(name, here) => (here, Who::Callback(self.callback(name).0)),
        }
    }

    pub(super) fn known(&self) -> Known<'_> {
        Known {
            sites: &self.sites.all,
            texts: &self.texts.all,
            callbacks: &self.callbacks.all,
        }
    }

    /// Those that came since this was asked before.
    pub(super) fn take_new(&mut self) -> Told {
        Told {
            sites: self.sites.take_new(),
            texts: self.texts.take_new(),
            callbacks: self.callbacks.take_new(),
        }
    }
}

/// The same by their numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) sites: &'a [Site],
    pub(super) texts: &'a [&'static str],
    pub(super) callbacks: &'a [CallbackName],
}

/// The same, as a writer is told of them.
#[derive(Debug, Default)]
pub(super) struct Told {
    sites: Vec<Site>,
    texts: Vec<&'static str>,
    callbacks: Vec<CallbackName>,
}

impl Told {
    pub(super) fn append(&mut self, new: &mut Self) {
        self.sites.append(&mut new.sites);
        self.texts.append(&mut new.texts);
        self.callbacks.append(&mut new.callbacks);
    }

    pub(super) fn known(&self) -> Known<'_> {
        Known {
            sites: &self.sites,
            texts: &self.texts,
            callbacks: &self.callbacks,
        }
    }
}
