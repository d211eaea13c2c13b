//! Where each pane stands, as a function of the window's size and what is asked for.

use evscope_words::{Word, word};
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// A part of the screen that can have the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Pane {
    /// The call tree.
    Steps,
    /// The source.
    Source,
    /// Bufferevents, events, timers.
    State,
    /// The step in words, and the calls around it.
    Explain,
    /// The chain of causes.
    Why,
    /// The sequence by lanes.
    Lanes,
    /// The whole trace.
    Timeline,
    /// What a lesson says.
    Lesson,
}

impl Pane {
    /// How many there are; each has its own scroll position.
    pub(crate) const COUNT: usize = 8;

    /// The pane's title.
    pub(crate) fn title(self) -> Word {
        match self {
            Self::Steps => word!(screen_steps),
            Self::Source => word!(screen_source),
            Self::State => word!(screen_state),
            Self::Explain => word!(screen_explanation),
            Self::Why => word!(screen_why),
            Self::Lanes => word!(screen_lanes),
            Self::Timeline => word!(screen_timeline),
            Self::Lesson => word!(screen_lesson),
        }
    }
}

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

/// The smallest window anything can be read in.
pub(crate) const SMALLEST: (u16, u16) = (60, 15);
const MEDIUM: (u16, u16) = (100, 30);
const LARGE: (u16, u16) = (170, 45);

/// What is asked for, apart from the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The pane with the focus.
    pub(crate) focus: Pane,
    /// Only the pane with the focus.
    pub(crate) zoom: bool,
    /// The source: there is some.
    pub(crate) source: bool,
    /// The lanes.
    pub(crate) lanes: bool,
    /// The chain of causes instead of the explanation.
    pub(crate) why: bool,
    /// The lesson instead of the explanation.
    pub(crate) lesson: bool,
}

impl Wanted {
    /// The pane of words: it is the causes, the lesson or the explanation.
    fn words(self) -> Pane {
        match (self.why, self.lesson) {
            (true, _) => Pane::Why,
            (false, true) => Pane::Lesson,
            (false, false) => Pane::Explain,
        }
    }
}

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

/// The room that a window of a size has; none if it is too small.
pub(crate) fn room(width: u16, height: u16) -> Option<Room> {
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
    let words = wanted.words();
    let mut panes = match (room, wanted.lanes) {
        (Room::Medium, false) => vec![
            Pane::Steps,
            Pane::Source,
            Pane::State,
            words,
            Pane::Timeline,
        ],
        (Room::Medium, true) if !wanted.lesson => {
            vec![Pane::Steps, Pane::Source, Pane::Lanes, Pane::Timeline]
        }
        // The lesson stays beside the lanes.
        (Room::Medium, true) => vec![
            Pane::Steps,
            Pane::Source,
            Pane::Lanes,
            words,
            Pane::Timeline,
        ],
        (Room::Small | Room::Large, _) => vec![
            Pane::Steps,
            Pane::Source,
            Pane::State,
            words,
            Pane::Lanes,
            Pane::Timeline,
        ],
    };
    panes.retain(|pane| *pane != Pane::Source || wanted.source);
    panes
}

/// Lays the panes out; none if the window is too small.
pub(crate) fn layout(width: u16, height: u16, wanted: Wanted) -> Option<Layout> {
    let room = room(width, height)?;
    let whole = Rect::new(0, 0, width, height);
    let [body, status] = Split::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(whole);
    let panes = if wanted.zoom {
        vec![(wanted.focus, body)]
    } else {
        match room {
            Room::Small => small(body, wanted),
            Room::Medium => medium(body, wanted),
            Room::Large => large(body, wanted),
        }
    };
    Some(Layout { panes, status })
}

