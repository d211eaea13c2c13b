//! Records as the traced thread leaves them: cheap to make, with everything that must be known at that moment. What
//! follows from it (text, function names, repeated fields) is added by the writer.

use std::panic::Location;

use evscope_trace::{Event, Objects, Phase, ThreadId};

use super::sites::{Known, Sites, Told};
use super::ticks::Stretch;
use crate::callback::CallbackName;

/// A line of the library.
pub(crate) type Here = Location<'static>;

/// Where the code of a record stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// In the library, at this line.
    Line(&'static Here),
    /// In the program: a callback, which the library runs at this line.
    Callback(CallbackName, &'static Here),
}

/// One step, raw.
#[derive(Debug)]
pub(crate) struct RawRecord {
    /// In ns since the recording began.
    pub(crate) t: u64,
    pub(crate) thread: ThreadId,
    pub(crate) phase: Phase,
    pub(crate) source: Source,
    pub(crate) caller: Option<&'static Here>,
    pub(crate) objects: Objects,
    /// `None` on an exit that says no more than its enter did.
    pub(crate) event: Option<Event>,
}

/// Records one after the other, in few bytes: memory that is new costs more than what is written into it.
///
/// A record is the number of its line with its parts, how long after the one before it was, and, unless it is an exit that
/// says no more than its enter did, the number of its caller or callback, two bytes each, and its objects and event in the
/// compact form. What is beyond that stands before it as a mark: a number that no line has, and what it marks.
#[derive(Debug)]
pub(crate) struct Packed {
    bytes: Vec<u8>,
    /// How many they are.
    count: usize,
    /// When the last one was, and on which thread.
    noted: u64,
    thread: ThreadId,
}

/// The first two bytes of a record: the number of its line, and what it is.
mod head {
    pub(super) const LINE: u16 = (1 << 12) - 1;
    /// Its source is a callback.
    pub(super) const CALLBACK: u16 = 1 << 12;
    /// It has more than these and its time.
    pub(super) const SAYS: u16 = 1 << 13;
    /// Where its phase is. A mark has one that is none.
    pub(super) const PHASE: u32 = 14;
}

/// What a mark says of the record behind it.
mod mark {
    pub(super) const MOMENT: u16 = u16::MAX;
    pub(super) const THREAD: u16 = u16::MAX - 1;
    /// Its numbers, which have no room in it.
    pub(super) const NUMBERS: u16 = u16::MAX - 2;
}

impl Packed {
    /// Records in a full one.
    const FULL: usize = 1024;
    /// One with long texts or many bytes that were read and written is full earlier.
    const MAX_BYTES: usize = 1 << 20;

    /// One with memory for what it will mostly have.
    pub(super) fn new() -> Self {
        /// A record's bytes, mostly.
        const BYTES: usize = 16;
        let bytes = Vec::with_capacity(Self::FULL * BYTES);
        Self { bytes, ..Self::nothing() }
    }

    /// One that takes no memory.
    pub(super) fn nothing() -> Self {
        Self { bytes: Vec::new(), count: 0, noted: 0, thread: ThreadId(0) }
    }

    /// Whether no more are to come in.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.count >= Self::FULL || self.bytes.len() > Self::MAX_BYTES
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Forgets all records and keeps the memory.
    pub(super) fn clear(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        *self = Self { bytes, ..Self::nothing() };
    }

    #[inline(always)]
    pub(super) fn push(
        &mut self,
        (noted, thread): (u64, ThreadId),
        phase: Phase,
        source: Source,
        caller: Option<&'static Here>,
        about: Option<(&Objects, &Event)>,
        sites: &mut Sites,
    ) {
        let (mut line, mut name, callback) = match source {
            // 0 is no caller.
            Source::Line(here) => {
                (sites.lines.of(here), caller.map_or(0, |caller| sites.lines.of(caller) + 1), 0)
            }
            Source::Callback(name, here) => {
                (sites.lines.of(here), sites.callbacks.of(name), head::CALLBACK)
            }
        };
        let mut after = noted.wrapping_sub(self.noted);
        let is_wide = line > u32::from(head::LINE) || name > u32::from(u16::MAX);
        if after > u64::from(u16::MAX) || self.thread != thread || is_wide {
            (after, line, name) = self.push_marks((noted, thread), (line, name));
        }
        self.noted = noted;
        self.count += 1;
        let (says, len) = if about.is_some() {
            (head::SAYS, 6)
        } else {
            (0, 4)
        };
        let first = (phase as u16) << head::PHASE | says | callback | line as u16;
        let words = u64::from(first) | after << 16 | u64::from(name) << 32;
        // To copy always as many is quicker than to copy as many as there are.
        let end = self.bytes.len() + len;
        self.bytes.extend_from_slice(&words.to_le_bytes());
        self.bytes.truncate(end);
        if let Some((objects, event)) = about {
            objects.append(&mut self.bytes);
            event.pack(&mut self.bytes);
        }
    }

    /// Marks what a record cannot say itself. What it is to say then: how long after, its line, its caller or callback.
    #[cold]
    #[inline(never)]
    fn push_marks(
        &mut self,
        (noted, thread): (u64, ThreadId),
        (line, name): (u32, u32),
    ) -> (u64, u32, u32) {
        let after = noted.wrapping_sub(self.noted);
        let is_far = after > u64::from(u16::MAX);
        if is_far {
            self.mark(mark::MOMENT, &noted.to_le_bytes());
        }
        if self.thread != thread {
            self.thread = thread;
            self.mark(mark::THREAD, &thread.0.to_le_bytes());
        }
        let is_wide = line > u32::from(head::LINE) || name > u32::from(u16::MAX);
        if is_wide {
            self.mark(mark::NUMBERS, [line, name].map(u32::to_le_bytes).as_flattened());
        }
        let (line, name) = if is_wide { (0, 0) } else { (line, name) };
        (if is_far { 0 } else { after }, line, name)
    }

    fn mark(&mut self, mark: u16, value: &[u8]) {
        self.bytes.extend_from_slice(&mark.to_le_bytes());
        self.bytes.extend_from_slice(value);
    }

    /// The records, made in this stretch of time.
    pub(super) fn records<'a>(
        &'a self,
        stretch: Stretch,
        known: Known<'a>,
    ) -> impl Iterator<Item = RawRecord> + use<'a> {
        let mut bytes = Bytes { rest: &self.bytes, noted: 0, thread: ThreadId(0) };
        std::iter::from_fn(move || {
            let record = bytes.next(known)?;
            Some(RawRecord { t: stretch.nanos(record.t), ..record })
        })
    }
}

