//! Every lesson, taken from its first stop to its last, one after the other, in the smallest terminal.

use std::path::Path;

use evscope_replay::{Answer, Lang, Lesson, LessonStep, Question, Replay, Right, Trace};

use super::Session;

/// The lessons in their order, as the page lists them.
fn course() -> Vec<(Lesson, Vec<LessonStep>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = std::fs::read_to_string(root.join("docs/lessons.md")).unwrap();
    let rows = page.lines().filter_map(|line| {
        let (number, rest) = line.strip_prefix("| ")?.split_once(" | `")?;
        number.parse::<usize>().ok()?;
        rest.split_once('`').map(|(name, _)| name)
    });
    rows.map(|name| {
        let file = format!("{name}.toml");
        let text = std::fs::read_to_string(root.join("docs/lessons").join(&file)).unwrap();
        let lesson = Lesson::parse(&file, &text).unwrap();
        let trace = root.join(format!("traces/{}.jsonl", lesson.trace));
        let steps = lesson.prepare(&file, &Replay::new(Trace::open(&trace).unwrap()));
        (lesson, steps.unwrap())
    })
    .collect()
}

/// A text without blanks, line ends and the marks of names: how it is wrapped does not matter.
fn flat(text: &str) -> String {
    let is_kept = |c: &char| !c.is_whitespace() && *c != '`';
    text.chars().filter(is_kept).collect()
}

impl Session {
    /// Waits until all of these texts are on the screen at once, each of them whole.
    #[track_caller]
    fn see_whole(&mut self, texts: &[String]) {
        let texts: Vec<String> = texts.iter().map(|text| flat(text)).collect();
        self.wait(&texts.join("\n"), |screen| {
            let screen = flat(&screen.contents());
            texts.iter().all(|text| screen.contains(text))
        });
    }

    /// Answers a question, wrongly first if that can be; what is said of it is there as a whole.
    #[track_caller]
    fn answer(&mut self, question: &Question, right: &Right, lang: Lang) {
        let hint = question.hint.as_ref().unwrap().in_lang(lang).to_owned();
        match right {
            Right::Choice(right) => {
                let letter = |choice: usize| ('a'..='z').nth(choice).unwrap();
                let wrong = usize::from(*right == 0);
                self.press(&format!("{}\r", letter(wrong)));
                self.see_whole(&[hint]);
                self.press(&format!("{}\r", letter(*right)));
            }
            Right::Step(step) => self.press(&format!("{step}\r")),
            Right::Value(value) => {
                let value = value.to_string();
                if !value.starts_with(|c: char| c.is_ascii_digit()) {
                    self.press("\r");
                }
                self.press(&format!("{value}\r"));
            }
        }
        self.see_whole(&[question.after.in_lang(lang).to_owned()]);
    }
}

fn walk(lang: Lang, code: &str) {
    let folder = tempfile::tempdir().unwrap();
    let lessons = course();
    assert!(lessons.len() > 20, "{} lessons", lessons.len());
    let first = lessons[0].0.name.as_str();
    let mut session = Session::start(80, 24, &["learn", first, "--lang", code], folder.path());
    for (number, (lesson, steps)) in lessons.iter().enumerate() {
        let count = lesson.stops.len();
        for (at, (stop, found)) in lesson.stops.iter().zip(steps).enumerate() {
            let title = lesson.title.in_lang(lang);
            let mut texts = vec![
                format!("{title} · {}/{count}", at + 1),
                stop.text.in_lang(lang).to_owned(),
            ];
            if let Some(question) = &stop.question {
                texts.push(question.text.in_lang(lang).to_owned());
                if let Answer::Choice(choices) = &question.answer {
                    let shown = ('a'..='z').zip(choices);
                    texts.extend(shown.map(|(letter, choice)| {
                        format!("{letter}) {}", choice.text.in_lang(lang))
                    }));
                }
            }
            session.see_whole(&texts);
            if let (Some(question), Some(right)) = (&stop.question, &found.right) {
                session.answer(question, right, lang);
            }
            session.press("\r");
        }
        // What comes next is one key away; behind the last lesson it is the end.
        if let Some((next, _)) = lessons.get(number + 1) {
            session.see(&format!("evscope learn {}", next.name));
        } else {
            let title = lesson.title.in_lang(lang).to_owned();
            session.wait("the last page", |screen| {
                let screen = screen.contents();
                screen.contains(&title) && !screen.contains(&format!("· {count}/{count}"))
            });
        }
        session.press("\r");
    }
    let (status, _) = session.end();
    assert!(status.success());
    // Everything is done, and is said to be.
    let kept = std::fs::read_to_string(folder.path().join("evscope/lessons")).unwrap();
    assert_eq!(kept.lines().count(), lessons.len());
}

#[test]
fn every_lesson_is_taken_to_its_end_in_english() {
    walk(Lang::EN, "en");
}

#[test]
fn every_lesson_is_taken_to_its_end_in_chinese() {
    walk(Lang::ZH, "zh");
}
