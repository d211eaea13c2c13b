//! How a process was at some moments of its past. One that was forked off may say its first word long after that, when its
//! parent has gone on; what it inherited is then found out by going through its parent's past again, from the nearest
//! moment that is known. However many there are, and in whatever order they speak, that is not all of it each time.

use super::Past;

/// What was known of a process at some moment.
#[derive(Clone)]
pub(super) struct Moment<P = Past> {
    /// Nothing of the process from then on is in it.
    pub(super) at: u64,
    /// Where in the spool its next record is to be looked for.
    pub(super) position: u64,
    pub(super) past: P,
}

/// Those that are kept of a process, in their order.
pub(super) struct Moments<P = Past>(Vec<Moment<P>>);

impl<P> Default for Moments<P> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<P: Clone> Moments<P> {
    /// Each has a copy of all that is known of the process.
    const MOST: usize = 16;

    /// The last one that is not after `at`.
    pub(super) fn nearest(&self, at: u64) -> Option<Moment<P>> {
        let after = self.0.partition_point(|moment| moment.at <= at);
        self.0[..after].last().cloned()
    }

    /// Keeps what was met on a way; where that becomes too much, what lies closest to the one before it goes. The end of the
    /// way stays: who speaks in order goes on from there.
    pub(super) fn keep(&mut self, met: Vec<Moment<P>>) {
        let end = met.last().map(|moment| moment.position);
        self.0.extend(met);
        self.0.sort_by_key(|moment| (moment.at, moment.position));
        self.0.dedup_by_key(|moment| moment.position);
        while self.0.len() > Self::MOST {
            let closest = (1..self.0.len())
                .filter(|&i| Some(self.0[i].position) != end)
                .min_by_key(|&i| self.0[i].position.saturating_sub(self.0[i - 1].position));
            let Some(closest) = closest else { break };
            self.0.remove(closest);
        }
    }
}

/// A way through the past, on which some moments are noted, evenly, however long it becomes.
pub(super) struct Way<P = Past> {
    noted: Vec<Moment<P>>,
    /// How far they are from one another, and where the next one is.
    stride: u64,
    next: u64,
}

impl<P: Clone> Way<P> {
    /// Bytes of the spool that are gone through again rather than kept in mind.
    const LEAST: u64 = 1 << 16;
    const MOST: usize = 8;

    pub(super) fn from(position: u64) -> Self {
        Self {
            noted: Vec::new(),
            stride: Self::LEAST,
            next: position + Self::LEAST,
        }
    }

    pub(super) fn pass(&mut self, now: &Moment<P>) {
        if now.position < self.next {
            return;
        }
        self.noted.push(now.clone());
        if self.noted.len() == Self::MOST {
            let mut odd = false;
            self.noted.retain(|_| {
                odd = !odd;
                !odd
            });
            self.stride *= 2;
        }
        self.next = now.position + self.stride;
    }

    pub(super) fn end(mut self, now: Moment<P>) -> Vec<Moment<P>> {
        self.noted.push(now);
        self.noted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: u64 = 1 << 12;
    const STEPS: u64 = 20_000;

    /// How many steps are gone through for children that were forked off at these steps, in the order in which they speak.
    /// Each must find just what was done until then.
    fn gone_through(forks: impl Iterator<Item = u64>) -> u64 {
        let mut moments = Moments::<u64>::default();
        let mut all = 0;
        for at in forks {
            let mut now = moments.nearest(at).unwrap_or(Moment {
                at: 0,
                position: 0,
                past: 0,
            });
            let mut way = Way::from(now.position);
            while now.past < at {
                now.past += 1;
                now.position += STEP;
                now.at = now.past;
                all += 1;
                way.pass(&now);
            }
            assert_eq!(now.past, at);
            moments.keep(way.end(now));
            assert!(moments.0.len() <= Moments::<u64>::MOST);
        }
        all
    }

    #[test]
    fn no_order_goes_through_all_of_the_past_each_time() {
        const CHILDREN: u64 = 300;
        let at = |child: u64| (child + 1) * STEPS / CHILDREN;
        assert_eq!(gone_through((0..CHILDREN).map(at)), STEPS);
        let mixed = gone_through((0..CHILDREN).map(|i| at(i * 7919 % CHILDREN)));
        let backwards = gone_through((0..CHILDREN).rev().map(at));
        for all in [mixed, backwards] {
            assert!(
                all < STEPS * CHILDREN / 12,
                "{mixed} {backwards} of {STEPS}"
            );
        }
    }
}
