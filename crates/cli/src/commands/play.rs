//! `evscope play`: the terminal UI on a trace.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use evscope_replay::{Follower, Trace, Update};
use evscope_trace::{Level, Line};
use evscope_tui::Source;
use evscope_words::text;

use crate::args::{LibeventDir, SourceDir};
use crate::input::{Input, InputPlace, Lacking};
use crate::output::Color;
use crate::screen::{Begin, Shown};
use crate::settings::Settings;
use crate::text::steps::Steps;
use crate::{Outcome, args, language, output, screen, select, siblings};

/// Step through a trace on the whole screen
///
/// Where there is no screen to draw on (a pipe, TERM=dumb) the steps are printed instead.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope play hello-world
  evscope play trace.jsonl --at 120 --level 3
  evscope play growing.jsonl --follow
  evscope play memcached.jsonl --source ~/src/memcached
  evscope play libevent/hello-world --libevent-source ~/src/libevent
  zstd -dc trace.jsonl.zst | evscope play -
  evscope play hello-world --lang zh")]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,

    /// The step to begin at
    #[arg(long, value_name = "STEP")]
    at: Option<usize>,

    /// The detail level to begin with: 1 program, 2 walkthrough, 3 everything
    /// [default: 2]
    #[arg(long, value_name = "LEVEL", value_parser = args::level)]
    level: Option<Level>,

    #[command(flatten)]
    source: SourceDir,

    #[command(flatten)]
    libevent: LibeventDir,

    /// Go on with what is added to the trace
    #[arg(long)]
    follow: bool,
}

pub(crate) fn run(args: &Args, settings: &Settings) -> anyhow::Result<Outcome> {
    let source = args.input.place()?;
    let source_dir = args.source.folder()?;
    let libevent_source = args.libevent.folder(settings.libevent_source())?;
    if args.follow && !matches!(source, InputPlace::File(_)) {
        return Err(language::wrong(&text!(
            cli_follow_needs_file,
            file = args.input.name()
        )));
    }
    if !output::can_draw() {
        source.say_siblings();
        return print(args, &source, settings.level(args.level));
    }
    let source = choose(source, args.at)?;
    let begin = Begin {
        at: args.at,
        source_dir,
        libevent_source,
        ..settings.begin(args.level)
    };
    screen::run(open(args, &source)?, begin)?.resignal();
    Ok(Outcome::Fine)
}

/// Which of the traces of a recording to show, where it has several and the user has not said more than a name.
fn choose(place: InputPlace, at: Option<usize>) -> anyhow::Result<InputPlace> {
    /// Of more, the rest can be named.
    const OFFERED: usize = 9;
    let InputPlace::File(path) = &place else {
        return Ok(place);
    };
    let others = siblings::of(path);
    if others.is_empty() || at.is_some() || !io::stdin().is_terminal() {
        return Ok(place);
    }
    output::tell(&text!(cli_several_traces));
    let offered: Vec<_> = std::iter::once(path).chain(&others).take(OFFERED).collect();
    for (i, offer) in offered.iter().enumerate() {
        let size = fs::metadata(offer).map_or(0, |file| file.len());
        let pid = siblings::header(offer).map_or(0, |header| header.pid);
        output::tell(&text!(
            cli_offered,
            number = (i + 1).to_string(),
            file = offer.display(),
            pid = pid.to_string(),
            kb = size.div_ceil(1000).to_string(),
        ));
    }
    output::tell(&text!(cli_which));
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    let chosen = answer.trim().parse::<usize>().unwrap_or(1);
    let chosen = chosen.checked_sub(1).and_then(|at| offered.get(at));
    let chosen = chosen.map_or(path.clone(), |chosen| chosen.to_path_buf());
    Ok(InputPlace::File(chosen))
}

fn open(args: &Args, place: &InputPlace) -> anyhow::Result<Shown> {
    let read = || {
        let trace = place.open()?;
        if let Some(at) = args.at {
            select::step(&trace, at)?;
        }
        anyhow::Ok(trace)
    };
    Ok(match place {
        InputPlace::File(path) if args.follow => Shown::file(Source::Growing(path.clone())),
        // Where the beginning is a step, the trace must be there before it can be judged.
        InputPlace::File(path) if args.at.is_some() => Shown::read_from(path, read()?),
        InputPlace::File(path) => Shown::file(Source::File(path.clone())),
        InputPlace::Stdin if args.at.is_none() => {
            Shown::file(Source::File(InputPlace::STDIN.into()))
        }
        InputPlace::Stdin => Shown::trace(read()?),
        InputPlace::Builtin(builtin) => Shown::builtin(builtin.name, read()?),
    })
}

/// What there is to see without a screen: the steps as text.
fn print(args: &Args, place: &InputPlace, level: Level) -> anyhow::Result<Outcome> {
    if args.follow {
        return print_growing(&args.input.file, level);
    }
    let trace = place.open()?;
    let steps = select::range(&trace, args.at, None)?;
    let shown = steps.filter(|step| trace.is_shown(*step, level));
    super::print::write(&trace, level, Color::Auto.paint(), shown)
}

/// How often a growing trace is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// The steps of a growing trace, as they come, until the user ends it.
fn print_growing(path: &Path, level: Level) -> anyhow::Result<Outcome> {
    let paint = Color::Auto.paint();
    let mut follower = Follower::new(path);
    let mut trace: Option<Trace> = None;
    let mut lacking = Lacking::default();
    loop {
        let update = follower.poll()?;
        if trace.is_none() {
            trace = follower.trace(path.display().to_string());
        }
        lacking.say(&follower);
        match (update, &mut trace) {
            (Update::Lines(lines), Some(trace)) if !lines.is_empty() => {
                let first = trace.len();
                lines.into_iter().for_each(|line: Line| trace.append(line));
                let mut out = output::stdout();
                let text = Steps::new(trace, level, paint);
                for step in (first..trace.len()).filter(|step| trace.is_shown(*step, level)) {
                    text.write(step, &mut out)?;
                }
                out.flush()?;
            }
            _ => sleep(LOOK),
        }
    }
}
