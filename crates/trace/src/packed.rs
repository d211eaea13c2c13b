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
}

/// So many bytes from the front.
fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(*taken)
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

    /// Appends the objects in few bytes: which there are, the role, and the numbers of the others, two bytes each if they
    /// have room in them, else four.
    #[inline(always)]
    pub fn append(&self, out: &mut Vec<u8>) {
        let mut there = 0;
        let mut words = [0; Self::WORDS];
        let mut len = 1;
        let mut all = 0;
        for (bit, number) in self.numbers().into_iter().enumerate() {
            if let Some(number) = number {
                there |= 1 << bit;
                // The rest of the division is the place itself, and known to be one.
                words[len % Self::WORDS] = number as u16;
                len += 1;
                all |= number;
            }
        }
        if all > u32::from(u16::MAX) {
            return self.append_wide(there, out);
        }
        words[0] = there | self.role_bits();
        // To copy always as many is quicker than to copy as many as there are.
        let end = out.len() + 2 * len;
        out.extend_from_slice(words.map(u16::to_le_bytes).as_flattened());
        out.truncate(end);
    }

    #[cold]
    fn append_wide(&self, there: u16, out: &mut Vec<u8>) {
        let head = there | self.role_bits() | Self::WIDE;
        out.extend_from_slice(&head.to_le_bytes());
        for number in self.numbers().into_iter().flatten() {
            out.extend_from_slice(&number.to_le_bytes());
        }
    }

    /// Takes objects in that form from the front; `None` if it is none.
    pub fn take(from: &mut &[u8]) -> Option<Self> {
        let head = u16::from_le_bytes(take(from)?);
        let mut numbers = [None; 6];
        for (bit, number) in numbers.iter_mut().enumerate() {
            if head >> bit & 1 != 0 {
                *number = Some(match head & Self::WIDE {
                    0 => u16::from_le_bytes(take(from)?).into(),
                    _ => u32::from_le_bytes(take(from)?),
                });
            }
        }
        let role = match head >> Self::ROLE {
            0 => None,
            role => Some(*Role::ALL.get(usize::from(role) - 1)?),
        };
        let [base, event, bev, buf, listener, fd] = numbers;
        Some(Self {
            base: base.map(crate::BaseId),
            event: event.map(crate::EventId),
            role,
            bev: bev.map(crate::BevId),
            buf: buf.map(crate::BufId),
            listener: listener.map(crate::ListenerId),
            fd: fd.map(|fd| fd as i32),
        })
    }

    /// One for each number that there may be, one for which there are, and one more.
    const WORDS: usize = 8;
    /// Whether the numbers have four bytes.
    const WIDE: u16 = 1 << 7;
    /// Where the role begins; 0 is none.
    const ROLE: u32 = 8;

    /// All but the role.
    #[inline]
    fn numbers(&self) -> [Option<u32>; 6] {
        [
            self.base.map(|id| id.0),
            self.event.map(|id| id.0),
            self.bev.map(|id| id.0),
            self.buf.map(|id| id.0),
            self.listener.map(|id| id.0),
            self.fd.map(|fd| fd as u32),
        ]
    }

    #[inline]
    fn role_bits(&self) -> u16 {
        self.role.map_or(0, |role| role as u16 + 1) << Self::ROLE
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
            let mut bytes = Vec::new();
            objects.append(&mut bytes);
            assert_eq!(Objects::take(&mut &bytes[..]), Some(objects));
            for end in 0..bytes.len() {
                assert_eq!(Objects::take(&mut &bytes[..end]), None);
            }
        }
    }
}
