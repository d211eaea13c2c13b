//! What a loop does with its time: how long it waited, and how long callbacks of the program held it.

use evscope_trace::{BevId, Nanos};

/// The sums of one loop.
#[derive(Debug, Default)]
pub(super) struct Clock {
    waited: u64,
    /// Since when it waits.
    waits: Option<Nanos>,
    held: u64,
    /// Since when a callback holds it, and whose.
    holds: Option<(Nanos, Option<BevId>)>,
}

impl Clock {
    pub(super) fn wait(&mut self, t: Nanos) {
        self.waits = Some(t);
    }

    pub(super) fn wake(&mut self, t: Nanos) {
        self.waited = self.waited(t);
        self.waits = None;
    }

    pub(super) fn hold(&mut self, t: Nanos, bev: Option<BevId>) {
        self.holds = Some((t, bev));
    }

    pub(super) fn let_go(&mut self, t: Nanos) {
        self.held = self.held(t);
        self.holds = None;
    }

    /// How long it has waited up to a time that is not before the last one told.
    pub(super) fn waited(&self, t: Nanos) -> u64 {
        self.waited + self.waits.map_or(0, |since| t.0.saturating_sub(since.0))
    }

    /// How long it was held by callbacks.
    pub(super) fn held(&self, t: Nanos) -> u64 {
        self.held
            + self
                .holds
                .map_or(0, |(since, _)| t.0.saturating_sub(since.0))
    }

    /// How long the callback that runs has held it, if it is this bufferevent's.
    pub(super) fn held_by(&self, bev: BevId, t: Nanos) -> u64 {
        match self.holds {
            Some((since, Some(of))) if of == bev => t.0.saturating_sub(since.0),
            _ => 0,
        }
    }
}
