//! The lessons inside the binary, and how far the user has come in them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use evscope_replay::{Lesson, LessonStep, Prediction, Replay, Trace};
use evscope_tui::{Answered, Course, Progress};
use evscope_words::text;

use crate::builtin::Builtin;
use crate::input::{self, InputPlace};
use crate::{dirs, language};

/// A lesson's name and its file's text.
macro_rules! lesson {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!(env!("EVSCOPE_LESSONS"), "/", $name, ".toml")),
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
    lesson!("reading"),
    lesson!("messages"),
    lesson!("back-pressure"),
    lesson!("disabled-read"),
    lesson!("high-watermark-stall"),
    lesson!("partial-write"),
    lesson!("eof"),
    lesson!("errors"),
    lesson!("timeouts"),
    lesson!("connecting"),
    lesson!("connect-at-once"),
    lesson!("connect-refused"),
    lesson!("connect-by-name"),
    lesson!("deferred"),
    lesson!("rate-limits"),
    lesson!("pairs"),
    lesson!("filters"),
    lesson!("tls"),
    lesson!("timers"),
    lesson!("signals"),
    lesson!("priorities"),
    lesson!("edge-trigger"),
    lesson!("threads"),
    lesson!("fork"),
    lesson!("chat-server"),
    lesson!("flow-control"),
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
        .ok_or_else(|| no_lesson(name))?;
    Ok(Lesson::parse(&format!("{name}.toml"), text)?)
}

/// What is said of a name that is neither a lesson's nor an exercise's.
pub(crate) fn no_lesson(name: &str) -> anyhow::Error {
    let lessons: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
    let exercises: Vec<&str> = evscope_exercise::names().collect();
    language::wrong(&text!(
        cli_no_lesson,
        name,
        names = lessons.join(", "),
        exercises = exercises.join(", ")
    ))
}

/// The lesson after one of those that evscope brings along.
pub(crate) fn after(name: &str) -> Option<&'static str> {
    let at = ALL.iter().position(|(known, _)| *known == name)?;
    Some(ALL.get(at + 1)?.0)
}

