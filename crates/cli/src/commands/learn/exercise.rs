//! An exercise: the program to begin with, the judgement, hints, and the replay at the step to look at.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use evscope_exercise::Exercise;
use evscope_replay::Lang;
use evscope_tui::{Pressed, Source, wait_for_key};
use evscope_words::{Text, text, word};

use super::Args;
use crate::exercises::progress::{self, Progress};
use crate::exercises::report::Report;
use crate::exercises::{self, Program};
use crate::output::Color;
use crate::settings::Settings;
use crate::text::{exercise as words, home};
use crate::{Outcome, output, screen};

/// How often a watched program is looked at.
const LOOK: Duration = Duration::from_millis(200);

pub(super) fn run(
    args: &Args,
    exercise: &Exercise,
    settings: &Settings,
) -> anyhow::Result<Outcome> {
    if args.hint {
        return hint(exercise, settings.lang);
    }
    let folder = exercises::folder(&exercise.name, args.folder.as_deref());
    let Some(program) = Program::in_folder(&folder, &exercise.name, args.form)? else {
        return begin(args, exercise, &folder, settings.lang);
    };
    if args.watch {
        return watch(exercise, &program, settings);
    }
    let report = judge(exercise, &program, settings.lang)?;
    let found = outcome(&report);
    if !is_interactive() {
        say_how_to_look(exercise, &program, &report, settings.lang)?;
        return Ok(found);
    }
    keys(exercise, &program, &report, settings, None)?;
    Ok(found)
}

/// The exercises as entries of a list.
pub(super) fn section(lang: Lang) -> home::Section {
    let entries = evscope_exercise::names().filter_map(|name| {
        let exercise = evscope_exercise::named(name)?.ok()?;
        let title = exercise.title.in_lang(lang);
        let after = match &exercise.after[..] {
            [] => String::new(),
            names => {
                let lessons = names.join(", ");
                format!(" · {}", text!(lesson_builds_on, lessons).in_lang(lang))
            }
        };
        let done = progress::of(name)
            .map(|progress| how_far(progress, lang))
            .unwrap_or_default();
        Some((name.to_owned(), format!("{title}{after}{done}")))
    });
    home::Section {
        title: word!(exercise_list),
        command: Text::same("evscope learn NAME"),
        entries: entries.collect(),
    }
}

/// How far the user has come, behind a title.
pub(crate) fn how_far(progress: Progress, lang: Lang) -> String {
    let how_far = match progress.done {
        true => text!(exercise_is_done),
        false => text!(exercise_is_begun),
    };
    format!(" {}", how_far.in_lang(lang))
}

/// The program to begin with, and where it is.
fn begin(args: &Args, exercise: &Exercise, folder: &Path, lang: Lang) -> anyhow::Result<Outcome> {
    let form = args.form.unwrap_or_default();
    let file = exercises::begin(exercise, folder, form)?;
    let before = progress::of(&exercise.name).unwrap_or_default();
    keep(exercise, before);
    let mut out = output::stdout();
    words::task(exercise, lang, Color::Auto.paint(), &mut out)?;
    let again = again(exercise, args.folder.as_deref());
    let told = text!(exercise_begun, file = file.display(), command = again);
    writeln!(out, "{}", told.in_lang(lang))?;
    out.flush()?;
    Ok(Outcome::Fine)
}

/// The command that judges the exercise.
fn again(exercise: &Exercise, folder: Option<&Path>) -> String {
    let folder = folder.map_or_else(String::new, |folder| format!(" {}", folder.display()));
    format!("evscope learn {}{folder}", exercise.name)
}

/// What is kept is a help, and nothing hangs on it.
fn keep(exercise: &Exercise, progress: Progress) {
    if let Err(error) = progress::keep(&exercise.name, progress) {
        log::warn!("exercises: {error}");
    }
}

fn hint(exercise: &Exercise, lang: Lang) -> anyhow::Result<Outcome> {
    let mut out = output::stdout();
    write_hint(exercise, lang, &mut out)?;
    out.flush()?;
    Ok(Outcome::Fine)
}

/// Writes the next hint; behind the last one they begin anew.
fn write_hint(exercise: &Exercise, lang: Lang, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut progress = progress::of(&exercise.name).unwrap_or_default();
    let all = exercise.hints.len().max(1);
    let at = progress.hints % all;
    progress.hints = at + 1;
    keep(exercise, progress);
    if let Some(hint) = exercise.hints.get(at) {
        let told = text!(
            exercise_hint,
            number = at + 1,
            all,
            hint = hint.in_lang(lang)
        );
        writeln!(out, "{}", told.in_lang(lang))?;
    }
    Ok(())
}

/// Judges the program and says what became of it.
fn judge(exercise: &Exercise, program: &Program, lang: Lang) -> anyhow::Result<Report> {
    let report = judged(exercise, program, lang)?;
    if report.is_right() {
        let before = progress::of(&exercise.name).unwrap_or_default();
        keep(
            exercise,
            Progress {
                done: true,
                ..before
            },
        );
    }
    let mut out = output::stdout();
    words::task(exercise, lang, Color::Auto.paint(), &mut out)?;
    words::report(&report, lang, Color::Auto.paint(), &mut out)?;
    out.flush()?;
    Ok(report)
}

