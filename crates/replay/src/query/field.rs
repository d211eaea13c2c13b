//! The names a query can use for parts of a record.

use evscope_trace::{Event, FieldKind, FieldValue, Level, Record};

use super::Seen;

/// A part of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    Seq,
    T,
    Thread,
    Depth,
    Ph,
    Ev,
    Level,
    Lane,
    /// A time that the calls around and inside a step tell.
    Time(Time),
    Base,
    Event,
    Role,
    Listener,
    Bev,
    Buf,
    Fd,
    Src(PlacePart),
    Caller(PlacePart),
    /// A field of some events.
    Own(&'static str),
    /// A field this version does not know.
    Extra(String),
}

/// How long a call took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// From its enter to its exit.
    Whole,
    /// Without the calls inside.
    Own,
    /// Waiting in the backend.
    Waited,
}

/// A part of a place in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlacePart {
    File,
    Line,
    Fn,
}

/// The names besides those of the trace.
const MORE: &[(&str, &str)] = &[
    ("step", "The step's number: another name of `seq`."),
    (
        "level",
        "The detail level: 1 program, 2 walkthrough, 3 everything.",
    ),
    ("lane", "Who acts: kernel, loop, bufferevent, program."),
    ("dur", "How long a call took, from enter to exit."),
    ("self", "How long it took without the calls inside it."),
    ("wait", "How long the loop waited in the backend during it."),
    (
        "src.file",
        "The file of the function that the record names.",
    ),
    ("src.line", "The line in that file."),
    ("src.fn", "That function."),
    ("caller.file", "The file of the line that called it."),
    ("caller.line", "That line."),
    ("caller.fn", "The function that line is in."),
];

/// The lanes, as a query names them.
pub(super) const LANES: &[&str] = &["kernel", "loop", "bufferevent", "program"];

/// Every name of a part of a record with a sentence about it, for help and completion: those of any
/// record, then those of some events. Parts of the state come besides ([`State::fields_of`]).
///
/// [`State::fields_of`]: crate::State::fields_of
pub fn known_fields() -> Vec<(&'static str, &'static str)> {
    let of_any = Record::FIELDS.iter().map(|field| (field.name, field.about));
    let mut known: Vec<_> = of_any.chain(MORE.iter().copied()).collect();
    for field in Event::KINDS.iter().flat_map(|kind| kind.fields) {
        if !known.iter().any(|(name, _)| *name == field.name) {
            known.push((field.name, field.about));
        }
    }
    known
}

