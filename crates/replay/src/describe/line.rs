//! Puts a line together from parts.

use std::fmt::{Display, Write as _};

use evscope_trace::{BufId, Event, FlagSet, Lane, Payload, Record, Role, Side, Subject, visible};

use crate::{Known, ObjectId};

/// A piece of a line, with what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its text, spaces included.
    pub text: String,
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

/// A record in words: one line of text, in parts. One is used for record after record, so that there is room for it.
#[derive(Debug, Clone, Default)]
pub struct Words {
    text: String,
    /// Where each part ends, and what it is.
    ends: Vec<(usize, Part)>,
    /// Whether nobody asks for the parts.
    is_text_only: bool,
}

impl Words {
    /// For who wants the line as a whole, and not its parts.
    pub fn text_only() -> Self {
        Self {
            is_text_only: true,
            ..Self::default()
        }
    }

    /// The whole line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parts of the line, in order.
    pub fn parts(&self) -> impl Iterator<Item = (&str, Part)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(end, _)| *end));
        let parts = starts.zip(&self.ends);
        parts.map(|(start, (end, part))| (&self.text[start..*end], *part))
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }
}

/// The words of a record in the making.
pub(super) struct Line<'a> {
    known: &'a dyn Known,
    record: &'a Record,
    words: &'a mut Words,
}

impl<'a> Line<'a> {
    /// A line that begins with the event's name, and before it with the thread, where there are several.
    pub(super) fn new(known: &'a dyn Known, record: &'a Record, words: &'a mut Words) -> Self {
        words.clear();
        let mut line = Self {
            known,
            record,
            words,
        };
        if known.has_threads() {
            line.push(format_args!("T{} ", record.thread.0), Part::Text);
        }
        let name = Part::Name(record.event.lane());
        match &record.event {
            Event::Unknown { name: text } => line.show(text, name),
            event => line.put(event.name(), name),
        };
        line
    }

    /// Our own words, after a space.
    pub(super) fn text(&mut self, text: &'static str) -> &mut Self {
        self.space().put(text, Part::Text)
    }

    /// The trace's words, after a space.
    pub(super) fn said(&mut self, text: &str) -> &mut Self {
        self.space().show(text, Part::Text)
    }

    /// A sign that clings to what stands before it.
    pub(super) fn sign(&mut self, text: &'static str) -> &mut Self {
        self.put(text, Part::Text)
    }

    /// A value that the trace has as a text, after a space; nothing if it is empty.
    pub(super) fn value(&mut self, text: &str) -> &mut Self {
        match text {
            "" => self,
            _ => self.space().show(text, Part::Value),
        }
    }

    /// A number, or what says one, after a space; nothing if it is empty.
    pub(super) fn number(&mut self, number: impl Display) -> &mut Self {
        let before = (self.words.text.len(), self.words.ends.len());
        self.spaced(number, Part::Value);
        let Words { text, ends, .. } = &mut *self.words;
        if text.len() == before.0 + 1 {
            text.truncate(before.0);
            ends.truncate(before.1);
            if let Some((end, _)) = ends.last_mut() {
                *end = before.0;
            }
        }
        self
    }

    /// The names of the flags that are set, after a space; nothing if there are none.
    pub(super) fn flags(&mut self, set: impl Into<FlagSet>) -> &mut Self {
        for (i, name) in set.into().set().enumerate() {
            match i {
                0 => self.space(),
                _ => self.put("|", Part::Value),
            };
            self.put(name, Part::Value);
        }
        self
    }

    /// How many there are of what the unit says, after a space.
    pub(super) fn count(&mut self, count: u32, unit: &'static str) -> &mut Self {
        self.space()
            .digits(count, Part::Value)
            .put(" ", Part::Value)
            .put(unit, Part::Value)
    }

    /// A number of bytes, after a space: `1 byte`, `14 bytes`.
    pub(super) fn bytes(&mut self, count: u64) -> &mut Self {
        self.space()
            .digits(count, Part::Value)
            .put(super::units::of_bytes(count), Part::Value)
    }

    /// What a number was and what it is now, after a space.
    pub(super) fn change(&mut self, before: u64, after: u64) -> &mut Self {
        self.space()
            .digits(before, Part::Value)
            .put(" → ", Part::Value)
            .digits(after, Part::Value)
    }

