//! Rate limits: a bucket of bytes a bufferevent, filled a tick at a time. libevent's
//! `bufferevent_ratelim.c`.

use std::time::Duration;

use evscope_trace::Role;

use crate::event::{EventCallback, NewEvent, Owner};
use crate::recording::trace;
use crate::{Bufferevent, Error, EvFlags, Event, EventBase, SuspendReasons};

/// How fast a bufferevent may read and write (libevent's `struct ev_token_bucket_cfg`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenBucketConfig {
    read: Rate,
    write: Rate,
    tick: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate {
    /// Bytes that a tick brings.
    rate: i64,
    /// The most that the bucket holds.
    maximum: i64,
}

impl TokenBucketConfig {
    /// Bytes a tick and at most at once, for reading and for writing (`ev_token_bucket_cfg_new`); a tick is
    /// a second unless given. Rates are at least 1 and at most the bursts.
    pub fn new(
        read_rate: usize,
        read_burst: usize,
        write_rate: usize,
        write_burst: usize,
        tick: Option<Duration>,
    ) -> Result<Self, Error> {
        let tick = tick.unwrap_or(Duration::from_secs(1));
        if tick < Duration::from_millis(1) {
            let reason = "a tick is at least a millisecond";
            return Err(Error::invalid("ev_token_bucket_cfg_new", reason));
        }
        Ok(Self {
            read: Rate::new(read_rate, read_burst)?,
            write: Rate::new(write_rate, write_burst)?,
            tick,
        })
    }

    fn tick_at(&self, now: u64) -> u64 {
        now / 1_000_000 / u64::try_from(self.tick.as_millis()).unwrap_or(u64::MAX)
    }
}

impl Rate {
    fn new(rate: usize, burst: usize) -> Result<Self, Error> {
        if rate == 0 || rate > burst || burst > isize::MAX as usize {
            let reason = "a rate is at least 1 and at most its burst";
            return Err(Error::invalid("ev_token_bucket_cfg_new", reason));
        }
        Ok(Self { rate: rate as i64, maximum: burst as i64 })
    }

    /// What a bucket with `left` bytes holds after `ticks`.
    fn filled(&self, left: i64, ticks: u64) -> i64 {
        let ticks = i64::try_from(ticks).unwrap_or(i64::MAX);
        left.saturating_add(ticks.saturating_mul(self.rate))
            .min(self.maximum)
    }
}

/// A bufferevent's buckets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RateLimit {
    config: TokenBucketConfig,
    read_left: i64,
    write_left: i64,
    last_tick: u64,
    /// The timer that refills them while they are empty.
    pub(super) refill: Event,
}

impl RateLimit {
    fn update(&mut self, now: u64) {
        let tick = self.config.tick_at(now);
        let ticks = tick.saturating_sub(self.last_tick);
        if ticks > 0 {
            self.read_left = self.config.read.filled(self.read_left, ticks);
            self.write_left = self.config.write.filled(self.write_left, ticks);
            self.last_tick = tick;
        }
    }
}

impl EventBase {
    /// Limits how fast a bufferevent reads and writes (`bufferevent_set_rate_limit`); `None` is no limit.
    #[track_caller]
    pub fn bufferevent_set_rate_limit(
        &mut self,
        bev: Bufferevent,
        config: Option<TokenBucketConfig>,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        let old = self.bevs[bev].rate_limit;
        let Some(config) = config else {
            if let Some(old) = old {
                self.bevs[bev].rate_limit = None;
                self.bufferevent_unsuspend_read(bev, SuspendReasons::BANDWIDTH);
                self.bufferevent_unsuspend_write(bev, SuspendReasons::BANDWIDTH);
                self.event_del_nolock(old.refill);
                self.events.remove(old.refill);
            }
            return Ok(());
        };
        let now = self.clock.now();
        let refill = match old {
            Some(old) => {
                self.event_del_nolock(old.refill);
                old.refill
            }
            None => {
                let new = NewEvent {
                    role: Role::Internal,
                    owner: Owner::Bufferevent(self.bevs[bev].id),
                    fd: -1,
                    events: EvFlags::FINALIZE,
                    callback: EventCallback::BevRefill(bev),
                };
                self.event_assign(self.ids.event(), new)
            }
        };
        // New limits do not fill a bucket that is empty; they only make one smaller that is too full.
        let limit = RateLimit {
            config,
            read_left: old.map_or(config.read.rate, |old| old.read_left.min(config.read.maximum)),
            write_left: old
                .map_or(config.write.rate, |old| old.write_left.min(config.write.maximum)),
            last_tick: config.tick_at(now),
            refill,
        };
        self.bevs[bev].rate_limit = Some(limit);
        let mut suspended = false;
        for (side, left) in [
            (EvFlags::READ, limit.read_left),
            (EvFlags::WRITE, limit.write_left),
        ] {
            if left > 0 {
                self.unsuspend(bev, side, SuspendReasons::BANDWIDTH);
            } else {
                self.suspend(bev, side, SuspendReasons::BANDWIDTH);
                suspended = true;
            }
        }
        if suspended {
            self.event_add(refill, Some(config.tick))?;
        }
        Ok(())
    }

