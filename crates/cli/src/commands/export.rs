//! `evscope export`: a trace in a format that other tools read.

use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::builder::PossibleValue;
use clap::{ValueEnum, ValueHint};
use evscope_export::{ExportError, Format, Part, check, export_part};
use evscope_replay::Lang;
use evscope_trace::{Level, Over};
use evscope_tui::{CAST_MOST, CastOptions, begins_a_cast, cast};
use evscope_words::text;

use crate::args::{Force, Steps};
use crate::input::Input;
use crate::{Outcome, args, language, output, select};

/// Write a trace in a format that other tools read
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope export hello-world --to json | jq '.records | length'
  evscope export trace.jsonl --to chrome -o trace.json     then open it in ui.perfetto.dev
  evscope export trace.jsonl --to jsonl -o trace.jsonl.zst
  evscope export hello-world --to svg --steps 53-78 -o writecb.svg
  evscope export hello-world --to html -o hello-world.html     then open it in a browser
  evscope export hello-world --to cast --steps 17-78 -o hello-world.cast     then asciinema play hello-world.cast
  evscope export hello-world --to mermaid --level 1
  evscope export trace.jsonl --to jsonl --filter 'bev=1' -o bev1.jsonl")]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,

    /// The format
    #[arg(long, value_name = "FORMAT")]
    to: ExportFormat,

    /// The file to write; `.gz` and `.zst` are packed [default: the standard output]
    #[arg(short, long, value_name = "OUT", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,

    #[command(flatten)]
    force: Force,

    /// Only these steps: `53-78`, `53-` or `-78`
    #[arg(long, value_name = "FROM-TO", value_parser = args::steps, allow_hyphen_values = true)]
    steps: Option<Steps>,

    /// Only steps up to this detail level: 1, 2 or 3 [default: what suits the format]
    #[arg(long, value_name = "LEVEL", value_parser = args::level)]
    level: Option<Level>,

    /// Only steps that match a query, calls with their ends
    #[arg(long, value_name = "QUERY")]
    filter: Option<String>,
}

/// A format, as the command line takes it.
#[derive(Debug, Clone, Copy)]
enum ExportFormat {
    /// One of the export crate's.
    Of(Format),
    /// What the screen would show.
    Cast,
}

impl ValueEnum for ExportFormat {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [ExportFormat; Format::ALL.len() + 1] = {
            let mut all = [ExportFormat::Cast; Format::ALL.len() + 1];
            let mut i = 0;
            while i < Format::ALL.len() {
                all[i] = ExportFormat::Of(Format::ALL[i]);
                i += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, about) = match self {
            Self::Of(format) => (format.name(), format.about()),
            Self::Cast => (
                CAST,
                "A recording of the screen for asciinema's player, with pauses where something is to be seen",
            ),
        };
        Some(PossibleValue::new(name).help(about))
    }
}

const CAST: &str = "cast";

pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    let trace = args.input.open()?;
    let mut part = Part::whole(&trace).in_lang(lang);
    if args.filter.is_some() {
        let query = args.filter.as_deref().map(select::query).transpose()?;
        let wanted = select::filter(&trace, query.as_ref());
        part = part.wanted(move |step| wanted.has(step));
    }
    if let Some(level) = args.level {
        part = part.level(level);
    }
    if let Some(Steps { from, to }) = args.steps {
        part = part.steps(select::range(&trace, from, to)?);
    }
    match args.to {
        ExportFormat::Of(format) => {
            // Before a file is made or replaced.
            check(&part, format)?;
            let like = |start: &[u8]| format.begins(start);
            write(args, &like, |out| match export_part(&part, format, out) {
                // As such, so that a reader that has seen enough is known.
                Err(ExportError::Write(error)) => Err(error.into()),
                done => Ok(done?),
            })?;
        }
        ExportFormat::Cast => {
            let options = CastOptions {
                level: args.level.unwrap_or(Level::Walkthrough),
                lang,
                ..CastOptions::default()
            };
            let steps: Vec<usize> = part.listed(options.level).collect();
            if steps.len() > CAST_MOST {
                return Err(language::wrong(&text!(
                    export_too_long,
                    steps = steps.len(),
                    format = CAST,
                    most = CAST_MOST
                )));
            }
            drop(part);
            write(args, &begins_a_cast, |out| {
                Ok(cast(trace, &steps, &options, out)?)
            })?;
        }
    }
    Ok(Outcome::Fine)
}

/// Writes to the output or into the file. A file that does not begin as `like` says is somebody else's.
fn write(
    args: &Args,
    like: &(dyn Fn(&[u8]) -> bool + Sync),
    make: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let path = args.output.as_deref();
    let Some(path) = path.filter(|path| *path != Path::new("-")) else {
        return make(&mut output::stdout());
    };
    let named = |error: &dyn Display| anyhow!("{}: {error}", path.display());
    let over = args.force.over(Over::Like(like));
    let mut out = evscope_trace::create_over(path, over).map_err(|error| named(&error))?;
    make(&mut out).map_err(|error| named(&error))?;
    out.finish().map_err(|error| named(&error))
}
