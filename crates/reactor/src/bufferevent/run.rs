//! Running the program's callbacks of a bufferevent: now, or from the loop.

use std::rc::Rc;

use evscope_trace::{Event as Step, Mark, Side, Text, errno_name};

use super::slot::{BevSlot, DataFn};
use super::watermark::crossing;
use crate::callback::Callback;
use crate::recording::{call, point};
use crate::{BevEvents, BevOptions, Bufferevent, Error, EvFlags, EventBase};

bitflags::bitflags! {
    /// How `bufferevent_trigger` runs callbacks (libevent's `BEV_TRIG_*`).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct TriggerOptions: u32 {
        /// Whatever the buffers hold.
        const IGNORE_WATERMARKS = 0x1;
        /// From the loop, not from within the call.
        const DEFER_CALLBACKS = 0x2;
    }
}

/// The lengths of a bufferevent's buffers before a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lengths {
    pub(super) input: usize,
    pub(super) output: usize,
}

impl Lengths {
    /// Where the output does not count.
    pub(super) fn input(input: usize) -> Self {
        Self { input, output: 0 }
    }

    /// Where the input does not count.
    pub(super) fn output(output: usize) -> Self {
        Self { input: 0, output }
    }
}

impl BevSlot {
    /// Whether its callbacks are put off.
    fn defers(&self, options: TriggerOptions) -> bool {
        options.contains(TriggerOptions::DEFER_CALLBACKS)
            || self.options.contains(BevOptions::DEFER_CALLBACKS)
    }
}

/// # Bufferevents: callbacks triggered
impl EventBase {
    /// Runs the callbacks of the sides in `events`, as if something had been read or written
    /// (`bufferevent_trigger`).
    #[call(bev => BuffereventTrigger { events })]
    pub fn bufferevent_trigger(
        &mut self,
        bev: Bufferevent,
        events: EvFlags,
        options: TriggerOptions,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        self.incref(bev);
        let before = self.lengths(bev);
        self.bufferevent_trigger_nolock(bev, events, options, before);
        self.decref(bev);
        Ok(())
    }

    /// Runs the event callback with `what` (`bufferevent_trigger_event`).
    #[call(bev => BuffereventTrigger { events: EvFlags::empty() })]
    pub fn bufferevent_trigger_event(
        &mut self,
        bev: Bufferevent,
        what: BevEvents,
        options: TriggerOptions,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        self.incref(bev);
        self.bufferevent_run_eventcb(bev, what, options);
        self.decref(bev);
        Ok(())
    }

    /// What is done as `bufferevent_trigger` is.
    #[call(bev => BuffereventTrigger { events })]
    fn trigger(&mut self, bev: Bufferevent, events: EvFlags, run: impl FnOnce(&mut Self)) {
        run(self);
    }

    pub(super) fn lengths(&self, bev: Bufferevent) -> Lengths {
        let slot = &self.bevs[bev];
        Lengths {
            input: self.buffers[slot.input].chain.len(),
            output: self.buffers[slot.output].chain.len(),
        }
    }

    /// Runs the callbacks whose low marks allow it. `before` is how full the buffers were before the step
    /// that led here; only that of a side in `events` counts.
    #[inline(always)]
    #[track_caller]
    pub(super) fn bufferevent_trigger_nolock(
        &mut self,
        bev: Bufferevent,
        events: EvFlags,
        options: TriggerOptions,
        before: Lengths,
    ) {
        let ignore = options.contains(TriggerOptions::IGNORE_WATERMARKS);
        if events.contains(EvFlags::READ) {
            let full_enough = self.low_mark_reached(bev, Side::Input, before.input);
            if ignore || full_enough {
                self.bufferevent_run_readcb(bev, options);
            }
        }
        if events.contains(EvFlags::WRITE) {
            let empty_enough = self.low_mark_reached(bev, Side::Output, before.output);
            if ignore || empty_enough {
                self.bufferevent_run_writecb(bev, options);
            }
        }
    }

