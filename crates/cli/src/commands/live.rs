//! `evscope live`: record a program and watch at once.

mod screen;
mod step;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use evscope_recorder::{HeldClock, Hold, RecordOptions, Recording, Stdio};
use evscope_replay::Query;
use evscope_trace::{Compression, Level};
use evscope_words::text;

use super::record::{How, file_for, status, tell_outcome};
use crate::args::{Force, SourceDir};
use crate::screen::Begin;
use crate::settings::Settings;
use crate::{Outcome, language, output};

/// Record a program and watch it at once
///
/// The program reads nothing, and what it writes is shown at the end: the terminal is evscope's. With
/// --step it is held at each step until you go on; its clock stands still meanwhile. Where there is no
/// screen to draw on, the steps are printed, and lines that are read let the program go on.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope live -- ./hello-world
  evscope live --step -- ./hello-world
  evscope live --step --at 1 -o echo.jsonl -- ./echo 9996
  evscope live --step-at 'ev=writecb && bev=2' -- ./echo 9996
  evscope live --step-at 'bev1.output.len>4KiB' -- ./echo 9996")]
pub(crate) struct Args {
    #[command(flatten)]
    how: How,

    /// Hold the program at each step
    #[arg(long)]
    step: bool,

    /// Hold the program only at the steps that a query matches, of whatever level
    #[arg(long, value_name = "QUERY")]
    step_at: Option<String>,

    /// The level of the steps to hold at and to show
    #[arg(long, value_name = "LEVEL", default_value = "2", value_parser = crate::args::level)]
    at: Level,

    /// The clock of a program that is held runs on: its timeouts run out meanwhile
    #[arg(long)]
    real_clock: bool,

    #[command(flatten)]
    source: SourceDir,

    /// The trace [default: the program's name with .jsonl]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    force: Force,

    /// The program and its arguments
    #[arg(trailing_var_arg = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

/// Where the program is to wait for the user.
enum Stops {
    /// Nowhere.
    None,
    /// At each step of the level.
    All,
    /// At those that a query matches.
    Matching(Query),
}

impl Stops {
    fn of(args: &Args) -> anyhow::Result<Self> {
        match &args.step_at {
            Some(query) => {
                let query = Query::parse(query)
                    .map_err(|error| anyhow!("--step-at: {}", error.in_lang(language::spoken())))?;
                Ok(Self::Matching(query))
            }
            None if args.step => Ok(Self::All),
            None => Ok(Self::None),
        }
    }

    /// Up to which level the program must be held, when `at` is the level of the steps.
    fn level(&self, at: Level) -> Option<Level> {
        match self {
            Self::None => None,
            Self::All => Some(at),
            // A query may be about any step, so each is looked at.
            Self::Matching(_) => Some(Level::Everything),
        }
    }
}

pub(crate) fn run(args: &Args, settings: &Settings) -> anyhow::Result<Outcome> {
    let path = args
        .output
        .clone()
        .unwrap_or_else(|| file_for(&args.command));
    if path == Path::new("-") {
        return Err(language::wrong(&text!(cli_live_needs_file)));
    }
    // It is read while it grows, which a packed one is not.
    if Compression::of_name(&path) != Compression::None {
        let file = path.display();
        return Err(language::wrong(&text!(cli_live_needs_plain, file)));
    }
    let begin = Begin {
        source_dir: args.source.folder()?,
        ..settings.begin(Some(args.at))
    };
    let stops = Stops::of(args)?;
    let mut options = args.how.options(&path, args.force);
    options.hold = stops.level(args.at).map(|level| Hold {
        level,
        clock: match args.real_clock {
            true => HeldClock::Runs,
            false => HeldClock::Still,
        },
    });
    record(&args.command, options, stops, begin)
}

/// Records a command and watches it, with everything else as usual.
pub(crate) fn watch(command: &[OsString], settings: &Settings) -> anyhow::Result<Outcome> {
    let mut options = RecordOptions::new(&file_for(command));
    options.sole = true;
    let begin = settings.begin(Some(Level::Walkthrough));
    record(command, options, Stops::None, begin)
}

fn record(
    command: &[OsString],
    mut options: RecordOptions,
    stops: Stops,
    begin: Begin,
) -> anyhow::Result<Outcome> {
    let path = options.output.clone();
    let said = Said::new(&path)?;
    options.stdio = Stdio::Into(Arc::clone(&said.0));
    let recording = Recording::start(&options, command)?;
    let outcome = if output::can_draw() {
        screen::watch(recording, &path, stops, begin)?
    } else {
        step::step(recording, &path, begin.level, stops)?
    };
    tell_outcome(&outcome);
    said.show()?;
    Ok(status(&outcome))
}

/// What the program writes while the terminal is evscope's: a file without a name, which nobody else has, and which a
/// process that outlives evscope may go on to write into.
struct Said(Arc<File>);

impl Said {
    /// On the disk of the trace, if it can be there.
    fn new(trace: &Path) -> anyhow::Result<Self> {
        let folder = trace
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let file = tempfile::tempfile_in(folder.unwrap_or(Path::new(".")))
            .or_else(|_| tempfile::tempfile())
            .with_context(|| language::told(&text!(cli_no_file_for_output)))?;
        Ok(Self(Arc::new(file)))
    }

    /// Shows it, now that the terminal is free.
    fn show(&self) -> anyhow::Result<()> {
        // Where the program is in it stays as it is.
        let mut text = ReadAt {
            file: &self.0,
            at: 0,
        };
        let mut text = BufReader::new(&mut text);
        if !text.fill_buf()?.is_empty() {
            output::tell(&text!(cli_program_wrote));
            io::copy(&mut text, &mut io::stdout())?;
        }
        Ok(())
    }
}

/// Reads a file from its beginning without moving anybody's place in it.
struct ReadAt<'a> {
    file: &'a File,
    at: u64,
}

impl Read for ReadAt<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read_at(buffer, self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}
