//! Running the program's callbacks of a bufferevent: now, or from the loop.

use evscope_trace::{Mark, Side, Text, errno_name};

use super::watermark::crossing;
use crate::recording::{trace, trace_callback, trace_exit};
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
    input: usize,
    output: usize,
}

impl EventBase {
    /// Runs the callbacks of the sides in `events`, as if something had been read or written
    /// (`bufferevent_trigger`).
    #[track_caller]
    pub fn bufferevent_trigger(
        &mut self,
        bev: Bufferevent,
        events: EvFlags,
        options: TriggerOptions,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        trace!(self, Enter, self.bev_objects(bev), BuffereventTrigger { events });
        self.incref(bev);
        let before = self.lengths(bev);
        self.bufferevent_trigger_nolock(bev, events, options, before);
        self.decref(bev);
        trace_exit!(self);
        Ok(())
    }

    /// Runs the event callback with `what` (`bufferevent_trigger_event`).
    #[track_caller]
    pub fn bufferevent_trigger_event(
        &mut self,
        bev: Bufferevent,
        what: BevEvents,
        options: TriggerOptions,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        let events = EvFlags::empty();
        trace!(self, Enter, self.bev_objects(bev), BuffereventTrigger { events });
        self.incref(bev);
        self.bufferevent_run_eventcb(bev, what, options);
        self.decref(bev);
        trace_exit!(self);
        Ok(())
    }

    pub(super) fn lengths(&self, bev: Bufferevent) -> Lengths {
        let slot = &self.bevs[bev];
        Lengths {
            input: self.buffers[slot.input].chain.len(),
            output: self.buffers[slot.output].chain.len(),
        }
    }

    /// Runs the callbacks whose low marks allow it. `before` is how full the buffers were before the step
    /// that led here.
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
            let (low, len) = (self.bevs[bev].wm_read.low, self.lengths(bev).input);
            if before.input < low && len >= low {
                trace!(
                    self,
                    Point,
                    self.side_objects(bev, Side::Input),
                    Watermark {
                        side: Side::Input,
                        mark: Mark::Low,
                        at: low as u64,
                        from: before.input as u64,
                        to: len as u64,
                        crossed: crossing(before.input, len),
                    }
                );
            }
            if ignore || len >= low {
                self.bufferevent_run_readcb(bev, options);
            }
        }
        if events.contains(EvFlags::WRITE) {
            let (low, len) = (self.bevs[bev].wm_write.low, self.lengths(bev).output);
            if before.output > low && len <= low {
                trace!(
                    self,
                    Point,
                    self.side_objects(bev, Side::Output),
                    Watermark {
                        side: Side::Output,
                        mark: Mark::Low,
                        at: low as u64,
                        from: before.output as u64,
                        to: len as u64,
                        crossed: crossing(before.output, len),
                    }
                );
            }
            if ignore || len <= low {
                self.bufferevent_run_writecb(bev, options);
            }
        }
    }

    fn deferred(&self, bev: Bufferevent, options: TriggerOptions) -> bool {
        options.contains(TriggerOptions::DEFER_CALLBACKS)
            || self.bevs[bev].options.contains(BevOptions::DEFER_CALLBACKS)
    }

    fn bufferevent_run_readcb(&mut self, bev: Bufferevent, options: TriggerOptions) {
        if self.bevs[bev].callbacks.readcb.is_none() {
            return;
        }
        if self.deferred(bev, options) {
            self.bevs[bev].pending.readcb = true;
            self.schedule_callbacks(bev);
        } else {
            self.call_readcb(bev);
        }
    }

    /// Runs the read callback. If it leaves the input at or above the high mark, where nothing more is
    /// read, it will be run again from the loop, or nobody would ever take the bytes out.
    pub(super) fn call_readcb(&mut self, bev: Bufferevent) {
        let Some(callback) = self.bevs[bev].callbacks.readcb.clone() else {
            return;
        };
        trace_callback!(
            self,
            callback.name,
            self.bev_objects(bev),
            Readcb { callback: callback.name.short().into() }
        );
        self.run_callback(callback.name, |base| (callback.run)(base, bev));
        trace_exit!(self);
        let before = self.lengths(bev);
        let slot = &self.bevs[bev];
        let high = slot.wm_read.high;
        if high > 0 && slot.enabled.contains(EvFlags::READ) && before.input >= high {
            let (events, options) = (EvFlags::READ, TriggerOptions::DEFER_CALLBACKS);
            trace!(self, Enter, self.bev_objects(bev), BuffereventTrigger { events });
            self.bufferevent_trigger_nolock(bev, events, options, before);
            trace_exit!(self);
        }
    }

    fn bufferevent_run_writecb(&mut self, bev: Bufferevent, options: TriggerOptions) {
        if self.bevs[bev].callbacks.writecb.is_none() {
            return;
        }
        if self.deferred(bev, options) {
            self.bevs[bev].pending.writecb = true;
            self.schedule_callbacks(bev);
        } else {
            self.call_writecb(bev);
        }
    }

    pub(super) fn call_writecb(&mut self, bev: Bufferevent) {
        let Some(callback) = self.bevs[bev].callbacks.writecb.clone() else {
            return;
        };
        trace_callback!(
            self,
            callback.name,
            self.bev_objects(bev),
            Writecb { callback: callback.name.short().into() }
        );
        self.run_callback(callback.name, |base| (callback.run)(base, bev));
        trace_exit!(self);
    }

    pub(super) fn bufferevent_run_eventcb(
        &mut self,
        bev: Bufferevent,
        what: BevEvents,
        options: TriggerOptions,
    ) {
        if self.bevs[bev].callbacks.eventcb.is_none() {
            return;
        }
        if self.deferred(bev, options) {
            let errno = self.socket_error;
            let pending = &mut self.bevs[bev].pending;
            pending.events |= what;
            pending.errno = errno;
            self.schedule_callbacks(bev);
        } else {
            self.call_eventcb(bev, what);
        }
    }

    pub(super) fn call_eventcb(&mut self, bev: Bufferevent, what: BevEvents) {
        let Some(callback) = self.bevs[bev].callbacks.eventcb.clone() else {
            return;
        };
        trace_callback!(
            self,
            callback.name,
            self.bev_objects(bev),
            Eventcb {
                callback: callback.name.short().into(),
                what,
                errno: self.reason(bev, what),
            }
        );
        self.run_callback(callback.name, |base| (callback.run)(base, bev, what));
        trace_exit!(self);
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
