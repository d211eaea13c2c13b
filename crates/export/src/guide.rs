//! What a teacher says of a trace: where to stop, what to say there, and what to ask.

use std::collections::{BTreeMap, BTreeSet};

use evscope_replay::{Answer, Lang, Lesson, LessonStep, LessonStop, Question, Right};
use evscope_trace::Level;
use serde::Serialize;

/// Stops and notes. A page shows them at their steps; slides and a hand-out are made of them.
#[derive(Debug, Clone, Default)]
pub struct Guide {
    /// What the lesson is called, in English and in Chinese.
    pub(crate) title: Option<[String; 2]>,
    pub(crate) stops: Vec<Stop>,
    pub(crate) notes: BTreeMap<usize, String>,
}

/// A stop of a lesson.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    pub(crate) step: usize,
    pub(crate) level: Level,
    /// In English and in Chinese.
    pub(crate) said: [Said; 2],
    /// None: nothing is asked.
    pub(crate) right: Option<Right>,
}

/// What is said at a stop in a language.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Said {
    pub(crate) text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asked: Option<Asked>,
}

/// A question.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Asked {
    pub(crate) text: String,
    /// None: a step or a value is to be written.
    pub(crate) choices: Vec<String>,
    /// What is said once it is answered: only slides tell.
    #[serde(skip)]
    pub(crate) after: String,
}

impl Guide {
    /// The stops of a lesson, with where they are in the trace.
    #[must_use]
    pub fn of_lesson(lesson: &Lesson, found: &[LessonStep]) -> Self {
        let stops = lesson.stops.iter().zip(found).map(|(stop, found)| Stop {
            step: found.step,
            level: found.level,
            said: [Lang::EN, Lang::ZH].map(|lang| Said::of(stop, lang)),
            right: found.right.clone(),
        });
        let title = [Lang::EN, Lang::ZH].map(|lang| lesson.title.in_lang(lang).to_owned());
        Self {
            title: Some(title),
            stops: stops.collect(),
            notes: BTreeMap::new(),
        }
    }

    /// With notes on steps; an empty one is a bookmark.
    #[must_use]
    pub fn with_notes(self, notes: BTreeMap<usize, String>) -> Self {
        Self { notes, ..self }
    }
}

impl Guide {
    /// The steps it speaks of: those of its lesson, or else those with notes.
    pub(crate) fn steps(&self) -> BTreeSet<usize> {
        let stops: BTreeSet<usize> = self.stops.iter().map(|stop| stop.step).collect();
        match stops.is_empty() {
            true => self.notes.keys().copied().collect(),
            false => stops,
        }
    }
}

impl Stop {
    /// The right answer to its question, and what is said of it.
    pub(crate) fn right_in<'a>(&self, said: &'a Said) -> Option<(String, &'a str)> {
        let asked = said.asked.as_ref()?;
        let right = match self.right.as_ref()? {
            Right::Choice(at) => asked.choices.get(*at)?.clone(),
            Right::Step(step) => step.to_string(),
            Right::Value(value) => value.to_string(),
        };
        Some((right, &asked.after))
    }
}

impl Said {
    fn of(stop: &LessonStop, lang: Lang) -> Self {
        Self {
            text: stop.text.in_lang(lang).to_owned(),
            asked: stop.question.as_ref().map(|asked| Asked::of(asked, lang)),
        }
    }
}

impl Asked {
    fn of(question: &Question, lang: Lang) -> Self {
        let choices = match &question.answer {
            Answer::Choice(choices) => {
                let texts = choices.iter().map(|choice| choice.text.in_lang(lang));
                texts.map(str::to_owned).collect()
            }
            Answer::Step(_) | Answer::Value(_) => Vec::new(),
        };
        Self {
            text: question.text.in_lang(lang).to_owned(),
            choices,
            after: question.after.in_lang(lang).to_owned(),
        }
    }
}
