//! `evscope export`: a trace in a format that other tools read.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::builder::PossibleValue;
use clap::{ValueEnum, ValueHint};
use evscope_export::{ExportError, Format, Part, check, export_part};
use evscope_replay::Lang;
use evscope_trace::{Level, Over};

use crate::args::{Force, Steps};
use crate::input::Input;
use crate::{Outcome, args, output, select};

/// Write a trace in a format that other tools read
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope export hello-world --to json | jq '.records | length'
  evscope export trace.jsonl --to chrome -o trace.json     then open it in ui.perfetto.dev
  evscope export trace.jsonl --to jsonl -o trace.jsonl.zst
  evscope export hello-world --to svg --steps 53-78 -o writecb.svg
  evscope export hello-world --to html -o hello-world.html     then open it in a browser
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
struct ExportFormat(Format);

impl ValueEnum for ExportFormat {
    fn value_variants<'a>() -> &'a [Self] {
        // The formats are the export crate's; this wraps each of them.
        const ALL: [ExportFormat; Format::ALL.len()] = {
            let mut all = [ExportFormat(Format::Json); Format::ALL.len()];
            let mut i = 0;
            while i < all.len() {
                all[i] = ExportFormat(Format::ALL[i]);
                i += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()).help(self.0.about()))
    }
}

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
    let ExportFormat(format) = args.to;
    // Before a file is made or replaced.
    check(&part, format)?;
    match args
        .output
        .as_deref()
        .filter(|path| *path != Path::new("-"))
    {
        None => match export_part(&part, format, &mut output::stdout()) {
            // As such, so that a reader that has seen enough is known.
            Err(ExportError::Write(error)) => return Err(error.into()),
            done => done?,
        },
        Some(path) => {
            let named = |error: &dyn Display| anyhow!("{}: {error}", path.display());
            let like = |start: &[u8]| format.begins(start);
            let over = args.force.over(Over::Like(&like));
            let mut out = evscope_trace::create_over(path, over).map_err(|error| named(&error))?;
            export_part(&part, format, &mut out).map_err(|error| named(&error))?;
            out.finish().map_err(|error| named(&error))?;
        }
    }
    Ok(Outcome::Fine)
}
