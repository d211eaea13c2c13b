//! The source at the current step: the line it stands on, and the lines that have run.

use evscope_replay::place::Whose;
use evscope_trace::visible;
use evscope_words::{Word, text, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{View, beside, inner, scrolled};
use crate::look::text;
use crate::look::theme::Token;
use crate::model::Model;
use crate::model::code::CodeLine;
use crate::model::here::{Around, Near};
use crate::model::pane::{Pane, Wanted};
use crate::view::layout::{Room, Slot};
use crate::view::{CURRENT, mark_current, piece, put};

/// The pane.
pub(super) struct Source;

impl View for Source {
    fn pane(&self) -> Pane {
        Pane::SOURCE
    }

    fn title(&self) -> Word {
        word!(screen_source)
    }

    /// The file, the function and the line, and whose line it is if that is not where one stands.
    fn about(&self, model: &Model, room: usize) -> Option<Line<'static>> {
        let source = &model.here.source;
        let line = source.line.as_ref()?;
        let is_here = source.step == model.step;
        let whose = match (source.whose?, source.near) {
            (Whose::Caller, Near::Function) => Some(word!(screen_called_in)),
            (_, Near::Function) => None,
            (Whose::Caller, Near::Line) if is_here && model.looks.other_side => {
                Some(word!(screen_called_at))
            }
            (_, Near::Line) if is_here => None,
            (_, Near::Line) => Some(word!(screen_inside)),
        };
        let whose = whose.map_or("", |whose| model.say(whose));
        let function = line.function.as_deref().map(|name| format!(" {name}"));
        let place = format!(
            "{}{}:{}",
            line.file,
            function.unwrap_or_default(),
            line.line
        );
        let room = room.saturating_sub(text::width(whose) + 6);
        // The end of a path tells more than its beginning.
        let excess = text::width(&place).saturating_sub(room);
        let place = if excess > 0 {
            format!("…{}", text::skip(&place, excess + 1))
        } else {
            place
        };
        beside(model, format!("{whose}{place}"))
    }

    fn slot(&self, _: Room, wanted: Wanted) -> Option<Slot> {
        wanted.source.then_some(Slot::Below)
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model) {
        let theme = model.theme;
        let source = &model.here.source;
        let (Some(line), Some(code)) = (&source.line, &source.code) else {
            for (y, line) in (area.top()..area.bottom()).zip(missing(model, area.width)) {
                buf.set_string(area.x + 1, y, line, theme.style(Token::Dim));
            }
            return;
        };
        let (top, _) = self.extent(model, area);
        draw_calls(buf, area, model);
        let area = text_area(area);
        let top = scrolled(model, Pane::SOURCE, top);
        let digits = code.last().to_string().len().max(3);
        for (y, row) in (area.top()..area.bottom()).zip(code.lines.iter().skip(top)) {
            let (number, pieces) = match row {
                CodeLine::Line(number, pieces) => (*number, pieces),
                CodeLine::Gap => {
                    let gap = format!(" {:>digits$}", "…");
                    buf.set_string(area.x, y, gap, theme.style(Token::Dim));
                    continue;
                }
            };
            let is_current = number == line.line;
            let has_run = model.facts.has_run(&line.file, number, model.step);
            let mut spans: Vec<Span<'_>> = vec![
                if is_current {
                    piece(theme, Token::CurrentMark, CURRENT)
                } else {
                    Span::raw(" ")
                },
                piece(theme, Token::Dim, format!("{number:>digits$}")),
                if has_run {
                    piece(theme, Token::Ran, "▎")
                } else {
                    Span::raw(" ")
                },
            ];
            spans.extend(
                pieces
                    .iter()
                    .map(|(token, text)| Span::styled(text.as_str(), theme.style(*token))),
            );
            let spans = Line::from(spans);
            buf.set_line(area.x, y, &spans, area.width);
            if spans.width() > usize::from(area.width) {
                put(buf, area.right() - 1, y, "…", theme.style(Token::Dim));
            }
            if is_current {
                mark_current(buf, theme, area, y);
            }
        }
    }

    /// With the function, as long as the mark is no more than two thirds down, so that it moves down one text. Of what is no
    /// known function the current line stands a third down.
    fn extent(&self, model: &Model, area: Rect) -> (usize, usize) {
        let source = &model.here.source;
        let (Some(line), Some(code)) = (&source.line, &source.code) else {
            return (0, 0);
        };
        let (count, height) = (code.lines.len(), usize::from(text_area(area).height));
        let note = usize::from(area.height) - height;
        let current = code.row_of(line.line).unwrap_or(0);
        let function = model.trace().source_of(line);
        let begin = function.and_then(|function| code.row_of(function.first));
        let top = match begin {
            Some(begin) => begin.max(current.saturating_sub(height * 2 / 3)),
            None => current.saturating_sub(height / 3),
        };
        let top = top.min(count.saturating_sub(height));
        (top, count + note)
    }

    /// To the call around the step whose name stands there.
    fn click(&self, model: &mut Model, area: Rect, column: usize, line: usize) {
        let Some(column) = column.checked_sub(usize::from(area.x > 0)) else {
            return;
        };
        let mut calls = calls(model, calls_room(inner(area)))
            .into_iter()
            .filter(|_| line == 0);
        let at = |(begin, call): &(usize, &Around)| {
            (*begin..begin + text::width(&visible(&call.name))).contains(&column)
        };
        if let Some(call) = calls.find(at).map(|(_, call)| call.step) {
            model.go_to(call);
        }
    }
}

