//! Moving through the trace: by steps, by calls, by lines, and by itself.

use std::time::Duration;

use evscope_replay::{Trace, navigate};
use evscope_trace::Level;
use evscope_words::{ToArg, Word, text, word};

use super::Call;
use crate::model::layout::Pane;
use crate::model::lesson::Taken;
use crate::model::{Autoplay, Direction, Model, Overlay, SPEEDS};

pub(super) type Done = Result<(), String>;

const AT_END: Word = word!(command_this_is_the_last);
const AT_START: Word = word!(command_this_is_the_first_step);

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

pub(super) fn end_of(to: Direction) -> Word {
    match to {
        Direction::Forward => AT_END,
        Direction::Back => AT_START,
    }
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
        AT_END,
    )
}

pub(super) fn over_back(model: &mut Model, call: Call<'_>) -> Done {
    by_tree(
        model,
        call.times(),
        navigate::over_back,
        Direction::Back,
        AT_START,
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
        return to_step(model, step);
    }
    let rows = model.rows();
    if let Some(row) = rows.get(row.min(rows.len().saturating_sub(1))) {
        let step = row.step();
        model.move_to(step);
    }
    Ok(())
}

pub(super) fn to_step(model: &mut Model, step: usize) -> Done {
    let count = model.trace().len();
    if step >= count {
        return Err(text!(
            command_there_is_no_step,
            step,
            last = count.saturating_sub(1)
        )
        .in_lang(model.lang));
    }
    let is_veiled = model.is_veiled(step);
    model.go_to(step);
    if model.step != step && !is_veiled {
        let here = model.step;
        model.notify(text!(command_step_is_the_end, step, here).in_lang(model.lang));
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

/// Lines up or down where the focus is: a list moves its choice, a text scrolls.
fn in_pane(model: &mut Model, lines: usize, to: Direction) -> Done {
    let moved = |at: usize, count: usize| match to {
        Direction::Forward => (at + lines).min(count.saturating_sub(1)),
        Direction::Back => at.saturating_sub(lines),
    };
    match &model.overlay {
        Some(Overlay::Help(top)) => {
            model.overlay = Some(Overlay::Help(moved(*top, crate::view::help::height(model))));
            return Ok(());
        }
        Some(Overlay::Stops(at)) => {
            model.overlay = Some(Overlay::Stops(moved(*at, model.stops.len())));
            return Ok(());
        }
        Some(Overlay::Marks(at)) => {
            model.overlay = Some(Overlay::Marks(moved(*at, model.marks.len())));
            return Ok(());
        }
        Some(Overlay::Branches(at)) => {
            let count = model.here.branches.len();
            model.overlay = Some(Overlay::Branches(moved(*at, count)));
            return Ok(());
        }
        Some(Overlay::Calls(at)) => {
            let count = model.here.source.around.len();
            model.overlay = Some(Overlay::Calls(moved(*at, count)));
            return Ok(());
        }
        Some(Overlay::Findings(at)) => {
            model.overlay = Some(Overlay::Findings(moved(*at, model.findings().len())));
            return Ok(());
        }
        Some(Overlay::Connections(at)) => {
            let count = model.by_connection.rows.len();
            model.overlay = Some(Overlay::Connections(moved(*at, count)));
            return Ok(());
        }
        Some(Overlay::Questions(at)) => {
            let count = model.asked.questions.len();
            model.overlay = Some(Overlay::Questions(moved(*at, count)));
            return Ok(());
        }
        Some(Overlay::Gates(at)) => {
            let gates = model.asked.gates.as_ref();
            let count = gates.map_or(0, |(_, gates)| gates.list.len());
            model.overlay = Some(Overlay::Gates(moved(*at, count)));
            return Ok(());
        }
        None => {}
    }
    match model.looks.wanted.focus {
        Pane::Steps | Pane::Lanes => {
            let rows = model.rows();
            let Some(row) = model.row() else {
                return Ok(());
            };
            let to_row = moved(row, rows.len());
            if to_row == row {
                return Err(model.say(end_of(to)).to_owned());
            }
            if let Some(row) = rows.get(to_row) {
                let step = row.step();
                model.move_to(step);
            }
        }
        Pane::Why => model.looks.cause = moved(model.looks.cause, model.here.causes.len()),
        Pane::Timeline => magnify(model, lines as u32, to),
        Pane::Lesson if lines == 1 => choose(model, to),
        pane @ (Pane::Source | Pane::State | Pane::Explain | Pane::Lesson) => {
            scroll(model, pane, lines, to);
        }
    }
    Ok(())
}

/// Chooses among the answers of a lesson's question; without any its text scrolls.
fn choose(model: &mut Model, to: Direction) {
    let choices = model.taken.as_ref().and_then(Taken::choices);
    match (choices, &mut model.taken) {
        (Some(count), Some(taken)) => {
            taken.chosen = Some(match (taken.chosen, to) {
                (None, Direction::Forward) => 0,
                (None, Direction::Back) => count - 1,
                (Some(at), Direction::Forward) => (at + 1).min(count - 1),
                (Some(at), Direction::Back) => at.saturating_sub(1),
            });
        }
        _ => scroll(model, Pane::Lesson, 1, to),
    }
}

/// Scrolls a pane of text. The view keeps it within its text.
pub(crate) fn scroll(model: &mut Model, pane: Pane, lines: usize, to: Direction) {
    let by = match to {
        Direction::Forward => lines as isize,
        Direction::Back => -(lines as isize),
    };
    let limits = crate::view::scroll_limits(model, pane);
    let scroll = &mut model.looks.scroll[pane as usize];
    let within = |at: isize| at.clamp(*limits.start(), *limits.end());
    *scroll = within(within(*scroll) + by);
}

/// Up looks closer at the part of the timeline around the cursor, down shows more of it.
fn magnify(model: &mut Model, times: u32, to: Direction) {
    const MOST: u32 = 24;
    model.looks.magnified = match to {
        Direction::Back => (model.looks.magnified + times.min(MOST)).min(MOST),
        Direction::Forward => model.looks.magnified.saturating_sub(times),
    };
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
