//! What stands over the panes: a list each, a file each, with what its keys do.

mod branches;
mod calls;
mod connections;
mod findings;
mod gates;
mod help;
mod marks;
mod questions;
mod stops;

use evscope_words::{Word, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use super::draw_lines;
use super::panes::Done;
use crate::look::theme::{Theme, Token};
use crate::model::here::top_with;
use crate::model::pane::{Overlay, Pane};
use crate::model::{Direction, Model};

/// Every list.
const LISTS: &[&dyn List] = &[
    &help::Help,
    &stops::Stops,
    &marks::Marks,
    &calls::Calls,
    &branches::Branches,
    &findings::Findings,
    &connections::Connections,
    &questions::Questions,
    &gates::Gates,
];

/// The key that closes any of them.
const CLOSE: (&str, Word) = ("Esc", word!(key_close));

/// A list over the panes.
pub(crate) trait List: Sync {
    /// Its name.
    fn pane(&self) -> Pane;

    /// Draws it, with the chosen line.
    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model, at: usize);

    /// How many there are to choose from.
    fn count(&self, model: &Model) -> usize;

    /// The step of the one at a place.
    fn step(&self, _: &Model, _at: usize) -> Option<usize> {
        None
    }

    /// The Enter key, by which the list is closed.
    fn enter(&self, model: &mut Model, at: usize) -> Done {
        let step = self.step(model, at);
        step.map_or(Ok(()), |step| model.go_to_number(step))
    }

    /// A character that means something here and nowhere else; whether it does.
    fn key(&self, _: &mut Model, _at: usize, _: char) -> bool {
        false
    }

    /// The keys that matter while it is open.
    fn keys(&self) -> &'static [(&'static str, Word)] {
        &[("Enter", word!(key_go)), CLOSE]
    }
}

impl Overlay {
    /// What it is.
    pub(crate) fn list(self) -> &'static dyn List {
        let mut lists = LISTS.iter();
        *lists
            .find(|list| list.pane() == self.list)
            .unwrap_or(&LISTS[0])
    }

    /// So many lines up or down.
    pub(crate) fn go(self, model: &mut Model, lines: usize, to: Direction) {
        let at = to.moved(self.at, lines, self.list().count(model));
        model.overlay = Some(Self { at, ..self });
    }

    /// The Enter key.
    pub(crate) fn enter(self, model: &mut Model) -> Done {
        model.overlay = None;
        self.list().enter(model, self.at)
    }

    /// One was taken from the list: the next is chosen, and without any the list is closed.
    fn shorten(self, model: &mut Model) {
        let last = self.list().count(model).checked_sub(1);
        model.overlay = last.map(|last| Self {
            at: self.at.min(last),
            ..self
        });
    }
}

/// The place of a list in the middle of the screen, of so many columns and rows where there is room for them.
fn middle(area: Rect, width: u16, rows: usize) -> Rect {
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

/// Clears an area and draws a frame with a title around it; gives the room inside.
fn frame(buf: &mut Buffer, area: Rect, model: &Model, title: &str) -> Rect {
    Clear.render(area, buf);
    let style = model.theme.style(Token::Rule);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(style)
        .title(Span::styled(
            format!(" {title} "),
            model.theme.style(Token::Focus),
        ));
    let inner = block.inner(area);
    block.render(area, buf);
    inner
}

/// Makes a line look chosen. In one colour: reversed, each word's own would make a block of its own.
fn choose(line: &mut Line<'static>, theme: Theme, width: usize) {
    let padding = width.saturating_sub(line.width());
    line.push_span(Span::raw(" ".repeat(padding)));
    let style = theme.style(Token::Text).add_modifier(Modifier::REVERSED);
    for span in &mut line.spans {
        span.style = style;
    }
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

#[cfg(test)]
mod tests {
    use super::{LISTS, Overlay};

    #[test]
    fn a_list_is_found_by_its_name() {
        for list in LISTS {
            assert_eq!(Overlay::of(list.pane(), 0).list().pane(), list.pane());
            let same = LISTS.iter().filter(|other| other.pane() == list.pane());
            assert_eq!(same.count(), 1, "{:?}", list.pane());
        }
    }
}
