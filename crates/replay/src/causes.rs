//! Why a step happened: the chain of steps that led to it.
//!
//! A link says what made the step before it in the chain happen. There is one rule for each kind of
//! event ([`rules`]); a chain follows them from a step to the next, always to an earlier one, until a
//! step has no cause in the trace: the program's own main function did it.

mod rules;
mod trail;
mod words;

use evscope_trace::{Level, Text};
use serde::Serialize;

use crate::explain::{callback_text, in_words};
use crate::{Lang, ObjectId, RecordRef, Trace};
use rules::Chain;

pub use trail::Trail;

/// A link of a chain of causes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The step that is the cause.
    pub step: usize,
    /// In what way it is.
    pub kind: CauseKind,
    /// What else it took for what this step is the cause of: steps before that one, which are followed no
    /// further.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub besides: Vec<Cause>,
}

/// In what way a step is the cause of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// The call that ends there began here.
    Begin,
    /// A call that was running did it.
    Call,
    /// A callback of the program did it.
    Callback,
    /// The loop did it.
    Loop,
    /// An event became active, so the loop ran its callback.
    Active,
    /// The backend said what is ready.
    Ready,
    /// An event became pending, so the loop watched for it.
    Pending,
    /// A buffer was at a watermark.
    Watermark,
    /// Bytes moved, or did not, between an fd and a buffer.
    Transfer,
    /// A connection was accepted, or could not be.
    Accept,
    /// A connect came to its end.
    Connect,
    /// A rate limit ran out or was filled.
    Ratelimit,
    /// An object was given up.
    Free,
    /// Besides: bytes were put into the buffer.
    Bytes,
    /// Besides: the watermarks were set.
    Marks,
    /// Besides: the timeouts were set.
    Timeouts,
    /// Besides: the callbacks were set.
    Callbacks,
    /// Besides: a side was disabled.
    Disabled,
}

impl Cause {
    /// The link in words.
    pub fn text(&self, trace: &Trace, lang: Lang) -> String {
        let mention = Mention {
            trace,
            step: self.step,
            record: trace.record(self.step),
        };
        in_words(&words::cause(&mention, self.kind), lang)
    }
}

/// The causes of a step, the nearest first. Their steps go down; the last one is the root.
pub fn causes(trace: &Trace, step: usize) -> Vec<Cause> {
    each_cause(trace, step).collect()
}

/// The same one by one, for who needs only the nearest of them.
pub fn each_cause(trace: &Trace, step: usize) -> impl Iterator<Item = Cause> + '_ {
    Chain::new(trace, step)
}

/// A step that a text speaks of.
pub(crate) struct Mention<'a> {
    trace: &'a Trace,
    step: usize,
    pub(crate) record: RecordRef<'a>,
}

impl Mention<'_> {
    pub(crate) fn fd(&self) -> String {
        let fd = self.record.objects.fd;
        fd.map_or_else(|| "?".to_owned(), |fd| fd.to_string())
    }

    pub(crate) fn event(&self) -> String {
        let event = self.record.objects.event;
        event.map_or_else(|| "event?".to_owned(), |event| event.to_string())
    }

    /// The object that tells most; nothing when there is none.
    pub(crate) fn object(&self) -> String {
        let objects = &self.record.objects;
        let event = objects.event.map(ObjectId::Event);
        // What is done to an event is about the event, whoever it belongs to.
        let first = event.filter(|_| self.record.event.name().starts_with("event_"));
        first
            .into_iter()
            .chain(ObjectId::all_of(objects))
            .find(|object| !matches!(object, ObjectId::Fd(_)))
            .map_or_else(String::new, |object| object.to_string())
    }

    /// What called it, by its name: a call of the library, a callback of the program, or the function of
    /// the program that is the root of it all.
    pub(crate) fn caller(&self) -> Option<Text> {
        let around = self.trace.ancestors(self.step);
        around
            .map(|call| self.trace.record(call))
            .find(|call| call.level() < Level::Everything)
            .map(|call| {
                let callback = callback_text(&call.event).cloned();
                callback.unwrap_or_else(|| call.event.text_name())
            })
            .or_else(|| self.root().map(|root| root.to_owned().into()))
    }

    /// The function of the program that made this call, where no recorded call is around it.
    pub(crate) fn root(&self) -> Option<&str> {
        let caller = self.record.caller.as_ref()?;
        caller
            .function
            .as_deref()
            .filter(|_| self.trace.parent(self.step).is_none())
    }
}

#[cfg(test)]
mod tests;
