//! Rate limits of groups: bufferevents that share a bucket. libevent's `bufferevent_ratelim.c`.

use evscope_trace::Role;

use super::ratelim::{Buckets, RateLimit};
use crate::error::Object;
use crate::event::{EventCallback, NewEvent, Owner};
use crate::{
    Bufferevent, Error, EvFlags, Event, EventBase, RateLimitGroup, SuspendReasons,
    TokenBucketConfig,
};

/// What every member may read and write at once, unless a program says otherwise.
const DEFAULT_MIN_SHARE: usize = 64;

/// A group: libevent's `struct bufferevent_rate_limit_group`.
pub(crate) struct GroupSlot {
    buckets: Buckets,
    /// The one that came last is last; it is the first to be suspended.
    members: Vec<Bufferevent>,
    /// The timer that refills the buckets, at every tick.
    refill: Event,
    read_suspended: bool,
    write_suspended: bool,
    configured_min_share: i64,
    /// The least that a member is given, however little there is for each.
    min_share: i64,
    /// Who is first to go on after the next refill.
    turn: usize,
    total_read: u64,
    total_written: u64,
}

impl GroupSlot {
    fn suspended(&mut self, side: EvFlags) -> &mut bool {
        if side.contains(EvFlags::READ) {
            &mut self.read_suspended
        } else {
            &mut self.write_suspended
        }
    }

    /// A share is at most what one tick brings, so that at every tick one member can go on.
    fn adjust_min_share(&mut self) {
        let [read, write] = self.buckets.config.rates();
        self.min_share = self.configured_min_share.min(read).min(write);
    }
}

/// # Rate limits: groups
impl EventBase {
    /// Makes a group whose members read and write together at most so fast
    /// (`bufferevent_rate_limit_group_new`). Its timer keeps the loop alive until it is freed.
    #[track_caller]
    pub fn bufferevent_rate_limit_group_new(
        &mut self,
        config: TokenBucketConfig,
    ) -> Result<RateLimitGroup, Error> {
        let mut slot = GroupSlot {
            buckets: Buckets::new(config, self.clock.now()),
            members: Vec::new(),
            refill: Event::default(),
            read_suspended: false,
            write_suspended: false,
            configured_min_share: DEFAULT_MIN_SHARE as i64,
            min_share: 0,
            turn: 0,
            total_read: 0,
            total_written: 0,
        };
        slot.adjust_min_share();
        let group = self.groups.insert(slot);
        let new = NewEvent {
            role: Role::Internal,
            owner: Owner::Program,
            fd: -1,
            events: EvFlags::PERSIST | EvFlags::FINALIZE,
            callback: EventCallback::GroupRefill(group),
        };
        let refill = self.event_assign(self.ids.event(), new);
        self.groups[group].refill = refill;
        self.event_add(refill, Some(config.tick))?;
        Ok(group)
    }

    /// Gives a group other limits (`bufferevent_rate_limit_group_set_cfg`). They fill no bucket.
    #[track_caller]
    pub fn bufferevent_rate_limit_group_set_cfg(
        &mut self,
        group: RateLimitGroup,
        config: TokenBucketConfig,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let slot = self.group_mut(group)?;
        let same_tick = slot.buckets.config.tick == config.tick;
        slot.buckets = slot.buckets.with_config(config, now);
        slot.adjust_min_share();
        let refill = slot.refill;
        if !same_tick {
            self.event_add(refill, Some(config.tick))?;
        }
        Ok(())
    }

    /// Sets the least that a member may read or write at once (`bufferevent_rate_limit_group_set_min_share`),
    /// however many there are; 64 unless set. The group may go over its limit by it, and is still for longer
    /// then. It is never more than what a tick brings.
    pub fn bufferevent_rate_limit_group_set_min_share(
        &mut self,
        group: RateLimitGroup,
        share: usize,
    ) -> Result<(), Error> {
        let slot = self.group_mut(group)?;
        slot.configured_min_share = i64::try_from(share).map_err(|_| {
            let call = "bufferevent_rate_limit_group_set_min_share";
            Error::invalid(call, "the share is greater than any bucket")
        })?;
        slot.adjust_min_share();
        Ok(())
    }

    /// How many bytes the group may read until the next tick (`bufferevent_rate_limit_group_get_read_limit`).
    pub fn bufferevent_rate_limit_group_get_read_limit(
        &self,
        group: RateLimitGroup,
    ) -> Result<i64, Error> {
        Ok(self.group(group)?.buckets.read_left)
    }