    /// Whether the input is full enough, or the output empty enough. It is a step when that was not so before.
    #[point(self.side_objects(bev, side) => Watermark {
        side,
        mark: Mark::Low,
        at: self.side(bev, side).1 as u64,
        from: from as u64,
        to: self.side(bev, side).0 as u64,
        crossed: crossing(from, self.side(bev, side).0),
    }, if result && !reached(side, from, self.side(bev, side).1), after)]
    #[inline]
    fn low_mark_reached(&mut self, bev: Bufferevent, side: Side, from: usize) -> bool {
        let (len, low) = self.side(bev, side);
        reached(side, len, low)
    }

    /// How full a side's buffer is, and its low mark.
    #[inline]
    fn side(&self, bev: Bufferevent, side: Side) -> (usize, usize) {
        let slot = &self.bevs[bev];
        let (buffer, marks) = match side {
            Side::Input => (slot.input, slot.wm_read),
            Side::Output => (slot.output, slot.wm_write),
        };
        (self.buffers[buffer].chain.len(), marks.low)
    }

    #[inline(always)]
    #[track_caller]
    fn bufferevent_run_readcb(&mut self, bev: Bufferevent, options: TriggerOptions) {
        let slot = &mut self.bevs[bev];
        let Some(callback) = &slot.callbacks.readcb else {
            return;
        };
        if slot.defers(options) {
            slot.pending.readcb = true;
            self.schedule_callbacks(bev);
        } else {
            let callback = Rc::clone(callback);
            self.call_readcb(bev, &callback);
        }
    }

    /// Runs the read callback. If it leaves the input at or above the high mark, where nothing more is
    /// read, it will be run again from the loop, or nobody would ever take the bytes out.
    #[inline(never)]
    #[track_caller]
    pub(super) fn call_readcb(&mut self, bev: Bufferevent, callback: &Callback<DataFn>) {
        self.run_callback(
            || callback.name(),
            move |base, callback| (base.bev_objects(bev), Step::Readcb { callback }),
            move |base| callback.run(base, bev, ()),
        );
        let slot = &self.bevs[bev];
        let high = slot.wm_read.high;
        if high > 0 && slot.enabled.contains(EvFlags::READ) {
            let before = self.lengths(bev);
            if before.input >= high {
                let options = TriggerOptions::DEFER_CALLBACKS;
                self.trigger(bev, EvFlags::READ, |base| {
                    base.bufferevent_trigger_nolock(bev, EvFlags::READ, options, before);
                });
            }
        }
    }

    #[inline(always)]
    #[track_caller]
    fn bufferevent_run_writecb(&mut self, bev: Bufferevent, options: TriggerOptions) {
        let slot = &mut self.bevs[bev];
        if slot.callbacks.writecb.is_none() {
            return;
        }
        if slot.defers(options) {
            slot.pending.writecb = true;
            self.schedule_callbacks(bev);
        } else {
            self.call_writecb(bev);
        }
    }

    #[inline(never)]
    #[track_caller]
    pub(super) fn call_writecb(&mut self, bev: Bufferevent) {
        let Some(callback) = self.bevs[bev].callbacks.writecb.clone() else {
            return;
        };
        self.run_callback(
            || callback.name(),
            move |base, callback| (base.bev_objects(bev), Step::Writecb { callback }),
            |base| callback.run(base, bev, ()),
        );
    }

    #[track_caller]
    pub(super) fn bufferevent_run_eventcb(
        &mut self,
        bev: Bufferevent,
        what: BevEvents,
        options: TriggerOptions,
    ) {
        let slot = &mut self.bevs[bev];
        if slot.callbacks.eventcb.is_none() {
            return;
        }
        if slot.defers(options) {
            slot.pending.events |= what;
            slot.pending.errno = self.socket_error;
            self.schedule_callbacks(bev);
        } else {
            self.call_eventcb(bev, what);
        }
    }

    #[track_caller]
    pub(super) fn call_eventcb(&mut self, bev: Bufferevent, what: BevEvents) {
        let Some(callback) = self.bevs[bev].callbacks.eventcb.clone() else {
            return;
        };
        self.run_callback(
            || callback.name(),
            move |base, callback| {
                let step = Step::Eventcb { callback, what, errno: base.reason(bev, what) };
                (base.bev_objects(bev), step)
            },
            |base| callback.run(base, bev, what),
        );
    }

    /// Why the program is told of an error: an errno, or the name of what a look-up failed with.
    fn reason(&self, bev: Bufferevent, what: BevEvents) -> Option<Text> {
        if !what.contains(BevEvents::ERROR) {
            return None;
        }
        let dns_error = self.bevs[bev].dns_error.as_ref();
        let name = dns_error.filter(|reason| reason.starts_with("EAI_"));
        let errno = self.socket_error.map(errno_name);
        errno.or_else(|| name.map(|name| name.clone().into()))
    }
}

/// Whether a buffer with so many bytes is at its low mark: an input from there up, an output from there down.
fn reached(side: Side, len: usize, low: usize) -> bool {
    match side {
        Side::Input => len >= low,
        Side::Output => len <= low,
    }
}
