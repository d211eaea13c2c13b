//! The base's clock: monotonic, in nanoseconds since the base was made.

use std::time::{Duration, Instant};

/// A clock that can stand still while callbacks run, so that all of one turn see the same time (libevent's
/// cached time).
#[derive(Debug)]
pub(crate) struct Clock {
    origin: Instant,
    cached: Option<u64>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { origin: Instant::now(), cached: None }
    }

    pub(crate) fn now(&self) -> u64 {
        self.cached.unwrap_or_else(|| self.read())
    }

    pub(crate) fn cache(&mut self) {
        self.cached = Some(self.read());
    }

    pub(crate) fn clear_cache(&mut self) {
        self.cached = None;
    }

    fn read(&self) -> u64 {
        nanos(self.origin.elapsed())
    }
}

/// A span in ns; one that does not fit (584 years) is the longest there is.
pub(crate) fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
