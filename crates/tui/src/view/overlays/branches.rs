//! The list of the branches of a function, over the panes.

use evscope_replay::describe::Columns;
use evscope_words::{text, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{List, list};
use crate::look::text;
use crate::look::theme::Token;
use crate::model::Model;
use crate::model::message::Effect;
use crate::model::pane::Pane;
use crate::view::panes::Done;
use crate::view::{CURRENT, piece};

/// The list.
pub(super) struct Branches;

impl List for Branches {
    fn pane(&self) -> Pane {
        Pane::BRANCHES
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
        let theme = model.theme;
        // What says where it leads is seen whole, in whatever window.
        let room = usize::from(area.width).saturating_sub(10);
        let branches = &model.here.branches;
        let mut table = Columns::default();
        for (_, step) in branches {
            table.row([format!("{}:{}", step.demo, step.step)]);
        }
        let width = table.widths().first().copied().unwrap_or(0);
        let lines = std::iter::zip(branches, table.rows()).map(|((branch, step), cells)| {
            let taken = model.is_here(*step);
            let mark = if taken { CURRENT } else { " " };
            Line::from(vec![
                piece(theme, Token::CurrentMark, format!(" {mark} ")),
                piece(theme, Token::Dim, cells.concat()),
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

    fn count(&self, model: &Model) -> usize {
        model.here.branches.len()
    }

    /// To the step that takes a branch: in this trace, or in the recorded one of its demo.
    fn enter(&self, model: &mut Model, at: usize) -> Done {
        let Some((_, step)) = model.here.branches.get(at).cloned() else {
            return Ok(());
        };
        if model.trace().name() == step.demo {
            return model.go_to_number(step.step);
        }
        if model.live.is_some() {
            return Err(model.say(word!(command_no_other_trace_now)).to_owned());
        }
        model.effects.push(Effect::Open(step.demo, step.step));
        Ok(())
    }
}
