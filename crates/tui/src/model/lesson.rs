//! A lesson being taken: which stop one is at, and how its questions were answered.

use std::io;

use evscope_replay::{Answer, Lang, Lesson, LessonStep, LessonStop, Prediction, Question, Right};
use evscope_words::{text, word};

use crate::model::Model;
use crate::model::layout::Pane;
use crate::model::message::Effect;
use crate::model::prompt::{Kind, Prompt};

/// How far somebody has come in a lesson.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The stop one is at, from 0; behind the last one the lesson is done.
    pub at: usize,
    /// The answers to the questions of the stops, by stop.
    pub answers: Vec<Answered>,
}

/// How a question was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// It was not, or there is none.
    Not,
    /// The prediction came true.
    Right,
    /// It did not.
    Wrong,
}

impl Progress {
    /// How many predictions came true, and how many were made.
    pub fn score(&self) -> (usize, usize) {
        let count = |wanted| {
            self.answers
                .iter()
                .filter(|answer| **answer == wanted)
                .count()
        };
        let right = count(Answered::Right);
        (right, right + count(Answered::Wrong))
    }
}

/// A lesson to take with a trace.
pub struct Course {
    /// The lesson.
    pub lesson: Lesson,
    /// Its stops, found in the trace.
    pub steps: Vec<LessonStep>,
    /// Where to begin.
    pub progress: Progress,
    /// What comes after it, for the last page: a command.
    pub next: Option<String>,
    /// Keeps the progress; none: it is forgotten.
    pub keep: Option<Keeper>,
}

/// Keeps how far somebody has come.
pub type Keeper = Box<dyn Fn(&Progress) -> io::Result<()>>;

impl std::fmt::Debug for Course {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Course").field(&self.lesson.name).finish()
    }
}

/// The lesson as the model knows it.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) lesson: Lesson,
    steps: Vec<LessonStep>,
    pub(crate) progress: Progress,
    pub(crate) next: Option<String>,
    /// The choice that is looked at; none until one chooses.
    pub(crate) chosen: Option<usize>,
    /// What was answered at this stop, to be shown beside what is right.
    pub(crate) given: Option<Prediction>,
}

impl Taken {
    pub(crate) fn new(
        lesson: Lesson,
        steps: Vec<LessonStep>,
        mut progress: Progress,
        next: Option<String>,
    ) -> Self {
        let count = lesson.stops.len().min(steps.len());
        progress.at = progress.at.min(count);
        progress.answers.resize(count, Answered::Not);
        Self {
            lesson,
            steps,
            progress,
            next,
            chosen: None,
            given: None,
        }
    }

    /// The stop one is at, and where it is in the trace; none at the end.
    pub(crate) fn stop(&self) -> Option<(&LessonStop, &LessonStep)> {
        let at = self.progress.at;
        Some((self.lesson.stops.get(at)?, self.steps.get(at)?))
    }

    /// The question of the stop, and its right answer.
    pub(crate) fn question(&self) -> Option<(&Question, &Right)> {
        let (stop, found) = self.stop()?;
        Some((stop.question.as_ref()?, found.right.as_ref()?))
    }

    /// How the question of the stop was answered.
    pub(crate) fn answered(&self) -> Answered {
        let answers = &self.progress.answers;
        answers
            .get(self.progress.at)
            .copied()
            .unwrap_or(Answered::Not)
    }

    /// The question that waits for an answer.
    pub(crate) fn open(&self) -> Option<(&Question, &Right)> {
        self.question().filter(|_| self.answered() == Answered::Not)
    }

    /// How many choices wait to be chosen from.
    pub(crate) fn choices(&self) -> Option<usize> {
        match &self.open()?.0.answer {
            Answer::Choice(choices) => Some(choices.len()),
            Answer::Step(_) | Answer::Value(_) => None,
        }
    }
}

impl Model {
    /// Goes to the stop of the lesson that one is at, and shows what it says.
    pub(crate) fn go_to_lesson(&mut self) {
        let Some(taken) = &self.taken else {
            return;
        };
        let stop = taken.stop().map(|(_, found)| (found.step, found.level));
        if let Some((step, level)) = stop {
            self.set_level(level);
            self.go_to(step);
            // That the level was changed for it is the lesson's doing.
            self.notice = None;
        }
        let wanted = &mut self.looks.wanted;
        wanted.lesson = true;
        wanted.why = false;
        wanted.zoom = false;
        wanted.focus = Pane::Lesson;
        self.looks.scroll[Pane::Lesson as usize] = 0;
    }

