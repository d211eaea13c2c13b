//! Enabling and disabling the sides of a bufferevent, and their timeouts.

use std::time::Duration;

use crate::event::EventState;
use crate::recording::{trace, trace_exit};
use crate::{Bufferevent, Error, EvFlags, Event, EventBase};

impl EventBase {
    /// Enables reading, writing or both (`bufferevent_enable`): the sides' events are added, with the
    /// sides' timeouts. A side that is suspended is added when it no longer is.
    ///
    /// To enable writing while the output is empty makes the loop call the write callback once.
    #[track_caller]
    pub fn bufferevent_enable(&mut self, bev: Bufferevent, events: EvFlags) -> Result<(), Error> {
        self.bev(bev)?;
        trace!(
            self,
            Enter,
            self.bev_objects(bev),
            BuffereventEnable { events }
        );
        let slot = &mut self.bevs[bev];
        slot.enabled |= events & (EvFlags::READ | EvFlags::WRITE);
        let mut now = events;
        if !slot.read_suspended.is_empty() {
            now -= EvFlags::READ;
        }
        if !slot.write_suspended.is_empty() {
            now -= EvFlags::WRITE;
        }
        let result = if now.is_empty() {
            Ok(())
        } else {
            self.be_socket_enable(bev, now)
        };
        trace_exit!(self);
        result
    }

    #[track_caller]
    pub(super) fn be_socket_enable(
        &mut self,
        bev: Bufferevent,
        events: EvFlags,
    ) -> Result<(), Error> {
        trace!(
            self,
            Enter,
            self.bev_objects(bev),
            BeSocketEnable { events }
        );
        let mut result = Ok(());
        if events.contains(EvFlags::READ) {
            let slot = &self.bevs[bev];
            result = self.event_add(slot.ev_read, slot.timeout_read);
        }
        if result.is_ok() && events.contains(EvFlags::WRITE) {
            let slot = &self.bevs[bev];
            result = self.event_add(slot.ev_write, slot.timeout_write);
        }
        trace_exit!(self);
        result
    }

    /// Disables reading, writing or both (`bufferevent_disable`): the sides' events are deleted.
    #[track_caller]
    pub fn bufferevent_disable(&mut self, bev: Bufferevent, events: EvFlags) -> Result<(), Error> {
        self.bev(bev)?;
        trace!(
            self,
            Enter,
            self.bev_objects(bev),
            BuffereventDisable { events }
        );
        self.bevs[bev].enabled -= events;
        self.be_socket_disable(bev, events);
        trace_exit!(self);
        Ok(())
    }

    #[track_caller]
    pub(super) fn be_socket_disable(&mut self, bev: Bufferevent, events: EvFlags) {
        trace!(
            self,
            Enter,
            self.bev_objects(bev),
            BeSocketDisable { events }
        );
        let slot = &self.bevs[bev];
        let (ev_read, ev_write, connecting) = (slot.ev_read, slot.ev_write, slot.connecting);
        if events.contains(EvFlags::READ) {
            self.event_del_nolock(ev_read);
        }
        // While it connects, the loop must learn from ev_write how that ends.
        if events.contains(EvFlags::WRITE) && !connecting {
            self.event_del_nolock(ev_write);
        }
        trace_exit!(self);
    }

    /// Which sides are enabled (`bufferevent_get_enabled`).
    pub fn bufferevent_get_enabled(&self, bev: Bufferevent) -> Result<EvFlags, Error> {
        Ok(self.bev(bev)?.enabled)
    }

    /// Sets how long a side may wait before the event callback is told of a TIMEOUT
    /// (`bufferevent_set_timeouts`); `None` is for ever. Reading counts while it is enabled and not
    /// suspended, writing while there is something to write.
    #[track_caller]
    pub fn bufferevent_set_timeouts(
        &mut self,
        bev: Bufferevent,
        read: Option<Duration>,
        write: Option<Duration>,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        trace!(
            self,
            Enter,
            self.bev_objects(bev),
            BuffereventSetTimeouts {
                read: read.map(Into::into),
                write: write.map(Into::into),
            }
        );
        // libevent takes a timeout of zero for none.
        let slot = &mut self.bevs[bev];
        slot.timeout_read = read.filter(|span| !span.is_zero());
        slot.timeout_write = write.filter(|span| !span.is_zero());
        let sides = [
            (slot.ev_read, slot.timeout_read),
            (slot.ev_write, slot.timeout_write),
        ];
        let result = sides
            .into_iter()
            .try_for_each(|(event, timeout)| self.adjust_timeout(event, timeout));
        trace_exit!(self);
        result
    }

    /// An event that is pending gets the new timeout now; others when they are added.
    #[track_caller]
    fn adjust_timeout(&mut self, event: Event, timeout: Option<Duration>) -> Result<(), Error> {
        if !self.events[event].is(EventState::INSERTED) {
            return Ok(());
        }
        match timeout {
            Some(_) => self.event_add(event, timeout),
            None => self.event_remove_timer(event),
        }
    }
}
