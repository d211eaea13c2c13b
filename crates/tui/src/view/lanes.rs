//! The sequence: a column for each lane, a line for each step, arrows from who calls to who is called.

use evscope_replay::{Part, spans};
use evscope_trace::{Lane, Phase};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{CURRENT, mark_current, put};
use crate::model::Model;
use crate::shown::{Listed, Row};
use crate::theme::{Token, lane_letter};
use crate::words::{Words, words};

const LANES: [Lane; 4] = [Lane::Kernel, Lane::Loop, Lane::Bufferevent, Lane::Program];

/// Where each lane stands, in percent of the room: names of bufferevent calls are the longest.
const PLACES: [u16; 4] = [0, 19, 38, 68];

fn title(lane: Lane) -> Words {
    match lane {
        Lane::Kernel => words("kernel", "内核"),
        Lane::Loop => words("loop", "循环"),
        Lane::Bufferevent => words("bufferevent", "bufferevent"),
        Lane::Program => words("your code", "你的代码"),
    }
}

pub(crate) fn draw(buf: &mut Buffer, area: Rect, model: &Model) {
    let theme = model.theme;
    let places = Places::new(model, area);
    for lane in LANES {
        let text = format!("{} {}", lane_letter(lane), model.say(title(lane)));
        let room = usize::from(area.right().saturating_sub(places.of(lane)));
        buf.set_stringn(
            places.of(lane),
            area.y,
            text,
            room,
            theme.style(Token::Lane(lane)),
        );
    }
    let rows = model.shown.rows();
    let list = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    };
    let first = first_row(model, list.height);
    for (y, row) in (list.top()..list.bottom()).zip(rows.iter().skip(first)) {
        draw_row(buf, list, y, model, *row, &places);
        if row.step() == model.step {
            put(buf, list.x, y, CURRENT, theme.style(Token::CurrentMark));
            mark_current(buf, theme, list, y);
        }
    }
}

/// The row that stands on a line of the pane, counted below the title.
pub(crate) fn row_at(model: &Model, area: Rect, line: usize) -> Option<usize> {
    let height = area.height.saturating_sub(2);
    Some(first_row(model, height) + line.checked_sub(1)?)
}

/// The current step stands in the middle, as far as there are rows around it.
fn first_row(model: &Model, height: u16) -> usize {
    let (row, height) = (model.row().unwrap_or(0), usize::from(height));
    row.saturating_sub(height / 2)
        .min(model.shown.rows().len().saturating_sub(height))
}

struct Places([u16; 4]);

impl Places {
    fn new(model: &Model, area: Rect) -> Self {
        let digits = model.trace().len().to_string().len() as u16;
        let gutter = digits + 3;
        let room = area.width.saturating_sub(gutter);
        Self(PLACES.map(|percent| area.x + gutter + room * percent / 100))
    }

    fn of(&self, lane: Lane) -> u16 {
        self.0[lane as usize]
    }
}

fn draw_row(buf: &mut Buffer, area: Rect, y: u16, model: &Model, row: Row, places: &Places) {
    let theme = model.theme;
    let trace = model.trace();
    let step = row.step();
    let digits = trace.len().to_string().len();
    buf.set_string(
        area.x + 1,
        y,
        format!("{step:>digits$}"),
        theme.style(Token::Dim),
    );

    let calls: Vec<Lane> = trace
        .ancestors(step)
        .filter(|call| trace.is_shown(*call, model.level))
        .map(|call| trace.record(call).event.lane())
        .collect();
    for lane in LANES {
        let (sign, token) = if calls.contains(&lane) {
            ("┃", Token::Lane(lane))
        } else {
            ("┆", Token::Rule)
        };
        put(buf, places.of(lane), y, sign, theme.style(token));
    }

    let lane = trace.record(step).event.lane();
    let style = match row.why {
        Listed::Wanted => theme.style(Token::Lane(lane)),
        Listed::Context => theme.style(Token::Dim),
    };
    // What is in no call is called by the program's main function.
    let caller = calls.first().copied().unwrap_or(Lane::Program);
    let (own, from) = (places.of(lane), places.of(caller));
    put(buf, own, y, "●", style);
    let label = label(model, step);
    if from < own {
        line(buf, from + 1..own.saturating_sub(1), y, style);
        put(buf, own - 1, y, "▶", style);
        write(buf, area, own + 2, y, &label, style);
    } else if from > own {
        line(buf, own + 2..from, y, style);
        put(buf, own + 1, y, "◀", style);
        let end = write(buf, area, own + 3, y, &label, style);
        put(buf, own + 2, y, " ", style);
        if end < from {
            put(buf, end, y, " ", style);
        }
    } else {
        write(buf, area, own + 2, y, &label, style);
    }
}

fn line(buf: &mut Buffer, columns: std::ops::Range<u16>, y: u16, style: Style) {
    for x in columns {
        put(buf, x, y, "─", style);
    }
}

/// Writes a label, cut where the pane ends; gives where it ends.
fn write(buf: &mut Buffer, area: Rect, x: u16, y: u16, label: &str, style: Style) -> u16 {
    let room = usize::from(area.right().saturating_sub(x));
    let label = crate::text::cut(label, room);
    buf.set_stringn(x, y, label, room, style).0
}

/// The name of a step: for the program's callbacks their own.
fn label(model: &Model, step: usize) -> String {
    let record = model.trace().record(step);
    let spans = spans(model.trace(), step);
    if record.phase == Phase::Exit {
        return spans.into_iter().map(|span| span.text).collect();
    }
    let first = |wanted: fn(Part) -> bool| {
        spans
            .iter()
            .find(|span| wanted(span.part))
            .map(|span| span.text.trim().to_owned())
    };
    let callback = first(|part| part == Part::Callback);
    match (record.event.lane(), callback) {
        (Lane::Program, Some(callback)) => callback,
        _ => {
            let object = first(|part| matches!(part, Part::Object(_)));
            let name = record.event.name();
            object.map_or(name.to_owned(), |object| format!("{name} {object}"))
        }
    }
}
