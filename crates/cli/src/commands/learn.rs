//! `evscope learn`: guided lessons with predictions, and exercises in which one writes.

mod exercise;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueHint;
use evscope_replay::Lang;
use evscope_tui::{Exit, Progress};
use evscope_words::{Text, text, word};

use crate::args::LibeventDir;
use crate::exercises::Form;
use crate::lessons::{self, Begin, Opened};
use crate::output::Color;
use crate::screen::{self, Shown};
use crate::settings::Settings;
use crate::text::{home, lesson};
use crate::{Outcome, exercises, language, output};

/// Take a lesson: go from stop to stop through a trace, and predict what comes next; or put a program right
///
/// Without a name the lessons and the exercises are listed. A lesson goes on where it was left. Where there is no screen
/// to draw on (a pipe, TERM=dumb) it is printed instead, with the answers. An exercise puts a small broken program into
/// a folder, and judges what is made of it each time it is called again: by rules over its trace, and by what the other
/// side got. The status is 1 as long as something is not right.
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  evscope learn
  evscope learn writecb
  evscope learn writecb --lang zh
  evscope learn my-lesson.toml        docs/lessons.md says how to write one
  evscope learn writecb | less
  evscope learn hello                 an exercise: the program is in hello/hello.scn
  evscope learn hello --watch         judges it each time it is saved
  evscope learn hello --hint")]
pub(crate) struct Args {
    /// The lesson: a name, or a teacher's file; or the name of an exercise
    #[arg(value_name = "LESSON", value_hint = ValueHint::FilePath)]
    lesson: Option<PathBuf>,

    /// Begin at the first stop, whatever was done before
    #[arg(long, requires = "lesson")]
    restart: bool,

    /// The folder of an exercise [default: the one of its name]
    #[arg(value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    folder: Option<PathBuf>,

    /// What the exercise's program is written in [default: a scenario, or what is in the folder]
    #[arg(long = "as", value_name = "FORM", value_enum, requires = "lesson")]
    form: Option<Form>,

    /// Judge the exercise's program each time it is saved
    #[arg(long, requires = "lesson")]
    watch: bool,

    /// The next hint of the exercise
    #[arg(long, requires = "lesson", conflicts_with = "watch")]
    hint: bool,

    #[command(flatten)]
    libevent: LibeventDir,
}

/// Puts an exercise's program into its folder, or judges it.
pub(crate) fn exercise(name: &str, settings: &Settings) -> anyhow::Result<Outcome> {
    let args = Args {
        lesson: Some(name.into()),
        ..Args::default()
    };
    run(&args, settings)
}

pub(crate) fn run(args: &Args, settings: &Settings) -> anyhow::Result<Outcome> {
    let Some(asked) = &args.lesson else {
        return list(settings.lang);
    };
    if let Some(exercise) = exercises::named(asked) {
        return exercise::run(args, &exercise?, settings);
    }
    let of_exercises = [
        (args.folder.is_some(), "FOLDER"),
        (args.form.is_some(), "--as"),
        (args.watch, "--watch"),
        (args.hint, "--hint"),
    ];
    if let Some((_, option)) = of_exercises.iter().find(|(given, _)| *given) {
        let option = *option;
        return Err(language::wrong(&text!(exercise_only, option)));
    }
    let libevent_source = args.libevent.folder(settings.libevent_source())?;
    let opened = lessons::open(asked)?;
    if !output::can_draw() {
        let mut out = output::stdout();
        lesson::write(&opened, settings.lang, Color::Auto.paint(), &mut out)?;
        out.flush()?;
        return Ok(Outcome::Fine);
    }
    let begin = match args.restart {
        true => Begin::Anew,
        false => Begin::WhereLeft,
    };
    let screen = screen::Begin {
        libevent_source,
        ..settings.begin(None)
    };
    take(opened, begin, screen)?.resignal();
    Ok(Outcome::Fine)
}

/// Takes a lesson on the screen, and those after it as long as the user goes on.
pub(crate) fn take(
    mut opened: Opened,
    mut from: Begin,
    mut begin: screen::Begin,
) -> anyhow::Result<Exit> {
    loop {
        let next = lessons::after(&opened.lesson.name);
        let (course, replay) = opened.course(from);
        let exit = screen::run(Shown::course(course, replay), begin.clone())?;
        let (Exit::Next(lang), Some(next)) = (exit, next) else {
            return Ok(exit);
        };
        begin.lang = lang;
        opened = lessons::open(Path::new(next))?;
        from = Begin::WhereLeft;
    }
}

pub(crate) use exercise::how_far as how_far_exercise;

/// What there is to learn by, as entries of lists: the lessons, and the exercises.
pub(crate) fn sections(lang: Lang) -> [home::Section; 2] {
    [section(lang), exercise::section(lang)]
}

/// The lessons.
fn section(lang: Lang) -> home::Section {
    let entries = lessons::ALL.iter().filter_map(|(name, _)| {
        let lesson = lessons::named(name).ok()?;
        let title = lesson.title.in_lang(lang).to_owned();
        let how_far = lessons::progress_of(name)
            .map(|progress| how_far(&progress, lesson.stops.len(), lang))
            .unwrap_or_default();
        let after = match &lesson.after[..] {
            [] => String::new(),
            names => {
                let lessons = names.join(", ");
                format!(" · {}", text!(lesson_builds_on, lessons).in_lang(lang))
            }
        };
        Some(((*name).to_owned(), format!("{title}{after}{how_far}")))
    });
    home::Section {
        title: word!(home_list_lessons),
        command: Text::same("evscope learn NAME"),
        entries: entries.collect(),
    }
}

/// How far the user has come, behind a title.
pub(crate) fn how_far(progress: &Progress, stops: usize, lang: Lang) -> String {
    let (right, made) = progress.score();
    let how_far = match progress.at >= stops {
        true => text!(lesson_is_done, right, made),
        false => text!(lesson_is_at, stop = progress.at + 1, stops),
    };
    format!(" {}", how_far.in_lang(lang))
}

fn list(lang: Lang) -> anyhow::Result<Outcome> {
    let mut out = output::stdout();
    let [lessons, exercises] = sections(lang);
    home::write_section(&lessons, lang, Color::Auto.paint(), &mut out)?;
    writeln!(out)?;
    home::write_section(&exercises, lang, Color::Auto.paint(), &mut out)?;
    out.flush()?;
    Ok(Outcome::Fine)
}
