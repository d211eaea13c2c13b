//! `evscope judge`: what `learn` and `check --exercise` start to judge one program, with the limits of a learner's
//! program. It says what it found as JSON.

use std::path::{Path, PathBuf};

use evscope_exercise::{Exercise, Judged};
use evscope_replay::Lang;
use evscope_trace::Over;
#[cfg(not(has_recorder))]
use evscope_words::text;

use crate::exercises::report::{Point, Report};
use crate::exercises::{self, Form, limits};
use crate::settings::Settings;
use crate::{Outcome, language, output};

/// Judge one program of an exercise
#[derive(Debug, clap::Args)]
#[command(hide = true)]
pub(crate) struct Args {
    /// The exercise
    exercise: String,

    /// The program's file
    program: PathBuf,

    /// What it is: a form of programs, or `trace`
    #[arg(long = "as", value_name = "FORM", value_parser = form)]
    form: Form,

    /// Where its trace goes
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, settings: &Settings) -> anyhow::Result<Outcome> {
    limits::set();
    let exercise = exercises::of_name(&args.exercise)?;
    let report = match judged(&exercise, args) {
        Ok(judged) => report(&exercise, &judged, settings.lang),
        Err(error) => Report::of_problem(crate::in_full(&error)),
    };
    output::write_json(&report)
}

fn judged(exercise: &Exercise, args: &Args) -> anyhow::Result<Judged> {
    let name = args.program.file_name().unwrap_or(args.program.as_os_str());
    let judged = match args.form {
        Form::Scenario => {
            let text = exercises::text_of(&args.program).map_err(|why| language::wrong(&why))?;
            exercise.judge(&name.to_string_lossy(), &text)?
        }
        #[cfg(has_recorder)]
        Form::C | Form::Rust => {
            exercises::text_of(&args.program).map_err(|why| language::wrong(&why))?;
            let (form, program) = (args.form, &args.program);
            return exercises::programs::judge(exercise, form, program, args.trace.as_deref());
        }
        #[cfg(not(has_recorder))]
        Form::C | Form::Rust => {
            let form = args.form.name();
            return Err(language::wrong(&text!(exercise_needs_recorder, form)));
        }
        Form::Trace => {
            let file = args.program.clone();
            exercise.judge_trace(&crate::input::Input { file }.open()?)
        }
    };
    if let (Some(trace), false) = (&args.trace, judged.trace.is_empty()) {
        write(trace, &judged.trace)?;
    }
    Ok(judged)
}

fn form(name: &str) -> Result<Form, String> {
    let forms = Form::ALL.into_iter().chain([Form::Trace]);
    let known = forms.into_iter().find(|form| form.name() == name);
    known.ok_or_else(|| name.to_owned())
}

fn write(file: &Path, trace: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut out = evscope_trace::create_over(file, Over::Trace)?;
    out.write_all(trace)?;
    Ok(out.finish()?)
}

fn report(exercise: &Exercise, judged: &Judged, lang: Lang) -> Report {
    let points = judged.points.iter().map(|point| Point {
        name: point.name.clone(),
        goal: exercise.goal(&point.name, lang).to_owned(),
        broken: point
            .broken
            .as_ref()
            .map(|broken| broken.text(lang).to_owned()),
        step: point.broken.as_ref().and_then(|broken| broken.step),
    });
    Report {
        problem: None,
        points: points.collect(),
    }
}
