//! The trace by connection, made in slices while one looks.

use evscope_replay::{Connection, ConnectionColumn, Connections};

use crate::model::pane::{Overlay, Pane};
use crate::model::{Direction, Model};

/// Steps that are looked at in a slice: every rule looks at each.
const SLICE: usize = 4096;

/// The rows, and what makes them.
#[derive(Debug)]
pub(crate) struct ByConnection {
    /// There until the whole trace has been looked through.
    fold: Option<Box<Connections>>,
    pub(crate) rows: Vec<Connection>,
    pub(crate) sorted: ConnectionColumn,
    /// How many steps the trace had.
    len: usize,
}

impl Default for ByConnection {
    fn default() -> Self {
        Self {
            fold: None,
            rows: Vec::new(),
            sorted: ConnectionColumn::When,
            len: 0,
        }
    }
}

impl ByConnection {
    /// Begins the table of a trace of so many steps, unless it is there already.
    pub(crate) fn begin(&mut self, len: usize) {
        if self.len != len {
            self.fold = Some(Box::default());
            self.rows.clear();
            self.len = len;
        }
    }

    /// How much of the trace has been looked through, in percent; none: all of it.
    pub(crate) fn percent(&self) -> Option<usize> {
        let fold = self.fold.as_ref()?;
        Some(fold.steps() * 100 / self.len.max(1))
    }
}

impl Model {
    /// Whether the table of connections is looked at and not made yet.
    pub(crate) fn makes_connections(&self) -> bool {
        self.is_over(Pane::CONNECTIONS) && self.by_connection.fold.is_some()
    }

    /// Does a slice of the table.
    pub(crate) fn look_on_connections(&mut self) {
        let table = &mut self.by_connection;
        let Some(mut fold) = table.fold.take() else {
            return;
        };
        let trace = self.replay.trace();
        let end = table.len.min(fold.steps() + SLICE);
        for record in trace.records_in(fold.steps()..end) {
            fold.step(&record);
        }
        if end < table.len {
            table.fold = Some(fold);
            return;
        }
        table.rows = fold.finish();
        table.sorted.sort(&mut table.rows);
    }

    /// Sorts the table by the next column, or the one before.
    pub(crate) fn sort_connections(&mut self, to: Direction) {
        let all = ConnectionColumn::ALL;
        let table = &mut self.by_connection;
        let at = all.iter().position(|column| *column == table.sorted);
        let by = match to {
            Direction::Forward => 1,
            Direction::Back => all.len() - 1,
        };
        table.sorted = all[(at.unwrap_or(0) + by) % all.len()];
        table.sorted.sort(&mut table.rows);
        self.overlay = Some(Overlay::of(Pane::CONNECTIONS, 0));
    }
}
