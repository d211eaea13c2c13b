//! A record as a short line of text: the one place that turns records into words. The words are the
//! vocabulary's own; views add indentation and colour.

mod columns;
mod line;
mod phrases;
mod units;
mod words;

use evscope_trace::{BevEvents, ConnectProgress, Event, Nanos, Phase, Record};

pub use columns::{Columns, fill, width};
pub use line::{Part, Span, Words};
pub use units::{bytes, signal, span};

use crate::{Known, Trace};
use line::Line;

/// A step as one line of text: `event_add event3 (bev1.read) fd 8, timeout 5 s`.
pub fn summary(trace: &Trace, step: usize) -> String {
    trace
        .get(step)
        .map_or_else(String::new, |record| summary_of(trace, &record))
}

/// The same of a record without its trace: only what must be known of that.
pub fn summary_of(known: &dyn Known, record: &Record) -> String {
    let mut words = Words::text_only();
    words.say(known, record);
    words.into_text()
}

/// The same line in parts, for colouring.
pub fn spans(trace: &Trace, step: usize) -> Vec<Span> {
    match trace.get(step) {
        Some(record) => spans_of(trace, &record),
        None => Vec::new(),
    }
}

/// A record as one line of text, in parts, without its trace: only what must be known of that.
pub fn spans_of(known: &dyn Known, record: &Record) -> Vec<Span> {
    let mut words = Words::default();
    words.say(known, record);
    let span = |(text, part): (&str, Part)| Span {
        text: text.to_owned(),
        part,
    };
    words.parts().map(span).collect()
}

impl Words {
    /// Says a record, in place of what was said before.
    pub fn say(&mut self, known: &dyn Known, record: &Record) {
        let mut line = Line::new(known, record, self);
        match record.phase {
            Phase::Exit => words::of_exit(&mut line, &record.event),
            Phase::Enter | Phase::Point => words::of_begin(&mut line, record),
        }
    }
}

/// A time as views write it: seconds with microseconds, `0.000031`.
pub fn clock(time: Nanos) -> String {
    let mut text = String::new();
    put_clock(time, &mut text);
    text
}

/// Appends a time as views write it.
pub fn put_clock(Nanos(time): Nanos, text: &mut String) {
    let mut digits = itoa::Buffer::new();
    text.push_str(digits.format(time / 1_000_000_000));
    // Six digits behind the point.
    let micros = digits.format(1_000_000 + time / 1_000 % 1_000_000);
    text.push('.');
    text.push_str(&micros[1..]);
}

/// What failed, if an event tells of a failure: the errno's name or a word, as for bytes that are lost with their
/// bufferevent. A call that would have to wait, or was interrupted, has not failed.
pub fn failure(event: &Event) -> Option<&str> {
    let errno = match event {
        Event::Error { errno, .. } => return Some(errno),
        Event::ProgramExit { signal, .. } => return signal.as_deref(),
        Event::Eventcb { what, errno, .. } if what.contains(BevEvents::ERROR) => {
            return Some(errno.as_deref().unwrap_or("ERROR"));
        }
        Event::Connect {
            progress: ConnectProgress::Failed,
            errno,
        } => return Some(errno.as_deref().unwrap_or("failed")),
        Event::BuffereventFinalize { unsent: 1.., .. } => return Some("unsent"),
        Event::Poll { errno, .. }
        | Event::Accept { errno, .. }
        | Event::EvbufferRead { errno, .. }
        | Event::EvbufferWrite { errno, .. } => errno.as_deref()?,
        _ => return None,
    };
    (!matches!(errno, "EAGAIN" | "EWOULDBLOCK" | "EINTR")).then_some(errno)
}
