//! What is handed in: files and folders, each one's program or trace, whatever it is called.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use evscope_replay::{Lang, Trace};
use evscope_words::text;

use crate::exercises::{self, Form, Program};
use crate::input::{Input, is_trace_name};
use crate::language;

/// What is in the folders, in alphabetical order; what is named by itself is a submission itself.
pub(super) fn all(named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
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

/// The program of a submission, or its trace: a file by its ending, or what is in a folder. In a folder one that is called
/// like the exercise comes first, then any other; a trace beside a program is one of its runs.
pub(super) fn program(exercise: Option<&str>, submission: &Path) -> Option<Program> {
    if !submission.is_dir() {
        return of_file(submission);
    }
    let named = exercise.and_then(|name| Program::in_folder(submission, name, None).ok()?);
    named.or_else(|| {
        let entries = fs::read_dir(submission).ok()?;
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| !path.is_dir())
            .collect();
        files.sort();
        let programs: Vec<Program> = files.iter().filter_map(|file| of_file(file)).collect();
        let written = programs.iter().find(|program| program.form != Form::Trace);
        written.or(programs.first()).cloned()
    })
}

fn of_file(file: &Path) -> Option<Program> {
    let is_trace = file
        .file_name()
        .and_then(|name| name.to_str())
        .is_some_and(is_trace_name);
    let form = match is_trace {
        true => Form::Trace,
        false => Form::of_file(file)?,
    };
    Some(Program {
        form,
        file: file.to_owned(),
    })
}

/// The trace of a submission: that it is, or what its program has done, which is run for it.
pub(super) fn trace(submission: &Path, lang: Lang) -> anyhow::Result<Trace> {
    let program = program(None, submission);
    let mut program = program.ok_or_else(|| language::wrong(&text!(exercise_no_program)))?;
    let folder = tempfile::tempdir()?;
    if program.form != Form::Trace {
        let trace = folder.path().join("trace.jsonl");
        let report = exercises::run::judge(None, &program, &trace, lang)?;
        if let Some(problem) = report.problem {
            return Err(anyhow!(problem));
        }
        program.file = trace;
    }
    let file = program.file;
    Input { file }.open()
}
