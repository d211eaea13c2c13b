//! What a line says, wherever it stands.

use evscope_words::{Text, text};
use serde_json::{Map, Value};

use crate::Record;
use crate::bounds::{self, LONGEST_LINE, LONGEST_LINE_SHOWN};
use crate::reader::Line;
use crate::scanned::{self, Memory};

/// Reads lines, and remembers what repeats in them. Each thread that reads has its own.
#[derive(Debug, Default)]
pub struct Parser {
    memory: Memory,
    /// Room for lines as they stand in the input. It is the same again and again, and so it is near.
    room: Vec<u8>,
}

/// Why there is nothing that a line says.
#[derive(Debug)]
pub enum Wrong {
    /// It is the beginning of a line, of so many bytes.
    CutOff(usize),
    /// For a reason.
    Reason(Text),
}

impl Parser {
    /// What a line says.
    #[inline]
    pub(crate) fn line(&mut self, bytes: &[u8]) -> Result<Line, Wrong> {
        match scanned::record(bytes, &mut self.memory) {
            Some(record) => Ok(Line::Record(record)),
            None => long_way(bytes),
        }
    }

    /// Room for lines, with those that it had last.
    pub(crate) fn take_room(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.room)
    }

    /// Nobody needs it any more.
    pub(crate) fn give_room(&mut self, room: Vec<u8>) {
        self.room = room;
    }

    /// Takes a record back that nobody needs any more, so that another one lies where it lay.
    pub(crate) fn spare(&mut self, record: Box<Record>) {
        self.memory.spare(record);
    }
}

/// Holds that a line has no more bytes than it may.
pub(crate) fn check_length(line: &[u8]) -> Result<(), Text> {
    match line.len() > LONGEST_LINE {
        true => Err(text!(trace_line_too_long, most = LONGEST_LINE_SHOWN)),
        false => Ok(()),
    }
}

/// What a line says that is out of the ordinary, or what is wrong with it.
fn long_way(bytes: &[u8]) -> Result<Line, Wrong> {
    bounds::check(bytes).map_err(Wrong::Reason)?;
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => of_object(object).map_err(Wrong::Reason),
        Ok(_) => Err(Wrong::Reason(text!(trace_not_an_object))),
        Err(error) if !bytes.ends_with(b"\n") && error.is_eof() => Err(Wrong::CutOff(bytes.len())),
        Err(error) => Err(Wrong::Reason(text!(
            trace_not_json,
            error = in_line(&error)
        ))),
    }
}

fn of_object(mut object: Map<String, Value>) -> Result<Line, Text> {
    if object.contains_key("ev") {
        let record = Record::try_from(object).map_err(|error| error.text())?;
        return Ok(Line::Record(Box::new(record)));
    }
    let source = object
        .remove("source")
        .ok_or_else(|| text!(trace_neither))?;
    serde_json::from_value(source)
        .map(Line::Source)
        .map_err(|error| text!(trace_source_wrong, error = error.to_string()))
}

/// An error of the JSON reader. It counts lines within what it was given, which is one line, so its
/// "line 1" would mislead beside the line of the file.
fn in_line(error: &serde_json::Error) -> Text {
    if error.is_eof() {
        return text!(trace_line_ends);
    }
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((reason, _)) if error.column() > 0 => {
            text!(trace_at_column, error = reason, column = error.column())
        }
        Some((reason, _)) => Text::same(reason),
        None => Text::same(text),
    }
}
