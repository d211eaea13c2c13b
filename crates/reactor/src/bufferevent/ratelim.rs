//! Rate limits: a bucket of bytes a bufferevent, filled a tick at a time. libevent's
//! `bufferevent_ratelim.c`, but for groups, which are in `ratelim_group.rs`.

use std::time::Duration;

use evscope_trace::Role;

use crate::event::{EventCallback, NewEvent, Owner};
use crate::recording::point;
use crate::{Bufferevent, Error, EvFlags, Event, EventBase, RateLimitGroup, SuspendReasons};

/// How fast a bufferevent may read and write (libevent's `struct ev_token_bucket_cfg`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenBucketConfig {
    read: Rate,
    write: Rate,
    pub(super) tick: Duration,
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

    /// Bytes that a tick brings, for reading and for writing.
    pub(super) fn rates(&self) -> [i64; 2] {
        [self.read.rate, self.write.rate]
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

/// Two buckets of bytes (libevent's `struct ev_token_bucket`), with what fills them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Buckets {
    pub(super) config: TokenBucketConfig,
    pub(super) read_left: i64,
    pub(super) write_left: i64,
    last_tick: u64,
}

impl Buckets {
    /// They begin with what one tick brings.
    pub(super) fn new(config: TokenBucketConfig, now: u64) -> Self {
        Self {
            config,
            read_left: config.read.rate,
            write_left: config.write.rate,
            last_tick: config.tick_at(now),
        }
    }

    /// The same with other limits. They do not fill a bucket that is empty; they only make one smaller that
    /// is too full. What is left of a tick of another length is lost.
    pub(super) fn with_config(self, config: TokenBucketConfig, now: u64) -> Self {
        Self {
            config,
            read_left: self.read_left.min(config.read.maximum),
            write_left: self.write_left.min(config.write.maximum),
            last_tick: if config.tick == self.config.tick {
                self.last_tick
            } else {
                config.tick_at(now)
            },
        }
    }

    pub(super) fn update(&mut self, now: u64) {
        let tick = self.config.tick_at(now);
        let ticks = tick.saturating_sub(self.last_tick);
        if ticks > 0 {
            self.read_left = self.config.read.filled(self.read_left, ticks);
            self.write_left = self.config.write.filled(self.write_left, ticks);
            self.last_tick = tick;
        }
    }

    pub(super) fn left(&mut self, side: EvFlags) -> &mut i64 {
        if side.contains(EvFlags::READ) {
            &mut self.read_left
        } else {
            &mut self.write_left
        }
    }
}

/// What limits a bufferevent (libevent's `struct bufferevent_rate_limit`), once it was ever limited.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RateLimit {
    /// Its own limits, if it has any.
    pub(super) buckets: Option<Buckets>,
    /// The timer that refills its buckets while they are empty.
    pub(super) refill: Event,
    pub(super) group: Option<RateLimitGroup>,
}

