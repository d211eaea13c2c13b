//! `evscope diff`: whether two traces tell of the same.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::ValueHint;
use evscope_replay::{Allow, Allowed, DiffOptions, Ignore, Query, Sides, Trace, allowed, diff};
use evscope_scenario::Scenario;
use evscope_trace::{Event, Level};
use evscope_words::text;

use crate::input::{Input, InputPlace};
use crate::output::Color;
use crate::text::diff::Report;
use crate::{Outcome, args, language, output};

/// Compare two traces: the same, or where they part
///
/// What is chance is not compared: times, process ids, addresses and ports, fds, source lines, the numbers
/// of objects (they are matched in the order in which they come), how the steps of threads mingle, and waits
/// that a signal cut short. What a scenario (`allow order "why"`) or a comment in a program (`evscope: allow pieces "why"`)
/// allows to differ is not compared either, and that is said. The exit status is 0 when the traces are the same and 1 when they differ.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope diff before.jsonl after.jsonl
  evscope diff ours.jsonl libevent.jsonl --level 3
  evscope diff a.jsonl b.jsonl --filter 'bev=1' --ignore lengths,callback
  evscope diff a.jsonl b.jsonl --json | jq '.differences | length'")]
pub(crate) struct Args {
    /// A trace, as in every command: a file, `-`, or the name of a built-in trace
    #[arg(value_name = "A", value_hint = ValueHint::FilePath)]
    a: PathBuf,

    /// The trace to compare it with
    #[arg(value_name = "B", value_hint = ValueHint::FilePath)]
    b: PathBuf,

    /// The detail level: 1 program, 2 walkthrough, 3 everything
    #[arg(long, value_name = "LEVEL", default_value = "2", value_parser = args::level)]
    level: Level,

    /// Only steps that match a query
    #[arg(long, value_name = "QUERY")]
    filter: Option<String>,

    /// Fields that may differ, as `evscope print` and queries name them; `lengths` is all numbers of bytes, `pieces` is how
    /// the bytes of a stream come in pieces, `leaks` is what is freed with its base because nobody freed it
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    ignore: Vec<String>,

    /// As JSON
    #[arg(long)]
    json: bool,

    /// When to use colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: Color,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut options = options(args)?;
    if args.a == args.b && args.a == Path::new(InputPlace::STDIN) {
        return Err(language::wrong(&text!(cli_only_one_stdin)));
    }
    let traces = Sides {
        a: open(&args.a)?,
        b: open(&args.b)?,
    };
    let scenarios = [&traces.a, &traces.b].map(scenario);
    options.exact_times = scenarios.iter().all(Option::is_some);
    let mut said = Vec::new();
    for (trace, scenario) in [&traces.a, &traces.b].into_iter().zip(scenarios) {
        let order = scenario.and_then(|scenario| scenario.any_order);
        let order = order.map(|why| Allowed {
            what: Allow::Order,
            why,
        });
        for Allowed { what, why } in order.into_iter().chain(allowed(trace)) {
            if said.contains(&what) {
                continue;
            }
            said.push(what);
            let text = match what {
                Allow::Order => text!(cli_any_order, trace = trace.name(), why),
                Allow::Pieces => text!(cli_any_pieces, trace = trace.name(), why),
                Allow::Leaks => text!(cli_any_leaks, trace = trace.name(), why),
            };
            output::tell(&text);
            options.allow(what);
        }
    }
    let diff = diff(&traces.a, &traces.b, &options);
    let compared = diff.steps();
    if let Some(filter) = &options.filter
        && compared.a.is_empty()
        && compared.b.is_empty()
    {
        return Err(language::wrong(&text!(
            cli_nothing_to_compare,
            level = args.level.number(),
            filter = filter.text()
        )));
    }
    let outcome = if diff.is_same() {
        Outcome::Fine
    } else {
        Outcome::Findings
    };
    let report = Report::new(traces, diff, args.level);
    if args.json {
        output::write_json(&report.json())?;
        return Ok(outcome);
    }
    let mut out = output::stdout();
    report.write(args.color.paint(), &mut out)?;
    out.flush()?;
    Ok(outcome)
}

fn options(args: &Args) -> anyhow::Result<DiffOptions> {
    let filter = args.filter.as_deref().map(Query::parse).transpose();
    let mut ignore = Ignore::default();
    for name in &args.ignore {
        ignore
            .add(name)
            .map_err(|error| anyhow!("--ignore: {error}"))?;
    }
    Ok(DiffOptions {
        level: args.level,
        filter: filter
            .map_err(|error| anyhow!("--filter: {}", error.in_lang(language::spoken())))?,
        ignore,
        any_order: false,
        exact_times: false,
    })
}

/// The scenario that a trace is of.
fn scenario(trace: &Trace) -> Option<Scenario> {
    let files = trace.source_files().into_iter();
    files
        .filter(|file| file.ends_with(".scn"))
        .flat_map(|file| trace.source_file(file))
        .find_map(|text| Scenario::parse(&text.file, &text.text).ok())
}

/// Reads a trace. One with a gap is compared as it is, and that is said.
fn open(file: &Path) -> anyhow::Result<Trace> {
    let trace = Input {
        file: file.to_owned(),
    }
    .open()?;
    let lost: u64 = trace
        .records()
        .map(|record| match record.event {
            Event::Lost { count } => count,
            _ => 0,
        })
        .sum();
    if lost > 0 {
        output::tell(&text!(cli_lost, file = trace.name(), lost));
    }
    Ok(trace)
}
