//! A record taken apart: what many records have in common, and what differs from one to the next.

use crate::field::{each_flags, each_word};
use crate::packed::Pack;
use crate::{Nanos, Objects, Payload, Phase, Record, SourceLine, Text, ThreadId};

use super::values;

/// A record in parts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    /// What is there, and every choice out of a few: the same for all records of a pattern.
    pub(super) words: Vec<u8>,
    /// The texts that are kept for the life of the process, the same as well.
    pub(super) texts: Vec<&'static str>,
    /// Numbers.
    pub(super) numbers: Vec<u64>,
    /// Bytes, and texts that are a record's own, one behind the other.
    pub(super) bytes: Vec<u8>,
    /// Where each of those ends.
    pub(super) ends: Vec<usize>,
}

impl Parts {
    fn clear(&mut self) {
        self.words.clear();
        self.texts.clear();
        self.numbers.clear();
        self.bytes.clear();
        self.ends.clear();
    }

    /// Adds one choice out of a few.
    pub(crate) fn word(&mut self, word: u64) {
        word.pack(&mut self.words);
    }

    /// Adds a number.
    fn number(&mut self, number: u64) {
        self.numbers.push(number);
    }

    /// Adds bytes.
    pub(crate) fn blob(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
    }

    /// Each of the byte strings.
    pub(super) fn blobs(&self) -> impl Iterator<Item = &[u8]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins
            .zip(&self.ends)
            .map(|(begin, end)| &self.bytes[begin..*end])
    }
}

/// Parts from which a record is put together again. Every read is `None` where there is nothing more, or nothing of
/// that kind.
#[derive(Debug)]
pub(crate) struct Joint<'a> {
    pub(super) words: &'a [u8],
    pub(super) texts: &'a [Text],
    pub(super) numbers: &'a [u64],
    /// Where each of the byte strings lies in `bytes`.
    pub(super) blobs: &'a [(usize, usize)],
    pub(super) bytes: &'a [u8],
}

impl<'a> Joint<'a> {
    /// One choice out of a few.
    pub(crate) fn word(&mut self) -> Option<u64> {
        // Nearly all are a byte.
        match self.words.split_first()? {
            (&word, rest) if word < 0x80 => {
                self.words = rest;
                Some(word.into())
            }
            _ => u64::unpack(&mut self.words),
        }
    }

    fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.numbers.split_first()?;
        self.numbers = rest;
        Some(*number)
    }

    fn text(&mut self) -> Option<Text> {
        let (text, rest) = self.texts.split_first()?;
        self.texts = rest;
        Some(text.clone())
    }

    fn blob(&mut self) -> Option<&'a [u8]> {
        let ((begin, end), rest) = self.blobs.split_first()?;
        self.blobs = rest;
        self.bytes.get(*begin..*end)
    }

    /// A text that is the record's own.
    pub(crate) fn string(&mut self) -> Option<String> {
        Some(str::from_utf8(self.blob()?).ok()?.to_owned())
    }
}

/// A value that can be taken apart.
pub(crate) trait Split: Sized {
    /// Takes it apart.
    fn split(&self, out: &mut Parts);
    /// Puts it together again.
    fn join(from: &mut Joint<'_>) -> Option<Self>;
}

impl<T: Split> Split for Option<T> {
    fn split(&self, out: &mut Parts) {
        out.word(self.is_some().into());
        if let Some(value) = self {
            value.split(out);
        }
    }

    fn join(from: &mut Joint<'_>) -> Option<Self> {
        match from.word()? {
            0 => Some(None),
            _ => T::join(from).map(Some),
        }
    }
}

macro_rules! numbers {
    ($($type:ty = |$from:ident| $to:expr, |$number:ident| $back:expr;)*) => {$(
        impl Split for $type {
            fn split(&self, out: &mut Parts) {
                let $from = *self;
                out.number($to);
            }

            fn join(from: &mut Joint<'_>) -> Option<Self> {
                let $number = from.number()?;
                $back
            }
        }
    )*};
}

numbers! {
    u64 = |number| number, |number| Some(number);
    // Two's complement: the difference of two of them is small if they are near each other.
    i64 = |number| number as u64, |number| Some(number as Self);
    u32 = |number| number.into(), |number| number.try_into().ok();
    i32 = |number| i64::from(number) as u64, |number| (number as i64).try_into().ok();
    Nanos = |time| time.0, |time| Some(Self(time));
    crate::BevId = |id| id.0.into(), |id| id.try_into().ok().map(Self);
    crate::BufId = |id| id.0.into(), |id| id.try_into().ok().map(Self);
    crate::EventId = |id| id.0.into(), |id| id.try_into().ok().map(Self);
}

macro_rules! words {
    ($($type:ty),* $(,)?) => {$(
        impl Split for $type {
            fn split(&self, out: &mut Parts) {
                out.word(*self as u64);
            }

            fn join(from: &mut Joint<'_>) -> Option<Self> {
                Self::ALL.get(usize::try_from(from.word()?).ok()?).copied()
            }
        }
    )*};
}

each_word!(words);

macro_rules! flags {
    ($($type:ty),* $(,)?) => {$(
        impl Split for $type {
            fn split(&self, out: &mut Parts) {
                out.word(self.bits().into());
            }

            fn join(from: &mut Joint<'_>) -> Option<Self> {
                Some(Self::from_bits_retain(from.word()?.try_into().ok()?))
            }
        }
    )*};
}

each_flags!(flags);

impl Split for bool {
    fn split(&self, out: &mut Parts) {
        out.word((*self).into());
    }

