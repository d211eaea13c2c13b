//! The lessons inside the binary, and how far the user has come in them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use evscope_replay::{Lesson, LessonStep, Replay};
use evscope_tui::{Answered, Course, Progress};
use evscope_words::text;

use crate::builtin::Builtin;
use crate::input::{self, Place};
use crate::{dirs, language};

/// A lesson's name and its file's text.
macro_rules! lesson {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../docs/lessons/", $name, ".toml")),
        )
    };
}

/// The lessons that evscope brings along, in the order in which to take them.
pub(crate) const ALL: &[(&str, &str)] = &[
    lesson!("loop"),
    lesson!("listener"),
    lesson!("accept"),
    lesson!("connection"),
    lesson!("writecb"),
    lesson!("freeing"),
    lesson!("disabled-read"),
    lesson!("high-watermark-stall"),
];

/// A lesson with its trace.
pub(crate) struct Opened {
    pub(crate) lesson: Lesson,
    pub(crate) steps: Vec<LessonStep>,
    pub(crate) replay: Replay,
    /// The name its progress is kept under.
    key: String,
}

/// A lesson that evscope brings along.
pub(crate) fn named(name: &str) -> anyhow::Result<Lesson> {
    let (name, text) = ALL
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| language::wrong(&text!(cli_no_lesson, name, names = names())))?;
    Ok(Lesson::parse(&format!("{name}.toml"), text)?)
}

/// The names, for a message.
fn names() -> String {
    let names: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

/// The lesson after one of those that evscope brings along.
pub(crate) fn after(name: &str) -> Option<&'static str> {
    let at = ALL.iter().position(|(known, _)| *known == name)?;
    Some(ALL.get(at + 1)?.0)
}

/// Opens a lesson: one of evscope's own by its name, or a teacher's from a file.
pub(crate) fn open(asked: &Path) -> anyhow::Result<Opened> {
    let own = asked.to_str().filter(|name| is_name(name));
    let (lesson, file, folder) = match own {
        Some(name) => (named(name)?, format!("{name}.toml"), None),
        None => {
            let file = asked.display().to_string();
            let text = input::text_of(asked).with_context(|| file.clone())?;
            let lesson = Lesson::parse(&file, &text)?;
            (lesson, file, asked.parent())
        }
    };
    let trace = trace_of(&lesson, folder)
        .and_then(|place| place.open())
        .with_context(|| language::told(&text!(cli_its_trace, file)))?;
    let replay = Replay::new(trace);
    let steps = lesson.prepare(&file, &replay)?;
    let key = match own {
        Some(name) => name.to_owned(),
        None => std::path::absolute(asked)?.display().to_string(),
    };
    Ok(Opened {
        lesson,
        steps,
        replay,
        key,
    })
}

/// Whether the argument is a name and not a file: no file is called so, nor does it look like one's.
fn is_name(name: &str) -> bool {
    !name.contains('/') && !name.ends_with(".toml")
}

/// A file beside the lesson, or else a built-in trace.
fn trace_of(lesson: &Lesson, folder: Option<&Path>) -> anyhow::Result<Place> {
    let beside = folder.map(|folder| folder.join(&lesson.trace));
    if let Some(file) = beside.filter(|path| path.is_file()) {
        return Ok(Place::File(file));
    }
    let builtin = Builtin::named(&lesson.trace);
    builtin
        .map(Place::Builtin)
        .ok_or_else(|| language::wrong(&text!(cli_no_trace_of_lesson, name = lesson.trace)))
}

impl Opened {
    /// The lesson to take, from where it was left, and its trace.
    pub(crate) fn course(self, begin: Begin) -> (Course, Replay) {
        let progress = match begin {
            Begin::Anew => Progress::default(),
            Begin::WhereLeft => progress_of(&self.key).unwrap_or_default(),
        };
        let done = progress.at >= self.lesson.stops.len();
        // Who has done it takes it again.
        let progress = if done { Progress::default() } else { progress };
        let next = after(&self.lesson.name).map(|next| format!("evscope learn {next}"));
        let (key, place) = (self.key, place());
        let course = Course {
            lesson: self.lesson,
            steps: self.steps,
            progress,
            next,
            keep: place.map(|place| -> evscope_tui::Keeper {
                Box::new(move |progress| keep(&place, &key, progress))
            }),
        };
        (course, self.replay)
    }
}

/// Where to begin a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// At its first stop.
    Anew,
    /// Where it was left.
    WhereLeft,
}

fn place() -> Option<PathBuf> {
    Some(dirs::state()?.join("lessons"))
}

/// How far the user has come in a lesson; none if it was never begun.
pub(crate) fn progress_of(key: &str) -> Option<Progress> {
    read(&place()?, key)
}

