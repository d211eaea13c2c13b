//! The loop itself.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use evscope_trace::{ActiveWhy, errno_name};
use rustix::io::Errno;

use crate::config::{ConfigFlags, VirtualTime, Wait};
use crate::recording::{trace, trace_exit_with};
use crate::{Error, EvFlags, EventBase, LoopFlags};

/// Why a loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoopEnd {
    /// Nothing was pending or active any more (libevent's result 1).
    Empty,
    /// `event_base_loopexit` asked for it.
    Exit,
    /// `event_base_loopbreak` asked for it.
    Break,
    /// [`LoopFlags::ONCE`]: something has run.
    Once,
    /// [`LoopFlags::NONBLOCK`]: nothing was ready.
    Nonblock,
}

impl LoopEnd {
    fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Exit => "exit",
            Self::Break => "break",
            Self::Once => "once",
            Self::Nonblock => "nonblock",
        }
    }
}

impl EventBase {
    /// Runs the loop until nothing is pending or active, or until it is told to end
    /// (`event_base_dispatch`).
    #[track_caller]
    pub fn event_base_dispatch(&mut self) -> Result<LoopEnd, Error> {
        self.event_base_loop(LoopFlags::empty())
    }

    /// Runs the loop (`event_base_loop`).
    ///
    /// # Errors
    /// [`Error::LoopRunning`] from within a callback of this base; [`Error::Callback`] or
    /// [`Error::Panicked`] if a callback failed; [`Error::Os`] if the backend did.
    #[track_caller]
    pub fn event_base_loop(&mut self, flags: LoopFlags) -> Result<LoopEnd, Error> {
        trace!(self, Enter, self.base_objects(), EventBaseLoop { flags, ended: None });
        if self.running {
            self.trace_loop_end(flags, "error");
            return Err(Error::LoopRunning);
        }
        self.running = true;
        self.clock.clear_cache();
        self.evsig_set_base();
        self.exit_requested = false;
        self.break_requested = self.failure.is_some();
        // A callback's panic never comes here. One of something that a callback had captured and that is
        // dropped with it does; it goes on, but does not leave the base in the middle of a loop.
        let end = catch_unwind(AssertUnwindSafe(|| self.turns(flags)));
        self.clock.clear_cache();
        self.running = false;
        let end = end.unwrap_or_else(|panic| {
            self.running_priority = None;
            self.current_event = None;
            self.repeating = None;
            resume_unwind(panic)
        });
        let result = match self.failure.take() {
            Some(failure) => Err(failure),
            None => end,
        };
        self.trace_loop_end(flags, result.as_ref().map_or("error", |end| end.name()));
        result
    }

    fn trace_loop_end(&mut self, flags: LoopFlags, ended: &'static str) {
        trace_exit_with!(
            self,
            self.base_objects(),
            EventBaseLoop { flags, ended: Some(ended.into()) }
        );
    }

    fn turns(&mut self, flags: LoopFlags) -> Result<LoopEnd, Error> {
        loop {
            self.continue_requested = false;
            self.deferred_this_turn = 0;
            if let Some(end) = self.requested_end() {
                return Ok(end);
            }
            let timeout = if self.active_count == 0 && !flags.contains(LoopFlags::NONBLOCK) {
                self.timeout_next()
            } else {
                Some(Duration::ZERO)
            };
            if !flags.contains(LoopFlags::NO_EXIT_ON_EMPTY)
                && self.event_count == 0
                && self.active_count == 0
            {
                return Ok(LoopEnd::Empty);
            }
            self.make_later_events_active();
            self.run_prepare_watchers(timeout);
            self.clock.clear_cache();
            self.poll(timeout)?;
            self.update_time_cache();
            self.run_check_watchers();
            self.timeout_process();
            if self.active_count > 0 {
                let ran = self.event_process_active();
                if flags.contains(LoopFlags::ONCE) && self.active_count == 0 && ran {
                    return Ok(self.requested_end().unwrap_or(LoopEnd::Once));
                }
            } else if flags.contains(LoopFlags::NONBLOCK) {
                return Ok(self.requested_end().unwrap_or(LoopEnd::Nonblock));
            }
        }
    }

    fn requested_end(&self) -> Option<LoopEnd> {
        if self.exit_requested {
            Some(LoopEnd::Exit)
        } else if self.break_requested {
            Some(LoopEnd::Break)
        } else {
            None
        }
    }

    /// All callbacks of a turn see the same time, unless the base was asked to look every time.
    pub(super) fn update_time_cache(&mut self) {
        if !self.flags.contains(ConfigFlags::NO_CACHE_TIME) {
            self.clock.cache();
        }
    }

    /// How long the loop may wait: until the earliest timeout, or for ever.
    fn timeout_next(&self) -> Option<Duration> {
        let event = self.timeouts.top()?;
        let deadline = self.events[event].deadline;
        Some(Duration::from_nanos(deadline.saturating_sub(self.clock.now())))
    }

    /// Waits, and makes the events of every ready fd active.
    fn poll(&mut self, timeout: Option<Duration>) -> Result<(), Error> {
        trace!(
            self,
            Enter,
            self.base_objects(),
            Poll { timeout: timeout.map(Into::into), ready: None, errno: None }
        );
        self.hand_over_trace();
        let waited = match self.virtual_time.clone() {
            None => self.backend.dispatch(timeout),
            Some(time) => self.wait_virtually(&time, timeout),
        };
        trace_exit_with!(
            self,
            self.base_objects(),
            Poll {
                timeout: timeout.map(Into::into),
                ready: Some(
                    waited
                        .as_ref()
                        .map_or(0, |ready| self.backend.answer(*ready)) as u32
                ),
                errno: waited
                    .as_ref()
                    .err()
                    .map(|error| errno_name(error.raw_os_error())),
            }
        );
        match waited {
            Ok(ready) => {
                for i in 0..ready {
                    let (fd, what) = self.backend.ready(i);
                    if what != EvFlags::empty() {
                        self.evmap_io_active(fd, what, ActiveWhy::Io);
                    }
                }
                self.backend.after_dispatch(ready);
                Ok(())
            }
            // A signal came: its byte is in the signal pipe, and the next turn finds it.
            Err(Errno::INTR) => Ok(()),
            Err(error) => Err(Error::os("waiting for events", error)),
        }
    }

    /// Waits in a time of its own: looks what is ready, and lets somebody say how time goes on when nothing is.
    fn wait_virtually(
        &mut self,
        time: &VirtualTime,
        timeout: Option<Duration>,
    ) -> Result<usize, Errno> {
        let until = timeout.map(|timeout| time.clock.now().saturating_add(timeout));
        for looks in 0.. {
            match (time.pass)(self, until, looks) {
                Wait::Over => break,
                Wait::Look => {}
            }
            let ready = self.backend.dispatch(Some(Duration::ZERO))?;
            if ready > 0 {
                return Ok(ready);
            }
        }
        Ok(0)
    }
}
