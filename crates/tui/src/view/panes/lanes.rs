//! The sequence: a column for each lane, a line for each step, arrows from who calls to who is called.

use evscope_replay::{Part, spans};
use evscope_trace::{BevId, Lane, Phase, Record};
use evscope_words::{Word, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::steps::Steps;
use super::{Done, View};
use crate::look::theme::Token;
use crate::model::pane::{Pane, Wanted};
use crate::model::{Direction, Model};
use crate::view::layout::{Room, Slot};
use crate::view::{CURRENT, mark_current, put};
use crate::work::shown::{Listed, Row};

/// Where each lane stands, in percent of the room: names of bufferevent calls are the longest.
const PLACES: [(Lane, u16); 4] = [
    (Lane::Kernel, 0),
    (Lane::Loop, 19),
    (Lane::Bufferevent, 38),
    (Lane::Program, 68),
];

/// With so much room for each lane every connection gets its own.
const ROOMY: u16 = 15;

fn lane_name(lane: Lane) -> Word {
    match lane {
        Lane::Kernel => word!(screen_kernel),
        Lane::Loop => word!(screen_loop),
        Lane::Bufferevent => word!(screen_bufferevent),
        Lane::Program => word!(screen_your_code),
    }
}

/// The pane.
pub(super) struct Lanes;

impl View for Lanes {
    fn pane(&self) -> Pane {
        Pane::LANES
    }

    fn title(&self) -> Word {
        word!(screen_lanes)
    }

    fn slot(&self, room: Room, wanted: Wanted) -> Option<Slot> {
        match room {
            Room::Small | Room::Large => Some(Slot::Side),
            Room::Medium => wanted.lanes.then_some(Slot::Right),
        }
    }

    fn share(&self) -> Option<u16> {
        Some(50)
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model) {
        let theme = model.theme;
        let list = Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(1),
            ..area
        };
        let first = first_row(model, list.height);
        let rows = model.rows().from(first);
        let rows: Vec<Row> = rows.take(usize::from(list.height)).collect();
        let columns = Columns::new(model, area, &rows);
        for (i, column) in columns.0.iter().enumerate() {
            let letter = column.lane.letter();
            let text = match column.bev {
                Some(bev) => format!("{letter} {bev}"),
                None => format!("{letter} {}", model.say(lane_name(column.lane))),
            };
            let next = columns.0.get(i + 1).map_or(area.right() + 1, |next| next.x);
            let room = usize::from(next.saturating_sub(column.x + 1));
            let text = crate::look::text::cut(&text, room);
            let style = theme.style(Token::Lane(column.lane));
            buf.set_stringn(column.x, area.y, text, room, style);
        }
        for (y, row) in (list.top()..list.bottom()).zip(rows) {
            if model.is_veiled(row.step()) {
                let digits = model.trace().len().to_string().len();
                let veil = format!("{:>digits$} ?", row.step());
                let room = usize::from(list.width.saturating_sub(1));
                buf.set_stringn(list.x + 1, y, veil, room, theme.style(Token::Dim));
                continue;
            }
            draw_row(buf, list, y, model, row, &columns);
            if row.step() == model.step {
                put(buf, list.x, y, CURRENT, theme.style(Token::CurrentMark));
                mark_current(buf, theme, list, y);
            }
        }
    }

    fn go(&self, model: &mut Model, lines: usize, to: Direction) -> Done {
        Steps.go(model, lines, to)
    }

    fn click(&self, model: &mut Model, area: Rect, _: usize, line: usize) {
        // The first line has the lanes' names.
        if let Some(line) = line.checked_sub(1) {
            model.go_to_row(first_row(model, area.height.saturating_sub(2)) + line);
        }
    }

    fn wheel(&self, model: &mut Model, to: Direction) {
        Steps.wheel(model, to);
    }
}

/// The current step stands in the middle, as far as there are rows around it.
fn first_row(model: &Model, height: u16) -> usize {
    let (row, height) = (model.row().unwrap_or(0), usize::from(height));
    row.saturating_sub(height / 2)
        .min(model.rows().len().saturating_sub(height))
}

/// A lane, or a connection's part of it.
#[derive(Debug, Clone, Copy)]
struct Column {
    lane: Lane,
    bev: Option<BevId>,
    x: u16,
}

struct Columns(Vec<Column>);

