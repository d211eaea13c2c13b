//! What can be asked of a base: which event runs, and what time it is.

use std::time::{Duration, SystemTime};

use evscope_trace::ActiveWhy;

use crate::config::Features;
use crate::{Error, EvFlags, Event, EventBase, Method};

/// # The base: what can be asked of it
impl EventBase {
    /// The event whose callback runs now (`event_base_get_running_event`).
    pub fn event_base_get_running_event(&self) -> Option<Event> {
        self.turn.current_event
    }

    /// Whether a handle names an event still (`event_initialized`).
    pub fn event_initialized(&self, event: Event) -> bool {
        self.event(event).is_ok()
    }

    /// What its backend can do (`event_base_get_features`).
    pub fn event_base_get_features(&self) -> Features {
        let name = self.backend.name();
        Method::ALL
            .into_iter()
            .find(|method| method.name() == name)
            .map_or(Features::empty(), Method::features)
    }

    /// The time as all callbacks of this turn see it (`event_base_gettimeofday_cached`); outside of the loop,
    /// the time.
    pub fn event_base_gettimeofday_cached(&self) -> SystemTime {
        SystemTime::now() - self.clock.cache_age()
    }

    /// The same as a span since the base was made, on a clock that nobody sets.
    pub fn event_base_monotonic_cached(&self) -> Duration {
        Duration::from_nanos(self.clock.now())
    }

    /// Looks at the clock again (`event_base_update_cache_time`), in a callback that took long: timeouts that
    /// are added then count from now. Outside of the loop the time is never old.
    pub fn event_base_update_cache_time(&mut self) {
        if self.turn.running && self.clock.is_cached() {
            self.update_time_cache();
        }
    }

    /// Makes every event of a fd active by hand (`event_base_active_by_fd`) that waits for what is in `events`;
    /// with TIMEOUT, every event of it that has a timeout instead.
    #[track_caller]
    pub fn event_base_active_by_fd(&mut self, fd: std::os::fd::RawFd, events: EvFlags) {
        if !events.contains(EvFlags::TIMEOUT) {
            let events = events & (EvFlags::READ | EvFlags::WRITE | EvFlags::CLOSED);
            self.evmap_io_active(fd, events, ActiveWhy::Manual);
            return;
        }
        let timed = self.timeouts.iter().chain(self.in_common_queues());
        let of_fd: Vec<Event> = timed.filter(|&event| self.events[event].fd == fd).collect();
        for event in of_fd {
            self.event_active_nolock(event, EvFlags::TIMEOUT, 1, ActiveWhy::Manual);
        }
    }

    /// Makes every event of a signal active by hand (`event_base_active_by_signal`), as if it had come once.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is no such signal.
    #[track_caller]
    pub fn event_base_active_by_signal(&mut self, signum: i32) -> Result<(), Error> {
        if !(1..crate::signal::MAX_SIGNAL).contains(&signum) {
            return Err(Error::invalid("event_base_active_by_signal", "no such signal"));
        }
        self.evmap_signal_active(signum as usize, 1, ActiveWhy::Manual);
        Ok(())
    }
}
