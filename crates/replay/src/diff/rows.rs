//! Differences as a reader sees them: row by row, what belongs together in one row.

use evscope_trace::{FieldValue, Record};

use super::align::by_name;
use super::lines::Lines;
use super::parts::{Part, Sort};
use super::{Diff, Hunk, Sides};
use crate::Trace;

/// A row of two traces side by side; the numbers are steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A step that both have.
    Same(Sides<usize>),
    /// Steps of one name that differ in these fields.
    Changed(Sides<usize>, Vec<FieldDifference>),
    /// A step that only the first trace has.
    OnlyA(usize),
    /// A step that only the second has.
    OnlyB(usize),
}

/// A field in which two steps differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDifference {
    /// Its name; `depth` is how many shown calls are around the step.
    pub field: &'static str,
    /// Its values as text; none where it is absent.
    pub values: Sides<Option<String>>,
}

impl Diff {
    /// The difference `hunk` (its place in [`hunks`](Self::hunks)) with up to `context` steps before and
    /// after it that are the same.
    pub fn rows(&self, traces: Sides<&Trace>, hunk: usize, context: usize) -> Vec<Row> {
        let Some(this) = self.hunks.get(hunk) else {
            return Vec::new();
        };
        let previous = hunk.checked_sub(1).map_or(0, |at| self.hunks[at].a.end);
        let next = self.hunks.get(hunk + 1);
        let next = next.map_or(self.lines.a.steps.len(), |next| next.a.start);
        let before = context.min(this.a.start - previous);
        let after = context.min(next - this.a.end);
        let mut rows = Vec::new();
        rows.extend(self.same(this.a.start - before, this.b.start - before, before));
        rows.extend(self.differing(traces, this));
        rows.extend(self.same(this.a.end, this.b.end, after));
        rows
    }

    fn same(&self, a: usize, b: usize, count: usize) -> impl Iterator<Item = Row> + '_ {
        let lines = self.steps();
        let steps = lines.a[a..].iter().zip(&lines.b[b..]).take(count);
        steps.map(|(a, b)| Row::Same(Sides { a: *a, b: *b }))
    }

    /// The rows of the difference itself: steps of one name are put side by side.
    fn differing<'a>(
        &'a self,
        traces: Sides<&'a Trace>,
        hunk: &Hunk,
    ) -> impl Iterator<Item = Row> + 'a {
        let (lines_a, lines_b) = (&self.lines.a, &self.lines.b);
        let pairs = by_name(lines_a, lines_b, hunk).into_iter();
        pairs.filter_map(move |pair| match (pair.a, pair.b) {
            (Some(a), Some(b)) => {
                let steps = Sides {
                    a: lines_a.steps[a],
                    b: lines_b.steps[b],
                };
                let fields = self.fields(traces, Sides { a, b });
                Some(if fields.is_empty() {
                    Row::Same(steps)
                } else {
                    Row::Changed(steps, fields)
                })
            }
            (Some(a), None) => Some(Row::OnlyA(lines_a.steps[a])),
            (None, Some(b)) => Some(Row::OnlyB(lines_b.steps[b])),
            (None, None) => None,
        })
    }

    /// In which fields two lines differ.
    fn fields(&self, traces: Sides<&Trace>, at: Sides<usize>) -> Vec<FieldDifference> {
        let record_a = traces.a.record(self.lines.a.steps[at.a]);
        let record_b = traces.b.record(self.lines.b.steps[at.b]);
        let a = self.told(traces.a, &record_a, &self.lines.a, at.a);
        let mut b = self.told(traces.b, &record_b, &self.lines.b, at.b);
        let mut fields = Vec::new();
        for one in a {
            let other = b.iter().position(|other| other.name == one.name);
            let other = other.map(|at| b.remove(at));
            if other.as_ref().is_none_or(|other| !self.agree(&one, other)) {
                fields.push(FieldDifference {
                    field: one.name,
                    values: Sides {
                        a: Some(one.text),
                        b: other.map(|other| other.text),
                    },
                });
            }
        }
        fields.extend(b.into_iter().map(|other| FieldDifference {
            field: other.name,
            values: Sides {
                a: None,
                b: Some(other.text),
            },
        }));
        fields
    }

    fn agree(&self, a: &Told<'_>, b: &Told<'_>) -> bool {
        match (a.part, b.part) {
            (Part::Object(sort, a), Part::Object(other, b)) => {
                sort == other && self.twins.are(sort, a, b)
            }
            (a, b) => a == b,
        }
    }

    fn told<'a>(
        &self,
        trace: &Trace,
        record: &'a Record,
        lines: &Lines,
        at: usize,
    ) -> Vec<Told<'a>> {
        let mut objects = lines.objects(at).iter();
        let mut told = Vec::new();
        self.rules
            .parts(trace, lines.steps[at], record, |name, part| {
                let text = text(part);
                // Fds have other numbers for comparing than in the trace.
                let part = match part {
                    Part::Object(..) => objects
                        .next()
                        .map_or(part, |(sort, id)| Part::Object(*sort, *id)),
                    Part::Value(_) | Part::Present | Part::Sign(_) | Part::Bytes(_) => part,
                };
                told.push(Told { name, part, text });
            });
        told
    }
}

/// A part of a step, for comparing and for reading.
#[derive(Debug)]
struct Told<'a> {
    name: &'static str,
    part: Part<'a>,
    text: String,
}

fn text(part: Part<'_>) -> String {
    match part {
        Part::Value(FieldValue::Text(text)) => text.escape_debug().to_string(),
        Part::Value(value) => value.to_string(),
        Part::Present => "given".to_owned(),
        Part::Sign(0) => "0".to_owned(),
        Part::Sign(number) if number < 0 => "less than 0".to_owned(),
        Part::Sign(_) => "more than 0".to_owned(),
        Part::Bytes(bytes) => format!("\"{}\"", bytes.escape_ascii()),
        Part::Object(sort, number) => format!("{}{number}", sort.name()),
    }
}

impl Sort {
    /// The name before an object's number.
    fn name(self) -> &'static str {
        match self {
            Self::Thread => "thread",
            Self::Base => "base",
            Self::Event => "event",
            Self::Bev => "bev",
            Self::Buf => "buf",
            Self::Listener => "listener",
            Self::Fd => "fd",
        }
    }
}
