//! How long calls take.

use evscope_trace::{Event, Lane, Nanos, Phase};

use crate::Trace;

/// A call that takes so long itself is worth a word: the loop does nothing else meanwhile.
const LONG: Nanos = Nanos(100_000_000);

impl Trace {
    /// How long a call took, from its enter to its exit; `None` of any other step, and of a call that has not
    /// returned.
    pub fn took(&self, step: usize) -> Option<Nanos> {
        let exit = self.exit_of(step)?;
        let span = self.record(exit).t.0.saturating_sub(self.record(step).t.0);
        Some(Nanos(span))
    }

    /// How long a call took without the calls inside it.
    pub fn took_itself(&self, step: usize) -> Option<Nanos> {
        let mut own = self.took(step)?.0;
        let exit = self.exit_of(step)?;
        let mut inside = step + 1;
        while inside < exit {
            // What other threads did meanwhile is passed over.
            if self.parent(inside) == Some(step) {
                own = own.saturating_sub(self.took(inside).unwrap_or_default().0);
                inside = self.exit_of(inside).unwrap_or(inside);
            }
            inside += 1;
        }
        Some(Nanos(own))
    }

    /// Of a call that took long itself, without the calls inside it: how long it took, and how long itself. A loop and
    /// its waits take as long as they take.
    pub fn took_long(&self, step: usize) -> Option<(Nanos, Nanos)> {
        if let Event::EventBaseLoop { .. } | Event::Poll { .. } = self.get(step)?.event {
            return None;
        }
        let whole = self.took(step).filter(|span| *span >= LONG)?;
        let own = self.took_itself(step).filter(|span| *span >= LONG)?;
        Some((whole, own))
    }

    /// How long the loop waited in the backend during a call; of a wait, how long it took.
    pub fn waited(&self, step: usize) -> Option<Nanos> {
        let whole = self.took(step)?;
        if let Event::Poll { .. } = self.record(step).event {
            return Some(whole);
        }
        let exit = self.exit_of(step)?;
        let thread = self.record(step).thread;
        let waits = (step + 1..exit).filter(|inside| {
            // What is known without its record goes first.
            let may_wait = self.phase(*inside) == Some(Phase::Enter)
                && self.lane(*inside) == Some(Lane::Kernel);
            may_wait && {
                let record = self.record(*inside);
                record.thread == thread && matches!(record.event, Event::Poll { .. })
            }
        });
        let waited = waits.filter_map(|wait| self.took(wait));
        Some(Nanos(waited.map(|span| span.0).sum()))
    }
}
