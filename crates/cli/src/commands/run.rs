//! `evscope run`: runs a scenario, on our reactor or on libevent, records it, and opens the replay.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::{ValueEnum, ValueHint};
use evscope_reactor::Method;
use evscope_replay::Trace;
use evscope_scenario::{Scenario, annotate, record};
use evscope_trace::{Level, Over};
use evscope_words::text;

use crate::args::Force;
use crate::output::Color;
use crate::screen;
use crate::settings::Settings;
use crate::{Outcome, args, input, language, output};

/// How many bytes of what goes through buffers are kept.
const PAYLOAD: u32 = 64;

/// Run a scenario, a program written as text, and step through what it did
///
/// A scenario says what a program does and what happens to it; docs/scenarios.md describes how. It runs on
/// evscope's reactor or on the real libevent, in a time of its own: timeouts are exact, and nobody waits for them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope run echo.scn
  evscope run echo.scn -o ours.jsonl
  evscope run --on libevent echo.scn -o theirs.jsonl
  evscope diff ours.jsonl theirs.jsonl
  evscope run --backend poll echo.scn -o - | jq -r .ev")]
pub(crate) struct Args {
    /// The scenario (`-`: the standard input)
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,

    /// Which library runs it
    #[arg(long, value_name = "LIBRARY", value_enum, default_value_t)]
    on: On,

    /// How the loop waits
    #[arg(long, value_name = "BACKEND", value_enum, default_value_t)]
    backend: Backend,

    /// Only record, into this file (`-`: the standard output; `.gz` and `.zst` are packed)
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,

    #[command(flatten)]
    force: Force,

    /// The detail level to begin with: 1 program, 2 walkthrough, 3 everything
    /// [default: 2]
    #[arg(long, value_name = "LEVEL", value_parser = args::level)]
    level: Option<Level>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum On {
    /// evscope's own
    #[default]
    Reactor,
    /// The real one: a small driver is compiled with `cc` when it is first used
    Libevent,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Backend {
    #[cfg(target_os = "linux")]
    #[default]
    Epoll,
    #[cfg_attr(not(target_os = "linux"), default)]
    Poll,
    Select,
}

impl Backend {
    fn method(self) -> Method {
        match self {
            #[cfg(target_os = "linux")]
            Self::Epoll => Method::Epoll,
            Self::Poll => Method::Poll,
            Self::Select => Method::Select,
        }
    }
}

pub(crate) fn run(args: &Args, settings: &Settings) -> anyhow::Result<Outcome> {
    let name = args.file.display().to_string();
    let text = if args.file == Path::new("-") {
        input::read_text(std::io::stdin())
    } else {
        input::text_of(&args.file)
    };
    let text = text.map_err(|error| anyhow!("{name}: {error}"))?;
    let scenario = Scenario::parse(&name, &text)?;
    let recorded = recorded(args, &scenario).with_context(|| name.clone())?;
    let file = args.file.file_name().map(|file| file.to_string_lossy());
    let file = file
        .filter(|file| file != "-")
        .unwrap_or("scenario.scn".into());
    match &args.output {
        Some(output) => {
            let to = output.display();
            let named = |error| anyhow!("{to}: {error}");
            let over = args.force.over(Over::Trace);
            let mut out = evscope_trace::create_over(output, over).map_err(named)?;
            let steps = annotate(recorded.as_slice(), &scenario, &file, &mut out)?;
            out.finish().map_err(named)?;
            if output != Path::new("-") {
                output::tell(&text!(cli_wrote, file = to, steps));
            }
            Ok(Outcome::Fine)
        }
        None => {
            let mut trace = Vec::new();
            annotate(recorded.as_slice(), &scenario, &file, &mut trace)?;
            show(
                Trace::read(trace.as_slice(), scenario.name)?,
                args,
                settings,
            )
        }
    }
}

/// The trace as the library that was asked for leaves it.
fn recorded(args: &Args, scenario: &Scenario) -> anyhow::Result<Vec<u8>> {
    let backend = args.backend.method();
    if !scenario.runs_on(backend) {
        return Err(language::wrong(&text!(
            cli_backend_cannot,
            backend = backend.name()
        )));
    }
    let mut trace = Vec::new();
    match args.on {
        On::Reactor => {
            record(&[scenario], backend, Some(PAYLOAD as usize), &mut trace)?;
        }
        On::Libevent => on_libevent(scenario, backend, &mut trace)?,
    }
    Ok(trace)
}

#[cfg(has_recorder)]
fn on_libevent(scenario: &Scenario, backend: Method, trace: &mut Vec<u8>) -> anyhow::Result<()> {
    let cache = crate::dirs::cache().unwrap_or_else(std::env::temp_dir);
    let driver = evscope_scenario::Driver::build(&cache)?;
    Ok(driver.record(&[scenario], backend, PAYLOAD, trace)?)
}

#[cfg(not(has_recorder))]
fn on_libevent(_: &Scenario, _: Method, _: &mut Vec<u8>) -> anyhow::Result<()> {
    let command = "run --on libevent";
    Err(language::wrong(&text!(cli_needs_recorder, command)))
}

/// On the screen, or as text where there is none.
fn show(trace: Trace, args: &Args, settings: &Settings) -> anyhow::Result<Outcome> {
    let begin = settings.begin(args.level);
    if output::can_draw() {
        screen::show(trace, begin)?.resignal();
        return Ok(Outcome::Fine);
    }
    let shown = (0..trace.len()).filter(|step| trace.is_shown(*step, begin.level));
    super::print::write(&trace, begin.level, Color::Auto.paint(), shown)?;
    Ok(Outcome::Fine)
}
