//! Source text in colour: the lexer says what each piece is, the theme how that looks.

use std::collections::HashSet;
use std::sync::LazyLock;

use evscope_trace::lexer::{Language, Lexer, Piece};
use evscope_trace::visible;

use crate::look::theme::Token;

/// A line in pieces, each with what it is.
pub(crate) type Pieces = Vec<(Token, String)>;

/// The lines of a text; each in one plain piece when its language is not known here.
pub(crate) fn highlight(file: &str, text: &str) -> Vec<Pieces> {
    let mut lines = Lines::default();
    // The two characters that end a line may be parts of two pieces.
    let text = text.replace("\r\n", "\n");
    match language(file) {
        Some(language) => lines.code(language, &text, Where::InText),
        None => lines.push(Token::Text, &text),
    }
    lines.end()
}

fn language(file: &str) -> Option<Language> {
    match file.rsplit_once('.')?.1 {
        "c" | "cc" | "cpp" | "cxx" | "c++" | "C" | "h" | "hh" | "hpp" | "hxx" | "h++" => {
            Some(Language::C)
        }
        "rs" => Some(Language::Rust),
        _ => None,
    }
}

/// Where a piece of code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    InText,
    /// In a line of the preprocessor's, in which no other one begins.
    InDirective,
}

#[derive(Default)]
struct Lines {
    done: Vec<Pieces>,
    /// The pieces of a line whose end has not come.
    open: Pieces,
}

impl Lines {
    fn code(&mut self, language: Language, text: &str, place: Where) {
        let (mut before, mut done) = ("", 0);
        for token in Lexer::new(text, language) {
            self.push(Token::Text, &text[done..token.start]);
            done = token.end;
            let piece = &text[token.start..done];
            match token.piece {
                Piece::Directive(word, rest) if place == Where::InText => {
                    self.directive(piece, word, rest);
                }
                Piece::Directive(..) | Piece::Sign(_) => self.push(Token::Text, piece),
                Piece::Word(_) => self.push(word(language, before, piece, &text[done..]), piece),
                Piece::Literal if is_lifetime(piece) => self.push(Token::Keyword, piece),
                Piece::Literal => self.push(Token::Literal, piece),
                Piece::Comment => self.push(Token::Comment, piece),
            }
            before = piece;
        }
        self.push(Token::Text, &text[done..]);
    }

    fn directive(&mut self, whole: &str, word: &str, rest: &str) {
        self.push(Token::Keyword, &whole[..whole.len() - rest.len()]);
        if word != "include" {
            return self.code(Language::C, rest, Where::InDirective);
        }
        let comment = ["/*", "//"].iter().filter_map(|sign| rest.find(sign)).min();
        let (name, comment) = rest.split_at(comment.unwrap_or(rest.len()));
        self.push(Token::Literal, name);
        self.push(Token::Comment, comment);
    }

    /// Goes on with a text, which may have several lines.
    fn push(&mut self, token: Token, text: &str) {
        for line in text.split_inclusive('\n') {
            let ended = line.strip_suffix('\n');
            let shown = spaced(ended.unwrap_or(line));
            match self.open.last_mut() {
                _ if shown.is_empty() => {}
                Some((last, piece)) if *last == token => piece.push_str(&shown),
                _ => self.open.push((token, shown)),
            }
            if ended.is_some() {
                self.done.push(std::mem::take(&mut self.open));
            }
        }
    }

    fn end(mut self) -> Vec<Pieces> {
        if !self.open.is_empty() {
            self.done.push(self.open);
        }
        self.done
    }
}

/// Tabs have no width of their own on a screen made of cells, and hidden characters none at all.
fn spaced(text: &str) -> String {
    visible(&text.replace('\t', "    ")).into_owned()
}

/// Rust's `'a`: what has one apostrophe.
fn is_lifetime(literal: &str) -> bool {
    literal.starts_with('\'') && !literal[1..].contains('\'')
}

/// Words, to be found quickly.
type Words = LazyLock<HashSet<&'static str>>;

static C_KEYWORDS: Words = LazyLock::new(|| {
    "alignas alignof auto bool break case catch char class const constexpr continue default delete do double else enum \
     explicit export extern final float for friend goto if inline int long mutable namespace new noexcept operator override \
     private protected public register restrict return short signed sizeof static static_assert struct switch template this \
     throw try typedef typename union unsigned using virtual void volatile wchar_t while"
        .split_ascii_whitespace()
        .collect()
});

static RUST_KEYWORDS: Words = LazyLock::new(|| {
    "as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut pub ref \
     return static struct super trait type union unsafe use where while yield"
        .split_ascii_whitespace()
        .collect()
});

static RUST_TYPES: Words = LazyLock::new(|| {
    "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize Self"
        .split_ascii_whitespace()
        .collect()
});

