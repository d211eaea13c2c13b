//! A class: each submission to an exercise is a row, whatever it is.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use evscope_exercise::Exercise;
use evscope_export::csv_cell;
use evscope_replay::Lang;
use evscope_trace::visible;
use evscope_words::text;
use serde_json::json;

use super::Args;
use crate::exercises::report::{Point, Report};
use crate::exercises::{self, Form, Program};
use crate::input::is_trace_name;
use crate::output::{self, Out, Paint, Style};
use crate::{Outcome, language};

pub(super) fn run(args: &Args, exercise: &str, lang: Lang) -> anyhow::Result<Outcome> {
    let exercise = exercises::of_name(exercise)?;
    let submissions = submissions(&args.files)?;
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

/// What is in the folders, in alphabetical order; what is named by itself is a submission itself.
fn submissions(named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for name in named {
        if !name.is_dir() {
            all.push(name.clone());
            continue;
        }
        let entries = fs::read_dir(name).map_err(|error| anyhow!("{}: {error}", name.display()))?;
        let hidden = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default();
            name.as_encoded_bytes().starts_with(b".")
        };
        let mut inside: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| !hidden(path))
            .collect();
        if inside.is_empty() {
            let folder = name.display();
            return Err(language::wrong(&text!(exercise_no_submissions, folder)));
        }
        inside.sort();
        all.append(&mut inside);
    }
    Ok(all)
}

/// Whose it is: the name of the file or folder.
fn who(submission: &Path) -> String {
    let name = submission.file_name().unwrap_or(submission.as_os_str());
    name.to_string_lossy().into_owned()
}

/// What became of a submission. Nothing about one stops the others.
fn judged(exercise: &Exercise, submission: &Path, lang: Lang) -> Report {
    let is_trace = submission
        .file_name()
        .and_then(|name| name.to_str())
        .is_some_and(is_trace_name);
    if is_trace {
        return of_trace(exercise, submission, lang);
    }
    let Some(program) = program(exercise, submission) else {
        return Report::of_problem(text!(exercise_no_program).in_lang(lang));
    };
    let traces = tempfile::tempdir();
    let report = traces.map_err(anyhow::Error::from).and_then(|folder| {
        let trace = folder.path().join("trace.jsonl");
        exercises::run::judge(exercise, &program, &trace, lang)
    });
    report.unwrap_or_else(|error| Report::of_problem(crate::in_full(&error)))
}

/// A trace is held against the rules, in the judge's process like a program.
fn of_trace(exercise: &Exercise, trace: &Path, lang: Lang) -> Report {
    let program = Program {
        form: Form::Trace,
        file: trace.to_owned(),
    };
    let report = exercises::run::judge(exercise, &program, Path::new(""), lang);
    report.unwrap_or_else(|error| Report::of_problem(crate::in_full(&error)))
}

/// The program of a submission: a file by its ending, or what is in a folder.
fn program(exercise: &Exercise, submission: &Path) -> Option<Program> {
    if submission.is_dir() {
        let named = Program::in_folder(submission, &exercise.name, None)
            .ok()
            .flatten();
        return named.or_else(|| only_program(submission));
    }
    let form = Form::of_file(submission)?;
    Some(Program {
        form,
        file: submission.to_owned(),
    })
}

/// The first program of a folder in which none is called like the exercise.
fn only_program(folder: &Path) -> Option<Program> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    files.into_iter().find_map(|file| {
        let form = Form::of_file(&file)?;
        Some(Program { form, file })
    })
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
