//! What a trace has, in a few numbers, so that one of several can be chosen.

use evscope_trace::{Event, Phase, Record};

/// Counted over the steps of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Steps.
    pub steps: u64,
    /// Bufferevents that were made.
    pub bufferevents: u64,
    /// Bytes that buffers read from and wrote to file descriptors.
    pub bytes: u64,
}

impl Sums {
    /// Counts a step more.
    pub(crate) fn add(&mut self, record: &Record) {
        self.steps += 1;
        // What came of a call stands where it ends.
        if record.phase == Phase::Enter {
            return;
        }
        match &record.event {
            Event::BuffereventSocketNew { .. }
            | Event::BuffereventPairNew { .. }
            | Event::BuffereventFilterNew { .. } => self.bufferevents += 1,
            Event::EvbufferRead { result, .. } | Event::EvbufferWrite { result, .. } => {
                self.bytes += u64::try_from(*result).unwrap_or(0);
            }
            _ => {}
        }
    }

    /// Those that came after `before`.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            steps: self.steps - before.steps,
            bufferevents: self.bufferevents - before.bufferevents,
            bytes: self.bytes - before.bytes,
        }
    }
}