    /// The same for writing (`bufferevent_rate_limit_group_get_write_limit`).
    pub fn bufferevent_rate_limit_group_get_write_limit(
        &self,
        group: RateLimitGroup,
    ) -> Result<i64, Error> {
        Ok(self.group(group)?.buckets.write_left)
    }

    /// Takes bytes from the group's bucket for reading (`bufferevent_rate_limit_group_decrement_read`); a
    /// negative number puts them in.
    #[track_caller]
    pub fn bufferevent_rate_limit_group_decrement_read(
        &mut self,
        group: RateLimitGroup,
        bytes: i64,
    ) -> Result<(), Error> {
        self.decrement_group_limit(group, EvFlags::READ, bytes)
    }

    /// The same for writing (`bufferevent_rate_limit_group_decrement_write`).
    #[track_caller]
    pub fn bufferevent_rate_limit_group_decrement_write(
        &mut self,
        group: RateLimitGroup,
        bytes: i64,
    ) -> Result<(), Error> {
        self.decrement_group_limit(group, EvFlags::WRITE, bytes)
    }

    #[track_caller]
    fn decrement_group_limit(
        &mut self,
        group: RateLimitGroup,
        side: EvFlags,
        bytes: i64,
    ) -> Result<(), Error> {
        let left = self.group_mut(group)?.buckets.left(side);
        let old = *left;
        *left = old.saturating_sub(bytes);
        let new = *left;
        if old > 0 && new <= 0 {
            self.bev_group_suspend(group, side);
        } else if old <= 0 && new > 0 {
            self.bev_group_unsuspend(group, side);
        }
        Ok(())
    }

    /// How many bytes its members have read and written (`bufferevent_rate_limit_group_get_totals`).
    pub fn bufferevent_rate_limit_group_get_totals(
        &self,
        group: RateLimitGroup,
    ) -> Result<(u64, u64), Error> {
        let slot = self.group(group)?;
        Ok((slot.total_read, slot.total_written))
    }

    /// Counts from 0 again (`bufferevent_rate_limit_group_reset_totals`).
    pub fn bufferevent_rate_limit_group_reset_totals(
        &mut self,
        group: RateLimitGroup,
    ) -> Result<(), Error> {
        let slot = self.group_mut(group)?;
        (slot.total_read, slot.total_written) = (0, 0);
        Ok(())
    }

    /// Frees a group without members (`bufferevent_rate_limit_group_free`).
    #[track_caller]
    pub fn bufferevent_rate_limit_group_free(
        &mut self,
        group: RateLimitGroup,
    ) -> Result<(), Error> {
        let slot = self.group(group)?;
        if !slot.members.is_empty() {
            let reason = "it has members; bufferevent_remove_from_rate_limit_group, and one that is \
                          freed is a member until the loop has taken it apart";
            return Err(Error::invalid("bufferevent_rate_limit_group_free", reason));
        }
        let refill = slot.refill;
        self.event_del_nolock(refill);
        self.events.free(refill);
        self.groups.remove(group);
        Ok(())
    }

    /// Makes a bufferevent a member of a group (`bufferevent_add_to_rate_limit_group`), and of no other.
    #[track_caller]
    pub fn bufferevent_add_to_rate_limit_group(
        &mut self,
        bev: Bufferevent,
        group: RateLimitGroup,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        self.group(group)?;
        let limit = self.rate_limit_of(bev);
        if limit.group == Some(group) {
            return Ok(());
        }
        if limit.group.is_some() {
            self.bufferevent_remove_from_rate_limit_group(bev)?;
        }
        self.bevs[bev].rate_limit = Some(RateLimit { group: Some(group), ..limit });
        let slot = &mut self.groups[group];
        slot.members.push(bev);
        let (reads, writes) = (slot.read_suspended, slot.write_suspended);
        if reads {
            self.bufferevent_suspend_read(bev, SuspendReasons::BANDWIDTH_GROUP);
        }
        if writes {
            self.bufferevent_suspend_write(bev, SuspendReasons::BANDWIDTH_GROUP);
        }
        Ok(())
    }

    /// Takes a bufferevent out of its group, if it is in one (`bufferevent_remove_from_rate_limit_group`).
    #[track_caller]
    pub fn bufferevent_remove_from_rate_limit_group(
        &mut self,
        bev: Bufferevent,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        self.leave_group(bev);
        self.bufferevent_unsuspend_read(bev, SuspendReasons::BANDWIDTH_GROUP);
        self.bufferevent_unsuspend_write(bev, SuspendReasons::BANDWIDTH_GROUP);
        Ok(())
    }

