//! A comparison: a field, how, and with what.

use evscope_words::{Text, text};
use std::cmp::Ordering;

use evscope_trace::{Event, FieldKind, FieldValue, FlagSet};

use super::field::known_fields;
use super::lexer::Op;
use super::literal::{Literal, Unit, glob};
use super::path::Path;
use super::target::{Found, Target, go_together, id};
use super::{QueryError, Seen, suggest};
use crate::{ObjectId, Value};

/// `field op value`, checked when the query is read.
#[derive(Debug, Clone)]
pub(super) struct Comparison {
    target: Target,
    op: Op,
    with: With,
}

/// What is compared with.
#[derive(Debug, Clone)]
enum With {
    Literal(Literal),
    /// Another field of the same step, or another part of the state after it.
    Field(Target),
}

/// A value as it was written.
pub(super) struct Written<'a> {
    pub(super) text: &'a str,
    pub(super) column: usize,
    /// In quotes it is no field's name.
    pub(super) quoted: bool,
}

impl Comparison {
    /// A comparison of the field `name` (at `column`) with a value.
    pub(super) fn new(
        name: &str,
        column: usize,
        op: Op,
        value: &Written<'_>,
    ) -> Result<Self, QueryError> {
        let target = match Target::of_name(name, column) {
            Some(target) => target?,
            None => return Err(unknown_field(name, column)),
        };
        let with = with(name, &target, op, value)?;
        Ok(Self { target, op, with })
    }

    /// A bare word is a text to search for; but a part of the state without a comparison was meant as
    /// one.
    pub(super) fn not_forgotten(word: &str, column: usize) -> Result<(), QueryError> {
        match Path::parse(word, column) {
            Some(Ok(_)) if word.contains('.') => Err(QueryError::new(
                column + word.chars().count(),
                text!(query_compare_word, word),
            )
            .hint(text!(query_compare_word_hint, word))),
            _ => Ok(()),
        }
    }

    pub(super) fn needs_state(&self) -> bool {
        self.targets().any(Target::needs_state)
    }

    /// Whether it asks for what is known only when a call has returned.
    pub(super) fn looks_ahead(&self) -> bool {
        self.targets().any(Target::looks_ahead)
    }

    fn targets(&self) -> impl Iterator<Item = &Target> {
        let other = match &self.with {
            With::Literal(_) => None,
            With::Field(target) => Some(target),
        };
        std::iter::once(&self.target).chain(other)
    }

    /// Whether it holds for a step. What a step does not have compares with nothing: not even `!=` holds.
    pub(super) fn matches(&self, seen: &Seen<'_>) -> bool {
        let Some(value) = self.target.value(seen) else {
            return false;
        };
        let is_flags = self.target.is_flags();
        match &self.with {
            With::Literal(literal) => holds(self.op, literal, &value, is_flags),
            With::Field(other) => other.value(seen).is_some_and(|other| {
                holds(self.op, &Literal::new(&other.written()), &value, is_flags)
            }),
        }
    }
}

/// Whether a value compares so with a literal; `is_flags`: a text of it is the names of flags.
fn holds(op: Op, literal: &Literal, value: &Found<'_>, is_flags: bool) -> bool {
    let held = Held { op, literal };
    let number = literal.number.map(|number| number.value);
    match value {
        Found::Field(FieldValue::Bool(value)) | Found::Part(Value::Bool(value)) => {
            held.text(if *value { "true" } else { "false" })
        }
        Found::Field(FieldValue::Number(value)) | Found::Part(Value::Number(value)) => {
            held.number(*value, number)
        }
        Found::Field(FieldValue::Time(value)) | Found::Part(Value::Time(value)) => {
            held.number(value.0.into(), number)
        }
        Found::Field(FieldValue::Id(value)) => {
            held.number((*value).into(), number.or(literal.object.map(id)))
        }
        Found::Part(Value::Object(object)) => match number {
            Some(number) => held.number(id(*object), Some(number)),
            None => held.text(&object.to_string()),
        },
        Found::Field(FieldValue::Text(value) | FieldValue::Word(value)) => held.text(value),
        Found::Field(FieldValue::Flags(set)) => held.flags(*set),
        Found::Field(FieldValue::Bytes(value)) => held.text(&String::from_utf8_lossy(&value.bytes)),
        Found::Part(Value::Text(value)) if is_flags => held.flag_names(value),
        Found::Part(Value::Text(value)) => held.text(value),
        Found::Part(Value::Absent) => false,
    }
}

/// How something is held against a literal.
struct Held<'a> {
    op: Op,
    literal: &'a Literal,
}

