//! The heap of timeouts: the earliest on top.
//!
//! Events with the same deadline leave it in an order that depends on the heap's shape, so the shape is
//! kept by the same rules as libevent's: a removed element is replaced by the last one, which then moves
//! up or down.

use crate::Event;
use crate::event::Events;

/// An event's place while it is not in the heap.
pub(crate) const NOT_IN_HEAP: u32 = u32::MAX;

/// Handles of events, ordered by their deadlines. Each event knows its place.
#[derive(Debug, Default)]
pub(crate) struct MinHeap {
    places: Vec<Event>,
}

impl MinHeap {
    pub(crate) fn top(&self) -> Option<Event> {
        self.places.first().copied()
    }

    /// All, in the order of the heap's places.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Event> {
        self.places.iter().copied()
    }

    pub(crate) fn push(&mut self, events: &mut Events, event: Event) {
        self.places.push(event);
        self.shift_up(events, self.places.len() - 1, event);
    }

    pub(crate) fn erase(&mut self, events: &mut Events, event: Event) {
        let place = events[event].heap_place;
        if place == NOT_IN_HEAP {
            return;
        }
        events[event].heap_place = NOT_IN_HEAP;
        let Some(last) = self.places.pop() else {
            return;
        };
        let place = place as usize;
        if place == self.places.len() {
            return;
        }
        if place > 0 && is_later(events, self.places[(place - 1) / 2], last) {
            self.shift_up(events, place, last);
        } else {
            self.shift_down(events, place, last);
        }
    }

    fn shift_up(&mut self, events: &mut Events, mut hole: usize, event: Event) {
        while hole > 0 {
            let parent = (hole - 1) / 2;
            if !is_later(events, self.places[parent], event) {
                break;
            }
            self.put(events, hole, self.places[parent]);
            hole = parent;
        }
        self.put(events, hole, event);
    }

    fn shift_down(&mut self, events: &mut Events, mut hole: usize, event: Event) {
        loop {
            let left = 2 * hole + 1;
            if left >= self.places.len() {
                break;
            }
            let right = left + 1;
            let take_left = right == self.places.len()
                || is_later(events, self.places[right], self.places[left]);
            let child = if take_left { left } else { right };
            if !is_later(events, event, self.places[child]) {
                break;
            }
            self.put(events, hole, self.places[child]);
            hole = child;
        }
        self.put(events, hole, event);
    }

    fn put(&mut self, events: &mut Events, place: usize, event: Event) {
        self.places[place] = event;
        events[event].heap_place = place as u32;
    }
}

fn is_later(events: &Events, a: Event, b: Event) -> bool {
    events[a].deadline > events[b].deadline
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
        for (place, &event) in heap.places.iter().enumerate() {
            assert_eq!(events[event].heap_place as usize, place);
            if place > 0 {
                let parent = heap.places[(place - 1) / 2];
                assert!(events[parent].deadline <= events[event].deadline);
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
                        heap.push(&mut events, event);
                        model.push(event);
                    }
                    Op::Erase(_) | Op::Pop if model.is_empty() => {
                        prop_assert_eq!(heap.top(), None);
                        continue;
                    }
                    Op::Erase(n) => {
                        let event = model.swap_remove(n % model.len());
                        heap.erase(&mut events, event);
                        prop_assert_eq!(events[event].heap_place, NOT_IN_HEAP);
                        // Once more does nothing.
                        heap.erase(&mut events, event);
                    }
                    Op::Pop => {
                        let top = heap.top().unwrap();
                        heap.erase(&mut events, top);
                        model.retain(|&event| event != top);
                    }
                }
                assert_is_heap(&heap, &events);
                prop_assert_eq!(heap.places.len(), model.len());
                let earliest = model.iter().map(|&event| events[event].deadline).min();
                prop_assert_eq!(heap.top().map(|event| events[event].deadline), earliest);
            }
        }
    }

    #[test]
    fn equal_deadlines_leave_in_libevents_order() {
        // As libevent 2.1.12 runs five timers added in one callback.
        let (mut heap, mut events) = (MinHeap::default(), Events::default());
        let pushed: Vec<Event> = (0..5).map(|_| events.insert(event(7))).collect();
        for &event in &pushed {
            heap.push(&mut events, event);
        }
        let mut order = Vec::new();
        while let Some(top) = heap.top() {
            heap.erase(&mut events, top);
            order.push(pushed.iter().position(|&event| event == top).unwrap());
        }
        assert_eq!(order, [0, 4, 3, 2, 1]);
    }
}