    /// Goes on to a stop of the lesson, or to its last page.
    pub(crate) fn turn_lesson(&mut self, to: usize) {
        let Some(taken) = &mut self.taken else {
            return;
        };
        taken.progress.at = to.min(taken.lesson.stops.len());
        taken.chosen = None;
        taken.given = None;
        self.keep_progress();
        self.go_to_lesson();
    }

    /// Takes an answer to the open question; false if there is none.
    pub(crate) fn answer(&mut self, prediction: Prediction) -> bool {
        let Some(taken) = &mut self.taken else {
            return false;
        };
        let Some((_, right)) = taken.open() else {
            return false;
        };
        let answered = match right.is(&prediction) {
            true => Answered::Right,
            false => Answered::Wrong,
        };
        if let Some(answer) = taken.progress.answers.get_mut(taken.progress.at) {
            *answer = answered;
        }
        taken.given = Some(prediction);
        self.keep_progress();
        self.go_to_lesson();
        true
    }

    /// Asks for the answer to the open question: by choosing, or on a line to type.
    pub(crate) fn ask_for_answer(&mut self) {
        self.looks.wanted.focus = Pane::Lesson;
        let Some(taken) = &mut self.taken else {
            return;
        };
        if taken.choices().is_some() {
            taken.chosen.get_or_insert(0);
            return;
        }
        let stop = taken.stop().map(|(_, found)| found.step);
        let wants_step = matches!(taken.open(), Some((_, Right::Step(_))));
        // Who has gone to a step to answer with it need not type its number.
        let begin = match wants_step && stop != Some(self.step) {
            true => self.step.to_string(),
            false => String::new(),
        };
        self.prompt = Some(Prompt::new(Kind::Answer, begin));
    }

    /// Enter in the lesson's pane: answers, goes on, or ends.
    pub(crate) fn enter_lesson(&mut self) {
        let Some(taken) = &self.taken else {
            return;
        };
        let at = taken.progress.at;
        match (taken.open(), taken.chosen, taken.stop()) {
            (Some((_, Right::Choice(_))), Some(chosen), _) => {
                self.answer(Prediction::Choice(chosen));
            }
            (Some(_), ..) => self.ask_for_answer(),
            (None, _, Some(_)) => self.turn_lesson(at + 1),
            (None, _, None) => self.effects.push(Effect::Quit),
        }
    }

    /// Whether a question is open here, which what happens next would answer: that is not shown yet. Who
    /// goes on to look sees it.
    pub(crate) fn hides_what_is_next(&self) -> bool {
        let Some(taken) = self.taken.as_ref().filter(|_| self.looks.wanted.lesson) else {
            return false;
        };
        let hides = match taken.open() {
            Some((_, Right::Choice(_) | Right::Value(_))) => true,
            // The step is to be found.
            Some((_, Right::Step(_))) | None => false,
        };
        let stop = taken.stop().map(|(_, found)| found.step);
        hides && stop == Some(self.step)
    }

    /// Whether what happens at a step is not shown yet.
    pub(crate) fn is_veiled(&self, step: usize) -> bool {
        step > self.step && self.hides_what_is_next()
    }

    /// Chooses an answer by its letter; false if there is none of that letter to be chosen now.
    pub(crate) fn choose_by_letter(&mut self, typed: char) -> bool {
        let is_read = self.looks.wanted.lesson && self.looks.wanted.focus == Pane::Lesson;
        let Some(taken) = self.taken.as_mut().filter(|_| is_read) else {
            return false;
        };
        let count = taken.choices().unwrap_or(0);
        let chosen = (0..count).find(|choice| letter(*choice) == typed);
        if chosen.is_some() {
            taken.chosen = chosen;
        }
        chosen.is_some()
    }

    fn keep_progress(&mut self) {
        if let Some(taken) = &self.taken {
            let progress = taken.progress.clone();
            self.effects.push(Effect::KeepProgress(progress));
        }
    }

    /// Says that there is no lesson.
    pub(crate) fn no_lesson(&self) -> String {
        self.say(word!(lesson_this_is_no_lesson)).to_owned()
    }
}

/// A prediction in words.
pub(crate) fn prediction_in_words(prediction: &Prediction, lang: Lang) -> String {
    match prediction {
        Prediction::Choice(choice) => format!("{})", letter(*choice)),
        Prediction::Typed(text) => text!(lesson_typed, text = text.trim()).in_lang(lang),
    }
}

/// The letter of a choice.
pub(crate) fn letter(choice: usize) -> char {
    // More than the alphabet has nobody offers.
    char::from(b'a' + choice.min(25) as u8)
}
