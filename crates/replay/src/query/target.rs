//! What a comparison may have on either side: a part of the record or of the state.

use std::borrow::Cow;

use evscope_trace::{FieldKind, FieldValue};

use super::field::Field;
use super::path::Path;
use super::{QueryError, Seen};
use crate::{ObjectId, Value};

/// A part of the record or of the state.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Record(Field),
    State(Path),
}

/// A value of either.
pub(super) enum Found<'a> {
    Field(FieldValue<'a>),
    Part(Value),
}

impl Target {
    /// What is called `name`, at `column`; none when nothing is.
    pub(super) fn of_name(name: &str, column: usize) -> Option<Result<Self, QueryError>> {
        match Field::of_name(name) {
            Some(field) => Some(Ok(Self::Record(field))),
            None => Some(Path::parse(name, column)?.map(Self::State)),
        }
    }

    /// What kinds of values it can have; nothing is known of an unknown field's.
    pub(super) fn kinds(&self) -> Vec<FieldKind> {
        match self {
            Self::Record(field) => field.kinds(),
            Self::State(path) => vec![path.kind],
        }
    }

    pub(super) fn needs_state(&self) -> bool {
        matches!(self, Self::State(_))
    }

    /// Whether its value is known only when a call has returned.
    pub(super) fn looks_ahead(&self) -> bool {
        matches!(self, Self::Record(Field::Time(_)))
    }

    /// Whether its values are sets of flags.
    pub(super) fn is_flags(&self) -> bool {
        matches!(self, Self::State(path) if matches!(path.kind, FieldKind::Flags(_)))
    }

    /// Its value at a step; none when there is none.
    pub(super) fn value<'a>(&self, seen: &Seen<'a>) -> Option<Found<'a>> {
        match self {
            Self::Record(field) => field.value(seen).map(Found::Field),
            Self::State(path) => {
                let objects = &seen.record.objects;
                match path.value(seen.known, seen.state?, objects)? {
                    Value::Absent => None,
                    value => Some(Found::Part(value)),
                }
            }
        }
    }
}

impl Found<'_> {
    /// As a query would write it.
    pub(super) fn written(&self) -> Cow<'_, str> {
        let yes = |yes: bool| if yes { "true" } else { "false" };
        match self {
            Self::Field(FieldValue::Bool(value)) | Self::Part(Value::Bool(value)) => {
                yes(*value).into()
            }
            Self::Field(FieldValue::Number(value)) | Self::Part(Value::Number(value)) => {
                value.to_string().into()
            }
            Self::Field(FieldValue::Time(value)) | Self::Part(Value::Time(value)) => {
                value.0.to_string().into()
            }
            Self::Field(FieldValue::Id(value)) => value.to_string().into(),
            Self::Field(FieldValue::Text(value) | FieldValue::Word(value)) => (*value).into(),
            Self::Field(FieldValue::Bytes(value)) => String::from_utf8_lossy(&value.bytes),
            Self::Field(value @ FieldValue::Flags(_)) => value.to_string().into(),
            Self::Part(Value::Text(value)) => value.as_ref().into(),
            Self::Part(Value::Object(object)) => id(*object).to_string().into(),
            Self::Part(Value::Absent) => "".into(),
        }
    }
}

/// An object's number.
pub(super) fn id(object: ObjectId) -> i128 {
    match object {
        ObjectId::Base(id) => id.0.into(),
        ObjectId::Event(id) => id.0.into(),
        ObjectId::Bev(id) => id.0.into(),
        ObjectId::Buf(id) => id.0.into(),
        ObjectId::Listener(id) => id.0.into(),
        ObjectId::Fd(fd) => fd.into(),
    }
}

/// Whether values of two kinds can be compared with each other.
pub(super) fn go_together(a: FieldKind, b: FieldKind) -> bool {
    use FieldKind::{Bool, Bytes, Flags, Id, Number, Text, Time, Word};
    matches!(
        (a, b),
        (Bool, Bool)
            | (Number, Number)
            | (Time, Time)
            | (Id, Id)
            | (Flags(_), Flags(_))
            | (Text | Word(_) | Bytes, Text | Word(_) | Bytes)
    )
}
