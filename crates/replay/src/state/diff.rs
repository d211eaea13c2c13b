//! What differs between two states.

use std::fmt::Display;

use evscope_trace::{BevId, EvFlags, Side};
use serde::Serialize;

use super::key::Key;
use super::objects::Object;
use super::value::ToValue;
use super::{BufState, Frame, State, Table, Value};
use crate::ObjectId;

/// One part of the state that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Which part, as [`State::value`] understands it: `bev1.output.len`.
    pub path: String,
    /// What it was.
    pub from: Value,
    /// What it is.
    pub to: Value,
}

impl Change {
    /// Whether this is the model's own bookkeeping (call stacks, the steps and times at which things
    /// happened) and not what a reader looks for first. Views may leave it out.
    pub fn is_bookkeeping(&self) -> bool {
        is_bookkeeping(self.path.rsplit('.').next().unwrap_or(&self.path))
    }
}

/// Whether a field is the model's own bookkeeping, of whichever object.
pub(crate) fn is_bookkeeping(field: &str) -> bool {
    matches!(
        field,
        "stack" | "made_at" | "added_at" | "activated_at" | "due" | "poll_began_at"
    )
}

impl State {
    /// What differs between two states: nothing exactly when they are equal. A new object comes with
    /// all that is not at its default.
    pub fn diff(before: &Self, after: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        objects(&before.bases, &after.bases, ObjectId::Base, &mut changes);
        objects(
            &before.listeners,
            &after.listeners,
            ObjectId::Listener,
            &mut changes,
        );
        objects(&before.bevs, &after.bevs, ObjectId::Bev, &mut changes);
        buffers(before, after, &mut changes);
        objects(&before.events, &after.events, ObjectId::Event, &mut changes);
        for (watched, old, new) in before.interest.differences(&after.interest) {
            let value = |flags: Option<&EvFlags>| flags.map_or(Value::Absent, ToValue::to_value);
            change(&mut changes, watched.to_string(), value(old), value(new));
        }
        if before.active != after.active {
            changes.push(Change {
                path: "active".to_owned(),
                from: list(&before.active),
                to: list(&after.active),
            });
        }
        stacks(before, after, &mut changes);
        change(
            &mut changes,
            "lost".to_owned(),
            before.lost.to_value(),
            after.lost.to_value(),
        );
        changes
    }
}

fn change(changes: &mut Vec<Change>, path: String, from: Value, to: Value) {
    if from != to {
        changes.push(Change { path, from, to });
    }
}

fn objects<K: Key, V: Object>(
    before: &Table<K, V>,
    after: &Table<K, V>,
    id: impl Fn(K) -> ObjectId,
    changes: &mut Vec<Change>,
) {
    for (key, old, new) in before.differences(after) {
        let id = id(key);
        fields(&id.to_string(), id, old, new, changes);
    }
}

/// The buffers, those of a bufferevent under its name.
fn buffers(before: &State, after: &State, changes: &mut Vec<Change>) {
    for (key, old, new) in before.bufs.differences(&after.bufs) {
        let id = ObjectId::Buf(key);
        let owned = |state: &State, buf: Option<&BufState>| -> Option<(BevId, Side)> {
            let (bev, side) = (buf?.bev?, buf?.side?);
            let owner = state.bevs.get(bev)?;
            let owns = match side {
                Side::Input => owner.input,
                Side::Output => owner.output,
            };
            (owns == Some(key)).then_some((bev, side))
        };
        let path = match owned(after, new) {
            Some((bev, Side::Input)) => format!("{bev}.input"),
            Some((bev, Side::Output)) => format!("{bev}.output"),
            None => id.to_string(),
        };
        fields(&path, id, old, new, changes);
    }
}

fn fields<V: Object>(
    path: &str,
    id: ObjectId,
    old: Option<&V>,
    new: Option<&V>,
    changes: &mut Vec<Change>,
) {
    let default = V::default();
    let exists = |object: Option<&V>| object.map_or(Value::Absent, |_| Value::Object(id));
    change(changes, id.to_string(), exists(old), exists(new));
    let (old, new) = (old.unwrap_or(&default), new.unwrap_or(&default));
    for name in V::FIELDS {
        let value = |object: &V| object.field(name).unwrap_or(Value::Absent);
        let (from, to) = (value(old), value(new));
        if from != to {
            changes.push(Change {
                path: format!("{path}.{name}"),
                from,
                to,
            });
        }
    }
}

fn stacks(before: &State, after: &State, changes: &mut Vec<Change>) {
    let mut threads: Vec<_> = before.stacks.keys().chain(after.stacks.keys()).collect();
    threads.sort_unstable();
    threads.dedup();
    for thread in threads {
        let (old, new) = (before.stacks.get(thread), after.stacks.get(thread));
        if old != new {
            changes.push(Change {
                path: format!("{thread}.stack"),
                from: old.map_or(Value::Absent, |stack| stack_value(stack)),
                to: new.map_or(Value::Absent, |stack| stack_value(stack)),
            });
        }
    }
}

/// The names of the calls, outermost first.
pub(super) fn stack_value(stack: &[Frame]) -> Value {
    let names: Vec<&str> = stack.iter().map(|frame| frame.name.as_ref()).collect();
    Value::Text(names.join(" > ").into())
}

/// Names one after the other.
pub(super) fn list<T: Display>(items: impl IntoIterator<Item = T>) -> Value {
    let names: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    Value::Text(names.join(", ").into())
}
