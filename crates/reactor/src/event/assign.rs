//! Making events, asking about them, and freeing them.

use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::Duration;

use evscope_trace::{EventId, Objects, Role};

use super::{EventCallback, EventFn, EventSlot, EventState, NOT_COMMON, Owner};
use crate::callback::{Callback, CallbackName, Held, Named};
use crate::error::Object;
use crate::recording::{call, point};
use crate::{Error, EvFlags, Event, EventBase, Outcome};

/// What an event is pending for (`event_pending`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// READ, WRITE, SIGNAL, TIMEOUT: whichever it is pending or active for.
    pub events: EvFlags,
    /// How long until its timeout is due, if it has one.
    pub timeout: Option<Duration>,
}

/// What an event is set up with.
pub(crate) struct NewEvent {
    pub(crate) role: Role,
    pub(crate) owner: Owner,
    /// The fd, or the signal's number, or -1.
    pub(crate) fd: RawFd,
    pub(crate) events: EvFlags,
    pub(crate) callback: EventCallback,
}

/// # Events: made, asked, freed
impl EventBase {
    /// Makes an event for an fd (`event_new`): `events` says what to wait for ([`EvFlags::READ`],
    /// [`EvFlags::WRITE`], [`EvFlags::CLOSED`]), whether it stays pending after its callback
    /// ([`EvFlags::PERSIST`]) and whether the kernel tells of changes only ([`EvFlags::ET`]). It waits from
    /// [`event_add`](Self::event_add) on. The fd stays the caller's, and must stay open while the event is
    /// pending.
    #[track_caller]
    pub fn event_new<F, R>(
        &mut self,
        fd: impl AsFd,
        events: EvFlags,
        callback: F,
    ) -> Result<Event, Error>
    where
        F: Fn(&mut Self, Event, EvFlags) -> R + 'static,
        R: Outcome,
    {
        if events.intersects(EvFlags::SIGNAL) {
            let reason = "SIGNAL does not go with an fd; use evsignal_new";
            return Err(Error::invalid("event_new", reason));
        }
        let fd = fd.as_fd().as_raw_fd();
        Ok(self.assign_user(Role::User, fd, events, wrap(callback)))
    }

    /// Makes an event without an fd (`evtimer_new`): it runs when the timeout it is added with is due, or
    /// when it is activated.
    #[track_caller]
    pub fn evtimer_new<F, R>(&mut self, callback: F) -> Event
    where
        F: Fn(&mut Self, Event, EvFlags) -> R + 'static,
        R: Outcome,
    {
        self.assign_user(Role::Timer, -1, EvFlags::empty(), wrap(callback))
    }

    /// Makes a timer that runs again and again (`event_new` with fd -1 and `EV_PERSIST`), each time the
    /// timeout it is added with after the time it was due before.
    #[track_caller]
    pub fn evtimer_new_persist<F, R>(&mut self, callback: F) -> Event
    where
        F: Fn(&mut Self, Event, EvFlags) -> R + 'static,
        R: Outcome,
    {
        self.assign_user(Role::Timer, -1, EvFlags::PERSIST, wrap(callback))
    }

    /// Makes a persistent event for a signal (`evsignal_new`). [`event_get_fd`](Self::event_get_fd) gives
    /// the signal's number.
    #[track_caller]
    pub fn evsignal_new<F, R>(&mut self, signum: i32, callback: F) -> Result<Event, Error>
    where
        F: Fn(&mut Self, Event, EvFlags) -> R + 'static,
        R: Outcome,
    {
        if !(1..crate::signal::MAX_SIGNAL).contains(&signum) {
            return Err(Error::invalid("evsignal_new", "no such signal"));
        }
        let events = EvFlags::SIGNAL | EvFlags::PERSIST;
        Ok(self.assign_user(Role::Signal, signum, events, wrap(callback)))
    }

    /// The same for all types of callbacks.
    #[inline(never)]
    #[track_caller]
    fn assign_user(
        &mut self,
        role: Role,
        fd: RawFd,
        events: EvFlags,
        callback: Callback<EventFn>,
    ) -> Event {
        let callback = EventCallback::User(callback);
        let new = NewEvent { role, owner: Owner::Program, fd, events, callback };
        self.event_assign(self.ids.event(), new)
    }