impl Held<'_> {
    fn number(&self, value: i128, with: Option<i128>) -> bool {
        if matches!(self.op, Op::Like | Op::NotLike) {
            return self.text(&value.to_string());
        }
        let Some(with) = with else { return false };
        let order = value.cmp(&with);
        match self.op {
            Op::Eq => order == Ordering::Equal,
            Op::Ne => order != Ordering::Equal,
            Op::Lt => order == Ordering::Less,
            Op::Le => order != Ordering::Greater,
            Op::Gt => order == Ordering::Greater,
            Op::Ge => order != Ordering::Less,
            Op::Like | Op::NotLike => false,
        }
    }

    fn text(&self, value: &str) -> bool {
        match self.op {
            Op::Eq => value == self.literal.text,
            Op::Ne => value != self.literal.text,
            Op::Like => glob(&self.literal.text, value),
            Op::NotLike => !glob(&self.literal.text, value),
            Op::Lt | Op::Le | Op::Gt | Op::Ge => false,
        }
    }

    fn flags(&self, set: FlagSet) -> bool {
        if self.literal.text == ANY {
            return self.op == Op::Like;
        }
        // A flag that this kind of set does not have is not in it.
        let wanted = self
            .literal
            .flags
            .iter()
            .try_fold(0, |bits, name| Some(bits | set.bit(name)?));
        let same = wanted == Some(set.bits);
        let all = wanted.is_some_and(|wanted| set.bits & wanted == wanted);
        self.set(same, all)
    }

    /// The same for a set that is told as its names.
    fn flag_names(&self, names: &str) -> bool {
        if self.literal.text == ANY {
            return self.op == Op::Like;
        }
        let set: Vec<&str> = names.split('|').filter(|name| !name.is_empty()).collect();
        let all = self
            .literal
            .flags
            .iter()
            .all(|name| set.contains(&name.as_str()));
        let same = all
            && set
                .iter()
                .all(|name| self.literal.flags.iter().any(|f| f == name));
        self.set(same, all)
    }

    fn set(&self, same: bool, all: bool) -> bool {
        match self.op {
            Op::Eq => same,
            Op::Ne => !same,
            Op::Like => all,
            Op::NotLike => !all,
            Op::Lt | Op::Le | Op::Gt | Op::Ge => false,
        }
    }
}

/// The pattern of anything: `fd~*` is any step with an fd.
const ANY: &str = "*";

/// What is meant by what stands behind the operator: a value, or a field's name where no value of the field is
/// written so. What can hold of no step is refused.
fn with(name: &str, target: &Target, op: Op, value: &Written<'_>) -> Result<With, QueryError> {
    let kinds = target.kinds();
    let literal = Literal::new(value.text);
    let checked = check_kinds(name, &kinds, op, &literal, value.column);
    let is_text = |kind: &FieldKind| matches!(kind, FieldKind::Text | FieldKind::Bytes);
    let other = match value.quoted || kinds.is_empty() {
        true => None,
        false => Target::of_name(value.text, value.column),
    };
    // Any word may be a text: only one with a dot is taken for a field's name there.
    let dotted = value.text.contains('.');
    match (checked, other) {
        (Ok(()), Some(Ok(other))) if dotted && kinds.iter().all(is_text) => {
            between(name, &kinds, op, value, other)
        }
        (Ok(()), _) => Ok(With::Literal(literal)),
        (Err(error), Some(Ok(other))) => {
            let words = kinds.iter().any(|kind| matches!(kind, FieldKind::Word(_)));
            match between(name, &kinds, op, value, other) {
                Err(_) if words => Err(error),
                with => with,
            }
        }
        // It was meant as a part of the state.
        (Err(_), Some(Err(error))) if dotted => Err(error),
        (Err(error), _) => Err(error),
    }
}

/// A comparison with another field.
fn between(
    name: &str,
    kinds: &[FieldKind],
    op: Op,
    value: &Written<'_>,
    other: Target,
) -> Result<With, QueryError> {
    let text = value.text;
    let wrong = |message| Err(QueryError::new(value.column, message));
    let others = other.kinds();
    let pairs = || {
        let with = |a: &FieldKind| others.iter().map(move |b| (*a, *b)).collect::<Vec<_>>();
        kinds.iter().flat_map(with)
    };
    // Nothing is known of a field that this version does not know.
    if !others.is_empty() && !pairs().any(|(a, b)| go_together(a, b)) {
        return wrong(text!(query_not_together, name, text));
    }
    let sign = op.sign();
    let orders =
        |kind: &FieldKind| matches!(kind, FieldKind::Number | FieldKind::Time | FieldKind::Id);
    let flags = |kind: &FieldKind| matches!(kind, FieldKind::Flags(_));
    match op {
        Op::Eq | Op::Ne => {}
        Op::Lt | Op::Le | Op::Gt | Op::Ge if kinds.iter().any(orders) => {}
        Op::Like | Op::NotLike if kinds.iter().any(flags) => {}
        _ => return wrong(text!(query_fields_order, name, text, sign)),
    }
    Ok(With::Field(other))
}

