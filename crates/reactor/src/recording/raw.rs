//! Records as the traced thread leaves them: cheap to make, with everything that must be known at that moment. What
//! follows from it (text, function names, repeated fields) is added by the writer.

use std::panic::Location;

use evscope_trace::{Event, Objects, Phase, ThreadId};

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
    pub(crate) caller: Option<&'static Location<'static>>,
    pub(crate) objects: Objects,
    /// `None` on an exit that says no more than its enter did.
    pub(crate) event: Option<Event>,
}

/// Records one after the other, in as few bytes as can be written quickly.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    heads: Vec<Head>,
    /// Of the records that have an event, in their order.
    abouts: Vec<About>,
    /// Their events in the compact form.
    events: Vec<u8>,
    /// Of the records of callbacks.
    callbacks: Vec<CallbackName>,
}

/// What every record has.
#[derive(Debug)]
struct Head {
    /// As the recording's clock notes it.
    noted: u64,
    here: &'static Here,
    thread: ThreadId,
    phase: Phase,
    /// If not, it is an exit that says no more than its enter did.
    has_event: bool,
    is_callback: bool,
}

#[derive(Debug)]
struct About {
    caller: Option<&'static Location<'static>>,
    objects: Objects,
    /// Where the event ends; it begins where the one before ends.
    event_end: u32,
}

impl Packed {
    pub(super) fn with_capacity(records: usize) -> Self {
        /// The bytes of an event, mostly.
        const EVENT: usize = 16;
        Self {
            heads: Vec::with_capacity(records),
            abouts: Vec::with_capacity(records),
            events: Vec::with_capacity(records * EVENT),
            callbacks: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.heads.len()
    }

    /// How many bytes its events have.
    pub(super) fn event_bytes(&self) -> usize {
        self.events.len()
    }

    /// Forgets all records and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.heads.clear();
        self.abouts.clear();
        self.events.clear();
        self.callbacks.clear();
    }

    #[inline]
    pub(super) fn push(
        &mut self,
        noted: u64,
        thread: ThreadId,
        phase: Phase,
        source: Source,
        caller: Option<&'static Location<'static>>,
        about: Option<(&Objects, &Event)>,
    ) {
        if let Some((objects, event)) = about {
            event.pack(&mut self.events);
            let event_end = self.events.len() as u32;
            self.abouts
                .push(About { caller, objects: *objects, event_end });
        }
        let (here, is_callback) = match source {
            Source::Line(here) => (here, false),
            Source::Callback(name, here) => {
                self.callbacks.push(name);
                (here, true)
            }
        };
        let has_event = about.is_some();
        self.heads
            .push(Head { noted, here, thread, phase, has_event, is_callback });
    }

    /// The records, made in this stretch of time.
    pub(super) fn records(&self, stretch: Stretch) -> impl Iterator<Item = RawRecord> {
        let mut abouts = self.abouts.iter();
        let mut callbacks = self.callbacks.iter();
        let mut begin = 0;
        self.heads.iter().map(move |head| {
            let about = next_if(head.has_event, &mut abouts);
            let event = about.and_then(|about| {
                let end = about.event_end as usize;
                Event::unpack(&self.events[std::mem::replace(&mut begin, end)..end])
            });
            RawRecord {
                t: stretch.nanos(head.noted),
                thread: head.thread,
                phase: head.phase,
                source: match next_if(head.is_callback, &mut callbacks) {
                    Some(name) => Source::Callback(*name, head.here),
                    None => Source::Line(head.here),
                },
                caller: about.and_then(|about| about.caller),
                objects: about.map_or_else(Objects::default, |about| about.objects),
                event,
            }
        })
    }
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
}
