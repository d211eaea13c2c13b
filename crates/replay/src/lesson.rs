//! Lessons: stops in a trace, with a text and often a question that is answered before the next step is
//! looked at. `docs/lessons.md` describes the file.
//!
//! A lesson names its stops and its answers by queries and parts of the state, not by step numbers, so
//! that it holds for a trace that is recorded anew; [`Lesson::prepare`] finds them in a trace, and says
//! what it does not find.

mod prepare;
mod read;

use evscope_trace::Level;
use evscope_words::{Text, text};

use crate::{Lang, Query, Watch};

pub use prepare::{LessonStep, Prediction, Right};

/// A lesson.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// What it is called: its file's name without the ending.
    pub name: String,
    /// Its title.
    pub title: Wording,
    /// What it is about, in a sentence or two.
    pub about: Wording,
    /// The trace: a built-in one's name, or a file beside the lesson's.
    pub trace: String,
    /// The lessons it builds on, by name.
    pub after: Vec<String>,
    /// The detail level, where a stop asks for no other.
    pub level: Level,
    /// Where it stops, in order.
    pub stops: Vec<LessonStop>,
}

/// A place where a lesson stops.
#[derive(Debug, Clone)]
pub struct LessonStop {
    /// Which step it is: the next one that matches, or else the first of the trace.
    pub at: Query,
    /// What its text says of the trace: the lesson is wrong where this does not hold.
    pub holds: Option<Query>,
    /// The line of the file that says so.
    line: usize,
    /// The level to look at it.
    pub level: Option<Level>,
    /// What there is to see.
    pub text: Wording,
    /// What to predict.
    pub question: Option<Question>,
}

/// Something to predict.
#[derive(Debug, Clone)]
pub struct Question {
    /// The question.
    pub text: Wording,
    /// What helps who has answered wrongly, without the answer.
    pub hint: Option<Wording>,
    /// What is said once it is answered.
    pub after: Wording,
    /// What kind of answer it has.
    pub answer: Answer,
    /// The step that answers it; none: the next one that is listed.
    judged_at: Option<Query>,
}

/// What kind of answer a question has.
#[derive(Debug, Clone)]
pub enum Answer {
    /// One of these, which stand in an order that says nothing.
    Choice(Vec<Choice>),
    /// A step: the next one that matches.
    Step(Query),
    /// A part of the state.
    Value(Watch),
}

/// A possible answer.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The answer.
    pub text: Wording,
    /// When it is the right one.
    holds: Holds,
}

#[derive(Debug, Clone)]
enum Holds {
    /// The lesson says so: it is not to be seen in a trace.
    Always,
    Never,
    /// If the judged step matches.
    If(Query),
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    en: String,
    /// None: the English one serves.
    zh: Option<String>,
}

impl Wording {
    /// The text in a language; in English if it is not there in that one.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match &self.zh {
            Some(zh) if lang == Lang::ZH => zh,
            _ => &self.en,
        }
    }

    /// Whether it is there in both languages.
    pub fn is_complete(&self) -> bool {
        self.zh.is_some()
    }
}

impl Lesson {
    /// All its texts.
    pub fn wordings(&self) -> Vec<&Wording> {
        let mut all = vec![&self.title, &self.about];
        for stop in &self.stops {
            all.push(&stop.text);
            if let Some(question) = &stop.question {
                all.extend([&question.text, &question.after]);
                all.extend(&question.hint);
                if let Answer::Choice(choices) = &question.answer {
                    all.extend(choices.iter().map(|choice| &choice.text));
                }
            }
        }
        all
    }
}

/// What is wrong with a lesson.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", text!(lesson_error, file = self.file, line = self.line, error = self.message))]
pub struct LessonError {
    /// The lesson's file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: Text,
}

#[cfg(test)]
mod tests;
