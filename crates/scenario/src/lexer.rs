//! From a line to its words.

use evscope_words::{Word, word};

/// A word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A name, a number, a time: what has no quotes.
    Word(String),
    /// What stands between quotes.
    Text(Vec<u8>),
    /// `=`, `|`, `,`, `*` or `:`.
    Sign(char),
}

/// Where something stands in its line: the first column, from 1, and how many characters there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) column: u32,
    pub(crate) width: u32,
}

/// A word with its place.
#[derive(Debug, Clone)]
pub(crate) struct Lexeme {
    pub(crate) token: Token,
    pub(crate) span: Span,
}

/// What is wrong in a line, and where.
pub(crate) type LexError = (Span, Word);

const SIGNS: &[char] = &['=', '|', ',', '*', ':'];

/// The words of a line, up to a comment.
pub(crate) fn words(line: &str) -> Result<Vec<Lexeme>, LexError> {
    let chars: Vec<char> = line.chars().collect();
    let span = |from: usize, to: usize| Span {
        column: from as u32 + 1,
        width: (to - from) as u32,
    };
    let mut words = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let from = at;
        let token = match chars[at] {
            '#' => break,
            c if c.is_whitespace() => {
                at += 1;
                continue;
            }
            '"' => {
                let (text, end) =
                    text(&chars, at).map_err(|(from, to, what)| (span(from, to), what))?;
                at = end;
                Token::Text(text)
            }
            c if SIGNS.contains(&c) => {
                at += 1;
                Token::Sign(c)
            }
            _ => {
                let ends =
                    |c: &char| c.is_whitespace() || SIGNS.contains(c) || matches!(c, '"' | '#');
                at += chars[at..]
                    .iter()
                    .position(ends)
                    .unwrap_or(chars.len() - at);
                Token::Word(chars[from..at].iter().collect())
            }
        };
        words.push(Lexeme {
            token,
            span: span(from, at),
        });
    }
    Ok(words)
}

/// The bytes between quotes, and where it goes on.
fn text(chars: &[char], from: usize) -> Result<(Vec<u8>, usize), (usize, usize, Word)> {
    let mut bytes = Vec::new();
    let mut at = from + 1;
    loop {
        let Some(&c) = chars.get(at) else {
            return Err((from, chars.len(), word!(scenario_open_text)));
        };
        at += 1;
        match c {
            '"' => return Ok((bytes, at)),
            '\\' => {
                let escape = chars.get(at).copied().unwrap_or(' ');
                at += 1;
                bytes.push(match escape {
                    'n' => b'\n',
                    'r' => b'\r',
                    't' => b'\t',
                    '0' => 0,
                    '\\' => b'\\',
                    '"' => b'"',
                    'x' => {
                        let digits: String = chars.iter().skip(at).take(2).collect();
                        let byte = u8::from_str_radix(&digits, 16)
                            .map_err(|_| (at - 2, at, word!(scenario_hexadecimal)))?;
                        at += 2;
                        byte
                    }
                    _ => {
                        return Err((at - 2, at.min(chars.len()), word!(scenario_escape)));
                    }
                });
            }
            c => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_words_texts_and_signs() {
        let line = "  a = send b \"x\\n\\x41\"*3 R|W # rest";
        let words: Vec<Token> = words(line)
            .unwrap()
            .into_iter()
            .map(|word| word.token)
            .collect();
        let word = |text: &str| Token::Word(text.to_owned());
        assert_eq!(
            words,
            [
                word("a"),
                Token::Sign('='),
                word("send"),
                word("b"),
                Token::Text(b"x\nA".to_vec()),
                Token::Sign('*'),
                word("3"),
                word("R"),
                Token::Sign('|'),
                word("W"),
            ]
        );
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        assert_eq!(
            words("a \"bc").unwrap_err().0,
            Span {
                column: 3,
                width: 3
            }
        );
        assert_eq!(
            words("\"\\q\"").unwrap_err().0,
            Span {
                column: 2,
                width: 2
            }
        );
    }
}
