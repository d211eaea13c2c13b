//! The gates of what was asked why it does not happen, over the panes.

use evscope_words::{text, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{List, choose, frame, middle};
use crate::look::text;
use crate::look::theme::Token;
use crate::model::Model;
use crate::model::here::top_with;
use crate::model::pane::{Overlay, Pane};
use crate::view::panes::Done;
use crate::view::{draw_lines, piece};

/// The list.
pub(super) struct Gates;

impl List for Gates {
    fn pane(&self) -> Pane {
        Pane::GATES
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
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

    fn count(&self, model: &Model) -> usize {
        let gates = model.asked.gates.as_ref();
        gates.map_or(0, |(_, gates)| gates.list.len())
    }

    /// Goes to the step that left the gate as it is.
    fn enter(&self, model: &mut Model, at: usize) -> Done {
        let gates = model.asked.gates.as_ref();
        let gate = gates.and_then(|(_, gates)| gates.list.get(at));
        match gate.map(|gate| gate.step) {
            Some(Some(step)) => model.go_to_number(step),
            Some(None) => {
                model.overlay = Some(Overlay::of(self.pane(), at));
                Err(model.say(word!(command_no_step_left_it)).to_owned())
            }
            None => Ok(()),
        }
    }
}
