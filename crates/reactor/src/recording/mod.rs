//! Describing what the library does, in the vocabulary of `evscope-trace`.
//!
//! A [`Recording`] is switched on for a thread while a closure runs; every base made in there has a
//! `Tracer`. The base pushes raw records into it (a few words each, no text is made), and hands them over in
//! chunks, before it waits, to a thread that turns them into JSON Lines. Where none is on, the environment may ask
//! for one of the whole process (see `process.rs`).

mod flight;
mod ids;
mod kept;
mod mix;
mod process;
mod raw;
mod recorder;
#[cfg(target_os = "linux")]
mod ring;
#[cfg(not(target_os = "linux"))]
#[path = "no_ring.rs"]
mod ring;
mod sites;
mod sources;
mod steps;
mod ticks;
mod tracer;
mod writer;

use evscope_trace::{Event as Step, Objects, Text};

pub use flight::FlightRecorder;
pub(crate) use ids::Ids;
pub use kept::Keep;
use raw::Here;
pub(crate) use recorder::{Active, current_recording};
pub use recorder::{Recording, RecordingError, Summary};
pub(crate) use ring::held_ns;
pub(crate) use tracer::{About, Tracer};

use crate::callback::CallbackName;
use crate::{Bufferevent, Evbuffer, Event, EventBase, Listener};

pub(crate) use evscope_instrument::{call, point};

/// In place of an errno, where a call is refused that has none.
const REFUSED: &str = "failed";

/// What is known of a step only when it is asked for: whose it is, and what it says.
pub(crate) type Said = (Objects, Step);

/// Whose steps are recorded.
pub(crate) trait Subject {
    /// Whether it is there: what is gone makes no step.
    fn is_there(&self, base: &EventBase) -> bool;

    /// Whether it is there for the program.
    fn is_the_programs(&self, base: &EventBase) -> bool {
        self.is_there(base)
    }

    /// What a record says of it.
    fn objects(&self, base: &EventBase) -> Objects;
}

/// The base's own.
impl Subject for &mut EventBase {
    fn is_there(&self, _: &EventBase) -> bool {
        true
    }

    fn objects(&self, _: &EventBase) -> Objects {
        self.base_objects()
    }
}

impl Subject for Objects {
    fn is_there(&self, _: &EventBase) -> bool {
        true
    }

    fn objects(&self, _: &EventBase) -> Objects {
        *self
    }
}

macro_rules! subjects {
    ($($handle:ident: $table:ident, $find:ident, $objects:ident;)*) => {$(
        impl Subject for $handle {
            fn is_there(&self, base: &EventBase) -> bool {
                base.$table.contains_key(*self)
            }

            fn is_the_programs(&self, base: &EventBase) -> bool {
                base.$find(*self).is_ok()
            }

            fn objects(&self, base: &EventBase) -> Objects {
                base.$objects(*self)
            }
        }
    )*};
}

subjects! {
    Event: events, event, event_objects;
    Evbuffer: buffers, buffer, buffer_objects;
    Bufferevent: bevs, bev, bev_objects;
    Listener: listeners, listener, listener_objects;
}

/// Keeps what is done for a recording out of the code around it, so that without one it is no more than a branch there.
#[cold]
#[inline(never)]
pub(crate) fn out_of_line<R>(recorded: impl FnOnce() -> R) -> R {
    recorded()
}

/// What the attributes call, and functions that know only later what they are.
impl EventBase {
    #[inline]
    pub(crate) fn enter(
        &mut self,
        here: &'static Here,
        caller: &'static Here,
        about: Option<About<'_>>,
    ) {
        if let Some(tracer) = self.tracer.as_deref_mut() {
            tracer.enter(here, caller, about);
        }
    }

    #[inline]
    pub(crate) fn exit(&mut self, here: &'static Here) {
        if let Some(tracer) = self.tracer.as_deref_mut() {
            tracer.exit(here, None);
        }
    }

    #[inline]
    pub(crate) fn exit_saying(&mut self, here: &'static Here, says: &Step) {
        if let Some(tracer) = self.tracer.as_deref_mut() {
            tracer.exit(here, Some((&Objects::default(), says)));
        }
    }

    #[inline]
    pub(crate) fn point(
        &mut self,
        here: &'static Here,
        caller: &'static Here,
        about: Option<About<'_>>,
    ) {
        if let Some(tracer) = self.tracer.as_deref_mut()
            && let Some(about) = about
        {
            tracer.point(here, caller, about);
        }
    }

    /// Says what the function is that this stands in, which has the attribute `call` without arguments.
    #[inline]
    #[track_caller]
    pub(crate) fn says(&mut self, about: impl FnOnce(&Self) -> Said) {
        if self.tracer.is_some() {
            let here = Here::caller();
            out_of_line(|| {
                let about = about(self);
                if let Some(tracer) = self.tracer.as_deref_mut() {
                    tracer.say(here, (&about.0, &about.1));
                }
            });
        }
    }

    /// A callback of the program's is called, at this line.
    pub(crate) fn enter_callback(
        &mut self,
        here: &'static Here,
        name: CallbackName,
        about: impl FnOnce(&Self, Text) -> Said,
    ) {
        let about = about(self, name.short().into());
        if let Some(tracer) = self.tracer.as_deref_mut() {
            tracer.enter_callback(name, here, (&about.0, &about.1));
        }
    }

    pub(crate) fn exit_callback(&mut self) {
        if let Some(tracer) = self.tracer.as_deref_mut() {
            tracer.exit_callback();
        }
    }

    /// How many calls the base is in.
    pub(crate) fn open_calls(&self) -> usize {
        self.tracer.as_deref().map_or(0, Tracer::depth)
    }

    /// Leaves those beyond so many: a panic came past them.
    pub(crate) fn leave_calls(&mut self, but: usize) {
        if let Some(tracer) = self.tracer.as_deref_mut() {
            tracer.exit_all_but(but);
        }
    }

    /// Before the loop waits: what was recorded so far can be read by others.
    pub(crate) fn hand_over_trace(&mut self) {
        if let Some(tracer) = self.tracer.as_deref_mut() {
            tracer.hand_over();
        }
    }

    /// Tells of a failure that the library met, and what it does about it (libevent's `event_warn`). The step's source
    /// is the line that tells.
    #[track_caller]
    pub(crate) fn event_warn(&mut self, call: &'static str, what: String, action: &'static str) {
        if self.is_recorded() {
            self.warn(self.base_objects(), call, what.into(), action);
        }
    }

    /// Tells that a call on some object is refused, and what stays as it was.
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "handles are as small as references"
    )]
    pub(crate) fn warn_refused(
        &mut self,
        subject: impl Subject,
        call: &'static str,
        action: &'static str,
    ) {
        if self.is_recorded() && subject.is_there(self) {
            self.warn(subject.objects(self), call, REFUSED.into(), action);
        }
    }

    /// Whether anybody wants to know.
    pub(crate) fn is_recorded(&self) -> bool {
        self.tracer.is_some()
    }

    /// The same of something that belongs to the base.
    #[track_caller]
    pub(crate) fn warn(
        &mut self,
        objects: Objects,
        call: &'static str,
        errno: Text,
        action: &'static str,
    ) {
        let here = Here::caller();
        if let Some(tracer) = self.tracer.as_deref_mut() {
            let step = Step::Error { call: call.into(), errno, action: action.into() };
            tracer.point_here(here, (&objects, &step));
        }
    }
}
