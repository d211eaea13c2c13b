//! Jumps: to a step or a time, to what stands out, along an object, along the chapters.

use evscope_replay::{Chapter, ObjectId, branches_of, chapter_of, navigate};
use evscope_trace::Nanos;
use evscope_words::{Word, text, word};

use super::Call;
use super::moves::{Done, by_rows, repeat};
use crate::model::listing::end_of;
use crate::model::pane::{Overlay, Pane};
use crate::model::{Direction, Model};
use crate::work::facts::Sight;
use crate::work::shown::Row;
use crate::work::stretches::Goal;

pub(super) fn goto(model: &mut Model, call: Call<'_>) -> Done {
    let arg = call.arg;
    if let Ok(step) = arg.parse() {
        if arg.starts_with('+') {
            return by_rows(model, step, Direction::Forward);
        }
        return model.go_to_number(step);
    }
    if let Some(steps) = arg.strip_prefix('-').and_then(|steps| steps.parse().ok()) {
        return by_rows(model, steps, Direction::Back);
    }
    if arg.is_empty() {
        return Err(model.say(word!(command_say_where_to_a)).to_owned());
    }
    let Some(time) = parse_time(arg) else {
        return Err(text!(command_is_neither_a_step, arg).in_lang(model.lang));
    };
    if let Some(step) = navigate::at_time(model.trace(), time, model.level) {
        model.go_to(step);
    }
    Ok(())
}

/// Reads `12ms`, `1.5 s`, `40us`.
fn parse_time(text: &str) -> Option<Nanos> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(unit_at);
    let factor = match unit.trim() {
        "ns" => 1.0,
        "us" | "µs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        _ => return None,
    };
    let number: f64 = number.parse().ok()?;
    Some(Nanos((number * factor) as u64))
}

fn jump(model: &mut Model, call: Call<'_>, to: Direction, sight: Sight, nowhere: Word) -> Done {
    let goal = Goal::Sight(sight);
    for time in 0..call.times() {
        // Without a filter also those that the level hides: the level gives way.
        let found = match &model.filter {
            Some(_) => model.find_goal(to, goal, |trace, step| sight.is_at(trace, step)),
            None => model.find_step(to, goal, |trace, step| sight.is_at(trace, step)),
        };
        match found {
            Some(step) if model.is_veiled(step) => {
                model.go_to(step);
                break;
            }
            Some(step) => model.go_to(step),
            None if time == 0 => return Err(model.say(nowhere).to_owned()),
            None => break,
        }
    }
    Ok(())
}

const NO_CALLBACK: Word = word!(command_your_code_does_not);
const NO_WATERMARK: Word = word!(command_no_watermark_is_crossed);
const NO_ERROR: Word = word!(command_nothing_fails_in_this);

pub(super) fn next_callback(model: &mut Model, call: Call<'_>) -> Done {
    jump(
        model,
        call,
        Direction::Forward,
        Sight::Callback,
        NO_CALLBACK,
    )
}

pub(super) fn previous_callback(model: &mut Model, call: Call<'_>) -> Done {
    jump(model, call, Direction::Back, Sight::Callback, NO_CALLBACK)
}

pub(super) fn next_watermark(model: &mut Model, call: Call<'_>) -> Done {
    jump(
        model,
        call,
        Direction::Forward,
        Sight::Watermark,
        NO_WATERMARK,
    )
}

pub(super) fn previous_watermark(model: &mut Model, call: Call<'_>) -> Done {
    jump(model, call, Direction::Back, Sight::Watermark, NO_WATERMARK)
}

pub(super) fn next_error(model: &mut Model, call: Call<'_>) -> Done {
    jump(model, call, Direction::Forward, Sight::Failure, NO_ERROR)
}

pub(super) fn previous_error(model: &mut Model, call: Call<'_>) -> Done {
    jump(model, call, Direction::Back, Sight::Failure, NO_ERROR)
}

pub(super) fn next_same(model: &mut Model, call: Call<'_>) -> Done {
    same(model, call, Direction::Forward)
}

pub(super) fn previous_same(model: &mut Model, call: Call<'_>) -> Done {
    same(model, call, Direction::Back)
}

