//! Moves through a trace as a view at a level shows it. All are pure: from a step to another, or
//! nowhere.

use evscope_trace::{Event, Lane, Level, Nanos, Phase, Record};

use crate::{ObjectId, RecordRef, Trace, describe};

/// The first step shown.
pub fn first(trace: &Trace, level: Level) -> Option<usize> {
    trace.nth_shown(0, level)
}

/// The last step shown.
pub fn last(trace: &Trace, level: Level) -> Option<usize> {
    trace.shown_back(trace.len(), level).next()
}

/// The next step shown, on any thread.
pub fn next(trace: &Trace, step: usize, level: Level) -> Option<usize> {
    next_where(trace, step, level, |_| true)
}

/// The step shown before this one, on any thread.
pub fn previous(trace: &Trace, step: usize, level: Level) -> Option<usize> {
    previous_where(trace, step, level, |_| true)
}

/// The next step shown for which `wanted` holds.
pub fn next_where(
    trace: &Trace,
    step: usize,
    level: Level,
    mut wanted: impl FnMut(usize) -> bool,
) -> Option<usize> {
    trace
        .shown(step.saturating_add(1), level)
        .find(|step| wanted(*step))
}

/// The nearest step shown before this one for which `wanted` holds.
pub fn previous_where(
    trace: &Trace,
    step: usize,
    level: Level,
    mut wanted: impl FnMut(usize) -> bool,
) -> Option<usize> {
    trace.shown_back(step, level).find(|step| wanted(*step))
}

/// Over a call: the next step shown of this thread that is not inside this one. The exits that are
/// shown (of a poll, of a loop) count as such a step.
pub fn over(trace: &Trace, step: usize, level: Level) -> Option<usize> {
    let thread = trace.get(step)?.thread;
    let after = match trace.exit_of(step) {
        Some(exit) => exit - 1,
        None => trace.end(step),
    };
    next_where(trace, after, level, |step| {
        trace.record(step).thread == thread
    })
}

/// Over a call backward: the nearest earlier step of this thread that is beside this one or around it,
/// not inside an earlier call.
pub fn over_back(trace: &Trace, step: usize, level: Level) -> Option<usize> {
    let thread = trace.get(step)?.thread;
    let before = previous_where(trace, step, level, |step| {
        trace.record(step).thread == thread
    })?;
    let around = trace
        .ancestors(before)
        .take_while(|call| trace.end(*call) < step)
        .filter(|call| trace.is_shown(*call, level))
        .last();
    Some(around.unwrap_or(before))
}

/// Out of the enclosing call: the first step of this thread shown after it.
pub fn out(trace: &Trace, step: usize, level: Level) -> Option<usize> {
    over(trace, out_back(trace, step, level)?, level)
}

/// Out of the enclosing call backward: to the call itself.
pub fn out_back(trace: &Trace, step: usize, level: Level) -> Option<usize> {
    trace
        .ancestors(step)
        .find(|call| trace.is_shown(*call, level))
}

/// The next time a callback of the program runs.
pub fn next_callback(trace: &Trace, step: usize, level: Level) -> Option<usize> {
    next_where(trace, step, level, |step| is_callback(trace, step))
}

/// The last time before this step that a callback of the program ran.
pub fn previous_callback(trace: &Trace, step: usize, level: Level) -> Option<usize> {
    previous_where(trace, step, level, |step| is_callback(trace, step))
}

/// The next time a buffer passes a watermark. Those are shown from level 2 on.
pub fn next_watermark(trace: &Trace, step: usize, level: Level) -> Option<usize> {
    next_where(trace, step, level, |step| is_watermark(trace, step))
}

/// The last time before this step that a buffer passed a watermark.
pub fn previous_watermark(trace: &Trace, step: usize, level: Level) -> Option<usize> {
    previous_where(trace, step, level, |step| is_watermark(trace, step))
}

/// The next step at which something failed.
pub fn next_error(trace: &Trace, step: usize, level: Level) -> Option<usize> {
    next_where(trace, step, level, |step| is_error(trace, step))
}

/// The last step before this one at which something failed.
pub fn previous_error(trace: &Trace, step: usize, level: Level) -> Option<usize> {
    previous_where(trace, step, level, |step| is_error(trace, step))
}

/// The next step about an object.
pub fn next_of_object(trace: &Trace, step: usize, level: Level, object: ObjectId) -> Option<usize> {
    next_where(trace, step, level, |step| {
        object.is_in(&trace.record(step).objects)
    })
}

/// The last step before this one about an object.
pub fn previous_of_object(
    trace: &Trace,
    step: usize,
    level: Level,
    object: ObjectId,
) -> Option<usize> {
    previous_where(trace, step, level, |step| {
        object.is_in(&trace.record(step).objects)
    })
}

/// The step whose state a view at `level` shows at a step. A call that hides what it does at this level
/// has done it: after `bufferevent_write` the bytes are in the output, though the step that put them
/// there is not listed.
pub fn settled(trace: &Trace, step: usize, level: Level) -> usize {
    let hidden = next(trace, step, level).map_or(usize::MAX, |next| next - 1);
    trace.end(step).min(hidden)
}

/// The step shown that was current at a time: the last one at or before it, or the first one shown
/// when the time lies before that.
pub fn at_time(trace: &Trace, time: Nanos, level: Level) -> Option<usize> {
    let after = trace.count_while(|t| t <= time);
    previous(trace, after, level).or_else(|| first(trace, level))
}

/// Whether a callback of the program begins at a step.
pub fn is_callback(trace: &Trace, step: usize) -> bool {
    trace.phase(step) != Some(Phase::Exit) && trace.lane(step) == Some(Lane::Program)
}

/// Whether the loop waits for something to happen where a trace ends.
pub fn waits_at_end(trace: &Trace) -> bool {
    last_record(trace)
        .is_some_and(|last| last.phase == Phase::Enter && matches!(last.event, Event::Poll { .. }))
}

/// Whether the program has ended where a trace ends.
pub fn has_exited(trace: &Trace) -> bool {
    last_record(trace).is_some_and(|last| matches!(last.event, Event::ProgramExit { .. }))
}

fn last_record(trace: &Trace) -> Option<RecordRef<'_>> {
    trace.get(trace.len().checked_sub(1)?)
}

/// Whether a buffer passes a watermark at a step.
pub fn is_watermark(trace: &Trace, step: usize) -> bool {
    passes_watermark(&trace.record(step))
}

/// Whether something failed at a step. That a call would have to wait is no failure.
pub fn is_error(trace: &Trace, step: usize) -> bool {
    fails(&trace.record(step))
}

/// Whether a callback of the program begins with a record.
pub fn runs_callback(record: &Record) -> bool {
    record.phase != Phase::Exit && record.event.lane() == Lane::Program
}

/// Whether a buffer passes a watermark.
pub fn passes_watermark(record: &Record) -> bool {
    matches!(record.event, Event::Watermark { .. })
}

/// Whether something failed. That a call would have to wait is no failure.
pub fn fails(record: &Record) -> bool {
    // What a wait came to is told by its exit alone.
    let tells = record.phase != Phase::Exit || matches!(record.event, Event::Poll { .. });
    tells && describe::failure(&record.event).is_some()
}
