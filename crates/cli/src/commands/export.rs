//! `evscope export`: a trace in a format that other tools read.

use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::builder::PossibleValue;
use clap::{ValueEnum, ValueHint};
use evscope_export::{
    ExportError, Format, Guide, Part, begins_flat, check, export_flat, export_part, html,
};
use evscope_replay::{Again, Lang, Records, Trace};
use evscope_trace::{Level, Over};
use evscope_tui::{CAST_MOST, CastOptions, begins_a_cast, cast, read_notes};
use evscope_words::text;

use crate::args::{Force, Steps};
use crate::input::{self, Input, InputPlace};
use crate::{Outcome, args, language, lessons, output, select};

/// Write a trace in a format that other tools read
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope export hello-world --to json | jq '.records | length'
  evscope export trace.jsonl --to chrome -o trace.json     then open it in ui.perfetto.dev
  evscope export trace.jsonl --to jsonl -o trace.jsonl.zst
  evscope export trace.jsonl --to jsonl --flat -o trace.flat.jsonl.zst     for databases: docs/queries-over-many.md
  evscope export hello-world --to svg --steps 53-78 -o writecb.svg
  evscope export hello-world --to html -o hello-world.html     then open it in a browser
  evscope export hello-world --to html --slides --lesson writecb -o slides.html
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

    /// With --to jsonl: one row a step, every row with the same columns, in place of a trace
    #[arg(long)]
    flat: bool,

    /// With --to html: a stop a slide, to show and to print, in place of a page to step through
    #[arg(long)]
    slides: bool,

    /// With --to html: the stops and questions of a lesson, by its name or file
    #[arg(long, value_name = "LESSON")]
    lesson: Option<PathBuf>,

    /// With --to html: notes on steps, from a file as the replay keeps them (TRACE.marks)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    notes: Option<PathBuf>,

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
    if args.flat && !matches!(args.to, ExportFormat::Of(Format::Jsonl)) {
        return Err(language::wrong(&text!(cli_flat_is_jsonl)));
    }
    let is_guided = args.slides || args.lesson.is_some() || args.notes.is_some();
    if is_guided && !matches!(args.to, ExportFormat::Of(Format::Html)) {
        return Err(language::wrong(&text!(cli_slides_are_html)));
    }
    let query = args.filter.as_deref().map(select::query).transpose()?;
    let place = args.input.place()?;
    let source = source(&place, args)?;
    let guide = guide(args, source.records())?;
    let mut part = Part::whole(source.records()).in_lang(lang);
    if let Some(guide) = &guide {
        part = part.guided(guide);
    }
    // How it ends is said before anything is written of it, where that is to be known by then.
    let once = matches!(args.to, ExportFormat::Of(format) if format.goes_through_once());
    if !once || args.steps.is_some() {
        part.outline()?;
    }
    let is_said = part.end().is_some();
    if let Some(end) = part.end() {
        input::say_end(&place.name(), end);
    }
    let steps = match args.steps {
        Some(Steps { from, to }) => Some(select::range(part.outline()?, from, to)?),
        None => None,
    };
    if let Some(query) = &query {
        part = part.filter(query);
    }
    if let Some(level) = args.level {
        part = part.level(level);
    }
    if let Some(steps) = steps {
        part = part.steps(steps);
    }
    match args.to {
        ExportFormat::Of(Format::Html) if args.slides => {
            check(&part, Format::Html)?;
            let like = |start: &[u8]| Format::Html.begins(start);
            write(args, &like, |out| written(html::write_slides(&part, out)))?;
        }
        ExportFormat::Of(Format::Jsonl) if args.flat => {
            write(args, &begins_flat, |out| written(export_flat(&part, out)))?;
        }
        ExportFormat::Of(format) => {
            // Before a file is made or replaced.
            check(&part, format)?;
            let like = |start: &[u8]| format.begins(start);
            write(args, &like, |out| written(export_part(&part, format, out)))?;
            if let Some(end) = part.end().filter(|_| !is_said) {
                input::say_end(&place.name(), end);
            }
        }
        ExportFormat::Cast => as_cast(args, &part, lang)?,
    }
    Ok(Outcome::Fine)
}

