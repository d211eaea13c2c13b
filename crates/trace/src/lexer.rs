//! A source text of C, C++ or Rust cut into words, signs, literals and comments.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A name or a keyword.
    Word(&'a str),
    /// A sign of one byte.
    Sign(u8),
    /// A string, a character, a number, or a lifetime of Rust's.
    Literal,
    /// A line of the C preprocessor's: its first word and what follows on the same line.
    Directive(&'a str, &'a str),
    /// A comment, with the signs that begin and end it.
    Comment,
}

/// A piece of a text, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub piece: Piece<'a>,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// The line it begins in.
    pub line: u32,
    /// It is the first one of its line, in the first column.
    pub at_margin: bool,
}

/// What a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// C or C++.
    C,
    /// Rust.
    Rust,
}

/// Cuts a text. It takes every text: what no compiler would take is cut somehow.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: u32,
    /// Only spaces came in this line.
    fresh: bool,
    language: Language,
}

impl<'a> Lexer<'a> {
    /// From its first byte.
    pub fn new(text: &'a str, language: Language) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            line: 1,
            fresh: true,
            language,
        }
    }

    /// The same, of a text that begins with this line of its file.
    pub fn from_line(text: &'a str, language: Language, line: u32) -> Self {
        Self {
            line,
            ..Self::new(text, language)
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Goes on by so many bytes, counting lines.
    fn skip(&mut self, bytes: usize) {
        let end = (self.at + bytes).min(self.bytes.len());
        let passed = &self.bytes[self.at..end];
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u32;
        self.at = end;
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.at < self.bytes.len() && wanted(self.bytes[self.at]) {
            self.skip(1);
        }
    }

    /// Past a string or character whose opening sign was passed. C's end at the end of the line at the latest: an
    /// apostrophe in a text that no compiler reads must not hide what follows.
    fn skip_quoted(&mut self, quote: u8) {
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'\\' if self.peek(1) == b'\r' => self.skip(3),
                b'\\' => self.skip(2),
                b'\n' if self.language == Language::C => return,
                sign => {
                    self.skip(1);
                    if sign == quote {
                        return;
                    }
                }
            }
        }
    }

    fn skip_past(&mut self, end: &str) {
        let rest = &self.bytes[self.at..];
        let found = rest
            .windows(end.len())
            .position(|window| window == end.as_bytes());
        self.skip(found.map_or(rest.len(), |at| at + end.len()));
    }

    fn skip_comment(&mut self) {
        self.skip(2);
        if self.language == Language::C {
            return self.skip_past("*/");
        }
        // Rust's nest.
        let mut depth = 1;
        while depth > 0 && self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => {
                    depth += 1;
                    self.skip(2);
                }
                (b'*', b'/') => {
                    depth -= 1;
                    self.skip(2);
                }
                _ => self.skip(1),
            }
        }
    }

    /// To the end of the line; a line that ends with a backslash goes on in the next.
    fn skip_line(&mut self) {
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1), self.peek(2)) {
                (b'\\', b'\n', _) => self.skip(2),
                (b'\\', b'\r', b'\n') => self.skip(3),
                (b'\n', ..) => return,
                _ => self.skip(1),
            }
        }
    }

    fn directive(&mut self) -> Piece<'a> {
        self.skip(1);
        self.skip_while(|byte| byte == b' ' || byte == b'\t');
        let start = self.at;
        self.skip_while(|byte| byte.is_ascii_alphabetic());
        let word = &self.text[start..self.at];
        let after = self.at;
        // A comment may begin here and go on for lines.
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'\n', _) => break,
                (b'/', b'*') => self.skip_comment(),
                (b'/', b'/') => self.skip_line(),
                (b'\\', b'\n') => self.skip(2),
                (b'\\', b'\r') => self.skip(3),
                (b'"', _) => {
                    self.skip(1);
                    self.skip_quoted(b'"');
                }
                _ => self.skip(1),
            }
        }
        Piece::Directive(word, self.text.get(after..self.at).unwrap_or(""))
    }

    /// A word; or a string with letters before it.
    fn word(&mut self) -> Piece<'a> {
        let start = self.at;
        self.skip_while(is_word);
        let word = &self.text[start..self.at];
        let raw = match self.language {
            Language::C => matches!(word, "R" | "LR" | "uR" | "UR" | "u8R"),
            Language::Rust => matches!(word, "r" | "br" | "cr"),
        };
        match (self.peek(0), self.language) {
            (b'"', Language::C) if raw => {
                self.skip(1);
                let from = self.at;
                self.skip_while(|byte| !matches!(byte, b'(' | b'"' | b'\n'));
                let end = format!("){}\"", self.text.get(from..self.at).unwrap_or(""));
                self.skip_past(&end);
                Piece::Literal
            }
            (b'"' | b'#', Language::Rust) if raw => {
                let from = self.at;
                self.skip_while(|byte| byte == b'#');
                let marks = &self.text[from..self.at];
                if self.peek(0) != b'"' {
                    // `r#type`: a name.
                    let from = self.at;
                    self.skip_while(is_word);
                    return Piece::Word(&self.text[from..self.at]);
                }
                self.skip(1);
                self.skip_past(&format!("\"{marks}"));
                Piece::Literal
            }
            (b'"', _) if matches!(word, "L" | "u" | "U" | "u8" | "b" | "c") => {
                self.skip(1);
                self.skip_quoted(b'"');
                Piece::Literal
            }
            (b'\'', _) if matches!(word, "L" | "u" | "U" | "b") => {
                self.skip(1);
                self.skip_quoted(b'\'');
                Piece::Literal
            }
            _ => Piece::Word(word),
        }
    }

    /// The piece that begins here.
    fn piece(&mut self) -> Piece<'a> {
        let byte = self.bytes[self.at];
        match (byte, self.peek(1)) {
            (b'/', b'/') => {
                self.skip_line();
                return Piece::Comment;
            }
            (b'/', b'*') => {
                self.skip_comment();
                return Piece::Comment;
            }
            _ => {}
        }
        // A comment before it leaves a directive the first of its line.
        let fresh = std::mem::replace(&mut self.fresh, false);
        match byte {
            b'#' if self.language == Language::C && fresh => self.directive(),
            b'"' => {
                self.skip(1);
                self.skip_quoted(b'"');
                Piece::Literal
            }
            b'\'' => self.apostrophe(),
            b'0'..=b'9' => self.number(),
            _ if is_word(byte) => self.word(),
            _ => {
                self.skip(1);
                Piece::Sign(byte)
            }
        }
    }

    fn number(&mut self) -> Piece<'a> {
        self.skip(1);
        // 1'000 is a number of C++'s.
        while is_word(self.peek(0))
            || self.language == Language::C
                && self.peek(0) == b'\''
                && self.peek(1).is_ascii_alphanumeric()
        {
            self.skip(1);
        }
        Piece::Literal
    }

    /// A character or, in Rust, a lifetime.
    fn apostrophe(&mut self) -> Piece<'a> {
        self.skip(1);
        if self.language == Language::Rust && self.peek(0) != b'\\' {
            let width = self.text[self.at..]
                .chars()
                .next()
                .map_or(1, char::len_utf8);
            if self.peek(width) != b'\'' {
                self.skip_while(is_word);
                return Piece::Literal;
            }
        }
        self.skip_quoted(b'\'');
        Piece::Literal
    }
}

/// Whether a byte is part of a word; all that is not ASCII is.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            match (byte, self.peek(1)) {
                (b'\n', _) => {
                    self.skip(1);
                    self.fresh = true;
                }
                (b'\\', b'\n') => self.skip(2),
                _ if byte.is_ascii_whitespace() || byte == 0x0c || byte == 0 => self.skip(1),
                _ => break,
            }
        }
        let (start, line) = (self.at, self.line);
        let at_margin = start == 0 || self.bytes[start - 1] == b'\n';
        let piece = self.piece();
        Some(Token {
            piece,
            start,
            end: self.at,
            line,
            at_margin,
        })
    }
}
