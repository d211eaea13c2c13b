//! Texts of lessons and demos: paragraphs, in which what stands in backquotes is code.

use std::fmt::Write as _;

use serde::Serialize;

use crate::page::escape;

/// A piece of a paragraph; scripts know a text by being one, and code by being a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Piece {
    /// As it is.
    Text(String),
    /// Code.
    Code([String; 1]),
    /// Code, and where it leads.
    Link([String; 2]),
}

/// The paragraphs of a text. `leads` knows where code leads that names something.
pub(crate) fn paragraphs(text: &str, leads: impl Fn(&str) -> Option<String>) -> Vec<Vec<Piece>> {
    let mut is_code = false;
    let paragraph = |paragraph: &str| {
        let mut pieces = Vec::new();
        for (n, part) in paragraph.split('`').enumerate() {
            is_code ^= n > 0;
            if part.is_empty() {
                continue;
            }
            let part = part.to_owned();
            pieces.push(match (is_code, leads(&part)) {
                (false, _) => Piece::Text(part),
                (true, None) => Piece::Code([part]),
                (true, Some(to)) => Piece::Link([part, to]),
            });
        }
        pieces
    };
    text.split('\n').map(paragraph).collect()
}

/// The same as HTML.
pub(crate) fn html(paragraphs: &[Vec<Piece>]) -> String {
    let mut html = String::new();
    for paragraph in paragraphs {
        let _ = write!(html, "<p>{}</p>", inline(paragraph));
    }
    html
}

/// A paragraph without the element around it.
pub(crate) fn inline(pieces: &[Piece]) -> String {
    let mut html = String::new();
    for piece in pieces {
        let _ = match piece {
            Piece::Text(text) => write!(html, "{}", escape(text)),
            Piece::Code([code]) => write!(html, "<code>{}</code>", escape(code)),
            Piece::Link([code, to]) => {
                write!(
                    html,
                    "<a href=\"{}\"><code>{}</code></a>",
                    escape(to),
                    escape(code)
                )
            }
        };
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_backquotes_is_code() {
        let leads = |code: &str| (code == "b").then(|| "b.html".to_owned());
        let told = paragraphs("one `a` <two>\n`b`.", leads);
        assert_eq!(
            html(&told),
            "<p>one <code>a</code> &lt;two&gt;</p><p><a href=\"b.html\"><code>b</code></a>.</p>"
        );
        assert_eq!(
            serde_json::to_string(&told[1]).unwrap(),
            r#"[["b","b.html"],"."]"#
        );
    }
}
