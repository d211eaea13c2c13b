//! A trace as a table in JSON Lines, for databases and data frames that want to know beforehand what is in a row: one row a
//! step, and every row has the same columns in the same order, of one type each. What a step does not have is null.

use std::io::Write;
use std::sync::OnceLock;

use evscope_replay::{Passing, Told};
use evscope_trace::{
    Event, FieldInfo, FieldKind, FieldValue, Kind, Phase, PlaceTexts, Record, Role, SourceLine,
    json,
};

use crate::{ExportError, Part};

/// What values a column has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Number,
    /// Text.
    Text,
}

impl ColumnType {
    /// Its name in SQL.
    pub fn sql(self) -> &'static str {
        match self {
            Self::Boolean => "BOOLEAN",
            Self::Number => "BIGINT",
            Self::Text => "VARCHAR",
        }
    }

    fn of(kind: FieldKind) -> Self {
        match kind {
            FieldKind::Bool => Self::Boolean,
            FieldKind::Number | FieldKind::Time | FieldKind::Id => Self::Number,
            FieldKind::Text | FieldKind::Word(_) | FieldKind::Flags(_) | FieldKind::Bytes => {
                Self::Text
            }
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What values it has.
    pub holds: ColumnType,
    /// What it means, in a sentence or in one for each of its meanings.
    pub about: String,
}

/// The columns besides those that the trace names: a place in the source is three of them.
const MORE: &[(&str, ColumnType, &str)] = &[
    (
        "level",
        ColumnType::Number,
        "The detail level: 1 program, 2 walkthrough, 3 everything.",
    ),
    (
        "lane",
        ColumnType::Text,
        "Who acts: kernel, loop, bufferevent, program.",
    ),
    (
        "dur",
        ColumnType::Number,
        "At the enter of a call that returned: how long it took, in nanoseconds.",
    ),
    (
        "self",
        ColumnType::Number,
        "How long it took without the calls inside it.",
    ),
    (
        "wait",
        ColumnType::Number,
        "How long the loop waited in the backend during it.",
    ),
    (
        "src_file",
        ColumnType::Text,
        "The file of the line that did this.",
    ),
    ("src_line", ColumnType::Number, "That line."),
    ("src_fn", ColumnType::Text, "The function that line is in."),
    (
        "caller_file",
        ColumnType::Text,
        "The file of the line that called it.",
    ),
    ("caller_line", ColumnType::Number, "That line."),
    (
        "caller_fn",
        ColumnType::Text,
        "The function that line is in.",
    ),
];

/// The columns of every row, in their order: what any record has, what is told of it besides, and the fields of the
/// vocabulary.
pub fn columns() -> Vec<Column> {
    let of_any = Record::FIELDS.iter().map(|field| Column {
        name: field.name,
        holds: ColumnType::of(field.kind),
        about: field.about.to_owned(),
    });
    let more = MORE.iter().map(|(name, holds, about)| Column {
        name,
        holds: *holds,
        about: (*about).to_owned(),
    });
    let mut columns: Vec<Column> = of_any.chain(more).collect();
    let common = columns.len();
    for field in Event::KINDS.iter().flat_map(|kind| kind.fields) {
        let holds = ColumnType::of(field.kind);
        match columns[common..].iter_mut().find(|c| c.name == field.name) {
            Some(known) => {
                // What is sometimes text is always told as text.
                if known.holds != holds {
                    known.holds = ColumnType::Text;
                }
                if !known.about.contains(field.about) {
                    known.about = format!("{} {}", known.about, field.about);
                }
            }
            None => columns.push(Column {
                name: field.name,
                holds,
                about: field.about.to_owned(),
            }),
        }
    }
    columns
}

/// How a row is put together.
struct Layout {
    /// The names of the columns, as they stand in a row.
    names: Vec<String>,
    holds: Vec<ColumnType>,
    /// A row in which all is null, and where each cell begins in it.
    nulls: String,
    starts: Vec<usize>,
    /// The fields of each kind of event by number, and their columns, in the order of those; by the kind's number.
    of_kinds: Vec<Vec<(usize, usize)>>,
}

fn layout() -> &'static Layout {
    static LAYOUT: OnceLock<Layout> = OnceLock::new();
    LAYOUT.get_or_init(|| {
        let columns = columns();
        let common = Record::FIELDS.len() + MORE.len();
        let place = |field: &FieldInfo| {
            let mut own = columns.iter().skip(common);
            own.position(|column| column.name == field.name)
                .map_or(0, |at| common + at)
        };
        let names: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let before = if at == 0 { '{' } else { ',' };
                format!("{before}\"{}\":", column.name)
            })
            .collect();
        let mut nulls = String::new();
        let mut starts = vec![0];
        for name in &names {
            nulls += name;
            nulls += "null";
            starts.push(nulls.len());
        }
        let places = |kind: &Kind| {
            let mut places: Vec<_> = kind.fields.iter().map(place).enumerate().collect();
            places.sort_by_key(|(_, column)| *column);
            places
        };
        Layout {
            names,
            holds: columns.iter().map(|column| column.holds).collect(),
            nulls,
            starts,
            of_kinds: Event::KINDS.iter().map(places).collect(),
        }
    })
}

