//! The list of the calls around the step, over the panes.

use evscope_words::word;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{List, list};
use crate::look::theme::Token;
use crate::model::Model;
use crate::model::pane::Pane;
use crate::view::panes::steps;
use crate::view::piece;

/// The list.
pub(super) struct Calls;

impl List for Calls {
    fn pane(&self) -> Pane {
        Pane::CALLS
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
        let theme = model.theme;
        let around = model.here.source.around.iter();
        let lines = around.map(|call| {
            let mut line = vec![piece(theme, Token::Dim, format!(" {:>5} ", call.step))];
            line.extend(steps::words(theme, model, call.step));
            Line::from(line)
        });
        let title = model.say(word!(screen_calls_around_it));
        list(buf, area, model, title, lines.collect(), at);
    }

    fn count(&self, model: &Model) -> usize {
        model.here.source.around.len()
    }

    fn step(&self, model: &Model, at: usize) -> Option<usize> {
        Some(model.here.source.around.get(at)?.step)
    }
}
