//! What there is to open, as a list.

use std::io::{self, Write};

use super::table::Table;
use crate::output::{Paint, Style};

/// A heading, the command its names are for, and the names with what they are.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) command: &'static str,
    pub(crate) entries: Vec<(String, String)>,
}

/// Writes the sections that have something in them.
pub(crate) fn write(sections: &[Section], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
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
pub(crate) fn write_section(
    section: &Section,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    paint.write(out, Style::Strong, section.title)?;
    writeln!(out, " ({})", section.command)?;
    let mut table = Table::default();
    for (name, about) in &section.entries {
        table.row([name.as_str(), about.as_str()]);
    }
    table.write("  ", out)
}
