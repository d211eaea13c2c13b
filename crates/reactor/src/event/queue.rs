//! The queues of active events: linked through the events themselves, so that any event leaves its queue
//! in constant time.

use crate::Event;
use crate::event::Events;

/// Events in the order in which they became active.
#[derive(Debug, Default)]
pub(crate) struct EventQueue {
    first: Option<Event>,
    last: Option<Event>,
}

impl EventQueue {
    pub(crate) fn first(&self) -> Option<Event> {
        self.first
    }

    pub(crate) fn push(&mut self, events: &mut Events, event: Event) {
        events[event].previous = self.last;
        events[event].next = None;
        match self.last {
            Some(last) => events[last].next = Some(event),
            None => self.first = Some(event),
        }
        self.last = Some(event);
    }

    /// Takes out an event that is in this queue.
    pub(crate) fn remove(&mut self, events: &mut Events, event: Event) {
        let (previous, next) = (events[event].previous.take(), events[event].next.take());
        match previous {
            Some(previous) => events[previous].next = next,
            None => self.first = next,
        }
        match next {
            Some(next) => events[next].previous = previous,
            None => self.last = previous,
        }
    }
}