    /// How many bytes the bufferevent may read now (`bufferevent_get_read_limit`); negative after a read
    /// that took more than there was. `None` without a limit.
    pub fn bufferevent_get_read_limit(&mut self, bev: Bufferevent) -> Result<Option<i64>, Error> {
        self.bev(bev)?;
        Ok(self.updated_limit(bev).map(|limit| limit.read_left))
    }

    /// The same for writing (`bufferevent_get_write_limit`).
    pub fn bufferevent_get_write_limit(&mut self, bev: Bufferevent) -> Result<Option<i64>, Error> {
        self.bev(bev)?;
        Ok(self.updated_limit(bev).map(|limit| limit.write_left))
    }

    fn updated_limit(&mut self, bev: Bufferevent) -> Option<RateLimit> {
        let now = self.clock.now();
        let limit = self.bevs[bev].rate_limit.as_mut()?;
        limit.update(now);
        Some(*limit)
    }

    /// How much one read may take (`bufferevent_get_read_max_`).
    pub(super) fn read_max(&mut self, bev: Bufferevent) -> usize {
        match self.updated_limit(bev) {
            Some(limit) => limit.read_left.max(0) as usize,
            None => self.bevs[bev].max_single_read,
        }
    }

    /// How much one write may take (`bufferevent_get_write_max_`).
    pub(super) fn write_max(&mut self, bev: Bufferevent) -> usize {
        match self.updated_limit(bev) {
            Some(limit) => limit.write_left.max(0) as usize,
            None => self.bevs[bev].max_single_write,
        }
    }

    /// Bytes were read or written: they are taken from the bucket, and when it is empty the side is
    /// suspended until it is refilled (`bufferevent_decrement_read_buckets_`).
    pub(super) fn decrement_bucket(&mut self, bev: Bufferevent, side: EvFlags, bytes: usize) {
        let Some(limit) = &mut self.bevs[bev].rate_limit else {
            return;
        };
        let left = if side.contains(EvFlags::READ) {
            &mut limit.read_left
        } else {
            &mut limit.write_left
        };
        *left = left.saturating_sub(bytes as i64);
        let left = *left;
        let (refill, tick) = (limit.refill, limit.config.tick);
        trace!(
            self,
            Point,
            self.bev_objects(bev),
            Ratelimit { side, change: -(bytes as i64), left }
        );
        let slot = &self.bevs[bev];
        let (this, other) = if side.contains(EvFlags::READ) {
            (slot.read_suspended, slot.write_suspended)
        } else {
            (slot.write_suspended, slot.read_suspended)
        };
        if left <= 0 {
            self.suspend(bev, side, SuspendReasons::BANDWIDTH);
            // A timer has no fd, so to add it cannot fail.
            let _ = self.event_add(refill, Some(tick));
        } else if this.contains(SuspendReasons::BANDWIDTH) {
            if !other.contains(SuspendReasons::BANDWIDTH) {
                self.event_del_nolock(refill);
            }
            self.unsuspend(bev, side, SuspendReasons::BANDWIDTH);
        }
    }

    /// Run by the loop a tick after a bucket was emptied (`bev_refill_callback_`).
    pub(crate) fn bev_refill_callback(&mut self, bev: Bufferevent) {
        let Some(before) = self.bevs[bev].rate_limit else {
            return;
        };
        let Some(limit) = self.updated_limit(bev) else {
            return;
        };
        let mut again = false;
        for (side, was, left, suspended) in [
            (EvFlags::READ, before.read_left, limit.read_left, self.bevs[bev].read_suspended),
            (EvFlags::WRITE, before.write_left, limit.write_left, self.bevs[bev].write_suspended),
        ] {
            if left != was {
                trace!(
                    self,
                    Point,
                    self.bev_objects(bev),
                    Ratelimit { side, change: left - was, left }
                );
            }
            if suspended.contains(SuspendReasons::BANDWIDTH) {
                if left > 0 {
                    self.unsuspend(bev, side, SuspendReasons::BANDWIDTH);
                } else {
                    again = true;
                }
            }
        }
        if again {
            // A timer has no fd, so to add it cannot fail.
            let _ = self.event_add(limit.refill, Some(limit.config.tick));
        }
    }

    fn suspend(&mut self, bev: Bufferevent, side: EvFlags, reason: SuspendReasons) {
        if side.contains(EvFlags::READ) {
            self.bufferevent_suspend_read(bev, reason);
        } else {
            self.bufferevent_suspend_write(bev, reason);
        }
    }

    fn unsuspend(&mut self, bev: Bufferevent, side: EvFlags, reason: SuspendReasons) {
        if side.contains(EvFlags::READ) {
            self.bufferevent_unsuspend_read(bev, reason);
        } else {
            self.bufferevent_unsuspend_write(bev, reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_tick_is_counted() {
        for tick in [
            Duration::from_millis(1),
            Duration::from_secs(1 << 61),
            Duration::MAX,
        ] {
            let config = TokenBucketConfig::new(1, 1, 1, 1, Some(tick)).unwrap();
            assert!(config.tick_at(5_000_000) <= 5);
        }
        let short = Some(Duration::from_micros(999));
        assert!(TokenBucketConfig::new(1, 1, 1, 1, short).is_err());
    }
}
