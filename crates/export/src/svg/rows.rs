//! The rows: what each step draws between the lanes, and its words.

use evscope_replay::{Part, Span, Trace, describe, navigate};
use evscope_trace::{Lane, Level, Nanos, Phase};
use evscope_words::{Word, word};

use super::bars::Bar;
use super::canvas::{Canvas, columns};
use super::excerpt::Row;
use super::{COLUMN, INDENT, MARGIN, Picture, ROW, top_of};

/// The headings of the columns beside the lanes.
pub(super) const NUMBER: Word = word!(export_column_step);
pub(super) const TIME: Word = word!(export_column_seconds);
pub(super) const TOOK: Word = word!(export_column_took);

/// Words are cut to so many columns; all of them are where the mouse is.
const WORDS: usize = 96;
/// More calls around a step than this move its words no further.
const DEEPEST: usize = 12;
/// Half of a bar's width, and of the height it has where it takes one row.
const HALF: i64 = 5;
const TALL: i64 = 8;

pub(super) fn time(trace: &Trace, step: usize) -> String {
    describe::clock(trace.record(step).t)
}

/// How long a call took, where its end is known.
pub(super) fn took(trace: &Trace, step: usize) -> Option<String> {
    let record = trace.record(step);
    let exit = trace
        .exit_of(step)
        .filter(|_| record.phase == Phase::Enter)?;
    let Nanos(end) = trace.record(exit).t;
    Some(describe::span(Nanos(end.saturating_sub(record.t.0))))
}

/// How wide the words of a step are.
pub(super) fn words_width(trace: &Trace, level: Level, row: &Row) -> i64 {
    let columns: usize = words(trace, row)
        .iter()
        .map(|(_, text)| columns(text))
        .sum();
    indent(trace, level, row.at) + columns.min(WORDS) as i64 * COLUMN
}

fn indent(trace: &Trace, level: Level, step: usize) -> i64 {
    trace.indent(step, level).min(DEEPEST) as i64 * INDENT
}

/// Every other row has a paper of its own, which leads the eye from the lanes to the words.
pub(super) fn stripes(picture: &Picture<'_>, canvas: &mut Canvas) {
    for row in (1..picture.rows.len()).step_by(2) {
        let size = (picture.width - MARGIN, ROW);
        canvas.rect("stripe", (MARGIN / 2, top_of(row)), size, 3);
    }
}

pub(super) fn draw(picture: &Picture<'_>, canvas: &mut Canvas) {
    for bar in picture.bars.all() {
        draw_bar(picture, canvas, bar);
    }
    for (at, row) in picture.rows.iter().enumerate() {
        let y = top_of(at) + ROW / 2;
        draw_arrow(picture, canvas, row.at, y);
        draw_words(picture, canvas, row, y + 5);
    }
    if picture.rows.is_empty() {
        canvas.text(
            picture.words,
            top_of(0) + 16,
            "d",
            word!(export_no_steps_here).in_lang(picture.lang),
        );
    }
}

/// A bar is open where the call goes on beyond the picture: below, or at both ends.
fn draw_bar(picture: &Picture<'_>, canvas: &mut Canvas, bar: &Bar) {
    let x = picture.lane(bar.lane) + bar.aside;
    let middle = |row: usize| top_of(row) + ROW / 2;
    let (top, bottom) = (middle(bar.first) - TALL, middle(bar.last) + TALL);
    let (left, right) = (x - HALF, x + HALF);
    let class = format!("b{}", bar.lane.letter());
    if bar.begins && bar.ends {
        canvas.rect(&class, (left, top), (right - left, bottom - top), 2);
        return;
    }
    let across = if bar.begins { "H" } else { "M" };
    let to = if bar.begins {
        format!("{right}")
    } else {
        format!("{right} {top}")
    };
    canvas.path(
        &class,
        &format!("M{left} {bottom}V{top}{across}{to}V{bottom}"),
    );
}

/// From who calls to who is called: an arrow, or on one lane a hook.
fn draw_arrow(picture: &Picture<'_>, canvas: &mut Canvas, step: usize, y: i64) {
    let (trace, bars) = (picture.trace, &picture.bars);
    let record = trace.record(step);
    let begin = trace.begin(step);
    let lane = record.event.lane();
    let letter = lane.letter();
    let caller = caller(trace, step);
    let x_of = |lane: Lane, bar: Option<&Bar>| picture.lane(lane) + bar.map_or(0, |bar| bar.aside);
    let from = x_of(caller, bars.around(trace, begin, caller));
    let own_bar = bars.of(begin).or_else(|| bars.around(trace, begin, lane));
    let own = x_of(lane, own_bar);
    let is_call = trace.record(begin).phase == Phase::Enter;

    let line = format!("a{letter}");
    match (record.phase, caller == lane) {
        (Phase::Exit, true) if is_call => {}
        (Phase::Exit, false) if is_call => {
            arrow(canvas, &format!("{line} back"), letter, own, from, y);
        }
        (Phase::Enter, true) => {
            let (start, out) = (from + HALF, own.max(from) + 18);
            let above = y - 7;
            canvas.path(
                &line,
                &format!("M{start} {above}H{out}V{y}H{}", own + HALF + 6),
            );
            head(canvas, letter, own + HALF, y, 1);
        }
        (_, false) => arrow(canvas, &line, letter, from, own, y),
        (_, true) => {}
    }
    if navigate::is_error(trace, step) {
        // Beside a bar, where no arrow comes from.
        let beside = if from > own { -HALF - 9 } else { HALF + 9 };
        cross(canvas, own + if is_call { beside } else { 0 }, y);
    } else if navigate::is_watermark(trace, step) {
        waves(canvas, letter, own, y);
    } else if record.phase != Phase::Enter {
        canvas.dot(&format!("o{letter}"), own, y);
    }
}

