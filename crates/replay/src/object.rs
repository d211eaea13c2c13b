//! One name for any object of a trace.

use std::fmt;
use std::str::FromStr;

use evscope_trace::{BaseId, BevId, BufId, EventId, ListenerId, Objects, Role};
use evscope_words::{Arg, ToArg, text};
use serde::{Serialize, Serializer};

/// Any object a record can be about. As text: `base1`, `event3`, `bev1`, `buf2`, `listener1`, `fd8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectId {
    /// An event base.
    Base(BaseId),
    /// An event.
    Event(EventId),
    /// A bufferevent.
    Bev(BevId),
    /// An evbuffer.
    Buf(BufId),
    /// A listener.
    Listener(ListenerId),
    /// A file descriptor, or a signal's number.
    Fd(i32),
}

impl ObjectId {
    /// The objects that `objects` names, the most telling one first: the bufferevent or listener
    /// before its buffer and event, those before the base.
    pub fn all_of(objects: &Objects) -> impl Iterator<Item = Self> + use<> {
        [
            objects.bev.map(Self::Bev),
            objects.listener.map(Self::Listener),
            objects.buf.map(Self::Buf),
            objects.event.map(Self::Event),
            objects.fd.map(Self::Fd),
            objects.base.map(Self::Base),
        ]
        .into_iter()
        .flatten()
    }

    /// The two parts of its name.
    pub(crate) fn name(self) -> (&'static str, i64) {
        match self {
            Self::Base(id) => ("base", id.0.into()),
            Self::Event(id) => ("event", id.0.into()),
            Self::Bev(id) => ("bev", id.0.into()),
            Self::Buf(id) => ("buf", id.0.into()),
            Self::Listener(id) => ("listener", id.0.into()),
            Self::Fd(fd) => ("fd", fd.into()),
        }
    }

    /// Whether `objects` names it.
    pub fn is_in(self, objects: &Objects) -> bool {
        match self {
            Self::Base(id) => objects.base == Some(id),
            Self::Event(id) => objects.event == Some(id),
            Self::Bev(id) => objects.bev == Some(id),
            Self::Buf(id) => objects.buf == Some(id),
            Self::Listener(id) => objects.listener == Some(id),
            Self::Fd(fd) => objects.fd == Some(fd),
        }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, number) = self.name();
        write!(f, "{name}{number}")
    }
}

impl ToArg for ObjectId {
    fn to_arg(&self) -> Arg {
        self.to_string().to_arg()
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What an event is for, and whose it is. As text: `bev1.read`, `listener1`, `timer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose {
    /// What it is for.
    pub role: Role,
    /// The bufferevent it belongs to.
    pub bev: Option<BevId>,
    /// The listener it belongs to.
    pub listener: Option<ListenerId>,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.role.name();
        match (self.bev, self.role, self.listener) {
            (Some(bev), ..) => write!(f, "{bev}.{}", name.strip_prefix("bev.").unwrap_or(name)),
            (_, Role::Listener, Some(listener)) => listener.fmt(f),
            _ => f.write_str(name),
        }
    }
}

/// A text that names no object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", text!(object_none, text = self.0))]
pub struct NotAnObject(String);

impl FromStr for ObjectId {
    type Err = NotAnObject;

    fn from_str(text: &str) -> Result<Self, NotAnObject> {
        let digits = text
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(text.len());
        let (kind, number) = text.split_at(digits);
        let id = || number.parse::<u32>().ok();
        match kind {
            "base" => id().map(|id| Self::Base(BaseId(id))),
            "event" => id().map(|id| Self::Event(EventId(id))),
            "bev" => id().map(|id| Self::Bev(BevId(id))),
            "buf" => id().map(|id| Self::Buf(BufId(id))),
            "listener" => id().map(|id| Self::Listener(ListenerId(id))),
            "fd" => number.parse().ok().map(Self::Fd),
            _ => None,
        }
        .ok_or_else(|| NotAnObject(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_said_to_be_somebodys() {
        let purpose = |role, bev: Option<u32>, listener: Option<u32>| {
            let (bev, listener) = (bev.map(BevId), listener.map(ListenerId));
            let purpose = Purpose {
                role,
                bev,
                listener,
            };
            purpose.to_string()
        };
        assert_eq!(purpose(Role::BevRead, Some(1), None), "bev1.read");
        assert_eq!(purpose(Role::Internal, Some(1), None), "bev1.internal");
        assert_eq!(purpose(Role::Internal, None, None), "internal");
        assert_eq!(purpose(Role::BevRead, None, None), "bev.read");
        assert_eq!(purpose(Role::Listener, None, Some(2)), "listener2");
        assert_eq!(purpose(Role::Listener, None, None), "listener");
    }

    #[test]
    fn objects_are_read_as_they_are_written() {
        for text in ["base1", "event3", "bev12", "buf2", "listener1", "fd8"] {
            assert_eq!(text.parse::<ObjectId>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "bev",
            "bev1x",
            "1",
            "thread1",
            "bev-1",
            "bev99999999999",
        ] {
            assert!(text.parse::<ObjectId>().is_err(), "{text}");
        }
    }
}
