//! `evscope live`: record a program and watch at once.

mod step;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use evscope_recorder::{Exit, Recording, Stdio, Turn};
use evscope_replay::Query;
use evscope_trace::Level;
use evscope_tui::Source;

use super::record::{How, PAUSE, file_for, tell};
use crate::args::SourceDir;
use crate::screen::Begin;
use crate::settings::Settings;
use crate::{Outcome, output, screen};
use step::Stops;

/// Record a program and watch it at once
///
/// The program reads nothing, and what it writes is shown at the end: the terminal is evscope's. With
/// --step it is held at each step until you go on; its clock stands still meanwhile.
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
    #[arg(long, conflicts_with = "source")]
    step: bool,

    /// Hold the program only at the steps that a query matches, of whatever level
    #[arg(long, value_name = "QUERY", conflicts_with = "source")]
    step_at: Option<String>,

    /// The level of the steps to hold at and to show
    #[arg(long, value_name = "LEVEL", default_value = "2", value_parser = crate::args::level)]
    at: Level,

    #[command(flatten)]
    source: SourceDir,

    /// The trace [default: the program's name with .jsonl]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// The program and its arguments
    #[arg(trailing_var_arg = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
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
    let stops = match &args.step_at {
        Some(query) => {
            let query = Query::parse(query).map_err(|error| anyhow!("--step-at: {error}"))?;
            Some(Stops::Matching(query))
        }
        None => args.step.then_some(Stops::All),
    };
    let said = path.with_extension("out");
    let mut options = args.how.options(&path);
    options.stdio = Stdio::File(said.clone());
    options.hold = stops.as_ref().map(|stops| match stops {
        Stops::All => args.at,
        // A query may be about any step, so each is looked at.
        Stops::Matching(_) => Level::Everything,
    });
    // What an earlier recording left is not this program.
    if path.exists() {
        fs::remove_file(&path).with_context(|| path.display().to_string())?;
    }
    let recording = Recording::start(&options, &args.command)?;
    let exit = match stops {
        Some(stops) => step::step(recording, &path, args.at, stops)?,
        None => {
            let begin = Begin {
                source_dir,
                ..settings.begin(Some(args.at))
            };
            watch(recording, &path, begin)?
        }
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

/// Records in another thread while the terminal UI follows the trace. Who quits ends the recording; the
/// program is asked to end.
fn watch(mut recording: Recording, path: &Path, begin: Begin) -> anyhow::Result<Option<Exit>> {
    let over = AtomicBool::new(false);
    let outcome = std::thread::scope(|scope| {
        let recorder = scope.spawn(|| {
            while recording.turn() == Turn::Running && !over.load(Ordering::Relaxed) {
                std::thread::sleep(PAUSE);
            }
            recording.end_program();
            recording.finish()
        });
        let shown = wait_for(path, || recorder.is_finished())
            .and_then(|()| screen::show_file(Source::Growing(path.to_owned()), begin));
        over.store(true, Ordering::Relaxed);
        let outcome = recorder.join();
        shown.map(|exit| (exit, outcome))
    });
    let (exit, outcome) = outcome?;
    let Ok(outcome) = outcome else {
        bail!("the recording has failed");
    };
    tell(&outcome.traces);
    for note in &outcome.notes {
        output::say(note);
    }
    exit.resignal();
    Ok(outcome.exit)
}

/// Waits until there is something to show.
fn wait_for(path: &Path, over: impl Fn() -> bool) -> anyhow::Result<()> {
    while !fs::metadata(path).is_ok_and(|m| m.len() > 0) {
        if over() {
            bail!("the program did nothing with libevent");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
