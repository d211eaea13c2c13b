//! Records as the traced thread leaves them: cheap to make, with everything that must be known at that moment. What
//! follows from it (text, function names, repeated fields) is added by the writer.

use std::panic::Location;

use evscope_trace::{Event, Objects, Phase, ThreadId};

use super::ticks::Stretch;
use super::tracer::CHUNK;
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

/// Records one after the other, in as few bytes as can be written quickly: memory that is new costs more than what is
/// written into it.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    heads: Vec<Head>,
    /// Who called, of the records that say it.
    callers: Vec<&'static Here>,
    /// Of the records that have some, one after the other.
    objects: Vec<u32>,
    /// Of the records of callbacks.
    callbacks: Vec<CallbackName>,
    /// What only some have besides, in the order of their parts, in the compact form.
    rest: Vec<u8>,
    /// The moment from which the heads count.
    first: u64,
    /// Whose the last one is.
    thread: Option<ThreadId>,
}

/// What every record has.
#[derive(Debug, Clone, Copy)]
struct Head {
    here: &'static Here,
    /// How long after the first it was, as the recording's clock notes it.
    after: u32,
    parts: Parts,
}

bitflags::bitflags! {
    /// Which parts a record has; without those of its phase it is a point.
    #[derive(Debug, Clone, Copy)]
    struct Parts: u8 {
        const ENTER = 1;
        const EXIT = 1 << 1;
        const CALLBACK = 1 << 2;
        const CALLER = 1 << 3;
        /// Its moment, which is too far from the first.
        const MOMENT = 1 << 4;
        /// Its thread, which is another one than before.
        const THREAD = 1 << 5;
        /// Objects and event. Without, it is an exit that says no more than its enter did.
        const ABOUT = 1 << 6;
    }
}

impl Packed {
    /// Memory for so many.
    pub(super) fn with_capacity(records: usize) -> Self {
        /// The words of a record's objects, and the bytes of its rest, mostly.
        const OBJECTS: usize = 4;
        const REST: usize = 8;
        Self {
            heads: Vec::with_capacity(records),
            callers: Vec::with_capacity(records),
            objects: Vec::with_capacity(records * OBJECTS),
            rest: Vec::with_capacity(records * REST),
            ..Self::default()
        }
    }

    /// Whether no more are to come in.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        /// One with long texts or many bytes that were read and written is full earlier.
        const MAX_REST: usize = 1 << 20;
        self.heads.len() >= CHUNK || self.rest.len() > MAX_REST
    }

    pub(super) fn len(&self) -> usize {
        self.heads.len()
    }

    /// Forgets all records and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.heads.clear();
        self.callers.clear();
        self.objects.clear();
        self.callbacks.clear();
        self.rest.clear();
        self.thread = None;
    }

    #[inline]
    pub(super) fn push(
        &mut self,
        noted: u64,
        thread: ThreadId,
        phase: Phase,
        source: Source,
        caller: Option<&'static Here>,
        about: Option<(&Objects, &Event)>,
    ) {
        let mut parts = match phase {
            Phase::Enter => Parts::ENTER,
            Phase::Exit => Parts::EXIT,
            Phase::Point => Parts::empty(),
        };
        if self.heads.is_empty() {
            self.first = noted;
        }
        let after = u32::try_from(noted.wrapping_sub(self.first)).unwrap_or_else(|_| {
            parts |= Parts::MOMENT;
            self.rest.extend_from_slice(&noted.to_le_bytes());
            0
        });
        if self.thread != Some(thread) {
            self.thread = Some(thread);
            parts |= Parts::THREAD;
            self.rest.extend_from_slice(&thread.0.to_le_bytes());
        }
        let here = match source {
            Source::Line(here) => here,
            Source::Callback(name, here) => {
                parts |= Parts::CALLBACK;
                self.callbacks.push(name);
                here
            }
        };
        if let Some((objects, event)) = about {
            parts |= Parts::ABOUT;
            objects.append(&mut self.objects);
            event.pack(&mut self.rest);
            if let Some(caller) = caller {
                parts |= Parts::CALLER;
                self.callers.push(caller);
            }
        }
        self.heads.push(Head { here, after, parts });
    }

    /// The records, made in this stretch of time.
    pub(super) fn records(&self, stretch: Stretch) -> impl Iterator<Item = RawRecord> {
        let mut callers = self.callers.iter();
        let mut objects = &self.objects[..];
        let mut callbacks = self.callbacks.iter();
        let mut rest = &self.rest[..];
        let mut thread = ThreadId(0);
        self.heads.iter().map(move |head| {
            let parts = head.parts;
            let noted = match parts.contains(Parts::MOMENT) {
                true => take(&mut rest).map_or(self.first, u64::from_le_bytes),
                false => self.first + u64::from(head.after),
            };
            if parts.contains(Parts::THREAD) {
                thread = take(&mut rest).map_or(thread, |id| ThreadId(u32::from_le_bytes(id)));
            }
            let has_about = parts.contains(Parts::ABOUT);
            RawRecord {
                t: stretch.nanos(noted),
                thread,
                phase: match parts {
                    _ if parts.contains(Parts::ENTER) => Phase::Enter,
                    _ if parts.contains(Parts::EXIT) => Phase::Exit,
                    _ => Phase::Point,
                },
                source: match next_if(parts.contains(Parts::CALLBACK), &mut callbacks) {
                    Some(name) => Source::Callback(*name, head.here),
                    None => Source::Line(head.here),
                },
                caller: next_if(parts.contains(Parts::CALLER), &mut callers).copied(),
                objects: match has_about {
                    true => Objects::take(&mut objects).unwrap_or_default(),
                    false => Objects::default(),
                },
                event: if has_about {
                    Event::take(&mut rest)
                } else {
                    None
                },
            }
        })
    }
}

