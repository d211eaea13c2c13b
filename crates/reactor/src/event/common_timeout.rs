//! Common timeouts: a queue for each length of time that many events wait for. Events that wait equally long
//! come due in the order in which they were added, so the queue needs no sorting; one internal event in the
//! heap waits for the first of each.

use std::collections::VecDeque;
use std::time::Duration;

use evscope_trace::{ActiveWhy, Role};

use super::pending::Timeout;
use super::{EventCallback, Events, NewEvent, Owner, nanos};
use crate::{Error, EvFlags, Event, EventBase};

/// The most that a base can have (libevent's `MAX_COMMON_TIMEOUTS`).
const MAX_COMMON_TIMEOUTS: usize = 256;

/// What an event has whose timeout is not a common one.
pub(crate) const NOT_COMMON: u16 = u16::MAX;

/// A length of time that many events wait for, for [`EventBase::event_add_common`] of the base that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CommonTimeout {
    /// Which of the base's queues.
    index: u16,
    /// The queue's own event, which no other base has.
    event: Event,
}

/// The events that wait for one length of time.
#[derive(Debug)]
pub(crate) struct CommonQueue {
    duration: u64,
    /// The one in the heap, which is due when the first of these is.
    event: Event,
    /// The earliest first. An event knows its place, counted from the first there ever was, so one that
    /// leaves from within leaves a gap.
    places: VecDeque<Option<Event>>,
    /// The number of the first place.
    begin: u32,
    gaps: usize,
}

impl CommonQueue {
    fn first(&self) -> Option<Event> {
        // There is never a gap in front.
        self.places.front().copied().flatten()
    }

    /// Puts an event in its order: nearly always at the end, but one that is scheduled again from the time it
    /// was due may come before those that were added meanwhile.
    fn insert(&mut self, events: &mut Events, event: Event) {
        let deadline = events[event].deadline;
        let later = |place: &&Option<Event>| place.is_none_or(|it| events[it].deadline > deadline);
        let mut at = self.places.len() - self.places.iter().rev().take_while(later).count();
        if at == 0 {
            // Nothing in front is a gap, so all are later.
            self.begin = self.begin.wrapping_sub(1);
            self.places.push_front(Some(event));
            events[event].common_place = self.begin;
            return;
        }
        self.places.insert(at, Some(event));
        while let Some(&place) = self.places.get(at) {
            if let Some(moved) = place {
                events[moved].common_place = self.begin.wrapping_add(at as u32);
            }
            at += 1;
        }
    }

    fn remove(&mut self, events: &mut Events, event: Event) {
        let place = events[event].common_place.wrapping_sub(self.begin) as usize;
        self.places[place] = None;
        self.gaps += 1;
        while let Some(None) = self.places.front() {
            self.places.pop_front();
            self.begin = self.begin.wrapping_add(1);
            self.gaps -= 1;
        }
        if self.gaps > self.places.len() / 2 {
            self.close_gaps(events);
        }
    }

    fn close_gaps(&mut self, events: &mut Events) {
        self.places.retain(Option::is_some);
        self.gaps = 0;
        for (at, &event) in self.places.iter().flatten().enumerate() {
            events[event].common_place = self.begin.wrapping_add(at as u32);
        }
    }
}

/// # Events: common timeouts
impl EventBase {
    /// Says that many events will wait for `duration` (`event_base_init_common_timeout`). To add or delete
    /// one with it ([`event_add_common`](Self::event_add_common)) takes the same time however many there are.
    #[track_caller]
    pub fn event_base_init_common_timeout(
        &mut self,
        duration: Duration,
    ) -> Result<CommonTimeout, Error> {
        let duration = nanos(duration);
        let known = self.common_timeouts.iter();
        if let Some(index) = known.clone().position(|queue| queue.duration == duration) {
            let event = self.common_timeouts[index].event;
            return Ok(CommonTimeout { index: index as u16, event });
        }
        if known.len() == MAX_COMMON_TIMEOUTS {
            let reason = "there are 256 others already; use event_add";
            return Err(Error::invalid("event_base_init_common_timeout", reason));
        }
        let index = known.len() as u16;
        let new = NewEvent {
            role: Role::Internal,
            owner: Owner::Program,
            fd: -1,
            events: EvFlags::empty(),
            callback: EventCallback::CommonTimeout(index),
        };
        let event = self.event_assign(self.ids.event(), new);
        self.event_priority_set(event, 0)?;
        self.common_timeouts.push(CommonQueue {
            duration,
            event,
            places: VecDeque::new(),
            begin: 0,
            gaps: 0,
        });
        Ok(CommonTimeout { index, event })
    }

    /// The same as [`event_add`](Self::event_add) with a timeout that many events have.
    ///
    /// # Errors
    /// [`Error::Invalid`] also if another base gave the timeout.
    #[track_caller]
    pub fn event_add_common(&mut self, event: Event, timeout: CommonTimeout) -> Result<(), Error> {
        self.event(event)?;
        let timeout = self.common_timeout(timeout, "event_add_common")?;
        self.event_add_nolock(event, Some(timeout))
    }

    /// What a common timeout of this base is to an event.
    pub(crate) fn common_timeout(
        &self,
        timeout: CommonTimeout,
        call: &'static str,
    ) -> Result<Timeout, Error> {
        let queue = self.common_timeouts.get(usize::from(timeout.index));
        match queue.filter(|queue| queue.event == timeout.event) {
            Some(queue) => Ok(Timeout::Common(timeout.index, queue.duration)),
            None => {
                let reason = "the timeout is another base's; see event_base_init_common_timeout";
                Err(Error::invalid(call, reason))
            }
        }
    }

    /// Puts an event, whose deadline is set, among those that wait equally long.
    pub(super) fn enter_common(&mut self, event: Event) {
        let index = usize::from(self.events[event].common);
        let queue = &mut self.common_timeouts[index];
        queue.insert(&mut self.events, event);
    }

    /// The first of a queue is another: the event in the heap waits for it.
    pub(super) fn schedule_common(&mut self, event: Event) {
        let queue = &self.common_timeouts[usize::from(self.events[event].common)];
        if queue.first() == Some(event) {
            let at = Timeout::At(self.events[event].deadline);
            // A timer has no fd, so to add it cannot fail.
            let _ = self.event_add_nolock(queue.event, Some(at));
        }
    }

    pub(super) fn leave_common(&mut self, event: Event) {
        let index = usize::from(self.events[event].common);
        let queue = &mut self.common_timeouts[index];
        queue.remove(&mut self.events, event);
    }

    /// Run by the loop when the first of a queue is due (`common_timeout_callback`).
    #[track_caller]
    pub(super) fn common_timeout_callback(&mut self, index: u16) {
        let now = self.clock.now();
        while let Some(event) = self.common_timeouts[usize::from(index)].first() {
            if self.events[event].deadline > now {
                self.schedule_common(event);
                break;
            }
            self.event_del_nolock(event);
            self.event_active_nolock(event, EvFlags::TIMEOUT, 1, ActiveWhy::Timeout);
        }
    }

    /// For the end of the base.
    #[track_caller]
    pub(super) fn delete_common_timeouts(&mut self) {
        for index in 0..self.common_timeouts.len() {
            self.event_del_nolock(self.common_timeouts[index].event);
            while let Some(event) = self.common_timeouts[index].first() {
                self.event_del_nolock(event);
            }
        }
    }

    /// Every event that waits for a common timeout.
    pub(super) fn in_common_queues(&self) -> impl Iterator<Item = Event> {
        let queues = self.common_timeouts.iter();
        queues.flat_map(|queue| queue.places.iter().flatten().copied())
    }
}
