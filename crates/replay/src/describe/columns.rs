//! Rows of cells as text, column under column.

use evscope_trace::visible;

/// A column is made no wider than this for one long cell, which then stands out of it: what a trace calls
/// its callbacks is not for us to say.
const WIDEST: usize = 100;

/// Rows of cells; a row may be shorter than others. Hidden characters in a cell are made visible.
#[derive(Debug, Default)]
pub struct Columns {
    rows: Vec<Vec<String>>,
}

impl Columns {
    /// Adds a row.
    pub fn row<C: Into<String>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let shown = |cell: C| visible(&cell.into()).into_owned();
        self.rows.push(cells.into_iter().map(shown).collect());
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows as lines, without spaces at their ends.
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
                widest.min(WIDEST)
            })
            .collect();
        self.rows.iter().map(move |row| {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                // The formatter's own padding takes no width above 65,535.
                let blank = width.saturating_sub(cell.chars().count()) + 2;
                line.extend(std::iter::repeat_n(' ', blank));
            }
            line.truncate(line.trim_end().len());
            line
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_cells_up_to_a_bound() {
        let mut columns = Columns::default();
        columns.row(["a", "bc", ""]);
        columns.row(["abc", "读"]);
        columns.row(["x\ny", "\u{202e}z"]);
        let lines: Vec<String> = columns.lines().collect();
        assert_eq!(lines, ["a     bc", "abc   读", "x\\ny  \\u{202e}z"]);

        for long in [65_535, 65_536, 1_000_000] {
            let mut columns = Columns::default();
            columns.row(["x".repeat(long), "a".to_owned()]);
            columns.row(["short", "b"]);
            let lines: Vec<String> = columns.lines().collect();
            assert_eq!(lines[0].len(), long + 3);
            assert_eq!(lines[1], format!("{:<102}b", "short"));
        }
    }
}
