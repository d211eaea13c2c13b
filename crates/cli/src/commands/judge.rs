//! `evscope judge`: what `learn` and `check` start to judge one program, or to record it, with the limits of a learner's
//! program. It says what it found as JSON.

use std::path::{Path, PathBuf};

use evscope_exercise::{Exercise, Judged};
use evscope_reactor::Method;
use evscope_replay::Lang;
use evscope_scenario::{Scenario, annotate, record};
use evscope_trace::Over;

use crate::exercises::report::{Point, Report};
use crate::exercises::{self, Form, limits};
use crate::settings::Settings;
use crate::{Outcome, language, output};

/// How many bytes of each read and write the trace keeps.
const PAYLOAD: usize = 64;

/// Judge one program of an exercise, or only run it
#[derive(Debug, clap::Args)]
#[command(hide = true)]
pub(crate) struct Args {
    /// The program's file
    program: PathBuf,

    /// What it is: a form of programs, or `trace`
    #[arg(long = "as", value_name = "FORM", value_parser = form)]
    form: Form,

    /// The exercise
    #[arg(long, value_name = "NAME")]
    exercise: Option<String>,

    /// Where its trace goes
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, settings: &Settings) -> anyhow::Result<Outcome> {
    limits::set();
    let report = match &args.exercise {
        Some(exercise) => {
            let exercise = exercises::of_name(exercise)?;
            judged(&exercise, args).map(|judged| report(&exercise, &judged, settings.lang))
        }
        None => run_alone(args).map(|()| Report::default()),
    };
    let report = report.unwrap_or_else(|error| Report::of_problem(crate::in_full(&error)));
    output::write_json(&report)
}

fn judged(exercise: &Exercise, args: &Args) -> anyhow::Result<Judged> {
    let judged = match args.form {
        Form::Scenario => exercise.judge(&name(args), &text_of(args)?)?,
        #[cfg(has_recorder)]
        Form::C | Form::Rust | Form::Executable => {
            let program = checked(args)?;
            let trace = args.trace.as_deref();
            return exercises::programs::judge(exercise, args.form, program, trace);
        }
        #[cfg(not(has_recorder))]
        Form::C | Form::Rust | Form::Executable => return Err(needs_recorder(args)),
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

/// Runs it without an exercise, for its trace.
fn run_alone(args: &Args) -> anyhow::Result<()> {
    let Some(trace) = &args.trace else {
        return Ok(());
    };
    match args.form {
        Form::Scenario => {
            let scenario = Scenario::parse(&name(args), &text_of(args)?)?;
            let (mut recorded, mut annotated) = (Vec::new(), Vec::new());
            record(&[&scenario], Method::Poll, Some(PAYLOAD), &mut recorded)?;
            annotate(recorded.as_slice(), &scenario, &name(args), &mut annotated)?;
            write(trace, &annotated)
        }
        #[cfg(has_recorder)]
        Form::C | Form::Rust | Form::Executable => {
            exercises::programs::run_alone(args.form, checked(args)?, trace)
        }
        #[cfg(not(has_recorder))]
        Form::C | Form::Rust | Form::Executable => Err(needs_recorder(args)),
        Form::Trace => Ok(()),
    }
}

/// How messages and a trace name the program.
fn name(args: &Args) -> String {
    let name = args.program.file_name().unwrap_or(args.program.as_os_str());
    name.to_string_lossy().into_owned()
}

fn text_of(args: &Args) -> anyhow::Result<String> {
    exercises::text_of(&args.program).map_err(|why| language::wrong(&why))
}

/// The program's file, if a compiler may be given it.
#[cfg(has_recorder)]
fn checked(args: &Args) -> anyhow::Result<&Path> {
    if args.form != Form::Executable {
        text_of(args)?;
    }
    Ok(&args.program)
}

#[cfg(not(has_recorder))]
fn needs_recorder(args: &Args) -> anyhow::Error {
    let form = args.form.name();
    language::wrong(&evscope_words::text!(exercise_needs_recorder, form))
}

fn form(name: &str) -> Result<Form, String> {
    let forms = Form::ALL.into_iter().chain([Form::Executable, Form::Trace]);
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
