//! Exports: a trace in the formats that other tools read, one file a format.
//!
//! Knows: the trace as `evscope-replay` gives it, and the formats.
//! Never knows: where the bytes go, or how a user asks for them.
//!
//! To add a format, write its file with a `write` function and put it into [`Format`]'s table; nothing
//! else changes.

#![forbid(unsafe_code)]

mod chrome;
mod csv;
mod dot;
mod flat;
mod format;
mod guide;
pub mod html;
mod json;
mod jsonl;
mod mermaid;
mod part;
mod svg;

use std::io::{self, Write};

use evscope_replay::{Lang, Trace};
use evscope_trace::{Filter, ReadError};
use evscope_words::{Text, text};
use format::Limit;

pub use csv::cell as csv_cell;
pub use flat::{
    Column, ColumnType, begins as begins_flat, columns as flat_columns, write as export_flat,
};
pub use format::{Format, UnknownFormat};
pub use guide::Guide;
pub use part::Part;

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The output could not be written.
    #[error(transparent)]
    Write(#[from] io::Error),
    /// The trace could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The part has more steps than the format is of use for.
    #[error("{}", too_long(*.format, *.steps, *.most).in_lang(Lang::EN))]
    TooLong {
        /// The format.
        format: Format,
        /// How many steps it would show.
        steps: usize,
        /// How many it takes.
        most: usize,
    },
}

impl ExportError {
    /// What went wrong, in a language.
    pub fn in_lang(&self, lang: Lang) -> String {
        match self {
            Self::TooLong {
                format,
                steps,
                most,
            } => too_long(*format, *steps, *most).in_lang(lang),
            // The operating system's words are its own.
            Self::Write(_) => self.to_string(),
            Self::Read(error) => error.to_string(),
        }
    }
}

fn too_long(format: Format, steps: usize, most: usize) -> Text {
    text!(export_too_long, steps, format = format.name(), most)
}

/// Whether a format takes a part, which is known before anything is written: see [`ExportError::TooLong`]. What the format
/// must know of the trace before its first step is found out.
pub fn check(part: &Part<'_>, format: Format) -> Result<(), ExportError> {
    match format.goes_through_once() {
        true => part.before()?,
        false => part.outline()?,
    };
    match format.limit(part)? {
        Some(Limit { most, steps }) if steps > most => Err(ExportError::TooLong {
            format,
            steps,
            most,
        }),
        _ => Ok(()),
    }
}

/// Writes a whole trace in a format.
pub fn export(trace: &Trace, format: Format, out: &mut dyn Write) -> Result<(), ExportError> {
    export_part(&Part::whole(trace), format, out)
}

/// Writes a part of a trace in a format. Nothing is written of a part that is too long for it.
pub fn export_part(
    part: &Part<'_>,
    format: Format,
    out: &mut dyn Write,
) -> Result<(), ExportError> {
    check(part, format)?;
    if format.is_filtered() {
        // The same JSON, and nothing in it that a terminal would obey.
        let mut out = Filter::json(out);
        format.write(part, &mut out)?;
        out.flush()?;
    } else {
        format.write(part, out)?;
        out.flush()?;
    }
    Ok(())
}
