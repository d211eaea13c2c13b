//! Describing what the library does, in the vocabulary of `evscope-trace`.
//!
//! A [`Recording`] is switched on for a thread while a closure runs; every base made in there has a
//! `Tracer`. The base pushes raw records into it (a few words each, no text is made), and hands them over in
//! chunks, before it waits, to a thread that turns them into JSON Lines. Where none is on, the environment may ask
//! for one of the whole process (see `process.rs`).

mod flight;
mod ids;
mod kept;
mod process;
mod raw;
mod recorder;
mod ring;
mod sources;
mod ticks;
mod tracer;
mod writer;

pub use flight::FlightRecorder;
pub(crate) use ids::Ids;
pub use kept::Keep;
pub(crate) use raw::{Here, Source};
pub(crate) use recorder::{Active, current_recording};
pub use recorder::{Recording, RecordingError, Summary};
pub(crate) use ring::held_ns;
pub(crate) use tracer::Tracer;

use crate::EventBase;

/// Emits a record of the function it stands in, if a recording is on. The line it stands on and the line
/// that called the function (if it is `#[track_caller]`) go into the record.
macro_rules! trace {
    ($base:expr, $phase:ident, $objects:expr, $event:ident { $($fields:tt)* }) => {
        if $base.tracer.is_some() {
            static HERE: $crate::recording::Here = $crate::recording::Here::new(file!(), line!());
            let caller = std::panic::Location::caller();
            $crate::recording::out_of_line(|| {
                let objects = $objects;
                let event = evscope_trace::Event::$event { $($fields)* };
                if let Some(tracer) = $base.tracer.as_deref_mut() {
                    let source = $crate::recording::Source::Line(&HERE);
                    let phase = evscope_trace::Phase::$phase;
                    tracer.push(phase, source, Some(caller), &objects, &event);
                }
            });
        }
    };
}

/// Emits the `enter` record of one of the program's callbacks, if a recording is on. Its source is the
/// callback's; the line this stands on is its caller.
macro_rules! trace_callback {
    ($base:expr, $name:expr, $objects:expr, $event:ident { $($fields:tt)* }) => {
        if $base.tracer.is_some() {
            let objects = $objects;
            let event = evscope_trace::Event::$event { $($fields)* };
            if let Some(tracer) = $base.tracer.as_deref_mut() {
                static HERE: $crate::recording::Here =
                    $crate::recording::Here::new(file!(), line!());
                tracer.push(
                    evscope_trace::Phase::Enter,
                    $crate::recording::Source::Callback($name, &HERE),
                    None,
                    &objects,
                    &event,
                );
            }
        }
    };
}

/// Emits the `exit` record of the call that was entered last, if a recording is on.
macro_rules! trace_exit {
    ($base:expr) => {
        if let Some(tracer) = $base.tracer.as_deref_mut() {
            static HERE: $crate::recording::Here = $crate::recording::Here::new(file!(), line!());
            tracer.push_exit(&HERE);
        }
    };
}

/// The same with a result: fields that were not known on entry.
macro_rules! trace_exit_with {
    ($base:expr, $objects:expr, $event:ident { $($fields:tt)* }) => {
        trace!($base, Exit, $objects, $event { $($fields)* })
    };
}

/// Keeps the making of a record out of the code around it, so that without a recording a `trace!` is no
/// more than a branch there.
#[cold]
#[inline(never)]
pub(crate) fn out_of_line(make: impl FnOnce()) {
    make();
}

pub(crate) use {trace, trace_callback, trace_exit, trace_exit_with};

impl EventBase {
    /// Before the loop waits: what was recorded so far can be read by others.
    pub(crate) fn hand_over_trace(&mut self) {
        if let Some(tracer) = self.tracer.as_deref_mut() {
            tracer.hand_over();
        }
    }

    /// Records, within a call about a bufferevent, that it is refused and what stays as it was.
    #[track_caller]
    pub(crate) fn trace_refused(
        &mut self,
        bev: crate::Bufferevent,
        call: &'static str,
        action: &'static str,
    ) {
        trace!(
            self,
            Point,
            self.bev_objects(bev),
            Error {
                call: call.into(),
                errno: "failed".into(),
                action: action.into()
            }
        );
    }

    /// Records that something failed and what is done about it.
    #[track_caller]
    pub(crate) fn trace_error(&mut self, call: &'static str, what: String, action: &'static str) {
        trace!(
            self,
            Point,
            self.base_objects(),
            Error { call: call.into(), errno: what.into(), action: action.into() }
        );
    }
}
