//! The heap of timeouts: the earliest on top.
//!
//! Events with the same deadline leave it in an order that depends on the heap's shape, so the shape is
//! kept by the same rules as libevent's: a removed element is replaced by the last one, which then moves
//! up or down.

use slotmap::SlotMap;

use crate::Event;
use crate::event::EventSlot;

/// An event's place while it is not in the heap.
pub(crate) const NOT_IN_HEAP: u32 = u32::MAX;

/// Handles of events, ordered by their deadlines. Each event knows its place.
#[derive(Debug, Default)]
pub(crate) struct MinHeap {
    places: Vec<Event>,
}

type Events = SlotMap<Event, EventSlot>;

impl MinHeap {
    pub(crate) fn top(&self) -> Option<Event> {
        self.places.first().copied()
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
