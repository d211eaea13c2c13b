//! Steps of which there is one case only: they are told by the messages of their names, `NAME`, `NAME_why` and, where
//! there is something to watch for, `NAME_watch`.

use evscope_trace::{EvFlags, FieldKind, FieldValue, FlagSet, Kind};
use evscope_words::{Arg, Lang, Text, ToArg, by_name, text};

use super::phrases::{buffer, sides, span};
use super::{Said, Scene};

/// `None` if there are no messages of the step's name.
pub(super) fn of(s: &Scene, lang: Lang) -> Option<Said> {
    let kind = s.record.event.kind()?;
    let arguments = arguments(s, kind);
    let said = |part: &str| {
        let id = format!("{}{part}", kind.name);
        let said = by_name(&id, &arguments, lang);
        said.or_else(|| by_name(&id, &arguments, Lang::EN))
            .map(Text::same)
    };
    Some(Said {
        what: said("")?,
        why: said("_why")?,
        watch: said("_watch"),
    })
}

/// What such a message may name: the step's objects, and its fields.
fn arguments(s: &Scene, kind: &Kind) -> Vec<(&'static str, Arg)> {
    let mut arguments = vec![
        ("base", s.base().to_arg()),
        ("bev", s.bev().to_arg()),
        ("buf", s.buf().to_arg()),
        ("buffer", buffer(s)),
        ("event", s.event().to_arg()),
        ("fd", s.fd().to_arg()),
        ("listener", s.listener().to_arg()),
    ];
    let fields = kind.fields.iter().enumerate().map(|(at, field)| {
        let said = match s.record.event.field_at(at) {
            Some(value) => argument(value),
            None if field.kind == FieldKind::Time => text!(no_timeout).to_arg(),
            None => Arg::Same("".into()),
        };
        (field.name, said)
    });
    arguments.extend(fields);
    arguments
}

fn argument(value: FieldValue<'_>) -> Arg {
    match value {
        FieldValue::Number(number) => Arg::Number(number),
        FieldValue::Time(time) => span(time).to_arg(),
        FieldValue::Flags(FlagSet { bits, names }) if names == EvFlags::NAMES => {
            sides(EvFlags::from_bits_truncate(bits as u16)).to_arg()
        }
        value => value.to_string().to_arg(),
    }
}
