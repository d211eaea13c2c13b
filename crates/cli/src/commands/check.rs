//! `evscope check`: the mistakes in traces.

#[cfg(has_reactor)]
mod class;
mod follow;
mod own;
mod plain;
mod report;
mod sarif;
#[cfg(has_reactor)]
mod submissions;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use evscope_replay::check::{CheckOptions, Checker, Finding, RuleInfo, Severity};
use evscope_replay::{each_line, parse_bytes, parse_span};
use evscope_trace::{Line, Nanos};
use evscope_words::text;

use crate::input::{Input, is_trace_name};
use crate::output::Color;
use crate::settings::Settings;
use crate::{Outcome, language, output};
use report::{Form, Report};

/// Find the mistakes in traces: what is wrong, at which step, and what to do
///
/// Each rule has its page in docs/rules. Ends with status 0 when nothing was found that --deny names, and with 1
/// when something was.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope check trace.jsonl
  evscope check traces/ --deny note
  evscope check trace.jsonl --rule unsent --rule stall-high
  evscope check trace.jsonl --json | jq 'select(.severity==\"error\")'
  evscope check trace.jsonl --sarif > findings.sarif
  zstd -dc trace.jsonl.zst | evscope check -
  evscope check growing.jsonl --follow
  evscope check class/ --rules exercise.toml --csv
  evscope check class/ --rules exercise.toml --run
  evscope check class/ --exercise hello")]
pub(crate) struct Args {
    /// Traces, folders of traces, `-` for the standard input, or the names of built-in traces
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::AnyPath, required_unless_present = "list")]
    files: Vec<PathBuf>,

    /// Only this rule; may be given more than once
    #[arg(long, value_name = "RULE", value_parser = rule)]
    rule: Vec<&'static RuleInfo>,

    /// Not this rule; may be given more than once
    #[arg(long, value_name = "RULE", value_parser = rule)]
    allow: Vec<&'static RuleInfo>,

    /// What makes the status 1: error, warning or note, each with those before it
    #[arg(long, value_name = "SEVERITY", default_value = "warning")]
    deny: Severity,

    /// How long a callback may hold the loop
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = span)]
    blocked: Nanos,

    /// How many bytes may wait in an output
    #[arg(long, value_name = "BYTES", default_value = "8MiB", value_parser = bytes)]
    output: u64,

    /// Go on with what is added to the trace
    #[arg(long)]
    follow: bool,

    /// As JSON, one finding a line
    #[arg(long, conflicts_with = "sarif")]
    json: bool,

    /// As SARIF 2.1.0, which editors and code hosts show beside the code
    #[arg(long, conflicts_with = "follow")]
    sarif: bool,

    /// Rules of one's own in place of evscope's: each trace is a row with what became of each rule
    #[arg(long, group = "table", value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with_all = ["rule", "allow", "follow", "sarif", "list"])]
    rules: Option<PathBuf>,

    /// With --rules: what stands in the folders is a row each, and programs among it are run with limits: scenarios, C and
    /// Rust, which are compiled, and compiled ones
    #[arg(long, requires = "rules")]
    run: bool,

    /// Judge submissions to this exercise in place of traces: each program in the folder is run with limits, and is a row
    /// with what became of each point
    #[arg(long, group = "table", value_name = "NAME", conflicts_with_all = ["rule", "allow", "follow", "sarif", "list"])]
    exercise: Option<String>,

    /// The table of --rules or --exercise as comma-separated values
    #[arg(long, requires = "table", conflicts_with = "json")]
    csv: bool,

    /// List the rules
    #[arg(long, conflicts_with_all = ["follow", "sarif", "json"])]
    list: bool,

    /// When to use colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: Color,
}