/// The bytes of records that are read.
struct Bytes<'a> {
    rest: &'a [u8],
    noted: u64,
    thread: ThreadId,
}

impl Bytes<'_> {
    /// The next record, with its time as it was noted.
    fn next(&mut self, known: Known<'_>) -> Option<RawRecord> {
        let (mut line, mut name) = (0, 0);
        let head = loop {
            match u16::from_le_bytes(self.take()?) {
                mark::MOMENT => self.noted = u64::from_le_bytes(self.take()?),
                mark::THREAD => self.thread = ThreadId(self.number()?),
                mark::NUMBERS => (line, name) = (self.number()?, self.number()?),
                head => break head,
            }
        };
        self.noted += u64::from(u16::from_le_bytes(self.take()?));
        line += u32::from(head & head::LINE);
        let says = head & head::SAYS != 0;
        if says {
            name += u32::from(u16::from_le_bytes(self.take()?));
        }
        let here = *known.lines.get(line as usize)?;
        let (source, caller) = match head & head::CALLBACK {
            0 => {
                let caller = name.checked_sub(1);
                let caller = caller.and_then(|caller| known.lines.get(caller as usize));
                (Source::Line(here), caller.copied())
            }
            _ => (Source::Callback(*known.callbacks.get(name as usize)?, here), None),
        };
        Some(RawRecord {
            t: self.noted,
            thread: self.thread,
            phase: match head >> head::PHASE {
                enter if enter == Phase::Enter as u16 => Phase::Enter,
                exit if exit == Phase::Exit as u16 => Phase::Exit,
                _ => Phase::Point,
            },
            source,
            caller,
            objects: match says {
                true => Objects::take(&mut self.rest)?,
                false => Objects::default(),
            },
            event: match says {
                true => Some(Event::take(&mut self.rest)?),
                false => None,
            },
        })
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    /// So many bytes from the front.
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*taken)
    }
}

/// What was recorded since the last one.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(super) packed: Packed,
    pub(super) stretch: Stretch,
    /// Sites that the writer does not know yet.
    pub(super) new_sites: Told,
}

impl Chunk {
    pub(super) fn records<'a>(
        &'a self,
        known: Known<'a>,
    ) -> impl Iterator<Item = RawRecord> + use<'a> {
        self.packed.records(self.stretch, known)
    }
}

/// What goes to the writer.
#[derive(Debug)]
pub(crate) enum Message {
    Chunk(&'static str, Chunk),
    /// The recording is over, though a base of it may still live.
    End,
}

#[cfg(test)]
mod tests {
    use evscope_trace::{BevId, BufId, EvFlags};

    use super::*;

    /// Records, and where they are made.
    struct Made {
        packed: Packed,
        sites: Sites,
    }

    impl Made {
        fn new() -> Self {
            Self { packed: Packed::new(), sites: Sites::new() }
        }

        fn push(
            &mut self,
            when: (u64, u32),
            phase: Phase,
            source: Source,
            caller: Option<&'static Here>,
            about: Option<(&Objects, &Event)>,
        ) {
            let when = (when.0, ThreadId(when.1));
            self.packed
                .push(when, phase, source, caller, about, &mut self.sites);
        }

