//! Rows of cells as text, column under column, as a terminal shows them: a Chinese character takes two of its columns.

use evscope_trace::visible;
use unicode_width::UnicodeWidthStr;

/// A column is made no wider than this for one long cell, which then stands out of it: what a trace calls
/// its callbacks is not for us to say.
const WIDEST: usize = 100;

/// How many of a terminal's columns a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// A text with blanks behind it, up to so many columns.
pub fn fill(text: &str, columns: usize) -> String {
    // The formatter's own padding counts characters, and takes no width above 65,535.
    let blank = columns.saturating_sub(width(text));
    let blanks = std::iter::repeat_n(' ', blank);
    text.chars().chain(blanks).collect()
}

/// Rows of cells; a row may be shorter than others. Hidden characters in a cell are made visible.
#[derive(Debug, Default)]
pub struct Columns {
    rows: Vec<Vec<String>>,
}

impl Columns {
    /// A table that begins with a row of heads.
    pub fn headed<C: Into<String>>(heads: impl IntoIterator<Item = C>) -> Self {
        let mut table = Self::default();
        table.row(heads);
        table
    }

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

    /// How wide each column is.
    pub fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |column| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            let widest = cells.map(|cell: &String| width(cell)).max().unwrap_or(0);
            widest.min(WIDEST)
        };
        (0..columns).map(widest).collect()
    }

    /// The rows, with each cell filled up to the width of its column.
    pub fn rows(&self) -> impl Iterator<Item = Vec<String>> + '_ {
        let widths = self.widths();
        self.rows.iter().map(move |row| {
            let cells = row.iter().zip(&widths);
            cells.map(|(cell, width)| fill(cell, *width)).collect()
        })
    }

    /// The rows as lines, without spaces at their ends.
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        self.rows().map(|row| row.join("  ").trim_end().to_owned())
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
        let mut columns = Columns::headed(["读事件", "a"]);
        columns.row(["bc", "d"]);
        let lines: Vec<String> = columns.lines().collect();
        assert_eq!(lines, ["读事件  a", "bc      d"]);

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
