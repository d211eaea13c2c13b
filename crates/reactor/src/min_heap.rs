//! The heap of timeouts: the earliest on top.
//!
//! Events with the same deadline leave it in an order that depends on the heap's shape, so the shape is
//! kept by the same rules as libevent's: a removed element is replaced by the last one, which then moves
//! up or down.

use crate::Event;
use crate::event::Events;

/// An event that waits, and when it is due: so two of them are compared without a look at the events.
#[derive(Debug, Clone, Copy)]
struct Entry {
    deadline: u64,
    event: Event,
}

/// Events, ordered by their deadlines. Each event knows its place.
#[derive(Debug, Default)]
pub(crate) struct MinHeap {
    places: Vec<Entry>,
}

impl MinHeap {
    /// The event that is due first, and when.
    pub(crate) fn top(&self) -> Option<(Event, u64)> {
        self.places.first().map(|top| (top.event, top.deadline))
    }

    /// All, in the order of the heap's places.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Event> {
        self.places.iter().map(|entry| entry.event)
    }

    pub(crate) fn push(&mut self, events: &mut Events, event: Event, deadline: u64) {
        let entry = Entry { deadline, event };
        self.places.push(entry);
        self.shift_up(events, self.places.len() - 1, entry);
    }

    /// Takes out the event in this place.
    pub(crate) fn erase(&mut self, events: &mut Events, place: u32) {
        let place = place as usize;
        let Some(last) = self.places.pop() else {
            return;
        };
        if place == self.places.len() {
            return;
        }
        if place > 0 && self.places[(place - 1) / 2].deadline > last.deadline {
            self.shift_up(events, place, last);
        } else {
            self.shift_down(events, place, last);
        }
    }

    fn shift_up(&mut self, events: &mut Events, mut hole: usize, entry: Entry) {
        while hole > 0 {
            let above = (hole - 1) / 2;
            let parent = self.places[above];
            if parent.deadline <= entry.deadline {
                break;
            }
            self.put(events, hole, parent);
            hole = above;
        }
        self.put(events, hole, entry);
    }

    fn shift_down(&mut self, events: &mut Events, mut hole: usize, entry: Entry) {
        loop {
            let left = 2 * hole + 1;
            let Some(&(mut child)) = self.places.get(left) else {
                break;
            };
            let mut below = left;
            if let Some(&right) = self.places.get(left + 1)
                && right.deadline <= child.deadline
            {
                (child, below) = (right, left + 1);
            }
            if entry.deadline <= child.deadline {
                break;
            }
            self.put(events, hole, child);
            hole = below;
        }
        self.put(events, hole, entry);
    }

    #[inline]
    fn put(&mut self, events: &mut Events, place: usize, entry: Entry) {
        self.places[place] = entry;
        events[entry.event].heap_place = place as u32;
    }
}

#[cfg(test)]
mod tests {
    use evscope_trace::{EventId, Role};
    use proptest::prelude::*;

    use super::*;
    use crate::EvFlags;
    use crate::event::{EventCallback, EventSlot, NewEvent, Owner};

    /// What is done: an event comes with a deadline, or the nth of those that are there goes, or the top.
    #[derive(Debug, Clone)]
    enum Op {
        Push(u64),
        Erase(usize),
        Pop,
    }

    fn op() -> impl Strategy<Value = Op> {
        prop_oneof![
            // Few different deadlines, so that many are equal.
            3 => (0..20u64).prop_map(Op::Push),
            1 => (0..100usize).prop_map(Op::Erase),
            1 => Just(Op::Pop),
        ]
    }

    fn event(deadline: u64) -> EventSlot {
        let new = NewEvent {
            role: Role::Timer,
            owner: Owner::Program,
            fd: -1,
            events: EvFlags::empty(),
            callback: EventCallback::LoopExit,
        };
        let mut slot = EventSlot::new(EventId(1), 0, new);
        slot.deadline = deadline;
        slot
    }

    /// Every event knows its place and is no earlier than the one above it.
    fn assert_is_heap(heap: &MinHeap, events: &Events) {
        for (place, entry) in heap.places.iter().enumerate() {
            assert_eq!(events[entry.event].heap_place as usize, place);
            assert_eq!(events[entry.event].deadline, entry.deadline);
            if place > 0 {
                assert!(heap.places[(place - 1) / 2].deadline <= entry.deadline);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 3 } else { 256 }, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_top_is_always_the_earliest(ops in prop::collection::vec(op(), 1..120)) {
            let (mut heap, mut events) = (MinHeap::default(), Events::default());
            let mut model: Vec<Event> = Vec::new();
            for op in ops {
                match op {
                    Op::Push(deadline) => {
                        let event = events.insert(event(deadline));
                        heap.push(&mut events, event, deadline);
                        model.push(event);
                    }
                    Op::Erase(_) | Op::Pop if model.is_empty() => {
                        prop_assert_eq!(heap.top(), None);
                        continue;
                    }
                    Op::Erase(n) => {
                        let event = model.swap_remove(n % model.len());
                        let place = events[event].heap_place;
                        heap.erase(&mut events, place);
                        prop_assert!(heap.iter().all(|other| other != event));
                    }
                    Op::Pop => {
                        let (top, _) = heap.top().unwrap();
                        heap.erase(&mut events, 0);
                        model.retain(|&event| event != top);
                    }
                }
                assert_is_heap(&heap, &events);
                prop_assert_eq!(heap.places.len(), model.len());
                let earliest = model.iter().map(|&event| events[event].deadline).min();
                prop_assert_eq!(heap.top().map(|(_, deadline)| deadline), earliest);
            }
        }
    }

    #[test]
    fn equal_deadlines_leave_in_libevents_order() {
        // As libevent 2.1.12 runs five timers added in one callback.
        let (mut heap, mut events) = (MinHeap::default(), Events::default());
        let pushed: Vec<Event> = (0..5).map(|_| events.insert(event(7))).collect();
        for &event in &pushed {
            heap.push(&mut events, event, 7);
        }
        let mut order = Vec::new();
        while let Some((top, _)) = heap.top() {
            heap.erase(&mut events, 0);
            order.push(pushed.iter().position(|&event| event == top).unwrap());
        }
        assert_eq!(order, [0, 4, 3, 2, 1]);
    }
}
