//! The command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueHint};
use evscope_trace::{Level, Over, visible};
use evscope_tui::LibeventSource;
use evscope_words::text;

use crate::settings::Theme;
use crate::{commands, help, language, usage};

/// See what an event-driven network program does, step by step.
///
/// evscope records what a program on libevent (or on its own reactor with libevent's semantics) does
/// inside, and replays it forward and backward beside the source that did it.
#[derive(Debug, Parser)]
#[command(
    name = "evscope",
    version,
    disable_help_subcommand = true,
    arg_required_else_help = false,
    after_help = "\
Examples:
  evscope                      the home screen: lessons, demos and traces to open
  evscope learn writecb        a lesson: who calls your writecb?
  evscope demo hello-world     run the hello-world server for real, then step through what it did
  evscope play hello-world     step through a trace that evscope brings along
  evscope print hello-world    the same as text"
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) wishes: Wishes,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What the user wants of every command that shows something.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Wishes {
    /// The language of the screen and of explanations: en, zh, or one of --lang-dir; what is printed beside them (steps,
    /// state, stats) is in the trace's own words [default: by LC_ALL, LC_MESSAGES, LANG]
    #[arg(long, global = true, value_name = "LANG", display_order = LAST)]
    pub(crate) lang: Option<String>,

    /// A folder of languages, with more texts or other ones: DIR/xx/*.ftl [default:
    /// $XDG_CONFIG_HOME/evscope/lang]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath, display_order = LAST)]
    pub(crate) lang_dir: Option<PathBuf>,

    /// The colours of the screen: dark, light or colour-blind [default: what suits the terminal]
    #[arg(long, global = true, value_name = "THEME", hide_possible_values = true, display_order = LAST)]
    pub(crate) theme: Option<Theme>,

    /// The configuration [default: $EVSCOPE_CONFIG, or evscope/config.toml in $XDG_CONFIG_HOME]
    #[arg(long, global = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath, display_order = LAST)]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(commands::demo::Args),
    Learn(commands::learn::Args),
    Run(commands::run::Args),
    Record(commands::record::Args),
    Live(commands::live::Args),
    Play(commands::play::Args),
    Print(commands::print::Args),
    State(commands::state::Args),
    Export(commands::export::Args),
    Diff(commands::diff::Args),
    Stats(commands::stats::Args),
    Why(commands::why::Args),
    #[cfg(has_reactor)]
    Judge(commands::judge::Args),
    Check(commands::check::Args),
    Site(commands::site::Args),
    Completions(commands::completions::Args),
    Man(commands::man::Args),
}

/// Below the options of a command's own, and above `--help`.
const LAST: usize = 900;

fn try_parse<W: Into<OsString> + Clone>(
    words: impl Iterator<Item = W>,
) -> Result<Args, clap::Error> {
    let mut command = help::in_lang(Args::command(), language::spoken());
    let matches = command.try_get_matches_from_mut(words)?;
    Args::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

fn said(error: &clap::Error) -> anyhow::Error {
    anyhow!("{}", usage::told(error))
}

/// Reads the arguments. `--help` and `--version` end the program here.
pub(crate) fn parse() -> anyhow::Result<Args> {
    language::begin(std::env::args_os().skip(1));
    try_parse(std::env::args_os()).map_err(|error| {
        if !error.use_stderr() {
            error.exit();
        }
        // What is told of the arguments is told of them as they are shown: a line end in one ends no line.
        let shown = std::env::args_os().map(|word| visible(&word.to_string_lossy()).into_owned());
        said(&try_parse(shown).err().unwrap_or(error))
    })
}

/// What may be written over.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct Force {
    /// Write over a file that is there, whatever it is
    #[arg(long)]
    pub(crate) force: bool,
}

impl Force {
    /// What is asked for: anything, or else only what is `like` it.
    pub(crate) fn over<'a>(self, like: Over<'a>) -> Over<'a> {
        match self.force {
            true => Over::Anything,
            false => like,
        }
    }
}

/// The folder of sources that a command with a screen can be given.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct SourceDir {
    /// A folder of sources: what it has is shown in place of the text in the trace
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    source: Option<PathBuf>,
}

impl SourceDir {
    /// The folder, if one was given and is there.
    pub(crate) fn folder(&self) -> anyhow::Result<Option<PathBuf>> {
        match &self.source {
            Some(folder) if !folder.is_dir() => Err(language::wrong(&text!(
                cli_no_source_folder,
                folder = folder.display()
            ))),
            folder => Ok(folder.clone()),
        }
    }
}

/// The option of the commands that show libevent's own text.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct LibeventDir {
    /// A folder of libevent's source: the steps of its functions stand in them, also where the trace has the reactor's
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    libevent_source: Option<PathBuf>,
}

impl LibeventDir {
    /// The folder that was given; else `found`, for libevent's own traces.
    pub(crate) fn folder(
        &self,
        found: Option<LibeventSource>,
    ) -> anyhow::Result<Option<LibeventSource>> {
        let Some(folder) = &self.libevent_source else {
            return Ok(found);
        };
        if !is_libevents(folder) {
            return Err(language::wrong(&text!(
                cli_no_libevent_source,
                folder = folder.display(),
                file = LIBEVENTS_FILE
            )));
        }
        Ok(Some(LibeventSource {
            folder: folder.clone(),
            always: true,
        }))
    }
}

/// A file that every libevent has since there are bufferevents on sockets.
const LIBEVENTS_FILE: &str = "bufferevent_sock.c";

/// Whether a folder is one of libevent's source.
pub(crate) fn is_libevents(folder: &Path) -> bool {
    folder.join(LIBEVENTS_FILE).is_file()
}

/// The newest source of libevent below the folders where distributions put sources.
pub(crate) fn installed_libevent() -> Option<PathBuf> {
    let folders = ["/usr/src", "/usr/src/debug"].into_iter();
    let entries = folders
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten();
    let named = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        entry
            .file_name()
            .to_str()?
            .starts_with("libevent")
            .then(|| entry.path())
    });
    named.filter(|path| is_libevents(path)).max()
}

/// The reader of a detail level.
pub(crate) fn level(text: &str) -> Result<Level, String> {
    text.parse()
        .ok()
        .and_then(Level::from_number)
        .ok_or_else(|| language::told(&text!(cli_level)))
}

/// A range of steps as users write it; what is missing is the trace's own end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Steps {
    pub(crate) from: Option<usize>,
    pub(crate) to: Option<usize>,
}

/// The reader of a range of steps.
pub(crate) fn steps(text: &str) -> Result<Steps, String> {
    let end = |text: &str| match text {
        "" => Ok(None),
        number => number.parse().map(Some).map_err(|_| ()),
    };
    text.split_once('-')
        .and_then(|(from, to)| Some((end(from).ok()?, end(to).ok()?)))
        .filter(|ends| *ends != (None, None))
        .map(|(from, to)| Steps { from, to })
        .ok_or_else(|| language::told(&text!(cli_steps)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_steps_has_one_end_at_least() {
        let read = |text| steps(text).map(|steps| (steps.from, steps.to));
        assert_eq!(read("53-78"), Ok((Some(53), Some(78))));
        assert_eq!(read("53-"), Ok((Some(53), None)));
        assert_eq!(read("-78"), Ok((None, Some(78))));
        for wrong in ["", "-", "53", "a-b", "1-2-3", "--3"] {
            assert!(steps(wrong).is_err(), "{wrong}");
        }
    }
}
