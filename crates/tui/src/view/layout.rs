//! Where each pane stands, as a function of the window's size and what is asked for. Which panes there are, is not
//! known here: each says the slot that it wants.

use ratatui::layout::{Constraint, Layout as Split, Rect};

use super::panes::{PANES, View};
use crate::model::Model;
use crate::model::pane::{Pane, Wanted};

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Room {
    /// Steps and one other pane.
    Small,
    /// All panes.
    Medium,
    /// All panes, and the lanes beside them.
    Large,
}

/// A part of the window, in the order of the Tab key. Of the panes that want one the one with the focus stands there, or
/// else the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slot {
    /// On the left, above.
    Top,
    /// On the left, below that.
    Below,
    /// On the right, above; in a small window in place of all but the top while it has the focus.
    Right,
    /// On the right, below that: what is said.
    Words,
    /// In a third column; in a small window as on the right.
    Side,
    /// Across the whole window, below all others.
    Bottom,
}

/// The smallest window anything can be read in.
pub(crate) const SMALLEST: (u16, u16) = (60, 15);
const MEDIUM: (u16, u16) = (100, 30);
const LARGE: (u16, u16) = (170, 45);

/// The panes in the order of the Tab key, and the status line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) panes: Vec<(Pane, Rect)>,
    pub(crate) status: Rect,
}

impl Layout {
    /// Where a pane is, if it is on the screen.
    pub(crate) fn area(&self, pane: Pane) -> Option<Rect> {
        self.panes
            .iter()
            .find(|(p, _)| *p == pane)
            .map(|(_, area)| *area)
    }

    /// The pane at a cell.
    pub(crate) fn at(&self, column: u16, row: u16) -> Option<(Pane, Rect)> {
        self.panes
            .iter()
            .find(|(_, area)| area.contains((column, row).into()))
            .copied()
    }
}

impl Model {
    /// Where the panes are; none if the window is too small.
    pub(crate) fn layout(&self) -> Option<Layout> {
        let (width, height) = self.looks.size;
        layout(width, height, self.wanted())
    }

    /// How much room there is.
    pub(crate) fn room(&self) -> Option<Room> {
        let (width, height) = self.looks.size;
        room(width, height)
    }
}

/// The room that a window of a size has; none if it is too small.
fn room(width: u16, height: u16) -> Option<Room> {
    let holds = |(w, h): (u16, u16)| width >= w && height >= h;
    if holds(LARGE) {
        Some(Room::Large)
    } else if holds(MEDIUM) {
        Some(Room::Medium)
    } else if holds(SMALLEST) {
        Some(Room::Small)
    } else {
        None
    }
}

/// The panes one can go to by Tab, whether they are on the screen now or come by it.
pub(crate) fn reachable(room: Room, wanted: Wanted) -> Vec<Pane> {
    let placed = PANES.iter().map(|view| (view.slot(room, wanted), view));
    let mut placed: Vec<_> = placed.filter(|(slot, _)| slot.is_some()).collect();
    placed.sort_by_key(|(slot, _)| *slot);
    placed.iter().map(|(_, view)| view.pane()).collect()
}

/// Lays the panes out; none if the window is too small.
pub(crate) fn layout(width: u16, height: u16, wanted: Wanted) -> Option<Layout> {
    let room = room(width, height)?;
    let whole = Rect::new(0, 0, width, height);
    let [body, status] = Split::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(whole);
    if wanted.zoom {
        let panes = vec![(wanted.focus, body)];
        return Some(Layout { panes, status });
    }
    let at = |slot| standing(slot, room, wanted);
    let bottom = Constraint::Length(match room {
        Room::Small => 2,
        Room::Medium => 3,
        Room::Large => 4,
    });
    let [rest, bottom] = Split::vertical([Constraint::Fill(1), bottom]).areas(body);
    let mut panes = match room {
        Room::Small => small(rest, wanted),
        // Two columns.
        Room::Medium => {
            let [left, right] =
                Split::horizontal([Constraint::Fill(52), Constraint::Fill(48)]).areas(rest);
            let left = column(left, [at(Slot::Top), at(Slot::Below)]);
            [left, column(right, [at(Slot::Right), at(Slot::Words)])].concat()
        }
        Room::Large => {
            let [left, middle, right] = Split::horizontal([
                Constraint::Fill(34),
                Constraint::Fill(32),
                Constraint::Fill(34),
            ])
            .areas(rest);
            let left = column(left, [at(Slot::Top), at(Slot::Below)]);
            let middle = column(middle, [at(Slot::Right), at(Slot::Words)]);
            [left, middle, column(right, [at(Slot::Side), None])].concat()
        }
    };
    panes.extend(at(Slot::Bottom).map(|view| (view.pane(), bottom)));
    Some(Layout { panes, status })
}

/// The pane that stands in a slot.
fn standing(slot: Slot, room: Room, wanted: Wanted) -> Option<&'static dyn View> {
    let wants = |view: &&&dyn View| view.slot(room, wanted) == Some(slot);
    let mut there = PANES.iter().filter(wants).copied();
    let first = there.clone().next();
    there.find(|view| view.pane() == wanted.focus).or(first)
}

