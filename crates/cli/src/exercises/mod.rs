//! Exercises in folders of the user's: which file is the program, in which form, and what is kept of how far one came.

#[cfg(has_reactor)]
pub(crate) mod limits;
#[cfg(has_recorder)]
pub(crate) mod programs;
pub(crate) mod progress;
pub(crate) mod report;
#[cfg(has_reactor)]
pub(crate) mod run;
#[cfg(has_reactor)]
mod submitted;

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::ValueEnum;
use evscope_exercise::Exercise;
use evscope_words::text;

use crate::language;
#[cfg(has_reactor)]
pub(crate) use submitted::text_of;

/// What a program is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Form {
    /// A scenario: needs nothing
    #[default]
    Scenario,
    /// C on libevent: needs cc and libevent's headers
    C,
    /// Rust on evscope's own reactor: needs cargo
    Rust,
    /// A program that was compiled elsewhere: only submissions are that
    #[value(skip)]
    #[cfg_attr(not(has_reactor), expect(dead_code, reason = "nobody judges"))]
    Executable,
    /// The trace of a program that ran elsewhere: only submissions are that
    #[value(skip)]
    #[cfg_attr(not(has_reactor), expect(dead_code, reason = "nobody judges"))]
    Trace,
}

impl Form {
    /// Those that one writes, in the order in which they are looked for.
    pub(crate) const ALL: [Self; 3] = [Self::Scenario, Self::C, Self::Rust];

    /// The name users say.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scenario => "scenario",
            Self::C => "c",
            Self::Rust => "rust",
            Self::Executable => "executable",
            Self::Trace => "trace",
        }
    }

    /// The program's file in the folder of an exercise.
    pub(crate) fn file(self, exercise: &str) -> PathBuf {
        match self {
            Self::Scenario => format!("{exercise}.scn").into(),
            Self::C => format!("{exercise}.c").into(),
            Self::Rust => format!("{exercise}.rs").into(),
            Self::Executable => exercise.into(),
            Self::Trace => format!("{exercise}.jsonl").into(),
        }
    }
}

impl Form {
    /// What the file of a program is written in, by its ending; without one it may be compiled.
    #[cfg(has_reactor)]
    pub(crate) fn of_file(file: &Path) -> Option<Self> {
        match file.extension().and_then(|ending| ending.to_str()) {
            Some("scn") => Some(Self::Scenario),
            Some("c") => Some(Self::C),
            Some("rs") => Some(Self::Rust),
            _ => submitted::is_compiled(file).then_some(Self::Executable),
        }
    }
}

/// The exercise of a name, if it is one.
pub(crate) fn named(name: &Path) -> Option<anyhow::Result<Exercise>> {
    let found = evscope_exercise::named(name.to_str()?)?;
    Some(found.map_err(Into::into))
}

/// The exercise of a name that must be one.
pub(crate) fn of_name(name: &str) -> anyhow::Result<Exercise> {
    named(Path::new(name)).unwrap_or_else(|| {
        let names: Vec<&str> = evscope_exercise::names().collect();
        let names = names.join(", ");
        Err(language::wrong(&text!(exercise_none, name, names)))
    })
}

/// A learner's program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) form: Form,
    /// The file that is edited.
    pub(crate) file: PathBuf,
}

impl Program {
    /// The program of an exercise in a folder: the form that is asked for, else that of which there is a file.
    pub(crate) fn in_folder(
        folder: &Path,
        exercise: &str,
        asked: Option<Form>,
    ) -> anyhow::Result<Option<Self>> {
        let there: Vec<Self> = Form::ALL
            .into_iter()
            .filter(|form| asked.is_none_or(|asked| asked == *form))
            .map(|form| Self {
                form,
                file: folder.join(form.file(exercise)),
            })
            .filter(|program| program.file.exists())
            .collect();
        match there.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one.clone())),
            several => {
                let forms: Vec<&str> = several.iter().map(|program| program.form.name()).collect();
                let folder = folder.display();
                Err(language::wrong(&text!(
                    exercise_which_form,
                    folder,
                    forms = forms.join(", ")
                )))
            }
        }
    }

    /// The trace of its last run.
    pub(crate) fn trace(&self, exercise: &str) -> PathBuf {
        let folder = self.file.parent().unwrap_or(Path::new(""));
        folder.join(format!("{exercise}.jsonl"))
    }
}

/// The folder in which an exercise is done: the one that is asked for; else this one, if the program is here; else the
/// one with the exercise's name.
pub(crate) fn folder(exercise: &str, asked: Option<&Path>) -> PathBuf {
    match asked {
        Some(folder) => folder.to_owned(),
        None if Form::ALL.iter().any(|form| form.file(exercise).exists()) => PathBuf::new(),
        None => exercise.into(),
    }
}

/// Puts the program to begin with into a folder. A file that is there stays as it is.
pub(crate) fn begin(exercise: &Exercise, folder: &Path, form: Form) -> anyhow::Result<PathBuf> {
    let text = match form {
        Form::Scenario => Some(exercise.start_file()),
        Form::C => exercise.start_in_c(),
        Form::Rust => exercise.start_in_rust(),
        Form::Executable | Form::Trace => None,
    };
    let text = text.ok_or_else(|| {
        let (name, form) = (&exercise.name, form.name());
        let forms = Form::Scenario.name();
        language::wrong(&text!(exercise_no_form, name, forms, form))
    })?;
    prepare(Some(exercise), form)?;
    let beside = beside(exercise, form)?;
    let file = folder.join(form.file(&exercise.name));
    let wrong = |file: &Path, error: io::Error| anyhow!("{}: {error}", file.display());
    new_file(&file, &text).map_err(|error| wrong(&file, error))?;
    for (name, text) in beside {
        let file = folder.join(name);
        match new_file(&file, &text) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            outcome => outcome.map_err(|error| wrong(&file, error))?,
        }
    }
    Ok(file)
}

fn new_file(file: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut new = OpenOptions::new();
    let mut new = new.write(true).create_new(true).open(file)?;
    new.write_all(text.as_bytes())
}

/// Makes sure that programs in a form can be made and run here; else says what is lacking, and what there is instead.
#[cfg(has_recorder)]
fn prepare(exercise: Option<&Exercise>, form: Form) -> anyhow::Result<()> {
    let prepared = match form {
        Form::Scenario | Form::Executable | Form::Trace => Ok(()),
        Form::C => programs::c::check().map_err(|why| language::wrong(&why)),
        Form::Rust => programs::rust::prepare(),
    };
    prepared.map_err(|error| match exercise {
        Some(exercise) => {
            let (lacking, name) = (crate::in_full(&error), &exercise.name);
            language::wrong(&text!(exercise_as_scenario, lacking, name))
        }
        None => error,
    })
}

#[cfg(not(has_recorder))]
fn prepare(_: Option<&Exercise>, form: Form) -> anyhow::Result<()> {
    match form {
        Form::Scenario | Form::Trace => Ok(()),
        Form::C | Form::Rust | Form::Executable => {
            let form = form.name();
            Err(language::wrong(&text!(exercise_needs_recorder, form)))
        }
    }
}

/// What stands beside a program: each file's name and text.
fn beside(exercise: &Exercise, form: Form) -> anyhow::Result<Vec<(&'static str, String)>> {
    match form {
        Form::C => {
            let (name, text) = evscope_exercise::C_HEADER;
            Ok(vec![(name, text.to_owned())])
        }
        #[cfg(has_recorder)]
        Form::Rust => programs::rust::beside(exercise),
        _ => {
            let _ = exercise;
            Ok(Vec::new())
        }
    }
}