/// A line a lesson: the stop, a sign for each answer (`+` right, `-` wrong, `.` none), and the name.
fn read(place: &Path, key: &str) -> Option<Progress> {
    let text = fs::read_to_string(place).ok()?;
    text.lines().find_map(|line| {
        let (at, rest) = line.split_once(' ')?;
        let (answers, name) = rest.split_once(' ')?;
        (name == key).then_some(())?;
        Some(Progress {
            at: at.parse().ok()?,
            answers: answers
                .chars()
                .map(|sign| match sign {
                    '+' => Answered::Right,
                    '-' => Answered::Wrong,
                    _ => Answered::Not,
                })
                .collect(),
        })
    })
}

fn keep(place: &Path, key: &str, progress: &Progress) -> io::Result<()> {
    let answers: String = progress
        .answers
        .iter()
        .map(|answer| match answer {
            Answered::Right => '+',
            Answered::Wrong => '-',
            Answered::Not => '.',
        })
        .collect();
    let mut text = format!("{} {answers} {key}\n", progress.at);
    let before = fs::read_to_string(place).unwrap_or_default();
    let of_others = before
        .lines()
        .filter(|line| line.splitn(3, ' ').nth(2) != Some(key));
    for line in of_others {
        text.push_str(line);
        text.push('\n');
    }
    dirs::replace(place, &text)
}

#[cfg(test)]
mod tests {
    use evscope_replay::{Lang, Right};

    use super::*;

    /// Every stop is there, and every question has one right answer, in both languages.
    #[test]
    fn every_lesson_holds_in_its_trace() {
        for (name, _) in ALL {
            let opened = open(Path::new(name)).unwrap_or_else(|error| panic!("{error:#}"));
            let lesson = &opened.lesson;
            assert!(lesson.stops.len() >= 3, "{name}");
            for wording in lesson.wordings() {
                assert!(
                    wording.is_complete(),
                    "{name}: {:?}",
                    wording.in_lang(Lang::EN)
                );
                for lang in [Lang::EN, Lang::ZH] {
                    let marks = wording.in_lang(lang).matches('`').count();
                    assert!(marks % 2 == 0, "{name}: {}", wording.in_lang(lang));
                }
            }
            let asked = opened.steps.iter().filter(|stop| stop.right.is_some());
            assert!(asked.count() >= 2, "{name} asks something");
            let goes_on = opened.steps.is_sorted_by_key(|stop| stop.step);
            assert!(goes_on, "{name} goes forward: {:?}", opened.steps);
        }
    }

    /// The example in the documentation is a lesson that holds in its trace.
    #[test]
    fn the_documentations_example_is_a_lesson() {
        let page = include_str!("../../../docs/lessons.md");
        let (_, rest) = page.split_once("```toml\n").unwrap();
        let (example, _) = rest.split_once("```").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("example.toml");
        fs::write(&file, example).unwrap();
        let opened = open(&file).unwrap();
        let right: Vec<_> = opened
            .steps
            .into_iter()
            .filter_map(|stop| stop.right)
            .collect();
        let bytes = Right::Value(evscope_replay::Value::Number(14));
        assert_eq!(right, [bytes, Right::Choice(1)]);
        for (name, _) in ALL {
            assert!(
                page.contains(&format!("\n| `{name}` |")),
                "{name} is in the table"
            );
        }
    }

    /// No lesson's right answer is always the same letter.
    #[test]
    fn the_right_choice_is_not_always_the_same() {
        let mut right = std::collections::HashSet::new();
        for (name, _) in ALL {
            let steps = open(Path::new(name)).unwrap().steps;
            right.extend(steps.into_iter().filter_map(|stop| match stop.right? {
                Right::Choice(choice) => Some(choice),
                Right::Step(_) | Right::Value(_) => None,
            }));
        }
        assert!(right.len() >= 3, "{right:?}");
    }

    #[test]
    fn every_file_of_the_folder_is_a_lesson() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/lessons");
        let mut files: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| Some(name.strip_suffix(".toml")?.to_owned()))
            .collect();
        files.sort();
        let mut known: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
        known.sort_unstable();
        assert_eq!(files, known);
    }

    #[test]
    fn progress_is_read_as_it_was_kept() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("new/lessons");
        let progress = Progress {
            at: 2,
            answers: vec![Answered::Right, Answered::Wrong, Answered::Not],
        };
        keep(&place, "one", &Progress::default()).unwrap();
        keep(&place, "/a folder/two.toml", &Progress::default()).unwrap();
        keep(&place, "one", &progress).unwrap();
        assert_eq!(read(&place, "one"), Some(progress));
        assert_eq!(
            read(&place, "/a folder/two.toml"),
            Some(Progress::default())
        );
        assert_eq!(read(&place, "three"), None);
        assert_eq!(fs::read_to_string(&place).unwrap().lines().count(), 2);
    }
}
