//! The grammar:
//!
//! ```text
//! query      = all { "||" all }
//! all        = one { [ "&&" ] one }
//! one        = "!" one | "(" query ")" | name operator value | text
//! operator   = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~"
//! ```

use super::compare::{Comparison, Written};
use super::lexer::{Op, Token, TokenKind, tokens};
use super::{Node, QueryError};
use evscope_words::{Text, text};

/// How deep parentheses and negations may be nested: far more than anybody writes.
const DEEPEST: usize = 64;

/// Reads a query.
pub(super) fn parse(text: &str) -> Result<Node, QueryError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    if parser.peek().kind == TokenKind::End {
        let empty = text!(query_empty);
        return Err(parser.error(empty).hint(text!(query_empty_hint)));
    }
    let node = parser.any()?;
    match parser.peek().kind {
        TokenKind::End => Ok(node),
        TokenKind::Close => Err(parser.error(text!(query_closes_nothing))),
        TokenKind::Op(op) => {
            let sign = op.sign();
            let message = text!(query_no_field, sign);
            Err(parser.error(message).hint(text!(query_condition_bev)))
        }
        _ => Err(parser.error(text!(query_expected_operator))),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn any(&mut self) -> Result<Node, QueryError> {
        let mut parts = vec![self.all()?];
        while self.take(&TokenKind::Or) {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Node::Or))
    }

    fn all(&mut self) -> Result<Node, QueryError> {
        let mut parts = vec![self.one()?];
        loop {
            // Side by side means "and" too.
            let more = matches!(
                self.peek().kind,
                TokenKind::Word(_) | TokenKind::Quoted(_) | TokenKind::Open | TokenKind::Not
            );
            if !self.take(&TokenKind::And) && !more {
                return Ok(one_or(parts, Node::And));
            }
            parts.push(self.one()?);
        }
    }

    fn one(&mut self) -> Result<Node, QueryError> {
        let token = self.next();
        match token.kind {
            TokenKind::Not => self.deeper(&token, |parser| Ok(Node::Not(Box::new(parser.one()?)))),
            TokenKind::Open => self.deeper(&token, |parser| {
                let node = parser.any()?;
                if parser.take(&TokenKind::Close) {
                    return Ok(node);
                }
                let column = token.column;
                Err(parser.error(text!(query_expected_close, column)))
            }),
            TokenKind::Word(name) => match self.peek().kind {
                TokenKind::Op(op) => {
                    self.next();
                    let value = self.value(op)?;
                    let (text, quoted) = match &value.kind {
                        TokenKind::Quoted(text) => (text.as_str(), true),
                        TokenKind::Word(text) => (text.as_str(), false),
                        _ => ("", false),
                    };
                    let written = Written {
                        text,
                        column: value.column,
                        quoted,
                    };
                    Comparison::new(&name, token.column, op, &written)
                        .map(|comparison| Node::Compare(Box::new(comparison)))
                }
                _ => Comparison::not_forgotten(&name, token.column)
                    .map(|()| Node::Text(name.to_lowercase())),
            },
            TokenKind::Quoted(text) => match self.peek().kind {
                TokenKind::Op(op) => {
                    let sign = op.sign();
                    let message = text!(query_quotes_before, sign);
                    Err(QueryError::new(token.column, message).hint(text!(query_condition_ev)))
                }
                _ => Ok(Node::Text(text.to_lowercase())),
            },
            TokenKind::Close
            | TokenKind::And
            | TokenKind::Or
            | TokenKind::Op(_)
            | TokenKind::End => {
                self.at -= usize::from(token.kind != TokenKind::End);
                Err(self.error(text!(query_expected_condition)))
            }
        }
    }

    /// The value behind an operator.
    fn value(&mut self, op: Op) -> Result<Token, QueryError> {
        let token = self.next();
        match token.kind {
            TokenKind::Word(_) | TokenKind::Quoted(_) => Ok(token),
            _ => {
                let sign = op.sign();
                let message = text!(query_expected_value, sign);
                Err(QueryError::new(token.column, message))
            }
        }
    }

    fn deeper(
        &mut self,
        token: &Token,
        inner: impl FnOnce(&mut Self) -> Result<Node, QueryError>,
    ) -> Result<Node, QueryError> {
        if self.depth == DEEPEST {
            return Err(QueryError::new(
                token.column,
                text!(query_too_deep, deepest = DEEPEST),
            ));
        }
        self.depth += 1;
        let node = inner(self);
        self.depth -= 1;
        node
    }

    fn peek(&self) -> &Token {
        // The last token is the end, and `next` never goes beyond it.
        &self.tokens[self.at]
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    fn take(&mut self, kind: &TokenKind) -> bool {
        let is_it = self.peek().kind == *kind;
        if is_it {
            self.next();
        }
        is_it
    }

    fn error(&self, message: Text) -> QueryError {
        QueryError::new(self.peek().column, message)
    }
}

fn one_or(mut parts: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            many(parts)
        }
    }
}
