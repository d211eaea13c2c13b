//! Two traces compared.

use std::io;

use evscope_replay::describe::Columns;
use evscope_replay::{Diff, Replay, Row, Sides, State, StateRow, Trace, Verdict, summary};
use evscope_trace::{Level, visible};
use serde_json::{Value, json};

use super::steps::Steps;
use super::write_rows;
use crate::output::{Out, Paint, Style};

/// How many steps that are the same are shown before and after a difference.
const CONTEXT: usize = 5;
/// How many rows a difference is shown in at most.
const MOST_ROWS: usize = 40;
/// How many values of the state are shown at most.
const MOST_VALUES: usize = 30;

/// What a comparison has found.
pub(crate) struct Report {
    replays: Sides<Replay>,
    diff: Diff,
    level: Level,
}

impl Report {
    pub(crate) fn new(traces: Sides<Trace>, diff: Diff, level: Level) -> Self {
        Self {
            replays: Sides {
                a: Replay::new(traces.a),
                b: Replay::new(traces.b),
            },
            diff,
            level,
        }
    }

    fn traces(&self) -> Sides<&Trace> {
        Sides {
            a: self.replays.a.trace(),
            b: self.replays.b.trace(),
        }
    }

    /// Writes it for people: that they are the same, or the first difference and how many more there are.
    pub(crate) fn write(&self, paint: Paint, out: &mut dyn Out) -> io::Result<()> {
        if self.diff.is_same() {
            return writeln!(
                out,
                "same ({} at level {})",
                counted(self.diff.steps().a.len(), "step"),
                self.level.number()
            );
        }
        self.head(out)?;
        self.first(paint, out)?;
        self.state(out)?;
        self.more(out)
    }

    /// Which traces they are.
    fn head(&self, out: &mut dyn Out) -> io::Result<()> {
        let (traces, steps) = (self.traces(), self.diff.steps());
        for (side, trace, steps) in [("A", traces.a, steps.a), ("B", traces.b, steps.b)] {
            let header = trace.header();
            writeln!(
                out,
                "{side}  {}: {} on {}, {} at level {}",
                trace.name(),
                visible(&header.library),
                visible(&header.backend),
                counted(steps.len(), "step"),
                self.level.number()
            )?;
        }
        Ok(())
    }

    /// The first difference: what only A has behind a `-`, what only B has behind a `+`.
    fn first(&self, paint: Paint, out: &mut dyn Out) -> io::Result<()> {
        let traces = self.traces();
        let rows = self.diff.rows(traces, 0, CONTEXT);
        let width = |trace: &Trace| trace.len().saturating_sub(1).to_string().len().max(3);
        let lines = Lines {
            a: Steps::new(traces.a, self.level, paint),
            b: Steps::new(traces.b, self.level, paint),
            width_a: width(traces.a),
            width_b: width(traces.b),
            paint,
        };
        writeln!(out, "\nthe first difference:\n")?;
        let (wa, wb) = (lines.width_a, lines.width_b);
        writeln!(out, "  {:>wa$}  {:>wb$}", "A", "B")?;
        for row in rows.iter().take(MOST_ROWS) {
            lines.write(row, out)?;
        }
        if rows.len() > MOST_ROWS {
            writeln!(out, "  … and so on in {} more rows", rows.len() - MOST_ROWS)?;
        }
        Ok(())
    }

    /// The state on both sides just before it.
    fn state(&self, out: &mut dyn Out) -> io::Result<()> {
        let rows = self.state_rows();
        if rows.is_empty() {
            return Ok(());
        }
        let mut table = Columns::default();
        table.row(["", "", "A", "B"]);
        for row in rows.iter().take(MOST_VALUES) {
            let path = match (&row.path.a, &row.path.b) {
                (Some(a), Some(b)) if a != b => format!("{a} ({b} in B)"),
                (Some(path), _) | (None, Some(path)) => path.clone(),
                (None, None) => String::new(),
            };
            table.row([
                mark(row.verdict).to_owned(),
                path,
                row.values.a.to_string(),
                row.values.b.to_string(),
            ]);
        }
        writeln!(out, "\nthe state before it (≠: not the same):\n")?;
        write_rows(&table, out)?;
        if rows.len() > MOST_VALUES {
            writeln!(out, "  … and {} more", rows.len() - MOST_VALUES)?;
        }
        Ok(())
    }

    fn state_rows(&self) -> Vec<StateRow> {
        let Some(hunk) = self.diff.hunks().first() else {
            return Vec::new();
        };
        let before = self.diff.before(self.traces(), hunk);
        let states: Sides<State> = Sides {
            a: self.replays.a.state_before(before.a),
            b: self.replays.b.state_before(before.b),
        };
        let states = Sides {
            a: &states.a,
            b: &states.b,
        };
        self.diff.states(self.traces(), hunk, states)
    }

