//! What the base keeps of a bufferevent.

use std::os::fd::{OwnedFd, RawFd};
use std::rc::Rc;

use evscope_trace::{BevId, EventId};

use super::kind::Kind;
use super::ratelim::RateLimit;
use crate::callback::{Callback, CallbackName, Calls, Held, Named};
use crate::event::{EventCallback, Timeout};
use crate::{
    BevEvents, BevOptions, Bufferevent, EvFlags, Evbuffer, EvbufferCallback, Event, EventBase,
    Outcome, SuspendReasons,
};

/// The most that a bufferevent reads or writes at once (libevent's `MAX_SINGLE_READ_DEFAULT`).
pub(crate) const MAX_SINGLE_DEFAULT: usize = 16384;

pub(crate) type DataFn = dyn Calls<Bufferevent>;
pub(crate) type BevEventFn = dyn Calls<Bufferevent, BevEvents>;

/// The program's callbacks of a bufferevent, for `bufferevent_setcb`.
#[derive(Clone, Default)]
pub struct Callbacks {
    pub(crate) readcb: Option<Callback<DataFn>>,
    pub(crate) writecb: Option<Callback<DataFn>>,
    pub(crate) eventcb: Option<Callback<BevEventFn>>,
}

impl Callbacks {
    /// None of the three.
    pub fn new() -> Self {
        Self::default()
    }

    /// Called when something was read and the input holds at least its low mark.
    #[must_use]
    #[track_caller]
    pub fn readcb<F, R>(mut self, callback: F) -> Self
    where
        F: Fn(&mut EventBase, Bufferevent) -> R + 'static,
        R: Outcome,
    {
        self.readcb = Some(wrap_data(callback));
        self
    }

    /// Called when something was written and the output has drained to its low mark.
    #[must_use]
    #[track_caller]
    pub fn writecb<F, R>(mut self, callback: F) -> Self
    where
        F: Fn(&mut EventBase, Bufferevent) -> R + 'static,
        R: Outcome,
    {
        self.writecb = Some(wrap_data(callback));
        self
    }

    /// Called at the end of the file, on errors and timeouts, and when a connection is made.
    #[must_use]
    #[track_caller]
    pub fn eventcb<F, R>(mut self, callback: F) -> Self
    where
        F: Fn(&mut EventBase, Bufferevent, BevEvents) -> R + 'static,
        R: Outcome,
    {
        let callback = Held::new(callback);
        self.eventcb = Some(Rc::new(Named {
            name: CallbackName::of::<F>(),
            run: move |base: &mut EventBase, bev, what| callback(base, bev, what).into_result(),
        }));
        self
    }
}

impl Callbacks {
    /// The library's own, which stand in the file where this does, each with its name.
    #[track_caller]
    pub(super) fn internal(
        readcb: (&'static str, impl Fn(&mut EventBase, Bufferevent) + 'static),
        writecb: (&'static str, impl Fn(&mut EventBase, Bufferevent) + 'static),
        eventcb: (&'static str, impl Fn(&mut EventBase, Bufferevent, BevEvents) + 'static),
    ) -> Self {
        Self {
            readcb: Some(Rc::new(Named {
                name: CallbackName::internal(readcb.0),
                run: move |base: &mut EventBase, bev, ()| {
                    readcb.1(base, bev);
                    Ok(())
                },
            })),
            writecb: Some(Rc::new(Named {
                name: CallbackName::internal(writecb.0),
                run: move |base: &mut EventBase, bev, ()| {
                    writecb.1(base, bev);
                    Ok(())
                },
            })),
            eventcb: Some(Rc::new(Named {
                name: CallbackName::internal(eventcb.0),
                run: move |base: &mut EventBase, bev, what| {
                    eventcb.1(base, bev, what);
                    Ok(())
                },
            })),
        }
    }
}

impl std::fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let data =
            |callback: &Option<Callback<DataFn>>| callback.as_ref().map(|c| c.name().short());
        f.debug_struct("Callbacks")
            .field("readcb", &data(&self.readcb))
            .field("writecb", &data(&self.writecb))
            .field("eventcb", &self.eventcb.as_ref().map(|c| c.name().short()))
            .finish()
    }
}

#[track_caller]
fn wrap_data<F, R>(callback: F) -> Callback<DataFn>
where
    F: Fn(&mut EventBase, Bufferevent) -> R + 'static,
    R: Outcome,
{
    let callback = Held::new(callback);
    Rc::new(Named {
        name: CallbackName::of::<F>(),
        run: move |base: &mut EventBase, bev, ()| callback(base, bev).into_result(),
    })
}

/// A side's watermarks, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Watermarks {
    /// The low mark.
    pub low: usize,
    /// The high mark; 0 is none.
    pub high: usize,
}

/// What a bufferevent's two events are set up with.
pub(super) struct EventCallbacks {
    pub(super) fd: RawFd,
    pub(super) read: (EvFlags, EventCallback),
    pub(super) write: (EvFlags, EventCallback),
}

/// Callbacks that wait for the loop to run them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PendingCallbacks {
    pub(crate) readcb: bool,
    pub(crate) writecb: bool,
    pub(crate) events: BevEvents,
    /// The errno at the time the event callback was put off.
    pub(crate) errno: Option<i32>,
}

impl BevSlot {
    /// Writing is enabled and not suspended.
    pub(super) fn may_write(&self) -> bool {
        self.enabled.contains(EvFlags::WRITE) && self.write_suspended.is_empty()
    }
}

/// A bufferevent: libevent's `struct bufferevent_private`.
pub(crate) struct BevSlot {
    pub(crate) id: BevId,
    /// Those of its events for reading and writing.
    pub(crate) event_ids: [EventId; 2],
    pub(crate) kind: Kind,
    pub(crate) fd: Option<OwnedFd>,
    pub(crate) options: BevOptions,
    pub(crate) input: Evbuffer,
    pub(crate) output: Evbuffer,
    pub(crate) ev_read: Event,
    pub(crate) ev_write: Event,
    /// The callback in the loop's queue that runs what was put off; made when it is first needed.
    pub(crate) deferred: Option<Event>,
    pub(crate) deferred_priority: u8,
    pub(crate) callbacks: Callbacks,
    pub(crate) pending: PendingCallbacks,
    /// READ, WRITE.
    pub(crate) enabled: EvFlags,
    pub(crate) read_suspended: SuspendReasons,
    pub(crate) write_suspended: SuspendReasons,
    pub(crate) wm_read: Watermarks,
    pub(crate) wm_write: Watermarks,
    /// The callback on the input that watches the high mark, once there was one.
    pub(crate) read_watermark_cb: Option<EvbufferCallback>,
    pub(crate) timeout_read: Option<Timeout>,
    pub(crate) timeout_write: Option<Timeout>,
    pub(crate) max_single_read: usize,
    pub(crate) max_single_write: usize,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) connecting: bool,
    /// Why the last name was not found.
    pub(crate) dns_error: Option<String>,
    /// A read found out that the connection was refused; the write callback will tell.
    pub(crate) connection_refused: bool,
    /// One for the program, and one for each call of the library that still uses it.
    pub(crate) references: u32,
    /// The program has freed it.
    pub(crate) freed: bool,
}
