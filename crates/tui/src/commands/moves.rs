//! Moving through the trace.

use std::time::Duration;

use evscope_replay::{Chapter, Lang, ObjectId, Trace, chapter_of, navigate};
use evscope_trace::{Level, Nanos};

use super::Call;
use crate::layout::Pane;
use crate::model::{Autoplay, Direction, Model, Overlay, SPEEDS};
use crate::words::{Words, words};

type Done = Result<(), String>;

const AT_END: Words = words("this is the last step", "已经是最后一步");
const AT_START: Words = words("this is the first step", "已经是第一步");

pub(super) fn next(model: &mut Model, call: Call<'_>) -> Done {
    by_rows(model, call.times(), Direction::Forward)
}

pub(super) fn previous(model: &mut Model, call: Call<'_>) -> Done {
    by_rows(model, call.times(), Direction::Back)
}

/// Goes on by rows; as far as there are any.
fn by_rows(model: &mut Model, times: usize, to: Direction) -> Done {
    repeat(
        model,
        times,
        |model| model.find_row(to, |_, _| true),
        end_of(to),
    )
}

fn end_of(to: Direction) -> Words {
    match to {
        Direction::Forward => AT_END,
        Direction::Back => AT_START,
    }
}

/// Moves again and again until there is nowhere to go. Only a first move that goes nowhere is worth
/// words.
fn repeat(
    model: &mut Model,
    times: usize,
    mut find: impl FnMut(&Model) -> Option<usize>,
    nowhere: Words,
) -> Done {
    for time in 0..times {
        match find(model) {
            Some(step) => model.move_to(step),
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
    nowhere: Words,
) -> Done {
    let find = |model: &Model| {
        let target = go(model.trace(), model.step, model.level)?;
        if model.shown.position(target).is_ok() {
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

const OUTSIDE: Words = words("this step is in no call", "此步不在任何调用之中");

pub(super) fn out(model: &mut Model, call: Call<'_>) -> Done {
    let inside = navigate::out_back(model.trace(), model.step, model.level).is_some();
    let nowhere = if inside {
        words("nothing follows after this call", "此调用之后没有步骤")
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
    let rows = model.shown.rows();
    if let Some(row) = rows.get(row.min(rows.len().saturating_sub(1))) {
        let step = row.step();
        model.move_to(step);
    }
    Ok(())
}

fn to_step(model: &mut Model, step: usize) -> Done {
    let count = model.trace().len();
    if step >= count {
        return Err(match model.lang {
            Lang::En => format!(
                "there is no step {step}; the last is {}",
                count.saturating_sub(1)
            ),
            Lang::Zh => format!("没有第 {step} 步；最后一步是 {}", count.saturating_sub(1)),
        });
    }
    model.go_to(step);
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
        None => {}
    }
    match model.looks.wanted.focus {
        Pane::Steps | Pane::Lanes => {
            let rows = model.shown.rows();
            let Some(row) = model.row() else {
                return Ok(());
            };
            let to_row = moved(row, rows.len());
            if to_row == row {
                return Err(model.say(end_of(to)).to_owned());
            }
            let step = rows[to_row].step();
            model.move_to(step);
        }
        Pane::Why => model.looks.cause = moved(model.looks.cause, model.here.causes.len()),
        Pane::Timeline => magnify(model, lines as u32, to),
        pane @ (Pane::Source | Pane::State | Pane::Explain) => scroll(model, pane, lines, to),
    }
    Ok(())
}

/// Scrolls a pane of text. The view keeps it within its text.
pub(crate) fn scroll(model: &mut Model, pane: Pane, lines: usize, to: Direction) {
    let by = match to {
        Direction::Forward => lines as isize,
        Direction::Back => -(lines as isize),
    };
    let limits = crate::view::scroll_limits(model, pane);
    let scroll = &mut model.looks.scroll[pane as usize];
    *scroll = (*scroll + by).clamp(*limits.start(), *limits.end());
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
    let text = match model.lang {
        Lang::En => format!("{} steps a second", SPEEDS[speed]),
        Lang::Zh => format!("每秒 {} 步", SPEEDS[speed]),
    };
    model.notify(text);
    Ok(())
}

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

fn jump(
    model: &mut Model,
    call: Call<'_>,
    to: Direction,
    wanted: fn(&Trace, usize) -> bool,
    nowhere: Words,
) -> Done {
    for time in 0..call.times() {
        // Without a filter also those that the level hides: the level gives way.
        let found = match (&model.filter, to) {
            (Some(_), _) => model.find_row(to, wanted),
            (None, Direction::Forward) => {
                let trace = model.trace();
                navigate::next_where(trace, model.step, Level::Everything, |step| {
                    wanted(trace, step)
                })
            }
            (None, Direction::Back) => {
                let trace = model.trace();
                navigate::previous_where(trace, model.step, Level::Everything, |step| {
                    wanted(trace, step)
                })
            }
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
    "这个方向上没有越过水位线",
);
const NO_ERROR: Words = words("nothing fails in this direction", "这个方向上没有错误");

pub(super) fn next_callback(model: &mut Model, call: Call<'_>) -> Done {
    jump(
        model,
        call,
        Direction::Forward,
        navigate::is_callback,
        NO_CALLBACK,
    )
}

pub(super) fn previous_callback(model: &mut Model, call: Call<'_>) -> Done {
    jump(
        model,
        call,
        Direction::Back,
        navigate::is_callback,
        NO_CALLBACK,
    )
}

pub(super) fn next_watermark(model: &mut Model, call: Call<'_>) -> Done {
    jump(
        model,
        call,
        Direction::Forward,
        navigate::is_watermark,
        NO_WATERMARK,
    )
}

pub(super) fn previous_watermark(model: &mut Model, call: Call<'_>) -> Done {
    jump(
        model,
        call,
        Direction::Back,
        navigate::is_watermark,
        NO_WATERMARK,
    )
}

pub(super) fn next_error(model: &mut Model, call: Call<'_>) -> Done {
    jump(
        model,
        call,
        Direction::Forward,
        navigate::is_error,
        NO_ERROR,
    )
}

pub(super) fn previous_error(model: &mut Model, call: Call<'_>) -> Done {
    jump(model, call, Direction::Back, navigate::is_error, NO_ERROR)
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
        let found = model.find_row(to, |trace, step| object.is_in(&trace.record(step).objects));
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
        let other = model.find_row(to, |trace, step| {
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
            Lang::En => format!("chapters are 1 to {count}, not `{}`", call.arg),
            Lang::Zh => format!("章号为 1 到 {count}，没有“{}”", call.arg),
        });
    };
    let trace = model.trace();
    let found = (0..trace.len()).find(|step| {
        trace.is_shown(*step, Level::Everything) && chapter_of(trace, *step) == Some(chapter)
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
