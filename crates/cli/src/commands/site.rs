//! `evscope site`: the course as a static site.

mod folder;
mod programs;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::ValueHint;
use evscope_examples::demo;
use evscope_site::{Content, Demo, Document, Lesson, Picture};
use evscope_words::text;

use crate::lessons::{self, Opened};
use crate::{Outcome, builtin, documents, language, output};
use folder::Folder;

/// Write the course as a website: lessons, traces to step through, the walkthrough and the rules
///
/// It needs no server and no network: open its index.html in a browser, or put the folder on any web host. Everything in
/// it is there in English and Chinese. What is answered in a lesson is kept in the reader's browser. A folder that has a
/// site from before gets the new one; a folder with anything else in it is left alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope site -o course                       then open course/index.html
  evscope site -o course my-lesson.toml        with a lesson of one's own: docs/lessons.md
  scripts/site course                          from the source folder: also shows traces of the reader's own")]
pub(crate) struct Args {
    /// Lessons of your own, behind those of evscope
    #[arg(value_name = "LESSON", value_hint = ValueHint::FilePath)]
    lessons: Vec<PathBuf>,

    /// The folder to write: a new or empty one, or one with a site from before
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    output: PathBuf,

    /// The WebAssembly module that shows the reader's own traces, as scripts/site builds it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    reader: Option<PathBuf>,
}

/// What every WebAssembly module begins with.
const WASM: &[u8] = b"\0asm";

/// Who waits is told now and then what is being done.
const NOW_AND_THEN: Duration = Duration::from_secs(1);

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let folder = Folder::open(&args.output)?;
    let reader = args.reader.as_deref().map(reader).transpose()?;
    let is_complete = reader.is_some();
    let mut told = Instant::now();
    let mut tell = |what: &str| {
        if told.elapsed() >= NOW_AND_THEN {
            output::tell(&text!(site_writing, file = what));
            told = Instant::now();
        }
    };
    let content = content(&args.lessons, reader, &mut tell)?;
    // All of it, before anything is written: where it cannot be made, the folder stays as it is.
    let mut files = Vec::new();
    evscope_site::write(&content, &mut |path, bytes| {
        tell(path);
        files.push((path.to_owned(), bytes.to_vec()));
        Ok(())
    })?;
    folder.write(&files)?;
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    output::tell(&text!(
        site_written,
        folder = args.output.display(),
        files = files.len(),
        size = format!("{:.1}", bytes as f64 / 1e6),
        index = args.output.join("index.html").display()
    ));
    if !is_complete {
        output::tell(&text!(site_without_reader));
    }
    Ok(Outcome::Fine)
}

fn reader(file: &Path) -> anyhow::Result<Vec<u8>> {
    let named = || file.display().to_string();
    let bytes = std::fs::read(file).with_context(named)?;
    match bytes.starts_with(WASM) {
        true => Ok(bytes),
        false => Err(language::wrong(&text!(site_no_reader, file = named()))),
    }
}

fn content(
    own: &[PathBuf],
    reader: Option<Vec<u8>>,
    tell: &mut dyn FnMut(&str),
) -> anyhow::Result<Content> {
    let mut content = Content {
        reader,
        ..Content::default()
    };
    let mut names: BTreeSet<String> = lessons::ALL
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let mut own_lessons = Vec::new();
    for file in own {
        let opened = lessons::open(file)?;
        let name = &opened.lesson.name;
        let shown = file.display().to_string();
        if name.is_empty()
            || !name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        {
            return Err(language::wrong(&text!(site_lesson_name, file = shown)));
        }
        if !names.insert(name.clone()) {
            return Err(language::wrong(&text!(site_lesson_twice, name)));
        }
        own_lessons.push(lesson(opened, file.parent()));
    }
    for (name, _) in lessons::ALL {
        tell(name);
        content
            .lessons
            .push(lesson(lessons::open(Path::new(name))?, None));
    }
    content.lessons.extend(own_lessons);
    // The demos in the order in which to see them, and then their twins.
    let says = |name: &str| demo::find(name).map(|demo| (demo.title, demo.about));
    let place = |name: &str| {
        demo::DEMOS
            .iter()
            .position(|demo| demo.name == name)
            .unwrap_or(usize::MAX)
    };
    let mut traces: Vec<_> = builtin::ALL.iter().collect();
    traces.sort_by_key(|trace| place(trace.name));
    for builtin in traces {
        let trace = builtin.open()?;
        content.demos.push(Demo {
            name: builtin.name.to_owned(),
            says: says(builtin.name),
            trace,
        });
    }
    for document in documents::all() {
        let (path, bytes) = document?;
        match path.strip_prefix("images/") {
            Some(file) => content.pictures.push(Picture {
                file: file.to_owned(),
                bytes,
            }),
            None => {
                content.programs.extend(programs::of_page(path, &bytes)?);
                let text = String::from_utf8(bytes).context(path)?;
                content.documents.push(Document {
                    path: path.to_owned(),
                    text,
                });
            }
        }
    }
    Ok(content)
}

/// A lesson for the site, and its trace if that is none of evscope's.
fn lesson(opened: Opened, folder: Option<&Path>) -> Lesson {
    let is_own = folder.is_some_and(|folder| folder.join(&opened.lesson.trace).is_file());
    let trace = is_own.then(|| opened.replay.trace().clone());
    Lesson {
        lesson: opened.lesson,
        steps: opened.steps,
        trace,
    }
}
