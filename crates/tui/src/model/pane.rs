//! The parts of the screen, by their names: what has the focus, what is scrolled, what stands over the panes.

/// A part of the screen. What it is, its own file says: a pane's in `view/panes`, a list's in `view/overlays`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Pane(pub(crate) &'static str);

/// The names that commands and lessons speak of, too.
impl Pane {
    pub(crate) const STEPS: Self = Self("steps");
    pub(crate) const SOURCE: Self = Self("source");
    pub(crate) const WHY: Self = Self("why");
    pub(crate) const LESSON: Self = Self("lesson");
    pub(crate) const LANES: Self = Self("lanes");

    pub(crate) const HELP: Self = Self("help");
    pub(crate) const STOPS: Self = Self("stops");
    pub(crate) const MARKS: Self = Self("marks");
    pub(crate) const CALLS: Self = Self("calls");
    pub(crate) const BRANCHES: Self = Self("branches");
    pub(crate) const FINDINGS: Self = Self("findings");
    pub(crate) const QUESTIONS: Self = Self("questions");
    pub(crate) const GATES: Self = Self("gates");
    pub(crate) const CONNECTIONS: Self = Self("connections");
}

/// What panes are asked for.
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
    /// What is asked for at first.
    pub(crate) const PLAIN: Self = Self {
        focus: Pane::STEPS,
        zoom: false,
        source: true,
        lanes: false,
        why: false,
        lesson: false,
    };
}

/// A list that stands over the panes, with the chosen line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overlay {
    pub(crate) list: Pane,
    pub(crate) at: usize,
}

impl Overlay {
    pub(crate) fn of(list: Pane, at: usize) -> Self {
        Self { list, at }
    }
}
