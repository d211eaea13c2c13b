//! The panes, a file each: what a pane is called, where it stands and what it shows, and what keys and clicks do in it.

mod explain;
mod lanes;
mod lesson;
mod source;
mod state;
pub(in crate::view) mod steps;
mod timeline;
mod why;

use evscope_words::Word;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::layout::{Room, Slot};
use super::status::Hints;
use crate::model::pane::{Pane, Wanted};
use crate::model::{Direction, Model};

/// How many lines a step of the wheel moves by.
const WHEEL: usize = 3;

/// What a key does; it fails with a message for the status line.
pub(crate) type Done = Result<(), String>;

/// Every pane.
pub(crate) const PANES: &[&dyn View] = &[
    &steps::Steps,
    &source::Source,
    &state::State,
    &why::Why,
    &lesson::Lesson,
    &explain::Explain,
    &lanes::Lanes,
    &timeline::Timeline,
];

/// A pane. What most panes do alike, a text that can be scrolled, need not be said.
pub(crate) trait View: Sync {
    /// Its name.
    fn pane(&self) -> Pane;

    fn title(&self) -> Word;

    /// What stands at the right of the title, in so many columns.
    fn about(&self, _: &Model, _room: usize) -> Option<Line<'static>> {
        None
    }

    /// Where it is to stand; none: it is not wanted.
    fn slot(&self, room: Room, wanted: Wanted) -> Option<Slot>;

    /// How much of its column it takes, in percent; none: what the other one leaves.
    fn share(&self) -> Option<u16> {
        None
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model);

    /// The line of its text with which it begins by itself, and how many lines there are to scroll.
    fn extent(&self, _: &Model, _: Rect) -> (usize, usize) {
        (0, 0)
    }

    /// Whether it stays scrolled when one goes to another step.
    fn stays_scrolled(&self) -> bool {
        false
    }

    /// Brings up to date what depends on where it stands.
    fn settle(&self, _: &mut Model, _: Rect) {}

    /// So many lines up or down.
    fn go(&self, model: &mut Model, lines: usize, to: Direction) -> Done {
        scroll(model, self.pane(), lines, to);
        Ok(())
    }

    /// The Enter key.
    fn enter(&self, model: &mut Model) -> Done {
        model.looks.wanted.zoom = !model.looks.wanted.zoom;
        Ok(())
    }

    /// A character that means something here and nowhere else; whether it does.
    fn key(&self, _: &mut Model, _: char) -> bool {
        false
    }

    /// A click on a line, counted from below the title. The pane has got the focus by it.
    fn click(&self, _: &mut Model, _area: Rect, _column: usize, _line: usize) {}

    /// The mouse is held and moved to a column; whether that means anything. It leaves the focus where it is.
    fn drag(&self, _: &mut Model, _column: usize) -> bool {
        false
    }

    fn wheel(&self, model: &mut Model, to: Direction) {
        scroll(model, self.pane(), WHEEL, to);
    }

    /// The keys that matter while it has the focus; none: those that matter everywhere.
    fn hints(&self, _: &Model) -> Option<Hints> {
        None
    }
}

impl Pane {
    /// What it is.
    pub(crate) fn view(self) -> &'static dyn View {
        let mut views = PANES.iter();
        *views.find(|view| view.pane() == self).unwrap_or(&PANES[0])
    }
}

/// Brings up to date what the panes show: what depends on where they stand.
pub(crate) fn settle(model: &mut Model) {
    if std::mem::replace(&mut model.looks.scrolled_at, model.step) != model.step {
        let scroll = &mut model.looks.scroll;
        scroll.retain(|pane, _| pane.view().stays_scrolled());
    }
    for (pane, area) in model.layout().map_or(Vec::new(), |layout| layout.panes) {
        pane.view().settle(model, area);
    }
}

/// The room inside a pane, below its title and beside the line to its left.
pub(super) fn inner(area: Rect) -> Rect {
    let left = u16::from(area.x > 0);
    Rect {
        x: area.x + left,
        y: area.y + 1,
        width: area.width - left,
        height: area.height.saturating_sub(1),
    }
}

/// Scrolls a pane of text, as far as there is any.
fn scroll(model: &mut Model, pane: Pane, lines: usize, to: Direction) {
    let by = match to {
        Direction::Forward => lines as isize,
        Direction::Back => -(lines as isize),
    };
    let area = model.layout().and_then(|layout| layout.area(pane));
    let (least, most) = area.map_or((0, 0), |area| {
        let inner = inner(area);
        let (top, lines) = pane.view().extent(model, inner);
        let most = lines.saturating_sub(usize::from(inner.height)).max(top);
        (-(top as isize), (most - top) as isize)
    });
    let scroll = model.looks.scroll.entry(pane).or_default();
    *scroll = ((*scroll).clamp(least, most) + by).clamp(least, most);
}

/// The first line that a pane of text shows, given where it would begin by itself.
fn scrolled(model: &Model, pane: Pane, top: usize) -> usize {
    top.saturating_add_signed(model.scroll_of(pane))
}

/// So many rows of the list of steps up or down; whether there were any.
fn go_rows(model: &mut Model, rows: usize, to: Direction) -> bool {
    let Some(row) = model.row() else {
        return true;
    };
    let to_row = to.moved(row, rows, model.rows().len());
    model.go_to_row(to_row);
    to_row != row
}

/// What stands beside a title, as it is usual.
fn beside(model: &Model, text: impl AsRef<str>) -> Option<Line<'static>> {
    let text = super::text::shown(format!(" {} ", text.as_ref()).into());
    Some(Line::styled(text, model.theme.style(super::Token::Dim)))
}

#[cfg(test)]
mod tests {
    use super::PANES;

    #[test]
    fn a_pane_is_found_by_its_name() {
        for view in PANES {
            assert_eq!(view.pane().view().pane(), view.pane());
            let same = PANES.iter().filter(|other| other.pane() == view.pane());
            assert_eq!(same.count(), 1, "{:?}", view.pane());
        }
    }
}
