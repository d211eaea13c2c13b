//! One file a command: its arguments, and what it does with them.

#[cfg(not(all(has_reactor, has_recorder)))]
mod absent;
pub(crate) mod check;
pub(crate) mod completions;
#[cfg(has_reactor)]
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod export;
pub(crate) mod home;
#[cfg(has_reactor)]
pub(crate) mod judge;
pub(crate) mod learn;
#[cfg(has_recorder)]
pub(crate) mod live;
pub(crate) mod man;
pub(crate) mod play;
pub(crate) mod print;
#[cfg(has_recorder)]
pub(crate) mod record;
#[cfg(has_reactor)]
pub(crate) mod run;
pub(crate) mod site;
pub(crate) mod state;
pub(crate) mod stats;
pub(crate) mod why;

#[cfg(not(has_reactor))]
pub(crate) use absent::{demo, run};
#[cfg(not(has_recorder))]
pub(crate) use absent::{live, record};

use crate::args::{Args, Command};
use crate::settings::Settings;
use crate::{Outcome, language};

/// Runs the command that was asked for.
pub(crate) fn run(args: Args) -> anyhow::Result<Outcome> {
    // Only what shows something asks for these: a configuration with a mistake in it stops no export.
    let asked = language::asked(&args.wishes)?;
    let settings = || Settings::of(&args.wishes, asked);
    if let Some(Command::Print(_) | Command::State(_) | Command::Diff(_) | Command::Stats(_)) =
        args.command
    {
        language::say_what_stays(asked);
    }
    match args.command {
        None => home::run(&settings()?),
        Some(Command::Demo(args)) => demo::run(&args, &settings()?),
        Some(Command::Learn(args)) => learn::run(&args, &settings()?),
        Some(Command::Run(args)) => run::run(&args, &settings()?),
        Some(Command::Record(args)) => record::run(&args),
        Some(Command::Live(args)) => live::run(&args, &settings()?),
        Some(Command::Play(args)) => play::run(&args, &settings()?),
        Some(Command::Print(args)) => print::run(&args),
        Some(Command::State(args)) => state::run(&args),
        // As with a level: what the command line says, so that a script does the same everywhere.
        Some(Command::Export(args)) => export::run(&args, asked.unwrap_or_default()),
        Some(Command::Diff(args)) => diff::run(&args),
        Some(Command::Stats(args)) => stats::run(&args),
        Some(Command::Check(args)) => check::run(&args, &settings()?),
        Some(Command::Why(args)) => why::run(&args, settings()?.lang),
        #[cfg(has_reactor)]
        Some(Command::Judge(args)) => judge::run(&args, &settings()?),
        Some(Command::Site(args)) => site::run(&args),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Man(args)) => man::run(&args),
    }
}
