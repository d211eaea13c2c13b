//! `poll`.

use std::collections::HashMap;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;

use super::{Backend, ReadyFd, borrow, whole_milliseconds};
use crate::EvFlags;
use crate::sys::POLL_CLOSED;

/// Hands all fds to the kernel with every wait.
#[derive(Default)]
pub(crate) struct Poll {
    watched: Vec<PollFd<'static>>,
    places: HashMap<RawFd, usize>,
}

impl Backend for Poll {
    fn name(&self) -> &'static str {
        "poll"
    }

    fn add(&mut self, fd: RawFd, old: EvFlags, added: EvFlags) -> Result<(), Errno> {
        let watched = PollFd::from_borrowed_fd(borrow(fd), to_poll(old | added));
        match self.places.get(&fd) {
            Some(&place) => self.watched[place] = watched,
            None => {
                self.places.insert(fd, self.watched.len());
                self.watched.push(watched);
            }
        }
        Ok(())
    }

    fn del(&mut self, fd: RawFd, old: EvFlags, removed: EvFlags) -> Result<(), Errno> {
        let Some(&place) = self.places.get(&fd) else {
            return Ok(());
        };
        let left = to_poll(old - removed);
        if !left.is_empty() {
            self.watched[place] = PollFd::from_borrowed_fd(borrow(fd), left);
            return Ok(());
        }
        self.places.remove(&fd);
        self.watched.swap_remove(place);
        if let Some(moved) = self.watched.get(place) {
            self.places.insert(moved.as_fd_number(), place);
        }
        Ok(())
    }

    fn dispatch(
        &mut self,
        timeout: Option<Duration>,
        ready: &mut Vec<ReadyFd>,
    ) -> Result<usize, Errno> {
        let timeout = timeout.map(whole_milliseconds);
        let answer = rustix::event::poll(&mut self.watched, timeout.as_ref())?;
        let mut left = answer;
        for watched in &self.watched {
            if left == 0 {
                break;
            }
            let flags = watched.revents();
            if !flags.is_empty() {
                left -= 1;
                ready.push((watched.as_fd_number(), from_poll(flags)));
            }
        }
        Ok(answer)
    }
}

trait FdNumber {
    fn as_fd_number(&self) -> RawFd;
}

impl FdNumber for PollFd<'_> {
    fn as_fd_number(&self) -> RawFd {
        std::os::fd::AsFd::as_fd(self).as_raw_fd()
    }
}

fn to_poll(events: EvFlags) -> PollFlags {
    let mut flags = PollFlags::empty();
    flags.set(PollFlags::IN, events.contains(EvFlags::READ));
    flags.set(PollFlags::OUT, events.contains(EvFlags::WRITE));
    flags.set(POLL_CLOSED, events.contains(EvFlags::CLOSED));
    flags
}

/// An error, a hang-up and a closed fd make it readable and writable, so that whoever waits finds out by
/// trying.
fn from_poll(flags: PollFlags) -> EvFlags {
    let broken = flags.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
    let mut events = EvFlags::empty();
    events.set(EvFlags::READ, broken || flags.contains(PollFlags::IN));
    events.set(EvFlags::WRITE, broken || flags.contains(PollFlags::OUT));
    events.set(EvFlags::CLOSED, flags.intersects(POLL_CLOSED));
    events
}
