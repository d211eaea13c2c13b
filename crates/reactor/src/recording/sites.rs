//! The places of the code that records come from. There are some hundreds of them, and each makes many records, which
//! name it by its number.

use std::ptr;

use super::raw::Here;
use crate::callback::CallbackName;

/// What is numbered: it is known again by the addresses of what the compiler made of it.
pub(super) trait Site: Copy {
    type Address: Copy + Eq + std::fmt::Debug;
    const NOWHERE: Self::Address;

    fn address(self) -> Self::Address;

    /// A word of it that mostly differs from others'.
    fn word(address: Self::Address) -> usize;
}

impl Site for &'static Here {
    type Address = usize;
    const NOWHERE: usize = 0;

    #[inline]
    fn address(self) -> usize {
        ptr::from_ref(self) as usize
    }

    #[inline]
    fn word(address: usize) -> usize {
        address
    }
}

/// The same function may be given in several places, and one place may give several.
impl Site for CallbackName {
    type Address = (usize, usize);
    const NOWHERE: (usize, usize) = (0, 0);

    #[inline]
    fn address(self) -> (usize, usize) {
        (self.path.as_ptr() as usize, self.set_at.address())
    }

    #[inline]
    fn word((path, set_at): (usize, usize)) -> usize {
        path ^ set_at.rotate_left(20)
    }
}

/// Sites and their numbers.
#[derive(Debug)]
pub(super) struct Numbers<S: Site> {
    all: Vec<S>,
    /// A table with the address and number of each. One whose seat was taken has the next free one.
    seats: Vec<(S::Address, u32)>,
    /// How many the writer knows.
    told: usize,
}

impl<S: Site> Numbers<S> {
    /// No site is at the address 0.
    const FREE: (S::Address, u32) = (S::NOWHERE, 0);
    /// With so many seats for each, nearly all have the one where they are looked for first.
    const SEATS_EACH: usize = 16;

    fn new() -> Self {
        Self { all: Vec::new(), seats: vec![Self::FREE; 1024], told: 0 }
    }

    #[inline(always)]
    pub(super) fn of(&mut self, site: S) -> u32 {
        let address = site.address();
        let (there, number) = self.seats[self.first_seat(address)];
        match there == address {
            true => number,
            false => self.look_on(site),
        }
    }

    #[cold]
    #[inline(never)]
    fn look_on(&mut self, site: S) -> u32 {
        let address = site.address();
        let seat = self.seat(address);
        let (there, number) = self.seats[seat];
        if there == address {
            return number;
        }
        let number = self.all.len() as u32;
        self.all.push(site);
        self.seats[seat] = (address, number);
        if self.all.len() * Self::SEATS_EACH > self.seats.len() {
            self.grow();
        }
        number
    }

    /// Where an address is looked for first.
    #[inline(always)]
    fn first_seat(&self, address: S::Address) -> usize {
        let mixed = (S::word(address) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as usize & (self.seats.len() - 1)
    }

    /// The seat of an address, or the one that it is to have.
    fn seat(&self, address: S::Address) -> usize {
        let mut seat = self.first_seat(address);
        while self.seats[seat].0 != address && self.seats[seat] != Self::FREE {
            seat = (seat + 1) & (self.seats.len() - 1);
        }
        seat
    }

    fn grow(&mut self) {
        let new = vec![Self::FREE; self.seats.len() * 2];
        for taken in std::mem::replace(&mut self.seats, new) {
            if taken != Self::FREE {
                let seat = self.seat(taken.0);
                self.seats[seat] = taken;
            }
        }
    }

    fn take_new(&mut self) -> Vec<S> {
        let new = self.all[self.told..].to_vec();
        self.told = self.all.len();
        new
    }
}

/// All sites of a recording.
#[derive(Debug)]
pub(super) struct Sites {
    pub(super) lines: Numbers<&'static Here>,
    pub(super) callbacks: Numbers<CallbackName>,
}

impl Sites {
    pub(super) fn new() -> Self {
        Self { lines: Numbers::new(), callbacks: Numbers::new() }
    }

    pub(super) fn known(&self) -> Known<'_> {
        Known { lines: &self.lines.all, callbacks: &self.callbacks.all }
    }

    /// Those that came since this was asked before.
    pub(super) fn take_new(&mut self) -> Told {
        Told {
            lines: self.lines.take_new(),
            callbacks: self.callbacks.take_new(),
        }
    }
}

/// Sites by their numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) lines: &'a [&'static Here],
    pub(super) callbacks: &'a [CallbackName],
}

/// The same, as a writer is told of them.
#[derive(Debug, Default)]
pub(super) struct Told {
    lines: Vec<&'static Here>,
    callbacks: Vec<CallbackName>,
}

impl Told {
    pub(super) fn append(&mut self, new: &mut Self) {
        self.lines.append(&mut new.lines);
        self.callbacks.append(&mut new.callbacks);
    }

    pub(super) fn known(&self) -> Known<'_> {
        Known { lines: &self.lines, callbacks: &self.callbacks }
    }
}
