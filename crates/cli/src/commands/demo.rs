//! `evscope demo`: runs an example for real, records it, and opens the replay.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::ValueHint;
use evscope_examples::demo::{self, Client, DEMOS, Demo, DemoError, Options};
use evscope_reactor::RecordingError;
use evscope_replay::{Lang, Trace};
use evscope_trace::{Level, Over};
use evscope_tui::Exit;
use evscope_words::{Text, text};

use crate::args::{Force, LibeventDir, SourceDir};
use crate::output::Color;
use crate::screen::{self, Begin};
use crate::settings::Settings;
use crate::text::home;
use crate::{Outcome, args, language, output};

/// Run an example for real, record it, and step through what it did
///
/// The server and its client talk over real sockets on loopback. Without a name the demos are listed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope demo
  evscope demo hello-world
  evscope demo hello-world -o hello.jsonl
  evscope demo hello-world -o - | jq -r .ev
  evscope demo hello-world --wait --port 9995     then: nc localhost 9995")]
pub(crate) struct Args {
    /// The demo
    #[arg(value_name = "NAME")]
    name: Option<String>,

    /// Only record, into this file (`-`: the standard output; `.gz` and `.zst` are packed)
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "name")]
    output: Option<PathBuf>,

    #[command(flatten)]
    force: Force,

    /// Wait for a client of yours instead of bringing one along; Ctrl-C ends the recording
    #[arg(long, requires = "name")]
    wait: bool,

    /// The port to listen on [default: one that is free]
    #[arg(long, value_name = "PORT", requires = "name")]
    port: Option<u16>,

    /// The detail level to begin with: 1 program, 2 walkthrough, 3 everything
    /// [default: 2]
    #[arg(long, value_name = "LEVEL", value_parser = args::level)]
    level: Option<Level>,

    #[command(flatten)]
    source: SourceDir,

    #[command(flatten)]
    libevent: LibeventDir,
}

pub(crate) fn run(args: &Args, settings: &Settings) -> anyhow::Result<Outcome> {
    let Some(name) = &args.name else {
        return list(settings.lang);
    };
    let demo = demo::find(name).ok_or_else(|| unknown(name))?;
    let options = Options {
        port: args.port,
        client: if args.wait {
            Client::Yours
        } else {
            Client::Own
        },
    };
    match &args.output {
        Some(file) => to_file(demo, &options, file, args.force.over(Over::Trace)),
        None => {
            let begin = Begin {
                source_dir: args.source.folder()?,
                libevent_source: args.libevent.folder(settings.libevent_source())?,
                ..settings.begin(args.level)
            };
            replay(demo, &options, begin)?.resignal();
            Ok(Outcome::Fine)
        }
    }
}

/// Runs a demo with its own client, records it, and shows that.
pub(crate) fn show(demo: &Demo, settings: &Settings) -> anyhow::Result<Exit> {
    let options = Options {
        port: None,
        client: Client::Own,
    };
    replay(demo, &options, settings.begin(None))
}

fn list(lang: Lang) -> anyhow::Result<Outcome> {
    let mut out = output::stdout();
    let section = home::demos(Text::same("evscope demo NAME"), lang);
    home::write_section(&section, lang, Color::Auto.paint(), &mut out)?;
    out.flush()?;
    Ok(Outcome::Fine)
}

fn unknown(name: &str) -> anyhow::Error {
    let names: Vec<&str> = DEMOS.iter().map(|demo| demo.name).collect();
    language::wrong(&text!(cli_no_demo, name, names = names.join(", ")))
}

/// Records a demo and shows it: on the screen, or as text where there is none.
fn replay(demo: &Demo, options: &Options, begin: Begin) -> anyhow::Result<Exit> {
    let mut recorded = Vec::new();
    demo::run(demo, options, &mut recorded).map_err(|error| failed(demo, &error))?;
    let trace = Trace::read(recorded.as_slice(), demo.name)?;
    if output::can_draw() {
        return screen::show(trace, begin);
    }
    let shown = (0..trace.len()).filter(|step| trace.is_shown(*step, begin.level));
    super::print::write(&trace, begin.level, Color::Auto.paint(), shown)?;
    Ok(Exit::Quit)
}

fn to_file(demo: &Demo, options: &Options, file: &Path, over: Over<'_>) -> anyhow::Result<Outcome> {
    let name = file.display();
    // The context keeps the cause: a reader that went away is no failure.
    let unwritten = |error: RecordingError| {
        let message = format!("{name}: {error}");
        anyhow::Error::new(error).context(message)
    };
    let mut out =
        evscope_trace::create_over(file, over).map_err(|error| anyhow!("{name}: {error}"))?;
    // A device or a pipe is not ours to remove.
    let ours = file.is_file();
    let ran = demo::run(demo, options, &mut out).map_err(|error| match error {
        DemoError::Recording(error) => unwritten(error),
        error => failed(demo, &error),
    });
    let written = out.finish().map_err(|error| unwritten(error.into()));
    let summary = ran.and_then(|summary| written.map(|()| summary));
    let summary = summary.inspect_err(|_| {
        if ours {
            // What failed is told; that its beginning stays behind is not worth a second message.
            let _ = fs::remove_file(file);
        }
    })?;
    if file != Path::new("-") {
        output::tell(&text!(cli_wrote, file = name, steps = summary.records));
    }
    Ok(Outcome::Fine)
}

/// What went wrong in a demo, with its name.
fn failed(demo: &Demo, error: &DemoError) -> anyhow::Error {
    language::wrong(&text!(
        cli_demo_failed,
        name = demo.name,
        error = error.to_string()
    ))
}
