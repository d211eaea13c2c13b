//! What there is to open, as a list.

use std::io;

use super::write_rows;
use crate::output::{Out, Paint, Style};
use evscope_replay::describe::Columns;

/// A heading, the command its names are for, and the names with what they are.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) command: &'static str,
    pub(crate) entries: Vec<(String, String)>,
}

/// Writes the sections that have something in them.
pub(crate) fn write(sections: &[Section], paint: Paint, out: &mut dyn Out) -> io::Result<()> {
    writeln!(
        out,
        "evscope: see what an event-driven network program does, step by step"
    )?;
    for section in sections
        .iter()
        .filter(|section| !section.entries.is_empty())
    {
        writeln!(out)?;
        write_section(section, paint, out)?;
    }
    writeln!(out, "\n`evscope --help` lists the commands.")
}

/// Writes a section.
pub(crate) fn write_section(section: &Section, paint: Paint, out: &mut dyn Out) -> io::Result<()> {
    paint.write(out, Style::Strong, section.title)?;
    writeln!(out, " ({})", section.command)?;
    let mut table = Columns::default();
    for (name, about) in &section.entries {
        table.row([name.as_str(), about.as_str()]);
    }
    write_rows(&table, out)
}
