//! What a query is asked of: a step, and what there is to know of it.

use evscope_trace::{Nanos, Record};

use super::field::Time;
use crate::calls::Times;
use crate::{Known, State, Trace};

/// A step as a query looks at it: in a trace that is there as a whole, or in one that goes by.
pub struct Seen<'a> {
    pub(super) record: &'a Record,
    pub(super) known: &'a dyn Known,
    pub(super) state: Option<&'a State>,
    times: Timing<'a>,
}

/// How long a call took.
enum Timing<'a> {
    /// The trace can be asked.
    Of(&'a Trace, usize),
    /// It was found out: none of what is no call, or has not returned.
    Told(Option<Times>),
}

impl<'a> Seen<'a> {
    /// A step of a trace, and the state after it.
    pub(super) fn of(
        trace: &'a Trace,
        record: &'a Record,
        step: usize,
        state: Option<&'a State>,
    ) -> Self {
        Self {
            record,
            known: trace,
            state,
            times: Timing::Of(trace, step),
        }
    }

    /// A step that goes by, the state after it, and how long the call takes that begins with it.
    pub fn passing(
        record: &'a Record,
        known: &'a dyn Known,
        state: Option<&'a State>,
        times: Option<Times>,
    ) -> Self {
        Self {
            record,
            known,
            state,
            times: Timing::Told(times),
        }
    }

    pub(super) fn took(&self, time: Time) -> Option<Nanos> {
        match (&self.times, time) {
            (Timing::Of(trace, step), Time::Whole) => trace.took(*step),
            (Timing::Of(trace, step), Time::Own) => trace.took_itself(*step),
            (Timing::Of(trace, step), Time::Waited) => trace.waited(*step),
            (Timing::Told(times), time) => times.as_ref().map(|times| match time {
                Time::Whole => times.whole,
                Time::Own => times.own,
                Time::Waited => times.waited,
            }),
        }
    }
}