/// Where the text stands: below the line of the calls around it.
fn text_area(area: Rect) -> Rect {
    let line = area.height.min(1);
    Rect {
        y: area.y + line,
        height: area.height - line,
        ..area
    }
}

/// Stands between two calls of which one calls the other.
const INTO: &str = " › ";

/// The calls around the step, the outermost first, and the columns at which each stands. Where there is no room for all, the
/// innermost are shown.
fn calls(model: &Model, room: usize) -> Vec<(usize, &Around)> {
    let around = &model.here.source.around;
    let width = |call: &Around| text::width(&visible(&call.name)) + text::width(INTO);
    let mut left = room;
    let fits = |call: &&Around| {
        let fits = left >= width(call);
        left = left.saturating_sub(width(call));
        fits
    };
    let shown = around.iter().rev().take_while(fits).count();
    // That some are left out stands before the others.
    let mut column = match shown < around.len() {
        true => 1 + text::width(LEFT_OUT),
        false => 1,
    };
    let shown = around.iter().skip(around.len() - shown);
    let placed = shown.map(|call| {
        let at = column;
        column += width(call);
        (at, call)
    });
    placed.collect()
}

const LEFT_OUT: &str = "… ";

fn draw_calls(buf: &mut Buffer, area: Rect, model: &Model) {
    let theme = model.theme;
    let room = calls_room(area);
    let calls = calls(model, room);
    let dim = theme.style(Token::Dim);
    if model.here.source.around.is_empty() {
        let words = text::cut(model.say(word!(screen_in_no_call)).trim_start(), room);
        buf.set_string(area.x + 1, area.y, words, dim);
        return;
    }
    if calls.len() < model.here.source.around.len() {
        buf.set_stringn(area.x + 1, area.y, LEFT_OUT, room, dim);
    }
    for (i, (column, call)) in calls.iter().enumerate() {
        let lane = model.trace().record(call.step).event.lane();
        let x = area.x + *column as u16;
        let into = if i + 1 < calls.len() { INTO } else { "" };
        let line = Line::from(vec![
            piece(theme, Token::Lane(lane), call.name.clone()),
            piece(theme, Token::Dim, into),
        ]);
        buf.set_line(x, area.y, &line, area.right().saturating_sub(x));
    }
}

/// How many columns the calls have.
fn calls_room(area: Rect) -> usize {
    usize::from(area.width).saturating_sub(2 + text::width(LEFT_OUT))
}

fn missing(model: &Model, width: u16) -> Vec<String> {
    if model.trace().is_empty() {
        return Vec::new();
    }
    let message = match &model.here.source.line {
        None => word!(screen_the_trace_does_not)
            .in_lang(model.lang)
            .to_owned(),
        Some(line) => text!(
            screen_the_trace_does_not_carry,
            file = line.file,
            line = line.line
        )
        .in_lang(model.lang),
    };
    text::wrap(&message, usize::from(width).saturating_sub(2))
}
