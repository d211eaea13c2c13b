//! A lesson being taken: which stop one is at, and how its questions were answered.

use std::io;

use evscope_replay::{Answer, Lang, Lesson, LessonStep, LessonStop, Prediction, Question, Right};
use evscope_words::{text, word};

use crate::model::Model;
use crate::model::message::Effect;
use crate::model::pane::Pane;
use crate::model::prompt::{Prompt, PromptKind};

/// How far somebody has come in a lesson.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The stop one is at, from 0; behind the last one the lesson is done.
    pub at: usize,
    /// The answers to the questions of the stops, by stop.
    pub answers: Vec<Answered>,
    /// What was tried at each stop, in order; of an answered one the last try is the answer, or no more
    /// were allowed.
    pub tries: Vec<Vec<Prediction>>,
}

/// How a question was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// It was not, or there is none.
    Not,
    /// The first prediction came true.
    Right,
    /// It did not, and a later one did, or the answer was told.
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
    /// What comes after it, for the last page: a command. Enter there ends with [`Exit::Next`].
    ///
    /// [`Exit::Next`]: crate::Exit::Next
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
        progress.tries.resize(count, Vec::new());
        Self {
            lesson,
            steps,
            progress,
            next,
            chosen: None,
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

    /// What was tried at the stop.
    pub(crate) fn tries(&self) -> &[Prediction] {
        let tries = self.progress.tries.get(self.progress.at);
        tries.map_or(&[], Vec::as_slice)
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
        wanted.focus = Pane::LESSON;
        self.looks.scroll.remove(&Pane::LESSON);
    }

    /// Goes on to a stop of the lesson, or to its last page.
    pub(crate) fn turn_lesson(&mut self, to: usize) {
        let Some(taken) = &mut self.taken else {
            return;
        };
        taken.progress.at = to.min(taken.lesson.stops.len());
        taken.chosen = None;
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
        let is_right = right.is(&prediction);
        let tries_allowed = right.tries();
        let at = taken.progress.at;
        if let Some(answer) = taken.progress.answers.get_mut(at)
            && let Some(tries) = taken.progress.tries.get_mut(at)
            && !tries.contains(&prediction)
        {
            tries.push(prediction);
            *answer = match tries.len() {
                1 if is_right => Answered::Right,
                count if is_right || tries_allowed.is_some_and(|most| count >= most) => {
                    Answered::Wrong
                }
                _ => Answered::Not,
            };
        }
        taken.chosen = None;
        self.keep_progress();
        self.go_to_lesson();
        self.show_the_end_of_the_lesson();
        true
    }

    /// Asks for the answer to the open question: by choosing, or on a line to type.
    pub(crate) fn ask_for_answer(&mut self) {
        self.looks.wanted.focus = Pane::LESSON;
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
        self.prompt = Some(Prompt::new(PromptKind::Answer, begin));
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
            (None, _, None) => self.effects.push(match &taken.next {
                Some(_) => Effect::NextLesson,
                None => Effect::Quit,
            }),
        }
    }

    /// What was answered stands at the end of the text: what does not fit above it may be scrolled to.
    fn show_the_end_of_the_lesson(&mut self) {
        // The view keeps it within the text.
        self.looks.scroll.insert(Pane::LESSON, isize::MAX);
    }

    /// Whether the lesson is shown that is being taken.
    pub(crate) fn is_in_lesson(&self) -> bool {
        self.taken.is_some() && self.looks.wanted.lesson
    }

    /// The stop whose question is open, if what happens behind it would answer it. Nothing shows that
    /// before it is answered, or another stop is gone to.
    pub(crate) fn veil(&self) -> Option<usize> {
        let taken = self.taken.as_ref()?;
        match taken.open()?.1 {
            Right::Choice(_) | Right::Value(_) => Some(taken.stop()?.1.step),
            // The step is to be found.
            Right::Step(_) => None,
        }
    }

    /// Whether there are steps that are not shown yet.
    pub(crate) fn hides_what_is_next(&self) -> bool {
        self.veil().is_some()
    }

    /// Whether what happens at a step is not shown yet.
    pub(crate) fn is_veiled(&self, step: usize) -> bool {
        self.veil().is_some_and(|stop| step > stop)
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