/// What a word is, by itself and by what stands before and after it.
fn word(language: Language, before: &str, word: &str, after: &str) -> Token {
    let is_keyword = match language {
        Language::C => C_KEYWORDS.contains(word),
        Language::Rust => RUST_KEYWORDS.contains(word),
    };
    let after = after.trim_start();
    let is_called = after.starts_with('(')
        || language == Language::Rust && after.starts_with('!') && !after.starts_with("!=");
    let is_type = match language {
        Language::C => {
            word.ends_with("_t") || matches!(before, "struct" | "enum" | "union" | "class")
        }
        Language::Rust => {
            let is_name = word.starts_with(|first: char| first.is_uppercase());
            RUST_TYPES.contains(word)
                || is_name && (word.len() == 1 || word.contains(|other: char| other.is_lowercase()))
        }
    };
    let is_constant = matches!(word, "true" | "false" | "nullptr")
        || word.starts_with(|first: char| first.is_ascii_uppercase())
            && !word.contains(|other: char| other.is_lowercase());
    if is_keyword {
        Token::Keyword
    } else if is_type {
        Token::Type
    } else if is_called || before == "fn" {
        Token::Function
    } else if is_constant {
        Token::Literal
    } else {
        Token::Text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The pieces of a text of one line that are no plain text.
    fn coloured(file: &str, text: &str) -> Vec<(Token, String)> {
        let lines = highlight(file, text);
        assert_eq!(lines.len(), 1, "{lines:?}");
        let pieces = lines.into_iter().flatten();
        pieces.filter(|(token, _)| *token != Token::Text).collect()
    }

    fn piece(token: Token, text: &str) -> (Token, String) {
        (token, text.to_owned())
    }

    #[test]
    fn rust_is_coloured() {
        assert_eq!(
            coloured(
                "a.rs",
                "fn on<'a>(x: &'a Bev) -> u8 { b!('x'); f(MAX, \"hi\") } // why"
            ),
            [
                piece(Token::Keyword, "fn"),
                piece(Token::Function, "on"),
                piece(Token::Keyword, "'a"),
                piece(Token::Keyword, "'a"),
                piece(Token::Type, "Bev"),
                piece(Token::Type, "u8"),
                piece(Token::Function, "b"),
                piece(Token::Literal, "'x'"),
                piece(Token::Function, "f"),
                piece(Token::Literal, "MAX"),
                piece(Token::Literal, "\"hi\""),
                piece(Token::Comment, "// why"),
            ]
        );
        assert_eq!(coloured("a.rs", "a != b"), []);
    }

    #[test]
    fn c_is_coloured() {
        assert_eq!(
            coloured(
                "a.c",
                "\treturn on(NULL, (struct bev *)size_t, 0x1f); /* why */"
            ),
            [
                piece(Token::Keyword, "return"),
                piece(Token::Function, "on"),
                piece(Token::Literal, "NULL"),
                piece(Token::Keyword, "struct"),
                piece(Token::Type, "bev"),
                piece(Token::Type, "size_t"),
                piece(Token::Literal, "0x1f"),
                piece(Token::Comment, "/* why */"),
            ]
        );
        assert_eq!(
            coloured("a.h", "#include <event2/event.h> // why"),
            [
                piece(Token::Keyword, "#include"),
                piece(Token::Literal, " <event2/event.h> "),
                piece(Token::Comment, "// why"),
            ]
        );
        assert_eq!(
            coloured("a.h", "# define MAX 3"),
            [
                piece(Token::Keyword, "# define"),
                piece(Token::Literal, "MAX"),
                piece(Token::Literal, "3")
            ]
        );
    }

    #[test]
    fn a_piece_goes_over_lines() {
        let comment = |text| vec![piece(Token::Comment, text)];
        assert_eq!(
            highlight("a.c", "/* a\r\n\n\tb */"),
            [comment("/* a"), vec![], comment("    b */")]
        );
        assert_eq!(
            highlight("a.c", "// a\r\n// b"),
            [comment("// a"), comment("// b")]
        );
    }

    #[test]
    fn what_is_not_known_is_plain() {
        assert_eq!(
            highlight("a.zig9", "if \"x\""),
            [[piece(Token::Text, "if \"x\"")]]
        );
        assert_eq!(highlight("Makefile", ""), [[]; 0]);
    }

    #[test]
    fn directives_in_directives_are_no_deeper() {
        let text = "#".repeat(1_000_000);
        assert_eq!(highlight("a.c", &text).len(), 1);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "([a-z]|\\PC|[#\"'/*\\\\(){}\n\r\t<> ]|r#|fn |R\"|//|/\\*|\\*/){0,60}", file in "a\\.(c|rs|txt)") {
            let pieces = highlight(&file, &text);
            let together = |line: &Pieces| line.iter().map(|(_, piece)| piece.as_str()).collect::<String>();
            let shown: Vec<String> = pieces.iter().map(together).collect();
            let lines: Vec<String> = text.lines().map(spaced).collect();
            prop_assert_eq!(shown, lines);
        }
    }
}
