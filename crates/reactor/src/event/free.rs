//! The end of the base: what still belongs to it goes, in libevent's order.

use std::panic::{AssertUnwindSafe, catch_unwind};

use evscope_trace::Role;

use super::{EventCallback, EventState};
use crate::EventBase;
use crate::recording::call;
use crate::table::Table;

/// # The base: freed
impl EventBase {
    /// Frees the base (`event_base_free`) and everything that still belongs to it. Dropping it does the
    /// same.
    #[track_caller]
    pub fn event_base_free(mut self) {
        self.event_base_free_all();
        // The trace is handed over here, so that nothing of this base follows in it.
        self.tracer = None;
    }

    /// Events are deleted: those of signals, those of fds, timers, and then what is only active. Finalizers
    /// that still wait run.
    #[call(self => EventBaseFree {})]
    fn event_base_free_all(&mut self) {
        self.delete_notify_event();
        self.evmap_delete_all();
        while let Some((event, _)) = self.timeouts.top() {
            self.event_del_nolock(event);
        }
        self.delete_common_timeouts();
        self.event_base_free_queues();
        self.evsig_dealloc();
        self.free_listeners();
        self.free_bufferevents();
    }

    /// Whatever of the program's panics when it is dropped now: there is no loop any more that could tell.
    fn drop_callbacks(&mut self) {
        self.events = Table::default();
        self.buffers = Table::default();
        self.bevs = Table::default();
        self.listeners = Table::default();
        self.watchers = Table::default();
        let mailbox = self.mailbox.take();
        let _ = catch_unwind(AssertUnwindSafe(|| drop(mailbox)));
        Self::forget_drops();
    }

    fn delete_notify_event(&mut self) {
        if self.mailbox.is_none() {
            return;
        }
        if let Some(event) = self.notify_event() {
            self.event_del_nolock(event);
        }
    }

    /// Takes out what is still active. A finalizer may make more active.
    fn event_base_free_queues(&mut self) {
        while let Some(event) = self.active.first_of_all() {
            let is_deferred_callback = self.events[event].role == Role::BevDeferred
                || matches!(self.events[event].callback, EventCallback::BufDeferred(_));
            if is_deferred_callback {
                self.leave_active(event);
            } else {
                // Also if it is to be finalized (`EVENT_DEL_EVEN_IF_FINALIZING`).
                let finalizing = self.events[event].state & EventState::FINALIZING;
                self.events[event].state -= finalizing;
                self.event_del_nolock(event);
                self.events[event].state |= finalizing;
            }
            if self.events[event].is(EventState::FINALIZING) {
                self.run_event(event);
                // Whatever the finalizer did with its event, it must not run twice.
                self.events.free(event);
            }
        }
    }
}

impl Drop for EventBase {
    fn drop(&mut self) {
        if self.tracer.is_some() || !self.events.is_empty() {
            self.event_base_free_all();
            self.tracer = None;
        }
        self.drop_callbacks();
    }
}
