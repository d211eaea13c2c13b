//! Describing what the library does, in the vocabulary of `evscope-trace`.
//!
//! A [`Recording`] is switched on for a thread while a closure runs; every base made in there has a
//! `Tracer`. The base puts raw records down in it (a few words each; no text is made, and mostly no event: which one it is
//! is known where the record is made, when that is compiled), and hands them over in
//! chunks, before it waits, to a thread that turns them into JSON Lines. Where none is on, the environment may ask
//! for one of the whole process (see `process.rs`).

mod flight;
mod ids;
#[cfg(target_os = "linux")]
mod into_ring;
#[cfg(not(target_os = "linux"))]
#[path = "no_ring.rs"]
mod into_ring;
mod kept;
mod mix;
mod process;
mod raw;
mod recorder;
mod sites;
mod sources;
mod steps;
mod ticks;
mod tracer;
mod writer;

pub(crate) use evscope_trace::Phase;
use evscope_trace::{Event as AnyStep, Objects, Step, Text};

pub use flight::FlightRecorder;
pub(crate) use ids::Ids;
pub(crate) use into_ring::held_ns;
pub use kept::Keep;
use raw::Here;
pub(crate) use recorder::{Active, current_recording};
pub use recorder::{Recording, RecordingError, Summary};
pub(crate) use tracer::Tracer;

use crate::callback::CallbackName;
use crate::{Bufferevent, Evbuffer, Event, EventBase, Listener};

pub(crate) use evscope_instrument::{call, point};

/// In place of an errno, where a call is refused that has none.
const REFUSED: &str = "failed";

/// What is known of a step only when it is asked for: whose it is, and what it says.
pub(crate) type Said = (Objects, AnyStep);

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
    /// A function is entered. Whether nothing is left to do about it.
    #[inline(always)]
    pub(crate) fn enter<S: Step>(
        &mut self,
        here: &'static Here,
        caller: &'static Here,
        objects: &Objects,
        step: &S,
    ) -> bool {
        let tracer = self.tracer.as_deref_mut();
        tracer.is_none_or(|tracer| tracer.enter(here, caller, objects, step))
    }

    #[inline(always)]
    pub(crate) fn enter_unsaid(&mut self, caller: &'static Here) {
        if let Some(tracer) = self.tracer.as_deref_mut() {
            tracer.enter_unsaid(caller);
        }
    }

    #[inline]
    pub(crate) fn exit(&mut self, here: &'static Here) {
        if let Some(tracer) = self.tracer.as_deref_mut() {
            tracer.exit(here);
        }
    }

    #[inline(always)]
    pub(crate) fn exit_saying<S: Step>(&mut self, here: &'static Here, step: S) {
        if let Some(tracer) = self.tracer.as_deref_mut() {
            tracer.exit_saying(here, step);
        }
    }

    /// A step without an end. Whether nothing is left to do about it.
    #[inline(always)]
    pub(crate) fn point<S: Step>(
        &mut self,
        here: &'static Here,
        caller: &'static Here,
        objects: &Objects,
        step: &S,
    ) -> bool {
        let tracer = self.tracer.as_deref_mut();
        tracer.is_none_or(|tracer| tracer.point(here, caller, objects, step))
    }

    /// Does what is left to do about a step.
    #[cold]
    pub(crate) fn put_down(
        &mut self,
        phase: Phase,
        here: &'static Here,
        caller: &'static Here,
        objects: Objects,
        step: impl Step,
    ) {
        if let Some(tracer) = self.tracer.as_deref_mut() {
            let source = raw::Source::Line(here);
            tracer.push_event(phase, source, Some(caller), objects, step.into_event());
        }
    }

    /// Says what the function is that this stands in, which has the attribute `call` without arguments.
    #[inline]
    #[track_caller]
    pub(crate) fn says<S: Step>(&mut self, about: impl FnOnce(&Self) -> (Objects, S)) {
        if self.tracer.is_some() {
            let here = Here::caller();
            let (objects, step) = about(self);
            if let Some(tracer) = self.tracer.as_deref_mut() {
                tracer.say(here, objects, step);
            }
        }
    }

    /// A callback of the program's is called, at this line.
    pub(crate) fn enter_callback(
        &mut self,
        here: &'static Here,
        name: CallbackName,
        about: impl FnOnce(&Self, Text) -> Said,
    ) {
        if let Some(tracer) = self.tracer.as_deref() {
            let (number, short) = tracer.callback(name);
            let (objects, event) = about(self, short.into());
            if let Some(tracer) = self.tracer.as_deref_mut() {
                tracer.enter_callback((name, number), here, objects, event);
            }
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
            let event = AnyStep::Error { call: call.into(), errno, action: action.into() };
            tracer.point_here(here, objects, event);
        }
    }
}
