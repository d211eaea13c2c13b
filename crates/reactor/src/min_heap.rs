//! The heap of timeouts: the earliest on top.
//!
//! Events with the same deadline leave it in an order that depends on the heap's shape, so the shape is
//! kept by the same rules as libevent's: a removed element is replaced by the last one, which then moves
//! up or down.

use crate::Event;
use crate::table::Handle;

/// An event that waits, and when it is due: to compare two, the events themselves are not looked at.
#[derive(Debug, Clone, Copy)]
struct Entry {
    deadline: u64,
    event: Event,
}

/// Events, ordered by their deadlines.
#[derive(Debug, Default)]
pub(crate) struct MinHeap {
    entries: Vec<Entry>,
    /// Where each event is in there, by its place in the base's table; of others, where they last were. So an entry
    /// that moves touches four bytes, not the event.
    places: Vec<u32>,
}

impl MinHeap {
    /// The event that is due first, and when.
    pub(crate) fn top(&self) -> Option<(Event, u64)> {
        self.entries.first().map(|top| (top.event, top.deadline))
    }

    /// All, in the order of the heap's places.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Event> {
        self.entries.iter().map(|entry| entry.event)
    }

    /// Puts in an event that is not in it.
    #[inline(always)]
    pub(crate) fn push(&mut self, event: Event, deadline: u64) {
        let index = event.raw().place();
        if index >= self.places.len() {
            self.know_places(index + 1);
        }
        let entry = Entry { deadline, event };
        self.entries.push(entry);
        self.shift_up(self.entries.len() - 1, entry);
    }

    #[cold]
    fn know_places(&mut self, count: usize) {
        // As many as there will be soon.
        self.places.resize(count.next_power_of_two(), 0);
    }

    /// Takes out an event that is in it.
    #[inline]
    pub(crate) fn erase(&mut self, event: Event) {
        let place = self.places[event.raw().place()] as usize;
        let Some(last) = self.entries.pop() else {
            return;
        };
        if place == self.entries.len() {
            return;
        }
        if place > 0 && self.entries[(place - 1) / 2].deadline > last.deadline {
            self.shift_up(place, last);
        } else {
            self.shift_down(place, last);
        }
    }

    #[inline(always)]
    fn shift_up(&mut self, mut hole: usize, entry: Entry) {
        while hole > 0 {
            let above = (hole - 1) / 2;
            let parent = self.entries[above];
            if parent.deadline <= entry.deadline {
                break;
            }
            self.put(hole, parent);
            hole = above;
        }
        self.put(hole, entry);
    }

    fn shift_down(&mut self, mut hole: usize, entry: Entry) {
        let mut left = 2 * hole + 1;
        while left < self.entries.len() {
            let mut below = left;
            if let Some(right) = self.entries.get(left + 1) {
                below += usize::from(right.deadline <= self.entries[left].deadline);
            }
            let child = self.entries[below];
            if entry.deadline <= child.deadline {
                break;
            }
            self.put(hole, child);
            hole = below;
            left = 2 * hole + 1;
        }
        self.put(hole, entry);
    }

    #[inline]
    fn put(&mut self, place: usize, entry: Entry) {
        self.entries[place] = entry;
        self.places[entry.event.raw().place()] = place as u32;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::table::Table;

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

    /// The place of every event is known, and none is earlier than the one above it.
    fn assert_is_heap(heap: &MinHeap) {
        for (place, entry) in heap.entries.iter().enumerate() {
            assert_eq!(heap.places[entry.event.raw().place()] as usize, place);
            if place > 0 {
                assert!(heap.entries[(place - 1) / 2].deadline <= entry.deadline);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 3 } else { 256 }, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_top_is_always_the_earliest(ops in prop::collection::vec(op(), 1..120)) {
            let (mut heap, mut events) = (MinHeap::default(), Table::<Event, u64>::default());
            let mut model: Vec<Event> = Vec::new();
            for op in ops {
                match op {
                    Op::Push(deadline) => {
                        let event = events.insert(deadline);
                        heap.push(event, deadline);
                        model.push(event);
                    }
                    Op::Erase(_) | Op::Pop if model.is_empty() => {
                        prop_assert_eq!(heap.top(), None);
                        continue;
                    }
                    Op::Erase(n) => {
                        let event = model.swap_remove(n % model.len());
                        heap.erase(event);
                        events.remove(event);
                    }
                    Op::Pop => {
                        let (top, _) = heap.top().unwrap();
                        heap.erase(top);
                        model.retain(|&event| event != top);
                        events.remove(top);
                    }
                }
                assert_is_heap(&heap);
                let mut there: Vec<Event> = heap.iter().collect();
                there.sort_unstable();
                model.sort_unstable();
                prop_assert_eq!(&there, &model);
                let earliest = model.iter().map(|&event| events[event]).min();
                prop_assert_eq!(heap.top().map(|(_, deadline)| deadline), earliest);
            }
        }
    }

    #[test]
    fn equal_deadlines_leave_in_libevents_order() {
        // As libevent 2.1.12 runs five timers added in one callback.
        let (mut heap, mut events) = (MinHeap::default(), Table::<Event, u64>::default());
        let pushed: Vec<Event> = (0..5).map(|_| events.insert(7)).collect();
        for &event in &pushed {
            heap.push(event, 7);
        }
        let mut order = Vec::new();
        while let Some((top, _)) = heap.top() {
            heap.erase(top);
            order.push(pushed.iter().position(|&event| event == top).unwrap());
        }
        assert_eq!(order, [0, 4, 3, 2, 1]);
    }
}
