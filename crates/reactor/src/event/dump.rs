//! Lists of a base's events.

use std::fmt::{self, Write};

use super::EventState;
use crate::{Event, EventBase};

/// Which events to count (libevent's `EVENT_BASE_COUNT_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Those that are active.
    Active,
    /// How often events of the program's are added: for a fd or signal, for a timeout, as active.
    Added,
}

/// Whether the most that there ever were is forgotten when it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClearMax {
    /// It is counted on.
    No,
    /// It is counted anew.
    Yes,
}

/// # The base: lists of its events
impl EventBase {
    /// How many events there are (`event_base_get_num_events`).
    pub fn event_base_get_num_events(&self, count: Count) -> usize {
        match count {
            Count::Active => self.active.count,
            Count::Added => self.counts.events,
        }
    }

    /// The most that there ever were (`event_base_get_max_events`); with `clear`, counted anew from what there is
    /// now.
    pub fn event_base_get_max_events(&mut self, count: Count, clear: ClearMax) -> usize {
        let (max, now) = match count {
            Count::Active => (&mut self.active.count_max, self.active.count),
            Count::Added => (&mut self.counts.events_max, self.counts.events),
        };
        let most = *max;
        if clear == ClearMax::Yes {
            *max = now;
        }
        most
    }

    /// Calls `visit` with every event that is pending or active, also the library's own, in the order in
    /// which they were made (`event_base_foreach_event`).
    pub fn event_base_foreach_event(&self, mut visit: impl FnMut(Event)) {
        let mut placed: Vec<_> = self
            .events
            .iter()
            .filter(|(_, slot)| {
                slot.is(EventState::INSERTED
                    | EventState::TIMEOUT
                    | EventState::ACTIVE
                    | EventState::ACTIVE_LATER)
            })
            .map(|(event, slot)| (slot.id, event))
            .collect();
        placed.sort_unstable();
        for (_, event) in placed {
            visit(event);
        }
    }

    /// Writes a line for every event that is pending or active (`event_base_dump_events`).
    pub fn event_base_dump_events(&self, out: &mut impl Write) -> fmt::Result {
        let mut result = Ok(());
        self.event_base_foreach_event(|event| {
            if result.is_ok() {
                result = self.dump_event(event, out);
            }
        });
        result
    }

    fn dump_event(&self, event: Event, out: &mut impl Write) -> fmt::Result {
        let slot = &self.events[event];
        write!(out, "{} {} ", slot.id, slot.role.name())?;
        match slot.fd {
            -1 => {}
            fd if slot.events.contains(crate::EvFlags::SIGNAL) => write!(out, "signal {fd} ")?,
            fd => write!(out, "fd {fd} ")?,
        }
        write!(out, "{} {}", slot.events, slot.callback.name())?;
        if slot.is(EventState::TIMEOUT) {
            let left = slot.deadline.saturating_sub(self.clock.now());
            write!(out, " in {}", evscope_trace::Nanos(left))?;
        }
        if slot.is(EventState::ACTIVE | EventState::ACTIVE_LATER) {
            write!(out, " active {}", slot.result)?;
        }
        writeln!(out)
    }
}
