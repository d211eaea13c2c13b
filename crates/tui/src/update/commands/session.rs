//! The session: bookmarks, copying, leaving.

use evscope_words::{text, word};

use super::Call;
use crate::model::message::Effect;
use crate::model::pane::Pane;
use crate::model::prompt::{Prompt, PromptKind};
use crate::model::{Following, Model};

type Done = Result<(), String>;

pub(super) fn mark(model: &mut Model, call: Call<'_>) -> Done {
    let step = model.step;
    let note = model.marks.get(&step);
    if call.arg.is_empty() && note.is_some_and(|note| !note.is_empty()) {
        return Err(model.say(word!(command_this_bookmark_has_a)).to_owned());
    }
    if call.arg.is_empty() && model.marks.remove(&step).is_some() {
        model.notify(text!(command_bookmark_at_step_removed, step).in_lang(model.lang));
    } else {
        model.marks.insert(step, call.arg.to_owned());
        model.notify(text!(command_bookmark_at_step_goes, step).in_lang(model.lang));
    }
    model.save_marks();
    Ok(())
}

pub(super) fn note(model: &mut Model, call: Call<'_>) -> Done {
    if call.arg.is_empty() {
        return Err(model.say(word!(command_a_note_needs_a)).to_owned());
    }
    model.marks.insert(model.step, call.arg.to_owned());
    model.save_marks();
    Ok(())
}

pub(super) fn marks(model: &mut Model, _: Call<'_>) -> Done {
    if model.marks.is_empty() {
        return Err(model.say(word!(command_there_is_no_bookmark)).to_owned());
    }
    // The next one after the cursor is the likely goal.
    let next = model.marks.keys().position(|step| *step > model.step);
    model.turn_list(Pane::MARKS, next.unwrap_or(0));
    Ok(())
}

pub(super) fn command(model: &mut Model, _: Call<'_>) -> Done {
    model.prompt = Some(Prompt::new(PromptKind::Command, ""));
    Ok(())
}

pub(super) fn copy(model: &mut Model, _: Call<'_>) -> Done {
    let Some(record) = model.trace().get(model.step) else {
        return Ok(());
    };
    let mut text = Vec::new();
    record.json(&mut text);
    let text = String::from_utf8_lossy(&text).into_owned();
    model.effects.push(Effect::Copy(text));
    model.notify(text!(command_step_is_on_the, step = model.step).in_lang(model.lang));
    Ok(())
}

pub(super) fn export(model: &mut Model, call: Call<'_>) -> Done {
    // A file has the whole trace, and so what the open question asks for.
    if model.hides_what_is_next() {
        return Err(model.say(word!(lesson_answer_first)).to_owned());
    }
    let (format, out) = call
        .arg
        .split_once(char::is_whitespace)
        .map_or((call.arg, None), |(format, out)| {
            (format, Some(out.trim().to_owned()))
        });
    if format.is_empty() {
        return Err(model.say(word!(command_say_the_format_and)).to_owned());
    }
    model.effects.push(Effect::Export {
        format: format.to_owned(),
        out,
    });
    Ok(())
}

pub(super) fn follow(model: &mut Model, _: Call<'_>) -> Done {
    model.following = match model.following {
        Following::Not => {
            return Err(model.say(word!(command_this_trace_does_not)).to_owned());
        }
        Following::Live => Following::Paused,
        Following::Paused => {
            if let Some(last) = model.rows().last() {
                let step = last.step();
                model.move_to(step);
            }
            Following::Live
        }
    };
    Ok(())
}

/// Lets the program go on, or holds it.
pub(super) fn hold(model: &mut Model, _: Call<'_>) -> Done {
    model
        .hold_or_let_run()
        .map_err(|why| model.say(why).to_owned())
}

pub(super) fn redraw(model: &mut Model, _: Call<'_>) -> Done {
    model.effects.push(Effect::Redraw);
    Ok(())
}

pub(super) fn suspend(model: &mut Model, _: Call<'_>) -> Done {
    model.effects.push(Effect::Suspend);
    Ok(())
}

/// Leaves the innermost mode there is.
pub(super) fn cancel(model: &mut Model, _: Call<'_>) -> Done {
    if model.overlay.take().is_some() {
        return Ok(());
    }
    if model.job.take().is_some() {
        cancelled(model);
    } else if model.hold_here() || model.autoplay.take().is_some() {
    } else if model.looks.wanted.zoom {
        model.looks.wanted.zoom = false;
    } else if model.looks.wanted.why {
        model.looks.wanted.why = false;
        model.looks.wanted.focus = Pane::STEPS;
    } else if model.search.take().is_some() {
    } else if model.looks.wanted.focus != Pane::STEPS {
        model.looks.wanted.focus = Pane::STEPS;
    }
    Ok(())
}

/// A filter or a search that was not looked through to the end is no filter and no search.
fn cancelled(model: &mut Model) {
    if model.filter_is_pending() {
        model.set_filter(None);
    }
    if model.search.is_some() && !model.search_is_done() {
        model.search = None;
    }
    model.job = None;
    model.notify(model.say(word!(command_cancelled)));
}

pub(super) fn quit(model: &mut Model, _: Call<'_>) -> Done {
    model.effects.push(Effect::Quit);
    Ok(())
}
