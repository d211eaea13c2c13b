//! A buffer's gauge, with its watermarks drawn on it.

use ratatui::text::Span;

use crate::look::theme::{Theme, Token};

/// What a gauge shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gauge {
    pub(crate) len: u64,
    pub(crate) low: u64,
    /// 0: there is none.
    pub(crate) high: u64,
    /// The most that was ever in the buffer.
    pub(crate) peak: u64,
}

impl Gauge {
    /// The gauge in so many columns: filled up to the length, `L` at the low mark, `H` at the high one.
    pub(crate) fn spans(self, theme: Theme, columns: usize) -> Vec<Span<'static>> {
        let columns = columns.max(2);
        let scale = self.len.max(self.low).max(self.high).max(self.peak).max(1);
        // What is there is seen, however little it is; a mark stands where a buffer filled up to it ends.
        let reach =
            |value: u64| (u128::from(value) * columns as u128).div_ceil(u128::from(scale)) as usize;
        let at = |value: u64| reach(value).saturating_sub(1);
        let filled = reach(self.len);
        (0..columns)
            .map(|column| {
                let is_filled = column < filled;
                let mark = if self.high > 0 && column == at(self.high) {
                    Some("H")
                } else if column == at(self.low) {
                    Some("L")
                } else {
                    None
                };
                match (mark, is_filled) {
                    (Some(mark), true) => Span::styled(
                        mark,
                        theme
                            .style(Token::Gauge)
                            .add_modifier(ratatui::style::Modifier::REVERSED),
                    ),
                    (Some(mark), false) => Span::styled(mark, theme.style(Token::Warning)),
                    (None, true) => Span::styled("█", theme.style(Token::Gauge)),
                    (None, false) => Span::styled("·", theme.style(Token::Rule)),
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::theme::{Depth, Palette};

    fn drawn(len: u64, low: u64, high: u64, peak: u64) -> String {
        let theme = Theme {
            palette: Palette::Dark,
            depth: Depth::None,
        };
        let gauge = Gauge {
            len,
            low,
            high,
            peak,
        };
        gauge
            .spans(theme, 8)
            .iter()
            .map(|span| span.content.as_ref())
            .collect()
    }

    #[test]
    fn the_marks_stand_where_they_are() {
        assert_eq!(drawn(0, 0, 0, 14), "L·······");
        assert_eq!(drawn(14, 0, 0, 14), "L███████");
        assert_eq!(drawn(1, 0, 0, 1_000_000), "L·······");
        assert_eq!(drawn(7, 4, 14, 0), "██L█···H");
        assert_eq!(drawn(13, 2, 14, 20), "L████H··");
        assert_eq!(drawn(14, 2, 14, 20), "L████H··");
        assert_eq!(drawn(u64::MAX, 0, u64::MAX, 0), "L██████H");
    }
}
