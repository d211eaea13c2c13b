//! Why something does not happen: what may be asked here, and the gates of what was asked.

use evscope_replay::{Expected, ObjectId};
use evscope_words::word;

use super::moves::Done;
use crate::model::Model;
use crate::model::command::Call;
use crate::model::pane::{Overlay, Pane};

pub(super) fn why_not(model: &mut Model, call: Call<'_>) -> Done {
    if model.hides_what_is_next() {
        return Err(model.say(word!(command_answer_first)).to_owned());
    }
    if !call.arg.is_empty() {
        let expected = call
            .arg
            .parse()
            .map_err(|error: evscope_replay::NotExpected| error.text().in_lang(model.lang))?;
        return model.ask(expected);
    }
    if model.is_over(Pane::QUESTIONS) || model.is_over(Pane::GATES) {
        model.overlay = None;
        return Ok(());
    }
    model.asked.questions = questions(model);
    match model.asked.questions.as_slice() {
        [] => Err(model.say(word!(command_nothing_to_ask)).to_owned()),
        [only] => model.ask(*only),
        _ => {
            model.overlay = Some(Overlay::of(Pane::QUESTIONS, 0));
            Ok(())
        }
    }
}

/// What may be asked: of the objects of the step and the calls around it first, then of all that are there. Of an
/// event of a bufferevent or a listener that is asked of those.
fn questions(model: &Model) -> Vec<Expected> {
    let trace = model.trace();
    let state = &model.here.state;
    let mut questions = Vec::new();
    let around = std::iter::once(model.step).chain(trace.ancestors(model.step));
    // A trace that has not begun has no step.
    let near = around
        .filter_map(|step| trace.get(step))
        .flat_map(|record| {
            let owner = record.objects.buf.and_then(|buf| trace.owner(buf));
            let owner = owner.map(|(bev, _)| ObjectId::Bev(bev));
            owner.into_iter().chain(ObjectId::all_of(&record.objects))
        });
    let there = &model.here.there;
    let bevs = there.bevs.iter().copied().map(ObjectId::Bev);
    let listeners = there.listeners.iter().copied().map(ObjectId::Listener);
    let events = there.events.iter().copied().filter(|id| {
        let event = state.events.get(*id);
        event.is_some_and(|event| event.bev.is_none() && event.listener.is_none())
    });
    let far = bevs.chain(listeners).chain(events.map(ObjectId::Event));
    let mut seen = std::collections::HashSet::new();
    for object in near.chain(far) {
        let is_there = match object {
            ObjectId::Bev(id) => state.bevs.get(id).is_some(),
            ObjectId::Listener(id) => state.listeners.get(id).is_some(),
            ObjectId::Event(id) => state.events.get(id).is_some(),
            _ => false,
        };
        if is_there && seen.insert(object) {
            questions.extend(Expected::all_of(object));
        }
    }
    questions
}
