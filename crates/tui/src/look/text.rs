//! Text measured as a terminal shows it: a Chinese character takes two columns, and what is hidden is
//! made visible first.

use std::borrow::Cow;

use evscope_replay::describe::fill;
pub(crate) use evscope_replay::describe::width;
use evscope_trace::{is_hidden, visible};
use ratatui::buffer::Buffer;
use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_width::UnicodeWidthChar;

/// A piece of a line as it is drawn. What ratatui is given else it would leave out, or put into the cell
/// before, where the terminal obeys it.
pub(crate) fn shown(text: Cow<'static, str>) -> Cow<'static, str> {
    match visible(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(shown) => Cow::Owned(shown),
    }
}

/// Holds, just before a frame is shown, that no cell tells the terminal anything but what to draw: the
/// last to look at everything, however it came into the buffer.
pub(crate) fn guard(buf: &mut Buffer) {
    for cell in &mut buf.content {
        let symbol = cell.symbol();
        let joiner = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
        if symbol.contains(|c| is_hidden(c) && !joiner(c)) {
            cell.set_char(char::REPLACEMENT_CHARACTER);
        }
    }
}

/// `text` cut to at most `columns`, with `…` where something was cut off.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    let text = visible(text);
    if width(&text) <= columns {
        return text.into_owned();
    }
    let mut kept = take(&text, columns.saturating_sub(1)).to_owned();
    if columns > 0 {
        kept.push('…');
    }
    kept
}

/// As much of the start of `text` as fits into `columns`.
pub(crate) fn take(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > columns {
            return &text[..at];
        }
    }
    text
}

/// `text` without its first `columns`. A wide character that is cut in two leaves a space.
pub(crate) fn skip(text: &str, columns: usize) -> String {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        if used >= columns {
            return " ".repeat(used - columns) + &text[at..];
        }
        used += character.width().unwrap_or(0);
    }
    String::new()
}

/// `text` with spaces behind it up to `columns`, or cut to them.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    fill(&cut(text, columns), columns)
}

/// Breaks `text` into lines of at most `columns`, at the places where its script allows it. A word
/// that is longer than a line is broken anywhere.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        if paragraph.is_empty() {
            lines.push(String::new());
        }
        wrap_paragraph(&visible(paragraph), columns, &mut lines);
    }
    lines
}

fn wrap_paragraph(text: &str, columns: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut start = 0;
    for (end, kind) in linebreaks(text) {
        let mut piece = &text[start..end];
        start = end;
        if width(&line) + width(piece.trim_end()) > columns && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        while width(piece.trim_end()) > columns {
            let fits = take(piece, columns);
            lines.push(fits.to_owned());
            piece = &piece[fits.len()..];
        }
        line.push_str(piece);
        if kind == BreakOpportunity::Mandatory {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
    }
}

/// The text of what was drawn, without the blanks at the ends of lines.
#[cfg(test)]
pub(crate) fn text_of(buf: &ratatui::buffer::Buffer) -> String {
    let (columns, rows) = (buf.area.width, buf.area.height);
    let mut text = String::new();
    for y in 0..rows {
        let mut x = 0;
        let mut line = String::new();
        while x < columns {
            let symbol = buf[(x, y)].symbol();
            line.push_str(symbol);
            // A wide character has the cell behind it too.
            x += width(symbol).max(1) as u16;
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(width("读事件"), 6);
        assert_eq!(cut("读事件", 5), "读事…");
        assert_eq!(cut("读事件", 4), "读…");
        assert_eq!(cut("读事件", 6), "读事件");
        assert_eq!(cut("abc", 0), "");
        assert_eq!(pad("读", 4), "读  ");
        assert_eq!(skip("读事件", 3), " 件");
        assert_eq!(skip("abc", 5), "");
    }

    #[test]
    fn lines_break_where_the_script_allows() {
        assert_eq!(
            wrap("the loop called bufferevent_writecb", 16),
            ["the loop called", "bufferevent_writ", "ecb"]
        );
        // No line begins with a full stop.
        assert_eq!(wrap("输出缓冲区空了。好", 14), ["输出缓冲区空", "了。好"]);
        assert_eq!(wrap("a\n\nb", 10), ["a", "", "b"]);
    }
}
