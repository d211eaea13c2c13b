//! A state in few bytes: what is different from an older one.
//!
//! Objects change in a field or two at a time, so a state that is a few thousand steps younger is told by these fields:
//! a tenth of what the objects take in memory.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use evscope_trace::{
    ActiveWhy, BaseId, BevId, BevOptions, BufId, EvFlags, EventId, ListenerId, ListenerOptions,
    Nanos, Role, Side, SuspendReasons, Text, ThreadId,
};

use super::{BevKind, Frame, State, Watched};
use crate::index::{Reading, Writing};

/// The texts that states have, which are few.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    all: Vec<Text>,
    places: HashMap<Text, u64>,
}

impl Texts {
    fn place(&mut self, text: &Text) -> u64 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.all.len() as u64;
        self.all.push(text.clone());
        self.places.insert(text.clone(), place);
        place
    }

    /// Writes them down.
    pub(crate) fn save<W: Write>(&self, to: &mut Writing<W>) -> io::Result<()> {
        to.number(self.all.len() as u64)?;
        self.all
            .iter()
            .try_for_each(|text| to.bytes(text.as_bytes()))
    }

    /// Reads those that were written down.
    pub(crate) fn load(from: &mut Reading) -> Option<Self> {
        let mut texts = Self::default();
        for _ in 0..from.count()? {
            let text = String::from_utf8(from.bytes()?.into()).ok()?;
            // Each has the place that it had.
            texts
                .places
                .insert(text.clone().into(), texts.all.len() as u64);
            texts.all.push(text.into());
        }
        Some(texts)
    }
}

/// Where a state is packed.
pub(super) struct Packing<'a> {
    out: Vec<u8>,
    texts: &'a mut Texts,
    /// The state's own time: others are near it.
    now: Nanos,
}

/// Where a state is unpacked from. Every read is `None` where there is nothing more.
pub(super) struct Unpacking<'a> {
    from: &'a [u8],
    texts: &'a Texts,
    now: Nanos,
}

/// Yes and no, several times.
pub(super) struct Flags(u64);

impl Flags {
    pub(super) fn next(&mut self) -> bool {
        let flag = self.0 & 1 != 0;
        self.0 >>= 1;
        flag
    }
}

impl Packing<'_> {
    /// Seven bits a byte, the lowest first; the highest bit says that there are more.
    pub(super) fn number(&mut self, number: u64) {
        let mut rest = number;
        while rest >= 0x80 {
            self.out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.out.push(rest as u8);
    }

    /// With the sign in the lowest bit.
    fn signed(&mut self, number: i64) {
        self.number((number << 1 ^ number >> 63) as u64);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    pub(super) fn flags<const N: usize>(&mut self, flags: &[bool; N]) {
        const { assert!(N <= 64) };
        let set = flags.iter().rev();
        self.number(set.fold(0, |all, flag| 2 * all + u64::from(*flag)));
    }
}

impl<'a> Unpacking<'a> {
    pub(super) fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.from.split_first()?;
            self.from = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.from.split_at_checked(len)?;
        self.from = rest;
        Some(bytes)
    }

    pub(super) fn flags(&mut self) -> Option<Flags> {
        self.number().map(Flags)
    }
}