        fn records(&self) -> Vec<RawRecord> {
            self.packed
                .records(Stretch::Nanos, self.sites.known())
                .collect()
        }
    }

    fn is_at(record: &RawRecord, here: &'static Here) -> bool {
        matches!(record.source, Source::Line(line) if std::ptr::eq(line, here))
    }

    #[test]
    fn records_come_back_as_they_were() {
        let here = Location::caller();
        let mut made = Made::new();
        let name = CallbackName::internal("on_read");
        let objects = Objects { buf: Some(BufId(3)), fd: Some(9), ..Objects::default() };
        let event = Event::EventCallback { callback: "on_read".into(), what: EvFlags::READ };
        let line = Source::Line(here);
        let callback = Source::Callback(name, here);
        let caller = Some(Location::caller());
        made.push((1, 1), Phase::Enter, callback, None, Some((&objects, &event)));
        made.push((2, 1), Phase::Exit, line, None, None);
        let add = Event::EvbufferAdd { len: 5, before: 0, after: 5, data: None };
        let wide = Objects { bev: Some(BevId(70_000)), ..objects };
        made.push((3, 2), Phase::Enter, line, caller, Some((&wide, &add)));
        made.push((4, 2), Phase::Exit, line, None, Some((&wide, &add)));
        made.push((5, 2), Phase::Point, line, None, Some((&wide, &add)));
        let records = made.records();
        assert_eq!(records.iter().map(|r| r.t).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        let phases = [
            Phase::Enter,
            Phase::Exit,
            Phase::Enter,
            Phase::Exit,
            Phase::Point,
        ];
        assert_eq!(records.iter().map(|r| r.phase).collect::<Vec<_>>(), phases);
        assert_eq!(records[0].event.as_ref(), Some(&event));
        assert!(matches!(records[0].source, Source::Callback(n, _) if n.short() == "on_read"));
        assert_eq!((records[0].objects, records[1].objects), (objects, Objects::default()));
        assert!(records[1].event.is_none() && is_at(&records[1], here));
        assert_eq!((records[2].event.as_ref(), records[2].caller), (Some(&add), caller));
        assert_eq!((records[2].thread, records[2].objects), (ThreadId(2), wide));
        assert_eq!((records[3].event.as_ref(), records[3].caller), (Some(&add), None));
        made.packed.clear();
        assert!(made.records().is_empty());
    }

    #[test]
    fn moments_may_be_far_apart_and_go_back() {
        let line = Source::Line(Location::caller());
        let mut made = Made::new();
        let moments = [
            1 << 40,
            (1 << 40) + 7,
            (1 << 40) + 7 + 0xffff,
            (1 << 40) + 8 + 0x1_ffff,
            1 << 60,
            (1 << 40) - 3,
            (1 << 40) + 9,
        ];
        let threads = [1, 1, 1, 1, 70_000, 70_000, 1];
        for when in moments.into_iter().zip(threads) {
            made.push(when, Phase::Exit, line, None, None);
        }
        let records = made.records();
        let (noted, of): (Vec<_>, Vec<_>) = records.iter().map(|r| (r.t, r.thread.0)).unzip();
        assert_eq!(noted, moments);
        assert_eq!(of, threads);
    }

    #[test]
    fn there_may_be_more_lines_than_a_record_has_room_for() {
        // Each is at an address of its own.
        let lines: Vec<&'static Here> = (0..70_000)
            .map(|_| &*Box::leak(Box::new(*Location::caller())))
            .collect();
        let (objects, event) = (Objects::default(), Event::EventBaseFree {});
        let mut made = Made::new();
        for (i, here) in lines.iter().enumerate() {
            let caller = Some(lines[lines.len() - 1 - i]);
            let source = Source::Line(here);
            made.push((1, 1), Phase::Enter, source, caller, Some((&objects, &event)));
            made.push((1, 1), Phase::Exit, source, None, None);
        }
        let records = made.records();
        assert_eq!(records.len(), 2 * lines.len());
        for (i, pair) in records.chunks(2).enumerate() {
            let caller = pair[0].caller.unwrap();
            assert!(is_at(&pair[0], lines[i]) && is_at(&pair[1], lines[i]));
            assert!(std::ptr::eq(caller, lines[lines.len() - 1 - i]));
        }
    }

    #[test]
    fn an_exit_without_more_to_say_takes_four_bytes() {
        let mut made = Made::new();
        let line = Source::Line(Location::caller());
        made.push((1, 1), Phase::Exit, line, None, None);
        let first = made.packed.bytes.len();
        made.push((2, 1), Phase::Exit, line, None, None);
        assert_eq!(made.packed.bytes.len() - first, 4);
    }
}
