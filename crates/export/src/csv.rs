//! A table (RFC 4180), one row a step: number, time, what, to whom, where, a sentence, and one column
//! for each field that any of its events has.
//!
//! What a trace says is for eyes here: hidden characters are made visible, and no cell is a formula. The exact
//! texts are in the JSON exports.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};

use evscope_replay::summary_of;
use evscope_trace::{Event, FieldValue, Kind, Phase, ReadError, Record, Role, SourceLine, visible};

use crate::{ExportError, Part};

const COMMON: &[&str] = &[
    "step", "t_ns", "thread", "depth", "phase", "level", "lane", "ev", "base", "event", "role",
    "listener", "bev", "buf", "fd", "summary", "src", "caller", "dur_ns", "self_ns", "wait_ns",
];

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
    let columns = own_columns(&kinds(part)?);
    let mut row = Row::default();
    for name in COMMON.iter().chain(&columns) {
        row.cell(name);
    }
    row.end(out)?;
    part.each(true, |passing| {
        let record = passing.record;
        let summary = summary_of(passing.known, record);
        common(&mut row, passing.step, record, &summary);
        // What has not returned has no times, and of a call its enter has them.
        let times = passing.times.filter(|_| record.phase == Phase::Enter);
        let times = times.map(|times| [times.whole, times.own, times.waited]);
        for at in 0..3 {
            row.optional(times.map(|times| times[at].0.to_string()).as_deref());
        }
        for column in &columns {
            row.optional(record.event.field(column).map(text).as_deref());
        }
        Ok::<(), ExportError>(row.end(out)?)
    })
}

/// The events that occur.
fn kinds(part: &Part<'_>) -> Result<BTreeSet<&'static str>, ReadError> {
    if part.is_whole() {
        return Ok(part.outline()?.kinds.clone());
    }
    let mut kinds = BTreeSet::new();
    part.each(false, |passing| {
        kinds.extend(Kind::named(passing.record.event.name()).map(|kind| kind.name));
        Ok::<(), ReadError>(())
    })?;
    Ok(kinds)
}

/// The fields of some events, in the order of the vocabulary.
fn own_columns(kinds: &BTreeSet<&'static str>) -> Vec<&'static str> {
    let mut columns: Vec<&'static str> = Vec::new();
    for field in Event::KINDS
        .iter()
        .filter(|kind| kinds.contains(kind.name))
        .flat_map(|kind| kind.fields)
    {
        if !columns.contains(&field.name) {
            columns.push(field.name);
        }
    }
    columns
}

fn common(row: &mut Row, step: usize, record: &Record, summary: &str) {
    let objects = &record.objects;
    let place = |place: &Option<SourceLine>| {
        let place = place.as_ref()?;
        Some(format!("{}:{}", place.file, place.line))
    };
    row.cell(&step.to_string());
    row.cell(&record.t.0.to_string());
    row.cell(&record.thread.0.to_string());
    row.cell(&record.depth.to_string());
    row.cell(record.phase.name());
    row.cell(&record.level().number().to_string());
    row.cell(record.event.lane().name());
    row.cell(record.event.name());
    row.optional(objects.base.map(|id| id.0.to_string()).as_deref());
    row.optional(objects.event.map(|id| id.0.to_string()).as_deref());
    row.optional(objects.role.map(Role::name));
    row.optional(objects.listener.map(|id| id.0.to_string()).as_deref());
    row.optional(objects.bev.map(|id| id.0.to_string()).as_deref());
    row.optional(objects.buf.map(|id| id.0.to_string()).as_deref());
    row.optional(objects.fd.map(|fd| fd.to_string()).as_deref());
    row.cell(summary);
    row.optional(place(&record.src).as_deref());
    row.optional(place(&record.caller).as_deref());
}

/// For machines: a time as its nanoseconds.
fn text(value: FieldValue<'_>) -> String {
    match value {
        FieldValue::Time(nanos) => nanos.0.to_string(),
        value => value.to_string(),
    }
}

/// Whether a spreadsheet would calculate what a cell says, or have it run something. An apostrophe before it
/// makes it text. A number with a sign is no formula.
fn is_formula(value: &str) -> bool {
    // With their wide forms, which some spreadsheets take for the same.
    let begins = value.starts_with([
        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    let digits = value.strip_prefix('-').unwrap_or("x");
    begins && (digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A text as a cell of a table of comma-separated values: nothing in it is hidden, and it is no formula.
pub fn cell(value: &str) -> Cow<'_, str> {
    // Most cells are: few steps have what others have.
    if value.is_empty() {
        return Cow::Borrowed(value);
    }
    let value = visible(value);
    let value = match is_formula(&value) {
        true => Cow::Owned(format!("'{value}")),
        false => value,
    };
    match value.contains(['"', ',', ';', '\'', '\n', '\r']) {
        true => Cow::Owned(format!("\"{}\"", value.replace('"', "\"\""))),
        false => value,
    }
}

/// A row in the making.
#[derive(Default)]
struct Row {
    text: String,
    cells: usize,
}

impl Row {
    fn cell(&mut self, value: &str) {
        if self.cells > 0 {
            self.text.push(',');
        }
        self.cells += 1;
        self.text.push_str(&cell(value));
    }

    fn optional(&mut self, value: Option<&str>) {
        self.cell(value.unwrap_or_default());
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.text.push_str("\r\n");
        out.write_all(self.text.as_bytes())?;
        self.text.clear();
        self.cells = 0;
        Ok(())
    }
}
