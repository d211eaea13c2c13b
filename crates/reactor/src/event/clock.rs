//! The base's clock: in nanoseconds since the base was made, monotonic, and for tests and teaching one that
//! passes only when it is told to.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::recording::held_ns;

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
    /// A moment, and how long a recorder had held the program by then.
    Since(Instant, u64),
    Virtual(VirtualClock),
}

/// A clock that can stand still while callbacks run, so that all of one turn see the same time (libevent's
/// cached time).
#[derive(Debug)]
pub(crate) struct Clock {
    time: Time,
    cached: Cell<Cached>,
}

/// Where the clock stands.
#[derive(Debug, Clone, Copy)]
enum Cached {
    /// Nowhere.
    Nothing,
    /// It was looked at in this moment, and nobody has asked yet how late that is: mostly nobody will. By then a recorder
    /// had held the program so long.
    Moment(Instant, u64),
    Nanos(u64),
}

impl Clock {
    pub(crate) fn new(virtual_clock: Option<VirtualClock>) -> Self {
        let time =
            virtual_clock.map_or_else(|| Time::Since(Instant::now(), held_ns()), Time::Virtual);
        Self { time, cached: Cell::new(Cached::Nothing) }
    }

    pub(crate) fn now(&self) -> u64 {
        let now = match self.cached.get() {
            Cached::Nanos(now) => return now,
            Cached::Nothing => return self.read(Instant::now, held_ns),
            Cached::Moment(moment, held) => self.read(|| moment, || held),
        };
        self.cached.set(Cached::Nanos(now));
        now
    }

    #[inline]
    pub(crate) fn cache(&mut self) {
        self.cached.set(match &self.time {
            Time::Since(..) => Cached::Moment(Instant::now(), held_ns()),
            Time::Virtual(clock) => Cached::Nanos(clock.nanos()),
        });
    }

    #[inline]
    pub(crate) fn clear_cache(&mut self) {
        self.cached.set(Cached::Nothing);
    }

    pub(crate) fn is_cached(&self) -> bool {
        !matches!(self.cached.get(), Cached::Nothing)
    }

    /// How long ago it was looked at.
    pub(crate) fn cache_age(&self) -> Duration {
        let now = self.read(Instant::now, held_ns);
        Duration::from_nanos(now.saturating_sub(self.now()))
    }

    fn read(&self, moment: impl FnOnce() -> Instant, held: impl FnOnce() -> u64) -> u64 {
        match &self.time {
            // It stands still for a program that is held: timeouts do not run out because somebody is thinking.
            Time::Since(origin, at_first) => {
                nanos(moment().duration_since(*origin)).saturating_sub(held() - at_first)
            }
            Time::Virtual(clock) => clock.nanos(),
        }
    }
}

/// A span in ns; one that does not fit (584 years) is the longest there is.
pub(crate) fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