#[cfg(has_reactor)]
fn judged(exercise: &Exercise, program: &Program, lang: Lang) -> anyhow::Result<Report> {
    exercises::run::judge(
        Some(exercise),
        program,
        &program.trace(&exercise.name),
        lang,
    )
}

#[cfg(not(has_reactor))]
fn judged(_: &Exercise, _: &Program, _: Lang) -> anyhow::Result<Report> {
    let command = "learn";
    Err(crate::language::wrong(&text!(cli_needs_reactor, command)))
}

fn outcome(report: &Report) -> Outcome {
    match report.is_right() {
        true => Outcome::Fine,
        false => Outcome::Findings,
    }
}

/// The command that opens the replay, and the one that gives a hint; or what comes next.
fn say_how_to_look(
    exercise: &Exercise,
    program: &Program,
    report: &Report,
    lang: Lang,
) -> anyhow::Result<()> {
    let mut out = output::stdout();
    let name = &exercise.name;
    if report.is_right() {
        if let Some(next) = next(name) {
            writeln!(out, "{}", text!(exercise_next, next).in_lang(lang))?;
        }
    } else {
        if report.problem.is_none() {
            let step = report
                .step()
                .map_or_else(String::new, |step| format!(" --at {step}"));
            let trace = program.trace(name);
            writeln!(out, "evscope play {}{step}", trace.display())?;
        }
        writeln!(out, "evscope learn {name} --hint")?;
    }
    Ok(out.flush()?)
}

/// The exercise after this one.
fn next(name: &str) -> Option<&'static str> {
    let mut names = evscope_exercise::names().skip_while(|known| *known != name);
    names.nth(1)
}

/// Whether somebody can press a key.
fn is_interactive() -> bool {
    output::can_draw() && std::io::stdin().is_terminal()
}

/// What a key asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    End,
    /// The watched program was saved.
    Saved,
}

/// Does what is pressed, until it is the end, or the file that is watched is another.
fn keys(
    exercise: &Exercise,
    program: &Program,
    report: &Report,
    settings: &Settings,
    watched: Option<&Stamp>,
) -> anyhow::Result<Then> {
    let lang = settings.lang;
    let told = match (
        report.is_right(),
        report.problem.is_none(),
        watched.is_some(),
    ) {
        (true, _, false) => {
            say_how_to_look(exercise, program, report, lang)?;
            return Ok(Then::End);
        }
        (_, true, true) => text!(exercise_keys_watching),
        (_, false, true) => text!(exercise_keys_watching_problem),
        (_, true, false) => text!(exercise_keys),
        (_, false, false) => text!(exercise_keys_problem),
    };
    let ask = || -> anyhow::Result<()> {
        let mut out = output::stdout();
        writeln!(out, "{}", told.in_lang(lang))?;
        Ok(out.flush()?)
    };
    ask()?;
    loop {
        if watched.is_some_and(|stamp| Stamp::of(&program.file) != *stamp) {
            return Ok(Then::Saved);
        }
        match wait_for_key(LOOK)? {
            None => {}
            Some(Pressed::Sign('o')) if report.problem.is_none() => {
                let mut begin = settings.begin(None);
                begin.at = report.step();
                let trace = program.trace(&exercise.name);
                screen::show_file(Source::File(trace), begin)?.resignal();
                ask()?;
            }
            Some(Pressed::Sign('h')) => {
                let mut out = output::stdout();
                write_hint(exercise, lang, &mut out)?;
                out.flush()?;
            }
            // Who watches ends only by what ends a program.
            Some(Pressed::Sign(sign)) if watched.is_some() && sign != 'q' => {}
            Some(Pressed::Other) if watched.is_some() => {}
            Some(_) => return Ok(Then::End),
        }
    }
}

/// By what is told that a file was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp(Option<(SystemTime, u64)>);

impl Stamp {
    fn of(file: &Path) -> Self {
        let meta = std::fs::metadata(file).ok();
        Self(meta.and_then(|meta| Some((meta.modified().ok()?, meta.len()))))
    }
}

/// Judges the program each time it is saved.
fn watch(exercise: &Exercise, program: &Program, settings: &Settings) -> anyhow::Result<Outcome> {
    loop {
        let stamp = Stamp::of(&program.file);
        let report = judge(exercise, program, settings.lang)?;
        let then = match is_interactive() {
            true => keys(exercise, program, &report, settings, Some(&stamp))?,
            false => {
                say_how_to_look(exercise, program, &report, settings.lang)?;
                while Stamp::of(&program.file) == stamp {
                    std::thread::sleep(LOOK);
                }
                Then::Saved
            }
        };
        if then == Then::End {
            return Ok(outcome(&report));
        }
        println!();
    }
}
