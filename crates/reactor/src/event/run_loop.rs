//! The loop itself.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use evscope_trace::{ActiveWhy, Text, errno_name};
use rustix::io::Errno;

use super::Asked;
use crate::config::{ConfigFlags, Wait};
use crate::recording::call;
use crate::{Error, EventBase, LoopFlags};

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

/// # The loop: run
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
    #[call(self => EventBaseLoop { flags, ended: None }, exit EventBaseLoop { flags, ended: Some(ended(&result)) })]
    pub fn event_base_loop(&mut self, flags: LoopFlags) -> Result<LoopEnd, Error> {
        // A loop within a loop of the same base would run the callbacks of both.
        if self.turn.running {
            return Err(Error::LoopRunning);
        }
        self.begin_loop();
        self.until_end(|base| {
            loop {
                base.begin_turn();
                // Told to end, by a callback or before.
                if let Some(end) = base.requested_end() {
                    return end;
                }
                // How long to wait: not at all, until the earliest timeout, or for ever.
                let timeout = if base.active.count > 0 || flags.contains(LoopFlags::NONBLOCK) {
                    Some(Duration::ZERO)
                } else {
                    base.timeout_next()
                };
                // Nothing is waited for, and nothing is active.
                let stays = flags.contains(LoopFlags::NO_EXIT_ON_EMPTY);
                if !stays && base.counts.events == 0 && base.active.count == 0 {
                    return LoopEnd::Empty;
                }
                // What was put off to this turn.
                base.event_queue_make_later_events_active();
                base.run_prepare_watchers(timeout);
                base.clear_time_cache();
                // Wait, and make active whatever the kernel has found.
                if let Err(error) = base.dispatch(timeout) {
                    return base.failed(error);
                }
                base.update_time_cache();
                base.run_check_watchers();
                // Make active whatever is due.
                base.timeout_process();
                // Run the callbacks of what is active.
                if base.active.count > 0 {
                    let ran = base.event_process_active();
                    if flags.contains(LoopFlags::ONCE) && base.active.count == 0 && ran {
                        return base.requested_end().unwrap_or(LoopEnd::Once);
                    }
                } else if flags.contains(LoopFlags::NONBLOCK) {
                    return base.requested_end().unwrap_or(LoopEnd::Nonblock);
                }
            }
        })
    }

    #[inline(always)]
    fn begin_turn(&mut self) {
        self.turn.asked -= Asked::CONTINUE;
        self.turn.deferred = 0;
    }

    #[inline]
    #[track_caller]
    fn begin_loop(&mut self) {
        self.turn.running = true;
        self.clear_time_cache();
        self.evsig_set_base();
        self.turn.asked -= Asked::EXIT;
        self.tell_of_drops();
        self.turn.asked.set(Asked::BREAK, self.failure.is_some());
    }

    /// Runs the turns of a loop, and leaves it, whatever ends them.
    fn until_end(&mut self, turns: impl FnOnce(&mut Self) -> LoopEnd) -> Result<LoopEnd, Error> {
        let calls = self.open_calls();
        // A callback's panic never comes here, nor one of what it captured.
        let end = catch_unwind(AssertUnwindSafe(|| turns(self)));
        if let Err(panic) = &end
            && let Some(callback) = Self::replaced_by(&**panic)
        {
            // This is another base, which has nothing to do with it.
            return Err(Error::BaseReplaced { callback });
        }
        self.tell_of_drops();
        self.clear_time_cache();
        self.turn.running = false;
        let end = end.unwrap_or_else(|panic| {
            self.turn.priority = None;
            self.turn.current_event = None;
            self.turn.repeat.event = None;
            self.leave_calls(calls);
            resume_unwind(panic)
        });
        match self.failure.take() {
            Some(failure) => Err(failure),
            None => Ok(end),
        }
    }

    /// It cannot wait. What failed before is told instead.
    #[cold]
    fn failed(&mut self, error: Error) -> LoopEnd {
        self.failure.get_or_insert(error);
        LoopEnd::Break
    }

    #[inline]
    fn requested_end(&self) -> Option<LoopEnd> {
        if !self.turn.asked.intersects(Asked::EXIT | Asked::BREAK) {
            None
        } else if self.turn.asked.contains(Asked::EXIT) {
            Some(LoopEnd::Exit)
        } else {
            Some(LoopEnd::Break)
        }
    }

    pub(super) fn clear_time_cache(&mut self) {
        self.clock.clear_cache();
    }

    /// All callbacks of a turn see the same time, unless the base was asked to look every time.
    pub(super) fn update_time_cache(&mut self) {
        if !self.flags.contains(ConfigFlags::NO_CACHE_TIME) {
            self.clock.cache();
        }
    }

    /// How long the loop may wait: until the earliest timeout, or for ever.
    fn timeout_next(&self) -> Option<Duration> {
        let (_, deadline) = self.timeouts.top()?;
        Some(Duration::from_nanos(deadline.saturating_sub(self.clock.now())))
    }

    /// Waits, and makes the events of every ready fd active (the backend's `dispatch`).
    #[inline(never)]
    #[track_caller]
    fn dispatch(&mut self, timeout: Option<Duration>) -> Result<(), Error> {
        match self.poll(timeout) {
            Ok(_) => {
                let mut ready = std::mem::take(&mut self.ready);
                for &(fd, what) in &ready {
                    self.evmap_io_active(fd, what, ActiveWhy::Io);
                }
                ready.clear();
                self.ready = ready;
                Ok(())
            }
            // A signal came: its byte is in the signal pipe, and the next turn finds it.
            Err(Errno::INTR) => Ok(()),
            Err(error) => Err(Error::os("waiting for events", error)),
        }
    }

    /// The system call.
    #[call(
        self => Poll { timeout: timeout.map(Into::into), ready: None, errno: None },
        exit Poll {
            timeout: timeout.map(Into::into),
            ready: Some(result.unwrap_or(0) as u32),
            errno: result.err().map(|error| errno_name(error.raw_os_error())),
        }
    )]
    #[inline(always)]
    fn poll(&mut self, timeout: Option<Duration>) -> Result<usize, Errno> {
        self.hand_over_trace();
        if self.virtual_time.is_some() {
            return self.wait_virtually(timeout);
        }
        self.backend.dispatch(timeout, &mut self.ready)
    }

    /// Waits in a time of its own: looks what is ready, and lets somebody say how time goes on when nothing is.
    #[cold]
    fn wait_virtually(&mut self, timeout: Option<Duration>) -> Result<usize, Errno> {
        let Some(time) = self.virtual_time.clone() else {
            return Ok(0);
        };
        let until = timeout.map(|timeout| time.clock.now().saturating_add(timeout));
        for looks in 0.. {
            match (time.pass)(self, until, looks) {
                Wait::Over => break,
                Wait::Look => {}
            }
            let answer = self
                .backend
                .dispatch(Some(Duration::ZERO), &mut self.ready)?;
            if answer > 0 {
                return Ok(answer);
            }
        }
        Ok(0)
    }
}

/// How a loop ended, in a word.
fn ended(result: &Result<LoopEnd, Error>) -> Text {
    result.as_ref().map_or("error", |end| end.name()).into()
}
