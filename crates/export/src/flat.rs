//! A trace as a table in JSON Lines, for databases and data frames that want to know beforehand what is in a row: one row a
//! step, and every row has the same columns in the same order, of one type each. What a step does not have is null.

use std::io::Write;
use std::sync::OnceLock;

use evscope_replay::Passing;
use evscope_trace::{
    Event, FieldInfo, FieldKind, FieldValue, Filter, Kind, Phase, Record, SourceLine, json,
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
    let mut out = Filter::json(out);
    let mut row = Row::new();
    part.each(true, |passing| {
        row.fill(passing);
        Ok::<(), ExportError>(out.write_all(&row.text)?)
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

/// A row in the making.
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

    fn fill(&mut self, passing: &Passing<'_>) {
        self.text.clear();
        self.column = 0;
        let record = passing.record;
        let objects = &record.objects;
        let number = |number: u64| Some(FieldValue::Number(number.into()));
        let id = |id: Option<u32>| id.map(FieldValue::Id);
        // In the order of the fields of any record.
        self.cell(number(passing.step as u64));
        self.cell(Some(FieldValue::Time(record.t)));
        self.cell(Some(FieldValue::Id(record.thread.0)));
        self.cell(number(record.depth.into()));
        self.cell(Some(FieldValue::Word(record.phase.name())));
        self.cell(Some(FieldValue::Text(record.event.name())));
        self.cell(id(objects.base.map(|id| id.0)));
        self.cell(id(objects.event.map(|id| id.0)));
        self.cell(objects.role.map(|role| FieldValue::Word(role.name())));
        self.cell(id(objects.listener.map(|id| id.0)));
        self.cell(id(objects.bev.map(|id| id.0)));
        self.cell(id(objects.buf.map(|id| id.0)));
        self.cell(objects.fd.map(|fd| FieldValue::Number(fd.into())));
        // In the order of what there is more.
        self.cell(number(record.level().number().into()));
        self.cell(Some(FieldValue::Word(record.event.lane().name())));
        let times = passing.times.filter(|_| record.phase == Phase::Enter);
        self.cell(times.map(|times| FieldValue::Time(times.whole)));
        self.cell(times.map(|times| FieldValue::Time(times.own)));
        self.cell(times.map(|times| FieldValue::Time(times.waited)));
        self.place(record.src.as_ref());
        self.place(record.caller.as_ref());
        self.own(&record.event);
        self.text.extend_from_slice(b"}\n");
    }

    fn place(&mut self, place: Option<&SourceLine>) {
        let function = place.and_then(|place| place.function.as_deref());
        self.cell(place.map(|place| FieldValue::Text(&place.file)));
        self.cell(place.map(|place| FieldValue::Number(place.line.into())));
        self.cell(function.map(FieldValue::Text));
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

    /// The next cell.
    fn cell(&mut self, value: Option<FieldValue<'_>>) {
        let at = self.column;
        self.column += 1;
        self.text
            .extend_from_slice(self.layout.names[at].as_bytes());
        let is_text = self.layout.holds[at] == ColumnType::Text;
        match value {
            None => self.text.extend_from_slice(b"null"),
            // What is text in other events is text here.
            Some(
                value @ (FieldValue::Bool(_)
                | FieldValue::Number(_)
                | FieldValue::Time(_)
                | FieldValue::Id(_)),
            ) if is_text => json::text(&value.to_string(), &mut self.text),
            Some(value) => json::value(&value, &mut self.text),
        }
    }
}
