//! Freeing an event with a last word: libevent's finalizers.

use evscope_trace::ActiveWhy;

use super::assign::wrap;
use super::{EventCallback, EventState};
use crate::callback::Callback;
use crate::event::EventFn;
use crate::recording::{trace, trace_callback, trace_exit};
use crate::{Error, EvFlags, Event, EventBase, Outcome};

impl EventBase {
    /// Frees an event when none of its callbacks runs any more (`event_free_finalize`): the event is deleted
    /// now and its handle names nothing any more; `finalizer` is called once by the loop, or when the base is
    /// freed, with FINALIZE. What the event's callbacks use can be given up there.
    #[track_caller]
    pub fn event_free_finalize<F, R>(&mut self, event: Event, finalizer: F) -> Result<(), Error>
    where
        F: Fn(&mut Self, Event, EvFlags) -> R + 'static,
        R: Outcome,
    {
        self.event(event)?;
        self.event_del_nolock(event);
        self.events[event].callback = EventCallback::UserFinalize(wrap(finalizer));
        self.event_active_nolock(event, EvFlags::FINALIZE, 1, ActiveWhy::Finalize);
        self.events[event].state |= EventState::FINALIZING;
        Ok(())
    }

    /// Run by the loop: the event's last callback.
    pub(super) fn run_finalizer(&mut self, event: Event, callback: &Callback<EventFn>) {
        self.current_event = None;
        trace_callback!(
            self,
            callback.name,
            self.event_objects(event),
            EventCallback {
                callback: callback.name.short().into(),
                what: EvFlags::FINALIZE
            }
        );
        self.run_callback(callback.name, |base| (callback.run)(base, event, EvFlags::FINALIZE));
        trace_exit!(self);
        trace!(self, Enter, self.event_objects(event), EventFree {});
        self.events.remove(event);
        trace_exit!(self);
    }
}
