//! Moving through the trace: by steps, by calls, by lines, and by itself.

use std::time::Duration;

use evscope_replay::{Trace, navigate};
use evscope_trace::Level;
use evscope_words::{ToArg, Word, text, word};

use super::Call;
use crate::model::listing::end_of;
use crate::model::{Autoplay, Direction, Model, SPEEDS};

pub(super) type Done = Result<(), String>;

pub(super) fn next(model: &mut Model, call: Call<'_>) -> Done {
    // Behind the last row is what the program does next.
    if model.find_row(Direction::Forward, |_, _| true).is_none()
        && let stepped @ (Ok(true) | Err(_)) = model.step_program(call.times())
    {
        return stepped.map(drop).map_err(|why| model.say(why).to_owned());
    }
    by_rows(model, call.times(), Direction::Forward)
}

pub(super) fn previous(model: &mut Model, call: Call<'_>) -> Done {
    by_rows(model, call.times(), Direction::Back)
}

/// Goes on by rows; as far as there are any.
pub(super) fn by_rows(model: &mut Model, times: usize, to: Direction) -> Done {
    repeat(
        model,
        times,
        |model| model.find_row(to, |_, _| true),
        end_of(to),
    )
}

/// Moves again and again until there is nowhere to go. Only a first move that goes nowhere is worth
/// words.
pub(super) fn repeat(
    model: &mut Model,
    times: usize,
    mut find: impl FnMut(&Model) -> Option<usize>,
    nowhere: Word,
) -> Done {
    for time in 0..times {
        match find(model) {
            Some(step) => {
                model.move_to(step);
                if model.step != step {
                    break;
                }
            }
            None if time == 0 => return Err(model.say(nowhere).to_owned()),
            None => break,
        }
    }
    Ok(())
}

/// A move of the call tree, kept to the rows: what a filter hides is passed over.
fn by_tree(
    model: &mut Model,
    times: usize,
    go: fn(&Trace, usize, Level) -> Option<usize>,
    to: Direction,
    nowhere: Word,
) -> Done {
    let find = |model: &Model| {
        let target = go(model.trace(), model.step, model.level)?;
        if model.rows().position(target).is_ok() {
            return Some(target);
        }
        model.find_row(to, |_, step| match to {
            Direction::Forward => step >= target,
            Direction::Back => step <= target,
        })
    };
    repeat(model, times, find, nowhere)
}

pub(super) fn over(model: &mut Model, call: Call<'_>) -> Done {
    by_tree(
        model,
        call.times(),
        navigate::over,
        Direction::Forward,
        end_of(Direction::Forward),
    )
}

pub(super) fn over_back(model: &mut Model, call: Call<'_>) -> Done {
    by_tree(
        model,
        call.times(),
        navigate::over_back,
        Direction::Back,
        end_of(Direction::Back),
    )
}

const OUTSIDE: Word = word!(command_this_step_is_in);

pub(super) fn out(model: &mut Model, call: Call<'_>) -> Done {
    let inside = navigate::out_back(model.trace(), model.step, model.level).is_some();
    let nowhere = if inside {
        word!(command_nothing_follows_after_this)
    } else {
        OUTSIDE
    };
    by_tree(
        model,
        call.times(),
        navigate::out,
        Direction::Forward,
        nowhere,
    )
}

pub(super) fn out_back(model: &mut Model, call: Call<'_>) -> Done {
    by_tree(
        model,
        call.times(),
        navigate::out_back,
        Direction::Back,
        OUTSIDE,
    )
}

pub(super) fn first(model: &mut Model, call: Call<'_>) -> Done {
    to_number_or(model, call, 0)
}

pub(super) fn last(model: &mut Model, call: Call<'_>) -> Done {
    to_number_or(model, call, usize::MAX)
}

fn to_number_or(model: &mut Model, call: Call<'_>, row: usize) -> Done {
    if let Some(step) = call.count {
        return model.go_to_number(step);
    }
    let rows = model.rows();
    if let Some(row) = rows.get(row.min(rows.len().saturating_sub(1))) {
        let step = row.step();
        model.move_to(step);
    }
    Ok(())
}

pub(super) fn down(model: &mut Model, call: Call<'_>) -> Done {
    in_pane(model, call.times(), Direction::Forward)
}

pub(super) fn up(model: &mut Model, call: Call<'_>) -> Done {
    in_pane(model, call.times(), Direction::Back)
}

pub(super) fn page_down(model: &mut Model, call: Call<'_>) -> Done {
    let lines = page(model) * call.times();
    in_pane(model, lines, Direction::Forward)
}

pub(super) fn page_up(model: &mut Model, call: Call<'_>) -> Done {
    let lines = page(model) * call.times();
    in_pane(model, lines, Direction::Back)
}

fn page(model: &Model) -> usize {
    let focus = model.looks.wanted.focus;
    match model.overlay {
        Some(_) => usize::from(model.looks.size.1) / 2,
        None => model
            .layout()
            .and_then(|layout| layout.area(focus))
            .map_or(1, |area| usize::from(area.height).saturating_sub(2).max(1)),
    }
}

/// Lines up or down where the focus is.
fn in_pane(model: &mut Model, lines: usize, to: Direction) -> Done {
    match model.overlay {
        Some(overlay) => {
            overlay.go(model, lines, to);
            Ok(())
        }
        None => model.looks.wanted.focus.view().go(model, lines, to),
    }
}

pub(super) fn play(model: &mut Model, _: Call<'_>) -> Done {
    model.autoplay = match model.autoplay {
        Some(_) => None,
        None => Some(Autoplay { due: None }),
    };
    Ok(())
}

pub(super) fn faster(model: &mut Model, _: Call<'_>) -> Done {
    at_speed(model, (model.speed + 1).min(SPEEDS.len() - 1))
}

pub(super) fn slower(model: &mut Model, _: Call<'_>) -> Done {
    at_speed(model, model.speed.saturating_sub(1))
}

fn at_speed(model: &mut Model, speed: usize) -> Done {
    model.speed = speed;
    if let Some(autoplay) = &mut model.autoplay {
        autoplay.due = Some(model.now + Duration::from_secs_f64(1.0 / SPEEDS[speed]));
    }
    let speed = SPEEDS[speed];
    // A whole number has a plural of its own.
    let speed = match speed.fract() {
        0.0 => (speed as u64).to_arg(),
        _ => speed.to_arg(),
    };
    let text = text!(command_steps_a_second, speed).in_lang(model.lang);
    model.notify(text);
    Ok(())
}