/// What is said of the trace, if anything is.
fn guide(args: &Args, records: Records<'_>) -> anyhow::Result<Option<Guide>> {
    if args.lesson.is_none() && args.notes.is_none() {
        return Ok(None);
    }
    let mut guide = Guide::default();
    if let Some(asked) = &args.lesson {
        let (lesson, found) =
            lessons::found_in(asked, Part::whole(records).in_memory()?.into_owned())?;
        guide = Guide::of_lesson(&lesson, &found);
    }
    if let Some(path) = &args.notes {
        let file = path.display().to_string();
        let notes = read_notes(&input::text_of(path).with_context(|| file.clone())?);
        if notes.is_empty() {
            return Err(language::wrong(&text!(cli_no_notes, file)));
        }
        guide = guide.with_notes(notes);
    }
    Ok(Some(guide))
}

/// The trace, to be gone through more than once.
enum Source<'a> {
    Held(Box<Trace>),
    Read(Again<'a>),
}

impl Source<'_> {
    fn records(&self) -> Records<'_> {
        match self {
            Self::Held(trace) => Records::from(&**trace),
            Self::Read(again) => again.into(),
        }
    }
}

/// Where the trace is. One that begins with the steps of another one is read into memory if
/// there is a file already where the output is to be: it may be that other one.
fn source<'a>(place: &'a InputPlace, args: &Args) -> anyhow::Result<Source<'a>> {
    let output = args.output.as_deref();
    let is_there = output.is_some_and(Path::is_file);
    if is_there && matches!(place, InputPlace::File(path) if path.is_file()) {
        let inherits = place.reader()?.inherited() > 0;
        if inherits {
            return Ok(Source::Held(Box::new(place.read_until(None)?)));
        }
    }
    Ok(Source::Read(place.again(output)?))
}

/// An error of the output as such, so that a reader that has seen enough is known.
fn written(done: Result<(), ExportError>) -> anyhow::Result<()> {
    match done {
        Err(ExportError::Write(error)) => Err(error.into()),
        done => Ok(done?),
    }
}

fn as_cast(args: &Args, part: &Part<'_>, lang: Lang) -> anyhow::Result<()> {
    let options = CastOptions {
        level: args.level.unwrap_or(Level::Walkthrough),
        lang,
        ..CastOptions::default()
    };
    let steps = part.listed(options.level)?;
    if steps.len() > CAST_MOST {
        return Err(language::wrong(&text!(
            export_too_long,
            steps = steps.len(),
            format = CAST,
            most = CAST_MOST
        )));
    }
    let trace = part.in_memory()?.into_owned();
    write(args, &begins_a_cast, |out| {
        Ok(cast(trace, &steps, &options, out)?)
    })
}

/// Writes to the output or into the file. A file that does not begin as `like` says is somebody else's.
fn write(
    args: &Args,
    like: &(dyn Fn(&[u8]) -> bool + Sync),
    make: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let path = args.output.as_deref();
    let Some(path) = path.filter(|path| *path != Path::new("-")) else {
        return match args.to {
            ExportFormat::Of(format) if format.is_plain() => make(&mut output::all_of_stdout()),
            ExportFormat::Of(_) | ExportFormat::Cast => make(&mut output::stdout()),
        };
    };
    let named = |error: &dyn Display| anyhow!("{}: {error}", path.display());
    let over = args.force.over(Over::Like(like));
    let mut out = evscope_trace::create_over(path, over).map_err(|error| named(&error))?;
    make(&mut out).map_err(|error| named(&error))?;
    out.finish().map_err(|error| named(&error))
}