/// So many bytes from the front.
fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(*taken)
}

/// The next of what only some records have.
fn next_if<'a, T>(has_one: bool, some: &mut std::slice::Iter<'a, T>) -> Option<&'a T> {
    if has_one { some.next() } else { None }
}

/// What was recorded since the last one.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(super) packed: Packed,
    pub(super) stretch: Stretch,
}

impl Chunk {
    pub(super) fn records(&self) -> impl Iterator<Item = RawRecord> {
        self.packed.records(self.stretch)
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
    use evscope_trace::{BufId, EvFlags};

    use super::*;

    #[test]
    fn records_come_back_as_they_were() {
        let here = Location::caller();
        let mut packed = Packed::with_capacity(4);
        let name = CallbackName::internal("on_read");
        let objects = Objects { buf: Some(BufId(3)), fd: Some(9), ..Objects::default() };
        let event = Event::EventCallback { callback: "on_read".into(), what: EvFlags::READ };
        let line = Source::Line(here);
        let callback = Source::Callback(name, here);
        let caller = Some(Location::caller());
        packed.push(1, ThreadId(1), Phase::Enter, callback, None, Some((&objects, &event)));
        packed.push(2, ThreadId(1), Phase::Exit, line, None, None);
        let add = Event::EvbufferAdd { len: 5, before: 0, after: 5, data: None };
        packed.push(3, ThreadId(2), Phase::Enter, line, caller, Some((&objects, &add)));
        let records: Vec<RawRecord> = packed.records(Stretch::Nanos).collect();
        assert_eq!(records.iter().map(|r| r.t).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(records[0].event.as_ref(), Some(&event));
        assert!(matches!(records[0].source, Source::Callback(n, _) if n.short() == "on_read"));
        assert_eq!((records[0].objects, records[1].objects), (objects, Objects::default()));
        assert!(records[1].event.is_none() && matches!(records[1].source, Source::Line(_)));
        assert_eq!((records[2].event.as_ref(), records[2].caller), (Some(&add), caller));
        assert_eq!(records[2].thread, ThreadId(2));
        packed.clear();
        assert_eq!(packed.records(Stretch::Nanos).count(), 0);
    }

    #[test]
    fn moments_may_be_far_apart_and_go_back() {
        let line = Source::Line(Location::caller());
        let mut packed = Packed::with_capacity(4);
        let moments = [
            1 << 40,
            (1 << 40) + 7,
            1 << 60,
            (1 << 40) - 3,
            (1 << 40) + 9,
        ];
        for (noted, thread) in moments.into_iter().zip([1, 1, 70_000, 70_000, 1]) {
            packed.push(noted, ThreadId(thread), Phase::Exit, line, None, None);
        }
        let records = packed.records(Stretch::Nanos);
        let (noted, threads): (Vec<_>, Vec<_>) = records.map(|r| (r.t, r.thread.0)).unzip();
        assert_eq!(noted, moments);
        assert_eq!(threads, [1, 1, 70_000, 70_000, 1]);
    }

    #[test]
    fn a_record_without_more_to_say_is_its_head() {
        assert_eq!(size_of::<Head>(), 2 * size_of::<usize>());
    }
}
