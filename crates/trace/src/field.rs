//! How one field of a record goes into and comes out of a JSON object.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde_json::{Map, Value};

/// Why a record's fields could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// The record has no such field.
    #[error("field `{0}` is missing")]
    Missing(&'static str),
    /// The field's value is of another kind.
    #[error("field `{0}`: {1}")]
    Invalid(&'static str, String),
}

/// Takes the field `name` out of `object`. A type that can be absent (an `Option`) reads absence as
/// `null`; for any other type a missing field is an error.
pub(crate) fn take<T: DeserializeOwned>(
    object: &mut Map<String, Value>,
    name: &'static str,
) -> Result<T, FieldError> {
    match object.remove(name) {
        Some(value) => {
            serde_json::from_value(value).map_err(|e| FieldError::Invalid(name, e.to_string()))
        }
        None => serde_json::from_value(Value::Null).map_err(|_| FieldError::Missing(name)),
    }
}

/// A value that may be left out of the JSON object.
pub(crate) trait Field: Serialize {
    /// Writes the field, unless it is absent.
    fn put<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

impl<T: Field> Field for Option<T> {
    fn put<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        match self {
            Some(value) => value.put(name, map),
            None => Ok(()),
        }
    }
}

macro_rules! fields {
    ($($type:ty),* $(,)?) => {$( impl Field for $type {} )*};
}

fields!(
    bool,
    i32,
    i64,
    u16,
    u32,
    u64,
    crate::ActiveWhy,
    crate::BaseId,
    crate::BevEvents,
    crate::BevId,
    crate::BevOptions,
    crate::BufId,
    crate::BufferEnd,
    crate::ConnectProgress,
    crate::Crossing,
    crate::EvFlags,
    crate::EventId,
    crate::ListenerId,
    crate::ListenerOptions,
    crate::LoopFlags,
    crate::Mark,
    crate::Nanos,
    crate::Payload,
    crate::Phase,
    crate::Role,
    crate::Side,
    crate::SourceLine,
    crate::SuspendReasons,
    crate::Text,
    crate::ThreadId,
);