/// Writes a part of a trace as such a table.
///
/// # Errors
/// Where the trace cannot be read, or the output not be written.
pub fn write(part: &Part<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
    let writer = || {
        let mut row = Row::new();
        let (mut srcs, mut callers) = (PlaceTexts::default(), PlaceTexts::default());
        move |told: &Told<'_, ()>, text: &mut Vec<u8>| {
            std::mem::swap(&mut row.text, text);
            row.begin(told);
            row.place(told.record.src.as_ref(), &mut srcs);
            row.place(told.record.caller.as_ref(), &mut callers);
            row.own(&told.record.event);
            row.text.extend_from_slice(b"}\n");
            std::mem::swap(&mut row.text, text);
        }
    };
    let note = |passing: &Passing<'_>| Ok(passing.is_chosen.then_some(()));
    part.write(true, part.outline()?, note, writer, |text| {
        out.write_all(text)
    })?;
    Ok(out.flush()?)
}

/// Whether a file that begins like this is such a table.
pub fn begins(start: &[u8]) -> bool {
    let first = start
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let row = serde_json::from_slice::<serde_json::Value>(first).unwrap_or_default();
    let names = columns();
    let row = row.as_object();
    row.is_some_and(|row| {
        row.len() == names.len() && names.iter().all(|c| row.contains_key(c.name))
    })
}

/// A row in the making. Nothing in it is hidden: of texts what is becomes JSON's escapes, and all else is plain.
struct Row {
    layout: &'static Layout,
    text: Vec<u8>,
    column: usize,
}

impl Row {
    fn new() -> Self {
        Self {
            layout: layout(),
            text: Vec::new(),
            column: 0,
        }
    }

    /// The cells before the places.
    fn begin(&mut self, told: &Told<'_, ()>) {
        self.column = 0;
        let record = told.record;
        let objects = &record.objects;
        // In the order of the fields of any record.
        self.number(Some(told.step));
        self.number(Some(record.t.0));
        self.number(Some(record.thread.0));
        self.number(Some(record.depth));
        self.word(Some(record.phase.name()));
        match &record.event {
            Event::Unknown { name } => self.text(Some(name)),
            event => self.word(Some(event.name())),
        }
        self.number(objects.base.map(|id| id.0));
        self.number(objects.event.map(|id| id.0));
        self.word(objects.role.map(Role::name));
        self.number(objects.listener.map(|id| id.0));
        self.number(objects.bev.map(|id| id.0));
        self.number(objects.buf.map(|id| id.0));
        self.number(objects.fd);
        // In the order of what there is more.
        self.number(Some(record.level().number()));
        self.word(Some(record.event.lane().name()));
        let times = told.times.filter(|_| record.phase == Phase::Enter);
        self.number(times.map(|times| times.whole.0));
        self.number(times.map(|times| times.own.0));
        self.number(times.map(|times| times.waited.0));
    }

    /// The three cells of a place. Those of the same columns are made once for each place.
    fn place(&mut self, place: Option<&SourceLine>, known: &mut PlaceTexts) {
        let Self { layout, column, .. } = *self;
        let Some(place) = place else {
            return self.nulls_until(column + 3);
        };
        let make = |place: &SourceLine, text: &mut Vec<u8>| {
            let mut cells = Self {
                layout,
                text: Vec::new(),
                column,
            };
            cells.text(Some(&place.file));
            cells.number(Some(place.line));
            cells.text(place.function.as_deref());
            text.append(&mut cells.text);
        };
        known.put(place, make, &mut self.text);
        self.column += 3;
    }

    /// The event's own fields, each in its column.
    fn own(&mut self, event: &Event) {
        let layout = self.layout;
        for (field, place) in layout.of_kinds.get(event.number()).into_iter().flatten() {
            self.nulls_until(*place);
            self.cell(event.field_at(*field));
        }
        self.nulls_until(layout.names.len());
    }

    /// The cells before a column are null: most of them are, and are written at once.
    fn nulls_until(&mut self, column: usize) {
        let layout = self.layout;
        let text = &layout.nulls[layout.starts[self.column]..layout.starts[column]];
        self.text.extend_from_slice(text.as_bytes());
        self.column = column;
    }

    /// The next cell, of one of the event's own fields.
    fn cell(&mut self, value: Option<FieldValue<'_>>) {
        let is_text = self.layout.holds[self.column] == ColumnType::Text;
        match value {
            // What is text in other events is text here.
            Some(
                value @ (FieldValue::Bool(_)
                | FieldValue::Number(_)
                | FieldValue::Time(_)
                | FieldValue::Id(_)),
            ) if is_text => self.text(Some(&value.to_string())),
            Some(FieldValue::Text(text)) => self.text(Some(text)),
            Some(FieldValue::Bytes(payload)) => {
                self.text(Some(&String::from_utf8_lossy(&payload.bytes)));
            }
            Some(value) => {
                self.name();
                json::value(&value, &mut self.text);
            }
            None => self.null(),
        }
    }

    fn number(&mut self, number: Option<impl itoa::Integer>) {
        let Some(number) = number else {
            return self.null();
        };
        self.name();
        json::number(number, &mut self.text);
    }

    /// A word of the vocabulary, which is plain.
    fn word(&mut self, word: Option<&str>) {
        let Some(word) = word else {
            return self.null();
        };
        self.name();
        json::word(word, &mut self.text);
    }

    fn text(&mut self, text: Option<&str>) {
        let Some(text) = text else {
            return self.null();
        };
        self.name();
        json::shown(text, &mut self.text);
    }

    fn null(&mut self) {
        self.nulls_until(self.column + 1);
    }

    /// Begins the next cell.
    fn name(&mut self) {
        let name = &self.layout.names[self.column];
        self.text.extend_from_slice(name.as_bytes());
        self.column += 1;
    }
}
