//! Events with a last word: libevent's finalizers.

use evscope_trace::{ActiveWhy, Event as Step};

use super::assign::wrap;
use super::{EventCallback, EventState};
use crate::callback::Callback;
use crate::event::EventFn;
use crate::recording::call;
use crate::{Error, EvFlags, Event, EventBase, Outcome};

/// # Events: finalized
impl EventBase {
    /// Ends an event's work and keeps the event (`event_finalize`): it is deleted now, and `finalizer` is
    /// called once, by the loop at the event's priority or when the base is freed, with FINALIZE. No other
    /// callback of it runs any more, so what those use can be given up there. From this call on the event
    /// cannot be added, to delete it or to make it active does nothing, and all that is left to do is
    /// [`event_free`](Self::event_free), in the finalizer or later.
    ///
    /// While the finalizer waits, another call takes its place, as in libevent.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the finalizer runs or has run (libevent would never call another), or if the
    /// event is not one that the program made and frees.
    #[track_caller]
    pub fn event_finalize<F, R>(&mut self, event: Event, finalizer: F) -> Result<(), Error>
    where
        F: Fn(&mut Self, Event, EvFlags) -> R + 'static,
        R: Outcome,
    {
        let finalizer = EventCallback::UserFinalize(wrap(finalizer));
        self.event_finalize_impl(event, finalizer, "event_finalize")
    }

    /// Frees an event when none of its callbacks runs any more (`event_free_finalize`): the event is deleted
    /// now and its handle names nothing any more; `finalizer` is called once, as by
    /// [`event_finalize`](Self::event_finalize).
    ///
    /// # Errors
    /// [`Error::Invalid`] in the same cases; after a finalizer has run, `event_free` is what is left.
    #[track_caller]
    pub fn event_free_finalize<F, R>(&mut self, event: Event, finalizer: F) -> Result<(), Error>
    where
        F: Fn(&mut Self, Event, EvFlags) -> R + 'static,
        R: Outcome,
    {
        let finalizer = EventCallback::UserFinalizeFree(wrap(finalizer));
        self.event_finalize_impl(event, finalizer, "event_free_finalize")
    }

    #[track_caller]
    fn event_finalize_impl(
        &mut self,
        event: Event,
        finalizer: EventCallback,
        call: &'static str,
    ) -> Result<(), Error> {
        let slot = self.event(event)?;
        if !matches!(slot.callback, EventCallback::User(_) | EventCallback::UserFinalize(_)) {
            let reason = "this is for events of the program's own; whoever made this one frees it";
            return Err(Error::invalid(call, reason));
        }
        if slot.is_finalized() {
            return Err(Error::invalid(call, "the event's finalizer has been called already"));
        }
        self.event_del_nolock(event);
        self.events[event].callback = finalizer;
        self.event_active_nolock(event, EvFlags::FINALIZE, 1, ActiveWhy::Finalize);
        self.events[event].state |= EventState::FINALIZING;
        Ok(())
    }

    /// Run by the loop: the event's last callback.
    #[track_caller]
    pub(super) fn run_finalizer(&mut self, event: Event, callback: &Callback<EventFn>) {
        self.turn.current_event = None;
        self.run_callback(
            || callback.name(),
            move |base, callback| {
                let step = Step::EventCallback { callback, what: EvFlags::FINALIZE };
                (base.event_objects(event), step)
            },
            |base| callback.run(base, event, EvFlags::FINALIZE),
        );
    }

    /// The end of an event that was freed with a finalizer.
    #[call(event => EventFree {})]
    pub(super) fn free_finalized(&mut self, event: Event) {
        self.events.free(event);
    }
}
