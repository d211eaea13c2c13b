//! `evscope man`: the manual page, with every command in it.

use std::io::{self, Write};

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use evscope_replay::Lang;

use crate::{Outcome, output};

/// Print the manual page
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope man | man -l -
  evscope man > ~/.local/share/man/man1/evscope.1")]
pub(crate) struct Args {}

/// What the options do not say.
const MORE: &str = r#".SH "EXIT STATUS"
.TP
.B 0
All went well. That nobody reads the output to its end is no failure.
.TP
.B 1
Something was found: two traces are not the same.
.TP
.B 2
Wrong usage, or an input that cannot be read.
.SH ENVIRONMENT
.TP
.BR LC_ALL ", " LC_MESSAGES ", " LANG
The language of explanations, messages and help; English and Chinese are spoken.
.TP
.B EVSCOPE_LOG
How much of what the recorder and the reader do is told on the standard error:
.BR error ", " warn ", " debug " or " off .
.TP
.B NO_COLOR
No colour, unless asked for by
.BR "\-\-color always" .
.TP
.B TERM
With
.BR dumb ,
text instead of screens.
"#;

pub(crate) fn run(_: &Args) -> anyhow::Result<Outcome> {
    let mut page = Vec::new();
    write(&mut page)?;
    output::write_own(&page)
}

fn write(page: &mut dyn Write) -> io::Result<()> {
    let mut evscope = crate::help::in_lang(crate::args::Args::command(), Lang::EN);
    evscope.build();
    let man = Man::new(evscope.clone());
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    examples(&evscope, ".SH", page)?;
    let there = evscope.get_subcommands().filter(|sub| !sub.is_hide_set());
    for command in there {
        let name = format!("evscope {}", command.get_name());
        writeln!(page, ".SH \"{}\"", name.to_uppercase())?;
        let man = Man::new(command.clone().bin_name(name));
        let mut sections = Vec::new();
        man.render_synopsis_section(&mut sections)?;
        man.render_description_section(&mut sections)?;
        man.render_options_section(&mut sections)?;
        page.write_all(&demoted(&sections))?;
        examples(command, ".SS", page)?;
    }
    page.write_all(MORE.as_bytes())?;
    man.render_version_section(page)
}

/// The examples of a command, as they are.
fn examples(command: &Command, heading: &str, page: &mut dyn Write) -> io::Result<()> {
    let Some(text) = command.get_after_help() else {
        return Ok(());
    };
    writeln!(page, "{heading} EXAMPLES\n.nf")?;
    for line in text.to_string().lines().skip(1) {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        // A space protects a dot or quote at the start, which would be a request.
        writeln!(page, "{line}")?;
    }
    writeln!(page, ".fi")
}

/// A section within the section of a command.
fn demoted(sections: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(sections)
        .lines()
        .map(|line| match line.strip_prefix(".SH ") {
            Some(title) => format!(".SS {title}\n"),
            None => format!("{line}\n"),
        })
        .collect::<String>()
        .into_bytes()
}
