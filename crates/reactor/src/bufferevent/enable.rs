//! Enabling and disabling the sides of a bufferevent.

use crate::recording::{trace, trace_exit};
use crate::{Bufferevent, Error, EvFlags, EventBase};

impl EventBase {
    /// Enables reading, writing or both (`bufferevent_enable`): the sides' events are added, with the
    /// sides' timeouts. A side that is suspended is added when it no longer is.
    ///
    /// To enable writing while the output is empty makes the loop call the write callback once.
    #[track_caller]
    pub fn bufferevent_enable(&mut self, bev: Bufferevent, events: EvFlags) -> Result<(), Error> {
        self.bev(bev)?;
        trace!(self, Enter, self.bev_objects(bev), BuffereventEnable { events });
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
            self.enable_sides(bev, now)
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
        trace!(self, Enter, self.bev_objects(bev), BeSocketEnable { events });
        let mut result = Ok(());
        if events.contains(EvFlags::READ) {
            let slot = &self.bevs[bev];
            result = self.bufferevent_add_event(slot.ev_read, slot.timeout_read);
        }
        if result.is_ok() && events.contains(EvFlags::WRITE) {
            let slot = &self.bevs[bev];
            result = self.bufferevent_add_event(slot.ev_write, slot.timeout_write);
        }
        trace_exit!(self);
        result
    }

    /// Disables reading, writing or both (`bufferevent_disable`): the sides' events are deleted.
    #[track_caller]
    pub fn bufferevent_disable(&mut self, bev: Bufferevent, events: EvFlags) -> Result<(), Error> {
        self.bev(bev)?;
        self.bufferevent_disable_nolock(bev, events);
        Ok(())
    }

    /// The same for a side that has failed. A bufferevent that the program has freed may still be in use, below a filter;
    /// its events must not keep the loop busy either.
    #[track_caller]
    pub(super) fn bufferevent_disable_nolock(&mut self, bev: Bufferevent, events: EvFlags) {
        trace!(self, Enter, self.bev_objects(bev), BuffereventDisable { events });
        self.bevs[bev].enabled -= events;
        self.disable_sides(bev, events);
        trace_exit!(self);
    }

    #[track_caller]
    pub(super) fn be_socket_disable(&mut self, bev: Bufferevent, events: EvFlags) {
        trace!(self, Enter, self.bev_objects(bev), BeSocketDisable { events });
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
}