/// The steps above; below them the source, or else the state, and the words in short. A pane that has the focus and is none of
/// these takes the place of both.
fn small(area: Rect, wanted: Wanted) -> Vec<(Pane, Rect)> {
    let at = |slot| standing(slot, Room::Small, wanted);
    let focused = wanted.focus.view();
    let (rows, parts) = match focused.slot(Room::Small, wanted) {
        Some(Slot::Right | Slot::Side) => {
            let rows = [Constraint::Fill(1), Constraint::Fill(2)];
            (rows.to_vec(), vec![at(Slot::Top), Some(focused)])
        }
        slot => {
            // The words get the larger part while they have the focus.
            let said = Constraint::Length(if slot == Some(Slot::Words) { 9 } else { 5 });
            let second = at(Slot::Below).or(at(Slot::Right));
            (
                vec![Constraint::Fill(1), Constraint::Fill(1), said],
                vec![at(Slot::Top), second, at(Slot::Words)],
            )
        }
    };
    let areas = Split::vertical(rows).split(area);
    let placed = std::iter::zip(parts, areas.iter());
    placed
        .filter_map(|(view, area)| Some((view?.pane(), *area)))
        .collect()
}

/// One or two panes, one above the other.
fn column(area: Rect, panes: [Option<&'static dyn View>; 2]) -> Vec<(Pane, Rect)> {
    let [Some(upper), Some(lower)] = panes else {
        let alone = panes.into_iter().flatten();
        return alone.map(|view| (view.pane(), area)).collect();
    };
    let above = match (upper.share(), lower.share()) {
        (Some(share), _) => share,
        (None, share) => 100 - share.unwrap_or(50),
    };
    let rows = [Constraint::Fill(above), Constraint::Fill(100 - above)];
    let [above, below] = Split::vertical(rows).areas(area);
    vec![(upper.pane(), above), (lower.pane(), below)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Wanted = Wanted::PLAIN;

    #[test]
    fn panes_fill_the_screen_without_overlap() {
        for (width, height) in [
            SMALLEST,
            (80, 24),
            (100, 30),
            (120, 40),
            (170, 45),
            (200, 60),
        ] {
            for focus in [
                Pane::STEPS,
                Pane("state"),
                Pane("explain"),
                Pane::LANES,
                Pane("timeline"),
            ] {
                for (zoom, source) in [(false, true), (true, true), (false, false)] {
                    let wanted = Wanted {
                        focus,
                        zoom,
                        source,
                        ..PLAIN
                    };
                    let layout = layout(width, height, wanted).unwrap();
                    let area: u32 = layout.panes.iter().map(|(_, area)| area.area()).sum();
                    assert_eq!(area, u32::from(width) * u32::from(height - 1));
                    for (i, (_, a)) in layout.panes.iter().enumerate() {
                        assert!(layout.panes[i + 1..].iter().all(|(_, b)| !a.intersects(*b)));
                    }
                }
            }
        }
    }

    #[test]
    fn each_size_shows_what_it_has_room_for() {
        let shown = |width, height| {
            let layout = layout(width, height, PLAIN).unwrap();
            layout
                .panes
                .iter()
                .map(|(pane, _)| *pane)
                .collect::<Vec<_>>()
        };
        let shown_are = |shown: Vec<Pane>, names: &str| {
            let shown: Vec<&str> = shown.iter().map(|pane| pane.0).collect();
            assert_eq!(shown.join(" "), names);
        };
        shown_are(shown(80, 24), "steps source explain timeline");
        shown_are(shown(120, 40), "steps source state explain timeline");
        shown_are(shown(200, 60), "steps source state explain lanes timeline");
        let without_source = |width, height| {
            let wanted = Wanted {
                source: false,
                ..PLAIN
            };
            let panes = layout(width, height, wanted).unwrap().panes;
            panes.iter().map(|(pane, _)| *pane).collect::<Vec<_>>()
        };
        shown_are(without_source(80, 24), "steps state explain timeline");
        shown_are(without_source(120, 40), "steps state explain timeline");
        shown_are(
            without_source(200, 60),
            "steps state explain lanes timeline",
        );
        assert_eq!(layout(59, 24, PLAIN), None);
        assert_eq!(layout(80, 14, PLAIN), None);
    }

    #[test]
    fn a_pane_with_the_focus_is_on_the_screen() {
        for (width, height) in [(80, 24), (120, 40), (200, 60)] {
            let room = room(width, height).unwrap();
            for wanted in [
                PLAIN,
                Wanted {
                    lanes: true,
                    ..PLAIN
                },
                Wanted { why: true, ..PLAIN },
                Wanted {
                    source: false,
                    ..PLAIN
                },
                Wanted {
                    lesson: true,
                    ..PLAIN
                },
                Wanted {
                    lesson: true,
                    lanes: true,
                    ..PLAIN
                },
            ] {
                for focus in reachable(room, wanted) {
                    let layout = layout(width, height, Wanted { focus, ..wanted }).unwrap();
                    assert!(
                        layout.area(focus).is_some(),
                        "{focus:?} at {width}x{height}"
                    );
                }
            }
        }
    }
}
