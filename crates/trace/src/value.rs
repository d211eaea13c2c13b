//! The fields of an event by name, for whoever does not care which event it is: a query, a table.

use std::fmt;

use crate::field::Field;
use crate::kind::{FieldInfo, Presence};
use crate::{
    ActiveWhy, BaseId, BevEvents, BevId, BevOptions, BufId, BufferEnd, ConnectProgress, Crossing,
    EvFlags, EventId, ListenerId, ListenerOptions, LoopFlags, Mark, Nanos, Payload, Phase, Role,
    Side, SuspendReasons, Text, ThreadId,
};

/// The value of one field of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldValue<'a> {
    /// Yes or no.
    Bool(bool),
    /// A whole number: a length, a count, a result.
    Number(i128),
    /// A span of time.
    Time(Nanos),
    /// The number of another object.
    Id(u32),
    /// Text.
    Text(&'a str),
    /// One word out of a few.
    Word(&'static str),
    /// A set of flags.
    Flags(FlagSet),
    /// Bytes that were read or written.
    Bytes(&'a Payload),
}

/// What values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Number,
    /// A time, or a span of time.
    Time,
    /// The number of an object.
    Id,
    /// Any text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A set of these flags.
    Flags(&'static [(&'static str, u64)]),
    /// Bytes.
    Bytes,
}

/// A set of flags together with their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlagSet {
    /// The flags that are set.
    pub bits: u64,
    /// All flags there are.
    pub names: &'static [(&'static str, u64)],
}

impl FlagSet {
    /// The bits of the named flag, if there is such a flag.
    pub fn bit(&self, name: &str) -> Option<u64> {
        self.names
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, bit)| *bit)
    }

    /// The names of the flags that are set.
    pub fn set(self) -> impl Iterator<Item = &'static str> {
        let set = self.names.iter();
        let set = set.filter(move |(_, bit)| self.bits & bit != 0);
        set.map(|(name, _)| *name)
    }
}

impl fmt::Display for FlagSet {
    /// As in a trace: the names joined by `|`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.set().enumerate() {
            if i > 0 {
                f.write_str("|")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

impl fmt::Display for FieldValue<'_> {
    /// For people: a time with its unit, a set as its names, bytes as text where they are text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Time(value) => value.fmt(f),
            Self::Id(value) => value.fmt(f),
            Self::Text(value) | Self::Word(value) => value.fmt(f),
            Self::Flags(value) => value.fmt(f),
            Self::Bytes(value) => String::from_utf8_lossy(&value.bytes).fmt(f),
        }
    }
}

/// A type that the field of an event can have.
pub(crate) trait HasValue {
    /// The kind of its values.
    const KIND: FieldKind;

    /// The value; `None` when the field is absent.
    fn value(&self) -> Option<FieldValue<'_>>;
}

impl<T: HasValue> HasValue for Option<T> {
    const KIND: FieldKind = T::KIND;

    fn value(&self) -> Option<FieldValue<'_>> {
        self.as_ref()?.value()
    }
}

/// What there is to say about a field of the type `T`.
pub(crate) const fn field_info<T: Field + HasValue>(
    name: &'static str,
    about: &'static str,
) -> FieldInfo {
    FieldInfo {
        name,
        about,
        kind: T::KIND,
        range: T::RANGE,
        presence: T::PRESENCE,
    }
}

/// The same of a field that only an exit has.
pub(crate) const fn added_field_info<T: Field + HasValue>(
    name: &'static str,
    about: &'static str,
) -> FieldInfo {
    assert!(
        matches!(T::PRESENCE, Presence::Optional),
        "an enter has it not"
    );
    FieldInfo {
        presence: Presence::OnExit,
        ..field_info::<T>(name, about)
    }
}

macro_rules! values {
    ($($type:ty = $kind:expr, |$self:ident| $value:expr;)*) => {$(
        impl HasValue for $type {
            const KIND: FieldKind = $kind;

            fn value(&self) -> Option<FieldValue<'_>> {
                let $self = self;
                Some($value)
            }
        }
    )*};
}

values! {
    bool = FieldKind::Bool, |it| FieldValue::Bool(*it);
    i32 = FieldKind::Number, |it| FieldValue::Number((*it).into());
    i64 = FieldKind::Number, |it| FieldValue::Number((*it).into());
    u32 = FieldKind::Number, |it| FieldValue::Number((*it).into());
    u64 = FieldKind::Number, |it| FieldValue::Number((*it).into());
    Nanos = FieldKind::Time, |it| FieldValue::Time(*it);
    BaseId = FieldKind::Id, |it| FieldValue::Id(it.0);
    BevId = FieldKind::Id, |it| FieldValue::Id(it.0);
    BufId = FieldKind::Id, |it| FieldValue::Id(it.0);
    EventId = FieldKind::Id, |it| FieldValue::Id(it.0);
    ListenerId = FieldKind::Id, |it| FieldValue::Id(it.0);
    ThreadId = FieldKind::Id, |it| FieldValue::Id(it.0);
    Text = FieldKind::Text, |it| FieldValue::Text(it);
    Payload = FieldKind::Bytes, |it| FieldValue::Bytes(it);
}

macro_rules! flag_values {
    ($($type:ty),* $(,)?) => {$(
        impl HasValue for $type {
            const KIND: FieldKind = FieldKind::Flags(<$type>::NAMES);

            fn value(&self) -> Option<FieldValue<'_>> {
                Some(FieldValue::Flags((*self).into()))
            }
        }

        impl From<$type> for FlagSet {
            fn from(set: $type) -> Self {
                Self { bits: set.bits().into(), names: <$type>::NAMES }
            }
        }
    )*};
}

flag_values!(
    BevEvents,
    BevOptions,
    EvFlags,
    ListenerOptions,
    LoopFlags,
    SuspendReasons,
);

macro_rules! word_values {
    ($($type:ty),* $(,)?) => {$(
        impl HasValue for $type {
            const KIND: FieldKind = FieldKind::Word(<$type>::NAMES);

            fn value(&self) -> Option<FieldValue<'_>> {
                Some(FieldValue::Word(self.name()))
            }
        }
    )*};
}

word_values!(
    ActiveWhy,
    BufferEnd,
    ConnectProgress,
    Crossing,
    Mark,
    Phase,
    Role,
    Side
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    #[test]
    fn a_field_is_found_by_its_name() {
        let event = Event::Poll {
            timeout: None,
            ready: Some(2),
            errno: None,
        };
        assert_eq!(event.field("ready"), Some(FieldValue::Number(2)));
        assert_eq!(event.field("timeout"), None, "absent");
        assert_eq!(event.field("len"), None, "of other events");
        let names: Vec<_> = event.fields().map(|(name, _)| name).collect();
        assert_eq!(names, ["ready"]);
    }

    #[test]
    fn a_set_reads_as_in_a_trace() {
        let flags = EvFlags::READ | EvFlags::PERSIST;
        let value = flags.value().unwrap();
        assert_eq!(value.to_string(), "READ|PERSIST");
        let FieldValue::Flags(set) = value else {
            panic!("not a set")
        };
        assert_eq!(set.bit("PERSIST"), Some(0x10));
        assert_eq!(set.bit("NONE"), None);
    }
}
