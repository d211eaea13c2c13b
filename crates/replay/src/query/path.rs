//! Parts of the state by name: `bev1.output.len`, and `bev.output.len` for the step's own bufferevent.

use evscope_trace::{BaseId, BevId, BufId, EvFlags, EventId, FieldKind, ListenerId, Objects};
use evscope_words::{Text, Word, text, word};

use super::QueryError;
use crate::{Known, ObjectId, State, Value};

/// A part of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    object: Object,
    /// The whole path, or what follows the object where that depends on the step.
    text: String,
    /// What kind of value it has.
    pub(super) kind: FieldKind,
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

/// What the kernel watches for on an fd.
const INTEREST: FieldKind = FieldKind::Flags(EvFlags::NAMES);

impl Path {
    /// Reads a path that begins at `column`; none when the text is no path into the state at all.
    pub(super) fn parse(text: &str, column: usize) -> Option<Result<Self, QueryError>> {
        let (head, rest) = match text.split_once('.') {
            Some((head, rest)) => (head, Some(rest)),
            None => (text, None),
        };
        let named = |kind| Self {
            object: Object::Named,
            text: text.to_owned(),
            kind,
        };
        let rest_column = column + head.chars().count() + 1;
        if let Ok(object) = head.parse::<ObjectId>() {
            return Some(match (object, rest) {
                (ObjectId::Fd(_), None) => Ok(named(INTEREST)),
                (_, None) => {
                    let part = example(object);
                    let message = text!(query_whole_object, text);
                    Err(QueryError::new(column, message).hint(text!(query_part_of, text, part)))
                }
                (ObjectId::Base(_), Some(rest)) if matches!(rest.parse(), Ok(ObjectId::Fd(_))) => {
                    Ok(named(INTEREST))
                }
                (_, Some(rest)) => kind_of(object, rest, rest_column).map(named),
            });
        }
        if let Some(number) = head.strip_prefix("thread")
            && number.parse::<u32>().is_ok()
        {
            return Some(match rest {
                Some("stack") => Ok(named(FieldKind::Text)),
                Some("depth") => Ok(named(FieldKind::Number)),
                _ => Err(QueryError::new(column, no_part(text)).hint(text!(query_thread_parts))),
            });
        }
        let (object, sample) = match (head, rest) {
            ("lost", None) => return Some(Ok(named(FieldKind::Number))),
            ("active", None) => return Some(Ok(named(FieldKind::Text))),
            ("base", Some(_)) => (Object::Base, ObjectId::Base(BaseId(0))),
            ("event", Some(_)) => (Object::Event, ObjectId::Event(EventId(0))),
            ("bev", Some(_)) => (Object::Bev, ObjectId::Bev(BevId(0))),
            ("buf", Some(_)) => (Object::Buf, ObjectId::Buf(BufId(0))),
            ("listener", Some(_)) => (Object::Listener, ObjectId::Listener(ListenerId(0))),
            _ => return None,
        };
        let rest = rest.unwrap_or_default();
        Some(kind_of(sample, rest, rest_column).map(|kind| Self {
            object,
            text: rest.to_owned(),
            kind,
        }))
    }

    /// Whether it is a part of one object, whatever the step.
    pub(super) fn is_named(&self) -> bool {
        self.object == Object::Named
    }

    /// Its value in a state, for a step about `objects`; none when there is no such object.
    pub(super) fn value(
        &self,
        known: &dyn Known,
        state: &State,
        objects: &Objects,
    ) -> Option<Value> {
        let owner = || {
            objects
                .buf
                .and_then(|buf| known.owner(buf))
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

/// Follows the fields of a path from an object: what kind of value the last one has.
fn kind_of(mut object: ObjectId, rest: &str, mut column: usize) -> Result<FieldKind, QueryError> {
    let mut fields = rest.split('.').peekable();
    while let Some(field) = fields.next() {
        let fields_of = State::fields_of(object).iter().copied();
        let kinds = fields_of
            .clone()
            .zip(State::kinds_of(object).iter().copied());
        let mut kinds = kinds.chain([("freed", FieldKind::Bool)]);
        let known = fields_of.chain(["freed"]);
        let Some((_, value)) = kinds.find(|(name, _)| *name == field) else {
            let kind = kind(object);
            let message = text!(query_no_part_of, kind, field);
            let error = QueryError::new(column, message).meant(field, known.clone());
            if error.has_hint() {
                return Err(error);
            }
            let known = known.collect::<Vec<_>>().join(", ");
            return Err(error.hint(text!(query_parts, known)));
        };
        if fields.peek().is_none() {
            return Ok(value);
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
    // A path has at least one field.
    Ok(FieldKind::Text)
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
