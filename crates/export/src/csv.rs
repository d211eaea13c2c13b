//! A table (RFC 4180), one row a step: number, time, what, to whom, where, a sentence, and one column
//! for each field that any of its events has.
//!
//! What a trace says is for eyes here: hidden characters are made visible, and no cell is a formula. The exact
//! texts are in the JSON exports.

use std::io::Write;

use evscope_replay::{KnownOf, Passing, Told, Words};
use evscope_trace::{
    Event, FieldInfo, FieldValue, Phase, PlaceTexts, ReadError, Record, Role, SourceLine, json,
    visible,
};

use crate::{ExportError, Part};

const COMMON: &[&str] = &[
    "step", "t_ns", "thread", "depth", "phase", "level", "lane", "ev", "base", "event", "role",
    "listener", "bev", "buf", "fd", "summary", "src", "caller", "dur_ns", "self_ns", "wait_ns",
];

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
    let columns = Columns::of(&occurring(part)?);
    let mut head = Row::default();
    for name in COMMON.iter().chain(&columns.names) {
        head.cell(name);
    }
    head.end();
    out.write_all(&head.text)?;
    let writer = || {
        let mut row = Row::default();
        let mut words = Words::text_only();
        let columns = &columns;
        move |told: &Told<'_, KnownOf>, text: &mut Vec<u8>| {
            std::mem::swap(&mut row.text, text);
            let record = told.record;
            words.say(told.of, record);
            common(&mut row, told.step, record, words.text());
            // What has not returned has no times, and of a call its enter has them.
            let times = told.times.filter(|_| record.phase == Phase::Enter);
            row.number(times.map(|times| times.whole.0));
            row.number(times.map(|times| times.own.0));
            row.number(times.map(|times| times.waited.0));
            columns.fill(&mut row, &record.event);
            row.end();
            std::mem::swap(&mut row.text, text);
        }
    };
    let note = |passing: &Passing<'_>| {
        let known = || passing.known.of(passing.record);
        Ok(passing.is_chosen.then(known))
    };
    part.write(true, part.outline()?, note, writer, |text| {
        out.write_all(text)
    })?;
    Ok(())
}

/// Which events occur, by the numbers of their kinds.
fn occurring(part: &Part<'_>) -> Result<[bool; Event::NAMES.len()], ReadError> {
    if part.is_whole() {
        return Ok(part.outline()?.occurs);
    }
    let mut occurs = [false; Event::NAMES.len()];
    part.each(false, |passing| {
        if let Some(occurs) = occurs.get_mut(passing.record.event.number()) {
            *occurs = true;
        }
        Ok::<(), ReadError>(())
    })?;
    Ok(occurs)
}

/// The columns of the events' own fields.
struct Columns {
    /// In the order of the vocabulary.
    names: Vec<&'static str>,
    /// The columns of each kind's fields and the places of those among its fields, from left to right; by the kind's number.
    of_kinds: Vec<Vec<(usize, usize)>>,
}

impl Columns {
    /// Of the kinds that occur.
    fn of(occurs: &[bool]) -> Self {
        let mut names: Vec<&'static str> = Vec::new();
        let mut of_kinds = Vec::new();
        for (kind, occurs) in Event::KINDS.iter().zip(occurs) {
            let fields = kind.fields.iter().filter(|_| *occurs);
            let column = |(at, field): (usize, &FieldInfo)| {
                let known = names.iter().position(|name| *name == field.name);
                let column = known.unwrap_or_else(|| {
                    names.push(field.name);
                    names.len() - 1
                });
                (column, at)
            };
            let mut columns: Vec<_> = fields.enumerate().map(column).collect();
            columns.sort_unstable();
            of_kinds.push(columns);
        }
        Self { names, of_kinds }
    }

    /// Those of an event, and the empty ones between them.
    fn fill(&self, row: &mut Row, event: &Event) {
        let mut next = 0;
        for (column, at) in self.of_kinds.get(event.number()).into_iter().flatten() {
            row.empty(column - next);
            next = column + 1;
            match event.field_at(*at) {
                Some(FieldValue::Text(text)) => row.cell(text),
                Some(FieldValue::Bytes(payload)) => {
                    row.cell(&String::from_utf8_lossy(&payload.bytes));
                }
                Some(value) => row.value(&value),
                None => row.empty(1),
            }
        }
        row.empty(self.names.len() - next);
    }
}

fn common(row: &mut Row, step: usize, record: &Record, summary: &str) {
    let objects = &record.objects;
    row.number(Some(step));
    row.number(Some(record.t.0));
    row.number(Some(record.thread.0));
    row.number(Some(record.depth));
    row.word(record.phase.name());
    row.number(Some(record.level().number()));
    row.word(record.event.lane().name());
    match &record.event {
        Event::Unknown { name } => row.cell(name),
        event => row.word(event.name()),
    }
    row.number(objects.base.map(|id| id.0));
    row.number(objects.event.map(|id| id.0));
    row.word(objects.role.map_or("", Role::name));
    row.number(objects.listener.map(|id| id.0));
    row.number(objects.bev.map(|id| id.0));
    row.number(objects.buf.map(|id| id.0));
    row.number(objects.fd);
    row.shown(summary);
    row.place(record.src.as_ref());
    row.place(record.caller.as_ref());
}

