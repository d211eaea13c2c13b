//! Functions of C and C++, however they are laid out: a brace whose head has a name and parameters opens one.

mod head;

use super::{Function, code};
use crate::lexer::{Language, Lexer, Piece, Token};
use head::{Heads, Opens};

/// An open brace around which or in which functions are defined.
#[derive(Debug, Clone)]
enum Block {
    /// Functions may be defined in it: a namespace, a class.
    Outer,
    Function(Function),
}

/// How far a text was understood.
#[derive(Debug, Clone, Default)]
struct State {
    blocks: Vec<Block>,
    /// How many other braces are open in the last of them: parts of a function, initializers.
    inner: usize,
    heads: Heads,
}

/// An `#if` whose `#endif` has not come.
struct Branches {
    before: Option<State>,
    /// How the first branch that is compiled ended. Each branch begins alike, and this one counts for what follows:
    /// of several that open a brace only one is closed.
    first: Option<State>,
    /// What stands between `#if 0` and the next branch is no code.
    is_off: bool,
}

/// Who writes a program nests no deeper.
const DEEPEST: usize = 64;

/// The functions defined in a text.
pub(super) fn functions(text: &str) -> Vec<Function> {
    match Finder::new(Ends::AtItsBrace).run(text) {
        Ok(found) => found,
        // A brace more or less, from macros that nobody here can see into: the margin tells then.
        Err(Unbalanced) => Finder::new(Ends::AtMargin).run(text).unwrap_or_default(),
    }
}

/// The line of the brace that closes the first one opened in the lines from `first`, with which the text begins, to
/// `last`.
pub(super) fn closing_line(text: &str, first: u32, last: u32) -> Option<u32> {
    let mut depth = 0;
    for token in code(Lexer::from_line(text, Language::C, first)) {
        match token.piece {
            _ if depth == 0 && token.line > last => return None,
            Piece::Sign(b'{') => depth += 1,
            Piece::Sign(b'}') if depth <= 1 => return (depth == 1).then_some(token.line),
            Piece::Sign(b'}') => depth -= 1,
            _ => {}
        }
    }
    None
}

/// What ends a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// The brace that closes the one it began with.
    AtItsBrace,
    /// The first closing brace in the first column, if it is that of no block that began there.
    AtMargin,
}

/// There is a brace too much or too little.
struct Unbalanced;

struct Finder {
    ends: Ends,
    state: State,
    branches: Vec<Branches>,
    /// How many `#if`s are open in one that is off.
    off: usize,
    /// A brace was closed that nobody opened.
    too_many: bool,
    found: Vec<Function>,
}

impl Finder {
    fn new(ends: Ends) -> Self {
        Self {
            ends,
            state: State::default(),
            branches: Vec::new(),
            off: 0,
            too_many: false,
            found: Vec::new(),
        }
    }

    fn run(mut self, text: &str) -> Result<Vec<Function>, Unbalanced> {
        for token in code(Lexer::new(text, Language::C)) {
            match token.piece {
                Piece::Directive(word, rest) => self.directive(word, rest),
                _ if self.branches.last().is_some_and(|open| open.is_off) => {}
                Piece::Sign(b'{') => self.open(token),
                Piece::Sign(b'}') => self.close(token),
                _ if self.is_outside() => self.state.heads.take(token),
                _ => {}
            }
        }
        let is_function = |block: &Block| matches!(block, Block::Function(_));
        let unclosed = self.state.blocks.iter().any(is_function);
        if self.ends == Ends::AtItsBrace && (unclosed || self.too_many) {
            return Err(Unbalanced);
        }
        Ok(self.found)
    }

    /// Whether a function could begin here.
    fn is_outside(&self) -> bool {
        self.state.inner == 0 && !self.is_in_function()
    }

    fn is_in_function(&self) -> bool {
        matches!(self.state.blocks.last(), Some(Block::Function(_)))
    }

    fn open(&mut self, token: Token<'_>) {
        let opens = if self.is_outside() && self.state.blocks.len() < DEEPEST {
            self.state.heads.opens(token)
        } else {
            Opens::Other
        };
        match opens {
            Opens::Function(function) => self.state.blocks.push(Block::Function(function)),
            Opens::Scope => self.state.blocks.push(Block::Outer),
            Opens::Other => self.state.inner += 1,
        }
    }

    fn close(&mut self, token: Token<'_>) {
        let inner = &mut self.state.inner;
        if self.ends == Ends::AtMargin && token.at_margin {
            // Whatever is open in there is closed with it.
            let kept = usize::from(!matches!(
                self.state.blocks.last(),
                Some(Block::Function(_))
            ));
            *inner = (*inner).min(kept);
        }
        if *inner > 0 {
            *inner -= 1;
            if self.is_outside() {
                self.state.heads.after_block(token);
            }
            return;
        }
        match self.state.blocks.pop() {
            Some(Block::Function(mut function)) => {
                function.last = token.line;
                self.found.push(function);
            }
            Some(Block::Outer) => {}
            None => self.too_many = true,
        }
        self.state.heads.end();
    }

    fn directive(&mut self, word: &str, rest: &str) {
        match word {
            "if" | "ifdef" | "ifndef" => {
                if self.branches.last().is_some_and(|open| open.is_off) {
                    self.off += 1;
                    return;
                }
                let is_off = word == "if" && first_word(rest) == "0";
                let before = (self.branches.len() < DEEPEST).then(|| self.state.clone());
                self.branches.push(Branches {
                    before,
                    first: None,
                    is_off,
                });
            }
            "else" | "elif" | "elifdef" | "elifndef" if self.off == 0 => {
                let Some(open) = self.branches.last_mut() else {
                    return;
                };
                let Some(before) = open.before.clone() else {
                    return;
                };
                let ended = std::mem::replace(&mut self.state, before);
                if !std::mem::take(&mut open.is_off) && open.first.is_none() {
                    open.first = Some(ended);
                }
            }
            "endif" if self.off > 0 => self.off -= 1,
            "endif" => {
                if let Some(first) = self.branches.pop().and_then(|open| open.first) {
                    self.state = first;
                }
            }
            _ => {}
        }
    }
}

fn first_word(rest: &str) -> &str {
    rest.split_whitespace().next().unwrap_or("")
}
