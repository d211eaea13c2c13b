//! What the lists over the panes have in common: where they are, and how the chosen line looks.

use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::look::theme::{Theme, Token};

/// The place of a list in the middle of the screen, of so many columns and rows where there is room for them.
pub(super) fn middle(area: Rect, width: u16, rows: usize) -> Rect {
    let width = width.min(area.width.saturating_sub(4));
    let most = area.height.saturating_sub(3);
    let height = rows.min(usize::from(most)) as u16;
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 3,
        width,
        height,
    }
}

/// Makes a line look chosen. In one colour: reversed, each word's own would make a block of its own.
pub(super) fn choose(line: &mut Line<'static>, theme: Theme, width: usize) {
    let padding = width.saturating_sub(line.width());
    line.push_span(Span::raw(" ".repeat(padding)));
    let style = theme.style(Token::Text).add_modifier(Modifier::REVERSED);
    for span in &mut line.spans {
        span.style = style;
    }
}
