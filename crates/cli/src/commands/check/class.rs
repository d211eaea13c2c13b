//! A class: each submission to an exercise is a row, whatever it is.

use std::io::Write;
use std::path::Path;

use evscope_exercise::Exercise;
use evscope_export::csv_cell;
use evscope_replay::Lang;
use evscope_trace::visible;
use evscope_words::text;
use serde_json::json;

use super::{Args, submissions};
use crate::exercises::report::{Point, Report};
use crate::output::{self, Out, Paint, Style};
use crate::{Outcome, exercises};

pub(super) fn run(args: &Args, exercise: &str, lang: Lang) -> anyhow::Result<Outcome> {
    let exercise = exercises::of_name(exercise)?;
    let submissions = submissions::all(&args.files)?;
    let mut out = match args.json {
        true => output::json_stdout(),
        false => output::stdout(),
    };
    if args.csv {
        writeln!(out, "who,point,result,step,text")?;
    }
    let names = submissions.iter().map(|file| who(file).chars().count());
    let width = names.max().unwrap_or(0);
    let mut right = 0;
    for submission in &submissions {
        let report = judged(&exercise, submission, lang);
        right += usize::from(report.is_right());
        let who = who(submission);
        if args.json {
            json_rows(&who, &report, &mut out)?;
        } else if args.csv {
            csv_rows(&who, &report, &mut out)?;
        } else {
            rows(&who, width, &report, lang, args.color.paint(), &mut out)?;
        }
        // A class takes a while; what is known is said.
        out.flush()?;
    }
    let all = submissions.len();
    if !args.json && !args.csv {
        writeln!(
            out,
            "{}",
            text!(exercise_class_sum, right, all).in_lang(lang)
        )?;
    }
    out.flush()?;
    Ok(match right == all {
        true => Outcome::Fine,
        false => Outcome::Findings,
    })
}

/// Whose it is: the name of the file or folder.
fn who(submission: &Path) -> String {
    let name = submission.file_name().unwrap_or(submission.as_os_str());
    name.to_string_lossy().into_owned()
}

/// What became of a submission. Nothing about one stops the others.
fn judged(exercise: &Exercise, submission: &Path, lang: Lang) -> Report {
    let Some(program) = submissions::program(Some(&exercise.name), submission) else {
        return Report::of_problem(text!(exercise_no_program).in_lang(lang));
    };
    let traces = tempfile::tempdir();
    let report = traces.map_err(anyhow::Error::from).and_then(|folder| {
        let trace = folder.path().join("trace.jsonl");
        exercises::run::judge(Some(exercise), &program, &trace, lang)
    });
    report.unwrap_or_else(|error| Report::of_problem(crate::in_full(&error)))
}

/// A line for each point that does not hold, or one for a submission that is right.
fn rows(
    who: &str,
    width: usize,
    report: &Report,
    lang: Lang,
    paint: Paint,
    out: &mut dyn Out,
) -> anyhow::Result<()> {
    let pad = width.saturating_sub(who.chars().count());
    let begin = format!("{}{:pad$}  ", visible(who), "");
    if report.is_right() {
        write!(out, "{begin}")?;
        paint.write(
            out,
            Style::Faint,
            &text!(exercise_class_right).in_lang(lang),
        )?;
        return Ok(writeln!(out)?);
    }
    if let Some(problem) = &report.problem {
        write!(out, "{begin}")?;
        // A compiler's message has many lines; a row has one.
        let first = problem.lines().collect::<Vec<_>>().join(" ");
        paint.write(out, Style::Error, &first)?;
        return Ok(writeln!(out)?);
    }
    for point in &report.points {
        let Some(broken) = &point.broken else {
            continue;
        };
        write!(out, "{begin}")?;
        paint.write(out, Style::Strong, &point.name)?;
        let place = match point.step {
            Some(step) => text!(check_own_at, step = step.to_string()).in_lang(lang),
            None => String::new(),
        };
        let space = if place.is_empty() { "" } else { " " };
        writeln!(out, "{space}{place}: {}", visible(broken))?;
    }
    Ok(())
}

/// A row for each point. What could not be judged has none: its row says why.
fn each<'a>(report: &'a Report) -> Vec<(&'a str, &'static str, Option<usize>, &'a str)> {
    if let Some(problem) = &report.problem {
        return vec![("", "none", None, problem)];
    }
    let row = |point: &'a Point| match &point.broken {
        Some(broken) => (point.name.as_str(), "broken", point.step, broken.as_str()),
        None => (point.name.as_str(), "ok", None, ""),
    };
    report.points.iter().map(row).collect()
}

fn csv_rows(who: &str, report: &Report, out: &mut dyn Out) -> anyhow::Result<()> {
    for (point, result, step, text) in each(report) {
        let step = step.map_or_else(String::new, |step| step.to_string());
        writeln!(
            out,
            "{},{},{result},{step},{}",
            csv_cell(who),
            csv_cell(point),
            csv_cell(text)
        )?;
    }
    Ok(())
}

fn json_rows(who: &str, report: &Report, out: &mut dyn Out) -> anyhow::Result<()> {
    for (point, result, step, text) in each(report) {
        let row = json!({
            "who": who,
            "point": (!point.is_empty()).then_some(point),
            "result": result,
            "step": step,
            "text": text,
        });
        serde_json::to_writer(&mut *out, &row)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
