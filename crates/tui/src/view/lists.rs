//! The list of stops and the list of bookmarks, over the panes.

use evscope_replay::BranchStep;
use evscope_words::{text, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::overlay::{choose, middle};
use super::{CURRENT, draw_lines, help::frame, piece, steps};
use crate::look::text;
use crate::look::theme::Token;
use crate::model::Model;
use crate::model::here::top_with;
use crate::work::stops::StopKind;

pub(crate) fn draw_stops(buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
    let theme = model.theme;
    let lines = model.stops.iter().map(|stop| {
        let mark = if stop.on { "●" } else { "○" };
        let words = match &stop.kind {
            StopKind::Query(query) => query.text().to_owned(),
            StopKind::Value(watch) => {
                text!(screen_changes, watch = watch.text()).in_lang(model.lang)
            }
        };
        let count = match stop.places(model.trace()).map(<[u32]>::len) {
            None => "  …".to_owned(),
            Some(n) => format!("  {}", text!(screen_steps_found, n).in_lang(model.lang)),
        };
        let token = if stop.on { Token::Text } else { Token::Dim };
        Line::from(vec![
            piece(theme, Token::Stop, format!(" {mark} ")),
            piece(theme, token, words),
            piece(theme, Token::Dim, count),
        ])
    });
    list(
        buf,
        area,
        model,
        model.say(word!(screen_stops)),
        lines.collect(),
        at,
    );
}

pub(crate) fn draw_marks(buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
    let theme = model.theme;
    let lines = model.marks.iter().map(|(step, note)| {
        let mut line = vec![
            piece(theme, Token::Mark, " * "),
            piece(theme, Token::Dim, format!("{step:>5} ")),
        ];
        if note.is_empty() {
            line.extend(steps::words(theme, model, *step));
        } else {
            line.push(Span::raw(note.clone()));
        }
        Line::from(line)
    });
    list(
        buf,
        area,
        model,
        model.say(word!(screen_bookmarks)),
        lines.collect(),
        at,
    );
}

pub(crate) fn draw_calls(buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
    let theme = model.theme;
    let around = model.here.source.around.iter();
    let lines = around.map(|call| {
        let mut line = vec![piece(theme, Token::Dim, format!(" {:>5} ", call.step))];
        line.extend(steps::words(theme, model, call.step));
        Line::from(line)
    });
    list(
        buf,
        area,
        model,
        model.say(word!(screen_calls_around_it)),
        lines.collect(),
        at,
    );
}

pub(crate) fn draw_branches(buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
    let theme = model.theme;
    // What says where it leads is seen whole, in whatever window.
    let room = usize::from(area.width).saturating_sub(10);
    let to = |step: &BranchStep| format!("{}:{}", step.demo, step.step);
    let steps = model.here.branches.iter().map(|(_, step)| step);
    let width = steps.map(|step| text::width(&to(step))).max().unwrap_or(0);
    let lines = model.here.branches.iter().map(|(branch, step)| {
        let taken = model.is_here(*step);
        let mark = if taken { CURRENT } else { " " };
        Line::from(vec![
            piece(theme, Token::CurrentMark, format!(" {mark} ")),
            piece(theme, Token::Dim, text::pad(&to(step), width)),
            piece(
                theme,
                Token::Text,
                format!("  {}", text::cut(&branch.says, room.saturating_sub(width))),
            ),
        ])
    });
    let function = model
        .here
        .branches
        .first()
        .map_or("", |(_, step)| step.function);
    let title = text!(screen_branches_of, function).in_lang(model.lang);
    list(buf, area, model, &title, lines.collect(), at);
}

/// A list in the middle, the chosen line reversed.
fn list(
    buf: &mut Buffer,
    area: Rect,
    model: &Model,
    title: &str,
    mut lines: Vec<Line<'static>>,
    at: usize,
) {
    let widest = lines.iter().map(Line::width).max().unwrap_or(0) as u16;
    let area = middle(area, (widest + 4).max(40), lines.len() + 2);
    let inner = frame(buf, area, model, title);
    let rows = lines.len();
    if let Some(line) = lines.get_mut(at) {
        choose(line, model.theme, usize::from(inner.width));
    }
    let top = top_with(0, at, usize::from(inner.height), rows);
    draw_lines(buf, inner, &lines, top);
}
