//! Findings for people.

use std::io::Write;

use evscope_replay::check::{Finding, More, RULES, Severity};
use evscope_trace::{SourceLine, visible};
use evscope_words::Lang;

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
    write!(out, "  {}: step {}", visible(trace), finding.step)?;
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
pub(super) fn more(more: &[More], paint: Paint) -> anyhow::Result<()> {
    let mut out = output::stdout();
    for more in more {
        severity(more.severity, paint, &mut out)?;
        let at = more
            .place
            .as_ref()
            .map_or_else(String::new, |line| format!(" at {}", place(line)));
        writeln!(out, ": {} more [{}]{at}", more.count, more.rule)?;
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
    paint: Paint,
) -> anyhow::Result<()> {
    let mut out = output::stdout();
    let trace = visible(trace);
    let steps = match steps {
        1 => "1 step".to_owned(),
        steps => format!("{steps} steps"),
    };
    match counts.words() {
        Some(words) => writeln!(out, "{trace}: {words} in {steps}")?,
        None => {
            let nothing = format!("{trace}: nothing found in {steps}");
            paint.write(&mut out, Style::Faint, &nothing)?;
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
