//! The base's clock: in nanoseconds since the base was made, monotonic, and for tests and teaching one that
//! passes only when it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::recording::held_ns;
use crate::sys::monotonic_nanos;

/// A time that stands still until somebody lets it pass ([`EventConfig::virtual_time`]), so that timeouts are
/// exact and nobody waits for them. Clones are the same clock.
///
/// [`EventConfig::virtual_time`]: crate::EventConfig::virtual_time
#[derive(Debug, Clone, Default)]
pub struct VirtualClock(Arc<AtomicU64>);

impl VirtualClock {
    /// A clock at 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// How much time has passed.
    pub fn now(&self) -> Duration {
        Duration::from_nanos(self.nanos())
    }

    /// Lets time pass.
    pub fn pass(&self, span: Duration) {
        // One thread writes: the base's.
        self.0
            .store(self.nanos().saturating_add(nanos(span)), Ordering::Relaxed);
    }

    pub(crate) fn nanos(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Where a clock's time comes from.
#[derive(Debug)]
enum Time {
    /// A moment of the system's clock.
    Since(u64),
    Virtual(VirtualClock),
}

/// A clock that can stand still while callbacks run, so that all of one turn see the same time (libevent's
/// cached time).
#[derive(Debug)]
pub(crate) struct Clock {
    time: Time,
    cached: Option<u64>,
}

impl Clock {
    pub(crate) fn new(virtual_clock: Option<VirtualClock>) -> Self {
        let time = virtual_clock.map_or_else(|| Time::Since(not_held()), Time::Virtual);
        Self { time, cached: None }
    }

    #[inline]
    pub(crate) fn now(&self) -> u64 {
        self.cached.unwrap_or_else(|| self.read())
    }

    #[inline]
    pub(crate) fn cache(&mut self) {
        self.cached = Some(self.read());
    }

    #[inline]
    pub(crate) fn clear_cache(&mut self) {
        self.cached = None;
    }

    pub(crate) fn is_cached(&self) -> bool {
        self.cached.is_some()
    }

    /// How long ago it was looked at.
    pub(crate) fn cache_age(&self) -> Duration {
        Duration::from_nanos(self.read().saturating_sub(self.now()))
    }

    fn read(&self) -> u64 {
        match &self.time {
            Time::Since(origin) => not_held().saturating_sub(*origin),
            Time::Virtual(clock) => clock.nanos(),
        }
    }
}

/// The system's clock. It stands still for a program that is held: timeouts do not run out because somebody is thinking.
#[inline]
fn not_held() -> u64 {
    monotonic_nanos().saturating_sub(held_ns())
}

/// A span in ns; one that does not fit (584 years) is the longest there is.
pub(crate) fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
