//! What the program's objects were like on both sides where the traces part.

use evscope_trace::{BaseId, BevId, BufId, EventId, FieldValue, ListenerId, Record};

use super::parts::{Sort, sort_of};
use super::{Diff, Hunk, Sides};
use crate::state::is_bookkeeping;
use crate::{ObjectId, State, Trace, Value};

/// A part of the state on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRow {
    /// Its name: `bev1.enabled`. An object that only one trace has is missing in the other.
    pub path: Sides<Option<String>>,
    /// Its values.
    pub values: Sides<Value>,
    /// Whether they differ.
    pub verdict: Verdict,
}

/// Whether two things that were compared are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They are.
    Same,
    /// They are not.
    Different,
}

/// An object, and what it is in the other trace.
type Pair = Sides<Option<ObjectId>>;

impl Diff {
    /// The state on both sides before a difference: of the objects that it is about, all there is to
    /// say, and of all others what differs. The states are those before the steps that
    /// [`before`](Self::before) tells.
    pub fn states(
        &self,
        traces: Sides<&Trace>,
        hunk: &Hunk,
        states: Sides<&State>,
    ) -> Vec<StateRow> {
        let mut about: Vec<Pair> = Vec::new();
        let mut add = |pair: Pair| {
            if !about.contains(&pair) {
                about.push(pair);
            }
        };
        if let Some(step) = self.lines.a.steps[hunk.a.clone()].first() {
            named(&traces.a.record(*step)).for_each(|id| add(self.pair_of_a(id)));
        }
        if let Some(step) = self.lines.b.steps[hunk.b.clone()].first() {
            named(&traces.b.record(*step)).for_each(|id| add(self.pair_of_b(id)));
        }
        let mut rows = Vec::new();
        for pair in &about {
            self.object(*pair, states, Tell::All, &mut rows);
        }
        for (sort, a, b) in self.twins.pairs() {
            let pair = Sides {
                a: object_id(*sort, *a),
                b: object_id(*sort, *b),
            };
            if pair.a.is_some() && !about.contains(&pair) {
                self.object(pair, states, Tell::Differences, &mut rows);
            }
        }
        rows
    }

    /// The steps before which the traces are the same, up to `hunk`: the first ones that differ, or the
    /// ends of the traces.
    pub fn before(&self, traces: Sides<&Trace>, hunk: &Hunk) -> Sides<usize> {
        let step = |steps: &[usize], at: usize, trace: &Trace| {
            steps.get(at).copied().unwrap_or(trace.len())
        };
        Sides {
            a: step(&self.lines.a.steps, hunk.a.start, traces.a),
            b: step(&self.lines.b.steps, hunk.b.start, traces.b),
        }
    }

    fn pair_of_a(&self, id: ObjectId) -> Pair {
        let twin = sort_and_number(id).and_then(|(sort, number)| {
            let b = self.twins.of_a(sort, number)?;
            object_id(sort, b)
        });
        Sides {
            a: Some(id),
            b: twin,
        }
    }

    fn pair_of_b(&self, id: ObjectId) -> Pair {
        let twin = sort_and_number(id).and_then(|(sort, number)| {
            let a = self.twins.of_b(sort, number)?;
            object_id(sort, a)
        });
        Sides {
            a: twin,
            b: Some(id),
        }
    }

    fn object(&self, pair: Pair, states: Sides<&State>, tell: Tell, rows: &mut Vec<StateRow>) {
        let Some(any) = pair.a.or(pair.b) else {
            return;
        };
        let default = |value: &Value| match value {
            Value::Absent => true,
            Value::Bool(value) => !value,
            Value::Number(number) => *number == 0,
            Value::Text(text) => text.is_empty(),
            Value::Time(_) | Value::Object(_) => false,
        };
        for field in State::fields_of(any) {
            let Some(field) = compared(field) else {
                continue;
            };
            let path = |id: Option<ObjectId>| id.map(|id| format!("{id}.{field}"));
            let path = Sides {
                a: path(pair.a),
                b: path(pair.b),
            };
            let value = |path: &Option<String>, state: &State| {
                let value = path.as_ref().and_then(|path| state.value(path));
                value.unwrap_or(Value::Absent)
            };
            let values = Sides {
                a: value(&path.a, states.a),
                b: value(&path.b, states.b),
            };
            let verdict = self.compare(&values);
            let wanted = match (tell, verdict) {
                (_, Verdict::Different) => true,
                (Tell::All, Verdict::Same) => !default(&values.a),
                (Tell::Differences, Verdict::Same) => false,
            };
            if wanted {
                rows.push(StateRow {
                    path,
                    values,
                    verdict,
                });
            }
        }
    }

    fn compare(&self, values: &Sides<Value>) -> Verdict {
        let same = match (&values.a, &values.b) {
            (Value::Object(a), Value::Object(b)) => self.pair_of_a(*a).b == Some(*b),
            (a, b) => a == b,
        };
        if same {
            Verdict::Same
        } else {
            Verdict::Different
        }
    }
}

/// What to tell of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tell {
    All,
    Differences,
}

/// The field to look at for a field of an object; none where it is another one in every run: fds,
/// addresses, the times of things.
fn compared(field: &'static str) -> Option<&'static str> {
    match field {
        "fd" | "addr" | "polls" | "waited" | "poll_timeout" | "deadline" | "content"
        | "finalized_at" => None,
        // Of the step only that there was one.
        "freed_at" => Some("freed"),
        _ if is_bookkeeping(field) => None,
        _ => Some(field),
    }
}

/// The objects a step names, and the ones its own fields name; a base, which nearly every step names, only
/// where it is alone.
fn named(record: &Record) -> impl Iterator<Item = ObjectId> {
    let about = ObjectId::all_of(&record.objects)
        .filter(|id| !matches!(id, ObjectId::Fd(_)))
        .enumerate()
        .filter(|(place, id)| *place == 0 || !matches!(id, ObjectId::Base(_)))
        .map(|(_, id)| id);
    let more = record.event.fields().filter_map(|(name, value)| {
        let FieldValue::Id(number) = value else {
            return None;
        };
        object_id(sort_of(name)?, number)
    });
    about.chain(more)
}

fn object_id(sort: Sort, number: u32) -> Option<ObjectId> {
    Some(match sort {
        Sort::Base => ObjectId::Base(BaseId(number)),
        Sort::Event => ObjectId::Event(EventId(number)),
        Sort::Bev => ObjectId::Bev(BevId(number)),
        Sort::Buf => ObjectId::Buf(BufId(number)),
        Sort::Listener => ObjectId::Listener(ListenerId(number)),
        Sort::Thread | Sort::Fd => return None,
    })
}

fn sort_and_number(id: ObjectId) -> Option<(Sort, u32)> {
    Some(match id {
        ObjectId::Base(id) => (Sort::Base, id.0),
        ObjectId::Event(id) => (Sort::Event, id.0),
        ObjectId::Bev(id) => (Sort::Bev, id.0),
        ObjectId::Buf(id) => (Sort::Buf, id.0),
        ObjectId::Listener(id) => (Sort::Listener, id.0),
        ObjectId::Fd(_) => return None,
    })
}
