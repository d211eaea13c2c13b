//! The call tree: a line a step, indented by the calls around it.

use evscope_replay::{Part, describe, spans};
use evscope_words::{Word, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Done, View, WHEEL, beside, go_rows};
use crate::look::text;
use crate::look::theme::{Theme, Token};
use crate::model::here::top_with;
use crate::model::listing::end_of;
use crate::model::pane::{Pane, Wanted};
use crate::model::{Direction, Following, Model};
use crate::view::layout::{Room, Slot};
use crate::view::{CURRENT, mark_current, piece, put};
use crate::work::shown::{Listed, Row};

/// From this width on there is room for the time of each step, from the other on for all its digits.
const ROOMY: u16 = 46;
const WIDE: u16 = 72;

/// The pane.
pub(super) struct Steps;

impl View for Steps {
    fn pane(&self) -> Pane {
        Pane::STEPS
    }

    fn title(&self) -> Word {
        word!(screen_steps)
    }

    /// The level, and what a filter leaves.
    fn about(&self, model: &Model, _: usize) -> Option<Line<'static>> {
        let level = match model.level.number() {
            1 => word!(screen_1_program).in_lang(model.lang),
            2 => word!(screen_2_walkthrough).in_lang(model.lang),
            _ => word!(screen_3_everything).in_lang(model.lang),
        };
        beside(
            model,
            match &model.filter {
                Some(filter) => format!("{level} · {}", text::cut(filter.query.text(), 24)),
                None => level.to_owned(),
            },
        )
    }

    fn slot(&self, _: Room, _: Wanted) -> Option<Slot> {
        Some(Slot::Top)
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model) {
        let theme = model.theme;
        let rows = model.rows();
        if rows.is_empty() {
            let grows = model.following != Following::Not;
            let text = model.say(match (model.trace().is_empty(), grows) {
                (true, true) => word!(screen_the_trace_has_no),
                (true, false) => word!(screen_the_trace_has_no_steps),
                (false, _) => word!(screen_no_step_is_listed),
            });
            buf.set_stringn(
                area.x + 1,
                area.y,
                text,
                usize::from(area.width),
                theme.style(Token::Dim),
            );
            return;
        }
        let digits = model
            .trace()
            .len()
            .saturating_sub(1)
            .to_string()
            .len()
            .max(2);
        for (y, row) in (area.top()..area.bottom()).zip(rows.from(model.looks.top)) {
            if model.is_veiled(row.step()) {
                let veil = format!("  {:>digits$} ?", row.step());
                buf.set_string(area.x, y, veil, theme.style(Token::Dim));
                continue;
            }
            let line = line(model, row, digits);
            let mut room = area.width;
            if area.width >= ROOMY {
                let (time, token) = time(model, row.step(), area.width);
                room -= text::width(&time) as u16;
                buf.set_string(area.x + room, y, time, theme.style(token));
            }
            buf.set_line(area.x, y, &line, room);
            if line.width() > usize::from(room) {
                put(buf, area.x + room - 1, y, "…", theme.style(Token::Dim));
            }
            if row.step() == model.step {
                mark_current(buf, theme, area, y);
            }
        }
    }

    /// The current step stays in view.
    fn settle(&self, model: &mut Model, area: Rect) {
        if let Some(row) = model.row() {
            let height = usize::from(area.height).saturating_sub(1).max(1);
            model.looks.top = top_with(model.looks.top, row, height, model.rows().len());
        }
    }

    fn go(&self, model: &mut Model, lines: usize, to: Direction) -> Done {
        match go_rows(model, lines, to) {
            true => Ok(()),
            false => Err(model.say(end_of(to)).to_owned()),
        }
    }

    fn click(&self, model: &mut Model, _: Rect, _: usize, line: usize) {
        model.go_to_row(model.looks.top + line);
    }

    fn wheel(&self, model: &mut Model, to: Direction) {
        go_rows(model, WHEEL, to);
    }
}

/// When a step is; of one that took long, how long.
fn time(model: &Model, step: usize, width: u16) -> (String, Token) {
    let trace = model.trace();
    let at = trace.record(step).t;
    let (time, token) = match trace.took_long(step) {
        Some((whole, _)) => (format!("+{}", describe::span(whole)), Token::Warning),
        None if width >= WIDE => return (format!(" {}", describe::clock(at)), Token::Dim),
        None => (describe::span(at), Token::Dim),
    };
    (format!(" {time:>8}"), token)
}

fn line(model: &Model, row: Row, digits: usize) -> Line<'static> {
    let theme = model.theme;
    let trace = model.trace();
    let step = row.step();
    let record = trace.record(step);
    let lane = record.event.lane();
    let (mark, token) = if step == model.step {
        (CURRENT, Token::CurrentMark)
    } else {
        (" ", Token::Text)
    };
    let is_hit = model
        .search
        .as_ref()
        .is_some_and(|search| search.hits.binary_search(&step).is_ok());
    let (second, second_token) = if model.stops.iter().any(|stop| stop.marks(trace, step)) {
        ("●", Token::Stop)
    } else if model.marks.contains_key(&step) {
        ("*", Token::Mark)
    } else if is_hit {
        ("/", Token::Hit)
    } else if model.findings_at(step).next().is_some() {
        ("!", Token::Error)
    } else if row.why == Listed::Context {
        ("·", Token::Dim)
    } else {
        (" ", Token::Text)
    };
    let mut line = vec![
        piece(theme, token, mark),
        piece(theme, second_token, second),
        piece(theme, Token::Dim, format!("{step:>digits$} ")),
        piece(theme, Token::Lane(lane), lane.letter()),
        Span::raw(" "),
        piece(
            theme,
            Token::Rule,
            "│ ".repeat(trace.indent(step, model.level)),
        ),
    ];
    let words = spans(trace, step).into_iter().map(|span| {
        let token = match row.why {
            Listed::Context => Token::Dim,
            Listed::Wanted => token_of(span.part),
        };
        let mut style = theme.style(token);
        if is_hit {
            style = style.patch(theme.style(Token::Hit));
        }
        Span::styled(span.text, style)
    });
    line.extend(words);
    Line::from(line)
}

/// What the parts of a record's line look like.
pub(crate) fn token_of(part: Part) -> Token {
    match part {
        Part::Name(lane) => Token::Lane(lane),
        Part::Object(_) => Token::Type,
        Part::Callback => Token::Function,
        Part::Value => Token::Text,
        Part::Bytes => Token::Literal,
        Part::Error => Token::Error,
        Part::Text => Token::Dim,
    }
}

/// A record's words in colour, for other panes.
pub(crate) fn words(theme: Theme, model: &Model, step: usize) -> Vec<Span<'static>> {
    spans(model.trace(), step)
        .into_iter()
        .map(|span| Span::styled(span.text, theme.style(token_of(span.part))))
        .collect()
}
