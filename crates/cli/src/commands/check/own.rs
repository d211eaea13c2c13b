//! Rules of one's own, held against traces: who, which rule, at which step.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use evscope_export::csv_cell;
use evscope_replay::check::{OwnRules, Severity, Verdict};
use evscope_replay::{Lang, Trace};
use evscope_trace::visible;
use evscope_words::text;
use serde_json::json;

use super::{Args, traces};
use crate::input::Input;
use crate::output::{self, Out, Paint, Style};
use crate::{Outcome, output::Color};

/// Every rule against every trace.
pub(super) fn run(args: &Args, file: &Path, lang: Lang) -> anyhow::Result<Outcome> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| anyhow!("{name}: {error}"))?;
    let rules = OwnRules::parse(&name, &text)?;
    let mut out = match args.json {
        true => output::json_stdout(),
        false => output::stdout(),
    };
    let mut worst: Option<Severity> = None;
    if args.csv {
        writeln!(out, "trace,rule,severity,result,step,times,text")?;
    }
    let files = match args.run {
        true => submissions(args)?,
        false => traces(&args.files)?,
    };
    // A file that one names by itself is there; among many, one that is not is a row like the others.
    let is_alone = !args.run && args.files.len() == 1 && files == args.files;
    for file in files {
        let who = file.display().to_string();
        let trace = match trace_of(args, &file, lang) {
            Ok(trace) => trace,
            Err(error) if is_alone => return Err(error),
            Err(error) => {
                worst = worst.max(Some(Severity::Error));
                problem(&who, &crate::in_full(&error), args, &mut out)?;
                continue;
            }
        };
        for verdict in rules.check(&trace) {
            if !verdict.broken.is_empty() {
                worst = worst.max(Some(verdict.severity));
            }
            if args.json {
                json_row(&who, &verdict, lang, &mut out)?;
            } else if args.csv {
                csv_row(&who, &verdict, lang, &mut out)?;
            } else {
                row(&who, &rules, &verdict, lang, args.color, &mut out)?;
            }
        }
        // A class takes a while; what is known is said.
        out.flush()?;
    }
    out.flush()?;
    Ok(if worst >= Some(args.deny) {
        Outcome::Findings
    } else {
        Outcome::Fine
    })
}

#[cfg(has_reactor)]
fn submissions(args: &Args) -> anyhow::Result<Vec<PathBuf>> {
    super::submissions::all(&args.files)
}

#[cfg(not(has_reactor))]
fn submissions(_: &Args) -> anyhow::Result<Vec<PathBuf>> {
    let command = "check --run";
    Err(crate::language::wrong(&text!(cli_needs_reactor, command)))
}

/// The trace of a row: a file, or what a program has done that was run for it.
fn trace_of(args: &Args, file: &Path, lang: Lang) -> anyhow::Result<Trace> {
    #[cfg(has_reactor)]
    if args.run {
        return super::submissions::trace(file, lang);
    }
    let _ = (args, lang);
    let file = file.to_owned();
    Input { file }.open()
}

/// A row of what could not be held against the rules: why.
fn problem(who: &str, why: &str, args: &Args, out: &mut dyn Out) -> anyhow::Result<()> {
    if args.json {
        let row = json!({
            "trace": who,
            "rule": null,
            "severity": null,
            "ok": false,
            "broken": [],
            "problem": why,
        });
        serde_json::to_writer(&mut *out, &row)?;
        return Ok(out.write_all(b"\n")?);
    }
    if args.csv {
        return Ok(writeln!(
            out,
            "{},,,none,,,{}",
            csv_cell(who),
            csv_cell(why)
        )?);
    }
    // A compiler's message has many lines; a row has one.
    let why = why.lines().collect::<Vec<_>>().join(" ");
    write!(out, "{}  ", visible(who))?;
    args.color
        .paint()
        .write(out, Style::Error, &visible(&why))?;
    Ok(writeln!(out)?)
}

/// A line of the table for people.
fn row(
    who: &str,
    rules: &OwnRules,
    verdict: &Verdict,
    lang: Lang,
    color: Color,
    out: &mut dyn Out,
) -> anyhow::Result<()> {
    let paint: Paint = color.paint();
    let width = rules
        .names()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0);
    let pad = width.saturating_sub(verdict.rule.chars().count());
    write!(
        out,
        "{}  {}{:pad$}  ",
        visible(who),
        visible(&verdict.rule),
        ""
    )?;
    let Some(first) = verdict.broken.first() else {
        paint.write(out, Style::Faint, "ok")?;
        return Ok(writeln!(out)?);
    };
    let style = match verdict.severity {
        Severity::Error => Style::Error,
        Severity::Warning => Style::Warning,
        Severity::Note => Style::Faint,
    };
    paint.write(out, style, verdict.severity.name())?;
    let place = match first.step {
        Some(step) => text!(check_own_at, step = step.to_string()),
        None => text!(check_own_whole),
    };
    let said = visible(&verdict.text(first, lang)).into_owned();
    write!(out, " {}: {said}", place.in_lang(lang))?;
    match verdict.broken.len() {
        1 => writeln!(out)?,
        times => writeln!(out, " ({})", text!(check_own_times, times).in_lang(lang))?,
    }
    Ok(())
}

fn csv_row(who: &str, verdict: &Verdict, lang: Lang, out: &mut dyn Out) -> anyhow::Result<()> {
    let first = verdict.broken.first();
    let result = if first.is_some() { "broken" } else { "ok" };
    let step = first
        .and_then(|broken| broken.step)
        .map_or_else(String::new, |step| step.to_string());
    let text = first.map_or_else(String::new, |broken| verdict.text(broken, lang));
    writeln!(
        out,
        "{},{},{},{result},{step},{},{}",
        csv_cell(who),
        csv_cell(&verdict.rule),
        verdict.severity,
        verdict.broken.len(),
        csv_cell(&text)
    )?;
    Ok(())
}

fn json_row(who: &str, verdict: &Verdict, lang: Lang, out: &mut dyn Out) -> anyhow::Result<()> {
    let broken: Vec<_> = verdict
        .broken
        .iter()
        .map(|broken| {
            json!({
                "step": broken.step,
                "object": broken.object,
                "text": verdict.text(broken, lang),
            })
        })
        .collect();
    let row = json!({
        "trace": who,
        "rule": verdict.rule,
        "severity": verdict.severity,
        "ok": broken.is_empty(),
        "broken": broken,
    });
    serde_json::to_writer(&mut *out, &row)?;
    Ok(out.write_all(b"\n")?)
}
