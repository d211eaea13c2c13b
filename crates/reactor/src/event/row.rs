//! Events in a row, each of which knows its place. So any of them leaves in constant time: one that leaves from
//! within leaves a gap.

use super::{EventSlot, Events};
use crate::Event;

/// Events one after the other.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// There is never a gap at either end; what lies before the head has left.
    places: Vec<Option<Event>>,
    head: usize,
    /// The number of the first place; they are counted from the first that there ever was.
    begin: u32,
    /// Behind the head.
    gaps: usize,
}

/// What is in a row that an event has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "there may be too many gaps"]
pub(crate) enum Left {
    NoGap,
    Gaps,
}

impl Row {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    #[inline]
    pub(crate) fn first(&self) -> Option<Event> {
        self.get(0)
    }

    pub(crate) fn last(&self) -> Option<Event> {
        self.places.last().copied().flatten()
    }

    /// How many places there are, with the gaps.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.places.len() - self.head
    }

    /// The event in the nth of them.
    #[inline]
    pub(crate) fn get(&self, n: usize) -> Option<Event> {
        self.places.get(self.head + n).copied().flatten()
    }

    /// Puts an event at the end; returns its place.
    #[inline]
    pub(crate) fn push(&mut self, event: Event) -> u32 {
        if self.places.len() == self.places.capacity() {
            self.forget_gone();
        }
        let place = self.begin.wrapping_add(self.places.len() as u32);
        self.places.push(Some(event));
        place
    }

    /// Takes out the first. Then it closes gaps itself, as [`close_gaps`](Self::close_gaps) does.
    #[inline]
    pub(crate) fn take_first(&mut self, events: &mut Events, place_of: PlaceOf) -> Option<Event> {
        let first = self.first()?;
        self.head += 1;
        if self.gaps > 0 {
            self.trim();
            self.close_gaps(events, place_of);
        }
        self.forget_all_gone();
        Some(first)
    }

    /// Takes out the event in this place.
    #[inline]
    pub(crate) fn remove(&mut self, place: u32) -> Left {
        let at = place.wrapping_sub(self.begin) as usize;
        if at == self.head {
            self.head += 1;
        } else if at + 1 == self.places.len() {
            self.places.pop();
        } else {
            self.places[at] = None;
            self.gaps += 1;
        }
        if self.gaps > 0 {
            self.trim();
        }
        self.forget_all_gone();
        if self.gaps > 0 {
            Left::Gaps
        } else {
            Left::NoGap
        }
    }

    /// Where all have left, it begins anew.
    #[inline]
    fn forget_all_gone(&mut self) {
        if self.head == self.places.len() {
            self.begin = self.begin.wrapping_add(self.head as u32);
            self.places.clear();
            self.head = 0;
        }
    }

    /// There is no room for one more. What is there moves to the front, if it is less than what has left.
    #[cold]
    fn forget_gone(&mut self) {
        if self.head > self.places.len() / 2 {
            self.begin = self.begin.wrapping_add(self.head as u32);
            self.places.drain(..self.head);
            self.head = 0;
        }
    }

    /// Takes away the gaps that have come to an end.
    #[cold]
    fn trim(&mut self) {
        while let Some(None) = self.places.get(self.head) {
            self.head += 1;
            self.gaps -= 1;
        }
        while let Some(None) = self.places.last() {
            self.places.pop();
            self.gaps -= 1;
        }
    }

    /// Where more than half of it are gaps, the events move together. `place_of` says where an event keeps its place.
    #[cold]
    pub(crate) fn close_gaps(&mut self, events: &mut Events, place_of: PlaceOf) {
        if self.gaps <= self.len() / 2 {
            return;
        }
        self.begin = self.begin.wrapping_add(self.head as u32);
        self.places.drain(..self.head);
        self.head = 0;
        self.places.retain(Option::is_some);
        self.gaps = 0;
        for (at, &event) in self.places.iter().flatten().enumerate() {
            *place_of(&mut events[event]) = self.begin.wrapping_add(at as u32);
        }
    }
}

type PlaceOf = fn(&mut EventSlot) -> &mut u32;

#[cfg(test)]
mod tests {
    use evscope_trace::{EventId, Role};
    use proptest::prelude::*;

    use super::*;
    use crate::EvFlags;
    use crate::event::{EventCallback, NewEvent, Owner};

    fn event() -> EventSlot {
        let new = NewEvent {
            role: Role::Timer,
            owner: Owner::Program,
            fd: -1,
            events: EvFlags::empty(),
            callback: EventCallback::LoopExit,
        };
        EventSlot::new(EventId(1), 0, new)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 3 } else { 256 }, failure_persistence: None, ..ProptestConfig::default() })]

        /// Beside a list: below 12 one comes to the end, otherwise one leaves from the front, the end, or within.
        #[test]
        fn a_row_is_a_list_from_which_anybody_may_leave(ops in prop::collection::vec((0..24usize, 0..1000usize), 1..400)) {
            let (mut row, mut events) = (Row::default(), Events::default());
            let mut list = Vec::new();
            let mut longest = 0;
            for (op, n) in ops {
                if op < 12 || list.is_empty() {
                    let event = events.insert(event());
                    events[event].queue_place = row.push(event);
                    list.push(event);
                } else {
                    let at = match op {
                        12..18 => 0,
                        18 => list.len() - 1,
                        _ => n % list.len(),
                    };
                    let gone = list.remove(at);
                    if op < 15 {
                        let first = row.take_first(&mut events, |slot| &mut slot.queue_place);
                        prop_assert_eq!(first, Some(gone));
                    } else if row.remove(events[gone].queue_place) == Left::Gaps {
                        row.close_gaps(&mut events, |slot| &mut slot.queue_place);
                    }
                }
                let there: Vec<Event> = (0..row.len()).filter_map(|n| row.get(n)).collect();
                prop_assert_eq!(&there, &list);
                prop_assert_eq!(row.first(), list.first().copied());
                prop_assert_eq!(row.last(), list.last().copied());
                prop_assert_eq!(row.is_empty(), list.is_empty());
                prop_assert!(row.len() <= 2 * list.len() + 1);
                longest = longest.max(list.len());
                prop_assert!(row.places.capacity() <= 8 * longest);
            }
        }
    }
}
