//! Jumps: to a step or a time, to what stands out, along an object, along the chapters.

use evscope_replay::{Chapter, Lang, ObjectId, chapter_of, navigate};
use evscope_trace::Nanos;

use super::Call;
use super::moves::{Done, by_rows, end_of, repeat, to_step};
use crate::facts::Sight;
use crate::model::{Direction, Model};
use crate::stretches::Goal;
use crate::words::{Words, words};

pub(super) fn goto(model: &mut Model, call: Call<'_>) -> Done {
    let arg = call.arg;
    if let Ok(step) = arg.parse() {
        if arg.starts_with('+') {
            return by_rows(model, step, Direction::Forward);
        }
        return to_step(model, step);
    }
    if let Some(steps) = arg.strip_prefix('-').and_then(|steps| steps.parse().ok()) {
        return by_rows(model, steps, Direction::Back);
    }
    if arg.is_empty() {
        return Err(model
            .say(words(
                "say where to: a step (120, +10, -10) or a time (12ms, 1.5s)",
                "请指明去处：步号（120、+10、-10）或时刻（12ms、1.5s）",
            ))
            .to_owned());
    }
    let Some(time) = parse_time(arg) else {
        return Err(match model.lang {
            Lang::En => {
                format!("`{arg}` is neither a step (120, +10, -10) nor a time (12ms, 1.5s)")
            }
            Lang::Zh => format!("“{arg}”既不是步号（120、+10、-10），也不是时刻（12ms、1.5s）"),
        });
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

fn jump(model: &mut Model, call: Call<'_>, to: Direction, sight: Sight, nowhere: Words) -> Done {
    let goal = Goal::Sight(sight);
    for time in 0..call.times() {
        // Without a filter also those that the level hides: the level gives way.
        let found = match &model.filter {
            Some(_) => model.find_goal(to, goal, |trace, step| sight.is_at(trace, step)),
            None => model.find_step(to, goal, |trace, step| sight.is_at(trace, step)),
        };
        match found {
            Some(step) => model.go_to(step),
            None if time == 0 => return Err(model.say(nowhere).to_owned()),
            None => break,
        }
    }
    Ok(())
}

const NO_CALLBACK: Words = words(
    "your code does not run again in this direction",
    "这个方向上你的代码不再运行",
);
const NO_WATERMARK: Words = words(
    "no watermark is crossed in this direction",
    "这个方向上没有越过水位",
);
const NO_ERROR: Words = words("nothing fails in this direction", "这个方向上没有错误");

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
        return Err(model
            .say(words("this step is about no object", "此步不涉及任何对象"))
            .to_owned());
    };
    for time in 0..call.times() {
        let found = model.find_goal(to, Goal::Object(object), |trace, step| {
            object.is_in(&trace.record(step).objects)
        });
        match found {
            Some(step) => model.move_to(step),
            None if time == 0 => {
                return Err(match model.lang {
                    Lang::En => format!("no further step of {object} at this level"),
                    Lang::Zh => format!("此级别上没有更多关于 {object} 的步骤"),
                });
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
    let rows = model.shown.rows();
    let end = model.shown.position(step).unwrap_or_else(|row| row);
    rows[..end]
        .iter()
        .rev()
        .map(|row| row.step())
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
        return Err(match model.lang {
            _ if call.arg.is_empty() => format!(":chapter 1 – {count}"),
            Lang::En => format!("chapters are 1 to {count}, not `{}`", call.arg),
            Lang::Zh => format!("章号为 1 到 {count}，没有“{}”", call.arg),
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
        None => Err(match model.lang {
            Lang::En => format!(
                "no step of this trace belongs to chapter {}",
                chapter.number()
            ),
            Lang::Zh => format!("此跟踪中没有属于第 {} 章的步骤", chapter.number()),
        }),
    }
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
