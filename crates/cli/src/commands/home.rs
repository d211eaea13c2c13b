//! `evscope` alone: what there is to open, on a screen or as a list.

mod summary;

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use evscope_examples::demo::{DEMOS, Demo};
use evscope_replay::Lang;
use evscope_tui::{
    Exit, Explained, Explaining, HomeChoice, HomeItem, HomeList, HomeOptions, Progress, Records,
    Source,
};
use evscope_words::{Text, Word, text, word};

use crate::builtin::{self, Builtin};
use crate::exercises::{self, Form, Program, progress};
use crate::input::{InputPlace, is_trace_name};
use crate::lessons;
use crate::output::Color;
use crate::screen::{self, Shown};
use crate::settings::Settings;
use crate::text::home::Section;
use crate::{Outcome, language, output, recent, system, text};

/// So many traces of the current folder are listed.
const LISTED: usize = 20;

/// Something that can be opened.
enum Entry {
    Lesson(&'static str),
    Exercise(&'static str),
    Demo(&'static Demo),
    Builtin(&'static Builtin),
    File(PathBuf),
}

pub(crate) fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    if output::can_draw() {
        on_screen(settings)
    } else {
        as_list(settings.lang)
    }
}

fn as_list(lang: Lang) -> anyhow::Result<Outcome> {
    let builtin = Section {
        title: word!(home_section_traces),
        command: Text::same("evscope play NAME"),
        entries: undemonstrated()
            .map(|trace| {
                (
                    trace.name.to_owned(),
                    text!(home_steps, steps = trace.steps).in_lang(lang),
                )
            })
            .collect(),
    };
    let names = traces_here();
    let more = names.len().saturating_sub(LISTED);
    let mut entries: Vec<(String, String)> = names
        .into_iter()
        .take(LISTED)
        .map(|name| {
            let size = size(Path::new(&name), lang);
            (name, size)
        })
        .collect();
    if more > 0 {
        entries.push((text!(home_list_more, more).in_lang(lang), String::new()));
    }
    let here = Section {
        title: word!(home_section_folder),
        command: Text::same("evscope play FILE"),
        entries,
    };
    let recent = Section {
        title: word!(home_section_recent),
        command: Text::same("evscope play FILE"),
        entries: recent_elsewhere()
            .into_iter()
            .map(|path| (path.display().to_string(), size(&path, lang)))
            .collect(),
    };
    let demos = text::home::demos(
        match system::HAS_REACTOR {
            true => text!(home_list_demos),
            false => Text::same("evscope play NAME"),
        },
        lang,
    );
    let [lessons, exercises] = super::learn::sections(lang);
    let sections = [recent, here, lessons, exercises, demos, builtin];
    let mut out = output::stdout();
    text::home::write(&sections, lang, Color::Auto.paint(), &mut out)?;
    out.flush()?;
    Ok(Outcome::Fine)
}

fn on_screen(settings: &Settings) -> anyhow::Result<Outcome> {
    let mut settings = settings.clone();
    let mut chosen: Option<String> = None;
    let mut failed = None;
    loop {
        let list = List::new();
        let options = HomeOptions {
            lang: settings.lang,
            palette: settings.palette,
            keys: settings.keys.clone(),
            // What was opened is not a new entry above the one it was opened from.
            chosen: chosen.as_deref().map_or(0, |key| list.place_of(key)),
            failed: failed.take(),
        };
        let (number, done) = match evscope_tui::home(&options, &list)? {
            HomeChoice::Quit => return Ok(Outcome::Fine),
            HomeChoice::Signal(signal) => {
                Exit::Signal(signal).resignal();
                return Ok(Outcome::Fine);
            }
            HomeChoice::Open(number, lang) => {
                settings = settings.in_lang(lang);
                (Some(number), open(&list.entries[number], &settings))
            }
            HomeChoice::Record(number, lang) => {
                settings = settings.in_lang(lang);
                (Some(number), record(&list.entries[number], &settings))
            }
            HomeChoice::Command(line, lang) => {
                settings = settings.in_lang(lang);
                (None, watch(&line, &settings))
            }
        };
        chosen = number.map(|number| list.entries[number].key());
        let entry = number.map(|number| &list.entries[number]);
        match done {
            // What was said of it stands in the shell, and there it goes on.
            Ok(_) if matches!(entry, Some(Entry::Exercise(_))) => return Ok(Outcome::Fine),
            // Back to the list.
            Ok(Exit::Quit | Exit::Open { .. } | Exit::Next(_)) => {}
            Ok(exit @ Exit::Signal(_)) => {
                exit.resignal();
                return Ok(Outcome::Fine);
            }
            Err(error) => failed = Some(crate::in_full(&error)),
        }
    }
}

fn open(entry: &Entry, settings: &Settings) -> anyhow::Result<Exit> {
    let begin = settings.begin(None);
    match entry {
        Entry::Lesson(name) => {
            let opened = lessons::open(Path::new(name))?;
            super::learn::take(opened, lessons::Begin::WhereLeft, begin)
        }
        Entry::Exercise(name) => {
            super::learn::exercise(name, settings)?;
            Ok(Exit::Quit)
        }
        Entry::Demo(demo) => match Builtin::named(demo.name) {
            Some(trace) => screen::run(Shown::builtin(trace.name, trace.open()?), begin),
            None => record(entry, settings),
        },
        Entry::Builtin(trace) => screen::run(Shown::builtin(trace.name, trace.open()?), begin),
        Entry::File(path) => screen::show_file(Source::File(path.clone()), begin),
    }
}

/// Records a demo afresh and shows that.
fn record(entry: &Entry, settings: &Settings) -> anyhow::Result<Exit> {
    match entry {
        Entry::Demo(demo) => super::demo::show(demo, settings),
        Entry::Lesson(_) | Entry::Exercise(_) | Entry::Builtin(_) | Entry::File(_) => {
            Err(language::wrong(&text!(cli_nothing_to_record)))
        }
    }
}

/// Records a command and watches it, as `evscope live` does.
fn watch(line: &str, settings: &Settings) -> anyhow::Result<Exit> {
    let words = shlex::split(line).ok_or_else(|| language::wrong(&text!(cli_quote_open, line)))?;
    let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
    super::live::watch(&words, settings)?;
    Ok(Exit::Quit)
}

impl Entry {
    /// What it is found by again, when the list is made anew.
    fn key(&self) -> String {
        match self {
            Self::Lesson(name) => format!("lesson {name}"),
            Self::Exercise(name) => format!("exercise {name}"),
            Self::Demo(demo) => format!("demo {}", demo.name),
            Self::Builtin(trace) => format!("trace {}", trace.name),
            Self::File(path) => format!("file {}", path.display()),
        }
    }

    /// How it stands in the list; `progress` knows how far the user has come.
    fn item(&self, is_recent: bool, progress: Kept, lang: Lang) -> HomeItem {
        let say = |word: Word| word.in_lang(lang).to_owned();
        match self {
            Self::Lesson(name) => {
                let lesson = lessons::named(name).ok();
                let (title, about) = lesson.as_ref().map_or(("", ""), |lesson| {
                    (lesson.title.in_lang(lang), lesson.about.in_lang(lang))
                });
                let stops = lesson.as_ref().map_or(0, |lesson| lesson.stops.len());
                let how_far = (progress.lesson)(name)
                    .map(|progress| super::learn::how_far(&progress, stops, lang))
                    .unwrap_or_default();
                HomeItem {
                    section: say(word!(home_section_lessons)),
                    name: (*name).to_owned(),
                    about: format!("{title}{how_far}"),
                    // The marks of names are the lesson's own view's.
                    detail: about.replace('`', ""),
                    opens: say(word!(home_opens_lesson)),
                    records: Records::Nothing,
                }
            }
            Self::Exercise(name) => {
                let exercise = evscope_exercise::named(name).and_then(Result::ok);
                let (title, task) = exercise.as_ref().map_or(("", ""), |exercise| {
                    (exercise.title.in_lang(lang), exercise.task.in_lang(lang))
                });
                let how_far = (progress.exercise)(name)
                    .map(|progress| super::learn::how_far_exercise(progress, lang))
                    .unwrap_or_default();
                HomeItem {
                    section: say(word!(home_section_exercises)),
                    name: (*name).to_owned(),
                    about: format!("{title}{how_far}"),
                    detail: task.replace('`', ""),
                    opens: say(match is_begun(name) {
                        true => word!(home_judges_exercise),
                        false => word!(home_begins_exercise),
                    }),
                    records: Records::Nothing,
                }
            }
            Self::Demo(demo) => {
                let (title, about) = (demo.title.in_lang(lang), demo.about.in_lang(lang));
                HomeItem {
                    section: say(word!(home_section_demos)),
                    name: demo.name.to_owned(),
                    about: title.to_owned(),
                    detail: about.to_owned(),
                    opens: say(word!(home_opens_recording)),
                    records: match system::HAS_REACTOR {
                        true => Records::Afresh,
                        false => Records::Nothing,
                    },
                }
            }
            Self::Builtin(trace) => HomeItem {
                section: say(word!(home_section_traces)),
                name: trace.name.to_owned(),
                about: text!(home_steps, steps = trace.steps).in_lang(lang),
                detail: String::new(),
                opens: say(word!(home_opens_trace)),
                records: Records::Nothing,
            },
            Self::File(path) => HomeItem {
                section: match is_recent {
                    true => say(word!(home_section_recent)),
                    false => say(word!(home_section_folder)),
                },
                name: path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                about: size(path, lang),
                detail: path.display().to_string(),
                opens: say(word!(home_opens_trace)),
                records: Records::Nothing,
            },
        }
    }

    /// Finds out what is in it.
    fn explain(&self, lang: Lang) -> anyhow::Result<Explaining> {
        let summed_up = |place| summary::of(place, lang, |text| text);
        Ok(match self {
            Self::Lesson(name) => {
                let opened = lessons::open(Path::new(name))?;
                let stops = opened.steps.len();
                let asked = opened.steps.iter().filter(|stop| stop.right.is_some());
                let (asked, trace) = (asked.count(), &opened.lesson.trace);
                at_once(text!(home_lesson_has, stops, trace, asked).in_lang(lang))
            }
            Self::Exercise(name) => {
                let exercise = exercises::of_name(name)?;
                let file = exercises::folder(name, None).join(Form::default().file(name));
                let (file, points) = (file.display(), exercise.points().count());
                at_once(text!(home_exercise_has, file, points, name).in_lang(lang))
            }
            Self::Demo(demo) => {
                let file = demo.file;
                let is = move |what: String| text!(home_demo_is, file, what).in_lang(lang);
                match Builtin::named(demo.name) {
                    Some(trace) => summary::of(&InputPlace::Builtin(trace), lang, is)?,
                    None => at_once(is(String::new())),
                }
            }
            Self::Builtin(trace) => summed_up(&InputPlace::Builtin(trace))?,
            Self::File(path) => summed_up(&InputPlace::File(path.clone()))?,
        })
    }
}

/// Whether there is a program of an exercise where `evscope learn` would look.
fn is_begun(exercise: &str) -> bool {
    let folder = exercises::folder(exercise, None);
    !matches!(Program::in_folder(&folder, exercise, None), Ok(None))
}

/// What needs no finding out.
fn at_once(text: String) -> Explaining {
    Box::new(move || Explained::Whole(text.clone()))
}

/// What there is to open; made anew each time the screen is come back to.
struct List {
    entries: Vec<Entry>,
    /// Entries before this one were looked at lately, if they are files.
    recent: usize,
    progress: Kept,
}

/// What is kept of how far the user has come.
#[derive(Clone, Copy)]
struct Kept {
    lesson: fn(&str) -> Option<Progress>,
    exercise: fn(&str) -> Option<progress::Progress>,
}

impl List {
    fn new() -> Self {
        Self::of(recent_elsewhere(), traces_here())
    }

    /// With the traces that were looked at last, and those of the current folder.
    fn of(recent: Vec<PathBuf>, here: Vec<String>) -> Self {
        let count = recent.len();
        let lessons = lessons::ALL.iter().map(|(name, _)| Entry::Lesson(name));
        let recent = recent.into_iter().map(Entry::File);
        let here = here.into_iter().map(PathBuf::from).map(Entry::File);
        let exercises = evscope_exercise::names().map(Entry::Exercise);
        let demos = DEMOS.iter().map(Entry::Demo);
        let builtin = undemonstrated().map(Entry::Builtin);
        // What one has at hand comes first: the course is long.
        let entries = recent
            .chain(here)
            .chain(lessons)
            .chain(exercises)
            .chain(demos)
            .chain(builtin);
        Self {
            entries: entries.collect(),
            recent: count,
            progress: Kept {
                lesson: lessons::progress_of,
                exercise: progress::of,
            },
        }
    }

    fn place_of(&self, key: &str) -> usize {
        let mut entries = self.entries.iter();
        entries.position(|entry| entry.key() == key).unwrap_or(0)
    }
}

impl HomeList for List {
    fn items(&self, lang: Lang) -> Vec<HomeItem> {
        let items = self.entries.iter().enumerate();
        items
            .map(|(number, entry)| entry.item(number < self.recent, self.progress, lang))
            .collect()
    }

    fn explain(&self, item: usize, lang: Lang) -> Explaining {
        let explained = self.entries.get(item).map(|entry| entry.explain(lang));
        match explained {
            Some(Ok(explaining)) => explaining,
            Some(Err(error)) => at_once(crate::in_full(&error)),
            None => at_once(String::new()),
        }
    }
}

/// The traces inside the binary that are no demo's, nor those of a demo's twin.
fn undemonstrated() -> impl Iterator<Item = &'static Builtin> {
    let has_demo = |trace: &&Builtin| {
        let name = trace.name.strip_prefix("libevent/").unwrap_or(trace.name);
        DEMOS.iter().any(|demo| demo.name == name)
    };
    builtin::ALL.iter().filter(move |trace| !has_demo(trace))
}

/// The traces that were looked at last, without those that stand in the current folder's list.
fn recent_elsewhere() -> Vec<PathBuf> {
    let here = std::env::current_dir().ok();
    let mut recent = recent::list();
    recent.retain(|path| {
        let listed = path
            .file_name()
            .is_some_and(|name| is_trace_name(&name.to_string_lossy()));
        !(listed && path.parent() == here.as_deref())
    });
    recent
}

/// The names of the traces in the current folder.
fn traces_here() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(".")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| is_trace_name(name) && Path::new(name).is_file())
        .collect();
    names.sort();
    names
}

