//! Why something does not happen, over the panes: what may be asked, and the gates of what was asked.

use evscope_words::{text, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::overlay::{choose, middle};
use super::{draw_lines, help::frame, piece};
use crate::look::text;
use crate::look::theme::Token;
use crate::model::Model;
use crate::model::here::top_with;

pub(crate) fn draw_questions(buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
    let questions = &model.asked.questions;
    let area = middle(area, 44, questions.len() + 2);
    let inner = frame(buf, area, model, model.say(word!(screen_why_not)));
    let top = top_with(0, at, usize::from(inner.height), questions.len());
    let shown = questions.iter().enumerate().skip(top);
    let lines: Vec<Line<'static>> = shown
        .take(usize::from(inner.height))
        .map(|(row, question)| {
            let mut line = Line::from(Span::raw(format!(" {question}")));
            if row == at {
                choose(&mut line, model.theme, usize::from(inner.width));
            }
            line
        })
        .collect();
    draw_lines(buf, inner, &lines, 0);
}

pub(crate) fn draw_gates(buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
    let theme = model.theme;
    let Some((expected, gates)) = &model.asked.gates else {
        return;
    };
    let width = area.width.saturating_sub(4).min(110);
    let room = usize::from(width).saturating_sub(4);
    let closed = gates.list.iter().position(|gate| !gate.open);
    let steps = gates.list.iter().filter_map(|gate| gate.step);
    let digits = steps.max().unwrap_or(0).to_string().len();
    let mut lines = Vec::new();
    // The last line of the chosen gate: down to it has to be seen.
    let mut last = 0;
    for (i, gate) in gates.list.iter().enumerate() {
        let step = gate.step.map_or_else(String::new, |step| step.to_string());
        let (mark, token) = match gate.open {
            true => ("✓", Token::Dim),
            false => ("✖", Token::Error),
        };
        let token = if closed == Some(i) || gate.open {
            token
        } else {
            Token::Warning
        };
        let head = format!(" {step:>digits$} {mark} ");
        let indent = text::width(&head);
        let mut said = text::wrap(&gate.text.in_lang(model.lang), room.saturating_sub(indent));
        let opens = gate.opens.as_ref().filter(|_| closed == Some(i));
        if let Some(opens) = opens {
            let opens = text!(why_not_opens, opens).in_lang(model.lang);
            said.extend(text::wrap(&opens, room.saturating_sub(indent)));
        }
        for (row, words) in said.into_iter().enumerate() {
            let head = match row {
                0 => head.clone(),
                _ => " ".repeat(indent),
            };
            let mut line = Line::from(vec![
                piece(theme, token, head),
                match gate.open {
                    true => piece(theme, Token::Dim, words),
                    false => Span::raw(words),
                },
            ]);
            if i == at {
                choose(&mut line, theme, usize::from(width).saturating_sub(2));
            }
            lines.push(line);
        }
        if i == at {
            last = lines.len().saturating_sub(1);
        }
    }
    if closed.is_none() {
        let open = model.say(word!(why_not_open));
        lines.push(Line::from(Span::raw(format!(" {open}"))));
    }
    let title = text!(
        screen_why_not_of,
        question = expected.to_string(),
        step = gates.step
    );
    let area = middle(area, width, lines.len() + 2);
    let inner = frame(buf, area, model, &title.in_lang(model.lang));
    let top = top_with(0, last, usize::from(inner.height), lines.len());
    draw_lines(buf, inner, &lines, top);
}
