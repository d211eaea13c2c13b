//! Functions of Rust: a name after `fn`, and the block after it.

use super::{Function, code};
use crate::lexer::{Language, Lexer, Piece};

/// A function whose end has not come.
struct Open {
    function: Function,
    /// How many braces are open around its body.
    depth: usize,
}

/// A name that came after `fn`, and at which depth of parentheses and brackets.
struct Head {
    name: String,
    line: u32,
    nested: usize,
}

pub(super) fn functions(text: &str) -> Vec<Function> {
    let mut found = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut head: Option<Head> = None;
    let (mut depth, mut nested) = (0, 0usize);
    let mut after_fn = None;
    let mut last = 1;
    for token in code(Lexer::new(text, Language::Rust)) {
        last = token.line;
        let fn_at = after_fn.take();
        match token.piece {
            Piece::Word("fn") => after_fn = Some(token.line),
            Piece::Word(name) => {
                if let Some(line) = fn_at {
                    let name = name.to_owned();
                    head = Some(Head { name, line, nested });
                }
            }
            Piece::Sign(b'(' | b'[') => nested += 1,
            Piece::Sign(b')' | b']') => nested = nested.saturating_sub(1),
            Piece::Sign(b';') if head.as_ref().is_some_and(|head| head.nested == nested) => {
                // Only declared.
                head = None;
            }
            Piece::Sign(b'{') => {
                if let Some(Head { name, line, .. }) = head.take_if(|head| head.nested == nested) {
                    let function = Function {
                        name,
                        line,
                        first: line,
                        open: token.line,
                        last: 0,
                    };
                    open.push(Open { function, depth });
                }
                depth += 1;
            }
            Piece::Sign(b'}') => {
                depth = depth.saturating_sub(1);
                while let Some(mut ended) = open.pop_if(|open| open.depth >= depth) {
                    ended.function.last = token.line;
                    found.push(ended.function);
                }
            }
            _ => {}
        }
    }
    for mut unended in open {
        unended.function.last = last;
        found.push(unended.function);
    }
    found
}