    /// The name of a callback, after a space.
    pub(super) fn callback(&mut self, name: &str) -> &mut Self {
        self.space().show(name, Part::Callback)
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
        self.space().show(text, Part::Error)
    }

    /// Another object, after a space.
    pub(super) fn other(&mut self, object: ObjectId) -> &mut Self {
        self.space().object(object, Part::Object(object))
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
        let part = Part::Object(event);
        self.other(event);
        let Some(role) = objects.role else {
            return self;
        };
        let side = role.name().strip_prefix("bev");
        match (side.zip(objects.bev), role, objects.listener) {
            (Some((side, bev)), ..) => self.of(Some(ObjectId::Bev(bev)), side, part),
            (_, Role::Listener, Some(listener)) => {
                self.of(Some(ObjectId::Listener(listener)), "", part)
            }
            _ => self.of(None, role.name(), part),
        }
    }

    /// What the record is about, as its name says; of an event or a listener the fd, too.
    pub(super) fn subject(&mut self, subject: Option<Subject>) -> &mut Self {
        match subject {
            Some(Subject::Base) => self.base(),
            Some(Subject::Event) => self.event().fd(),
            Some(Subject::Listener) => self.listener().fd(),
            Some(Subject::Buffer) => self.buf(),
            Some(Subject::Bufferevent) => self.bev(),
            None => self,
        }
    }

    /// Whose something is and which of theirs, in brackets, as a piece of what stands before it.
    fn of(&mut self, owner: Option<ObjectId>, which: &str, part: Part) -> &mut Self {
        self.put(" (", part);
        if let Some(owner) = owner {
            self.object(owner, part);
        }
        self.put(which, part).put(")", part)
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
        let buf = ObjectId::Buf(id);
        let part = Part::Object(buf);
        self.other(buf);
        match self.known.owner(id) {
            Some((bev, Side::Input)) => self.of(Some(ObjectId::Bev(bev)), ".input", part),
            Some((bev, Side::Output)) => self.of(Some(ObjectId::Bev(bev)), ".output", part),
            None => self,
        }
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
            Some(Role::Signal) => self.number(super::units::signal(fd)),
            _ => {
                let part = Part::Object(ObjectId::Fd(fd));
                self.space().put("fd ", part).digits(fd, part)
            }
        }
    }

    /// The first bytes of what was read or written, in quotes, after a space.
    pub(super) fn data(&mut self, data: Option<&Payload>) -> &mut Self {
        match data {
            Some(payload) if !payload.bytes.is_empty() => self
                .space()
                .show(&super::units::quoted(payload), Part::Bytes),
            _ => self,
        }
    }

    fn space(&mut self) -> &mut Self {
        self.words.text.push(' ');
        self.end(Part::Text)
    }

    fn spaced(&mut self, text: impl Display, part: Part) -> &mut Self {
        self.space().push(text, part)
    }

    /// Appends what is our own.
    fn push(&mut self, text: impl Display, part: Part) -> &mut Self {
        // Writing into a string cannot fail.
        let _ = write!(self.words.text, "{text}");
        self.end(part)
    }

    /// Appends digits.
    fn digits(&mut self, number: impl itoa::Integer, part: Part) -> &mut Self {
        self.put(itoa::Buffer::new().format(number), part)
    }

    /// Appends the name of an object.
    fn object(&mut self, object: ObjectId, part: Part) -> &mut Self {
        let (name, number) = object.name();
        self.put(name, part).digits(number, part)
    }

    /// The same without a format.
    #[inline]
    fn put(&mut self, text: &str, part: Part) -> &mut Self {
        self.words.text.push_str(text);
        self.end(part)
    }

    /// Appends what comes from the trace, as names and addresses do: nothing in it is hidden.
    fn show(&mut self, text: &str, part: Part) -> &mut Self {
        self.put(&visible(text), part)
    }

    #[inline]
    fn end(&mut self, part: Part) -> &mut Self {
        if !self.words.is_text_only {
            self.note(part);
        }
        self
    }

    /// Notes what the piece is that was appended last.
    fn note(&mut self, part: Part) {
        let Words { text, ends, .. } = &mut *self.words;
        match ends.last_mut() {
            // Two of a kind are one.
            Some((end, last)) if *last == part => *end = text.len(),
            _ => ends.push((text.len(), part)),
        }
    }
}