fn unknown_field(name: &str, column: usize) -> QueryError {
    let known = known_fields();
    let message = text!(query_unknown_field, name);
    let error = QueryError::new(column, message).meant(name, known.iter().map(|(name, _)| *name));
    if !error.has_hint() && Event::NAMES.contains(&name) {
        return error.hint(text!(query_is_event, name));
    }
    error
}

/// Whether the comparison makes sense for one of the kinds of values the field has.
fn check_kinds(
    name: &str,
    kinds: &[FieldKind],
    op: Op,
    literal: &Literal,
    column: usize,
) -> Result<(), QueryError> {
    let mut first_error = None;
    for kind in kinds {
        match check(name, *kind, op, literal, column) {
            Ok(()) => return Ok(()),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    first_error.map_or(Ok(()), Err)
}

fn check(
    name: &str,
    kind: FieldKind,
    op: Op,
    literal: &Literal,
    column: usize,
) -> Result<(), QueryError> {
    let text = &literal.text;
    let orders = matches!(op, Op::Lt | Op::Le | Op::Gt | Op::Ge);
    let likes = matches!(op, Op::Like | Op::NotLike);
    let wrong = |message: Text| Err(QueryError::new(column, message));
    let sign = op.sign();
    if likes && text == ANY {
        return Ok(());
    }
    match kind {
        FieldKind::Number | FieldKind::Time | FieldKind::Id if likes => Err(QueryError::new(
            column,
            text!(query_number_like, name, sign),
        )
        .hint(text!(query_number_like_hint))),
        FieldKind::Bool if orders || likes || !matches!(text.as_str(), "true" | "false") => {
            wrong(text!(query_bool, name))
        }
        FieldKind::Bool => Ok(()),
        FieldKind::Number => match literal.number {
            Some(number) if number.unit != Unit::Time => Ok(()),
            Some(_) => wrong(text!(query_number_time, name, text)),
            None => wrong(text!(query_number_none, name, text)),
        },
        FieldKind::Time => match literal.number {
            Some(number) if number.unit != Unit::Bytes => Ok(()),
            _ => {
                let message = text!(query_time_none, name, text);
                Err(QueryError::new(column, message).hint(text!(query_time_hint)))
            }
        },
        FieldKind::Id => {
            let of_kind = literal.object.is_some_and(|object| fits(name, object));
            match literal.number {
                Some(number) if number.unit == Unit::None => Ok(()),
                None if of_kind => Ok(()),
                _ => wrong(text!(query_id_none, name, text)),
            }
        }
        FieldKind::Text | FieldKind::Bytes if orders => wrong(text!(query_text_order, name, sign)),
        FieldKind::Text | FieldKind::Bytes => Ok(()),
        FieldKind::Word(_) if orders => wrong(text!(query_word_order, name, sign)),
        FieldKind::Word(words) => {
            if likes || words.contains(&text.as_str()) {
                return Ok(());
            }
            let message = match name {
                "ev" => text!(query_no_event, text),
                _ => text!(query_never, name, text),
            };
            let error = QueryError::new(column, message);
            if text.contains(['*', '?']) {
                return Err(error.hint(text!(query_pattern, name, text)));
            }
            if suggest::nearest(text, words.iter().copied()).is_none() && words.len() <= 12 {
                let words = words.join(", ");
                return Err(error.hint(text!(query_one_of, words)));
            }
            Err(error.meant(text, words.iter().copied()))
        }
        FieldKind::Flags(names) => {
            check_flags(names.iter().map(|(name, _)| *name), op, literal, column)
        }
    }
}

fn check_flags(
    known: impl Iterator<Item = &'static str>,
    op: Op,
    literal: &Literal,
    column: usize,
) -> Result<(), QueryError> {
    if matches!(op, Op::Lt | Op::Le | Op::Gt | Op::Ge) {
        let sign = op.sign();
        return Err(QueryError::new(column, text!(query_flags_order, sign)));
    }
    if literal.text == ANY {
        return Ok(());
    }
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    match literal
        .flags
        .iter()
        .find(|flag| !known.contains(&flag.as_str()))
    {
        None => Ok(()),
        Some(flag) => {
            let message = text!(query_no_flag, flag);
            let error = QueryError::new(column, message).meant(flag, known.iter().copied());
            if error.has_hint() {
                return Err(error);
            }
            let known = known.join(", ");
            Err(error.hint(text!(query_flags, known)))
        }
    }
}

/// Whether an object may be the value of an id field: `bev=event1` is a slip.
fn fits(field: &str, object: ObjectId) -> bool {
    // Of a path the last part says it.
    match field.rsplit('.').next().unwrap_or_default() {
        "base" => matches!(object, ObjectId::Base(_)),
        "event" | "ev_read" | "ev_write" => matches!(object, ObjectId::Event(_)),
        "bev" | "partner" | "underlying" => matches!(object, ObjectId::Bev(_)),
        "buf" | "input" | "output" | "from" => matches!(object, ObjectId::Buf(_)),
        "listener" => matches!(object, ObjectId::Listener(_)),
        _ => false,
    }
}