/// Whether a spreadsheet would calculate what a cell says, or have it run something. An apostrophe before it
/// makes it text. A number with a sign is no formula.
fn is_formula(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or("x");
    begins_a_formula(value)
        && (digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn begins_a_formula(value: &str) -> bool {
    // With their wide forms, which some spreadsheets take for the same.
    !value.starts_with(|first: char| first.is_ascii_alphanumeric())
        && value.starts_with([
            '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
        ])
}

/// A text as a cell of a table of comma-separated values: nothing in it is hidden, and it is no formula.
pub fn cell(value: &str) -> String {
    let value = visible(value);
    let mut cell = String::new();
    put(&value, is_formula(&value), |part| cell.push_str(part));
    cell
}

/// Puts a text that is for eyes already into a cell, part by part.
fn put(value: &str, is_formula: bool, mut part: impl FnMut(&str)) {
    // Not to stop at the first lets the compiler look at many at once.
    let is_quoted = value
        .bytes()
        .fold(is_formula, |is, byte| is | is_quoted(byte));
    if !is_quoted {
        return part(value);
    }
    part(if is_formula { "\"'" } else { "\"" });
    for (i, between) in value.split('"').enumerate() {
        if i > 0 {
            part("\"\"");
        }
        part(between);
    }
    part("\"");
}

/// Whether a cell with this sign in it stands in quotes.
fn is_quoted(byte: u8) -> bool {
    matches!(byte, b'"' | b',' | b';' | b'\'' | b'\n' | b'\r')
}

/// Puts a place into a cell.
fn put_place(SourceLine { file, line, .. }: &SourceLine, cell: &mut Vec<u8>) {
    // With the line behind it, what looks like a number is none.
    put(&visible(file), begins_a_formula(file), |part| {
        cell.extend_from_slice(part.as_bytes());
    });
    // A cell in quotes goes on within them.
    let is_quoted = cell.pop_if(|last| *last == b'"').is_some();
    cell.push(b':');
    json::number(*line, cell);
    if is_quoted {
        cell.push(b'"');
    }
}

/// A row in the making.
#[derive(Default)]
struct Row {
    text: Vec<u8>,
    cells: usize,
    places: PlaceTexts,
}

impl Row {
    fn begin(&mut self) {
        if self.cells > 0 {
            self.text.push(b',');
        }
        self.cells += 1;
    }

    fn cell(&mut self, value: &str) {
        self.shown(&visible(value));
    }

    /// A text that is for eyes already.
    fn shown(&mut self, value: &str) {
        self.begin();
        let text = &mut self.text;
        put(value, is_formula(value), |part| {
            text.extend_from_slice(part.as_bytes());
        });
    }

    /// A word of the vocabulary: it is as it is shown.
    fn word(&mut self, word: &str) {
        self.begin();
        self.text.extend_from_slice(word.as_bytes());
    }

    /// A number is no formula.
    fn number(&mut self, number: Option<impl itoa::Integer>) {
        self.begin();
        if let Some(number) = number {
            json::number(number, &mut self.text);
        }
    }

    /// For machines: a time as its nanoseconds. Words and flags need no quotes.
    fn value(&mut self, value: &FieldValue<'_>) {
        match value {
            FieldValue::Word(word) => self.word(word),
            FieldValue::Flags(set) => {
                self.begin();
                for (i, name) in set.set().enumerate() {
                    if i > 0 {
                        self.text.push(b'|');
                    }
                    self.text.extend_from_slice(name.as_bytes());
                }
            }
            value => {
                self.begin();
                json::value(value, &mut self.text);
            }
        }
    }

    fn place(&mut self, place: Option<&SourceLine>) {
        self.begin();
        if let Some(place) = place {
            self.places.put(place, put_place, &mut self.text);
        }
    }

    fn empty(&mut self, cells: usize) {
        let commas = cells.saturating_sub(usize::from(self.cells == 0));
        self.text.extend(std::iter::repeat_n(b',', commas));
        self.cells += cells;
    }

    fn end(&mut self) {
        self.text.extend_from_slice(b"\r\n");
        self.cells = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_one_cell_and_no_formula() {
        for (file, expected) in [
            ("a.rs", "a.rs:3"),
            ("", ":3"),
            ("a\"b", "\"a\"\"b:3\""),
            ("a,b", "\"a,b:3\""),
            ("=x", "\"'=x:3\""),
            // Alone it would be a number.
            ("-5", "\"'-5:3\""),
        ] {
            let mut row = Row::default();
            row.place(Some(&SourceLine {
                file: file.to_owned().into(),
                line: 3,
                function: None,
            }));
            assert_eq!(String::from_utf8(row.text).unwrap(), expected);
        }
    }
}
