//! Exports: a trace in the formats that other tools read, one file a format.
//!
//! Knows: the trace as `evscope-replay` gives it, and the formats.
//! Never knows: where the bytes go, or how a user asks for them.
//!
//! To add a format, write its file with a `write` function and put it into [`Format`]'s table; nothing
//! else changes.

mod chrome;
mod csv;
mod format;
mod json;
mod jsonl;
mod mermaid;
mod part;

use std::io::{self, Write};

use evscope_replay::Trace;

pub use format::{Format, UnknownFormat};
pub use part::Part;

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The output could not be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// Writes a whole trace in a format.
pub fn export(trace: &Trace, format: Format, out: &mut dyn Write) -> Result<(), ExportError> {
    export_part(&Part::whole(trace), format, out)
}

/// Writes a part of a trace in a format.
pub fn export_part(
    part: &Part<'_>,
    format: Format,
    out: &mut dyn Write,
) -> Result<(), ExportError> {
    format.write(part, out)?;
    out.flush()?;
    Ok(())
}