fn size(name: &Path, lang: Lang) -> String {
    fs::metadata(name).map_or_else(|error| error.to_string(), |file| bytes(file.len(), lang))
}

fn bytes(len: u64, lang: Lang) -> String {
    text!(home_bytes, len).in_lang(lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_on_the_home_screen_has_words_in_both_languages() {
        let list = List::new();
        for (entry, number) in list.entries.iter().zip(0..) {
            if let Entry::File(_) = entry {
                continue;
            }
            for lang in [Lang::EN, Lang::ZH] {
                let item = entry.item(false, list.progress, lang);
                assert!(
                    !item.section.is_empty() && !item.about.is_empty(),
                    "{}",
                    item.name
                );
                assert_eq!(
                    item.section.is_ascii(),
                    lang == Lang::EN,
                    "{}",
                    item.section
                );
                assert!(!item.detail.contains('`'), "{}", item.detail);
                let mut explaining = list.explain(number, lang);
                let text = loop {
                    if let Explained::Whole(text) = explaining() {
                        break text;
                    }
                };
                assert!(text.len() > 20, "{}: {text}", item.name);
            }
        }
    }

    /// The picture in the documents: what somebody sees who has just begun.
    #[test]
    fn the_picture_of_the_home_screen_is_current() {
        let new = List {
            progress: Kept {
                lesson: |_| None,
                exercise: |_| None,
            },
            ..List::of(Vec::new(), Vec::new())
        };
        let options = HomeOptions {
            lang: Lang::EN,
            palette: None,
            keys: Vec::new(),
            chosen: 0,
            failed: None,
        };
        let picture = evscope_tui::picture::of_home(&options, &new, (120, 40));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/images/home.svg");
        if std::env::var_os("UPDATE_PICTURES").is_some() {
            fs::write(&path, &picture).unwrap();
        }
        assert!(
            fs::read_to_string(&path).unwrap_or_default() == picture,
            "{} is not what the screen looks like now; scripts/pictures draws it anew",
            path.display()
        );
    }
}
