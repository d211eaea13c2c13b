//! How one field of a record goes into and comes out of a JSON object.

use std::convert::identity;

use evscope_words::{Text, text};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::kind::Presence;
use crate::place_texts::PlaceTexts;
use crate::scan::Token;
use crate::texts::Texts;
use crate::{SourceLine, json};

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
pub(crate) trait Field {
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

    /// The value that a word of a C program's memory is; `None` for types of which a word says too little.
    fn of_word(_: u64) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// Writes the value.
    fn json(&self, out: &mut Vec<u8>);

    /// Writes the field, unless it is absent. `key` is its name as it stands in a record: with what is before it and
    /// behind it.
    #[inline]
    fn put(&self, key: &'static str, out: &mut Out<'_>)
    where
        Self: Sized,
    {
        out.entry(key, self);
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

    /// The greatest word stands for none.
    #[inline]
    fn of_word(word: u64) -> Option<Self> {
        match word {
            u64::MAX => Some(None),
            word => T::of_word(word).map(Some),
        }
    }

    fn json(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.json(out),
            None => out.extend_from_slice(b"null"),
        }
    }

    #[inline]
    fn put(&self, key: &'static str, out: &mut Out<'_>) {
        if let Some(value) = self {
            value.put(key, out);
        }
    }
}

/// A record on its way to JSON: the object so far, and what is not known of it.
pub(crate) struct Out<'a> {
    bytes: &'a mut Vec<u8>,
    /// `None`: nothing.
    extra: Option<&'a Map<String, Value>>,
    /// Fields whose unknown members are written already.
    merged: Vec<&'static str>,
    /// Whether bytes are written as text, what of them is none replaced.
    bytes_as_text: bool,
}

impl<'a> Out<'a> {
    pub(crate) fn new(bytes: &'a mut Vec<u8>, extra: Option<&'a Map<String, Value>>) -> Self {
        Self {
            bytes,
            extra: extra.filter(|extra| !extra.is_empty()),
            merged: Vec::new(),
            bytes_as_text: false,
        }
    }

    /// Whoever reads this knows nothing of payloads.
    pub(crate) fn with_bytes_as_text(bytes: &'a mut Vec<u8>) -> Self {
        Self {
            bytes_as_text: true,
            ..Self::new(bytes, None)
        }
    }

    /// Writes something that is JSON already.
    #[inline]
    pub(crate) fn json(&mut self, json: &'static str) {
        self.bytes.extend_from_slice(json.as_bytes());
    }

    /// Writes the name of an event that this version does not know.
    pub(crate) fn name(&mut self, name: &str) {
        self.json(",\"ev\":");
        json::text(name, self.bytes);
    }

    #[inline]
    fn entry<T: Field>(&mut self, key: &'static str, value: &T) {
        self.bytes.extend_from_slice(key.as_bytes());
        if T::MEMBERS.is_some() && self.extra.is_some() && self.merge(key, value) {
            return;
        }
        value.json(self.bytes);
    }

    /// Writes a place, if there is one, with what others have made of it.
    pub(crate) fn place(
        &mut self,
        key: &'static str,
        place: Option<&SourceLine>,
        places: &mut PlaceTexts,
    ) {
        if let Some(place) = place {
            self.json(key);
            places.put(place, SourceLine::json, self.bytes);
        }
    }

    /// Writes an object with the members of it that this version does not know, if there are any.
    #[cold]
    fn merge<T: Field>(&mut self, key: &'static str, value: &T) -> bool {
        let name = name_of(key);
        let Some(Value::Object(unknown)) = self.extra.and_then(|extra| extra.get(name)) else {
            return false;
        };
        let mut known = Vec::new();
        value.json(&mut known);
        let Ok(Value::Object(mut whole)) = serde_json::from_slice(&known) else {
            return false;
        };
        self.merged.push(name);
        whole.extend(unknown.clone());
        self.bytes
            .extend_from_slice(Value::Object(whole).to_string().as_bytes());
        true
    }

    /// Writes the fields this version does not know, and the end.
    pub(crate) fn rest(&mut self) {
        for (name, value) in self.extra.into_iter().flatten() {
            if !self.merged.contains(&name.as_str()) {
                self.bytes.push(b',');
                json::text(name, self.bytes);
                self.bytes.push(b':');
                self.bytes.extend_from_slice(value.to_string().as_bytes());
            }
        }
        self.bytes.push(b'}');
    }
}