/// # Rate limits
impl EventBase {
    /// Limits how fast a bufferevent reads and writes (`bufferevent_set_rate_limit`); `None` is no limit of
    /// its own.
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
                self.bevs[bev].rate_limit = Some(RateLimit { buckets: None, ..old });
                self.bufferevent_unsuspend_read(bev, SuspendReasons::BANDWIDTH);
                self.bufferevent_unsuspend_write(bev, SuspendReasons::BANDWIDTH);
                self.event_del_nolock(old.refill);
            }
            return Ok(());
        };
        let before = old.and_then(|old| old.buckets);
        if before.is_some_and(|before| before.config == config) {
            return Ok(());
        }
        let now = self.clock.now();
        let buckets = match before {
            Some(before) => before.with_config(config, now),
            None => Buckets::new(config, now),
        };
        if let Some(before) = before {
            self.set_buckets(bev, before, buckets);
        }
        let (refill, group) = match old {
            Some(old) => {
                if old.buckets.is_some() {
                    self.event_del_nolock(old.refill);
                }
                self.event_reassign(old.refill, -1);
                (old.refill, old.group)
            }
            None => (self.new_refill_event(bev), None),
        };
        self.bevs[bev].rate_limit = Some(RateLimit { buckets: Some(buckets), refill, group });
        let mut suspended = false;
        for (side, left) in [
            (EvFlags::READ, buckets.read_left),
            (EvFlags::WRITE, buckets.write_left),
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

    #[track_caller]
    fn new_refill_event(&mut self, bev: Bufferevent) -> Event {
        let new = NewEvent {
            role: Role::Internal,
            owner: Owner::Bufferevent(self.bevs[bev].id),
            fd: -1,
            events: EvFlags::FINALIZE,
            callback: EventCallback::BevRefill(bev),
        };
        self.event_assign(self.ids.event(), new)
    }

    /// What limits the bufferevent; without limits of its own if it had none.
    #[track_caller]
    pub(super) fn rate_limit_of(&mut self, bev: Bufferevent) -> RateLimit {
        if let Some(limit) = self.bevs[bev].rate_limit {
            return limit;
        }
        let refill = self.new_refill_event(bev);
        let limit = RateLimit { buckets: None, refill, group: None };
        self.bevs[bev].rate_limit = Some(limit);
        limit
    }

    /// Its own limits (`bufferevent_get_token_bucket_cfg`).
    pub fn bufferevent_get_token_bucket_cfg(
        &self,
        bev: Bufferevent,
    ) -> Result<Option<TokenBucketConfig>, Error> {
        let limit = self.bev(bev)?.rate_limit;
        Ok(limit
            .and_then(|limit| limit.buckets)
            .map(|buckets| buckets.config))
    }

    /// How many bytes the bufferevent may read now by its own limit (`bufferevent_get_read_limit`); negative
    /// after a read that took more than there was. `None` without a limit.
    pub fn bufferevent_get_read_limit(&mut self, bev: Bufferevent) -> Result<Option<i64>, Error> {
        self.bev(bev)?;
        Ok(self.updated_limit(bev).map(|limit| limit.read_left))
    }

    /// The same for writing (`bufferevent_get_write_limit`).
    pub fn bufferevent_get_write_limit(&mut self, bev: Bufferevent) -> Result<Option<i64>, Error> {
        self.bev(bev)?;
        Ok(self.updated_limit(bev).map(|limit| limit.write_left))
    }

    /// How many bytes one read would take at most (`bufferevent_get_max_to_read`), by all its limits.
    #[track_caller]
    pub fn bufferevent_get_max_to_read(&mut self, bev: Bufferevent) -> Result<usize, Error> {
        self.bev(bev)?;
        Ok(self.read_max(bev).0)
    }

    /// The same for a write (`bufferevent_get_max_to_write`).
    #[track_caller]
    pub fn bufferevent_get_max_to_write(&mut self, bev: Bufferevent) -> Result<usize, Error> {
        self.bev(bev)?;
        Ok(self.write_max(bev).0)
    }

    /// Takes bytes from the bucket for reading, as if they were read (`bufferevent_decrement_read_limit`);
    /// a negative number puts them in.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the bufferevent has no limit of its own.
    #[track_caller]
    pub fn bufferevent_decrement_read_limit(
        &mut self,
        bev: Bufferevent,
        bytes: i64,
    ) -> Result<(), Error> {
        self.decrement_limit(bev, EvFlags::READ, bytes, "bufferevent_decrement_read_limit")
    }

    /// The same for writing (`bufferevent_decrement_write_limit`).
    #[track_caller]
    pub fn bufferevent_decrement_write_limit(
        &mut self,
        bev: Bufferevent,
        bytes: i64,
    ) -> Result<(), Error> {
        self.decrement_limit(bev, EvFlags::WRITE, bytes, "bufferevent_decrement_write_limit")
    }

    #[track_caller]
    fn decrement_limit(
        &mut self,
        bev: Bufferevent,
        side: EvFlags,
        bytes: i64,
        call: &'static str,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        let Some(RateLimit { buckets: Some(buckets), refill, .. }) = &mut self.bevs[bev].rate_limit
        else {
            return Err(Error::invalid(call, "the bufferevent has no rate limit of its own"));
        };
        let (refill, tick) = (*refill, buckets.config.tick);
        let old = *buckets.left(side);
        let new = old.saturating_sub(bytes);
        self.fill_bucket(bev, side, bytes.saturating_neg(), new);
        if old > 0 && new <= 0 {
            self.suspend(bev, side, SuspendReasons::BANDWIDTH);
            self.event_add(refill, Some(tick))?;
        } else if old <= 0 && new > 0 {
            self.unsuspend_filled(bev, side, refill);
        }
        Ok(())
    }

    /// There is something in the side's bucket again.
    #[track_caller]
    fn unsuspend_filled(&mut self, bev: Bufferevent, side: EvFlags, refill: Event) {
        let slot = &self.bevs[bev];
        let other = if side.contains(EvFlags::READ) {
            slot.write_suspended
        } else {
            slot.read_suspended
        };
        if !other.contains(SuspendReasons::BANDWIDTH) {
            self.event_del_nolock(refill);
        }
        self.unsuspend(bev, side, SuspendReasons::BANDWIDTH);
    }

    #[track_caller]
    fn updated_limit(&mut self, bev: Bufferevent) -> Option<Buckets> {
        let now = self.clock.now();
        let buckets = self.bevs[bev].rate_limit.as_mut()?.buckets.as_mut()?;
        let before = *buckets;
        buckets.update(now);
        let buckets = *buckets;
        self.set_buckets(bev, before, buckets);
        Some(buckets)
    }

    /// What came into the buckets, or was too much for new limits.
    #[track_caller]
    fn set_buckets(&mut self, bev: Bufferevent, was: Buckets, now: Buckets) {
        self.set_bucket(bev, EvFlags::READ, was.read_left, now.read_left);
        self.set_bucket(bev, EvFlags::WRITE, was.write_left, now.write_left);
    }

    /// A bucket has `left`, and may have had another level before.
    #[track_caller]
    fn set_bucket(&mut self, bev: Bufferevent, side: EvFlags, was: i64, left: i64) {
        if left != was {
            self.fill_bucket(bev, side, left - was, left);
        }
    }

    /// So much is put into a bucket, or taken out, which then has `left`.
    #[point(bev => Ratelimit { side, change, left })]
    fn fill_bucket(&mut self, bev: Bufferevent, side: EvFlags, change: i64, left: i64) {
        if let Some(RateLimit { buckets: Some(buckets), .. }) = &mut self.bevs[bev].rate_limit {
            *buckets.left(side) = left;
        }
    }

    /// How much one read may take (`bufferevent_get_read_max_`), and why there is to be none now.
    #[inline]
    #[track_caller]
    pub(super) fn read_max(&mut self, bev: Bufferevent) -> (usize, SuspendReasons) {
        let slot = &self.bevs[bev];
        let Some(limit) = slot.rate_limit else {
            return (slot.max_single_read, slot.read_suspended);
        };
        (self.limited_max(bev, limit, EvFlags::READ), self.bevs[bev].read_suspended)
    }

    /// How much one write may take (`bufferevent_get_write_max_`), and why there is to be none now.
    #[inline]
    #[track_caller]
    pub(super) fn write_max(&mut self, bev: Bufferevent) -> (usize, SuspendReasons) {
        let slot = &self.bevs[bev];
        let Some(limit) = slot.rate_limit else {
            return (slot.max_single_write, slot.write_suspended);
        };
        (self.limited_max(bev, limit, EvFlags::WRITE), self.bevs[bev].write_suspended)
    }

    /// The least of what the limits allow (`bufferevent_get_rlim_max_`).
    #[inline(never)]
    #[track_caller]
    fn limited_max(&mut self, bev: Bufferevent, limit: RateLimit, side: EvFlags) -> usize {
        let slot = &self.bevs[bev];
        let single = if side.contains(EvFlags::READ) {
            slot.max_single_read
        } else {
            slot.max_single_write
        };
        let mut max = single as i64;
        if let Some(mut buckets) = self.updated_limit(bev) {
            max = *buckets.left(side);
        }
        if let Some(group) = limit.group {
            max = max.min(self.group_share(bev, group, side));
        }
        max.max(0) as usize
    }

    /// Bytes were read or written: they are taken from the bucket, and when it is empty the side is
    /// suspended until it is refilled (`bufferevent_decrement_read_buckets_`).
    #[inline]
    #[track_caller]
    pub(super) fn decrement_bucket(&mut self, bev: Bufferevent, side: EvFlags, bytes: usize) {
        if self.bevs[bev].rate_limit.is_some() {
            self.decrement_limited(bev, side, bytes);
        }
    }

    #[inline(never)]
    #[track_caller]
    fn decrement_limited(&mut self, bev: Bufferevent, side: EvFlags, bytes: usize) {
        let Some(limit) = &mut self.bevs[bev].rate_limit else {
            return;
        };
        let (refill, group) = (limit.refill, limit.group);
        if let Some(buckets) = &mut limit.buckets {
            let tick = buckets.config.tick;
            let was = *buckets.left(side);
            let left = was.saturating_sub(bytes as i64);
            self.set_bucket(bev, side, was, left);
            let slot = &self.bevs[bev];
            let suspended = if side.contains(EvFlags::READ) {
                slot.read_suspended
            } else {
                slot.write_suspended
            };
            if left <= 0 {
                self.suspend(bev, side, SuspendReasons::BANDWIDTH);
                // A timer has no fd, so to add it cannot fail.
                let _ = self.event_add(refill, Some(tick));
            } else if suspended.contains(SuspendReasons::BANDWIDTH) {
                self.unsuspend_filled(bev, side, refill);
            }
        }
        if let Some(group) = group {
            self.decrement_group(group, side, bytes);
        }
    }

    /// Run by the loop a tick after a bucket was emptied (`bev_refill_callback_`).
    #[track_caller]
    pub(crate) fn bev_refill_callback(&mut self, bev: Bufferevent) {
        let Some(RateLimit { refill, .. }) = self.bevs[bev].rate_limit else {
            return;
        };
        let Some(limit) = self.updated_limit(bev) else {
            return;
        };
        let mut again = false;
        for (side, left, suspended) in [
            (EvFlags::READ, limit.read_left, self.bevs[bev].read_suspended),
            (EvFlags::WRITE, limit.write_left, self.bevs[bev].write_suspended),
        ] {
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
            let _ = self.event_add(refill, Some(limit.config.tick));
        }
    }

    #[track_caller]
    pub(super) fn suspend(&mut self, bev: Bufferevent, side: EvFlags, reason: SuspendReasons) {
        if side.contains(EvFlags::READ) {
            self.bufferevent_suspend_read(bev, reason);
        } else {
            self.bufferevent_suspend_write(bev, reason);
        }
    }

    #[track_caller]
    pub(super) fn unsuspend(&mut self, bev: Bufferevent, side: EvFlags, reason: SuspendReasons) {
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
