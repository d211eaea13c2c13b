//! A lesson's stops and answers, found in a trace.

use evscope_trace::Level;
use evscope_words::{Text, text};

use super::{Answer, Choice, Holds, Lesson, LessonError, LessonStop, Question};
use crate::{Lang, Query, Replay, State, Value, navigate};

/// A stop, found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonStep {
    /// The step.
    pub step: usize,
    /// The level to look at it.
    pub level: Level,
    /// The right answer to its question, if it asks one.
    pub right: Option<Right>,
}

/// A right answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Right {
    /// The choice of this number, from 0.
    Choice(usize),
    /// This step.
    Step(usize),
    /// This value.
    Value(Value),
}

/// What somebody answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prediction {
    /// The choice of this number, from 0.
    Choice(usize),
    /// What was typed.
    Typed(String),
}

/// So often a value or a step may be typed before the answer is told.
const TRIES: usize = 3;

impl Right {
    /// How often one may try before the answer is told. None: of choices there are so many.
    pub fn tries(&self) -> Option<usize> {
        match self {
            Self::Choice(_) => None,
            Self::Step(_) | Self::Value(_) => Some(TRIES),
        }
    }

    /// Whether something that was typed is an answer of this kind at all, right or wrong.
    pub fn takes(&self, typed: &str) -> bool {
        match self {
            Self::Step(_) => typed.trim().parse::<usize>().is_ok(),
            Self::Value(Value::Number(_)) => {
                let digits = typed.trim().trim_start_matches('-');
                digits.starts_with(|c: char| c.is_ascii_digit())
            }
            Self::Choice(_) | Self::Value(_) => !typed.trim().is_empty(),
        }
    }

    /// Whether a prediction has come true.
    pub fn is(&self, prediction: &Prediction) -> bool {
        match (self, prediction) {
            (Self::Choice(right), Prediction::Choice(given)) => right == given,
            (Self::Step(right), Prediction::Typed(given)) => given.trim().parse() == Ok(*right),
            (Self::Value(right), Prediction::Typed(given)) => {
                let given = given.trim();
                let is_number = matches!(right, Value::Number(right)
                    if given.trim_end_matches(char::is_alphabetic).trim_end().parse() == Ok(*right));
                is_number || right.to_string().eq_ignore_ascii_case(given)
            }
            (Self::Choice(_), Prediction::Typed(_))
            | (Self::Step(_) | Self::Value(_), Prediction::Choice(_)) => false,
        }
    }
}

impl Lesson {
    /// Finds every stop and every answer in a trace, or says which is not there.
    pub fn prepare(&self, file: &str, replay: &Replay) -> Result<Vec<LessonStep>, LessonError> {
        let mut last = None;
        let find = |stop: &LessonStop| {
            let wrong = |error: Text| LessonError {
                file: file.to_owned(),
                line: stop.line,
                message: text!(lesson_in_trace, error, trace = replay.trace().name()),
            };
            // The next one; a lesson that goes back finds the first.
            let found = search(replay, &stop.at, last).or_else(|| search(replay, &stop.at, None));
            let step = found.ok_or_else(|| wrong(text!(lesson_no_step, query = stop.at.text())))?;
            last = Some(step);
            let level = stop.level.unwrap_or(self.level);
            if let Some(holds) = &stop.holds {
                // As it is shown: what hidden steps do may be what is asked for.
                let settled = match stop.question.as_ref().map(|question| &question.answer) {
                    Some(Answer::Choice(_) | Answer::Value(_)) => step,
                    Some(Answer::Step(_)) | None => navigate::settled(replay.trace(), step, level),
                };
                let state = replay.state_at(settled);
                if !holds.matches(replay.trace(), Some(&state), step) {
                    let query = holds.text();
                    return Err(wrong(text!(lesson_holds_not, query, step)));
                }
            }
            let question = stop.question.as_ref();
            let right = question.map(|question| question.right(replay, step, level));
            Ok(LessonStep {
                step,
                level: level.max(replay.trace().record(step).level()),
                right: right.transpose().map_err(wrong)?,
            })
        };
        self.stops.iter().map(find).collect()
    }
}

/// The next step after one that matches, whatever level shows it.
fn search(replay: &Replay, query: &Query, after: Option<usize>) -> Option<usize> {
    let begin = after.map_or(0, |step| step + 1);
    let steps = begin..replay.trace().len();
    query.hits(replay, steps, Level::Everything).next()
}

impl Question {
    /// The right answer, or what is missing.
    fn right(&self, replay: &Replay, stop: usize, level: Level) -> Result<Right, Text> {
        let trace = replay.trace();
        let judged = || match &self.judged_at {
            Some(query) => search(replay, query, Some(stop))
                .ok_or_else(|| text!(lesson_no_step_after, step = stop, query = query.text())),
            None => navigate::next(trace, stop, level)
                .ok_or_else(|| text!(lesson_nothing_follows, step = stop)),
        };
        match &self.answer {
            Answer::Step(query) => search(replay, query, Some(stop))
                .map(Right::Step)
                .ok_or_else(|| text!(lesson_no_step_after, step = stop, query = query.text())),
            Answer::Value(watch) => {
                let state = replay.state_at(navigate::settled(trace, judged()?, level));
                match watch.value(&state) {
                    Value::Absent => Err(text!(lesson_no_value, part = watch.text())),
                    value => Ok(Right::Value(value)),
                }
            }
            Answer::Choice(choices) => {
                let step = judged()?;
                let state = replay.state_at(step);
                let holds = |choice: &Choice| choice.holds(replay, &state, step);
                let right: Vec<usize> =
                    (0..choices.len()).filter(|i| holds(&choices[*i])).collect();
                match right[..] {
                    [only] => Ok(Right::Choice(only)),
                    [] => Err(text!(lesson_no_choice_right, step)),
                    [first, second, ..] => {
                        let [first, second] =
                            [first, second].map(|choice| choices[choice].text.in_lang(Lang::EN));
                        Err(text!(lesson_two_choices_right, first, second, step))
                    }
                }
            }
        }
    }
}

impl Choice {
    fn holds(&self, replay: &Replay, state: &State, step: usize) -> bool {
        match &self.holds {
            Holds::Always => true,
            Holds::Never => false,
            Holds::If(query) => query.matches(replay.trace(), Some(state), step),
        }
    }
}
