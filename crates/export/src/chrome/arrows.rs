//! Arrows from a call to the callback that it is the cause of.

use evscope_replay::{Passing, Told, Trail, program_callback};
use evscope_trace::{Nanos, Phase, ThreadId, json};

use super::Process;
use crate::dot::is_run_by_loop;

/// The most arrows: with more of them Perfetto is long to load, and nobody follows them.
pub(crate) const MOST: usize = 100_000;

/// Finds them while the steps go by.
#[derive(Default)]
pub(super) struct Arrows {
    /// Of each step the call that leads on from it: itself, or the nearest among its causes.
    trail: Trail<Option<Slice>>,
    drawn: usize,
}

/// A call that has a slice.
#[derive(Debug, Clone, Copy)]
struct Slice {
    step: usize,
    t: Nanos,
    thread: ThreadId,
    /// Whether it is among what is exported.
    is_there: bool,
}

/// An arrow to the step that goes by.
pub(super) struct Arrow(Slice);

impl Arrows {
    /// Takes in the next step: the arrow to it, if there is one. What the calls around it lead to lies inside them, and has
    /// none.
    pub(super) fn step(&mut self, passing: &Passing<'_>) -> Option<Arrow> {
        if self.drawn == MOST {
            return None;
        }
        let record = passing.record;
        let is_enter = record.phase == Phase::Enter;
        let is_callback = is_enter
            && (program_callback(&record.event).is_some() || is_run_by_loop(&record.event));
        let mut from = None;
        self.trail.step(passing.step, record, |cause| {
            let leads = cause.and_then(|(slice, _)| slice);
            from = leads;
            match is_enter {
                true => Some(Slice {
                    step: passing.step,
                    t: record.t,
                    thread: record.thread,
                    is_there: passing.is_chosen,
                }),
                false => leads,
            }
        });
        let wanted = is_callback && passing.is_chosen;
        let from = from.filter(|slice| wanted && slice.is_there)?;
        if passing.around.iter().any(|call| call.step == from.step) {
            return None;
        }
        self.drawn += 1;
        Some(Arrow(from))
    }
}

impl Arrow {
    /// Writes both its ends: the number of the step that it leads to holds them together.
    pub(super) fn write<T>(&self, told: &Told<'_, T>, process: &Process, out: &mut Vec<u8>) {
        let Self(from) = self;
        let (to, record) = (told.step, told.record);
        let mut end = |phase: &[u8], t: Nanos, thread: ThreadId| {
            out.extend_from_slice(b",\n{\"ph\":");
            out.extend_from_slice(phase);
            out.push(b',');
            process.when(t, thread, out);
            out.extend_from_slice(b",\"id\":");
            json::number(to, out);
            out.extend_from_slice(b",\"cat\":\"cause\",\"name\":\"cause\"}");
        };
        end(b"\"s\"", from.t, from.thread);
        end(b"\"f\",\"bp\":\"e\"", record.t, record.thread);
    }
}
