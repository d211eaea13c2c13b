//! How one field of a record goes into and comes out of a JSON object.

use std::convert::identity;

use evscope_words::{Text, text};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde_json::{Map, Value};

use crate::kind::Presence;
use crate::scan::Token;
use crate::texts::Texts;

/// Why a record's fields could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// The record has no such field.
    #[error("{}", self.text())]
    Missing(&'static str),
    /// The field's value is of another kind.
    #[error("{}", self.text())]
    Invalid(&'static str, String),
}

impl FieldError {
    /// In words.
    pub(crate) fn text(&self) -> Text {
        match self {
            Self::Missing(field) => text!(trace_field_missing, field),
            Self::Invalid(field, error) => text!(trace_field_wrong, field, error),
        }
    }
}

/// Takes the field `name` out of `object`. A type that can be absent (an `Option`) reads absence as
/// `null`; for any other type a missing field is an error. Of a field that is an object itself, the
/// members this version does not know stay in `object` under the field's name.
pub(crate) fn take<T: Field + DeserializeOwned>(
    object: &mut Map<String, Value>,
    name: &'static str,
) -> Result<T, FieldError> {
    let Some(mut value) = object.remove(name) else {
        return serde_json::from_value(Value::Null).map_err(|_| FieldError::Missing(name));
    };
    if let (Some(members), Value::Object(inner)) = (T::MEMBERS, &mut value)
        && inner.keys().any(|key| !members.contains(&key.as_str()))
    {
        let mut unknown = std::mem::take(inner);
        inner.extend(members.iter().filter_map(|key| unknown.remove_entry(*key)));
        object.insert(name.to_owned(), Value::Object(unknown));
    }
    serde_json::from_value(value).map_err(|e| FieldError::Invalid(name, e.to_string()))
}

/// A value of a record's field.
pub(crate) trait Field: Serialize {
    /// Whether it may be left out.
    const PRESENCE: Presence = Presence::Always;
    /// The least and the greatest value of a number.
    const RANGE: Option<(i64, u64)> = None;
    /// The members this version knows of a value that is an object.
    const MEMBERS: Option<&'static [&'static str]> = None;

    /// The value as it was scanned; `None` if it is none of this type.
    fn scanned(value: Token<'_>, texts: &mut Texts) -> Option<Self>
    where
        Self: Sized;

    /// The value of a field that is not there, if it may be left out.
    fn absent() -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// Writes the field, unless it is absent.
    fn put<M: SerializeMap>(&self, name: &'static str, out: &mut Out<'_, M>) -> Result<(), M::Error>
    where
        Self: Sized,
    {
        out.entry(name, self)
    }
}

impl<T: Field> Field for Option<T> {
    const PRESENCE: Presence = Presence::Optional;
    const RANGE: Option<(i64, u64)> = T::RANGE;
    const MEMBERS: Option<&'static [&'static str]> = T::MEMBERS;

    fn scanned(value: Token<'_>, texts: &mut Texts) -> Option<Self> {
        T::scanned(value, texts).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn put<M: SerializeMap>(
        &self,
        name: &'static str,
        out: &mut Out<'_, M>,
    ) -> Result<(), M::Error> {
        match self {
            Some(value) => value.put(name, out),
            None => Ok(()),
        }
    }
}

/// A record on its way to JSON: the object so far, and what is not known of it.
pub(crate) struct Out<'a, M> {
    map: &'a mut M,
    extra: &'a Map<String, Value>,
    /// Fields whose unknown members are written already.
    merged: Vec<&'static str>,
}

impl<'a, M: SerializeMap> Out<'a, M> {
    pub(crate) fn new(map: &'a mut M, extra: &'a Map<String, Value>) -> Self {
        Self {
            map,
            extra,
            merged: Vec::new(),
        }
    }

    /// Writes the event's name.
    pub(crate) fn name(&mut self, name: &str) -> Result<(), M::Error> {
        self.map.serialize_entry("ev", name)
    }

