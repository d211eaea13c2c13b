//! Linux's epoll.

use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, Event, EventData};
use rustix::io::Errno;

use super::{Backend, ReadyFd, borrow, whole_milliseconds};
use crate::EvFlags;

/// How many ready fds one wait takes at first, and at most.
const INITIAL_EVENTS: usize = 32;
const MAX_EVENTS: usize = 4096;

pub(crate) struct Epoll {
    fd: OwnedFd,
    events: Vec<Event>,
}

impl Epoll {
    pub(crate) fn new() -> Result<Self, Errno> {
        Ok(Self {
            fd: epoll::create(CreateFlags::CLOEXEC)?,
            events: Vec::with_capacity(INITIAL_EVENTS),
        })
    }
}

impl Backend for Epoll {
    fn name(&self) -> &'static str {
        "epoll"
    }

    fn add(&mut self, fd: RawFd, old: EvFlags, added: EvFlags) -> Result<(), Errno> {
        let events = to_epoll(old | added);
        let data = EventData::new_u64(fd as u64);
        let watched = borrow(fd);
        if (old - EvFlags::ET).is_empty() {
            match epoll::add(&self.fd, watched, data, events) {
                // The fd was closed and opened again behind our back, as the same file.
                Err(Errno::EXIST) => epoll::modify(&self.fd, watched, data, events),
                result => result,
            }
        } else {
            modify(&self.fd, watched, data, events)
        }
    }

    fn del(&mut self, fd: RawFd, old: EvFlags, removed: EvFlags) -> Result<(), Errno> {
        let left = old - removed;
        let watched = borrow(fd);
        if !(left - EvFlags::ET).is_empty() {
            // Who still waits for an fd that was closed has made a mistake, and is told of it.
            let data = EventData::new_u64(fd as u64);
            return modify(&self.fd, watched, data, to_epoll(left));
        }
        match epoll::delete(&self.fd, watched) {
            // The fd was closed before its event was deleted; the kernel has forgotten it already.
            Err(Errno::NOENT | Errno::BADF | Errno::PERM) => Ok(()),
            result => result,
        }
    }

    fn dispatch(
        &mut self,
        timeout: Option<Duration>,
        ready: &mut Vec<ReadyFd>,
    ) -> Result<usize, Errno> {
        let timeout = timeout.map(whole_milliseconds);
        self.events.clear();
        let n = epoll::wait(&self.fd, spare_capacity(&mut self.events), timeout.as_ref())?;
        ready.extend(
            self.events.iter().map(|&Event { flags, data }| {
                (data.u64() as RawFd, from_epoll(flags) | EvFlags::ET)
            }),
        );
        // There may be more than had room.
        if n == self.events.capacity() && n < MAX_EVENTS {
            self.events.reserve_exact(n);
        }
        Ok(n)
    }

    fn needs_reinit(&self) -> bool {
        true
    }

    fn reinit(&mut self) -> Result<(), Errno> {
        self.fd = epoll::create(CreateFlags::CLOEXEC)?;
        Ok(())
    }
}

fn modify(
    epoll: &OwnedFd,
    fd: BorrowedFd<'_>,
    data: EventData,
    events: epoll::EventFlags,
) -> Result<(), Errno> {
    match epoll::modify(epoll, fd, data, events) {
        // The fd was closed and opened again behind our back: the kernel knows only the old one.
        Err(Errno::NOENT) => epoll::add(epoll, fd, data, events),
        result => result,
    }
}

fn to_epoll(events: EvFlags) -> epoll::EventFlags {
    let mut flags = epoll::EventFlags::empty();
    flags.set(epoll::EventFlags::IN, events.contains(EvFlags::READ));
    flags.set(epoll::EventFlags::OUT, events.contains(EvFlags::WRITE));
    flags.set(epoll::EventFlags::RDHUP, events.contains(EvFlags::CLOSED));
    flags.set(epoll::EventFlags::ET, events.contains(EvFlags::ET));
    flags
}

/// An error and a hang-up make the fd readable and writable, so that whoever waits finds out by trying.
fn from_epoll(flags: epoll::EventFlags) -> EvFlags {
    // Most often there is neither, and one question tells.
    if flags.intersects(epoll::EventFlags::ERR | epoll::EventFlags::HUP) {
        let half_closed = flags.contains(epoll::EventFlags::RDHUP);
        if flags.contains(epoll::EventFlags::ERR) || !half_closed {
            return EvFlags::READ | EvFlags::WRITE;
        }
    }
    let mut events = EvFlags::empty();
    events.set(EvFlags::READ, flags.contains(epoll::EventFlags::IN));
    events.set(EvFlags::WRITE, flags.contains(epoll::EventFlags::OUT));
    events.set(EvFlags::CLOSED, flags.contains(epoll::EventFlags::RDHUP));
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_and_a_hang_up_of_both_sides_are_readable_and_writable() {
        use epoll::EventFlags as Found;
        let both = EvFlags::READ | EvFlags::WRITE;
        for (found, what) in [
            (Found::IN, EvFlags::READ),
            (Found::OUT, EvFlags::WRITE),
            (Found::IN | Found::OUT, both),
            (Found::IN | Found::RDHUP, EvFlags::READ | EvFlags::CLOSED),
            (Found::HUP, both),
            (Found::IN | Found::HUP, both),
            // The other side's end is told as such.
            (Found::IN | Found::HUP | Found::RDHUP, EvFlags::READ | EvFlags::CLOSED),
            (Found::ERR, both),
            (Found::ERR | Found::HUP | Found::RDHUP, both),
        ] {
            assert_eq!(from_epoll(found), what, "{found:?}");
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri has only the edges of epoll")]
    fn a_wait_that_was_full_makes_room_for_twice_as_many() {
        let (_pipe, ready) = std::io::pipe().unwrap();
        let fds: Vec<OwnedFd> = (0..100)
            .map(|_| ready.try_clone().unwrap().into())
            .collect();
        let mut epoll = Epoll::new().unwrap();
        for fd in &fds {
            let fd = std::os::fd::AsRawFd::as_raw_fd(fd);
            epoll.add(fd, EvFlags::empty(), EvFlags::WRITE).unwrap();
        }
        let mut found = Vec::new();
        for _ in 0..4 {
            let mut ready = Vec::new();
            let n = epoll.dispatch(Some(Duration::ZERO), &mut ready).unwrap();
            assert!(
                ready
                    .iter()
                    .all(|&(_, what)| what == EvFlags::WRITE | EvFlags::ET)
            );
            assert_eq!(ready.len(), n);
            found.push(n);
        }
        assert_eq!(found, [32, 64, 100, 100]);
    }
}
