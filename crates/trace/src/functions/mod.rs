//! The functions of a source file: where each begins and ends, found in its text. For C and C++ in any layout, and
//! for Rust.
//!
//! A trace needs names and lines and no more, so no compiler's parser is brought in: the text is cut into words, and
//! what stands before a brace tells what it opens. Where debug information says where a function lies, that counts.

mod c;
mod folder;
mod rust;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use crate::lexer::{Lexer, Piece, Token};

pub use folder::FunctionFolder;

/// What a compiler reads of a text.
fn code<'a>(lexer: Lexer<'a>) -> impl Iterator<Item = Token<'a>> {
    lexer.filter(|token| token.piece != Piece::Comment)
}

/// A function in the text of its file. Lines are numbered from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name as it stands there, in C++ with what it is qualified by.
    pub name: String,
    /// The line its name stands in.
    pub line: u32,
    /// The first line: that of the return type, or of the `fn`.
    pub first: u32,
    /// The line of the brace that opens its body.
    pub open: u32,
    /// The last line, that of the closing brace.
    pub last: u32,
}

impl Function {
    /// Whether a line belongs to it.
    pub fn contains(&self, line: u32) -> bool {
        (self.first..=self.last).contains(&line)
    }

    /// Its lines out of the text of its file.
    pub fn text(&self, file: &str) -> String {
        let lines = file.lines().skip(self.first as usize - 1);
        let lines: Vec<&str> = lines.take((self.last + 1 - self.first) as usize).collect();
        lines.join("\n")
    }
}

/// All functions of a file. They are found once; to look one up takes no longer the longer the file is.
#[derive(Debug, Clone, Default)]
pub struct Functions {
    /// By their first lines, an outer one before those inside it.
    all: Vec<Function>,
    /// For each the one around it.
    around: Vec<Option<usize>>,
}

impl Functions {
    /// Those in the text of a file. Its name tells the language: `.rs` is Rust, all else is taken for C or C++.
    pub fn of(file: &str, text: &str) -> Self {
        let is_rust = file.ends_with(".rs");
        let mut all = if is_rust {
            rust::functions(text)
        } else {
            c::functions(text)
        };
        all.sort_by_key(|function| (function.first, Reverse(function.last)));
        let mut around = Vec::with_capacity(all.len());
        let mut open: Vec<usize> = Vec::new();
        for (i, function) in all.iter().enumerate() {
            while open
                .pop_if(|outer| all[*outer].last < function.last)
                .is_some()
            {}
            around.push(open.last().copied());
            open.push(i);
        }
        Self { all, around }
    }

    /// The innermost function around a line.
    pub fn around(&self, line: u32) -> Option<&Function> {
        let after = self.all.partition_point(|function| function.first <= line);
        let mut next = after.checked_sub(1);
        while let Some(at) = next {
            let function = &self.all[at];
            if function.contains(line) {
                return Some(function);
            }
            next = self.around[at];
        }
        None
    }

    /// The first one of that name.
    pub fn named(&self, name: &str) -> Option<&Function> {
        self.all.iter().find(|function| function.name == name)
    }

    /// All of them, by their first lines.
    pub fn iter(&self) -> impl Iterator<Item = &Function> {
        self.all.iter()
    }
}

/// The last line of a function that is none in the text, but known to have the lines from `first` to `last`: that of
/// the brace that closes the first one opened in them. The text begins with the line `first`.
pub fn closing_line(from_first: &str, first: u32, last: u32) -> u32 {
    c::closing_line(from_first, first, last).map_or(last, |closing| closing.max(last))
}
