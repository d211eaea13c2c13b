//! Parts of the state by name: `bev1.output.len`, and `bev.output.len` for the step's own bufferevent.

use evscope_trace::{BaseId, BevId, BufId, Event, EventId, FieldKind, ListenerId, Objects};
use evscope_words::{Text, Word, text, word};

use super::QueryError;
use crate::{ObjectId, State, Trace, Value};

/// A part of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    object: Object,
    /// The whole path, or what follows the object where that depends on the step.
    text: String,
    /// Whether its value is a set of flags.
    pub(super) is_flags: bool,
}

/// Whose part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Object {
    /// Always the same one's.
    Named,
    /// That of the object the step is about.
    Base,
    Event,
    Bev,
    Buf,
    Listener,
}

/// The fields of the state that are sets of flags, whatever the object.
const FLAGS: &[&str] = &[
    "active",
    "events",
    "options",
    "suspended_read",
    "suspended_write",
];

impl Path {
    /// Reads a path that begins at `column`; none when the text is no path into the state at all.
    pub(super) fn parse(text: &str, column: usize) -> Option<Result<Self, QueryError>> {
        let (head, rest) = match text.split_once('.') {
            Some((head, rest)) => (head, Some(rest)),
            None => (text, None),
        };
        let named = |is_flags| Self {
            object: Object::Named,
            text: text.to_owned(),
            is_flags,
        };
        let rest_column = column + head.chars().count() + 1;
        if let Ok(object) = head.parse::<ObjectId>() {
            return Some(match (object, rest) {
                (ObjectId::Fd(_), None) => Ok(named(true)),
                (_, None) => {
                    let part = example(object);
                    let message = text!(query_whole_object, text);
                    Err(QueryError::new(column, message).hint(text!(query_part_of, text, part)))
                }
                (ObjectId::Base(_), Some(rest)) if matches!(rest.parse(), Ok(ObjectId::Fd(_))) => {
                    Ok(named(true))
                }
                (_, Some(rest)) => is_flags(object, rest, rest_column).map(named),
            });
        }
        if let Some(number) = head.strip_prefix("thread")
            && number.parse::<u32>().is_ok()
        {
            return Some(match rest {
                Some("stack" | "depth") => Ok(named(false)),
                _ => Err(QueryError::new(column, no_part(text)).hint(text!(query_thread_parts))),
            });
        }
        let (object, sample) = match (head, rest) {
            ("lost" | "active", None) => return Some(Ok(named(false))),
            ("base", Some(_)) => (Object::Base, ObjectId::Base(BaseId(0))),
            ("event", Some(_)) => (Object::Event, ObjectId::Event(EventId(0))),
            ("bev", Some(_)) => (Object::Bev, ObjectId::Bev(BevId(0))),
            ("buf", Some(_)) => (Object::Buf, ObjectId::Buf(BufId(0))),
            ("listener", Some(_)) => (Object::Listener, ObjectId::Listener(ListenerId(0))),
            _ => return None,
        };
        let rest = rest.unwrap_or_default();
        Some(is_flags(sample, rest, rest_column).map(|is_flags| Self {
            object,
            text: rest.to_owned(),
            is_flags,
        }))
    }

    /// Whether it is a part of one object, whatever the step.
    pub(super) fn is_named(&self) -> bool {
        self.object == Object::Named
    }

    /// Its value in a state, for a step about `objects`; none when there is no such object.
    pub(super) fn value(&self, trace: &Trace, state: &State, objects: &Objects) -> Option<Value> {
        let owner = || {
            objects
                .buf
                .and_then(|buf| trace.owner(buf))
                .map(|(bev, _)| bev)
        };
        let object = match self.object {
            Object::Named => return state.value(&self.text),
            Object::Base => objects.base.map(ObjectId::Base),
            Object::Event => objects.event.map(ObjectId::Event),
            Object::Bev => objects.bev.or_else(owner).map(ObjectId::Bev),
            Object::Buf => objects.buf.map(ObjectId::Buf),
            Object::Listener => objects.listener.map(ObjectId::Listener),
        };
        state.value(&format!("{}.{}", object?, self.text))
    }

    /// Its value in a state; only for a path that is [named](Self::is_named).
    pub(super) fn named_value(&self, state: &State) -> Value {
        state.value(&self.text).unwrap_or(Value::Absent)
    }
}

/// Follows the fields of a path from an object; the last one's value is flags or not.
fn is_flags(mut object: ObjectId, rest: &str, mut column: usize) -> Result<bool, QueryError> {
    let mut fields = rest.split('.').peekable();
    while let Some(field) = fields.next() {
        let known = State::fields_of(object).iter().copied().chain(["freed"]);
        if !known.clone().any(|name| name == field) {
            let kind = kind(object);
            let message = text!(query_no_part_of, kind, field);
            let error = QueryError::new(column, message).meant(field, known.clone());
            if error.has_hint() {
                return Err(error);
            }
            let known = known.collect::<Vec<_>>().join(", ");
            return Err(error.hint(text!(query_parts, known)));
        }
        if fields.peek().is_none() {
            // A listener's `enabled` is a yes or no, a bufferevent's the sides.
            let sides = field == "enabled" && matches!(object, ObjectId::Bev(_));
            return Ok(sides || FLAGS.contains(&field));
        }
        column += field.chars().count() + 1;
        object = match field {
            "base" => ObjectId::Base(BaseId(0)),
            "event" | "ev_read" | "ev_write" => ObjectId::Event(EventId(0)),
            "bev" | "partner" | "underlying" => ObjectId::Bev(BevId(0)),
            "input" | "output" => ObjectId::Buf(BufId(0)),
            "listener" => ObjectId::Listener(ListenerId(0)),
            _ => {
                return Err(QueryError::new(column, text!(query_no_object, field)));
            }
        };
    }
    Ok(false)
}

/// That a text names nothing in the state.
pub(super) fn no_part(text: &str) -> Text {
    text!(query_no_state, text)
}

fn kind(object: ObjectId) -> Word {
    match object {
        ObjectId::Base(_) => word!(query_kind_base),
        ObjectId::Event(_) => word!(query_kind_event),
        ObjectId::Bev(_) => word!(query_kind_bev),
        ObjectId::Buf(_) => word!(query_kind_buf),
        ObjectId::Listener(_) => word!(query_kind_listener),
        ObjectId::Fd(_) => word!(query_kind_fd),
    }
}

fn example(object: ObjectId) -> &'static str {
    match object {
        ObjectId::Base(_) => "polls",
        ObjectId::Event(_) => "pending",
        ObjectId::Bev(_) => "output.len",
        ObjectId::Buf(_) => "len",
        ObjectId::Listener(_) => "accepted",
        ObjectId::Fd(_) => "fd",
    }
}

/// The names of all flags a part of the state can have.
pub(super) fn flag_names() -> impl Iterator<Item = &'static str> {
    Event::KINDS
        .iter()
        .flat_map(|kind| kind.fields)
        .filter_map(|field| match field.kind {
            FieldKind::Flags(names) => Some(names),
            _ => None,
        })
        .flatten()
        .map(|(name, _)| *name)
}
