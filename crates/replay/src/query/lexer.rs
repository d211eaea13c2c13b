//! A query as words and signs.

use super::QueryError;
use evscope_words::{Word, text, word};

/// A word or sign, and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// The number of its first character, from 1.
    pub(super) column: usize,
    pub(super) kind: TokenKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    Open,
    Close,
    And,
    Or,
    Not,
    Op(Op),
    Word(String),
    Quoted(String),
    End,
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// Looks like; of flags: has all of them.
    Like,
    NotLike,
}

impl Op {
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Like => "~",
            Self::NotLike => "!~",
        }
    }
}

/// Splits a query up. The last token is the end.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        let begin = at;
        let next = chars.get(at + 1).copied();
        let (kind, len) = match (char, next) {
            (char, _) if char.is_whitespace() => {
                at += 1;
                continue;
            }
            ('(', _) => (TokenKind::Open, 1),
            (')', _) => (TokenKind::Close, 1),
            ('&', Some('&')) => (TokenKind::And, 2),
            ('|', Some('|')) => (TokenKind::Or, 2),
            ('&', _) => return Err(single(at, '&', word!(query_and))),
            ('|', _) => return Err(single(at, '|', word!(query_or))),
            ('!', Some('=')) => (TokenKind::Op(Op::Ne), 2),
            ('!', Some('~')) => (TokenKind::Op(Op::NotLike), 2),
            ('!', _) => (TokenKind::Not, 1),
            // Twice is how some languages write it, and means the same.
            ('=', Some('=')) => (TokenKind::Op(Op::Eq), 2),
            ('=', _) => (TokenKind::Op(Op::Eq), 1),
            ('<', Some('=')) => (TokenKind::Op(Op::Le), 2),
            ('<', _) => (TokenKind::Op(Op::Lt), 1),
            ('>', Some('=')) => (TokenKind::Op(Op::Ge), 2),
            ('>', _) => (TokenKind::Op(Op::Gt), 1),
            ('~', _) => (TokenKind::Op(Op::Like), 1),
            ('"' | '\'', _) => {
                let (text, len) = quoted(&chars[at..], at)?;
                (TokenKind::Quoted(text), len)
            }
            _ => {
                let word = word(&chars[at..]);
                let len = word.chars().count();
                (TokenKind::Word(word), len)
            }
        };
        at += len;
        tokens.push(Token {
            column: begin + 1,
            kind,
        });
    }
    tokens.push(Token {
        column: chars.len() + 1,
        kind: TokenKind::End,
    });
    Ok(tokens)
}

/// A run of characters that mean nothing else. A single `|` inside belongs to it: `READ|WRITE`.
fn word(chars: &[char]) -> String {
    let mut len = 0;
    while let Some(&char) = chars.get(len) {
        let joins = char == '|' && chars.get(len + 1).is_some_and(|c| in_word(*c));
        if !in_word(char) && !joins {
            break;
        }
        len += 1;
    }
    chars[..len].iter().collect()
}

fn in_word(char: char) -> bool {
    !char.is_whitespace() && !"()&|!=<>~\"'".contains(char)
}

/// A text in quotes, and how many characters it takes with them. `\` makes the next character plain.
fn quoted(chars: &[char], at: usize) -> Result<(String, usize), QueryError> {
    let quote = chars[0];
    let mut text = String::new();
    let mut rest = chars.iter().enumerate().skip(1);
    while let Some((i, &char)) = rest.next() {
        match char {
            char if char == quote => return Ok((text, i + 1)),
            '\\' => match rest.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 'r')) => text.push('\r'),
                Some((_, 't')) => text.push('\t'),
                Some((_, &char)) => text.push(char),
                None => break,
            },
            char => text.push(char),
        }
    }
    Err(QueryError::new(at + 1, text!(query_open_quote, quote)))
}

fn single(at: usize, sign: char, word: Word) -> QueryError {
    QueryError::new(at + 1, text!(query_single, sign)).hint(text!(query_twice, sign, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        tokens(text).unwrap().into_iter().map(|t| t.kind).collect()
    }

    #[test]
    fn signs_need_no_spaces() {
        assert_eq!(
            kinds("!(a!=1||b~c)"),
            [
                TokenKind::Not,
                TokenKind::Open,
                TokenKind::Word("a".into()),
                TokenKind::Op(Op::Ne),
                TokenKind::Word("1".into()),
                TokenKind::Or,
                TokenKind::Word("b".into()),
                TokenKind::Op(Op::Like),
                TokenKind::Word("c".into()),
                TokenKind::Close,
                TokenKind::End,
            ]
        );
    }

    #[test]
    fn a_bar_between_flags_is_part_of_the_word() {
        assert_eq!(
            kinds("what=READ|EOF||x"),
            [
                TokenKind::Word("what".into()),
                TokenKind::Op(Op::Eq),
                TokenKind::Word("READ|EOF".into()),
                TokenKind::Or,
                TokenKind::Word("x".into()),
                TokenKind::End,
            ]
        );
    }

    #[test]
    fn quotes_hold_anything() {
        assert_eq!(
            kinds(r#""a \"b\" && c" '\n'"#),
            [
                TokenKind::Quoted("a \"b\" && c".into()),
                TokenKind::Quoted("\n".into()),
                TokenKind::End
            ]
        );
    }

    #[test]
    fn columns_count_characters() {
        let tokens = tokens("\"é\" = 中 x").unwrap();
        let columns: Vec<usize> = tokens.iter().map(|t| t.column).collect();
        assert_eq!(columns, [1, 5, 7, 9, 10]);
    }
}
