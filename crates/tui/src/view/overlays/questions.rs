//! What may be asked why it does not happen, over the panes.

use evscope_words::{Word, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{CLOSE, List, choose, frame, middle};
use crate::model::Model;
use crate::model::here::top_with;
use crate::model::pane::Pane;
use crate::view::draw_lines;
use crate::view::panes::Done;

/// The list.
pub(super) struct Questions;

impl List for Questions {
    fn pane(&self) -> Pane {
        Pane::QUESTIONS
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
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

    fn count(&self, model: &Model) -> usize {
        model.asked.questions.len()
    }

    fn enter(&self, model: &mut Model, at: usize) -> Done {
        match model.asked.questions.get(at) {
            Some(question) => model.ask(*question),
            None => Ok(()),
        }
    }

    fn keys(&self) -> &'static [(&'static str, Word)] {
        &[("Enter", word!(key_ask)), CLOSE]
    }
}
