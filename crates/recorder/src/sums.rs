//! What a trace has, in a few numbers, so that one of several can be chosen.

use evscope_trace::{Event, Phase, Role};

use crate::translate::Said;

/// Counted over the steps of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Steps.
    pub steps: u64,
    /// Bufferevents that were made.
    pub bufferevents: u64,
    /// Bytes that buffers read from and wrote to file descriptors.
    pub bytes: u64,
    /// Listeners that were made.
    pub listeners: u64,
    /// The file descriptors below 63 that the program watched with events of its own, a bit for each; the highest is for all others.
    pub watched: u64,
}

impl Sums {
    /// Counts a step more.
    pub(crate) fn add(&mut self, record: &Said) {
        self.steps += 1;
        if let (Event::EventAdd { .. }, Some(Role::User), Some(fd)) =
            (&record.event, record.objects.role, record.objects.fd)
        {
            self.watched |= 1 << u32::try_from(fd).map_or(63, |fd| fd.min(63));
        }
        // What came of a call stands where it ends.
        if record.phase == Phase::Enter {
            return;
        }
        match &record.event {
            Event::BuffereventSocketNew { .. }
            | Event::BuffereventPairNew { .. }
            | Event::BuffereventFilterNew { .. } => self.bufferevents += 1,
            Event::EvconnlistenerNew { .. } => self.listeners += 1,
            Event::EvbufferRead { result, .. } | Event::EvbufferWrite { result, .. } => {
                self.bytes += u64::try_from(*result).unwrap_or(0);
            }
            _ => {}
        }
    }

    /// Whether it looks as what a client of a server does: nothing is listened to, no bufferevent made, and one
    /// connection watched.
    pub fn looks_like_a_client(&self) -> bool {
        self.listeners == 0 && self.bufferevents == 0 && self.watched.count_ones() == 1
    }

    /// Those that came after `before`.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            steps: self.steps - before.steps,
            bufferevents: self.bufferevents - before.bufferevents,
            bytes: self.bytes - before.bytes,
            listeners: self.listeners - before.listeners,
            watched: self.watched & !before.watched,
        }
    }
}
