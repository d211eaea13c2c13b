//! How things are looked at.

use evscope_replay::Lang;
use evscope_trace::Level;
use evscope_words::{text, word};

use super::Call;
use crate::look::theme::Palette;
use crate::model::pane::{Overlay, Pane};
use crate::model::{Bytes, Direction, Model};
use crate::view::layout::{Room, reachable};

type Done = Result<(), String>;

pub(super) fn level(model: &mut Model, call: Call<'_>) -> Done {
    match call.arg.parse().ok().and_then(Level::from_number) {
        Some(level) => {
            model.set_level(level);
            Ok(())
        }
        None => Err(text!(command_levels_are_1_2, arg = call.arg).in_lang(model.lang)),
    }
}

pub(super) fn why(model: &mut Model, _: Call<'_>) -> Done {
    let wanted = &mut model.looks.wanted;
    let closing = wanted.why && wanted.focus == Pane::WHY;
    wanted.why = !closing;
    wanted.focus = if closing { Pane::STEPS } else { Pane::WHY };
    if wanted.why && wanted.lanes && model.room() == Some(Room::Medium) {
        // The lanes stand where the causes would.
        model.looks.wanted.lanes = false;
    }
    model.looks.cause = 0;
    Ok(())
}

pub(super) fn source(model: &mut Model, _: Call<'_>) -> Done {
    model.looks.scroll.remove(&Pane::SOURCE);
    model.looks.other_side = !model.looks.other_side;
    if model.looks.wanted.focus != Pane::SOURCE
        && model
            .layout()
            .is_some_and(|layout| layout.area(Pane::SOURCE).is_none())
    {
        model.looks.wanted.focus = Pane::SOURCE;
    }
    Ok(())
}

pub(super) fn calls(model: &mut Model, _: Call<'_>) -> Done {
    let Some(innermost) = model.here.source.around.len().checked_sub(1) else {
        return Err(model.say(word!(screen_in_no_call)).trim().to_owned());
    };
    model.overlay = Some(Overlay::of(Pane::CALLS, innermost));
    Ok(())
}

pub(super) fn lanes(model: &mut Model, _: Call<'_>) -> Done {
    let room = model.room();
    let wanted = &mut model.looks.wanted;
    match room {
        // They are there anyway, or come with the focus.
        Some(Room::Large | Room::Small) | None => {
            let there = wanted.focus == Pane::LANES;
            wanted.focus = if there { Pane::STEPS } else { Pane::LANES };
        }
        Some(Room::Medium) => {
            wanted.lanes = !wanted.lanes;
            wanted.focus = if wanted.lanes {
                Pane::LANES
            } else {
                Pane::STEPS
            };
        }
    }
    Ok(())
}

pub(super) fn focus_next(model: &mut Model, call: Call<'_>) -> Done {
    turn_focus(model, call.times(), Direction::Forward)
}

pub(super) fn focus_previous(model: &mut Model, call: Call<'_>) -> Done {
    turn_focus(model, call.times(), Direction::Back)
}

fn turn_focus(model: &mut Model, times: usize, to: Direction) -> Done {
    let Some(room) = model.room() else {
        return Ok(());
    };
    let panes = reachable(room, model.wanted());
    let at = panes
        .iter()
        .position(|pane| *pane == model.looks.wanted.focus)
        .unwrap_or(0);
    let by = times % panes.len();
    let next = match to {
        Direction::Forward => at + by,
        Direction::Back => at + panes.len() - by,
    };
    model.looks.wanted.focus = panes[next % panes.len()];
    Ok(())
}

pub(super) fn zoom(model: &mut Model, _: Call<'_>) -> Done {
    model.looks.wanted.zoom = !model.looks.wanted.zoom;
    Ok(())
}

pub(super) fn enter(model: &mut Model, _: Call<'_>) -> Done {
    match model.overlay {
        Some(overlay) => overlay.enter(model),
        None => model.looks.wanted.focus.view().enter(model),
    }
}

pub(super) fn scale(model: &mut Model, _: Call<'_>) -> Done {
    model.looks.scale = model.looks.scale.other();
    Ok(())
}

pub(super) fn bytes(model: &mut Model, _: Call<'_>) -> Done {
    model.looks.bytes = match model.looks.bytes {
        Bytes::Text => Bytes::Hex,
        Bytes::Hex => Bytes::Text,
    };
    Ok(())
}

pub(super) fn language(model: &mut Model, call: Call<'_>) -> Done {
    model.lang = match (call.arg, model.lang) {
        ("", lang) => lang.next(),
        (name, lang) => name.parse().map_err(|_| {
            let known: Vec<&str> = Lang::all().map(Lang::code).collect();
            let known = known.join(", ");
            text!(command_there_is_no_language, name, known).in_lang(lang)
        })?,
    };
    Ok(())
}

pub(super) fn theme(model: &mut Model, call: Call<'_>) -> Done {
    let names = Palette::NAMES.join(", ");
    if call.arg.is_empty() {
        return Err(text!(command_say_which_colours, names).in_lang(model.lang));
    }
    model.theme.palette = call.arg.parse().map_err(|_: String| {
        text!(command_no_such_colours, name = call.arg, names).in_lang(model.lang)
    })?;
    Ok(())
}

pub(super) fn help(model: &mut Model, _: Call<'_>) -> Done {
    model.turn_list(Pane::HELP, 0);
    if model.room().is_none() {
        return Err(model.say(word!(command_the_window_is_too)).to_owned());
    }
    Ok(())
}
