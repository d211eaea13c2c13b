//! Puts an SVG document together: shapes by class, texts escaped.

use std::fmt::Write;

use evscope_replay::describe::width;
use evscope_trace::visible;

use super::style;

/// A document in the making.
pub(super) struct Canvas {
    svg: String,
}

impl Canvas {
    /// A paper of a size, with what a reader that cannot see it is told.
    pub(super) fn new(width: i64, height: i64, title: &str, about: &str) -> Self {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" xml:space=\"preserve\">\n"
        );
        let _ = writeln!(svg, "{}", super::MARK);
        let _ = writeln!(svg, "<title>{}</title>", escape(title));
        let _ = writeln!(svg, "<desc>{}</desc>", escape(about));
        let _ = writeln!(svg, "<style>\n{}</style>", style::sheet());
        let mut canvas = Self { svg };
        canvas.rect("paper", (0, 0), (width, height), 6);
        canvas
    }

    pub(super) fn finish(mut self) -> String {
        self.svg.push_str("</svg>\n");
        self.svg
    }

    pub(super) fn rect(&mut self, class: &str, at: (i64, i64), size: (i64, i64), round: i64) {
        let ((x, y), (width, height)) = (at, size);
        let _ = writeln!(
            self.svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
        );
    }

    pub(super) fn path(&mut self, class: &str, path: &str) {
        let _ = writeln!(self.svg, "<path class=\"{class}\" d=\"{path}\"/>");
    }

    pub(super) fn dot(&mut self, class: &str, x: i64, y: i64) {
        let _ = writeln!(
            self.svg,
            "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"4\"/>"
        );
    }

    /// A text that begins at a place, ends there, or lies around it.
    pub(super) fn text(&mut self, x: i64, y: i64, class: &str, text: &str) {
        self.pieces(x, y, class, &[("", text)], "");
    }

    pub(super) fn text_to(&mut self, x: i64, y: i64, class: &str, text: &str) {
        self.pieces(x, y, &format!("{class} e"), &[("", text)], "");
    }

    pub(super) fn text_around(&mut self, x: i64, y: i64, class: &str, text: &str) {
        self.pieces(x, y, &format!("{class} c"), &[("", text)], "");
    }

    /// A text in pieces, each with its class, and what is said of it where the mouse is; nothing if that
    /// is empty.
    pub(super) fn pieces(
        &mut self,
        x: i64,
        y: i64,
        class: &str,
        pieces: &[(&str, &str)],
        tip: &str,
    ) {
        let class = match class {
            "" => String::new(),
            class => format!(" class=\"{class}\""),
        };
        let _ = write!(self.svg, "<text{class} x=\"{x}\" y=\"{y}\">");
        if !tip.is_empty() {
            let _ = write!(self.svg, "<title>{}</title>", escape(tip));
        }
        for (class, text) in pieces {
            let text = escape(text);
            let _ = match *class {
                "" => write!(self.svg, "{text}"),
                class => write!(self.svg, "<tspan class=\"{class}\">{text}</tspan>"),
            };
        }
        self.svg.push_str("</text>\n");
    }
}

/// How many columns a text takes; a Chinese character takes two.
pub(super) fn columns(text: &str) -> usize {
    width(&visible(text))
}

/// Text as XML has it. Hidden characters are made visible, so nothing is left that XML has no way to say but
/// two characters that are none; a sign stands for them.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_say_is_replaced() {
        assert_eq!(
            escape("a<b>&c\n\u{1b}\u{0}\u{ffff}读"),
            "a&lt;b&gt;&amp;c\\n\\u{1b}\\u{0}\u{fffd}读"
        );
    }
}
