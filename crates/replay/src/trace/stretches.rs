//! What lies in each stretch of a trace, so that whoever looks for something passes over the stretches that have none.

use std::io::{self, Write};
use std::sync::Arc;

use evscope_trace::{BaseId, BevId, BufId, Event, EventId, ListenerId, Record};

use crate::ObjectId;
use crate::index::{Reading, Writing};
use crate::quick::HashMap;

/// Steps in a stretch.
pub(crate) const STEPS: usize = 1024;

/// How many kinds of objects a record can name, the buffer that a move takes from being one.
const KINDS: usize = 7;
const MOVED_FROM: usize = KINDS - 1;

/// The stretches of a trace so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stretches {
    /// In which stretches each object is named, in order. Shared with copies of the trace.
    of_objects: Arc<OfObjects>,
    /// The events in each.
    events: Vec<Events>,
    /// The last object of each kind, if it is of this stretch: it is mostly that of the next record too.
    last: [Option<ObjectId>; KINDS],
}

type OfObjects = HashMap<ObjectId, Vec<u32>>;

/// A set of events, by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Events(u128);

// The last bit is that of names this version does not know.
const _: () = assert!(Event::NAMES.len() < u128::BITS as usize);

impl Events {
    /// The set of these names of the vocabulary.
    pub(crate) fn named(names: &[&str]) -> Self {
        let number_of = |name: &&str| Event::NAMES.iter().position(|known| known == name);
        debug_assert!(
            names.iter().all(|name| number_of(name).is_some()),
            "{names:?}"
        );
        let numbers = names.iter().filter_map(number_of);
        Self(numbers.fold(0, |set, number| set | 1 << number))
    }

    fn of(event: &Event) -> Self {
        Self(1 << event.number())
    }

    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl Stretches {
    /// Adds the record of the next step.
    pub(crate) fn add(&mut self, step: usize, record: &Record) {
        let stretch = step / STEPS;
        if stretch == self.events.len() {
            self.events.push(Events::default());
            self.last = [None; KINDS];
        }
        self.events[stretch].0 |= Events::of(&record.event).0;
        // A move is about the buffer that it takes from as well.
        let from = match record.event {
            Event::EvbufferMove { from, .. } => Some((MOVED_FROM, ObjectId::Buf(from))),
            _ => None,
        };
        let objects = ObjectId::all_of(&record.objects);
        let objects = objects.map(|object| (number_of(object).0 as usize, object));
        for (kind, object) in objects.chain(from) {
            let last = &mut self.last[kind];
            if *last == Some(object) {
                continue;
            }
            *last = Some(object);
            let of_objects = Arc::make_mut(&mut self.of_objects);
            let stretches = of_objects.entry(object).or_default();
            if stretches.last() != Some(&(stretch as u32)) {
                stretches.push(stretch as u32);
            }
        }
    }

    /// The stretches in which an object is named, in order.
    pub(crate) fn of(&self, object: ObjectId) -> &[u32] {
        self.of_objects.get(&object).map_or(&[], Vec::as_slice)
    }

    /// The stretches before a step that have one of some events, the last one first.
    pub(crate) fn back(&self, end: usize, events: Events) -> impl Iterator<Item = usize> + '_ {
        (0..end.div_ceil(STEPS).min(self.events.len()))
            .rev()
            .filter(move |stretch| self.events[*stretch].meets(events))
    }

    /// The stretches before a step in which an object is named, the last one first.
    pub(crate) fn about(&self, object: ObjectId, end: usize) -> impl Iterator<Item = usize> + '_ {
        let stretches = self.of(object);
        let before = stretches.partition_point(|stretch| (*stretch as usize) * STEPS < end);
        stretches[..before]
            .iter()
            .rev()
            .map(|stretch| *stretch as usize)
    }

    /// Those of them that have one of some events.
    pub(crate) fn back_about(
        &self,
        object: ObjectId,
        end: usize,
        events: Events,
    ) -> impl Iterator<Item = usize> + '_ {
        self.about(object, end)
            .filter(move |stretch| self.events[*stretch].meets(events))
    }

    /// Writes them down.
    pub(crate) fn save<W: Write>(&self, to: &mut Writing<W>) -> io::Result<()> {
        to.number(self.events.len() as u64)?;
        for events in &self.events {
            to.raw(&events.0.to_le_bytes())?;
        }
        to.number(self.of_objects.len() as u64)?;
        for (object, stretches) in &*self.of_objects {
            let (kind, id) = number_of(*object);
            to.number(kind)?;
            to.number(id.into())?;
            to.ascending(stretches)?;
        }
        Ok(())
    }

    /// Reads what was written down.
    pub(crate) fn load(from: &mut Reading) -> Option<Self> {
        let mut all = Self::default();
        for _ in 0..from.count()? {
            all.events.push(Events(u128::from_le_bytes(from.raw()?)));
        }
        let count = from.count()?;
        let mut of_objects = OfObjects::with_capacity_and_hasher(count, Default::default());
        for _ in 0..count {
            let object = object_of(from.number()?, from.narrow()?)?;
            of_objects.insert(object, from.ascending()?);
        }
        all.of_objects = Arc::new(of_objects);
        Some(all)
    }
}

/// An object as two numbers.
fn number_of(object: ObjectId) -> (u64, u32) {
    match object {
        ObjectId::Base(id) => (0, id.0),
        ObjectId::Event(id) => (1, id.0),
        ObjectId::Bev(id) => (2, id.0),
        ObjectId::Buf(id) => (3, id.0),
        ObjectId::Listener(id) => (4, id.0),
        ObjectId::Fd(fd) => (5, fd as u32),
    }
}

fn object_of(kind: u64, id: u32) -> Option<ObjectId> {
    Some(match kind {
        0 => ObjectId::Base(BaseId(id)),
        1 => ObjectId::Event(EventId(id)),
        2 => ObjectId::Bev(BevId(id)),
        3 => ObjectId::Buf(BufId(id)),
        4 => ObjectId::Listener(ListenerId(id)),
        5 => ObjectId::Fd(id as i32),
        _ => return None,
    })
}
