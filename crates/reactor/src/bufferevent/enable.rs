//! Enabling and disabling the sides of a bufferevent.

use super::run::TriggerOptions;
use crate::recording::call;
use crate::{BevEvents, Bufferevent, Error, EvFlags, EventBase};

/// # Bufferevents: enabled and disabled
impl EventBase {
    /// Enables reading, writing or both (`bufferevent_enable`): the sides' events are added, with the
    /// sides' timeouts. A side that is suspended is added when it no longer is.
    ///
    /// To enable writing while the output is empty makes the loop call the write callback once.
    #[call(bev => BuffereventEnable { events })]
    pub fn bufferevent_enable(&mut self, bev: Bufferevent, events: EvFlags) -> Result<(), Error> {
        let slot = self.bev(bev)?;
        let mut now = events;
        // A side that is suspended is enabled, but its event waits until no reason is left.
        if !slot.read_suspended.is_empty() {
            now -= EvFlags::READ;
        }
        if !slot.write_suspended.is_empty() {
            now -= EvFlags::WRITE;
        }
        self.bevs[bev].enabled |= events & (EvFlags::READ | EvFlags::WRITE);
        // The others: each kind of bufferevent has its own way.
        if !now.is_empty() {
            self.enable_sides(bev, now)?;
        }
        Ok(())
    }

    #[call(bev => BeSocketEnable { events })]
    pub(super) fn be_socket_enable(
        &mut self,
        bev: Bufferevent,
        events: EvFlags,
    ) -> Result<(), Error> {
        let slot = &self.bevs[bev];
        let (ev_read, timeout_read) = (slot.ev_read, slot.timeout_read);
        let (ev_write, timeout_write) = (slot.ev_write, slot.timeout_write);
        // From now on the loop tells when there is something to read.
        if events.contains(EvFlags::READ) {
            self.bufferevent_add_event(ev_read, timeout_read)?;
        }
        // And when the socket has room, whether or not there is something to write.
        if events.contains(EvFlags::WRITE) {
            self.bufferevent_add_event(ev_write, timeout_write)?;
        }
        Ok(())
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
    #[call(bev => BuffereventDisable { events })]
    pub(super) fn bufferevent_disable_nolock(&mut self, bev: Bufferevent, events: EvFlags) {
        self.bevs[bev].enabled -= events;
        self.disable_sides(bev, events);
    }

    /// A side has failed, come to its end, or run out of time: it is disabled, and the program is told why.
    #[track_caller]
    pub(super) fn stop(&mut self, bev: Bufferevent, side: EvFlags, why: BevEvents) {
        self.bufferevent_disable_nolock(bev, side);
        let direction = match side {
            EvFlags::READ => BevEvents::READING,
            _ => BevEvents::WRITING,
        };
        self.bufferevent_run_eventcb(bev, direction | why, TriggerOptions::empty());
    }

    #[call(bev => BeSocketDisable { events })]
    pub(super) fn be_socket_disable(&mut self, bev: Bufferevent, events: EvFlags) {
        let slot = &self.bevs[bev];
        let (ev_read, ev_write, connecting) = (slot.ev_read, slot.ev_write, slot.connecting);
        if events.contains(EvFlags::READ) {
            self.event_del_nolock(ev_read);
        }
        // While it connects, the loop must learn from ev_write how that ends.
        if events.contains(EvFlags::WRITE) && !connecting {
            self.event_del_nolock(ev_write);
        }
    }

    /// Which sides are enabled (`bufferevent_get_enabled`).
    pub fn bufferevent_get_enabled(&self, bev: Bufferevent) -> Result<EvFlags, Error> {
        Ok(self.bev(bev)?.enabled)
    }
}