impl Field {
    /// The field of a name, if there is one.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        Some(match name {
            "seq" | "step" => Self::Seq,
            "t" => Self::T,
            "thread" => Self::Thread,
            "depth" => Self::Depth,
            "ph" => Self::Ph,
            "ev" => Self::Ev,
            "level" => Self::Level,
            "lane" => Self::Lane,
            "dur" => Self::Time(Time::Whole),
            "self" => Self::Time(Time::Own),
            "wait" => Self::Time(Time::Waited),
            "base" => Self::Base,
            "event" => Self::Event,
            "role" => Self::Role,
            "listener" => Self::Listener,
            "bev" => Self::Bev,
            "buf" => Self::Buf,
            "fd" => Self::Fd,
            "src.file" => Self::Src(PlacePart::File),
            "src.line" => Self::Src(PlacePart::Line),
            "src.fn" => Self::Src(PlacePart::Fn),
            "caller.file" => Self::Caller(PlacePart::File),
            "caller.line" => Self::Caller(PlacePart::Line),
            "caller.fn" => Self::Caller(PlacePart::Fn),
            _ => match name.strip_prefix("extra.") {
                Some(name) => Self::Extra(name.to_owned()),
                None => Self::Own(own(name)?),
            },
        })
    }

    /// What kinds of values it can have; nothing is known of an unknown field's.
    pub(super) fn kinds(&self) -> Vec<FieldKind> {
        let of_record = |name: &str| {
            let field = Record::FIELDS.iter().find(|field| field.name == name);
            field.map(|field| field.kind).into_iter().collect()
        };
        match self {
            Self::Seq => of_record("seq"),
            Self::T => of_record("t"),
            Self::Thread => of_record("thread"),
            Self::Depth => of_record("depth"),
            Self::Ph => of_record("ph"),
            Self::Ev => vec![FieldKind::Word(Event::NAMES)],
            Self::Level => vec![FieldKind::Number],
            Self::Lane => vec![FieldKind::Word(LANES)],
            Self::Time(_) => of_record("t"),
            Self::Base => of_record("base"),
            Self::Event => of_record("event"),
            Self::Role => of_record("role"),
            Self::Listener => of_record("listener"),
            Self::Bev => of_record("bev"),
            Self::Buf => of_record("buf"),
            Self::Fd => of_record("fd"),
            Self::Src(PlacePart::Line) | Self::Caller(PlacePart::Line) => vec![FieldKind::Number],
            Self::Src(_) | Self::Caller(_) => vec![FieldKind::Text],
            Self::Own(name) => {
                let mut kinds = Vec::new();
                let fields = Event::KINDS.iter().flat_map(|kind| kind.fields);
                for field in fields.filter(|field| field.name == *name) {
                    if !kinds.contains(&field.kind) {
                        kinds.push(field.kind);
                    }
                }
                kinds
            }
            Self::Extra(_) => Vec::new(),
        }
    }

    /// Its value at a step; none when the step has no such field.
    pub(super) fn value<'a>(&self, seen: &Seen<'a>) -> Option<FieldValue<'a>> {
        let record = seen.record;
        let objects = &record.objects;
        Some(match self {
            Self::Seq => FieldValue::Number(record.seq.into()),
            Self::T => FieldValue::Time(record.t),
            Self::Thread => FieldValue::Id(record.thread.0),
            Self::Depth => FieldValue::Number(record.depth.into()),
            Self::Ph => FieldValue::Word(record.phase.name()),
            Self::Ev => FieldValue::Text(record.event.name()),
            Self::Level => FieldValue::Number(level(record.level())),
            Self::Lane => FieldValue::Word(record.event.lane().name()),
            Self::Time(time) => FieldValue::Time(seen.took(*time)?),
            Self::Base => FieldValue::Id(objects.base?.0),
            Self::Event => FieldValue::Id(objects.event?.0),
            Self::Role => FieldValue::Word(objects.role?.name()),
            Self::Listener => FieldValue::Id(objects.listener?.0),
            Self::Bev => FieldValue::Id(objects.bev?.0),
            Self::Buf => FieldValue::Id(objects.buf?.0),
            Self::Fd => FieldValue::Number(objects.fd?.into()),
            Self::Src(place) => place.of(record.src.as_ref()?)?,
            Self::Caller(place) => place.of(record.caller.as_ref()?)?,
            Self::Own(name) => record.event.field(name)?,
            Self::Extra(name) => match record.extra.get(name)? {
                serde_json::Value::Bool(value) => FieldValue::Bool(*value),
                serde_json::Value::Number(value) => FieldValue::Number(value.as_i128()?),
                serde_json::Value::String(value) => FieldValue::Text(value),
                _ => return None,
            },
        })
    }
}

impl PlacePart {
    fn of(self, line: &evscope_trace::SourceLine) -> Option<FieldValue<'_>> {
        Some(match self {
            Self::File => FieldValue::Text(&line.file),
            Self::Line => FieldValue::Number(line.line.into()),
            Self::Fn => FieldValue::Text(line.function.as_deref()?),
        })
    }
}

fn own(name: &str) -> Option<&'static str> {
    let mut fields = Event::KINDS.iter().flat_map(|kind| kind.fields);
    fields
        .find(|field| field.name == name)
        .map(|field| field.name)
}

fn level(level: Level) -> i128 {
    level.number().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use evscope_trace::Lane;

    #[test]
    fn every_known_name_is_a_field() {
        for (name, about) in known_fields() {
            assert!(Field::of_name(name).is_some(), "{name}");
            assert!(!about.is_empty(), "{name}");
        }
    }

    #[test]
    fn lanes_are_all_lanes() {
        assert_eq!(LANES, Lane::ALL.map(Lane::name));
    }
}
