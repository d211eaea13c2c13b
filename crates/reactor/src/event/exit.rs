//! Ending the loop, and events that are used once.

use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::Duration;

use evscope_trace::{ActiveWhy, Role};

use super::assign::wrap;
use super::pending::Timeout;
use super::{Asked, EventCallback, NewEvent, Owner, nanos};
use crate::recording::{call, point};
use crate::{Error, EvFlags, Event, EventBase, Outcome};

/// # The loop: ended, and events used once
impl EventBase {
    /// Ends the loop (`event_base_loopexit`) after the turn in which `timeout` is due; `None` is this one.
    /// The callbacks that are active by then still run.
    #[call(self => EventBaseLoopexit { timeout: timeout.map(Into::into) })]
    pub fn event_base_loopexit(&mut self, timeout: Option<Duration>) -> Result<(), Error> {
        self.once(Role::Internal, -1, EvFlags::TIMEOUT, EventCallback::LoopExit, timeout)
    }

    /// Ends the loop (`event_base_loopbreak`) after the running callback; others that are active wait for
    /// the next loop.
    #[point(self => EventBaseLoopbreak {})]
    pub fn event_base_loopbreak(&mut self) {
        self.turn.asked |= Asked::BREAK;
    }

    /// Begins a new turn (`event_base_loopcontinue`) after the running callback.
    #[point(self => EventBaseLoopcontinue {})]
    pub fn event_base_loopcontinue(&mut self) {
        self.turn.asked |= Asked::CONTINUE;
    }

    /// Whether the last loop ended, or the running one will end, because of `event_base_loopexit`
    /// (`event_base_got_exit`).
    pub fn event_base_got_exit(&self) -> bool {
        self.turn.asked.contains(Asked::EXIT)
    }

    /// The same for `event_base_loopbreak` (`event_base_got_break`).
    pub fn event_base_got_break(&self) -> bool {
        self.turn.asked.contains(Asked::BREAK)
    }

    /// Calls `callback` once, when `fd` is ready (`event_base_once`); with a timeout, at the latest when
    /// that is due.
    #[track_caller]
    pub fn event_base_once<F, R>(
        &mut self,
        fd: impl AsFd,
        events: EvFlags,
        callback: F,
        timeout: Option<Duration>,
    ) -> Result<(), Error>
    where
        F: Fn(&mut Self, Event, EvFlags) -> R + 'static,
        R: Outcome,
    {
        let fd = fd.as_fd().as_raw_fd();
        let events = events & (EvFlags::READ | EvFlags::WRITE | EvFlags::CLOSED);
        if events.is_empty() {
            let reason =
                "it takes READ, WRITE or CLOSED; for a timeout alone use event_base_once_timeout";
            return Err(Error::invalid("event_base_once", reason));
        }
        self.once(Role::User, fd, events, EventCallback::Once(wrap(callback)), timeout)
    }

    /// Calls `callback` once, after `timeout` (`event_base_once` with fd -1); `None` is in the next turn.
    #[track_caller]
    pub fn event_base_once_timeout<F, R>(
        &mut self,
        callback: F,
        timeout: Option<Duration>,
    ) -> Result<(), Error>
    where
        F: Fn(&mut Self, Event, EvFlags) -> R + 'static,
        R: Outcome,
    {
        let callback = EventCallback::Once(wrap(callback));
        self.once(Role::Timer, -1, EvFlags::TIMEOUT, callback, timeout)
    }

    #[track_caller]
    fn once(
        &mut self,
        role: Role,
        fd: RawFd,
        events: EvFlags,
        callback: EventCallback,
        timeout: Option<Duration>,
    ) -> Result<(), Error> {
        let only_timeout = events == EvFlags::TIMEOUT;
        let events = events - EvFlags::TIMEOUT;
        let new = NewEvent { role, owner: Owner::Program, fd, events, callback };
        let event = self.event_assign(self.ids.event(), new);
        let added = if only_timeout && timeout.is_none_or(|span| span.is_zero()) {
            self.event_active_nolock(event, EvFlags::TIMEOUT, 1, ActiveWhy::Manual);
            Ok(())
        } else {
            self.event_add_nolock(event, timeout.map(|span| Timeout::After(nanos(span))))
        };
        if added.is_err() {
            self.events.free(event);
        }
        added
    }
}