/// A value of a state.
pub(super) trait Packed: Sized {
    fn pack(&self, to: &mut Packing<'_>);
    fn unpack(from: &mut Unpacking<'_>) -> Option<Self>;
}

/// What is told by what is different.
pub(super) trait Since: Sized {
    fn pack_since(&self, old: &Self, to: &mut Packing<'_>);
    fn unpack_since(old: &Self, from: &mut Unpacking<'_>) -> Option<Self>;
}

macro_rules! numbers {
    ($($type:ty = |$it:ident| $number:expr, |$back:ident| $made:expr;)*) => {$(
        impl Packed for $type {
            fn pack(&self, to: &mut Packing<'_>) {
                let $it = *self;
                to.number($number);
            }

            fn unpack(from: &mut Unpacking<'_>) -> Option<Self> {
                let $back = from.number()?;
                $made
            }
        }
    )*};
}

numbers! {
    bool = |it| it.into(), |number| Some(number != 0);
    u32 = |it| it.into(), |number| number.try_into().ok();
    u64 = |it| it, |number| Some(number);
    usize = |it| it as u64, |number| number.try_into().ok();
    BaseId = |it| it.0.into(), |number| number.try_into().ok().map(Self);
    EventId = |it| it.0.into(), |number| number.try_into().ok().map(Self);
    BevId = |it| it.0.into(), |number| number.try_into().ok().map(Self);
    BufId = |it| it.0.into(), |number| number.try_into().ok().map(Self);
    ListenerId = |it| it.0.into(), |number| number.try_into().ok().map(Self);
    ThreadId = |it| it.0.into(), |number| number.try_into().ok().map(Self);
    EvFlags = |it| it.bits().into(), |number| number.try_into().ok().map(Self::from_bits_retain);
    BevOptions = |it| it.bits().into(), |number| number.try_into().ok().map(Self::from_bits_retain);
    ListenerOptions = |it| it.bits().into(), |number| number.try_into().ok().map(Self::from_bits_retain);
    SuspendReasons = |it| it.bits().into(), |number| number.try_into().ok().map(Self::from_bits_retain);
    Role = |it| it as u64, |number| of(Self::ALL, number);
    Side = |it| it as u64, |number| of(Self::ALL, number);
    ActiveWhy = |it| it as u64, |number| of(Self::ALL, number);
    BevKind = |it| it as u64, |number| of(&Self::ALL, number);
}

fn of<T: Copy>(all: &[T], number: u64) -> Option<T> {
    all.get(usize::try_from(number).ok()?).copied()
}

macro_rules! signed {
    ($($type:ty),*) => {$(
        impl Packed for $type {
            fn pack(&self, to: &mut Packing<'_>) {
                to.signed((*self).into());
            }

            fn unpack(from: &mut Unpacking<'_>) -> Option<Self> {
                from.signed()?.try_into().ok()
            }
        }
    )*};
}

signed!(i32, i64);

impl Packed for Nanos {
    fn pack(&self, to: &mut Packing<'_>) {
        to.signed(self.0.wrapping_sub(to.now.0) as i64);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Self> {
        let since = from.signed()?;
        Some(Self(from.now.0.wrapping_add(since as u64)))
    }
}

impl Packed for Text {
    fn pack(&self, to: &mut Packing<'_>) {
        let place = to.texts.place(self);
        to.number(place);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Self> {
        let place = usize::try_from(from.number()?).ok()?;
        from.texts.all.get(place).cloned()
    }
}

impl<T: Packed> Packed for Option<T> {
    fn pack(&self, to: &mut Packing<'_>) {
        self.is_some().pack(to);
        if let Some(value) = self {
            value.pack(to);
        }
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Self> {
        match bool::unpack(from)? {
            false => Some(None),
            true => T::unpack(from).map(Some),
        }
    }
}

impl Packed for Watched {
    fn pack(&self, to: &mut Packing<'_>) {
        self.base.pack(to);
        self.fd.pack(to);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Self> {
        Some(Self {
            base: Packed::unpack(from)?,
            fd: Packed::unpack(from)?,
        })
    }
}

impl Packed for Frame {
    fn pack(&self, to: &mut Packing<'_>) {
        self.step.pack(to);
        self.name.pack(to);
        self.depth.pack(to);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Self> {
        Some(Self {
            step: Packed::unpack(from)?,
            name: Packed::unpack(from)?,
            depth: Packed::unpack(from)?,
        })
    }
}

/// What an fd is watched for.
impl Since for EvFlags {
    fn pack_since(&self, _: &Self, to: &mut Packing<'_>) {
        self.pack(to);
    }

    fn unpack_since(_: &Self, from: &mut Unpacking<'_>) -> Option<Self> {
        Self::unpack(from)
    }
}

impl State {
    /// What is different from an older state.
    pub(crate) fn pack_since(&self, old: &Self, texts: &mut Texts) -> Vec<u8> {
        let Self {
            applied,
            now,
            bases,
            events,
            bevs,
            bufs,
            listeners,
            interest,
            active,
            stacks,
            lost,
        } = self;
        let mut packing = Packing {
            out: Vec::new(),
            texts,
            now: *now,
        };
        let to = &mut packing;
        to.number(now.0);
        applied.pack(to);
        bases.pack_since(&old.bases, to);
        events.pack_since(&old.events, to);
        bevs.pack_since(&old.bevs, to);
        bufs.pack_since(&old.bufs, to);
        listeners.pack_since(&old.listeners, to);
        interest.pack_since(&old.interest, to);
        to.number(active.len() as u64);
        active.iter().for_each(|event| event.pack(to));
        to.number(stacks.len() as u64);
        for (thread, calls) in stacks {
            thread.pack(to);
            to.number(calls.len() as u64);
            calls.iter().for_each(|call| call.pack(to));
        }
        lost.pack(to);
        packing.out
    }

    /// The state of which these bytes are what is different from an older one; `None` if they are none.
    pub(crate) fn unpack_since(old: &Self, bytes: &[u8], texts: &Texts) -> Option<Self> {
        let mut unpacking = Unpacking {
            from: bytes,
            texts,
            now: Nanos(0),
        };
        let from = &mut unpacking;
        let now = Nanos(from.number()?);
        from.now = now;
        Some(Self {
            applied: Packed::unpack(from)?,
            now,
            bases: super::Table::unpack_since(&old.bases, from)?,
            events: super::Table::unpack_since(&old.events, from)?,
            bevs: super::Table::unpack_since(&old.bevs, from)?,
            bufs: super::Table::unpack_since(&old.bufs, from)?,
            listeners: super::Table::unpack_since(&old.listeners, from)?,
            interest: super::Table::unpack_since(&old.interest, from)?,
            active: (0..from.number()?)
                .map(|_| Packed::unpack(from))
                .collect::<Option<_>>()?,
            stacks: {
                let mut stacks = BTreeMap::new();
                for _ in 0..from.number()? {
                    let thread = Packed::unpack(from)?;
                    let calls = from.number()?;
                    let calls = (0..calls).map(|_| Packed::unpack(from));
                    stacks.insert(thread, calls.collect::<Option<_>>()?);
                }
                stacks
            },
            lost: Packed::unpack(from)?,
        })
    }
}

#[cfg(test)]
mod tests;
