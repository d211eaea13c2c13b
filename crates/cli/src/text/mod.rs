//! The model as text for people, where a pipe or a plain terminal gets it.

pub(crate) mod causes;
pub(crate) mod diff;
pub(crate) mod exercise;
pub(crate) mod gates;
pub(crate) mod home;
pub(crate) mod lesson;
pub(crate) mod state;
pub(crate) mod stats;
pub(crate) mod steps;

use std::io::{self, Write};

use evscope_replay::describe::Columns;

use crate::output::Out;

/// Writes the rows of a table.
pub(crate) fn write_lines(table: &Columns, out: &mut dyn Write) -> io::Result<()> {
    table.lines().try_for_each(|line| writeln!(out, "{line}"))
}

/// Writes the rows of a table, two columns in.
fn write_rows(table: &Columns, out: &mut dyn Out) -> io::Result<()> {
    table.lines().try_for_each(|line| writeln!(out, "  {line}"))
}
