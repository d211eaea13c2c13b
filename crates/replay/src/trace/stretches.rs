//! What lies in each stretch of a trace, so that whoever looks for something passes over the stretches that have none.

use std::collections::HashMap;

use evscope_trace::{Event, Record};

use crate::ObjectId;

/// Steps in a stretch.
pub(crate) const STEPS: usize = 1024;

/// How many objects a record can name.
const MOST: usize = 7;

/// The stretches of a trace so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stretches {
    /// In which stretches each object is named, in order.
    of_objects: HashMap<ObjectId, Vec<u32>>,
    /// The events in each.
    events: Vec<Events>,
    /// The objects of the record before, if it is of this stretch: they are mostly those of the next one too.
    last: [Option<ObjectId>; MOST],
}

/// A set of events, by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Events(u128);

// The last bit is that of names this version does not know.
const _: () = assert!(Event::NAMES.len() < u128::BITS as usize);

impl Events {
    /// The set of these names of the vocabulary.
    pub(crate) fn named(names: &[&str]) -> Self {
        let numbers = names
            .iter()
            .filter_map(|name| Event::NAMES.iter().position(|known| known == name));
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
            self.last = [None; MOST];
        }
        self.events[stretch].0 |= Events::of(&record.event).0;
        // A move is about the buffer that it takes from as well.
        let from = match record.event {
            Event::EvbufferMove { from, .. } => Some(ObjectId::Buf(from)),
            _ => None,
        };
        let objects = ObjectId::all_of(&record.objects).chain(from);
        for (object, last) in objects.zip(&mut self.last) {
            if *last == Some(object) {
                continue;
            }
            *last = Some(object);
            let stretches = self.of_objects.entry(object).or_default();
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
}
