//! Puts a line together from parts.

use std::borrow::Cow;

use evscope_trace::{BufId, Lane, Payload, Record, Role, Side, visible};

use crate::{Known, ObjectId};

/// A piece of a line, with what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its text, spaces included.
    pub text: Cow<'static, str>,
    /// What it is.
    pub part: Part,
}

/// What a piece of a line is; views choose its colour by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The event's name, in the colour of who acts.
    Name(Lane),
    /// An object: `bev1`, `event3 (bev1.read)`.
    Object(ObjectId),
    /// The name of a callback.
    Callback,
    /// A number, a flag, an address.
    Value,
    /// Bytes that were read or written.
    Bytes,
    /// What went wrong.
    Error,
    /// The words between.
    Text,
}

pub(super) struct Line<'a> {
    known: &'a dyn Known,
    record: &'a Record,
    spans: Vec<Span>,
}

impl<'a> Line<'a> {
    /// A line that begins with the event's name, and before it with the thread, where there are several.
    pub(super) fn new(known: &'a dyn Known, record: &'a Record) -> Self {
        let mut line = Self {
            known,
            record,
            spans: Vec::new(),
        };
        if known.has_threads() {
            line.push(format!("T{} ", record.thread.0), Part::Text);
        }
        line.push(record.event.text_name(), Part::Name(record.event.lane()));
        line
    }

    pub(super) fn finish(self) -> Vec<Span> {
        self.spans
    }

    /// Words, after a space.
    pub(super) fn text(&mut self, text: impl Into<Cow<'static, str>>) -> &mut Self {
        self.spaced(text, Part::Text)
    }

    /// A sign that clings to what stands before it.
    pub(super) fn sign(&mut self, text: &'static str) -> &mut Self {
        self.push(text, Part::Text)
    }

    /// A value, after a space; nothing if it is empty.
    pub(super) fn value(&mut self, text: impl Into<Cow<'static, str>>) -> &mut Self {
        let text = text.into();
        if text.is_empty() {
            return self;
        }
        self.spaced(text, Part::Value)
    }

    /// The name of a callback, after a space.
    pub(super) fn callback(&mut self, name: &str) -> &mut Self {
        self.spaced(name.to_owned(), Part::Callback)
    }

    /// The name of the callback that the record runs, after a space; nothing if the event is called
    /// the same, as a listener's callback often is.
    pub(super) fn own_callback(&mut self, name: &str) -> &mut Self {
        if name == self.record.event.name() {
            return self;
        }
        self.callback(name)
    }

    /// What went wrong, after a space.
    pub(super) fn error(&mut self, text: &str) -> &mut Self {
        self.spaced(text.to_owned(), Part::Error)
    }

    /// Another object, after a space.
    pub(super) fn other(&mut self, object: ObjectId) -> &mut Self {
        self.spaced(object.to_string(), Part::Object(object))
    }

    /// The record's base.
    pub(super) fn base(&mut self) -> &mut Self {
        if let Some(id) = self.record.objects.base {
            self.other(ObjectId::Base(id));
        }
        self
    }

    /// The record's bufferevent.
    pub(super) fn bev(&mut self) -> &mut Self {
        if let Some(id) = self.record.objects.bev {
            self.other(ObjectId::Bev(id));
        }
        self
    }

    /// The record's listener.
    pub(super) fn listener(&mut self) -> &mut Self {
        if let Some(id) = self.record.objects.listener {
            self.other(ObjectId::Listener(id));
        }
        self
    }

    /// The record's event with what it is for: `event3 (bev1.read)`.
    pub(super) fn event(&mut self) -> &mut Self {
        let objects = &self.record.objects;
        let Some(id) = objects.event else {
            return self;
        };
        let event = ObjectId::Event(id);
        let purpose = match (objects.role, objects.bev, objects.listener) {
            (Some(Role::BevRead), Some(bev), _) => format!("{bev}.read"),
            (Some(Role::BevWrite), Some(bev), _) => format!("{bev}.write"),
            (Some(Role::BevDeferred), Some(bev), _) => format!("{bev}.deferred"),
            (Some(Role::Listener), _, Some(listener)) => listener.to_string(),
            (Some(role), ..) => role.name().to_owned(),
            (None, ..) => return self.other(event),
        };
        self.spaced(format!("{id} ({purpose})"), Part::Object(event))
    }

    /// The record's buffer with whose it is: `buf2 (bev1.output)`.
    pub(super) fn buf(&mut self) -> &mut Self {
        match self.record.objects.buf {
            Some(id) => self.buffer(id),
            None => self,
        }
    }

    /// A buffer with whose it is.
    pub(super) fn buffer(&mut self, id: BufId) -> &mut Self {
        let text = match self.known.owner(id) {
            Some((bev, Side::Input)) => format!("{id} ({bev}.input)"),
            Some((bev, Side::Output)) => format!("{id} ({bev}.output)"),
            None => id.to_string(),
        };
        self.spaced(text, Part::Object(ObjectId::Buf(id)))
    }

    /// The record's fd; for a signal's event the signal.
    pub(super) fn fd(&mut self) -> &mut Self {
        let objects = &self.record.objects;
        let Some(fd) = objects.fd else {
            return self;
        };
        // An event without an fd says -1 in libevent.
        if fd < 0 {
            return self;
        }
        match objects.role {
            Some(Role::Signal) => self.value(super::units::signal(fd)),
            _ => self.spaced(format!("fd {fd}"), Part::Object(ObjectId::Fd(fd))),
        }
    }

    /// The first bytes of what was read or written, in quotes, after a space.
    pub(super) fn data(&mut self, data: Option<&Payload>) -> &mut Self {
        match data {
            Some(payload) if !payload.bytes.is_empty() => {
                self.spaced(super::units::quoted(payload), Part::Bytes)
            }
            _ => self,
        }
    }

    fn spaced(&mut self, text: impl Into<Cow<'static, str>>, part: Part) -> &mut Self {
        self.push(" ", Part::Text).push(text, part)
    }

    fn push(&mut self, text: impl Into<Cow<'static, str>>, part: Part) -> &mut Self {
        self.spans.push(Span {
            text: shown(text.into()),
            part,
        });
        self
    }
}

/// Names and addresses come from the trace.
fn shown(text: Cow<'static, str>) -> Cow<'static, str> {
    match visible(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(shown) => Cow::Owned(shown),
    }
}