    /// The same for one that is being taken apart: it stays as suspended as it is.
    pub(super) fn leave_group(&mut self, bev: Bufferevent) {
        let limit = self.bevs[bev].rate_limit.as_mut();
        if let Some(group) = limit.and_then(|limit| limit.group.take())
            && let Some(slot) = self.groups.get_mut(group)
        {
            slot.members.retain(|&member| member != bev);
        }
    }

    /// What a member may read or write now: what is left, divided by all, but a byte at least. To read or write nothing
    /// looks like the end of the connection.
    #[track_caller]
    pub(super) fn group_share(
        &mut self,
        bev: Bufferevent,
        group: RateLimitGroup,
        side: EvFlags,
    ) -> i64 {
        let Some(slot) = self.groups.get_mut(group) else {
            return i64::MAX;
        };
        if *slot.suspended(side) {
            self.suspend(bev, side, SuspendReasons::BANDWIDTH_GROUP);
            return 0;
        }
        // It has at least this member.
        let share = *slot.buckets.left(side) / slot.members.len().max(1) as i64;
        share.max(slot.min_share).max(1)
    }

    /// A member has read or written.
    #[track_caller]
    pub(super) fn decrement_group(&mut self, group: RateLimitGroup, side: EvFlags, bytes: usize) {
        let Some(slot) = self.groups.get_mut(group) else {
            return;
        };
        let total = if side.contains(EvFlags::READ) {
            &mut slot.total_read
        } else {
            &mut slot.total_written
        };
        *total = total.saturating_add(bytes as u64);
        let left = slot.buckets.left(side);
        *left = left.saturating_sub(bytes as i64);
        if *left <= 0 {
            self.bev_group_suspend(group, side);
        } else if *slot.suspended(side) {
            self.bev_group_unsuspend(group, side);
        }
    }

    /// No member reads, or writes, until the next refill.
    #[track_caller]
    fn bev_group_suspend(&mut self, group: RateLimitGroup, side: EvFlags) {
        let slot = &mut self.groups[group];
        *slot.suspended(side) = true;
        for bev in slot.members.clone().into_iter().rev() {
            self.suspend(bev, side, SuspendReasons::BANDWIDTH_GROUP);
        }
    }

    /// All may go on, beginning with another one every time: those who come first may leave nothing for the
    /// others. libevent begins at a random one, which would make every run another.
    #[track_caller]
    fn bev_group_unsuspend(&mut self, group: RateLimitGroup, side: EvFlags) {
        let slot = &mut self.groups[group];
        *slot.suspended(side) = false;
        let mut members: Vec<Bufferevent> = slot.members.iter().rev().copied().collect();
        if members.is_empty() {
            return;
        }
        let first = slot.turn % members.len();
        slot.turn = first + 1;
        members.rotate_left(first);
        for bev in members {
            // One that goes on may run callbacks, of a filter above it, which may take others away.
            let limit = self.bevs.get(bev).and_then(|slot| slot.rate_limit);
            if limit.and_then(|limit| limit.group) == Some(group) {
                self.unsuspend(bev, side, SuspendReasons::BANDWIDTH_GROUP);
            }
        }
    }

    /// Run by the loop at every tick (`bev_group_refill_callback_`).
    #[track_caller]
    pub(crate) fn bev_group_refill_callback(&mut self, group: RateLimitGroup) {
        let now = self.clock.now();
        self.groups[group].buckets.update(now);
        for side in [EvFlags::READ, EvFlags::WRITE] {
            let Some(slot) = self.groups.get_mut(group) else {
                return;
            };
            if *slot.suspended(side) && *slot.buckets.left(side) >= slot.min_share {
                self.bev_group_unsuspend(group, side);
            }
        }
    }

    fn group(&self, group: RateLimitGroup) -> Result<&GroupSlot, Error> {
        let slot = self.groups.get(group);
        slot.ok_or(Error::Stale(Object::RateLimitGroup))
    }

    fn group_mut(&mut self, group: RateLimitGroup) -> Result<&mut GroupSlot, Error> {
        let slot = self.groups.get_mut(group);
        slot.ok_or(Error::Stale(Object::RateLimitGroup))
    }
}