    fn join(from: &mut Joint<'_>) -> Option<Self> {
        Some(from.word()? != 0)
    }
}

/// A text that is kept is one of many records; any other is the record's own.
const KEPT: u64 = 1;

impl Split for Text {
    fn split(&self, out: &mut Parts) {
        match self {
            Self::Borrowed(text) => {
                out.word(KEPT);
                out.texts.push(*text);
            }
            Self::Owned(text) => {
                out.word(0);
                out.blob(text.as_bytes());
            }
        }
    }

    fn join(from: &mut Joint<'_>) -> Option<Self> {
        match from.word()? {
            KEPT => from.text(),
            _ => from.string().map(Self::Owned),
        }
    }
}

impl Split for Payload {
    fn split(&self, out: &mut Parts) {
        self.cut.split(out);
        out.blob(&self.bytes);
    }

    fn join(from: &mut Joint<'_>) -> Option<Self> {
        Some(Self {
            cut: bool::join(from)?,
            bytes: from.blob()?.to_vec(),
        })
    }
}

impl Split for SourceLine {
    /// A line is where calls come from, so there are few.
    fn split(&self, out: &mut Parts) {
        self.file.split(out);
        out.word(self.line.into());
        self.function.split(out);
    }

    fn join(from: &mut Joint<'_>) -> Option<Self> {
        Some(Self {
            file: Text::join(from)?,
            line: from.word()?.try_into().ok()?,
            function: Option::join(from)?,
        })
    }
}

/// The numbers that any record may have besides its event's own, in the order in which they are kept: what changes
/// often first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Common {
    Event,
    Bev,
    Buf,
    Fd,
    Listener,
    Thread,
    Base,
}

impl Common {
    /// How many there are.
    pub(super) const COUNT: usize = 7;

    const OBJECTS: [Self; 5] = [Self::Event, Self::Bev, Self::Buf, Self::Fd, Self::Listener];

    fn of(self, record: &Record) -> Option<u64> {
        let objects = &record.objects;
        match self {
            Self::Event => objects.event.map(|id| id.0.into()),
            Self::Bev => objects.bev.map(|id| id.0.into()),
            Self::Buf => objects.buf.map(|id| id.0.into()),
            Self::Fd => objects.fd.map(|fd| i64::from(fd) as u64),
            Self::Listener => objects.listener.map(|id| id.0.into()),
            Self::Thread => Some(record.thread.0.into()),
            Self::Base => objects.base.map(|id| id.0.into()),
        }
    }
}

/// What stands for the numbers that every record has.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    /// Those of [`Common`], by their places there.
    pub(super) common: [Option<u64>; Common::COUNT],
    pub(super) seq: u64,
    pub(super) t: u64,
    pub(super) depth: u32,
}

/// The order in which numbers are kept: which of [`Common`] come before the event's own, and which behind.
pub(super) const BEFORE_OWN: usize = Common::OBJECTS.len();

/// Takes a record apart.
pub(super) fn split(record: &Record, out: &mut Parts) -> Option<Head> {
    out.clear();
    let all = Common::OBJECTS
        .into_iter()
        .chain([Common::Thread, Common::Base]);
    let mut head = Head {
        common: [None; Common::COUNT],
        seq: record.seq,
        t: record.t.0,
        depth: record.depth,
    };
    let mut there = 0;
    for common in all {
        let value = common.of(record);
        there |= u64::from(value.is_some()) << common as u32;
        head.common[common as usize] = value;
    }
    record.phase.split(out);
    out.word(there);
    record.objects.role.split(out);
    record.event.split(out);
    record.src.split(out);
    record.caller.split(out);
    let has_extra = !record.extra.is_empty();
    has_extra.split(out);
    if has_extra {
        let mut bytes = Vec::new();
        values::pack(&record.extra, &mut bytes)?;
        out.blob(&bytes);
    }
    Some(head)
}

/// What a pattern says of the numbers that its records have, and of their phase.
pub(super) fn heading(words: &[u8]) -> Option<(Phase, u64)> {
    let mut words = words;
    let phase = Phase::ALL.get(usize::try_from(u64::unpack(&mut words)?).ok()?)?;
    Some((*phase, u64::unpack(&mut words)?))
}

/// Puts a record together again.
pub(super) fn join(head: &Head, from: &mut Joint<'_>) -> Option<Record> {
    let phase = Phase::join(from)?;
    from.word()?;
    let id = |common: Common| match head.common[common as usize] {
        None => Some(None),
        Some(id) => u32::try_from(id).ok().map(Some),
    };
    let fd = match head.common[Common::Fd as usize] {
        None => None,
        Some(fd) => Some(i32::try_from(fd as i64).ok()?),
    };
    let objects = Objects {
        base: id(Common::Base)?.map(crate::BaseId),
        event: id(Common::Event)?.map(crate::EventId),
        role: Option::join(from)?,
        bev: id(Common::Bev)?.map(crate::BevId),
        buf: id(Common::Buf)?.map(crate::BufId),
        listener: id(Common::Listener)?.map(crate::ListenerId),
        fd,
    };
    Some(Record {
        seq: head.seq,
        t: Nanos(head.t),
        thread: ThreadId(id(Common::Thread)??),
        depth: head.depth,
        phase,
        event: crate::Event::join(from)?,
        objects,
        src: Option::join(from)?,
        caller: Option::join(from)?,
        extra: match bool::join(from)? {
            false => serde_json::Map::new(),
            true => values::unpack(from.blob()?)?,
        },
    })
}