/// The lane that a step comes from: that of the call around it, or the program's.
fn caller(trace: &Trace, step: usize) -> Lane {
    let call = trace.ancestors(trace.begin(step)).next();
    call.map_or(Lane::Program, |call| trace.record(call).event.lane())
}

/// An arrow between two bars, its head in front of the second.
fn arrow(canvas: &mut Canvas, line: &str, letter: &str, from: i64, to: i64, y: i64) {
    let side = if from < to { -1 } else { 1 };
    let tip = to + side * HALF;
    canvas.path(
        line,
        &format!("M{} {y}H{}", from - side * HALF, tip + side * 6),
    );
    head(canvas, letter, tip, y, side);
}

/// A head whose tip is at a place; `side` is where it comes from.
fn head(canvas: &mut Canvas, letter: &str, x: i64, y: i64, side: i64) {
    let back = x + side * 8;
    canvas.path(
        &format!("t{letter}"),
        &format!("M{x} {y}L{back} {}V{}Z", y - 4, y + 4),
    );
}

/// The sign of a failure.
pub(super) fn cross(canvas: &mut Canvas, x: i64, y: i64) {
    let (left, right, top, bottom) = (x - 4, x + 4, y - 4, y + 4);
    canvas.path(
        "x",
        &format!("M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}"),
    );
}

/// The sign of a watermark: the level of the water.
pub(super) fn waves(canvas: &mut Canvas, letter: &str, x: i64, y: i64) {
    canvas.rect("paper", (x - 11, y - 8), (22, 16), 4);
    let wave = |y: i64| format!("M{} {y}q4 -5 8 0t8 0", x - 8);
    canvas.path(
        &format!("a{letter}"),
        &format!("{}{}", wave(y - 2), wave(y + 4)),
    );
}

fn draw_words(picture: &Picture<'_>, canvas: &mut Canvas, row: &Row, y: i64) {
    let (trace, level, step) = (picture.trace, picture.level, row.at);
    canvas.text_to(picture.number, y, "n", &row.step.to_string());
    canvas.text_to(picture.time, y, "d", &time(trace, step));
    if let Some(took) = took(trace, step) {
        canvas.text_to(picture.took, y, "d", &took);
    }
    let words = words(trace, row);
    let (shown, is_cut) = cut(&words);
    let pieces: Vec<(&str, &str)> = shown
        .iter()
        .map(|(class, text)| (class.as_str(), text.as_str()))
        .collect();
    let all: String = words.iter().map(|(_, text)| text.as_str()).collect();
    let tip = if is_cut { all.as_str() } else { "" };
    let x = picture.words + indent(trace, level, step);
    canvas.pieces(x, y, "", &pieces, tip);
}

/// A step in words, each piece with its class. A failure says that it is one.
fn words(trace: &Trace, row: &Row) -> Vec<(String, String)> {
    let said = row.words.iter();
    let said = said.map(|Span { text, part }| (class(*part), text.clone()));
    let failure =
        navigate::is_error(trace, row.at).then(|| ("f".to_owned(), "failure: ".to_owned()));
    failure.into_iter().chain(said).collect()
}

fn class(part: Part) -> String {
    match part {
        Part::Name(lane) => format!("t{} n", lane.letter()),
        Part::Callback => format!("t{}", Lane::Program.letter()),
        Part::Error => "f".to_owned(),
        Part::Object(_) | Part::Value | Part::Bytes | Part::Text => String::new(),
    }
}

/// As much of the pieces as there is room for, and whether that is not all.
fn cut(words: &[(String, String)]) -> (Vec<(String, String)>, bool) {
    let total: usize = words.iter().map(|(_, text)| columns(text)).sum();
    if total <= WORDS {
        return (words.to_vec(), false);
    }
    // The last column is the ellipsis's.
    let mut room = WORDS - 1;
    let mut kept = Vec::new();
    for (class, text) in words {
        for (at, c) in text.char_indices() {
            let Some(left) = room.checked_sub(columns(c.encode_utf8(&mut [0; 4]))) else {
                kept.push((class.clone(), format!("{}…", &text[..at])));
                return (kept, true);
            };
            room = left;
        }
        kept.push((class.clone(), text.clone()));
    }
    (kept, true)
}
