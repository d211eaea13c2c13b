//! Statements about rate limits, of one bufferevent and of groups.

use evscope_reactor::{Bufferevent, EventBase, RateLimitGroup, TokenBucketConfig};

use super::objects::Thing;
use super::step::refused;
use super::{Frame, Machine, span};
use crate::spec::Sort;

/// The limit that five places say, if it can be one. libevent divides by the tick.
fn limit(a: &[i64]) -> Option<TokenBucketConfig> {
    let [read, read_burst, write, write_burst] = [a[0], a[1], a[2], a[3]].map(|n| n as usize);
    if a[4] == 0 {
        return None;
    }
    TokenBucketConfig::new(read, read_burst, write, write_burst, span(a[4])).ok()
}

impl Machine {
    pub(super) fn set_rate_limit(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        if let Some(limit) = limit(&a[1..]) {
            self.bev(a[0], frame, |bev| {
                refused(base.bufferevent_set_rate_limit(bev, Some(limit)));
            });
        }
    }

    pub(super) fn group_new(&self, base: &mut EventBase, a: &[i64]) {
        if let Some(limit) = limit(&a[1..])
            && let Ok(group) = base.bufferevent_rate_limit_group_new(limit)
        {
            let objects = &mut self.state.borrow_mut().objects;
            objects.name(a[0], Thing::Group(group));
        }
    }

    pub(super) fn group_set_cfg(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        if let Some(limit) = limit(&a[1..]) {
            self.group(a[0], frame, |group| {
                refused(base.bufferevent_rate_limit_group_set_cfg(group, limit));
            });
        }
    }

    pub(super) fn group(&self, arg: i64, frame: &Frame, act: impl FnOnce(RateLimitGroup)) {
        if let Some((_, group)) = self.find_group(arg, frame) {
            act(group);
        }
    }

    fn find_group(&self, arg: i64, frame: &Frame) -> Option<(usize, RateLimitGroup)> {
        let at = self.find(arg, Sort::Group, frame)?;
        match self.state.borrow().objects.get(at)? {
            Thing::Group(group) => Some((at, *group)),
            _ => None,
        }
    }

    pub(super) fn group_free(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some((at, group)) = self.find_group(a[0], frame) else {
            return;
        };
        if self.state.borrow().objects.has_members(at) {
            return;
        }
        self.state.borrow_mut().objects.kill(at);
        refused(base.bufferevent_rate_limit_group_free(group));
    }

    pub(super) fn add_to_group(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some((group_at, group)) = self.find_group(a[1], frame) else {
            return;
        };
        if let Some(bev) = self.in_group(a[0], frame, Some(group_at)) {
            refused(base.bufferevent_add_to_rate_limit_group(bev, group));
        }
    }

    pub(super) fn remove_from_group(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        if let Some(bev) = self.in_group(a[0], frame, None) {
            refused(base.bufferevent_remove_from_rate_limit_group(bev));
        }
    }

    /// Notes which group a bufferevent is in now.
    fn in_group(&self, arg: i64, frame: &Frame, group: Option<usize>) -> Option<Bufferevent> {
        let at = self.find(arg, Sort::Bufferevent, frame)?;
        let mut state = self.state.borrow_mut();
        let bev = state.objects.bev(at)?;
        bev.group = group;
        Some(bev.bev)
    }
}
