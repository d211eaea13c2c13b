//! How long the program's callbacks run.

use std::cmp::Reverse;

use evscope_trace::{Nanos, Text};
use hdrhistogram::Histogram;
use serde::Serialize;

use super::sum;
use crate::calls::Times;
use crate::quick::HashMap;

/// The runs of one callback of the program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CallbackStats {
    /// What kind of callback (`readcb`, `event_callback`, …).
    pub kind: Text,
    /// Its name.
    pub name: Text,
    /// How often it ran.
    pub count: u64,
    /// How many of its runs have not returned; they have no time.
    pub unfinished: u64,
    /// How long its runs took altogether.
    pub total: Nanos,
    /// How long they took without the calls inside them: the program's own time, as far as the trace tells calls.
    #[serde(rename = "self")]
    pub own: Nanos,
    /// Half of its runs took no longer; this and the next two within a thousandth.
    pub p50: Nanos,
    /// Nine of ten took no longer.
    pub p90: Nanos,
    /// 99 of 100 took no longer.
    pub p99: Nanos,
    /// How long the longest took.
    pub longest: Nanos,
    /// The step at which the longest began.
    pub longest_step: Option<usize>,
    /// How its runs are spread, each part up to twice as long as the one before it; from the shortest to the longest.
    pub spread: Vec<Runs>,
}

/// The runs of a callback that took about as long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Runs {
    /// They took less than this.
    pub under: Nanos,
    /// How many.
    pub count: u64,
}

/// The sums of all callbacks.
#[derive(Debug, Default)]
pub(super) struct Callbacks {
    by_name: HashMap<(Text, Text), usize>,
    list: Vec<(CallbackStats, Option<Histogram<u64>>)>,
}

/// Percentiles are told within a thousandth.
const DIGITS: u8 = 3;

impl Callbacks {
    /// A callback runs. Its number.
    pub(super) fn begun(&mut self, kind: Text, name: Text) -> usize {
        let list = &mut self.list;
        let number = *self.by_name.entry((kind, name)).or_insert_with_key(|key| {
            let (kind, name) = key.clone();
            let sum = CallbackStats {
                kind,
                name,
                ..CallbackStats::default()
            };
            list.push((sum, Histogram::new(DIGITS).ok()));
            list.len() - 1
        });
        self.list[number].0.count += 1;
        number
    }

    /// A run that began at a step has ended, or never will.
    pub(super) fn ended(&mut self, number: usize, step: usize, times: Option<Times>) {
        let (stats, histogram) = &mut self.list[number];
        let Some(Times { whole, own, .. }) = times else {
            stats.unfinished += 1;
            return;
        };
        stats.total = sum(stats.total, whole);
        stats.own = sum(stats.own, own);
        if stats.longest_step.is_none() || whole > stats.longest {
            stats.longest = whole;
            stats.longest_step = Some(step);
        }
        if let Some(histogram) = histogram {
            // It grows with what it is given, so that nothing is too long for it.
            _ = histogram.record(whole.0);
        }
    }

    /// The callbacks, the longest in total first.
    pub(super) fn finish(self) -> Vec<CallbackStats> {
        let with_times = |(stats, histogram): (CallbackStats, Option<Histogram<u64>>)| {
            let longest = stats.longest.0;
            let Some(times) = histogram.filter(|times| !times.is_empty()) else {
                return stats;
            };
            let at = |quantile| Nanos(times.value_at_quantile(quantile).min(longest));
            CallbackStats {
                p50: at(0.5),
                p90: at(0.9),
                p99: at(0.99),
                spread: spread(&times),
                ..stats
            }
        };
        let mut list: Vec<CallbackStats> = self.list.into_iter().map(with_times).collect();
        list.sort_by(|a, b| {
            (Reverse(a.total), &a.kind, &a.name).cmp(&(Reverse(b.total), &b.kind, &b.name))
        });
        list
    }
}

/// The runs by the powers of two between which they lie.
fn spread(times: &Histogram<u64>) -> Vec<Runs> {
    let mut counts = [0; u64::BITS as usize + 1];
    for value in times.iter_recorded() {
        let bits = u64::BITS - value.value_iterated_to().leading_zeros();
        counts[bits as usize] += value.count_since_last_iteration();
    }
    let first = counts.iter().position(|count| *count > 0);
    let last = counts.iter().rposition(|count| *count > 0);
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    (first..=last)
        .map(|bits| Runs {
            under: Nanos(1u64.checked_shl(bits as u32).unwrap_or(u64::MAX)),
            count: counts[bits],
        })
        .collect()
}
