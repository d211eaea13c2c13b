//! Which events wait for which fd or signal: libevent's `evmap.c`. The kernel hears only when the first
//! event for a kind of readiness comes, or the last one goes.

use std::os::fd::RawFd;

use evscope_trace::{ActiveWhy, Objects, errno_name};
use rustix::io::Errno;

use crate::event::{EventSlot, Left, Row};
use crate::recording::point;
use crate::{Error, EvFlags, Event, EventBase};

/// The events of every fd.
#[derive(Debug, Default)]
pub(crate) struct IoMap {
    fds: Vec<FdEvents>,
}

#[derive(Debug)]
struct FdEvents {
    /// Those that were added last come last; they are activated first.
    events: Row,
    readers: u32,
    writers: u32,
    close_watchers: u32,
    /// What somebody waits for.
    watched: EvFlags,
}

impl Default for FdEvents {
    fn default() -> Self {
        Self {
            events: Row::default(),
            readers: 0,
            writers: 0,
            close_watchers: 0,
            watched: EvFlags::empty(),
        }
    }
}

impl FdEvents {
    /// One that waits for `events` comes or goes.
    fn count(&mut self, events: EvFlags, change: impl Fn(&mut u32)) {
        for (kind, count) in [
            (EvFlags::READ, &mut self.readers),
            (EvFlags::WRITE, &mut self.writers),
            (EvFlags::CLOSED, &mut self.close_watchers),
        ] {
            if events.intersects(kind) {
                change(count);
                self.watched.set(kind, *count > 0);
            }
        }
    }
}

/// The events of every signal.
#[derive(Debug, Default)]
pub(crate) struct SignalMap {
    signals: Vec<Row>,
}

fn map_place_of(slot: &mut EventSlot) -> &mut u32 {
    &mut slot.map_place
}

