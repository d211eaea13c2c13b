//! The queues of active events.

use super::{EventSlot, EventState, Events};
use crate::Event;

use super::row::{Left, Row};

/// Events that wait for their callbacks to run, in the order in which they became active.
#[derive(Debug)]
pub(crate) struct ActiveQueues {
    /// One a priority; 0 is the most urgent.
    queues: Vec<Row>,
    /// For those of the next turn.
    later: Row,
    /// How many are in all of them.
    pub(crate) count: usize,
    /// The most that there ever were.
    pub(crate) count_max: usize,
}

impl ActiveQueues {
    /// With one priority.
    pub(crate) fn new() -> Self {
        Self {
            queues: vec![Row::default()],
            later: Row::default(),
            count: 0,
            count_max: 0,
        }
    }

    /// While nothing is active.
    pub(crate) fn set_priorities(&mut self, priorities: usize) {
        self.queues.resize_with(priorities, Row::default);
    }

    pub(crate) fn priorities(&self) -> usize {
        self.queues.len()
    }

    /// The first of a priority.
    #[inline]
    pub(crate) fn first(&self, priority: usize) -> Option<Event> {
        self.queues[priority].first()
    }

    /// The first of those of the next turn.
    pub(crate) fn first_later(&self) -> Option<Event> {
        self.later.first()
    }

    /// The first of all.
    pub(crate) fn first_of_all(&self) -> Option<Event> {
        let all = self.queues.iter().chain([&self.later]);
        all.filter_map(Row::first).next()
    }

    /// Takes the first of a priority out of its queue (`event_queue_remove_active`).
    #[inline]
    pub(crate) fn take_first(&mut self, events: &mut Events, priority: usize) -> Option<Event> {
        let first = self.queues[priority].take_first(events, |slot| &mut slot.queue_place)?;
        self.count -= 1;
        Some(first)
    }

    /// Puts an event at the end of the queue of its priority (`event_queue_insert_active`).
    #[inline]
    pub(crate) fn insert(&mut self, event: Event, slot: &mut EventSlot) {
        slot.queue_place = self.queues[usize::from(slot.priority)].push(event);
        self.count += 1;
        if self.count > self.count_max {
            self.count_max = self.count;
        }
    }

    /// Puts an event among those of the next turn (`event_queue_insert_active_later`).
    pub(crate) fn insert_later(&mut self, event: Event, slot: &mut EventSlot) {
        slot.queue_place = self.later.push(event);
        self.count += 1;
    }

    /// Takes an event out of the queue that it is in: that for `state`. Where there are gaps then, `close_gaps` is to
    /// be called.
    #[inline]
    pub(crate) fn remove(&mut self, slot: &EventSlot, state: EventState) -> Left {
        self.count -= 1;
        self.queue(slot.priority, state).remove(slot.queue_place)
    }

    #[cold]
    pub(crate) fn close_gaps(&mut self, events: &mut Events, priority: u8, state: EventState) {
        let queue = self.queue(priority, state);
        queue.close_gaps(events, |slot| &mut slot.queue_place);
    }

    #[inline]
    fn queue(&mut self, priority: u8, state: EventState) -> &mut Row {
        if state == EventState::ACTIVE {
            &mut self.queues[usize::from(priority)]
        } else {
            &mut self.later
        }
    }
}
