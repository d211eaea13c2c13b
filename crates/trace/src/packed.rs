//! The compact form of a step, in which a traced thread leaves it in shared memory: numbers of variable
//! length, no names. It is for two processes of one version; a trace is never written so.

use crate::field::each_flags;
use crate::{Event, Nanos, Objects, Payload, Role, Text};

/// A value in the compact form.
pub(crate) trait Pack: Sized {
    /// Appends it.
    fn pack(&self, out: &mut Vec<u8>);
    /// Takes it from the front; `None` if it is none.
    fn unpack(from: &mut &[u8]) -> Option<Self>;

    /// Whether it has a word in the short form. What has none is absent there.
    const HAS_WORD: bool = true;
    /// Its word, a small number if it can be; `None` if there is none for it. A text that is part of the program is a
    /// number by which `text` knows it.
    fn word(&self, text: &mut impl FnMut(&'static str) -> u64) -> Option<u64>;
    /// What a word stands for.
    fn of_word(word: u64, text: &impl Fn(u64) -> Option<&'static str>) -> Option<Self>;
}

/// Seven bits a byte, the lowest first; the highest bit says that there are more.
impl Pack for u64 {
    #[inline]
    fn pack(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = from.split_first()?;
            *from = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    #[inline(always)]
    fn word(&self, _: &mut impl FnMut(&'static str) -> u64) -> Option<u64> {
        Some(*self)
    }

    fn of_word(word: u64, _: &impl Fn(u64) -> Option<&'static str>) -> Option<Self> {
        Some(word)
    }
}

/// With the sign in the lowest bit, so that small numbers are short.
impl Pack for i64 {
    fn pack(&self, out: &mut Vec<u8>) {
        ((self << 1 ^ self >> 63) as u64).pack(out);
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        let value = u64::unpack(from)?;
        Some((value >> 1) as Self ^ -((value & 1) as Self))
    }

    #[inline(always)]
    fn word(&self, _: &mut impl FnMut(&'static str) -> u64) -> Option<u64> {
        Some((self << 1 ^ self >> 63) as u64)
    }

    fn of_word(word: u64, _: &impl Fn(u64) -> Option<&'static str>) -> Option<Self> {
        Some((word >> 1) as Self ^ -((word & 1) as Self))
    }
}

macro_rules! as_number {
    ($($type:ty as $wide:ty, $get:expr, $make:expr;)*) => {$(
        impl Pack for $type {
            #[inline]
            fn pack(&self, out: &mut Vec<u8>) {
                let get: fn($type) -> $wide = $get;
                get(*self).pack(out);
            }

            fn unpack(from: &mut &[u8]) -> Option<Self> {
                let make: fn($wide) -> Option<$type> = $make;
                make(<$wide>::unpack(from)?)
            }

            #[inline(always)]
            fn word(&self, text: &mut impl FnMut(&'static str) -> u64) -> Option<u64> {
                let get: fn($type) -> $wide = $get;
                get(*self).word(text)
            }

            fn of_word(word: u64, text: &impl Fn(u64) -> Option<&'static str>) -> Option<Self> {
                let make: fn($wide) -> Option<$type> = $make;
                make(<$wide>::of_word(word, text)?)
            }
        }
    )*};
}

as_number! {
    u32 as u64, u64::from, |value| value.try_into().ok();
    i32 as i64, i64::from, |value| value.try_into().ok();
    bool as u64, u64::from, |value| Some(value != 0);
    Nanos as u64, |nanos| nanos.0, |value| Some(Nanos(value));
    crate::BaseId as u32, |id| id.0, |value| Some(crate::BaseId(value));
    crate::EventId as u32, |id| id.0, |value| Some(crate::EventId(value));
    crate::BevId as u32, |id| id.0, |value| Some(crate::BevId(value));
    crate::BufId as u32, |id| id.0, |value| Some(crate::BufId(value));
    crate::ListenerId as u32, |id| id.0, |value| Some(crate::ListenerId(value));
}

macro_rules! flags {
    ($($type:ty),* $(,)?) => {$(
        impl Pack for $type {
            #[inline]
            fn pack(&self, out: &mut Vec<u8>) {
                u64::from(self.bits()).pack(out);
            }

            fn unpack(from: &mut &[u8]) -> Option<Self> {
                let bits = u64::unpack(from)?.try_into().ok()?;
                Some(Self::from_bits_retain(bits))
            }

            #[inline(always)]
            fn word(&self, _: &mut impl FnMut(&'static str) -> u64) -> Option<u64> {
                Some(self.bits().into())
            }

            fn of_word(word: u64, _: &impl Fn(u64) -> Option<&'static str>) -> Option<Self> {
                Some(Self::from_bits_retain(word.try_into().ok()?))
            }
        }
    )*};
}

each_flags!(flags);

/// By their places in the set.
macro_rules! words {
    ($($type:ty),* $(,)?) => {$(
        impl Pack for $type {
            #[inline]
            fn pack(&self, out: &mut Vec<u8>) {
                out.push(*self as u8);
            }

            fn unpack(from: &mut &[u8]) -> Option<Self> {
                let (&at, rest) = from.split_first()?;
                *from = rest;
                Self::from_name(Self::NAMES.get(usize::from(at))?)
            }

            #[inline(always)]
            fn word(&self, _: &mut impl FnMut(&'static str) -> u64) -> Option<u64> {
                Some(*self as u64)
            }

            fn of_word(word: u64, _: &impl Fn(u64) -> Option<&'static str>) -> Option<Self> {
                Self::ALL.get(usize::try_from(word).ok()?).copied()
            }
        }
    )*};
}

words!(
    crate::ActiveWhy,
    crate::BufferEnd,
    crate::ConnectProgress,
    crate::Crossing,
    crate::Mark,
    crate::Side,
);

impl<T: Pack> Pack for Option<T> {
    #[inline]
    fn pack(&self, out: &mut Vec<u8>) {
        match self {
            None => out.push(0),
            Some(value) => {
                out.push(1);
                value.pack(out);
            }
        }
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        match bool::unpack(from)? {
            false => Some(None),
            true => T::unpack(from).map(Some),
        }
    }

    const HAS_WORD: bool = T::HAS_WORD;

    /// 0 is none.
    #[inline(always)]
    fn word(&self, text: &mut impl FnMut(&'static str) -> u64) -> Option<u64> {
        match self {
            None => Some(0),
            Some(value) => value.word(text)?.checked_add(1),
        }
    }

    fn of_word(word: u64, text: &impl Fn(u64) -> Option<&'static str>) -> Option<Self> {
        match word.checked_sub(1) {
            None => Some(None),
            Some(word) => T::of_word(word, text).map(Some),
        }
    }
}

/// How many, and then so many bytes.
fn pack_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    (bytes.len() as u64).pack(out);
    out.extend_from_slice(bytes);
}

fn unpack_bytes<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = u64::unpack(from)?.try_into().ok()?;
    let (bytes, rest) = from.split_at_checked(len)?;
    *from = rest;
    Some(bytes)
}

impl Pack for Text {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_bytes(self.as_bytes(), out);
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        let text = str::from_utf8(unpack_bytes(from)?).ok()?;
        Some(text.to_owned().into())
    }

    #[inline(always)]
    fn word(&self, text: &mut impl FnMut(&'static str) -> u64) -> Option<u64> {
        match self {
            Self::Borrowed(known) => Some(text(known)),
            Self::Owned(_) => None,
        }
    }

    fn of_word(word: u64, text: &impl Fn(u64) -> Option<&'static str>) -> Option<Self> {
        text(word).map(Self::Borrowed)
    }
}

impl Pack for Payload {
    fn pack(&self, out: &mut Vec<u8>) {
        self.cut.pack(out);
        pack_bytes(&self.bytes, out);
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        Some(Self {
            cut: bool::unpack(from)?,
            bytes: unpack_bytes(from)?.to_vec(),
        })
    }

    const HAS_WORD: bool = false;

    #[inline(always)]
    fn word(&self, _: &mut impl FnMut(&'static str) -> u64) -> Option<u64> {
        None
    }

    fn of_word(_: u64, _: &impl Fn(u64) -> Option<&'static str>) -> Option<Self> {
        None
    }
}

impl Objects {
    /// The objects in four words: ids count from 1, so 0 is none.
    pub fn pack(&self) -> [u64; 4] {
        let two = |low: Option<u32>, high: Option<u32>| {
            u64::from(low.unwrap_or(0)) | u64::from(high.unwrap_or(0)) << 32
        };
        let fd = self.fd.map(|fd| fd as u32);
        let role = self.role.map_or(0, |role| role as u64 + 1);
        [
            two(self.base.map(|id| id.0), self.event.map(|id| id.0)),
            two(self.bev.map(|id| id.0), self.buf.map(|id| id.0)),
            two(self.listener.map(|id| id.0), fd),
            role | u64::from(fd.is_some()) << 8,
        ]
    }

    /// How many numbers there are at most.
    pub const MOST_NUMBERS: usize = 5;

    /// Puts the numbers of those that are there into `words` from `at` on, but for the base, which is only said to be there.
    /// Returns where they end, which they are, and all bits that they have: beyond 16 they have no room.
    #[inline(always)]
    pub fn put<const N: usize>(&self, words: &mut [u16; N], at: usize) -> (usize, u16, u32) {
        let (mut there, mut all, mut end) = (self.there(), 0, at);
        for (bit, number) in self.numbers().into_iter().enumerate() {
            // The rest of the division is the place itself, and known to be one. Where nothing is there, the next one comes.
            words[end % N] = number.unwrap_or(0) as u16;
            there |= u16::from(number.is_some()) << bit;
            end += usize::from(number.is_some());
            all |= number.unwrap_or(0);
        }
        (end, there, all)
    }

    /// The same with two words for each.
    pub fn wide(&self) -> impl Iterator<Item = u16> + use<> {
        let numbers = self.numbers().into_iter().flatten();
        numbers.flat_map(|number| [number as u16, (number >> 16) as u16])
    }

    /// Takes those that are there from the front of words, of which `base` is the base; `None` if there are too few.
    pub fn take(
        there: u16,
        base: crate::BaseId,
        mut number: impl FnMut() -> Option<u32>,
    ) -> Option<Self> {
        let mut numbers = [None; Self::MOST_NUMBERS];
        for (bit, taken) in numbers.iter_mut().enumerate() {
            if there >> bit & 1 != 0 {
                *taken = Some(number()?);
            }
        }
        let role = match there >> Self::ROLE {
            0 => None,
            role => Some(*Role::ALL.get(usize::from(role) - 1)?),
        };
        let [event, bev, buf, listener, fd] = numbers;
        Some(Self {
            base: (there & Self::BASE != 0).then_some(base),
            event: event.map(crate::EventId),
            role,
            bev: bev.map(crate::BevId),
            buf: buf.map(crate::BufId),
            listener: listener.map(crate::ListenerId),
            fd: fd.map(|fd| fd as i32),
        })
    }

    /// Whether there is a base; below are the numbers.
    const BASE: u16 = 1 << Self::MOST_NUMBERS;
    /// Where the role begins; 0 is none.
    const ROLE: u32 = 8;

    /// Which are there, but for the numbers.
    #[inline(always)]
    fn there(&self) -> u16 {
        let base = if self.base.is_some() { Self::BASE } else { 0 };
        self.role.map_or(0, |role| role as u16 + 1) << Self::ROLE | base
    }

    /// All but the base and the role.
    #[inline(always)]
    fn numbers(&self) -> [Option<u32>; Self::MOST_NUMBERS] {
        [
            self.event.map(|id| id.0),
            self.bev.map(|id| id.0),
            self.buf.map(|id| id.0),
            self.listener.map(|id| id.0),
            self.fd.map(|fd| fd as u32),
        ]
    }

    /// The objects of four words.
    pub fn unpack(words: [u64; 4]) -> Self {
        let low = |word: u64| Some(word as u32).filter(|id| *id != 0);
        let high = |word: u64| low(word >> 32);
        let [first, second, third, rest] = words;
        let role = (rest & 0xff).checked_sub(1);
        Self {
            base: low(first).map(crate::BaseId),
            event: high(first).map(crate::EventId),
            role: role.and_then(|at| Role::from_name(Role::NAMES.get(at as usize)?)),
            bev: low(second).map(crate::BevId),
            buf: high(second).map(crate::BufId),
            listener: low(third).map(crate::ListenerId),
            fd: (rest >> 8 & 1 != 0).then_some((third >> 32) as u32 as i32),
        }
    }
}

impl Event {
    /// A number that two vocabularies share if they are the same: only then do they understand each other's
    /// compact form.
    pub fn fingerprint() -> u64 {
        // FNV-1a.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut take = |text: &str| {
            for byte in text.bytes().chain([0]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        for kind in Self::KINDS {
            take(kind.name);
            for field in kind.fields {
                take(field.name);
                take(&format!("{:?} {:?}", field.kind, field.presence));
            }
        }
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BaseId, BevId, BufId, EvFlags, EventId, ListenerId};

    fn there_and_back(event: &Event) -> usize {
        let mut bytes = Vec::new();
        event.pack(&mut bytes);
        assert_eq!(Event::unpack(&bytes).as_ref(), Some(event));
        // What is cut off is not taken for something else.
        for end in 0..bytes.len() {
            assert_eq!(Event::unpack(&bytes[..end]), None, "{event:?} up to {end}");
        }
        bytes.len()
    }

    #[test]
    fn numbers_of_all_sizes_come_back() {
        for value in [0, 1, 127, 128, 1 << 20, u64::MAX] {
            let mut bytes = Vec::new();
            value.pack(&mut bytes);
            assert_eq!(u64::unpack(&mut &bytes[..]), Some(value));
        }
        for value in [0, 1, -1, 63, -64, i64::MAX, i64::MIN] {
            let mut bytes = Vec::new();
            value.pack(&mut bytes);
            assert_eq!(i64::unpack(&mut &bytes[..]), Some(value));
        }
        assert_eq!(u64::unpack(&mut &[0xff; 11][..]), None);
    }

    #[test]
    fn what_happens_often_is_short() {
        let timeout = Some(Nanos(5_000_000_000));
        assert!(there_and_back(&Event::EventAdd { timeout }) <= 8);
        let callback = Event::EventCallback {
            callback: "on_tick".into(),
            what: EvFlags::TIMEOUT | EvFlags::PERSIST,
        };
        assert!(there_and_back(&callback) <= 16);
        let payload = Payload::new(&[7; 100], 10);
        assert_eq!((payload.bytes.len(), payload.cut), (10, true));
        let mut bytes = Vec::new();
        payload.pack(&mut bytes);
        assert_eq!(Payload::unpack(&mut &bytes[..]), Some(payload));
    }

    #[test]
    fn objects_come_back() {
        for objects in [
            Objects::default(),
            Objects {
                event: Some(EventId(7)),
                role: Some(Role::Internal),
                fd: Some(-1),
                ..Objects::default()
            },
            Objects {
                base: Some(BaseId(1)),
                event: Some(EventId(u16::MAX.into())),
                role: Some(Role::BevRead),
                bev: Some(BevId(2)),
                buf: Some(BufId(3)),
                listener: Some(ListenerId(4)),
                fd: Some(5),
            },
            Objects {
                bev: Some(BevId(1 << 16)),
                fd: Some(0),
                ..Objects::default()
            },
            Objects {
                bev: Some(BevId(u32::MAX)),
                role: Some(Role::Listener),
                fd: Some(0),
                ..Objects::default()
            },
        ] {
            assert_eq!(Objects::unpack(objects.pack()), objects);
            let wide: Vec<u16> = objects.wide().collect();
            let mut words = [7; 1 + Objects::MOST_NUMBERS];
            let (end, there, all) = objects.put(&mut words, 1);
            let is_wide = all > u32::from(u16::MAX);
            let words = if is_wide { &wide[..] } else { &words[1..end] };
            let take = |words: &[u16]| {
                let mut words = words.iter().copied();
                Objects::take(there, BaseId(1), || {
                    let low = u32::from(words.next()?);
                    Some(if is_wide {
                        low | u32::from(words.next()?) << 16
                    } else {
                        low
                    })
                })
            };
            assert_eq!(take(words), Some(objects));
            for end in 0..words.len() {
                assert_eq!(take(&words[..end]), None);
            }
        }
    }
}