    /// How many differences there are altogether.
    fn more(&self, out: &mut dyn Out) -> io::Result<()> {
        let (mut only_a, mut only_b, mut changed) = (0, 0, 0);
        let hunks = self.diff.hunks();
        for hunk in 0..hunks.len() {
            for row in self.diff.rows(self.traces(), hunk, 0) {
                match row {
                    Row::Same(_) => {}
                    Row::Changed(..) => changed += 1,
                    Row::OnlyA(_) => only_a += 1,
                    Row::OnlyB(_) => only_b += 1,
                }
            }
        }
        write!(
            out,
            "\n{} in all: {} only in A, {} only in B, {} in both but not the same",
            counted(hunks.len(), "difference"),
            counted(only_a, "step"),
            counted(only_b, "step"),
            counted(changed, "step"),
        )?;
        let steps = self.diff.steps();
        let at = |steps: &[usize], at: usize| {
            steps.get(at).map_or("the end".to_owned(), usize::to_string)
        };
        if let Some(next) = hunks.get(1) {
            write!(
                out,
                "; the next is at {} of A, {} of B",
                at(steps.a, next.a.start),
                at(steps.b, next.b.start)
            )?;
        }
        writeln!(out)
    }

    /// The same for programs, with all differences.
    pub(crate) fn json(&self) -> Value {
        let (traces, steps) = (self.traces(), self.diff.steps());
        let side = |trace: &Trace, steps: &[usize]| {
            json!({
                "trace": trace.name(),
                "library": trace.header().library,
                "backend": trace.header().backend,
                "steps": steps.len(),
            })
        };
        let hunks = 0..self.diff.hunks().len();
        let differences: Vec<Value> = hunks
            .map(|hunk| {
                let rows = self.diff.rows(traces, hunk, 0);
                json!(
                    rows.iter()
                        .map(|row| self.json_row(row))
                        .collect::<Vec<_>>()
                )
            })
            .collect();
        let state: Vec<Value> = self.state_rows().iter().map(json_state).collect();
        json!({
            "same": self.diff.is_same(),
            "level": self.level.number(),
            "a": side(traces.a, steps.a),
            "b": side(traces.b, steps.b),
            "differences": differences,
            "state": state,
        })
    }

    fn json_row(&self, row: &Row) -> Value {
        let traces = self.traces();
        let step =
            |trace: &Trace, step: usize| json!({"step": step, "summary": summary(trace, step)});
        match row {
            Row::Same(at) => json!({"a": step(traces.a, at.a), "b": step(traces.b, at.b)}),
            Row::Changed(at, fields) => {
                let fields: Vec<Value> = fields
                    .iter()
                    .map(|field| {
                        json!({
                            "field": field.field,
                            "a": field.values.a,
                            "b": field.values.b,
                        })
                    })
                    .collect();
                json!({
                    "a": step(traces.a, at.a),
                    "b": step(traces.b, at.b),
                    "fields": fields,
                })
            }
            Row::OnlyA(at) => json!({"a": step(traces.a, *at)}),
            Row::OnlyB(at) => json!({"b": step(traces.b, *at)}),
        }
    }
}

/// The rows of a difference as text.
struct Lines<'a> {
    a: Steps<'a>,
    b: Steps<'a>,
    width_a: usize,
    width_b: usize,
    paint: Paint,
}

impl Lines<'_> {
    fn write(&self, row: &Row, out: &mut dyn Out) -> io::Result<()> {
        match row {
            Row::Same(at) => {
                self.numbers(" ", Some(at.a), Some(at.b), out)?;
                self.a.write_step(at.a, out)
            }
            Row::OnlyA(at) => self.only_a(*at, out),
            Row::OnlyB(at) => self.only_b(*at, out),
            Row::Changed(at, fields) => {
                self.only_a(at.a, out)?;
                self.only_b(at.b, out)?;
                for field in fields {
                    let value = |value: &Option<String>| match value.as_deref() {
                        None => "absent".to_owned(),
                        Some("") => "none".to_owned(),
                        Some(value) => value.to_owned(),
                    };
                    self.numbers("≠", None, None, out)?;
                    writeln!(
                        out,
                        "   {}: {} in A, {} in B",
                        field.field,
                        value(&field.values.a),
                        value(&field.values.b)
                    )?;
                }
                Ok(())
            }
        }
    }

    fn only_a(&self, step: usize, out: &mut dyn Out) -> io::Result<()> {
        self.numbers("-", Some(step), None, out)?;
        self.a.write_step(step, out)
    }

    fn only_b(&self, step: usize, out: &mut dyn Out) -> io::Result<()> {
        self.numbers("+", None, Some(step), out)?;
        self.b.write_step(step, out)
    }

    fn numbers(
        &self,
        mark: &str,
        a: Option<usize>,
        b: Option<usize>,
        out: &mut dyn Out,
    ) -> io::Result<()> {
        let text = |step: Option<usize>| step.map_or_else(String::new, |step| step.to_string());
        let (wa, wb) = (self.width_a, self.width_b);
        self.paint.write(out, Style::Strong, mark)?;
        let numbers = format!(" {:>wa$}  {:>wb$}  ", text(a), text(b));
        self.paint.write(out, Style::Faint, &numbers)
    }
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => " ",
        Verdict::Different => "≠",
    }
}

fn json_state(row: &StateRow) -> Value {
    json!({
        "a": {"path": row.path.a, "value": row.values.a},
        "b": {"path": row.path.b, "value": row.values.b},
        "same": row.verdict == Verdict::Same,
    })
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
