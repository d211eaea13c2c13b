//! A learner's program that is compiled, and recorded while evscope plays the others.

pub(crate) mod c;
pub(crate) mod rust;

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio as Streams};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use evscope_exercise::{Exercise, Judged, Next, Others};
use evscope_recorder::{Exit, RecordOptions, Recording, Stdio, Turn};
use evscope_replay::Trace;
use evscope_words::text;
use rustix::process::Signal;

use super::Form;
use crate::language;

/// Between two looks at the program and its peers.
const PAUSE: Duration = Duration::from_millis(2);
/// When the others have nothing left to do, the program may still be at work so long.
const GRACE: Duration = Duration::from_millis(300);
/// How long a program without others may take.
const ALONE: Duration = Duration::from_secs(10);
/// How many bytes of each read and write the trace keeps.
const PAYLOAD: u32 = 64;
/// A trace of an exercise is small; one of a program that goes round in circles is not.
const LARGEST_TRACE: u64 = 64 << 20;
/// So many lines of what a compiler says are told.
const MOST_LINES: usize = 20;

/// Compiles a program, runs it among the exercise's others, and judges what it did.
pub(crate) fn judge(
    exercise: &Exercise,
    form: Form,
    source: &Path,
    trace: Option<&Path>,
) -> anyhow::Result<Judged> {
    let folder = tempfile::tempdir()?;
    let program = made(form, source, folder.path())?;
    let own = folder.path().join("trace.jsonl");
    let scenario = exercise.world_scenario()?;
    let mut others = Others::begin(&scenario)?;
    let environment = others.environment();
    let trace = trace.unwrap_or(&own);
    let trace = record(&program, trace, environment, |recording| {
        loop {
            recording.turn();
            match others.turn() {
                Next::Over => break,
                Next::Signal(signal) => recording.signal(signal),
                Next::Wait => {}
            }
            std::thread::sleep(PAUSE);
        }
        ended_within(recording, GRACE)
    })?;
    Ok(exercise.judge_ran(&trace, &others.heard()))
}

/// Compiles a program and records it. It has nobody to talk to but itself, and is ended when it does not end.
pub(crate) fn run_alone(form: Form, source: &Path, trace: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let program = made(form, source, folder.path())?;
    record(&program, trace, Vec::new(), |recording| {
        ended_within(recording, ALONE)
    })?;
    Ok(())
}

/// The program that is made of a source file; one that is made already is itself.
fn made(form: Form, source: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    // An absolute path is no option, whatever the file is called.
    let source = std::path::absolute(source)?;
    let program = folder.join("program");
    match form {
        Form::Executable => return Ok(source),
        Form::Rust => compile(&mut rust::compiler(&source, &program)?)?,
        _ => compile(&mut c::compiler(&source, &program)?)?,
    }
    Ok(program)
}

fn compile(compiler: &mut Command) -> anyhow::Result<()> {
    let name = compiler.get_program().to_string_lossy().into_owned();
    let said = compiler.stdin(Streams::null()).output().context(name)?;
    if said.status.success() {
        return Ok(());
    }
    let said = first_lines(&said.stderr);
    Err(language::wrong(&text!(exercise_not_compiled, said)))
}

/// The first lines of what a compiler says.
fn first_lines(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let lines: Vec<&str> = said.lines().take(MOST_LINES).collect();
    lines.join("\n")
}

/// Records a program. `accompany` is with it while it runs, and says whether it has ended; else it is ended.
fn record(
    program: &Path,
    trace: &Path,
    environment: Vec<(String, String)>,
    accompany: impl FnOnce(&mut Recording) -> bool,
) -> anyhow::Result<Trace> {
    let mut options = RecordOptions::new(trace);
    options.payload = PAYLOAD;
    options.max_size = LARGEST_TRACE;
    options.sole = true;
    options.environment = environment;
    options.stdio = Stdio::Into(Arc::new(nowhere()?));
    let mut recording = Recording::start(&options, &[program.as_os_str().to_owned()])?;
    if !accompany(&mut recording) {
        recording.end_program();
        if recording.turn() == Turn::Running {
            recording.signal(Signal::KILL.as_raw());
            ended_within(&mut recording, GRACE);
        }
    }
    let outcome = recording.finish();
    if let Some(Exit::Signal(signal)) = outcome.exit
        && signal == Signal::XCPU.as_raw()
    {
        return Err(language::wrong(&text!(exercise_too_much_time)));
    }
    let written = outcome.traces.first().ok_or_else(|| {
        let signal = outcome.exit.map_or(0, Exit::code);
        anyhow!(
            "{}",
            language::told(&text!(exercise_no_trace, status = signal))
        )
    })?;
    Ok(Trace::open(&written.path)?)
}

fn ended_within(recording: &mut Recording, most: Duration) -> bool {
    let began = Instant::now();
    while began.elapsed() < most {
        if recording.turn() != Turn::Running {
            return true;
        }
        std::thread::sleep(PAUSE);
    }
    false
}

/// What a learner's program prints is not asked for.
fn nowhere() -> io::Result<File> {
    OpenOptions::new().write(true).open("/dev/null")
}
