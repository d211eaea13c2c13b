//! What somebody expected to happen, as it is written: `readcb bev=1`, `accept`, `event=3`.

use std::fmt;
use std::str::FromStr;

use evscope_trace::{BevId, EventId, ListenerId};
use evscope_words::{Arg, Text, ToArg, Word, text, word};

use crate::{ObjectId, State};

/// What did not happen. Without a number, the only object of its kind is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The read callback of a bufferevent.
    Readcb {
        /// Which.
        bev: Option<BevId>,
    },
    /// The write callback of a bufferevent.
    Writecb {
        /// Which.
        bev: Option<BevId>,
    },
    /// The event callback of a bufferevent.
    Eventcb {
        /// Which.
        bev: Option<BevId>,
    },
    /// A timeout of a bufferevent.
    Timeout {
        /// Which.
        bev: Option<BevId>,
    },
    /// The callback of a listener.
    Accept {
        /// Which.
        listener: Option<ListenerId>,
    },
    /// The callback of an event.
    Event {
        /// Which.
        event: EventId,
    },
}

/// Why a question cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub enum NotExpected {
    /// It is not understood.
    Unknown(String),
    /// There is no such object.
    NoObject(Arg, Known),
    /// There are several.
    Several(Known),
}

impl NotExpected {
    /// In words.
    pub fn text(&self) -> Text {
        match self {
            Self::Unknown(text) => text!(question_unknown, text),
            Self::NoObject(name, known) => text!(question_no_object, name, known = known.text()),
            Self::Several(known) => text!(question_several, known = known.text()),
        }
    }
}

/// The objects that there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    kind: Word,
    names: Vec<String>,
}

impl Known {
    /// How many are listed.
    const MOST: usize = 12;

    fn text(&self) -> Text {
        let Self { kind, names } = self;
        if names.is_empty() {
            return text!(question_none, kind);
        }
        let mut shown = names[..names.len().min(Self::MOST)].join(", ");
        if names.len() > Self::MOST {
            shown.push_str(", …");
        }
        text!(question_there_are, names = shown)
    }
}

impl FromStr for Expected {
    type Err = NotExpected;

    fn from_str(text: &str) -> Result<Self, NotExpected> {
        let unknown = || NotExpected::Unknown(text.to_owned());
        let mut words = text.split_whitespace();
        let first = words.next().ok_or_else(unknown)?;
        let second = words.next();
        if words.next().is_some() {
            return Err(unknown());
        }
        let number = |word: &str, kind: &str| -> Option<u32> {
            let rest = word.strip_prefix(kind)?;
            let rest = rest.strip_prefix('=').unwrap_or(rest);
            rest.strip_prefix(kind).unwrap_or(rest).parse().ok()
        };
        let of_bev = || match second {
            None => Ok(None),
            Some(word) => number(word, "bev").map(BevId).map(Some).ok_or_else(unknown),
        };
        match first {
            "readcb" => Ok(Self::Readcb { bev: of_bev()? }),
            "writecb" => Ok(Self::Writecb { bev: of_bev()? }),
            "eventcb" => Ok(Self::Eventcb { bev: of_bev()? }),
            "timeout" => match second.and_then(|word| number(word, "event")) {
                Some(event) => Ok(Self::Event {
                    event: EventId(event),
                }),
                None => Ok(Self::Timeout { bev: of_bev()? }),
            },
            "accept" | "listener_cb" => match second {
                None => Ok(Self::Accept { listener: None }),
                Some(word) => number(word, "listener")
                    .map(|id| Self::Accept {
                        listener: Some(ListenerId(id)),
                    })
                    .ok_or_else(unknown),
            },
            "event_callback" => second
                .and_then(|word| number(word, "event"))
                .map(|id| Self::Event { event: EventId(id) })
                .ok_or_else(unknown),
            word if second.is_none() => number(word, "event")
                .map(|id| Self::Event { event: EventId(id) })
                .ok_or_else(unknown),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Expected {
    /// As it is written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_bev = |f: &mut fmt::Formatter<'_>, what: &str, bev: Option<BevId>| match bev {
            Some(bev) => write!(f, "{what} bev={}", bev.0),
            None => f.write_str(what),
        };
        match *self {
            Self::Readcb { bev } => of_bev(f, "readcb", bev),
            Self::Writecb { bev } => of_bev(f, "writecb", bev),
            Self::Eventcb { bev } => of_bev(f, "eventcb", bev),
            Self::Timeout { bev } => of_bev(f, "timeout", bev),
            Self::Accept { listener: None } => f.write_str("accept"),
            Self::Accept {
                listener: Some(listener),
            } => write!(f, "accept listener={}", listener.0),
            Self::Event { event } => write!(f, "event={}", event.0),
        }
    }
}

impl Expected {
    /// All that may be asked of an object.
    pub fn all_of(object: ObjectId) -> Vec<Self> {
        match object {
            ObjectId::Bev(bev) => {
                let bev = Some(bev);
                vec![
                    Self::Readcb { bev },
                    Self::Writecb { bev },
                    Self::Eventcb { bev },
                    Self::Timeout { bev },
                ]
            }
            ObjectId::Listener(listener) => vec![Self::Accept {
                listener: Some(listener),
            }],
            ObjectId::Event(event) => vec![Self::Event { event }],
            ObjectId::Base(_) | ObjectId::Buf(_) | ObjectId::Fd(_) => Vec::new(),
        }
    }