fn same(model: &mut Model, call: Call<'_>, to: Direction) -> Done {
    let object = model
        .trace()
        .get(model.step)
        .and_then(|record| ObjectId::all_of(&record.objects).next());
    let Some(object) = object else {
        return Err(model.say(word!(command_this_step_is_about)).to_owned());
    };
    for time in 0..call.times() {
        let found = model.find_goal(to, Goal::Object(object), |trace, step| {
            object.is_in(&trace.record(step).objects)
        });
        match found {
            Some(step) if model.is_veiled(step) => {
                model.move_to(step);
                break;
            }
            Some(step) => model.move_to(step),
            None if time == 0 => {
                return Err(
                    text!(command_no_further_step_of, object = object.to_string())
                        .in_lang(model.lang),
                );
            }
            None => break,
        }
    }
    Ok(())
}

pub(super) fn next_chapter(model: &mut Model, call: Call<'_>) -> Done {
    other_chapter(model, call, Direction::Forward)
}

pub(super) fn previous_chapter(model: &mut Model, call: Call<'_>) -> Done {
    other_chapter(model, call, Direction::Back)
}

fn other_chapter(model: &mut Model, call: Call<'_>, to: Direction) -> Done {
    let find = |model: &Model| {
        let here = chapter_of(model.trace(), model.step);
        let other = model.find_goal(to, Goal::ChapterBut(here), |trace, step| {
            let chapter = chapter_of(trace, step);
            chapter.is_some() && chapter != here
        })?;
        Some(match to {
            Direction::Forward => other,
            Direction::Back => start_of_part(model, other),
        })
    };
    repeat(model, call.times(), find, end_of(to))
}

/// The first row of the run of rows of one chapter that a step is in.
fn start_of_part(model: &Model, step: usize) -> usize {
    let chapter = chapter_of(model.trace(), step);
    let rows = model.rows();
    let end = rows.position(step).unwrap_or_else(|row| row);
    rows.back(end)
        .map(Row::step)
        .take_while(|step| chapter_of(model.trace(), *step) == chapter)
        .last()
        .unwrap_or(step)
}

pub(super) fn chapter(model: &mut Model, call: Call<'_>) -> Done {
    let chapter = Chapter::ALL
        .into_iter()
        .find(|chapter| chapter.number().to_string() == call.arg);
    let Some(chapter) = chapter else {
        let count = Chapter::ALL.len();
        return Err(match call.arg {
            "" => format!(":chapter 1 – {count}"),
            wrong => text!(command_no_such_chapter, count, wrong).in_lang(model.lang),
        });
    };
    let found = model.first_step(Goal::Chapter(chapter), |trace, step| {
        chapter_of(trace, step) == Some(chapter)
    });
    match found {
        Some(step) => {
            model.go_to(step);
            Ok(())
        }
        None => Err(text!(command_no_step_of_this, chapter = chapter.number()).in_lang(model.lang)),
    }
}

/// Lists the branches of the function that the source pane shows, or else of the innermost one around the step that has some.
pub(super) fn branches(model: &mut Model, _: Call<'_>) -> Done {
    let source = &model.here.source;
    let shown = source
        .line
        .as_ref()
        .and_then(|line| line.function.as_deref());
    let around = source.around.iter().rev().map(|call| call.name.as_str());
    let mut names = shown.into_iter().chain(around);
    let found = names.find_map(|name| {
        let found = branches_of(name, model.lang);
        (!found.is_empty()).then_some(found)
    });
    let Some(found) = found else {
        return Err(model.say(word!(command_no_branches)).to_owned());
    };
    model.here.branches = found;
    let here = model.here.branches.iter();
    let at = here.into_iter().position(|(_, step)| model.is_here(*step));
    model.overlay = Some(Overlay::of(Pane::BRANCHES, at.unwrap_or(0)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(parse_time("12ms"), Some(Nanos(12_000_000)));
        assert_eq!(parse_time("1.5 s"), Some(Nanos(1_500_000_000)));
        assert_eq!(parse_time("40us"), Some(Nanos(40_000)));
        assert_eq!(parse_time("40"), None);
        assert_eq!(parse_time("ms"), None);
        assert_eq!(parse_time("1m"), None);
    }
}
