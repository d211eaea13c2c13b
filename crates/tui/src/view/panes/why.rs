//! The chain of causes of the current step, the nearest first. Each can be gone to.

use evscope_words::{Word, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::{Done, View, beside, inner, steps};
use crate::look::text;
use crate::look::theme::Token;
use crate::model::command::Deed;
use crate::model::here::LinkKind;
use crate::model::pane::{Pane, Wanted};
use crate::model::{Direction, Model};
use crate::view::layout::{Room, Slot};
use crate::view::status::{Hints, hints};
use crate::view::{CURRENT, draw_text, piece};

/// The pane.
pub(super) struct Why;

impl View for Why {
    fn pane(&self) -> Pane {
        Pane::WHY
    }

    fn title(&self) -> Word {
        word!(screen_why)
    }

    fn about(&self, model: &Model, _: usize) -> Option<Line<'static>> {
        beside(model, model.say(word!(screen_enter_goes_to_a)))
    }

    fn slot(&self, room: Room, wanted: Wanted) -> Option<Slot> {
        // The lanes take the whole column, but that a lesson stays beside them.
        let lanes = room == Room::Medium && wanted.lanes && !wanted.lesson;
        (wanted.why && !lanes).then_some(Slot::Words)
    }

    fn share(&self) -> Option<u16> {
        Some(42)
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model) {
        let (lines, causes) = lines(model, area);
        draw_text(buf, model.theme, area, &lines, top(model, area, &causes));
    }

    fn go(&self, model: &mut Model, lines: usize, to: Direction) -> Done {
        model.looks.cause = to.moved(model.looks.cause, lines, model.here.causes.len());
        Ok(())
    }

    fn enter(&self, model: &mut Model) -> Done {
        if let Some(cause) = model.here.causes.get(model.looks.cause) {
            model.go_to(cause.step);
        }
        Ok(())
    }

    fn click(&self, model: &mut Model, area: Rect, _: usize, line: usize) {
        let inner = inner(area);
        let (_, causes) = lines(model, inner);
        if let Some(Some(cause)) = causes.get(line + top(model, inner, &causes)) {
            model.looks.cause = *cause;
            model.go_to(model.here.causes[*cause].step);
        }
    }

    fn hints(&self, model: &Model) -> Option<Hints> {
        let keys = [
            (Deed::Down, word!(key_choose)),
            (Deed::Enter, word!(key_go)),
            (Deed::Why, word!(key_close)),
        ];
        // In a lesson the way back to it matters more.
        (!model.is_in_lesson()).then(|| hints(model, &keys))
    }
}

/// As far down as it takes to see all of the chosen cause.
fn top(model: &Model, area: Rect, causes: &[Option<usize>]) -> usize {
    let chosen = causes
        .iter()
        .rposition(|cause| *cause == Some(model.looks.cause));
    (chosen.unwrap_or(0) + 1).saturating_sub(usize::from(area.height))
}

/// The lines, and for each the cause it belongs to.
fn lines(model: &Model, area: Rect) -> (Vec<Line<'static>>, Vec<Option<usize>>) {
    let theme = model.theme;
    let room = usize::from(area.width);
    let mut lines = Vec::new();
    let mut causes = Vec::new();
    let mut head = vec![
        piece(theme, Token::CurrentMark, CURRENT),
        piece(theme, Token::Dim, format!("{} ", model.step)),
    ];
    head.extend(steps::words(theme, model, model.step));
    lines.push(Line::from(head));
    causes.push(None);
    if model.here.causes.is_empty() {
        let nothing = model.say(word!(screen_nothing_in_the_trace));
        for line in text::wrap(nothing, room.saturating_sub(2)) {
            lines.push(Line::from(piece(theme, Token::Dim, format!(" {line}"))));
            causes.push(None);
        }
    }
    let focused = model.looks.wanted.focus == Pane::WHY;
    let steps = model.here.causes.iter().map(|cause| cause.step);
    let widest = steps.max().map_or(0, |step| step.to_string().len());
    for (i, cause) in model.here.causes.iter().enumerate() {
        let chosen = focused && i == model.looks.cause;
        // In a line that is reversed a colour of its own would make a patch.
        let token = |token| if chosen { Token::Text } else { token };
        let lane = model
            .trace()
            .get(cause.step)
            .map_or(evscope_trace::Lane::Loop, |record| record.event.lane());
        let label = match cause.kind {
            LinkKind::Cause => format!(" ← {:>widest$} ", cause.step),
            LinkKind::Besides => format!("   + {:>widest$} ", cause.step),
        };
        let indent = text::width(&label) + 2;
        for (row, words) in text::wrap(&cause.text, room.saturating_sub(indent + 1))
            .into_iter()
            .enumerate()
        {
            let mut line = if row == 0 {
                Line::from(vec![
                    piece(theme, token(Token::Dim), label.clone()),
                    piece(theme, token(Token::Lane(lane)), lane.letter()),
                    Span::raw(format!(" {words}")),
                ])
            } else {
                Line::from(Span::raw(format!("{}{words}", " ".repeat(indent))))
            };
            if chosen {
                let padding = room.saturating_sub(line.width());
                line.push_span(Span::raw(" ".repeat(padding)));
                line = line.patch_style(theme.style(Token::Text).add_modifier(Modifier::REVERSED));
            }
            lines.push(line);
            causes.push(Some(i));
        }
    }
    (lines, causes)
}
