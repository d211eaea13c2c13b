//! Suspending a side for a reason: it stays enabled, but its event is deleted until no reason is left.

use crate::recording::call;
use crate::{Bufferevent, EvFlags, EventBase, SuspendReasons};

impl EventBase {
    #[call(bev => SuspendRead { reason, now: self.bevs[bev].read_suspended | reason })]
    pub(super) fn bufferevent_suspend_read(&mut self, bev: Bufferevent, reason: SuspendReasons) {
        if self.bevs[bev].read_suspended.is_empty() {
            self.disable_sides(bev, EvFlags::READ);
        }
        self.bevs[bev].read_suspended |= reason;
    }

    #[call(bev => UnsuspendRead { reason, now: self.bevs[bev].read_suspended - reason })]
    pub(super) fn bufferevent_unsuspend_read(&mut self, bev: Bufferevent, reason: SuspendReasons) {
        let slot = &mut self.bevs[bev];
        slot.read_suspended -= reason;
        if slot.read_suspended.is_empty() && slot.enabled.contains(EvFlags::READ) {
            // The event was added before; what failed then has been told.
            let _ = self.enable_sides(bev, EvFlags::READ);
        }
    }

    #[call(bev => SuspendWrite { reason, now: self.bevs[bev].write_suspended | reason })]
    pub(super) fn bufferevent_suspend_write(&mut self, bev: Bufferevent, reason: SuspendReasons) {
        if self.bevs[bev].write_suspended.is_empty() {
            self.disable_sides(bev, EvFlags::WRITE);
        }
        self.bevs[bev].write_suspended |= reason;
    }

    #[call(bev => UnsuspendWrite { reason, now: self.bevs[bev].write_suspended - reason })]
    pub(super) fn bufferevent_unsuspend_write(&mut self, bev: Bufferevent, reason: SuspendReasons) {
        let slot = &mut self.bevs[bev];
        slot.write_suspended -= reason;
        if slot.write_suspended.is_empty() && slot.enabled.contains(EvFlags::WRITE) {
            // The event was added before; what failed then has been told.
            let _ = self.enable_sides(bev, EvFlags::WRITE);
        }
    }
}