impl EventBase {
    /// Returns the place of an event, which waits for `events`, among those that wait for the same.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn evmap_io_add(
        &mut self,
        fd: RawFd,
        events: EvFlags,
        event: Event,
    ) -> Result<u32, Error> {
        // An event without an fd can be added all the same; it only ever has a timeout.
        let Ok(index) = usize::try_from(fd) else {
            return Ok(0);
        };
        if index >= self.io.fds.len() {
            self.io.fds.resize_with(index + 1, FdEvents::default);
        }
        let entry = &mut self.io.fds[index];
        let old = entry.watched;
        entry.count(events, |n| *n += 1);
        let new = entry.watched;
        if new != old {
            let edge = events & EvFlags::ET;
            if let Err(error) = self.backend_add(fd, old, new, edge) {
                self.io.fds[index].count(events, |n| *n -= 1);
                return Err(self.not_watched(fd, error));
            }
        }
        Ok(self.io.fds[index].events.push(event))
    }

    #[cold]
    #[track_caller]
    fn not_watched(&mut self, fd: RawFd, error: Errno) -> Error {
        let (objects, errno) = (self.fd_objects(fd), errno_name(error.raw_os_error()));
        self.warn(objects, "event_add", errno, "the event is not pending");
        Error::os(format!("watching fd {fd}"), error)
    }

    #[inline(always)]
    #[track_caller]
    pub(crate) fn evmap_io_del(&mut self, event: Event) {
        let EventSlot { fd, events, map_place, .. } = self.events[event];
        let Ok(index) = usize::try_from(fd) else {
            return;
        };
        let entry = &mut self.io.fds[index];
        if entry.events.remove(map_place) == Left::Gaps {
            entry.events.close_gaps(&mut self.events, map_place_of);
        }
        let old = entry.watched;
        entry.count(events, |n| *n -= 1);
        let new = entry.watched;
        if new != old {
            let edge = events & EvFlags::ET;
            if let Err(error) = self.backend_del(fd, old, new, edge) {
                self.still_watched(fd, error);
            }
        }
    }

    #[cold]
    #[track_caller]
    fn still_watched(&mut self, fd: RawFd, error: Errno) {
        let (objects, errno) = (self.fd_objects(fd), errno_name(error.raw_os_error()));
        self.warn(objects, "event_del", errno, "the event is deleted all the same");
    }

    /// Makes every event active that waits for what happened on the fd.
    #[inline]
    #[track_caller]
    pub(crate) fn evmap_io_active(&mut self, fd: RawFd, what: EvFlags, why: ActiveWhy) {
        // -1 is a place that none has.
        let Some(entry) = self.io.fds.get(fd as usize) else {
            return;
        };
        let (mut left, mut next) = (entry.events.len(), entry.events.last());
        while left > 0 {
            if let Some(event) = next {
                let happened = self.events[event].events & what;
                if !(happened - EvFlags::ET).is_empty() {
                    self.event_active_nolock(event, happened, 1, why);
                }
            }
            left -= 1;
            if left > 0 {
                next = self.io.fds[fd as usize].events.get(left - 1);
            }
        }
    }

    #[track_caller]
    pub(crate) fn evmap_signal_add(&mut self, event: Event) -> Result<u32, Error> {
        let signum = self.events[event].fd as usize;
        if signum >= self.signal_map.signals.len() {
            self.signal_map
                .signals
                .resize_with(signum + 1, Row::default);
        }
        if self.signal_map.signals[signum].is_empty() {
            self.evsig_add(signum as i32)?;
        }
        Ok(self.signal_map.signals[signum].push(event))
    }

    #[track_caller]
    pub(crate) fn evmap_signal_del(&mut self, event: Event) {
        let EventSlot { fd, map_place, .. } = self.events[event];
        let signum = fd as usize;
        let waiting = &mut self.signal_map.signals[signum];
        if waiting.remove(map_place) == Left::Gaps {
            waiting.close_gaps(&mut self.events, map_place_of);
        }
        if waiting.is_empty() {
            self.evsig_del(signum as i32);
        }
    }

    /// Makes every event for the signal active, which arrived `calls` times.
    #[track_caller]
    pub(crate) fn evmap_signal_active(&mut self, signum: usize, calls: u32, why: ActiveWhy) {
        let Some(waiting) = self.signal_map.signals.get(signum) else {
            return;
        };
        for i in (0..waiting.len()).rev() {
            let Some(event) = self.signal_map.signals[signum].get(i) else {
                continue;
            };
            self.event_active_nolock(event, EvFlags::SIGNAL, calls, why);
        }
    }

    /// Deletes every event that waits for a signal or an fd, the loop's own too, for the end of the base. None
    /// of them is being finalized: such an event waits for nothing.
    #[track_caller]
    pub(crate) fn evmap_delete_all(&mut self) {
        for signum in 0..self.signal_map.signals.len() {
            while let Some(event) = self.signal_map.signals[signum].last() {
                self.event_del_nolock(event);
            }
        }
        for fd in 0..self.io.fds.len() {
            while let Some(event) = self.io.fds[fd].events.last() {
                self.event_del_nolock(event);
            }
        }
    }

    /// Tells a backend that was made anew of all fds.
    pub(crate) fn evmap_reinit(&mut self) -> Result<(), Error> {
        for index in 0..self.io.fds.len() {
            let entry = &self.io.fds[index];
            let (fd, new) = (index as RawFd, entry.watched);
            if new.is_empty() {
                continue;
            }
            let edge = entry
                .events
                .last()
                .map_or(EvFlags::empty(), |event| self.events[event].events & EvFlags::ET);
            self.backend_add(fd, EvFlags::empty(), new, edge)
                .map_err(|error| Error::os(format!("watching fd {fd}"), error))?;
        }
        Ok(())
    }

    /// The kernel hears of the first that waits for something.
    #[point(self.fd_objects(fd) => BackendAdd { old, new }, if result.is_ok(), after)]
    fn backend_add(
        &mut self,
        fd: RawFd,
        old: EvFlags,
        new: EvFlags,
        edge: EvFlags,
    ) -> Result<(), Errno> {
        self.backend.add(fd, old, (new - old) | edge)
    }

    /// And of the last that waited for it.
    #[point(self.fd_objects(fd) => BackendDel { old, new }, after)]
    fn backend_del(
        &mut self,
        fd: RawFd,
        old: EvFlags,
        new: EvFlags,
        edge: EvFlags,
    ) -> Result<(), Errno> {
        self.backend.del(fd, old | edge, old - new)
    }

    fn fd_objects(&self, fd: RawFd) -> Objects {
        Objects { fd: Some(fd), ..self.base_objects() }
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

    use proptest::prelude::*;

    use super::*;

    const KINDS: [EvFlags; 5] = [
        EvFlags::READ,
        EvFlags::WRITE,
        EvFlags::CLOSED,
        EvFlags::READ.union(EvFlags::WRITE),
        EvFlags::READ.union(EvFlags::CLOSED),
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

        /// Each number adds the event of that number, or deletes it if it is pending.
        #[test]
        #[cfg_attr(miri, ignore = "a base has a socket")]
        fn an_fd_is_watched_for_what_its_events_wait_for(ops in prop::collection::vec(0..10usize, 1..60)) {
            let mut base = EventBase::new().unwrap();
            let (socket, _peer) = UnixStream::pair().unwrap();
            let events: Vec<Event> = (0..10)
                .map(|i| base.event_new(&socket, KINDS[i % 5], |_: &mut EventBase, _, _| {}).unwrap())
                .collect();
            let mut pending = Vec::new();
            for n in ops {
                if let Some(at) = pending.iter().position(|&other| other == n) {
                    base.event_del(events[n]).unwrap();
                    pending.remove(at);
                } else {
                    base.event_add(events[n], None).unwrap();
                    // To add what is pending changes nothing.
                    base.event_add(events[n], None).unwrap();
                    pending.push(n);
                }
                let entry = &base.io.fds[socket.as_raw_fd() as usize];
                let count = |flag| pending.iter().filter(|&&n| KINDS[n % 5].contains(flag)).count() as u32;
                prop_assert_eq!(entry.readers, count(EvFlags::READ));
                prop_assert_eq!(entry.writers, count(EvFlags::WRITE));
                prop_assert_eq!(entry.close_watchers, count(EvFlags::CLOSED));
                let waiting: Vec<Event> = pending.iter().map(|&n| events[n]).collect();
                let places = 0..entry.events.len();
                let listed: Vec<Event> = places.filter_map(|n| entry.events.get(n)).collect();
                prop_assert_eq!(&listed, &waiting);
                prop_assert!(entry.events.len() <= 2 * waiting.len() + 1);
                prop_assert_eq!(base.counts.events, pending.len());
            }
            for event in events {
                base.event_free(event).unwrap();
            }
            prop_assert_eq!(base.io.fds[socket.as_raw_fd() as usize].watched, EvFlags::empty());
            prop_assert_eq!(base.counts.events, 0);
        }
    }
}