    fn entry<T: Field>(&mut self, name: &'static str, value: &T) -> Result<(), M::Error> {
        if T::MEMBERS.is_some()
            && let Some(Value::Object(unknown)) = self.extra.get(name)
        {
            self.merged.push(name);
            let mut whole = serde_json::to_value(value).map_err(serde::ser::Error::custom)?;
            if let Value::Object(members) = &mut whole {
                members.extend(unknown.clone());
            }
            return self.map.serialize_entry(name, &whole);
        }
        self.map.serialize_entry(name, value)
    }

    /// Writes the fields this version does not know.
    pub(crate) fn rest(self) -> Result<(), M::Error> {
        for (name, value) in self.extra {
            if !self.merged.contains(&name.as_str()) {
                self.map.serialize_entry(name, value)?;
            }
        }
        Ok(())
    }
}

macro_rules! numbers {
    ($($type:ty = $min:expr, $max:expr, $make:expr;)*) => {$(
        impl Field for $type {
            const RANGE: Option<(i64, u64)> = Some(($min as i64, $max as u64));

            fn scanned(value: Token<'_>, _: &mut Texts) -> Option<Self> {
                value.number().map($make)
            }
        }
    )*};
}

macro_rules! words {
    ($($type:ty),* $(,)?) => {$(
        impl Field for $type {
            fn scanned(value: Token<'_>, _: &mut Texts) -> Option<Self> {
                Self::from_name(value.text()?)
            }
        }
    )*};
}

macro_rules! flags {
    ($($type:ty),* $(,)?) => {$(
        impl Field for $type {
            fn scanned(value: Token<'_>, _: &mut Texts) -> Option<Self> {
                Self::from_names(value.text()?).ok()
            }
        }
    )*};
}

numbers! {
    i32 = i32::MIN, i32::MAX, identity;
    i64 = i64::MIN, i64::MAX, identity;
    u32 = 0, u32::MAX, identity;
    u64 = 0, u64::MAX, identity;
    crate::Nanos = 0, u64::MAX, Self;
    crate::BaseId = 0, u32::MAX, Self;
    crate::BevId = 0, u32::MAX, Self;
    crate::BufId = 0, u32::MAX, Self;
    crate::EventId = 0, u32::MAX, Self;
    crate::ListenerId = 0, u32::MAX, Self;
    crate::ThreadId = 0, u32::MAX, Self;
}

/// Gives a macro every set of words.
macro_rules! each_word {
    ($to:ident) => {
        $to!(
            crate::ActiveWhy,
            crate::BufferEnd,
            crate::ConnectProgress,
            crate::Crossing,
            crate::Mark,
            crate::Phase,
            crate::Role,
            crate::Side,
        );
    };
}

/// Gives a macro every set of flags.
macro_rules! each_flags {
    ($to:ident) => {
        $to!(
            crate::BevEvents,
            crate::BevOptions,
            crate::EvFlags,
            crate::ListenerOptions,
            crate::LoopFlags,
            crate::SuspendReasons,
        );
    };
}

pub(crate) use {each_flags, each_word};

each_word!(words);

each_flags!(flags);

impl Field for bool {
    fn scanned(value: Token<'_>, _: &mut Texts) -> Option<Self> {
        match value {
            Token::Bool(value) => Some(value),
            _ => None,
        }
    }
}

impl Field for String {
    fn scanned(value: Token<'_>, _: &mut Texts) -> Option<Self> {
        value.text().map(str::to_owned)
    }
}

impl Field for crate::Text {
    fn scanned(value: Token<'_>, texts: &mut Texts) -> Option<Self> {
        value.text().map(|text| texts.keep(text))
    }
}

impl Field for crate::Payload {
    const MEMBERS: Option<&'static [&'static str]> = Some(&["text", "hex", "cut"]);

    fn scanned(value: Token<'_>, _: &mut Texts) -> Option<Self> {
        match value {
            Token::Payload(payload) => Some(payload),
            _ => None,
        }
    }
}

impl Field for crate::SourceLine {
    const MEMBERS: Option<&'static [&'static str]> = Some(&["file", "line", "fn"]);

    /// No event has a place among its own fields; those of every record are read where they stand.
    fn scanned(_: Token<'_>, _: &mut Texts) -> Option<Self> {
        None
    }
}