    /// The object that is meant.
    pub(super) fn object(&self, state: &State) -> Result<ObjectId, NotExpected> {
        match *self {
            Self::Readcb { bev }
            | Self::Writecb { bev }
            | Self::Eventcb { bev }
            | Self::Timeout { bev } => {
                let ids: Vec<BevId> = state.bevs.keys().collect();
                let alive = |id: &BevId| {
                    let bev = state.bevs.get(*id);
                    bev.is_some_and(|bev| !bev.is_freed())
                };
                one(word!(question_bev), bev, &ids, alive).map(ObjectId::Bev)
            }
            Self::Accept { listener } => {
                let ids: Vec<ListenerId> = state.listeners.keys().collect();
                let alive = |id: &ListenerId| {
                    let listener = state.listeners.get(*id);
                    listener.is_some_and(|listener| !listener.is_freed())
                };
                one(word!(question_listener), listener, &ids, alive).map(ObjectId::Listener)
            }
            Self::Event { event } => {
                let ids: Vec<EventId> = state.events.keys().collect();
                one(word!(question_event), Some(event), &ids, |_| true).map(ObjectId::Event)
            }
        }
    }
}

/// The object of a number, or the only one that is alive.
fn one<K: Copy + PartialEq + fmt::Display>(
    kind: Word,
    wanted: Option<K>,
    ids: &[K],
    alive: impl Fn(&K) -> bool,
) -> Result<K, NotExpected> {
    let known = |ids: &mut dyn Iterator<Item = &K>| Known {
        kind,
        names: ids.map(ToString::to_string).collect(),
    };
    if let Some(wanted) = wanted {
        return ids
            .iter()
            .find(|id| **id == wanted)
            .copied()
            .ok_or_else(|| {
                NotExpected::NoObject(wanted.to_string().to_arg(), known(&mut ids.iter()))
            });
    }
    let living: Vec<K> = ids.iter().filter(|id| alive(id)).copied().collect();
    match (living.as_slice(), ids) {
        ([only], _) | ([], [only]) => Ok(*only),
        ([], []) => Err(NotExpected::NoObject(kind.to_arg(), known(&mut ids.iter()))),
        ([], ids) => Err(NotExpected::Several(known(&mut ids.iter()))),
        (living, _) => Err(NotExpected::Several(known(&mut living.iter()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_read_as_they_are_written() {
        let bev = Some(BevId(2));
        for (text, expected) in [
            ("readcb bev=2", Expected::Readcb { bev }),
            ("writecb bev2", Expected::Writecb { bev }),
            ("eventcb bev=bev2", Expected::Eventcb { bev }),
            ("timeout bev=2", Expected::Timeout { bev }),
            ("readcb", Expected::Readcb { bev: None }),
            (
                "accept listener=1",
                Expected::Accept {
                    listener: Some(ListenerId(1)),
                },
            ),
            ("accept", Expected::Accept { listener: None }),
            ("event=3", Expected::Event { event: EventId(3) }),
            ("timeout event=3", Expected::Event { event: EventId(3) }),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
            assert_eq!(expected.to_string().parse(), Ok(expected), "{expected}");
        }
        for text in [
            "",
            "readcb bev",
            "readcb event=1",
            "event",
            "write bev=1",
            "readcb bev=1 x",
        ] {
            assert!(text.parse::<Expected>().is_err(), "{text}");
        }
    }
}