/// Opens a lesson: one of evscope's own by its name, or a teacher's from a file.
pub(crate) fn open(asked: &Path) -> anyhow::Result<Opened> {
    let (lesson, file) = lesson_of(asked)?;
    let folder = own(asked).is_none().then(|| asked.parent()).flatten();
    let trace = trace_of(&lesson, folder)
        .and_then(|place| place.open())
        .with_context(|| language::told(&text!(cli_its_trace, file)))?;
    let replay = Replay::new(trace);
    let steps = lesson.prepare(&file, &replay)?;
    let key = match own(asked) {
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

/// A lesson, found in a trace that need not be its own.
pub(crate) fn found_in(asked: &Path, trace: Trace) -> anyhow::Result<(Lesson, Vec<LessonStep>)> {
    let (lesson, file) = lesson_of(asked)?;
    let steps = lesson.prepare(&file, &Replay::new(trace))?;
    Ok((lesson, steps))
}

/// A lesson, and what its file is called.
fn lesson_of(asked: &Path) -> anyhow::Result<(Lesson, String)> {
    if let Some(name) = own(asked) {
        return Ok((named(name)?, format!("{name}.toml")));
    }
    let file = asked.display().to_string();
    let text = input::text_of(asked).with_context(|| file.clone())?;
    Ok((Lesson::parse(&file, &text)?, file))
}

/// The name of one of evscope's own.
fn own(asked: &Path) -> Option<&str> {
    asked.to_str().filter(|name| is_name(name))
}

/// Whether the argument is a name and not a file: no file is called so, nor does it look like one's.
fn is_name(name: &str) -> bool {
    !name.contains(std::path::is_separator) && !name.ends_with(".toml")
}

/// A file beside the lesson, or else a built-in trace.
fn trace_of(lesson: &Lesson, folder: Option<&Path>) -> anyhow::Result<InputPlace> {
    let beside = folder.map(|folder| folder.join(&lesson.trace));
    if let Some(file) = beside.filter(|path| path.is_file()) {
        return Ok(InputPlace::File(file));
    }
    let builtin = Builtin::named(&lesson.trace);
    builtin
        .map(InputPlace::Builtin)
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

/// A line a lesson: the stop, the answers as [`signs`] has them, and the name.
fn read(place: &Path, key: &str) -> Option<Progress> {
    let text = fs::read_to_string(place).ok()?;
    text.lines().find_map(|line| {
        let (at, rest) = line.split_once(' ')?;
        let (answers, name) = rest.split_once(' ')?;
        (name == key).then_some(())?;
        let (answers, tries) = answers_of(answers);
        Some(Progress {
            at: at.parse().ok()?,
            answers,
            tries,
        })
    })
}

/// The answers of each stop: a sign (`+` right at once, `-` not at once, `.` none) and in brackets what was
/// tried: choices as letters, what was typed behind a `=`.
fn signs(progress: &Progress) -> String {
    let mut text = String::new();
    for (stop, answer) in progress.answers.iter().enumerate() {
        text.push(match answer {
            Answered::Right => '+',
            Answered::Wrong => '-',
            Answered::Not => '.',
        });
        let tries = progress.tries.get(stop).map_or(&[][..], Vec::as_slice);
        if tries.is_empty() {
            continue;
        }
        let tries: Vec<String> = tries
            .iter()
            .map(|tried| match tried {
                Prediction::Choice(choice) => ('a'..='z').nth(*choice).unwrap_or('z').into(),
                // No more than a line's part: what could be taken for its signs is left out.
                Prediction::Typed(typed) => {
                    let plain = |c: &char| c.is_alphanumeric() || matches!(c, '|' | '_' | '.');
                    format!("={}", typed.chars().filter(plain).collect::<String>())
                }
            })
            .collect();
        text.push_str(&format!("[{}]", tries.join(",")));
    }
    text
}

/// Reads what [`signs`] has written. Earlier versions kept no tries.
fn answers_of(text: &str) -> (Vec<Answered>, Vec<Vec<Prediction>>) {
    let mut answers = Vec::new();
    let mut tries: Vec<Vec<Prediction>> = Vec::new();
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        rest = &rest[sign.len_utf8()..];
        answers.push(match sign {
            '+' => Answered::Right,
            '-' => Answered::Wrong,
            _ => Answered::Not,
        });
        let inside = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let Some((inside, behind)) = inside else {
            tries.push(Vec::new());
            continue;
        };
        rest = behind;
        let tried = inside.split(',').filter_map(|tried| {
            if let Some(typed) = tried.strip_prefix('=') {
                return Some(Prediction::Typed(typed.to_owned()));
            }
            let choice = ('a'..='z').position(|letter| tried == letter.to_string())?;
            Some(Prediction::Choice(choice))
        });
        tries.push(tried.collect());
    }
    (answers, tries)
}

fn keep(place: &Path, key: &str, progress: &Progress) -> io::Result<()> {
    let answers = signs(progress);
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
    use std::collections::HashSet;

    use evscope_replay::{Answer, Lang, Question, Right, Wording, describe};

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
    }

    /// The place of a choice says nothing: no letter is right much more often than by chance, and none is
    /// all through a lesson.
    #[test]
    fn the_right_choice_cannot_be_guessed_by_its_place() {
        // By the number of choices, how often each of them is right.
        let mut right = std::collections::BTreeMap::<usize, Vec<usize>>::new();
        for (name, _) in ALL {
            let opened = open(Path::new(name)).unwrap();
            let mut letters = Vec::new();
            for (stop, found) in opened.lesson.stops.iter().zip(&opened.steps) {
                if let Some(Question {
                    answer: Answer::Choice(choices),
                    ..
                }) = &stop.question
                    && let Some(Right::Choice(choice)) = found.right
                {
                    let counts = right.entry(choices.len()).or_default();
                    counts.resize(choices.len(), 0);
                    counts[choice] += 1;
                    letters.push(choice);
                }
            }
            let all_the_same = letters.windows(2).all(|pair| pair[0] == pair[1]);
            assert!(letters.len() < 3 || !all_the_same, "{name}: {letters:?}");
        }
        for (choices, counts) in right {
            let asked: usize = counts.iter().sum();
            // Three deviations of a fair coin, die or the like.
            let fair = asked as f64 / choices as f64;
            let spread = 3.0 * (fair * (1.0 - 1.0 / choices as f64)).sqrt();
            for (choice, count) in counts.iter().enumerate() {
                let away = (*count as f64 - fair).abs();
                assert!(away <= spread, "choice {choice} of {choices}: {counts:?}");
            }
        }
    }

    /// What is asked for does not stand beside the question: neither a value nor a name that only the right
    /// choice has.
    #[test]
    fn no_answer_stands_beside_its_question() {
        for (name, _) in ALL {
            let opened = open(Path::new(name)).unwrap();
            let lesson = &opened.lesson;
            for lang in [Lang::EN, Lang::ZH] {
                for (stop, found) in lesson.stops.iter().zip(&opened.steps) {
                    let (Some(question), Some(right)) = (&stop.question, &found.right) else {
                        continue;
                    };
                    let of = |wording: &Wording| wording.in_lang(lang).to_owned();
                    let mut beside = vec![of(&lesson.title), of(&lesson.about), of(&stop.text)];
                    match (right, &question.answer) {
                        (Right::Value(value), _) => {
                            beside.push(of(&question.text));
                            beside.extend(question.hint.as_ref().map(of));
                            let value = value.to_string();
                            let is_part = |c: char| !c.is_ascii_alphanumeric() && c != '_';
                            let told = beside
                                .iter()
                                .any(|text| text.split(is_part).any(|word| word == value));
                            // Both answers of "(yes or no)" stand there.
                            assert!(told == (value == "yes" || value == "no"), "{name}: {value}");
                        }
                        (Right::Choice(right), Answer::Choice(choices)) => {
                            let names = |text: &str| -> Vec<String> {
                                text.split('`')
                                    .skip(1)
                                    .step_by(2)
                                    .map(str::to_owned)
                                    .collect()
                            };
                            let others: Vec<String> = choices
                                .iter()
                                .enumerate()
                                .filter(|(choice, _)| choice != right)
                                .flat_map(|(_, choice)| names(choice.text.in_lang(lang)))
                                .collect();
                            for told in names(choices[*right].text.in_lang(lang)) {
                                let is_told = beside.iter().any(|text| names(text).contains(&told));
                                let fair = others.iter().any(|other| {
                                    beside.iter().any(|text| names(text).contains(other))
                                });
                                assert!(!is_told || fair, "{name}: `{told}` in {beside:?}");
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    /// Every question helps who has answered wrongly, and what a text says in numbers is in the trace: in
    /// what is shown of a step, in the source, or in what the lesson holds against the state.
    #[test]
    fn every_question_has_a_hint_and_every_number_is_held() {
        let numbers = |text: &str| -> Vec<String> {
            let digits = |c: char| !c.is_ascii_digit();
            let all = text.split(digits).filter(|number| number.len() >= 2);
            all.map(str::to_owned).collect()
        };
        for (name, _) in ALL {
            let opened = open(Path::new(name)).unwrap();
            let trace = opened.replay.trace();
            let steps = (0..trace.len()).map(|step| describe::summary(trace, step));
            let mut held: HashSet<String> = steps.flat_map(|step| numbers(&step)).collect();
            for file in trace.source_files() {
                let texts = trace.source_file(file).iter();
                held.extend(texts.flat_map(|source| numbers(&source.text)));
            }
            for stop in &opened.lesson.stops {
                held.extend(stop.holds.iter().flat_map(|holds| numbers(holds.text())));
                let question = stop.question.as_ref();
                // A question may suppose something that is not there.
                held.extend(
                    question
                        .iter()
                        .flat_map(|asked| numbers(asked.text.in_lang(Lang::EN))),
                );
                let hint = question.map(|question| question.hint.as_ref().expect(name));
                let after = question.map(|question| &question.after);
                for text in [Some(&stop.text), hint, after].into_iter().flatten() {
                    for lang in [Lang::EN, Lang::ZH] {
                        let text = text.in_lang(lang);
                        for number in numbers(text) {
                            assert!(held.contains(&number), "{name}: {number} in {text}");
                        }
                    }
                }
            }
        }
    }

    /// The order is one in which each lesson builds on those before it.
    #[test]
    fn a_lesson_builds_on_lessons_before_it() {
        let mut before = Vec::new();
        for (name, _) in ALL {
            for needed in named(name).unwrap().after {
                assert!(before.contains(&needed), "{name} comes before {needed}");
            }
            before.push((*name).to_owned());
        }
    }

    /// The pages list the course as it is; `UPDATE_DOCS=1` writes the lists anew.
    #[test]
    fn the_pages_list_the_course() {
        for (page, lang, head) in [
            (
                "docs/lessons.md",
                Lang::EN,
                "| | lesson | what it is about | trace | builds on |",
            ),
            (
                "docs/zh/lessons.md",
                Lang::ZH,
                "| | 课程 | 内容 | 跟踪 | 先学 |",
            ),
        ] {
            let mut table = format!("{head}\n| --- | --- | --- | --- | --- |\n");
            for (number, (name, _)) in ALL.iter().enumerate() {
                let lesson = named(name).unwrap();
                let after: Vec<String> = lesson
                    .after
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect();
                let row = format!(
                    "| {} | `{name}` | **{}** {} | {} | {} |\n",
                    number + 1,
                    lesson.title.in_lang(lang),
                    lesson.about.in_lang(lang),
                    lesson.trace,
                    after.join(", ")
                );
                table.push_str(&row);
            }
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../..")
                .join(page);
            let text = fs::read_to_string(&path).unwrap();
            let begin = text
                .find(head)
                .unwrap_or_else(|| panic!("{page} has no table"));
            let end = text[begin..]
                .find("\n\n")
                .map_or(text.len(), |end| begin + end + 1);
            if std::env::var_os("UPDATE_DOCS").is_some() {
                let new = format!("{}{table}{}", &text[..begin], &text[end..]);
                fs::write(&path, new).unwrap();
                continue;
            }
            assert_eq!(
                &text[begin..end],
                table,
                "{page}: UPDATE_DOCS=1 writes it anew"
            );
        }
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
            tries: vec![
                vec![Prediction::Choice(1)],
                vec![
                    Prediction::Typed("14".to_owned()),
                    Prediction::Typed("yes".to_owned()),
                ],
                Vec::new(),
            ],
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
        let kept = fs::read_to_string(&place).unwrap();
        assert_eq!(kept.lines().count(), 2);
        assert!(kept.contains("2 +[b]-[=14,=yes]. one"), "{kept}");
        // What was typed may be anything: a line of the file it stays.
        let odd = Progress {
            answers: vec![Answered::Wrong],
            tries: vec![vec![Prediction::Typed("a] b,\n[=".to_owned())]],
            ..Progress::default()
        };
        keep(&place, "one", &odd).unwrap();
        let typed = vec![vec![Prediction::Typed("ab".to_owned())]];
        assert_eq!(read(&place, "one").unwrap().tries, typed);
        // As it was kept before there were tries.
        fs::write(&place, "1 +-. one\n").unwrap();
        let old = read(&place, "one").unwrap();
        assert_eq!(
            old.answers,
            [Answered::Right, Answered::Wrong, Answered::Not]
        );
    }
}
