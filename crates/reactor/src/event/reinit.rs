//! A base in a child process.

use std::os::fd::AsRawFd;

use crate::signal::Signals;
use crate::{Error, EventBase};

/// # The base: in a child process
impl EventBase {
    /// Makes a base usable in a child after `fork` (`event_reinit`): the child shares the parent's epoll
    /// instance, and the ends of the pipes that wake the loop, so that each would take what is the other's.
    /// Here they become the child's own; all events stay as they are. To be called in the child, before
    /// anything else is done with the base.
    ///
    /// A recording stays with the parent: its thread is not in the child.
    ///
    /// # Errors
    /// [`Error::Os`] if there is no fd left. The base is of no use then.
    #[track_caller]
    pub fn event_reinit(&mut self) -> Result<(), Error> {
        if self.pid != std::process::id() {
            self.pid = std::process::id();
            // To drop it would hand its records to a thread that is not there.
            std::mem::forget(self.tracer.take());
        }
        self.backend
            .reinit()
            .map_err(|error| Error::os(self.backend.name(), error))?;
        let had_signals = self.evsig_close();
        self.signals
            .renew(Signals::new().map_err(|error| Error::os("socketpair", error))?);
        if self.backend.needs_reinit() {
            self.evmap_reinit()?;
        }
        self.evsig_reopen(had_signals)?;
        self.reopen_mailbox()
    }

    /// The signals' event is made anew, on the new socket.
    fn evsig_reopen(&mut self, was_added: bool) -> Result<(), Error> {
        let Some(event) = self.signals.event else {
            return Ok(());
        };
        self.event_reassign(event, self.signals.receiver.as_raw_fd());
        self.events[event].priority = 0;
        self.evsig_set_base();
        if was_added {
            self.event_add_nolock(event, None)?;
            self.signals.event_added = true;
        }
        Ok(())
    }
}