pub(crate) fn run(args: &Args, settings: &Settings) -> anyhow::Result<Outcome> {
    let lang = settings.lang;
    if args.list {
        plain::list(lang, args.color.paint())?;
        return Ok(Outcome::Fine);
    }
    if let Some(rules) = &args.rules {
        return own::run(args, rules, settings.lang);
    }
    if let Some(exercise) = &args.exercise {
        return of_class(args, exercise, lang);
    }
    let form = match (args.json, args.sarif) {
        (true, _) => Form::Json,
        (_, true) => Form::Sarif,
        _ => Form::Plain(args.color.paint()),
    };
    let mut report = Report::new(form, lang);
    if args.follow {
        let [file] = args.files.as_slice() else {
            return Err(language::wrong(&text!(cli_check_follow_one)));
        };
        follow::run(args, file, &mut report)?;
    } else {
        for file in traces(&args.files)? {
            one(args, &file, &mut report)?;
        }
    }
    report.finish()?;
    Ok(if report.worst() >= Some(args.deny) {
        Outcome::Findings
    } else {
        Outcome::Fine
    })
}

#[cfg(has_reactor)]
fn of_class(args: &Args, exercise: &str, lang: evscope_words::Lang) -> anyhow::Result<Outcome> {
    class::run(args, exercise, lang)
}

#[cfg(not(has_reactor))]
fn of_class(_: &Args, _: &str, _: evscope_words::Lang) -> anyhow::Result<Outcome> {
    let command = "check --exercise";
    Err(language::wrong(&text!(cli_needs_reactor, command)))
}

impl Args {
    fn checker(&self) -> Checker {
        let options = CheckOptions {
            blocked: self.blocked,
            output: self.output,
        };
        let among = |rules: &[&'static RuleInfo], rule: &RuleInfo| {
            rules.iter().any(|named| named.name == rule.name)
        };
        Checker::new(&options, |rule| {
            (self.rule.is_empty() || among(&self.rule, rule)) && !among(&self.allow, rule)
        })
    }
}

/// The traces that are named, those of a folder in alphabetical order.
fn traces(named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for name in named {
        if !name.is_dir() {
            files.push(name.clone());
            continue;
        }
        let entries =
            std::fs::read_dir(name).map_err(|error| anyhow!("{}: {error}", name.display()))?;
        let mut inside: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| {
                let name = path.file_name().and_then(|name| name.to_str());
                name.is_some_and(is_trace_name)
            })
            .collect();
        if inside.is_empty() {
            return Err(language::wrong(&text!(
                cli_no_trace_in_folder,
                folder = name.display()
            )));
        }
        inside.sort();
        files.append(&mut inside);
    }
    Ok(files)
}

/// Checks a trace that is there as a whole, without keeping it.
fn one(args: &Args, file: &Path, report: &mut Report) -> anyhow::Result<()> {
    let input = Input {
        file: file.to_owned(),
    };
    let place = input.place()?;
    let mut reader = place.reader()?;
    let mut checker = args.checker();
    report.begin(file, &place)?;
    // What is found in what its parent did until the fork is said of the parent's trace.
    let first = usize::try_from(reader.inherited()).unwrap_or(usize::MAX);
    let own = |mut findings: Vec<Finding>| {
        findings.retain(|finding| finding.step >= first);
        findings
    };
    let read = each_line(&mut reader, place.coming(), |line| {
        if let Line::Record(record) = line {
            checker.step(record);
            if checker.has_found() {
                report.tell(own(checker.take()))?;
            }
        }
        Ok::<_, anyhow::Error>(ControlFlow::Continue(()))
    });
    // What was found before a line that cannot be read is told all the same.
    let findings = if read.is_ok() {
        checker.finish()
    } else {
        checker.take()
    };
    report.tell(own(findings))?;
    report.end(&checker)?;
    read?;
    if let Some(lacking) = reader.lacking() {
        output::say(lacking);
    }
    if let Some(cut) = reader.cut_off() {
        output::tell(&text!(
            cli_cut_off_checked,
            file = file.display(),
            line = cut.line.to_string(),
            bytes = cut.bytes,
        ));
    }
    Ok(())
}

fn rule(name: &str) -> Result<&'static RuleInfo, String> {
    RuleInfo::named(name).ok_or_else(|| {
        language::told(&match RuleInfo::near(name) {
            Some(near) => text!(cli_no_rule_near, near),
            None => text!(cli_no_rule),
        })
    })
}

fn span(text: &str) -> Result<Nanos, String> {
    parse_span(text).ok_or_else(|| language::told(&text!(cli_no_time)))
}

fn bytes(text: &str) -> Result<u64, String> {
    parse_bytes(text).ok_or_else(|| language::told(&text!(cli_no_bytes)))
}