    /// Sets up an event (`event_assign`): what to wait for and what to call. It is not yet pending.
    #[point(result => EventAssign {
        events: self.events[result].events,
        callback: self.events[result].callback.name().into(),
        priority: self.events[result].priority.into(),
    }, after)]
    #[inline]
    pub(crate) fn event_assign(&mut self, id: EventId, new: NewEvent) -> Event {
        self.new_event(id, new)
    }

    /// An event that nobody has to hear of yet.
    #[inline(always)]
    pub(crate) fn new_event(&mut self, id: EventId, new: NewEvent) -> Event {
        let priority = match new.callback {
            EventCallback::Signals | EventCallback::Notify => 0,
            _ => self.middle_priority(),
        };
        self.events.insert(EventSlot::new(id, priority, new))
    }

    /// Sets up an event anew that is neither pending nor active: another fd, the same callback.
    #[point(event => EventAssign {
        events: self.events[event].events,
        callback: self.events[event].callback.name().into(),
        priority: self.events[event].priority.into(),
    }, after)]
    pub(crate) fn event_reassign(&mut self, event: Event, fd: RawFd) {
        let priority = self.middle_priority();
        let slot = &mut self.events[event];
        slot.fd = fd;
        slot.result = EvFlags::empty();
        (slot.interval, slot.common) = (0, NOT_COMMON);
        slot.priority = priority;
    }

    pub(crate) fn middle_priority(&self) -> u8 {
        (self.active.priorities() / 2) as u8
    }

    /// The least urgent one.
    pub(crate) fn least_priority(&self) -> u8 {
        (self.active.priorities() - 1) as u8
    }

    /// Gives an event another priority (`event_priority_set`); 0 is the most urgent. Not while it is
    /// active.
    #[track_caller]
    pub fn event_priority_set(&mut self, event: Event, priority: usize) -> Result<(), Error> {
        self.event(event)?;
        let result = self.set_priority(event, priority);
        if result.is_err() {
            self.warn_refused(event, "event_priority_set", "the priority stays");
        }
        result
    }

    #[point(event => EventPrioritySet { priority: priority as u32 }, if result.is_ok(), after)]
    pub(crate) fn set_priority(&mut self, event: Event, priority: usize) -> Result<(), Error> {
        let slot = self.event(event)?;
        if slot.is(EventState::ACTIVE) {
            let reason = "the event is active";
            return Err(Error::invalid("event_priority_set", reason));
        }
        if priority >= self.active.priorities() {
            let reason = "the base has fewer priorities; see event_base_priority_init";
            return Err(Error::invalid("event_priority_set", reason));
        }
        self.events[event].priority = priority as u8;
        Ok(())
    }

    /// What the event is pending for (`event_pending`).
    pub fn event_pending(&self, event: Event) -> Result<Pending, Error> {
        let slot = self.event(event)?;
        let mut events = EvFlags::empty();
        if slot.is(EventState::INSERTED) {
            events |=
                slot.events & (EvFlags::READ | EvFlags::WRITE | EvFlags::CLOSED | EvFlags::SIGNAL);
        }
        if slot.is(EventState::ACTIVE | EventState::ACTIVE_LATER) {
            events |= slot.result
                & (EvFlags::READ
                    | EvFlags::WRITE
                    | EvFlags::CLOSED
                    | EvFlags::SIGNAL
                    | EvFlags::TIMEOUT);
        }
        let timeout = slot.is(EventState::TIMEOUT).then(|| {
            events |= EvFlags::TIMEOUT;
            Duration::from_nanos(slot.deadline.saturating_sub(self.clock.now()))
        });
        Ok(Pending { events, timeout })
    }

    /// The event's fd, or the signal's number; `None` for a timer (`event_get_fd`, `event_get_signal`).
    pub fn event_get_fd(&self, event: Event) -> Result<Option<RawFd>, Error> {
        Ok(Some(self.event(event)?.fd).filter(|&fd| fd >= 0))
    }

    /// What the event waits for (`event_get_events`).
    pub fn event_get_events(&self, event: Event) -> Result<EvFlags, Error> {
        Ok(self.event(event)?.events)
    }

    /// The event's priority (`event_get_priority`).
    pub fn event_get_priority(&self, event: Event) -> Result<usize, Error> {
        Ok(self.event(event)?.priority.into())
    }

    /// Frees an event (`event_free`): it is deleted first. It may be the one whose callback runs.
    ///
    /// # Errors
    /// [`Error::Invalid`] also if it waits for the finalizer that [`event_finalize`](Self::event_finalize)
    /// gave it.
    #[call(event => EventFree {}, if !self.waits_for_finalizer(event))]
    pub fn event_free(&mut self, event: Event) -> Result<(), Error> {
        self.event(event)?;
        if self.waits_for_finalizer(event) {
            let reason = "the event's finalizer has not run; free it there or later";
            return Err(Error::invalid("event_free", reason));
        }
        self.event_del_nolock(event);
        self.events.free(event);
        Ok(())
    }

    fn waits_for_finalizer(&self, event: Event) -> bool {
        let slot = &self.events[event];
        slot.is(EventState::FINALIZING) && !slot.is_finalized()
    }

    /// An event of the program's: one that was not freed.
    pub(crate) fn event(&self, event: Event) -> Result<&EventSlot, Error> {
        self.events
            .get(event)
            .filter(|slot| {
                !(slot.is(EventState::FINALIZING)
                    && matches!(slot.callback, EventCallback::UserFinalizeFree(_)))
            })
            .ok_or_else(|| Error::Stale(Object::Event))
    }

    pub(crate) fn event_objects(&self, event: Event) -> Objects {
        let Some(slot) = self.events.get(event) else {
            return self.base_objects();
        };
        let mut objects = Objects {
            base: Some(self.id),
            event: Some(slot.id),
            role: Some(slot.role),
            fd: Some(crate::sys::told(slot.role, slot.fd)).filter(|&fd| fd >= 0),
            ..Objects::default()
        };
        match slot.owner {
            Owner::Program => {}
            Owner::Bufferevent(bev) => objects.bev = Some(bev),
            Owner::Listener(listener) => objects.listener = Some(listener),
        }
        objects
    }
}

#[track_caller]
pub(crate) fn wrap<F, R>(callback: F) -> Callback<EventFn>
where
    F: Fn(&mut EventBase, Event, EvFlags) -> R + 'static,
    R: Outcome,
{
    let callback = Held::new(callback);
    std::rc::Rc::new(Named {
        name: CallbackName::of::<F>(),
        run: move |base: &mut EventBase, event, what| callback(base, event, what).into_result(),
    })
}
