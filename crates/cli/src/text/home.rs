//! What there is to open, as a list.

use std::io;

use evscope_examples::demo::DEMOS;
use evscope_words::{Text, Word, word};

use super::write_rows;
use crate::output::{Out, Paint, Style};
use evscope_replay::Lang;
use evscope_replay::describe::Columns;

/// A heading, the command its names are for, and the names with what they are.
pub(crate) struct Section {
    pub(crate) title: Word,
    pub(crate) command: Text,
    pub(crate) entries: Vec<(String, String)>,
}

/// The demos by name and title, under the command that opens one.
pub(crate) fn demos(command: Text, lang: Lang) -> Section {
    let entries = DEMOS
        .iter()
        .map(|demo| (demo.name.to_owned(), demo.title.in_lang(lang).to_owned()));
    Section {
        title: word!(home_list_demos_head),
        command,
        entries: entries.collect(),
    }
}

/// Writes the sections that have something in them.
pub(crate) fn write(
    sections: &[Section],
    lang: Lang,
    paint: Paint,
    out: &mut dyn Out,
) -> io::Result<()> {
    writeln!(out, "{}", word!(home_list_head).in_lang(lang))?;
    for section in sections
        .iter()
        .filter(|section| !section.entries.is_empty())
    {
        writeln!(out)?;
        write_section(section, lang, paint, out)?;
    }
    writeln!(out, "\n{}", word!(home_list_end).in_lang(lang))
}

/// Writes a section.
pub(crate) fn write_section(
    section: &Section,
    lang: Lang,
    paint: Paint,
    out: &mut dyn Out,
) -> io::Result<()> {
    paint.write(out, Style::Strong, section.title.in_lang(lang))?;
    writeln!(out, " ({})", section.command.in_lang(lang))?;
    let mut table = Columns::default();
    for (name, about) in &section.entries {
        table.row([name.as_str(), about.as_str()]);
    }
    write_rows(&table, out)
}