/// The name in a key.
fn name_of(key: &'static str) -> &'static str {
    key.split('"').nth(1).unwrap_or_default()
}

macro_rules! numbers {
    ($($type:ty = $min:expr, $max:expr, $make:expr, |$self:ident| $number:expr;)*) => {$(
        impl Field for $type {
            const RANGE: Option<(i64, u64)> = Some(($min as i64, $max as u64));

            #[inline]
            fn json(&self, out: &mut Vec<u8>) {
                let $self = *self;
                json::number($number, out);
            }

            fn scanned(value: Token<'_>, _: &mut Texts) -> Option<Self> {
                value.number().map($make)
            }

            #[inline]
            fn of_word(word: u64) -> Option<Self> {
                Some($make(word as _))
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

            #[inline]
            fn of_word(word: u64) -> Option<Self> {
                Self::ALL.get(word as usize).copied()
            }

            #[inline]
            fn json(&self, out: &mut Vec<u8>) {
                json::word(self.name(), out);
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

            #[inline]
            fn of_word(word: u64) -> Option<Self> {
                Some(Self::from_bits_truncate(word as _))
            }

            fn json(&self, out: &mut Vec<u8>) {
                json::flags(self.bits().into(), Self::NAMES, out);
            }
        }
    )*};
}

numbers! {
    i32 = i32::MIN, i32::MAX, identity, |it| it;
    i64 = i64::MIN, i64::MAX, identity, |it| it;
    u32 = 0, u32::MAX, identity, |it| it;
    u64 = 0, u64::MAX, identity, |it| it;
    crate::Nanos = 0, u64::MAX, Self, |it| it.0;
    crate::BaseId = 0, u32::MAX, Self, |it| it.0;
    crate::BevId = 0, u32::MAX, Self, |it| it.0;
    crate::BufId = 0, u32::MAX, Self, |it| it.0;
    crate::EventId = 0, u32::MAX, Self, |it| it.0;
    crate::ListenerId = 0, u32::MAX, Self, |it| it.0;
    crate::ThreadId = 0, u32::MAX, Self, |it| it.0;
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

    #[inline]
    fn of_word(word: u64) -> Option<Self> {
        Some(word != 0)
    }

    fn json(&self, out: &mut Vec<u8>) {
        json::truth(*self, out);
    }
}

impl Field for String {
    fn scanned(value: Token<'_>, _: &mut Texts) -> Option<Self> {
        value.text().map(str::to_owned)
    }

    fn json(&self, out: &mut Vec<u8>) {
        json::text(self, out);
    }
}

impl Field for crate::Text {
    fn scanned(value: Token<'_>, texts: &mut Texts) -> Option<Self> {
        value.text().map(|text| texts.keep(text))
    }

    fn json(&self, out: &mut Vec<u8>) {
        json::text(self, out);
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

    fn json(&self, out: &mut Vec<u8>) {
        match str::from_utf8(&self.bytes) {
            Ok(text) => {
                out.extend_from_slice(b"{\"text\":");
                json::text(text, out);
            }
            Err(_) => {
                out.extend_from_slice(b"{\"hex\":");
                json::word(&self.hex(), out);
            }
        }
        if self.cut {
            out.extend_from_slice(b",\"cut\":true");
        }
        out.push(b'}');
    }

    fn put(&self, key: &'static str, out: &mut Out<'_>) {
        if out.bytes_as_text {
            out.json(key);
            json::text(&String::from_utf8_lossy(&self.bytes), out.bytes);
        } else {
            out.entry(key, self);
        }
    }
}

impl Field for crate::SourceLine {
    const MEMBERS: Option<&'static [&'static str]> = Some(&["file", "line", "fn"]);

    /// No event has a place among its own fields; those of every record are read where they stand.
    fn scanned(_: Token<'_>, _: &mut Texts) -> Option<Self> {
        None
    }

    fn json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"file\":");
        json::text(&self.file, out);
        out.extend_from_slice(b",\"line\":");
        json::number(self.line, out);
        if let Some(function) = &self.function {
            out.extend_from_slice(b",\"fn\":");
            json::text(function, out);
        }
        out.push(b'}');
    }
}
