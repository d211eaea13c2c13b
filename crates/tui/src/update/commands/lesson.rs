//! Taking a lesson: on and back, answering, looking around and returning.

use evscope_replay::Prediction;
use evscope_words::{text, word};

use super::Call;
use crate::model::Model;
use crate::model::lesson::Taken;
use crate::model::pane::Pane;

type Done = Result<(), String>;

/// To the lesson's stop and its text; there already, to the explanation in its place.
pub(super) fn lesson(model: &mut Model, _: Call<'_>) -> Done {
    let Some(taken) = &model.taken else {
        return Err(model.no_lesson());
    };
    let wanted = model.looks.wanted;
    let is_there = taken
        .stop()
        .is_none_or(|(_, found)| found.step == model.step);
    if wanted.lesson && !wanted.why && wanted.focus == Pane::LESSON && is_there {
        if model.hides_what_is_next() {
            return Err(model
                .say(word!(command_the_explanation_would_give))
                .to_owned());
        }
        model.looks.wanted.lesson = false;
        model.looks.wanted.focus = Pane::STEPS;
    } else {
        model.go_to_lesson();
    }
    Ok(())
}

pub(super) fn next_stop(model: &mut Model, call: Call<'_>) -> Done {
    let Some(taken) = &model.taken else {
        return Err(model.no_lesson());
    };
    let (at, count) = (taken.progress.at, taken.lesson.stops.len());
    if at == count {
        return Err(model.say(word!(command_this_is_the_end)).to_owned());
    }
    model.turn_lesson(at + call.times());
    Ok(())
}

pub(super) fn previous_stop(model: &mut Model, call: Call<'_>) -> Done {
    let Some(taken) = &model.taken else {
        return Err(model.no_lesson());
    };
    let at = taken.progress.at;
    if at == 0 {
        return Err(model.say(word!(command_this_is_the_first)).to_owned());
    }
    model.turn_lesson(at.saturating_sub(call.times()));
    Ok(())
}

pub(super) fn answer(model: &mut Model, call: Call<'_>) -> Done {
    let Some(taken) = &model.taken else {
        return Err(model.no_lesson());
    };
    if taken.open().is_none() {
        return Err(model.say(word!(command_no_question_is_open)).to_owned());
    }
    if call.arg.is_empty() {
        model.ask_for_answer();
        return Ok(());
    }
    entered(model, call.arg)
}

/// Takes an answer as it was typed: a letter for a choice, else a step or a value.
pub(super) fn entered(model: &mut Model, line: &str) -> Done {
    let choices = model.taken.as_ref().and_then(Taken::choices);
    let prediction = match choices {
        None => {
            let right = model.taken.as_ref().and_then(Taken::open);
            if right.is_some_and(|(_, right)| !right.takes(line)) {
                return Err(
                    text!(lesson_answer_is_a_number, line = line.trim()).in_lang(model.lang)
                );
            }
            Prediction::Typed(line.trim().to_owned())
        }
        Some(count) => {
            let letter = line.trim().to_ascii_lowercase();
            let chosen = (0..count)
                .find(|choice| letter == crate::model::lesson::letter(*choice).to_string());
            let Some(chosen) = chosen else {
                let last = crate::model::lesson::letter(count.saturating_sub(1));
                return Err(
                    text!(command_answers_are_a_to, last, line = line.trim()).in_lang(model.lang)
                );
            };
            Prediction::Choice(chosen)
        }
    };
    model.answer(prediction);
    Ok(())
}