impl Columns {
    /// The lanes. Where there are several connections and the room for it, the bufferevents' and the
    /// program's lane are split by connection, or else the bufferevents' alone.
    fn new(model: &Model, area: Rect, rows: &[Row]) -> Self {
        let digits = model.trace().len().to_string().len() as u16;
        let gutter = digits + 3;
        let (left, room) = (area.x + gutter, area.width.saturating_sub(gutter));
        let bevs = match model.facts.bevs() {
            Some(bevs) => bevs.to_vec(),
            None => bevs_of(model, rows),
        };
        let one = |lane| (lane, None);
        let apart = |split: &[Lane]| {
            let mut lanes = [Lane::Kernel, Lane::Loop, Lane::Bufferevent]
                .map(one)
                .to_vec();
            for bev in &bevs {
                lanes.extend(split.iter().map(|lane| (*lane, Some(*bev))));
            }
            lanes.push(one(Lane::Program));
            lanes
        };
        let split = [
            &[Lane::Bufferevent, Lane::Program][..],
            &[Lane::Bufferevent],
        ]
        .map(apart)
        .into_iter()
        .find(|lanes| bevs.len() > 1 && room / ROOMY >= lanes.len() as u16);
        Self(match split {
            Some(lanes) => {
                let each = room / lanes.len() as u16;
                let places = (left..).step_by(usize::from(each));
                std::iter::zip(lanes, places)
                    .map(|((lane, bev), x)| Column { lane, bev, x })
                    .collect()
            }
            None => PLACES
                .map(|(lane, percent)| Column {
                    lane,
                    bev: None,
                    x: left + room * percent / 100,
                })
                .to_vec(),
        })
    }

    /// Which column a step stands in: its connection's, if that has one.
    fn of(&self, record: &Record) -> usize {
        let lane = record.event.lane();
        let find = |bev: Option<BevId>| {
            let mut columns = self.0.iter();
            columns.position(|column| column.lane == lane && column.bev == bev)
        };
        // Each lane has a column for what belongs to no connection.
        find(record.objects.bev).or_else(|| find(None)).unwrap_or(0)
    }
}

/// The bufferevents that some rows are about.
fn bevs_of(model: &Model, rows: &[Row]) -> Vec<BevId> {
    let mut bevs: Vec<BevId> = rows
        .iter()
        .filter_map(|row| model.trace().record(row.step()).objects.bev)
        .collect();
    bevs.sort_unstable();
    bevs.dedup();
    bevs
}

fn draw_row(buf: &mut Buffer, area: Rect, y: u16, model: &Model, row: Row, columns: &Columns) {
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

    let calls: Vec<usize> = trace
        .ancestors(step)
        .filter(|call| trace.is_shown(*call, model.level))
        .map(|call| columns.of(&trace.record(call)))
        .collect();
    for (i, column) in columns.0.iter().enumerate() {
        let (sign, token) = if calls.contains(&i) {
            ("┃", Token::Lane(column.lane))
        } else {
            ("┆", Token::Rule)
        };
        put(buf, column.x, y, sign, theme.style(token));
    }

    let record = trace.record(step);
    let style = match row.why {
        Listed::Wanted => theme.style(Token::Lane(record.event.lane())),
        Listed::Context => theme.style(Token::Dim),
    };
    let column = columns.0[columns.of(&record)];
    // What is in no call is called by the program's main function, which is the last column.
    let caller = calls.first().copied().unwrap_or(columns.0.len() - 1);
    let (own, from) = (column.x, columns.0[caller].x);
    put(buf, own, y, "●", style);
    let label = label(model, step, column.bev);
    // A blank on either side of the label keeps it apart from the lines.
    if from < own {
        line(buf, from + 1..own.saturating_sub(1), y, style);
        put(buf, own - 1, y, "▶", style);
        write(buf, area, own + 1, y, &label, style);
    } else if from > own {
        line(buf, own + 2..from, y, style);
        put(buf, own + 1, y, "◀", style);
        write(buf, area, own + 2, y, &label, style);
    } else {
        write(buf, area, own + 1, y, &label, style);
    }
}

fn line(buf: &mut Buffer, columns: std::ops::Range<u16>, y: u16, style: Style) {
    for x in columns {
        put(buf, x, y, "─", style);
    }
}

/// Writes a label with a blank on either side, cut where the pane ends.
fn write(buf: &mut Buffer, area: Rect, x: u16, y: u16, label: &str, style: Style) {
    let room = usize::from(area.right().saturating_sub(x));
    let label = crate::look::text::cut(&format!(" {label}"), room);
    let (end, _) = buf.set_stringn(x, y, label, room, style);
    if end < area.right() {
        put(buf, end, y, " ", style);
    }
}

/// The name of a step, for the program's callbacks their own, and of its object, unless that has a
/// column of its own.
fn label(model: &Model, step: usize, column: Option<BevId>) -> String {
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
        // Called as the event is.
        (Lane::Program, None) => record.event.name().to_owned(),
        _ if column.is_some() => record.event.name().to_owned(),
        _ => {
            let object = first(|part| matches!(part, Part::Object(_)));
            let name = record.event.name();
            object.map_or(name.to_owned(), |object| format!("{name} {object}"))
        }
    }
}
