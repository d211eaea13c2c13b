//! A comparison: a field, how, and with what.

use evscope_words::{Text, text};
use std::cmp::Ordering;

use evscope_trace::{Event, FieldKind, FieldValue, FlagSet};

use super::field::{Field, known_fields};
use super::lexer::Op;
use super::literal::{Literal, Unit, glob};
use super::path::{Path, flag_names};
use super::{QueryError, suggest};
use crate::{ObjectId, State, Trace, Value};

/// `field op literal`, checked when the query is read.
#[derive(Debug, Clone)]
pub(super) struct Comparison {
    target: Target,
    op: Op,
    literal: Literal,
}

#[derive(Debug, Clone)]
enum Target {
    Record(Field),
    State(Path),
}

impl Comparison {
    /// A comparison of the field `name` (at `column`) with `value` (at `value_column`).
    pub(super) fn new(
        name: &str,
        column: usize,
        op: Op,
        value: &str,
        value_column: usize,
    ) -> Result<Self, QueryError> {
        let literal = Literal::new(value);
        let target = match (Field::of_name(name), Path::parse(name, column)) {
            (Some(field), _) => {
                check_kinds(name, &field, op, &literal, value_column)?;
                Target::Record(field)
            }
            (None, Some(path)) => {
                let path = path?;
                if path.is_flags {
                    check_flags(flag_names(), op, &literal, value_column)?;
                }
                Target::State(path)
            }
            (None, None) => return Err(unknown_field(name, column)),
        };
        Ok(Self {
            target,
            op,
            literal,
        })
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
        matches!(self.target, Target::State(_))
    }

    /// Whether it holds for a step. What a step does not have compares with nothing: not even `!=` holds.
    pub(super) fn matches(&self, trace: &Trace, state: Option<&State>, step: usize) -> bool {
        let record = trace.record(step);
        match &self.target {
            Target::Record(field) => field
                .value(trace, step)
                .is_some_and(|value| self.holds(value)),
            Target::State(path) => state
                .and_then(|state| path.value(trace, state, &record.objects))
                .is_some_and(|value| self.holds_in_state(&value, path.is_flags)),
        }
    }

    fn holds(&self, value: FieldValue<'_>) -> bool {
        let number = self.literal.number.map(|number| number.value);
        match value {
            FieldValue::Bool(value) => self.text(if value { "true" } else { "false" }),
            FieldValue::Number(value) => self.number(value, number),
            FieldValue::Time(value) => self.number(value.0.into(), number),
            FieldValue::Id(value) => {
                let number = number.or(self.literal.object.map(id));
                self.number(value.into(), number)
            }
            FieldValue::Text(value) | FieldValue::Word(value) => self.text(value),
            FieldValue::Flags(set) => self.flags(set),
            FieldValue::Bytes(value) => self.text(&String::from_utf8_lossy(&value.bytes)),
        }
    }

    fn holds_in_state(&self, value: &Value, is_flags: bool) -> bool {
        let number = self.literal.number.map(|number| number.value);
        match value {
            Value::Absent => false,
            Value::Bool(value) => self.text(if *value { "true" } else { "false" }),
            Value::Number(value) => self.number(*value, number),
            Value::Time(value) => self.number(value.0.into(), number),
            Value::Text(value) if is_flags => self.flag_names(value),
            Value::Text(value) => self.text(value),
            Value::Object(object) => match number {
                Some(number) => self.number(id(*object), Some(number)),
                None => self.text(&object.to_string()),
            },
        }
    }

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

fn id(object: ObjectId) -> i128 {
    match object {
        ObjectId::Base(id) => id.0.into(),
        ObjectId::Event(id) => id.0.into(),
        ObjectId::Bev(id) => id.0.into(),
        ObjectId::Buf(id) => id.0.into(),
        ObjectId::Listener(id) => id.0.into(),
        ObjectId::Fd(fd) => fd.into(),
    }
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
    field: &Field,
    op: Op,
    literal: &Literal,
    column: usize,
) -> Result<(), QueryError> {
    let mut first_error = None;
    for kind in field.kinds() {
        match check(name, kind, op, literal, column) {
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
    match field {
        "base" => matches!(object, ObjectId::Base(_)),
        "event" | "ev_read" | "ev_write" => matches!(object, ObjectId::Event(_)),
        "bev" | "partner" | "underlying" => matches!(object, ObjectId::Bev(_)),
        "buf" | "input" | "output" | "from" => matches!(object, ObjectId::Buf(_)),
        "listener" => matches!(object, ObjectId::Listener(_)),
        _ => false,
    }
}
