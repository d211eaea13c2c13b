//! The texts of functions, which a trace carries so that it replays anywhere.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::vocabulary::Text;

/// The text of one function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceText {
    /// The file's path, as in the records' `src`.
    pub file: Text,
    /// The function's name.
    #[serde(rename = "fn")]
    pub function: Text,
    /// The number of its first line, from 1.
    pub first: u32,
    /// Its lines.
    pub text: String,
    /// Members this version does not know, kept as they were read.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl SourceText {
    /// The text of the function `function`, whose first line is `first`.
    pub fn new(
        file: impl Into<Text>,
        function: impl Into<Text>,
        first: u32,
        text: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            function: function.into(),
            first,
            text: text.into(),
            extra: Map::new(),
        }
    }

    /// The number of its last line.
    pub fn last(&self) -> u32 {
        self.first + (self.text.lines().count() as u32).saturating_sub(1)
    }

    /// Whether `line` of `file` is in it.
    pub fn contains(&self, file: &str, line: u32) -> bool {
        self.file == file && (self.first..=self.last()).contains(&line)
    }
}

/// The function around `line` of a Rust file: its name, first line and last line. The first line is
/// that of the `fn`, not of the attributes and comments above it.
///
/// This reads the text as rustfmt leaves it: a function ends at the first line that closes its brace at
/// the column where the function began. A trace needs that and no more, so no parser is brought in.
pub fn enclosing_function(text: &str, line: u32) -> Option<(&str, u32, u32)> {
    functions(text)
        .filter(|(_, first, last)| (*first..=*last).contains(&line))
        .last()
}

/// The first function called `name` in a Rust file: its first line and last line.
pub fn find_function(text: &str, name: &str) -> Option<(u32, u32)> {
    functions(text)
        .find(|(n, ..)| *n == name)
        .map(|(_, first, last)| (first, last))
}

/// All functions of a file, outer ones before those inside them.
fn functions(text: &str) -> impl Iterator<Item = (&str, u32, u32)> {
    let lines: Vec<&str> = text.lines().collect();
    (0..lines.len()).filter_map(move |i| {
        let name = declared_name(lines[i])?;
        Some((name, i as u32 + 1, last_line(&lines, i) as u32 + 1))
    })
}

/// The name of the function that `line` begins to declare, if it does.
fn declared_name(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    loop {
        if let Some(name) = rest.strip_prefix("fn ") {
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_')?;
            return (end > 0).then_some(&name[..end]);
        }
        let (word, after) = rest.split_once(' ')?;
        let modifier = matches!(
            word,
            "pub" | "const" | "async" | "unsafe" | "extern" | "\"C\""
        ) || word.starts_with("pub(");
        if !modifier {
            return None;
        }
        rest = after.trim_start();
    }
}

fn last_line(lines: &[&str], first: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let column = indent(lines[first]);
    if lines[first].trim_end().ends_with(['}', ';']) {
        return first;
    }
    lines[first + 1..]
        .iter()
        .position(|line| indent(line) == column && line.trim_start().starts_with('}'))
        .map_or(first, |offset| first + 1 + offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
//! A file.
pub(crate) fn outer(
    a: u32,
) -> u32 {
    fn inner() {
        work();
    }
    inner();
    a
}

impl Thing {
    pub const fn one(&self) -> u8 { 1 }
    // fn not_this
}
";

    #[test]
    fn a_line_belongs_to_the_innermost_function() {
        assert_eq!(enclosing_function(TEXT, 1), None);
        assert_eq!(enclosing_function(TEXT, 3), Some(("outer", 2, 10)));
        assert_eq!(enclosing_function(TEXT, 6), Some(("inner", 5, 7)));
        assert_eq!(enclosing_function(TEXT, 9), Some(("outer", 2, 10)));
        assert_eq!(enclosing_function(TEXT, 13), Some(("one", 13, 13)));
        assert_eq!(enclosing_function(TEXT, 14), None);
    }

    #[test]
    fn a_function_is_found_by_name() {
        assert_eq!(find_function(TEXT, "inner"), Some((5, 7)));
        assert_eq!(find_function(TEXT, "not_this"), None);
    }
}
