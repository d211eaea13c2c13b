//! The list of bookmarks, over the panes.

use evscope_words::{Word, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{CLOSE, List, list};
use crate::look::theme::Token;
use crate::model::Model;
use crate::model::pane::{Overlay, Pane};
use crate::view::panes::steps;
use crate::view::piece;

/// The list.
pub(super) struct Marks;

impl List for Marks {
    fn pane(&self) -> Pane {
        Pane::MARKS
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
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
        let title = model.say(word!(screen_bookmarks));
        list(buf, area, model, title, lines.collect(), at);
    }

    fn count(&self, model: &Model) -> usize {
        model.marks.len()
    }

    fn step(&self, model: &Model, at: usize) -> Option<usize> {
        model.marks.keys().nth(at).copied()
    }

    fn key(&self, model: &mut Model, at: usize, key: char) -> bool {
        if key != 'd' {
            return false;
        }
        if let Some(step) = model.marks.keys().nth(at).copied() {
            model.marks.remove(&step);
            model.save_marks();
        }
        Overlay::of(self.pane(), at).shorten(model);
        true
    }

    fn keys(&self) -> &'static [(&'static str, Word)] {
        &[("Enter", word!(key_go)), ("d", word!(key_remove)), CLOSE]
    }
}
