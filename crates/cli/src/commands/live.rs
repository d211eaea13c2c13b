//! `evscope live`: record a program and watch at once.

mod screen;
mod step;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use evscope_recorder::{Exit, HeldClock, Hold, Recording, Stdio, leftover};
use evscope_replay::Query;
use evscope_trace::Level;

use super::record::{How, file_for, tell};
use crate::args::SourceDir;
use crate::screen::Begin;
use crate::settings::Settings;
use crate::{Outcome, output};

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
                let query = Query::parse(query).map_err(|error| anyhow!("--step-at: {error}"))?;
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
        bail!("a trace that is watched is a file; give one with -o");
    }
    let source_dir = args.source.folder()?;
    let stops = Stops::of(args)?;
    let said = path.with_extension("out");
    let mut options = args.how.options(&path);
    options.stdio = Stdio::File(said.clone());
    options.hold = stops.level(args.at).map(|level| Hold {
        level,
        clock: match args.real_clock {
            true => HeldClock::Runs,
            false => HeldClock::Still,
        },
    });
    // What an earlier recording left is not this program; one that was not finished is kept.
    if path.exists() && leftover(&path).is_none() {
        fs::remove_file(&path).with_context(|| path.display().to_string())?;
    }
    let recording = Recording::start(&options, &args.command)?;
    let exit = if output::can_draw() {
        let begin = Begin {
            source_dir,
            ..settings.begin(Some(args.at))
        };
        screen::watch(recording, &path, stops, begin)?
    } else {
        step::step(recording, &path, args.at, stops)?
    };
    show_output(&said)?;
    let code = exit.map_or(0, Exit::code);
    Ok(Outcome::Status(u8::try_from(code).unwrap_or(u8::MAX)))
}

/// What the program wrote, now that the terminal is free.
fn show_output(said: &Path) -> anyhow::Result<()> {
    let text = fs::read(said).with_context(|| said.display().to_string())?;
    fs::remove_file(said)?;
    if !text.is_empty() {
        output::say("the program wrote:");
        io::stdout().write_all(&text)?;
    }
    Ok(())
}

/// Says how the recording went.
fn tell_outcome(outcome: &evscope_recorder::Outcome) {
    tell(&outcome.traces);
    for note in &outcome.notes {
        output::say(note);
    }
}
