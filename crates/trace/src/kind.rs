//! The vocabulary as data: what may stand in a record, said without a record at hand. The
//! specification, the schema and whatever offers names to a user are made from it.

use crate::{FieldKind, Lane, Level};

/// A name of the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The name.
    pub name: &'static str,
    /// What it means, in a sentence.
    pub about: &'static str,
    /// The detail level it belongs to.
    pub level: Level,
    /// Who acts.
    pub lane: Lane,
    /// How it is recorded.
    pub shape: Shape,
    /// What it is about, where its name says that.
    pub subject: Option<Subject>,
    /// Its own fields, in the order in which they are written.
    pub fields: &'static [FieldInfo],
}

/// A field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldInfo {
    /// The name.
    pub name: &'static str,
    /// What it means, in a sentence.
    pub about: &'static str,
    /// What values it has.
    pub kind: FieldKind,
    /// The least and the greatest value of a number.
    pub range: Option<(i64, u64)>,
    /// Whether it may be left out.
    pub presence: Presence,
}

/// How an event is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As two records, an enter and an exit, with what it does between them.
    Call,
    /// As one record, a point.
    Point,
}

/// Whether a field may be left out of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is always there.
    Always,
    /// It is there where there is something to say.
    Optional,
    /// The same, and only an exit has it.
    OnExit,
}

/// What an event is about: libevent's names begin with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An event base.
    Base,
    /// An event.
    Event,
    /// A listener.
    Listener,
    /// An evbuffer.
    Buffer,
    /// A bufferevent.
    Bufferevent,
}

impl Subject {
    /// How names begin, and what they are about. The first that fits counts.
    const OF_NAMES: [(&str, Self); 8] = [
        ("event_base_", Self::Base),
        ("event_", Self::Event),
        ("evsig_", Self::Event),
        ("evconnlistener_", Self::Listener),
        ("listener_", Self::Listener),
        ("evbuffer_", Self::Buffer),
        ("bufferevent_", Self::Bufferevent),
        ("be_socket_", Self::Bufferevent),
    ];

    pub(crate) const fn of(name: &str) -> Option<Self> {
        let mut at = 0;
        while at < Self::OF_NAMES.len() {
            let (begin, subject) = Self::OF_NAMES[at];
            if begins_with(name, begin) {
                return Some(subject);
            }
            at += 1;
        }
        None
    }
}

/// `str::starts_with`, for constants.
pub(crate) const fn begins_with(text: &str, begin: &str) -> bool {
    let (text, begin) = (text.as_bytes(), begin.as_bytes());
    let mut at = 0;
    while at < begin.len() && at < text.len() && text[at] == begin[at] {
        at += 1;
    }
    at == begin.len()
}
