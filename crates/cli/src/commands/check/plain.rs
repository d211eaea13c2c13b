//! Findings for people.

use std::io::Write;

use evscope_replay::check::{Finding, More, RULES, Severity};
use evscope_trace::{SourceLine, visible};
use evscope_words::{Lang, text};

use super::report::Counts;
use crate::output::{self, Out, Paint, Style};

/// A finding: what is wrong, where, what to do, and how to look at it.
pub(super) fn finding(
    trace: &str,
    finding: &Finding,
    command: Option<&str>,
    lang: Lang,
    paint: Paint,
) -> anyhow::Result<()> {
    let mut out = output::stdout();
    severity(finding.severity, paint, &mut out)?;
    write!(out, ": ")?;
    paint.write(&mut out, Style::Strong, &finding.message.in_lang(lang))?;
    write!(out, " ")?;
    paint.write(&mut out, Style::Faint, &format!("[{}]", finding.rule))?;
    writeln!(out)?;
    let step = text!(check_at_step, step = finding.step.to_string()).in_lang(lang);
    write!(out, "  {}: {step}", visible(trace))?;
    if let Some(line) = &finding.place {
        write!(out, ", {}", place(line))?;
    }
    writeln!(out)?;
    writeln!(out, "  {}", visible(&finding.advice.in_lang(lang)))?;
    if let Some(command) = command {
        write!(out, "  ")?;
        paint.write(&mut out, Style::Faint, command)?;
        writeln!(out)?;
    }
    writeln!(out)?;
    Ok(out.flush()?)
}

/// How often what was told was found again.
pub(super) fn more(more: &[More], lang: Lang, paint: Paint) -> anyhow::Result<()> {
    let mut out = output::stdout();
    for more in more {
        severity(more.severity, paint, &mut out)?;
        let again = text!(check_more, count = more.count, rule = more.rule).in_lang(lang);
        write!(out, ": {again}")?;
        if let Some(line) = &more.place {
            write!(out, ", {}", place(line))?;
        }
        writeln!(out)?;
    }
    if !more.is_empty() {
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

/// What there is of a trace, in a line.
pub(super) fn summary(
    trace: &str,
    steps: usize,
    counts: Counts,
    lang: Lang,
    paint: Paint,
) -> anyhow::Result<()> {
    let mut out = output::stdout();
    let trace = visible(trace);
    let steps = text!(check_steps, steps);
    match counts.words() {
        Some(found) => {
            let found = text!(check_found, found, steps).in_lang(lang);
            writeln!(out, "{trace}: {found}")?;
        }
        None => {
            let nothing = text!(check_nothing_found, steps).in_lang(lang);
            paint.write(&mut out, Style::Faint, &format!("{trace}: {nothing}"))?;
            writeln!(out)?;
        }
    }
    Ok(out.flush()?)
}

/// All rules.
pub(super) fn list(lang: Lang, paint: Paint) -> anyhow::Result<()> {
    let mut out = output::stdout();
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    for rule in RULES {
        write!(out, "{:width$}  ", rule.name)?;
        severity(rule.severity, paint, &mut out)?;
        let pad = "warning".len() - rule.severity.name().len();
        writeln!(out, "{:pad$}  {}", "", rule.about.in_lang(lang))?;
    }
    Ok(out.flush()?)
}

fn severity(severity: Severity, paint: Paint, out: &mut dyn Out) -> anyhow::Result<()> {
    let style = match severity {
        Severity::Error => Style::Error,
        Severity::Warning => Style::Warning,
        Severity::Note => Style::Faint,
    };
    Ok(paint.write(out, style, severity.name())?)
}

fn place(line: &SourceLine) -> String {
    let function = line
        .function
        .as_deref()
        .map_or_else(String::new, |function| format!(" in {function}"));
    visible(&format!("{}:{}{function}", line.file, line.line)).into_owned()
}
