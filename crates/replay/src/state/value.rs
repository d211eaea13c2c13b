//! The value of a part of the state.

use std::fmt;

use evscope_trace::{
    ActiveWhy, BaseId, BevEvents, BevId, BevOptions, BufId, EvFlags, EventId, FieldKind,
    ListenerId, ListenerOptions, Nanos, Side, SuspendReasons, Text,
};
use serde::Serialize;

use super::Content;
use crate::ObjectId;

/// A value as queries compare it and views show it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// There is none, or it is not known.
    Absent,
    /// Yes or no.
    Bool(bool),
    /// A number; wide enough for every number of a trace.
    Number(i128),
    /// A time or a span.
    Time(Nanos),
    /// A text; flags are their names joined by `|`.
    Text(Text),
    /// Another object.
    Object(ObjectId),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("–"),
            Self::Bool(true) => f.write_str("yes"),
            Self::Bool(false) => f.write_str("no"),
            Self::Number(number) => number.fmt(f),
            Self::Time(time) => time.fmt(f),
            Self::Text(text) if text.is_empty() => f.write_str("–"),
            Self::Text(text) => text.fmt(f),
            Self::Object(object) => object.fmt(f),
        }
    }
}

/// What has a value.
pub(super) trait ToValue {
    /// What kind of value, as queries compare it.
    const KIND: FieldKind;

    fn to_value(&self) -> Value;
}

macro_rules! to_value {
    ($($type:ty, $kind:expr => |$value:ident| $made:expr;)*) => {$(
        impl ToValue for $type {
            const KIND: FieldKind = $kind;

            fn to_value(&self) -> Value {
                let $value = self;
                $made
            }
        }
    )*};
}

to_value! {
    bool, FieldKind::Bool => |v| Value::Bool(*v);
    i32, FieldKind::Number => |v| Value::Number(i128::from(*v));
    u32, FieldKind::Number => |v| Value::Number(i128::from(*v));
    u64, FieldKind::Number => |v| Value::Number(i128::from(*v));
    i64, FieldKind::Number => |v| Value::Number(i128::from(*v));
    usize, FieldKind::Number => |v| Value::Number(*v as i128);
    Nanos, FieldKind::Time => |v| Value::Time(*v);
    Text, FieldKind::Text => |v| Value::Text(v.clone());
    EvFlags, FieldKind::Flags(EvFlags::NAMES) => |v| Value::Text(v.to_string().into());
    BevEvents, FieldKind::Flags(BevEvents::NAMES) => |v| Value::Text(v.to_string().into());
    BevOptions, FieldKind::Flags(BevOptions::NAMES) => |v| Value::Text(v.to_string().into());
    ListenerOptions, FieldKind::Flags(ListenerOptions::NAMES) => |v| Value::Text(v.to_string().into());
    SuspendReasons, FieldKind::Flags(SuspendReasons::NAMES) => |v| Value::Text(v.to_string().into());
    Content, FieldKind::Text => |v| Value::Text(v.to_string().into());
    BaseId, FieldKind::Id => |v| Value::Object(ObjectId::Base(*v));
    EventId, FieldKind::Id => |v| Value::Object(ObjectId::Event(*v));
    BevId, FieldKind::Id => |v| Value::Object(ObjectId::Bev(*v));
    BufId, FieldKind::Id => |v| Value::Object(ObjectId::Buf(*v));
    ListenerId, FieldKind::Id => |v| Value::Object(ObjectId::Listener(*v));
    Side, FieldKind::Word(Side::NAMES) => |v| Value::Text(Text::Borrowed(match v {
        Side::Input => "input",
        Side::Output => "output",
    }));
    ActiveWhy, FieldKind::Word(ActiveWhy::NAMES) => |v| Value::Text(Text::Borrowed(match v {
        ActiveWhy::Io => "io",
        ActiveWhy::Timeout => "timeout",
        ActiveWhy::Signal => "signal",
        ActiveWhy::Manual => "manual",
        ActiveWhy::Deferred => "deferred",
        ActiveWhy::Finalize => "finalize",
    }));
    super::BevKind, FieldKind::Word(super::BevKind::NAMES) => |v| Value::Text(Text::Borrowed(v.name()));
    evscope_trace::Role, FieldKind::Word(evscope_trace::Role::NAMES) => |v| Value::Text(Text::Borrowed(v.name()));
}

impl<T: ToValue> ToValue for Option<T> {
    const KIND: FieldKind = T::KIND;

    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Absent, T::to_value)
    }
}