/// Steps above; below them the source, or else the state, and the words in short. A pane that has the focus and is none of
/// these takes the place of both.
fn small(body: Rect, wanted: Wanted) -> Vec<(Pane, Rect)> {
    let words = wanted.words();
    let [rest, timeline] =
        Split::vertical([Constraint::Fill(1), Constraint::Length(2)]).areas(body);
    let mut panes = match wanted.focus {
        Pane::State | Pane::Lanes | Pane::Lesson => {
            let [steps, other] =
                Split::vertical([Constraint::Fill(1), Constraint::Fill(2)]).areas(rest);
            vec![(Pane::Steps, steps), (wanted.focus, other)]
        }
        focus => {
            // The words get the larger part while they have the focus.
            let said = Constraint::Length(if focus == words { 9 } else { 5 });
            let [steps, source, said] =
                Split::vertical([Constraint::Fill(1), Constraint::Fill(1), said]).areas(rest);
            let second = if wanted.source {
                Pane::Source
            } else {
                Pane::State
            };
            vec![(Pane::Steps, steps), (second, source), (words, said)]
        }
    };
    panes.push((Pane::Timeline, timeline));
    panes
}

/// Two columns over the timeline; the lanes, when asked for, take the right one.
fn medium(body: Rect, wanted: Wanted) -> Vec<(Pane, Rect)> {
    let [rest, timeline] =
        Split::vertical([Constraint::Fill(1), Constraint::Length(3)]).areas(body);
    let [left, right] = Split::horizontal([Constraint::Fill(52), Constraint::Fill(48)]).areas(rest);
    let mut panes = steps_and_source(left, wanted);
    if wanted.lanes && wanted.lesson {
        let [lanes, said] =
            Split::vertical([Constraint::Fill(50), Constraint::Fill(50)]).areas(right);
        panes.extend([(Pane::Lanes, lanes), (wanted.words(), said)]);
    } else if wanted.lanes {
        panes.push((Pane::Lanes, right));
    } else {
        panes.extend(state_and_words(right, wanted));
    }
    panes.push((Pane::Timeline, timeline));
    panes
}

/// As the medium one, with the lanes in a third column.
fn large(body: Rect, wanted: Wanted) -> Vec<(Pane, Rect)> {
    let [rest, timeline] =
        Split::vertical([Constraint::Fill(1), Constraint::Length(4)]).areas(body);
    let [left, middle, right] = Split::horizontal([
        Constraint::Fill(34),
        Constraint::Fill(32),
        Constraint::Fill(34),
    ])
    .areas(rest);
    let mut panes = steps_and_source(left, wanted);
    panes.extend(state_and_words(middle, wanted));
    panes.push((Pane::Lanes, right));
    panes.push((Pane::Timeline, timeline));
    panes
}

fn steps_and_source(column: Rect, wanted: Wanted) -> Vec<(Pane, Rect)> {
    if !wanted.source {
        return vec![(Pane::Steps, column)];
    }
    let [steps, source] = Split::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(column);
    vec![(Pane::Steps, steps), (Pane::Source, source)]
}

fn state_and_words(column: Rect, wanted: Wanted) -> Vec<(Pane, Rect)> {
    let words = wanted.words();
    // A lesson has more to say than an explanation.
    let parts = match words {
        Pane::Lesson => [Constraint::Fill(45), Constraint::Fill(55)],
        _ => [Constraint::Fill(58), Constraint::Fill(42)],
    };
    let [state, said] = Split::vertical(parts).areas(column);
    vec![(Pane::State, state), (words, said)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Wanted = Wanted {
        focus: Pane::Steps,
        zoom: false,
        source: true,
        lanes: false,
        why: false,
        lesson: false,
    };

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
                Pane::Steps,
                Pane::State,
                Pane::Explain,
                Pane::Lanes,
                Pane::Timeline,
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
        use Pane::*;
        assert_eq!(shown(80, 24), [Steps, Source, Explain, Timeline]);
        assert_eq!(shown(120, 40), [Steps, Source, State, Explain, Timeline]);
        assert_eq!(
            shown(200, 60),
            [Steps, Source, State, Explain, Lanes, Timeline]
        );
        let without_source = |width, height| {
            let wanted = Wanted {
                source: false,
                ..PLAIN
            };
            let panes = layout(width, height, wanted).unwrap().panes;
            panes.iter().map(|(pane, _)| *pane).collect::<Vec<_>>()
        };
        assert_eq!(without_source(80, 24), [Steps, State, Explain, Timeline]);
        assert_eq!(without_source(120, 40), [Steps, State, Explain, Timeline]);
        assert_eq!(
            without_source(200, 60),
            [Steps, State, Explain, Lanes, Timeline]
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
