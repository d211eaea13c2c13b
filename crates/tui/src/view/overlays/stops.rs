//! The list of stops, over the panes.

use evscope_words::{Word, text, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{CLOSE, List, list};
use crate::look::theme::Token;
use crate::model::Model;
use crate::model::pane::{Overlay, Pane};
use crate::view::panes::Done;
use crate::view::piece;
use crate::work::stops::StopKind;

/// The list.
pub(super) struct Stops;

impl List for Stops {
    fn pane(&self) -> Pane {
        Pane::STOPS
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
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
        let title = model.say(word!(screen_stops));
        list(buf, area, model, title, lines.collect(), at);
    }

    fn count(&self, model: &Model) -> usize {
        model.stops.len()
    }

    fn enter(&self, model: &mut Model, at: usize) -> Done {
        model.run_to_stop(at);
        Ok(())
    }

    fn key(&self, model: &mut Model, at: usize, key: char) -> bool {
        match key {
            'd' => {
                if at < model.stops.len() {
                    model.stops.remove(at);
                }
                Overlay::of(self.pane(), at).shorten(model);
            }
            ' ' => {
                if let Some(stop) = model.stops.get_mut(at) {
                    stop.on = !stop.on;
                }
            }
            _ => return false,
        }
        true
    }

    fn keys(&self) -> &'static [(&'static str, Word)] {
        &[
            ("Enter", word!(key_run_to_it)),
            ("Space", word!(key_off_on)),
            ("d", word!(key_remove)),
            CLOSE,
        ]
    }
}
